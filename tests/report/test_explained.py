"""What re-solves found, in the report, the workbook and ``run.json``; asked to stop, nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from optimize import solve
from optimize.explain import Eased, Freedom, Resolved, RuleCost
from scenarios.commands.explaining import explained
from scenarios.report import Result, report_html, write_workbook
from scenarios.report.plain import built
from scenarios.report.result import Explanation
from scenarios.report.run_json import run_record
from scenarios.report.stored import result_text
from scenarios.words import LANGUAGES, Words
from tests.optimize.analytic import separable


@pytest.fixture(scope="module")
def found(result: Result) -> Result:
    """Made up: two rules that bind, one of them cheap; farming free, industry settled."""
    plan, outcomes = result.answer.continuous, result.answer.outcomes
    binding = [report.row for report in result.answer.rules if report.binding]
    dear, cheap = dict.fromkeys(row.rule for row in binding), binding[-1].rule
    spent = float(result.answer.amounts.sum())
    after = Resolved(-0.4, plan, outcomes, arrived=True)
    return replace(
        result,
        explanation=Explanation(
            (
                Eased(
                    binding[0].rule, binding[0].subject, "wanyuan", None, 100.0, 0.01, 200.0, after
                ),
            ),
            (
                RuleCost(next(iter(dear)), None, 0.2, spent + 500.0, plan),
                RuleCost(cheap, None, 1e-6, spent, plan, settled=False),
            ),
            {
                "agriculture": Freedom(9000.0, 4500.0, 18000.0, plan, plan),
                "industry": Freedom(9000.0, 8900.0, 9010.0, plan, plan),
                "all": Freedom(900.0, 450.0, 1800.0, plan, plan),
            },
            outcomes,
        ),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_has_a_chapter_only_where_it_was_asked_for(
    result: Result, found: Result, language: str
) -> None:
    words = Words("zh" if language == "zh" else "en")
    heading = words.say("report.part.freedom")
    assert heading not in report_html(result, words, {})
    page = report_html(found, words, {})
    assert heading in page
    for key in ("freedom", "costs", "eased"):
        assert words.say(f"explain.section.{key}") in page
    years = len(found.plan_years)
    widest = words.say(
        "explain.freedom.widest",
        name=words.place("agriculture"),
        low=words.money(4500.0 / years),
        high=words.money(18000.0 / years),
    )
    assert widest in page
    assert words.say("explain.costs.unsettled") in page


def test_the_workbook_has_the_same_numbers(found: Result, tmp_path: Path) -> None:
    words = Words("en")
    write_workbook(found, words, tmp_path / "plan.xlsx")
    book = load_workbook(tmp_path / "plan.xlsx")
    costs = list(book[words.say("workbook.costs")].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in costs] == [0.2, 1e-6]
    assert costs[0][3] == pytest.approx(500.0)
    free = list(book[words.say("workbook.freedom")].iter_rows(min_row=2, values_only=True))
    assert free[1][1:] == pytest.approx([v / len(found.plan_years) for v in (8900, 9000, 9010)])


def test_run_json_has_it_or_says_that_there_is_none(result: Result, found: Result) -> None:
    assert run_record(result, ())["explanation"] is None
    record = run_record(found, ())["explanation"]
    assert isinstance(record, dict)
    assert [cost["settled"] for cost in record["rule_costs"]] == [True, False]
    assert record["freedom"]["industry"] == {"low": 8900.0, "plan": 9000.0, "high": 9010.0}
    assert record["eased"][0]["holds_to"] == 200.0


def test_it_is_kept_with_the_run(found: Result) -> None:
    record = json.loads(result_text(found))
    again = built(Result, record, paths=found.paths, units=found.units)
    words = Words("zh")
    assert report_html(again, words, {}) == report_html(found, words, {})
    older = {key: value for key, value in record.items() if key != "explanation"}
    assert built(Result, older, paths=found.paths, units=found.units).explanation is None


def test_an_explanation_that_is_asked_to_stop_is_none() -> None:
    problem, response = separable(np.array([1.0, 0.5]), 4.0)
    answer = solve(problem, response, unit=None)
    assert explained(problem, response, answer).costs
    with pytest.raises(KeyboardInterrupt):
        explained(problem, response, answer, lambda: True)

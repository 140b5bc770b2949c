"""The summary prints on every console, in both languages, with the numbers of the run."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from optimize.problem import Row
from scenarios.language import Language
from scenarios.report import Reference, Result, evidence, print_summary
from scenarios.report.effects import effect, effects, shift
from scenarios.report.headline import moves
from scenarios.report.rule_words import binding, conflict, rule_name
from scenarios.words import LANGUAGES, Words
from tests.report.made_up import PLAN_YEARS, made_up_result

both_languages = pytest.mark.parametrize("language", LANGUAGES)


def printed(result: Result, language: Language, encoding: str = "utf-8", width: int = 80) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    print_summary(
        result, language, stream=stream, width=width, folder=Path("runs/x"), files=("plan.csv",)
    )
    stream.flush()
    return raw.getvalue().decode(encoding)


@both_languages
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb2312", "ascii", "cp1252", "latin-1"])
def test_prints_in_any_encoding(result: Result, language: Language, encoding: str) -> None:
    text = printed(result, language, encoding)
    assert "?" not in text
    assert "2035" in text


@both_languages
def test_fits_eighty_columns(result: Result, language: Language) -> None:
    for line in printed(result, language).splitlines():
        assert cell_len(line.rstrip()) <= 80, line


def test_gbk_keeps_chinese_and_ascii_falls_back_to_english(result: Result) -> None:
    assert "本方案" in printed(result, "zh", "gbk")
    assert "This" in printed(result, "zh", "ascii")


def is_row(line: str, year: int) -> bool:
    first, *cells = line.split() or [""]
    return first == str(year) and len(cells) == 5 and all(cell.isdigit() for cell in cells)


@both_languages
def test_the_table_adds_up(result: Result, language: Language) -> None:
    text = printed(result, language).replace(",", "")
    amounts = result.answer.amounts
    years = np.array([decision.year for decision in result.problem.decisions])
    for year in PLAN_YEARS:
        row = next(line for line in text.splitlines() if is_row(line, year))
        cells = [int(cell) for cell in row.split()[1:]]
        assert sum(cells[:-1]) == cells[-1] == amounts[years == year].sum()


@both_languages
def test_the_rule_broken_most_is_named(result: Result, language: Language) -> None:
    """Relative to its size: a share (bound 0) broken by little money may be broken by much."""
    first, second, *others = result.answer.rules
    assert (first.row.rule, second.row.bound) == ("yearly_budget", 0.0)
    broken = (
        replace(first, slack=-12.0, violation=2e-3),
        replace(second, slack=-9.0, violation=0.25),
    )
    answer = replace(result.answer, rules=(*broken, *others))
    lines = dict(evidence.lines(replace(result, answer=answer), Words(language)))
    text = lines[Words(language).say("evidence.violation")]
    assert text.startswith(rule_name(Words(language), second.row))
    assert "2.5e-01" in text


@both_languages
def test_all_evidence_lines_stand_beside_the_status(result: Result, language: Language) -> None:
    words = Words(language)
    known = replace(result, reference=Reference("PySD 3.14.1", 3e-13))
    text = printed(known, language, width=100)
    for key in ("value", "violation", "kkt", "starts", "bound"):
        assert words.say(f"evidence.{key}") in text
    assert "PySD 3.14.1" in text
    assert words.say("evidence.bound.none") in text


@both_languages
@pytest.mark.parametrize("status", ["infeasible_proven", "infeasible_unproven"])
def test_an_infeasible_scenario_names_the_conflict(language: Language, status: str) -> None:
    text = printed(made_up_result(status), language, width=100)
    assert Words(language).say(f"status.{status}") in text
    assert Words(language).say("rule.assessment_score.name") in text
    assert Words(language).say("summary.section.plan") not in text
    proven = status == "infeasible_proven"  # only then are the rules said to contradict
    assert (Words(language).say("summary.section.conflict") in text) == proven


def test_rules_that_bind_are_merged_by_years(result: Result) -> None:
    found = binding(result, Words("en"))
    assert found[0].years == PLAN_YEARS
    lines = [item.line(Words("en")) for item in found]
    assert lines[0] == "2027–2035: The year's budget is spent in full: 59 million yuan"
    assert lines[1].startswith("2027–2029, 2031–2035: ")
    assert "60%" in lines[1]


@both_languages
@pytest.mark.parametrize(
    ("rule", "subject", "year"),
    [
        ("yearly_change", "industry up", 2028),
        ("yearly_change", "agriculture down", 2028),
        ("carry_over", "2027-", 2029),
        ("instrument_floor", "talent", 2030),
        ("total_budget", "", None),
    ],
)
def test_rows_have_names_in_words(
    language: Language, rule: str, subject: str, year: int | None
) -> None:
    row = Row(rule, "money", {0: 1.0}, "<=", 1.0, "wanyuan", year, subject)
    name = rule_name(Words(language), row)
    assert name.startswith(Words(language).say(f"rule.{rule}.name"))
    assert year is None or str(year) in name


def test_a_conflict_merges_years(result: Result) -> None:
    names = [row.name for row in result.problem.rows if row.rule == "yearly_budget"]
    lines = conflict(result, Words("en"), [*names[3:5], "something else", *names[:2]])
    assert lines == ("2027–2028, 2030–2031: Yearly budget", "something else")


@both_languages
@pytest.mark.parametrize("times", [0.9, 1.1])
def test_the_headline_adds_up_when_the_total_differs(
    result: Result, language: Language, times: float
) -> None:
    whole = times * float(result.problem.past_practice.sum()) / len(PLAN_YEARS)
    aims = {"agriculture": 0.25 * whole, "industry": 0.45 * whole, "services": 0.1 * whole}
    aims["all"] = whole - sum(aims.values())
    places = [d.sector for d in result.problem.decisions]
    amounts = np.array([aims[p] * len(PLAN_YEARS) / places.count(p) for p in places])
    text = moves(replace(result, answer=replace(result.answer, amounts=amounts)), Words(language))
    numbers = [float(n.replace(",", "")) for n in re.findall(r"(?<![+−\d.,])\d[\d,.]*", text)]
    changes = [
        float(f"{'-' if sign == '−' else ''}{n.replace(',', '')}")
        for sign, n in re.findall(r"([+−])([\d,.]*\d)", text)
    ]
    extra, moved = numbers[0], max(numbers[1:])  # its parts, if named, are smaller
    rounding = 2.5 if language == "zh" else 0.025
    assert abs(sum(changes)) == pytest.approx(extra + moved, abs=rounding)
    assert (sum(changes) > 0) == (times > 1)


def test_the_aim_says_its_years_only_where_they_are_not_the_plans(result: Result) -> None:
    assert "judged over" not in printed(result, "en")
    later = tuple(replace(o, year=o.year + 1) for o in result.problem.outcomes)
    longer = replace(result, problem=replace(result.problem, outcomes=later))
    assert "judged over 2028–2036" in printed(longer, "en")


@both_languages
def test_starts_that_end_worse_are_told(result: Result, language: Language) -> None:
    text = dict(evidence.lines(result, Words(language)))[Words(language).say("evidence.starts")]
    assert "0.04" in text
    ends = (*result.answer.starts.objectives[:-1], float("inf"))
    starts = replace(result.answer.starts, objectives=ends)
    lost = replace(result, answer=replace(result.answer, starts=starts))
    text = dict(evidence.lines(lost, Words(language)))[Words(language).say("evidence.starts")]
    assert "0.04" not in text
    assert Words(language).say("evidence.starts.lost", number=1) in text


def test_effects_are_those_of_the_paths(result: Result) -> None:
    gap = effect(result, "gap_last")
    assert gap is not None
    for plan, path in result.paths.items():
        assert gap.values[plan] == path["structure gap"][-1]
    dry = effect(result, "income_if_dry")
    assert dry is not None
    plan_years = slice(PLAN_YEARS[0] - 2020, None)
    incomes = result.paths["optimal"]["farmers income per head if dry"][plan_years]
    assert dry.values["optimal"] == pytest.approx(incomes.mean())
    assert all(item.change_text() for item in effects(result))


def test_money_that_moves_is_gained_and_lost(result: Result) -> None:
    moved = shift(result)
    gained, lost = (sum(a for _, a in side) for side in (moved.gains, moved.losses))
    years = len(PLAN_YEARS)
    more = (result.answer.amounts.sum() - result.problem.past_practice.sum()) / years
    assert gained - lost == pytest.approx(more, abs=1.0)
    assert moved.moved == pytest.approx(min(gained, lost))

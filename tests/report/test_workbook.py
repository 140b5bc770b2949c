"""The workbook holds the numbers of the run as numbers, and its totals follow the plan."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from models import load as load_model
from models.model import COUNTY
from scenarios.catalogue import catalogue
from scenarios.levers import levers
from scenarios.plan_csv import read_edit, read_plan
from scenarios.report import Result, write_workbook
from scenarios.report.workbook import EXPLAINED, SHEETS
from scenarios.report.workbook_charts import SHOWN
from scenarios.words import LANGUAGES, Words
from tests.report.made_up import PLAN_YEARS


@pytest.fixture(scope="module", params=LANGUAGES)
def opened(
    request: pytest.FixtureRequest, result: Result, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Words, Any]:
    words = Words(request.param)
    file: Path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_workbook(result, words, file)
    return words, load_workbook(file)


def test_sheets_are_named_and_headers_stay(opened: tuple[Words, Any]) -> None:
    words, book = opened
    told = [key for key in SHEETS if key not in EXPLAINED]
    assert book.sheetnames == [words.say(f"workbook.{key}") for key in told]
    tables = [key for key in told if key not in ("about", "charts")]
    assert all(book[words.say(f"workbook.{key}")].freeze_panes for key in tables)


def test_the_plan_is_the_plan(opened: tuple[Words, Any], result: Result) -> None:
    words, book = opened
    rows = list(book[words.say("workbook.plan")].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in rows] == list(result.plan_money.values())
    assert all(isinstance(row[0], int) and isinstance(row[3], int | float) for row in rows)


def test_an_edited_plan_goes_back(
    opened: tuple[Words, Any], result: Result, tmp_path: Path
) -> None:
    """As it is, it is the plan and keeps nothing; what is changed or marked is kept."""
    words, _ = opened
    file = tmp_path / "plan.xlsx"
    write_workbook(result, words, file)
    names, places = catalogue(COUNTY), levers(load_model().lookups)
    assert read_plan(file, names, PLAN_YEARS, places) == (result.plan_money, [])
    assert [f.reason.key for f in read_edit(file, names, PLAN_YEARS, places)[1]] == [
        "finding.nothing_fixed"
    ]
    book = load_workbook(file)
    sheet = book[words.say("workbook.plan")]
    keys = list(result.plan_money)
    sheet["D2"], sheet["D3"] = " １,234 万元 ", "=2*3"
    sheet["F5"], sheet["D6"] = words.say("workbook.yes"), None
    book.save(file)
    _, findings = read_edit(file, names, PLAN_YEARS, places)
    title = words.say("workbook.plan")
    assert [(f.line, f.reason.key) for f in findings] == [(f"{title}!D3", "finding.no_saved_value")]
    sheet["D3"] = result.plan_money[keys[1]]
    book.save(file)
    assert read_edit(file, names, PLAN_YEARS, places) == (
        {keys[0]: 1234.0, keys[3]: result.plan_money[keys[3]]},
        [],
    )


def test_totals_are_formulas_over_the_plan(opened: tuple[Words, Any], result: Result) -> None:
    """Worked out here as a spreadsheet would: the sum where year and sector fit."""
    words, book = opened
    plan = list(book[words.say("workbook.plan")].iter_rows(min_row=2, values_only=True))
    sums: dict[tuple[int, str], float] = defaultdict(float)
    for year, sector, _, amount, *_ in plan:
        sums[year, sector] += amount
    sheet = book[words.say("workbook.totals")]
    header = [cell.value for cell in sheet[1]]
    assert {sector for _, sector in sums} == set(header[1:5])
    for line, year in enumerate(PLAN_YEARS, start=2):
        assert sheet.cell(line, 1).value == year
        for column in range(2, 6):
            formula = sheet.cell(line, column).value
            assert formula.startswith("=SUMIFS(") and f"$A{line}" in formula
        total = sum(sums[year, sector] for sector in header[1:5])
        assert total == sum(a for key, a in result.plan_money.items() if key[0] == year)
    assert len(sheet._charts) == 1


def test_charts_draw_the_rows_that_they_name(opened: tuple[Words, Any], result: Result) -> None:
    words, book = opened
    years = book[words.say("workbook.years")]
    charts = book[words.say("workbook.charts")]._charts
    assert len(charts) == len([name for name in SHOWN if name in result.paths["optimal"]]) >= 6
    for chart in charts:
        title = "".join(run.t for p in chart.title.tx.rich.p for run in p.r)
        rows = {int(re.findall(r"\$(\d+)", series.val.numRef.f)[0]) for series in chart.series}
        assert len(rows) == len(result.paths)
        for row in rows:
            name = str(years.cell(row, 1).value)
            assert title.startswith(name[:1].upper() + name[1:])


def test_numbers_are_numbers(opened: tuple[Words, Any], result: Result) -> None:
    words, book = opened
    years = book[words.say("workbook.years")]
    for row in years.iter_rows(min_row=2, min_col=4, values_only=True):
        assert all(isinstance(cell, int | float) for cell in row)
    rules = book[words.say("workbook.rules")]
    bounds = [row[0] for row in rules.iter_rows(min_row=2, min_col=3, max_col=3, values_only=True)]
    assert bounds == [report.row.bound for report in result.answer.rules]

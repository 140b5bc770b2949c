"""The input workbook: as it is, it is the county that it extends; filled in, it is the same as the
TOML that says the same, whatever a spreadsheet does to numbers; and every mistake has its cell."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scenarios.commands.new import new
from scenarios.findings import Finding, FindingsError
from scenarios.input_workbook.writing import ORDER
from scenarios.load import load
from scenarios.resolved import resolved_text, taken_along
from scenarios.scenario import Scenario
from scenarios.toml_text import Keys, dotted
from scenarios.words import LANGUAGES, Words

from .test_resolved import assert_same, toml


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@cache
def form(language: str, county: str) -> bytes:
    """The bytes of a new workbook."""
    import os
    import tempfile

    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            assert (
                new(Words("zh" if language == "zh" else "en"), "own", county=county, xlsx=True) == 0
            )
            return Path("own.xlsx").read_bytes()
        finally:
            os.chdir(before)


def opened(language: str = "zh", county: str = "w-county") -> Any:
    return openpyxl.load_workbook(io.BytesIO(form(language, county)))


def columns(sheet: Any) -> Mapping[str, int]:
    """The columns of a sheet by their titles."""
    return {str(cell.value): cell.column for cell in sheet[3] if cell.value is not None}


def cell_of(book: Any, keys: Keys, year: int | None = None) -> Any:
    """The planner's cell of an entry."""
    for sheet in book.worksheets:
        named = columns(sheet) if sheet.max_row > 2 else {}
        if "键" not in named:
            continue
        for row in range(4, sheet.max_row + 1):
            if sheet.cell(row, named["键"]).value == dotted(keys):
                titles = ("您的值", "每年") if year is None else (str(year),)
                (column,) = (named[title] for title in titles if title in named)
                return sheet.cell(row, column)
    raise KeyError(dotted(keys))


def findings(path: Path) -> list[Finding]:
    with pytest.raises(FindingsError) as caught:
        load(path)
    return list(caught.value.findings)


@pytest.mark.parametrize(
    ("language", "county"),
    [("zh", "w-county"), ("en", "w-county"), ("zh", "shangdu"), ("zh", "w-county-projects")],
)
def test_as_it_is_it_is_the_county_that_it_extends(here: Path, language: str, county: str) -> None:
    (here / "own.xlsx").write_bytes(form(language, county))
    own, base = load("own"), load(county)
    named = base.identity.model_copy(
        update={name: getattr(own.identity, name) for name in ("name", "title_zh", "title_en")}
    )
    assert own.identity == named
    assert own.library == base.library
    assert_same(own, replaced(base, own))


def replaced(base: Scenario, own: Scenario) -> Scenario:
    """A scenario under another's name."""
    return replace(base, identity=own.identity)


def test_notes_speak_the_language_of_the_workbook() -> None:
    notes = {"zh": "只给出方向", "en": "gives the direction only"}
    for language, other in (("zh", "en"), ("en", "zh")):
        sheet = opened(language)[Words(LANGUAGES[language == "en"]).say("input.parameters")]
        texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
        assert any(notes[language] in text for text in texts)
        assert not any(notes[other] in text for text in texts)


def test_sheets_have_lists_limits_frozen_headers_and_cells_to_fill_in() -> None:
    for language in LANGUAGES:
        book, words = opened(language), Words(language)
        assert book.sheetnames == [words.say(f"input.{name}") for name in ("guide", *ORDER)]
        for sheet in book.worksheets[1:]:
            assert sheet.freeze_panes
            assert any(not cell.protection.locked for row in sheet.iter_rows() for cell in row)
            assert sheet.data_validations.dataValidation
    rules = opened()["规则"].data_validations.dataValidation
    lists = {rule.formula1 for rule in rules if rule.type == "list"}
    assert lists == {'"是,否"', '"budget,last year"'}
    assert {rule.formula2 for rule in rules if rule.type == "decimal"} >= {"1"}
    assert all(rule.error for rule in rules)


SHARES = st.integers(0, 20).map(lambda n: n / 100)


def decimals(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers with few decimals: a spreadsheet keeps 15 figures."""
    return st.integers(round(low * 1000), round(high * 1000)).map(lambda n: n / 1000)


EDITS: Mapping[Keys, st.SearchStrategy[object]] = {
    ("search", "seed"): st.integers(0, 99),
    ("plan", "judged_until"): st.integers(2036, 2038),
    ("money", "budget", "2030"): st.integers(5500, 9000),
    ("objective", "balance"): decimals(0.1, 9.0),
    ("uncertainty", "yield_variation"): SHARES,
    ("rules", "productive_share", "at_least"): SHARES,
    ("rules", "carry_over", "on"): st.booleans(),
    ("rules", "sector_floor", "source"): st.sampled_from(["L005", "W县财政局", "3"]),
    ("rules", "instrument_floor", "talent"): SHARES.map(lambda share: share / 4),
    ("rules", "absorptive_capacity", "industry"): st.integers(2000, 5000),
    ("rules", "payment_profile", "shares"): st.sampled_from([[1.0], [0.6, 0.4]]),
    ("parameters", "crowd in ratio", "industry"): decimals(0.3, 2.0),
    ("parameters", "help memory time"): decimals(3.0, 8.0),
    ("agreement", "jobs"): st.integers(800, 2000),
    ("agreement", "sales", "2029"): st.integers(15_000, 30_000),
    ("rules", "assessment_score", "at_least"): st.integers(50, 95),
    ("exogenous", "yield index", "2029"): decimals(0.3, 1.2),
    ("exogenous", "product price index[sheep]", "2031"): decimals(0.3, 1.2),
}
MONEY = ("budget", "absorptive_capacity", "sales")


@st.composite
def edits(draw: st.DrawFn) -> dict[Keys, tuple[object, object]]:
    """Some entries: the value, and how a planner may have written it."""
    chosen = draw(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=6, unique=True))
    found: dict[Keys, tuple[object, object]] = {}
    for keys in chosen:
        value = draw(EDITS[keys])
        ways: list[object] = [value]
        if isinstance(value, bool):
            ways = ["是" if value else "否", value]
        elif isinstance(value, list):
            ways = ["; ".join(map(str, value)), "；".join(f"{100 * part:g}%" for part in value)]
        elif isinstance(value, int):
            ways += [str(value), f" {value:,} ", str(value).translate(FULL_WIDTH)]
            if set(keys) & set(MONEY):
                ways += [f"{value} 万元", f"{value * 10_000}元"]
        elif isinstance(value, float):
            ways.append(f"{value!r} ")
        found[keys] = value, draw(st.sampled_from(ways))
    return found


FULL_WIDTH = {ord(str(digit)): chr(ord("０") + digit) for digit in range(10)}


def nested(values: Mapping[Keys, object]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for keys, value in values.items():
        table = found
        for name in keys[:-1]:
            table = table.setdefault(name, {})
        table[keys[-1]] = value
    return found


# Every example opens and saves a workbook: a failure is shown as found rather than made small.
@settings(max_examples=5, deadline=None, phases=(Phase.reuse, Phase.generate))
@given(edits())
def test_a_filled_in_cell_is_the_same_as_the_line_of_toml(
    tmp_path_factory: pytest.TempPathFactory, written: dict[Keys, tuple[object, object]]
) -> None:
    folder, book = tmp_path_factory.mktemp("edited"), opened()
    for keys, (_, text) in written.items():
        yearly = keys[0] in ("agreement", "exogenous") and keys[-1].isdecimal()
        cell = cell_of(book, keys[:-1] if yearly else keys, int(keys[-1]) if yearly else None)
        cell.value = text
    book.save(folder / "own.xlsx")
    own = load(folder / "own.xlsx")
    identity = own.identity.model_dump(include={"name", "title_zh", "title_en"})
    document: dict[str, object] = {"extends": "w-county", "scenario": identity}
    document |= nested({keys: value for keys, (value, _) in written.items()})
    (folder / "own.toml").write_text(toml(document), encoding="utf-8")
    other = load(folder / "own.toml")
    assert_same(own, other)
    assert own.agreement == other.agreement and own.uncertainty == other.uncertainty
    for keys in written:
        place = own.merged.place(keys)[1]
        assert isinstance(place, str) and "!" in place


def minimal(rows: Iterator[list[object]] | list[list[object]], title: str = "随便") -> Any:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


def test_what_people_and_spreadsheets_do_to_a_form_is_survived(here: Path) -> None:
    """Another title, other rows, no keys, labels merged, percent and date formats, blanks."""
    book = minimal(
        [
            ["这是我自己整理的表"],
            [],
            ["项目", "类别", "备注", "您的值"],
            ["所依据的情景", "", "", " w-county "],
            ["标识（字母、数字、横线）", None, None, "own"],
            ["中文标题", None, None, "甲"],
            ["英文标题", None, None, "A"],
            ["规划首年", "规划年份", None, datetime.datetime(2028, 1, 1)],
            ["规划末年", "规划年份", None, "2034年"],
            ["农业", "产业资金下限", None, 0.25],
            ["工业", None, None, "15%"],
            [" 2029 年预算", None, None, "0.6亿元"],
            ["budget of 2030", "Yearly budget", None, "６,１００"],
            ["", "", "", "\u00a0"],
        ]
    )
    sheet = book.active
    sheet["D8"].number_format = "yyyy"
    sheet["D10"].number_format = "0%"
    sheet.merge_cells("B10:B11")
    book.save(here / "own.xlsx")
    own = load("own")
    assert own.plan.years == tuple(range(2028, 2035))
    floor = own.rules["sector_floor"].fields()
    assert (floor["agriculture"], floor["industry"], floor["services"]) == (0.25, 0.15, 0.1)
    assert own.money.budgets(own.plan.years)[2029] == 6000.0
    assert own.money.budgets(own.plan.years)[2030] == 6100.0


def test_deleted_sheets_and_rows_leave_what_the_base_says(here: Path) -> None:
    book = opened()
    for title in (
        "目标",
        "规则",
        "当地数据",
        "考核协议",
        "项目库",
        "以往做法",
        "参数",
        "年度序列",
        "说明",
    ):
        del book[title]
    book["概况"].delete_rows(8, 40)
    book.save(here / "own.xlsx")
    assert_same(load("own"), replaced(load("w-county"), load("own")))


def test_figures_are_filled_in_piece_by_piece(here: Path) -> None:
    book = opened("zh", "shangdu")
    sheet = book["当地数据"]
    named = columns(sheet)
    rows = {sheet.cell(r, named["编号"]).value: r for r in range(4, sheet.max_row + 1)}

    def fill(id: str, *values: object) -> None:
        for title, value in zip(("您的值", "下限", "上限", "来源"), values, strict=True):
            sheet.cell(rows[id], named[title]).value = value

    fill("initial labour[industry]", "12,000", None, None, "假设")
    fill("residents", "9.6 万", 70000, 120000, "R007")
    fill("base value added[services]", "13 亿元", "10亿元", 160000, "R027")
    book.save(here / "own.xlsx")
    assert [(f.line, f.reason.key) for f in findings(here / "own.xlsx")] == [
        (f"当地数据!F{rows['residents']}", "finding.not_number")
    ]
    fill("residents", 96000, 70000, 120000, "R007")
    book.save(here / "own.xlsx")
    own, shangdu = load("own"), load("shangdu")
    values = dict(shangdu.numbers.values)
    values |= {"initial labour[industry]": 12000.0, "residents": 96000.0}
    values["base value added[services]"] = 130000.0
    assert own.numbers.values == values
    row = own.catalogue.rows["initial_labour"]
    assert (row.low, row.source) == (shangdu.catalogue.rows["initial_labour"].low, "assumption")
    fill("residents", 960000, None, None, None)
    book.save(here / "own.xlsx")
    assert [f.reason.key for f in findings(here / "own.xlsx")] == [
        "finding.out_of_range",
        "finding.no_source",
    ]


def test_projects_and_past_practice_are_sheets(here: Path) -> None:
    book = opened()
    projects, past = book["项目库"], book["以往做法"]
    line = ["mill", "磨坊", "mill", "工业", "产业项目", "300万元", None, 20, 5, 10, 1, "2028年"]
    for column, value in enumerate([*line, None, None, None, 10, 1, "假设", None], start=1):
        projects.cell(4, column, value)
    cell_of(book, ("projects", "small_budgets", "productive projects")).value = 0.25
    row = next(r for r in range(4, past.max_row + 1) if past.cell(r, 2).value == "劳务协作")
    past.cell(row, columns(past)["2029"], "1,234")
    book.save(here / "own.xlsx")
    own = load("own")
    (mill,) = own.library
    assert mill.plan.costs == (300.0, 0.0, 20.0) and mill.plan.earliest == 2028
    assert own.projects is not None and own.projects.small_budgets == {"productive projects": 0.25}
    lever = "yearly money for labour cooperation"
    before, after = load("w-county").numbers.past[lever], own.numbers.past[lever]
    years = [round(x) for x in own.model.lookups[lever].x]
    assert after[years.index(2029)] == 1234.0
    assert np.count_nonzero(before != after) == 1


def test_a_run_folder_of_a_workbook_can_be_run_again(here: Path) -> None:
    book = opened("zh", "w-county-projects")
    cell_of(book, ("rules", "productive_share", "at_least")).value = "62%"
    cell_of(book, ("agreement", "jobs"), 2028).value = 1300
    sheet = book["当地数据"]
    for column, value in enumerate([110000, 90000, 125000, "统计公报"], start=6):
        row = next(r for r in range(4, 90) if sheet.cell(r, 11).value == "residents")
        sheet.cell(row, column, value)
    book.save(here / "own.xlsx")
    own = load("own")
    copies = taken_along(own)
    assert set(copies) == {"past-practice.csv", "project-library.csv", "figures.csv"}
    folder = here / "run"
    folder.mkdir()
    for name, content in copies.items():
        (folder / name).write_bytes(content)
    text = resolved_text(own, folder, copies)
    assert "at_least = 0.62  # own.xlsx 规则!" in text
    assert "jobs.2028 = 1300" in text and "# own.xlsx 考核协议!" in text
    (folder / "resolved.toml").write_text(text, encoding="utf-8")
    (here / "own.xlsx").unlink()
    again = load(folder / "resolved.toml")
    assert_same(replaced(own, again), again)
    assert again.library == own.library
    assert again.catalogue.rows["residents"].source == "统计公报"


def test_a_broken_workbook_is_told(here: Path) -> None:
    (here / "own.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (finding,) = findings(here / "own.xlsx")
    assert finding.reason.key == "finding.workbook"
    minimal([["项目", "您的值", "2027"], ["结构差距", 1, 2]]).save(here / "own.xlsx")
    assert [f.reason.key for f in findings(here / "own.xlsx")] == ["finding.no_form"]
    book = opened()
    cell_of(book, ("search", "seed")).value = "=1+1"  # no spreadsheet has worked it out
    book.save(here / "own.xlsx")
    assert [f.reason.key for f in findings(here / "own.xlsx")] == ["finding.no_saved_value"]

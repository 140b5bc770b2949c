"""The form for a year's figures: text and workbook say the same, and say where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scenarios.commands.planned import read_plans
from scenarios.commands.replan import replan
from scenarios.county import County
from scenarios.findings import FindingsError
from scenarios.language import Language
from scenarios.plan_csv import PlanTable
from scenarios.replanning import read_observed
from scenarios.words import LANGUAGES, Words

if TYPE_CHECKING:
    from openpyxl import Workbook

FIGURES = """
[replan]
until = 2028
error = 0.04
[spent]
share = { 2028 = 0.8 }
amount.industry."productive projects" = { 2027 = "500 万元" }
amount.all."public services" = { 2028 = 0 }
[exogenous]
"yield index" = { 2028 = 0.7 }
[observed."农民人均收入"]
2027 = 19000.5
2028 = 18000
error = 0.03
[observed."GDP of the year"]
2028 = 690000
[observed."structure gap"]
2028 = 13.5
"""


def followed(folder: Path) -> tuple[County, PlanTable]:
    ((scenario, plan),) = read_plans([str(folder)])
    assert plan is not None
    return County(scenario), plan


def opened(path: Path) -> Workbook:
    import openpyxl

    return openpyxl.load_workbook(path)


def fill(book: Workbook, key: str, column: str, value: object) -> str:
    """Write into the row of a key; returns the cell as findings name it."""
    for sheet in book.worksheets:
        heads = {str(cell.value): cell.column for cell in sheet[3]}
        for row in range(4, sheet.max_row + 1):
            if column in heads and sheet.cell(row, max(heads.values())).value == key:
                cell = sheet.cell(row, heads[column])
                cell.value = value
                return f"{sheet.title}!{cell.coordinate}"
    raise AssertionError(key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_workbook_say_the_same(
    language: Language, run_folder: Path, tmp_path: Path
) -> None:
    county, plan = followed(run_folder)
    text, book, back = (tmp_path / name for name in ("a.toml", "b.xlsx", "c.toml"))
    text.write_text(FIGURES, encoding="utf-8")
    words, run = Words(language), str(run_folder)
    assert replan(words, run, text, template=book) == 0
    assert replan(words, run, book, template=back) == 0
    first, second, third = (read_observed(county, plan, file) for file in (text, book, back))
    assert first == second == third
    assert first.spent[2027, "industry", "productive projects"] == 500.0
    assert first.spent[2028, "all", "public services"] == 0.0
    share = 0.8 * plan[2028, "agriculture", "productive projects"]
    assert first.spent[2028, "agriculture", "productive projects"] == share
    errors = {f.error for f in first.figures if f.column == "farmers income per head"}
    assert len(first.figures) == 4 and errors == {0.03 * 19000.5, 0.03 * 18000.0}


def test_a_table_of_spending_need_not_stand_beside_the_workbook(
    run_folder: Path, tmp_path: Path
) -> None:
    county, plan = followed(run_folder)
    rows = ["year,sector,instrument,amount", "2027,all,public services,500"]
    (tmp_path / "spent.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = tmp_path / "observed.toml"
    text.write_text('[replan]\nuntil = 2027\n[spent]\nfile = "spent.csv"\n', encoding="utf-8")
    book = tmp_path / "elsewhere" / "observed.xlsx"
    book.parent.mkdir()
    assert replan(Words("zh"), str(run_folder), text, template=book) == 0
    assert read_observed(county, plan, book) == read_observed(county, plan, text)


@pytest.mark.parametrize("form", ["form.toml", "form.xlsx"])
def test_a_filled_form_goes_on_to_a_later_year_but_loses_none(
    run_folder: Path, tmp_path: Path, form: str
) -> None:
    county, plan = followed(run_folder)
    text = tmp_path / "observed.toml"
    text.write_text("[replan]\nuntil = 2028\n[spent]\nshare = { 2028 = 0.5 }\n", "utf-8")
    file, words = tmp_path / form, Words("zh")
    with pytest.raises(FindingsError):
        replan(words, str(run_folder), text, template=file, until=2027)
    assert not file.exists()
    assert replan(words, str(run_folder), text, template=file, until=2029) == 0
    found = read_observed(county, plan, file)
    known = read_observed(county, plan, text)
    assert found.until == 2029
    assert {cell: a for cell, a in found.spent.items() if cell[0] <= 2028} == known.spent


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_says_nothing_until_it_is_filled_in(
    language: Language, run_folder: Path, tmp_path: Path
) -> None:
    county, plan = followed(run_folder)
    path, words = tmp_path / "figures.xlsx", Words(language)
    assert replan(words, str(run_folder), template=path, until=2028) == 0
    with pytest.raises(FindingsError) as caught:
        read_observed(county, plan, path)
    assert [f.reason.key for f in caught.value.findings] == ["finding.nothing_observed"]
    book = opened(path)
    fill(book, 'observed."GDP of the year"', "2027", "68.9亿元")
    fill(book, 'observed."insurance coverage"', "2028", "45%")
    fill(book, 'observed."insurance coverage"', words.say("replan.form.error"), 0.1)
    book.save(path)
    coverage, gdp = sorted(read_observed(county, plan, path).figures, key=lambda f: f.value)
    assert (gdp.year, gdp.value, gdp.assumed) == (2027, 689000.0, True)
    assert (coverage.year, coverage.value) == (2028, 0.45)
    assert coverage.error == pytest.approx(0.045)


def test_what_is_wrong_is_named_cell_by_cell(run_folder: Path, tmp_path: Path) -> None:
    county, plan = followed(run_folder)
    path = tmp_path / "figures.xlsx"
    assert replan(Words("zh"), str(run_folder), template=path, until=2028) == 0
    book, error = opened(path), Words("zh").say("replan.form.error")
    wrong = {
        fill(book, 'observed."planted area"', "2027", "很多"),
        fill(book, 'observed."planted area"', error, 3),
        fill(book, 'observed."unsold produce"', "2028", 0),
        fill(book, 'exogenous."yield index"', "2028", 9),
        fill(book, "spent.share", "2027", -1),
        fill(book, "spent.amount.industry.talent", "2028", "一些"),
    }
    book.save(path)
    with pytest.raises(FindingsError) as caught:
        read_observed(county, plan, path)
    assert {finding.line for finding in caught.value.findings} == wrong
    book = opened(path)
    year = fill(book, "replan.until", "您的值", 2040)
    book.save(path)
    with pytest.raises(FindingsError) as caught:
        read_observed(county, plan, path)
    assert year in {finding.line for finding in caught.value.findings}


def test_amounts_have_a_place_of_the_model(run_folder: Path, tmp_path: Path) -> None:
    county, plan = followed(run_folder)
    path = tmp_path / "observed.toml"
    text = (
        "[replan]\nuntil = 2027\n[spent.amount]\n"
        'all."public services" = { 2030 = 5 }\nall.talent = { 2027 = 1 }\n'
        "moon.talent = { 2027 = 1 }\n"
        "[started]\nmill = { 2027 = true }\n"
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FindingsError) as caught:
        read_observed(county, plan, path)
    assert {finding.key for finding in caught.value.findings} == {
        'spent.amount.all."public services".2030',
        "spent.amount.all.talent",
        "spent.amount.moon.talent",
        "started.mill",
    }

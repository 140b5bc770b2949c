"""Plans as tables: ``year,sector,instrument,amount`` (10,000 yuan, 2020 prices).

A csv file, or the sheet of a workbook: the plan of a run's ``plan.xlsx`` can be edited and given
back. The past practice of an input workbook has a column a year instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.catalogue import Catalogue
from scenarios.catalogue import instruments, spellings
from scenarios.findings import Finding, did_you_mean, say
from scenarios.levers import WHERE, Place
from scenarios.money import parse_amount
from scenarios.sheets import is_workbook, plain
from scenarios.table import Form, Row, Table, has_rows, read_table

COLUMNS = ("year", "sector", "instrument", "amount")
FIXED = "fixed"
PLANNED = "as planned"  # what the amount was before it was edited
REMARKS = (FIXED, PLANNED, "source", "note", "past practice")  # may stand beside them
CHINESE = {
    "年份": "year",
    "年度": "year",
    "产业": "sector",
    "手段": "instrument",
    "金额": "amount",
    "固定": FIXED,
    "来源": "source",
    "备注": "note",
    "说明": "note",
    "以往做法": "past practice",
    "原方案": PLANNED,
}
PLAN = Form("workbook.plan", COLUMNS, REMARKS, CHINESE, say("hint.columns"))
# Years as columns: the past practice of an input workbook.
YEARS = tuple(map(str, range(1990, 2101)))
PLACE = ("sector", "instrument")
PAST = Form(
    "input.past", PLACE, (*YEARS, *REMARKS), CHINESE, say("hint.past_columns"), one_of=YEARS
)
YEAR = re.compile(r"((?:19|20|21)[0-9]{2})\s*年?(?:度|-01-01)?")
YES = ("yes", "y", "true", "1", "x", "是", "√", "固定")
NO = ("", "no", "n", "false", "0", "否")

PlanTable = Mapping[tuple[int, str, str], float]  # (year, sector, instrument) -> 10,000 yuan


@dataclass(frozen=True)
class Cell:
    """One line of a plan: the amount, if there is one, and whether it is to stay."""

    amount: float | None
    fixed: bool


def read_plan(
    path: Path, names: Catalogue, years: Collection[int], places: Collection[Place]
) -> tuple[PlanTable, list[Finding]]:
    """The amounts of a plan and everything that is wrong with the file.

    What is not listed is zero. ``years`` and ``places`` are those that the model has. Sector
    and instrument may be written in Chinese or English as the catalogue names them.
    """
    cells, findings = read_cells(read_table(path, PLAN), names, years, places)
    return {key: cell.amount for key, cell in cells.items() if cell.amount is not None}, findings


def read_past(
    path: Path, names: Catalogue, years: Collection[int], places: Collection[Place]
) -> tuple[PlanTable, list[Finding]]:
    """Past practice, as :func:`read_plan`; the sheet of an input workbook has a column a year."""
    cells, findings = read_cells(past_table(path), names, years, places)
    return {key: cell.amount for key, cell in cells.items() if cell.amount is not None}, findings


def past_table(path: Path) -> tuple[Table, list[Finding]]:
    """The table of a past practice, a line an amount, and what is wrong with its columns."""
    if not (is_workbook(path) and has_rows(path, PAST)):
        return read_table(path, PLAN)
    table, findings = read_table(path, PAST)
    return Table(path, COLUMNS, tuple(by_amount(table))), findings


def by_amount(table: Table) -> Iterator[Row]:
    """A row for every amount of a table with a column a year."""
    for row in table.rows:
        place = {name: row.cells[name] for name in PLACE}
        for year in filter(row.cells.get, YEARS):
            at = {name: row.at(name) for name in PLACE}
            cells = {"year": year, **place, "amount": row.cells[year]}
            yield Row(cells, {**at, "year": row.at(year), "amount": row.at(year)}, row.at(year))


def read_edit(
    path: Path, names: Catalogue, years: Collection[int], places: Collection[Place]
) -> tuple[PlanTable, list[Finding]]:
    """The amounts that an edited plan keeps, as :func:`read_plan`; all else is free.

    A column ``fixed`` says which (yes or no), and an amount that is not what it was ``as planned``
    is kept, too; without these columns every amount listed is kept. A line without an amount is
    free.
    """
    cells, findings = read_cells(read_table(path, PLAN), names, years, places, free=True)
    kept = {key: cell.amount for key, cell in cells.items() if cell.fixed}
    amounts = {key: amount for key, amount in kept.items() if amount is not None}
    if not amounts and not findings:
        findings.append(Finding(path, "", say("finding.nothing_fixed"), say("hint.nothing_fixed")))
    return amounts, findings


def read_cells(
    found: tuple[Table, list[Finding]],
    names: Catalogue,
    years: Collection[int],
    places: Collection[Place],
    *,
    free: bool = False,
) -> tuple[Mapping[tuple[int, str, str], Cell], list[Finding]]:
    """The lines of a plan by year and place, and what is wrong; ``free`` ones lack an amount.

    ``found`` is a table and what was wrong with it.
    """
    table, findings = found
    sectors, tools = known_places(names, places)
    plan: dict[tuple[int, str, str], Cell] = {}
    for row in table.rows:
        cells = row.cells
        fixed = cells.get(FIXED, NO[0] if PLANNED in cells else YES[0]).lower()
        empty = free and not cells["amount"] and (FIXED not in cells or fixed in NO)
        wrong = [
            finding
            for finding in (
                check_year(cells["year"], years),
                check_name("sector", cells["sector"], sectors),
                check_name("instrument", cells["instrument"], tools),
                None if empty else check_amount(cells["amount"]),
                check_yes_or_no(fixed),
            )
            if finding
        ]
        if not wrong:
            place = (sectors[spelled(cells["sector"])], tools[spelled(cells["instrument"])])
            key = (year_of(cells["year"]), *place)
            if place not in places:
                reason = say("finding.no_lever", sector=place[0], instrument=place[1])
                where = ", ".join(sector for sector, tool in places if tool == place[1])
                wrong = [Finding(None, "sector", reason, say("hint.known", names=where))]
            elif key in plan:
                wrong = [Finding(None, "", say("finding.twice"), say("hint.one_line_each"))]
            else:
                amount = None if empty else parse_amount(cells["amount"])
                kept = fixed in YES or edited(amount, cells.get(PLANNED, ""))
                plan[key] = Cell(amount, kept and not empty)
        findings += placed(wrong, table.path, row)
    return plan, findings


def edited(amount: float | None, planned: str) -> bool:
    """Whether an amount is no longer what was planned."""
    try:
        return bool(planned) and amount != parse_amount(planned)
    except ValueError:
        return False


def placed(wrong: Collection[Finding], path: Path, row: Row) -> Iterator[Finding]:
    """Findings of a row, with the place of what they are about."""
    for finding in wrong:
        yield replace(finding, file=path, line=row.at(finding.key))


def check_yes_or_no(text: str) -> Finding | None:
    if text in YES or text in NO:
        return None
    return Finding(None, FIXED, say("finding.not_yes", value=text), say("hint.yes_or_no"))


def spelled(word: str) -> str:
    """A name in the form in which names are compared: ``_`` is a space."""
    return plain(word.replace("_", " "))


def known_as(names: Mapping[str, str]) -> Mapping[str, str]:
    """Names by the form in which they are compared."""
    return {spelled(name): id for name, id in names.items()}


def known_places(
    names: Catalogue, places: Collection[Place]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The sectors and the instruments, by the forms in which their names are compared."""
    elements = spellings(names, "element")
    sectors = {name: id for name, id in elements.items() if id in WHERE}
    tools = {**instruments(names), **{tool: tool for _, tool in places}}
    return known_as({**sectors, **{name: name for name in WHERE}}), known_as(tools)


def year_of(text: str) -> int:
    """The year of a cell: ``2027``, ``2027年``.

    Raises:
        ValueError: it is none.
    """
    match = YEAR.fullmatch(plain(text))
    if match is None:
        raise ValueError(text)
    return int(match[1])


def check_year(text: str, years: Collection[int]) -> Finding | None:
    try:
        year = year_of(text)
    except ValueError:
        return Finding(None, "year", say("finding.not_whole", value=text), say("hint.year"))
    if year not in years:
        reason = say("finding.year_outside", year=year, first=min(years), last=max(years))
        return Finding(None, "year", reason, say("hint.year_outside"))
    return None


def check_name(column: str, text: str, known: Mapping[str, str]) -> Finding | None:
    """A finding where ``text`` is none of ``known`` (see :func:`known_as`)."""
    if spelled(text) in known:
        return None
    if not text:
        return Finding(None, column, say("finding.missing"), say("hint.cell"))
    # Either spelling is read, so who writes Chinese is answered in Chinese.
    near = known if text.isascii() else [name for name in known if not name.isascii()]
    return Finding(
        None, column, say("finding.unknown_name", name=text), did_you_mean(spelled(text), near)
    )


def check_amount(text: str) -> Finding | None:
    if not text:
        return Finding(None, "amount", say("finding.missing"), say("hint.cell"))
    try:
        amount = parse_amount(text)
    except ValueError:
        reason = say("finding.not_money", value=text)
        return Finding(None, "amount", reason, say("hint.money_cell"))
    if amount < 0:
        return Finding(
            None, "amount", say("finding.too_small", value=text, limit=0), say("hint.not_negative")
        )
    return None

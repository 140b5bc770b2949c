"""Plans as tables: ``year,sector,instrument,amount`` (10,000 yuan, 2020 prices)."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import Catalogue
from scenarios.catalogue import instruments, spellings
from scenarios.findings import Finding, did_you_mean, say
from scenarios.levers import WHERE, Place

COLUMNS = ("year", "sector", "instrument", "amount")
FIXED = "fixed"
REMARKS = (FIXED, "source", "note", "past practice")  # columns that may stand beside them
CHINESE = {
    "年份": "year",
    "年度": "year",
    "产业": "sector",
    "手段": "instrument",
    "金额": "amount",
    "固定": FIXED,
    "来源": "source",
    "备注": "note",
    "以往做法": "past practice",
}
IN_BRACKETS = re.compile(r"\s*[(（].*[)）]\s*$")  # the unit behind a column's name
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
    cells, findings = read_cells(path, names, years, places)
    return {key: cell.amount for key, cell in cells.items() if cell.amount is not None}, findings


def read_edit(
    path: Path, names: Catalogue, years: Collection[int], places: Collection[Place]
) -> tuple[PlanTable, list[Finding]]:
    """The amounts that an edited plan keeps, as :func:`read_plan`; all else is free.

    A column ``fixed`` says which (yes or no); without it every amount listed is kept. A line
    without an amount is free.
    """
    cells, findings = read_cells(path, names, years, places, free=True)
    kept = {key: cell.amount for key, cell in cells.items() if cell.fixed}
    amounts = {key: amount for key, amount in kept.items() if amount is not None}
    if not amounts and not findings:
        findings.append(Finding(path, "", say("finding.nothing_fixed"), say("hint.nothing_fixed")))
    return amounts, findings


def read_cells(
    path: Path,
    names: Catalogue,
    years: Collection[int],
    places: Collection[Place],
    *,
    free: bool = False,
) -> tuple[Mapping[tuple[int, str, str], Cell], list[Finding]]:
    """The lines of a plan by year and place, and what is wrong; ``free`` ones lack an amount."""
    try:
        text = decoded(path.read_bytes())
    except OSError:
        return {}, [Finding(path, "", say("finding.no_file"), say("hint.csv_path"))]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    header = [column(name) for name in trimmed(next(reader, []))]
    findings = [
        Finding(path, name, say("finding.no_column"), say("hint.columns"), 1)
        for name in COLUMNS
        if name not in header
    ] + [
        Finding(path, name, say("finding.unknown_column"), did_you_mean(name, COLUMNS), 1)
        for name in header
        if name not in (*COLUMNS, *REMARKS)
    ]
    if findings:
        return {}, findings
    sectors = {spelling: id for spelling, id in spellings(names, "element").items() if id in WHERE}
    sectors |= {name: name for name in WHERE}
    tools = {**instruments(names), **{instrument: instrument for _, instrument in places}}
    plan: dict[tuple[int, str, str], Cell] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        line = reader.line_num
        if len(cells) > len(header):
            cells = [*cells[: len(header)], *trimmed(cells[len(header) :])]
        if len(cells) != len(header):
            reason = say("finding.fields", number=len(cells), needed=len(header))
            hint = "hint.no_thousands_comma" if len(cells) > len(header) else "hint.all_fields"
            findings.append(Finding(path, "", reason, say(hint), line))
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        fixed = row.get(FIXED, YES[0]).lower()
        empty = free and not row["amount"] and (FIXED not in row or fixed in NO)
        wrong = [
            finding
            for finding in (
                check_year(row["year"], years),
                check_name("sector", row["sector"], sectors),
                check_name("instrument", row["instrument"], tools),
                None if empty else check_amount(row["amount"]),
                check_yes_or_no(fixed),
            )
            if finding
        ]
        if not wrong:
            place = (sectors[spelled(row["sector"])], tools[spelled(row["instrument"])])
            key = (int(row["year"]), *place)
            if place not in places:
                reason = say("finding.no_lever", sector=place[0], instrument=place[1])
                where = ", ".join(sector for sector, tool in places if tool == place[1])
                wrong = [Finding(None, "sector", reason, say("hint.known", names=where))]
            elif key in plan:
                wrong = [Finding(None, "", say("finding.twice"), say("hint.one_line_each"))]
            else:
                amount = None if empty else float(row["amount"])
                plan[key] = Cell(amount, fixed in YES and not empty)
        findings += [
            Finding(path, finding.key, finding.reason, finding.hint, line) for finding in wrong
        ]
    return plan, findings


def decoded(data: bytes) -> str:
    """UTF-8, what Excel calls Unicode text, or the Chinese encoding in which it saves csv files."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def delimiter(text: str) -> str:
    """What parts the columns: spreadsheets write semicolons or tabs, too."""
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def column(name: str) -> str:
    """A column by its English name, without a unit in brackets."""
    plain = IN_BRACKETS.sub("", name.strip()).lower()
    return CHINESE.get(plain, plain)


def trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def check_yes_or_no(text: str) -> Finding | None:
    if text in YES or text in NO:
        return None
    return Finding(None, FIXED, say("finding.not_yes", value=text), say("hint.yes_or_no"))


def spelled(word: str) -> str:
    """A name with ``_`` read as a space."""
    return word.replace("_", " ")


def check_year(text: str, years: Collection[int]) -> Finding | None:
    if not text.isdecimal():
        return Finding(None, "year", say("finding.not_whole", value=text), say("hint.year"))
    if int(text) not in years:
        reason = say("finding.year_outside", year=text, first=min(years), last=max(years))
        return Finding(None, "year", reason, say("hint.year_outside"))
    return None


def check_name(column: str, text: str, known: Mapping[str, str]) -> Finding | None:
    if spelled(text) in known:
        return None
    return Finding(
        None, column, say("finding.unknown_name", name=text), did_you_mean(spelled(text), known)
    )


def check_amount(text: str) -> Finding | None:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount):
        return Finding(
            None, "amount", say("finding.not_number", value=text), say("hint.plain_number")
        )
    if amount < 0:
        return Finding(
            None, "amount", say("finding.too_small", value=text, limit=0), say("hint.not_negative")
        )
    return None

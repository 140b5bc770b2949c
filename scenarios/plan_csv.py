"""Plans as tables: ``year,sector,instrument,amount`` (10,000 yuan, 2020 prices)."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Mapping
from pathlib import Path

from models.catalogue import Catalogue
from scenarios.catalogue import instruments, spellings
from scenarios.findings import Finding, did_you_mean, say
from scenarios.levers import WHERE, Place

COLUMNS = ("year", "sector", "instrument", "amount")
REMARKS = ("source", "note")  # columns that may stand beside them

PlanTable = Mapping[tuple[int, str, str], float]  # (year, sector, instrument) -> 10,000 yuan


def read_plan(
    path: Path, names: Catalogue, years: Collection[int], places: Collection[Place]
) -> tuple[PlanTable, list[Finding]]:
    """The amounts of a plan and everything that is wrong with the file.

    What is not listed is zero. ``years`` and ``places`` are those that the model has. Sector
    and instrument may be written in Chinese or English as the catalogue names them.
    """
    try:
        text = decoded(path.read_bytes())
    except OSError:
        return {}, [Finding(path, "", say("finding.no_file"), say("hint.csv_path"))]
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().lower() for name in next(reader, [])]
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
    plan: dict[tuple[int, str, str], float] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        line = reader.line_num
        if len(cells) != len(header):
            reason = say("finding.fields", number=len(cells), needed=len(header))
            hint = "hint.no_thousands_comma" if len(cells) > len(header) else "hint.all_fields"
            findings.append(Finding(path, "", reason, say(hint), line))
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        wrong = [
            finding
            for finding in (
                check_year(row["year"], years),
                check_name("sector", row["sector"], sectors),
                check_name("instrument", row["instrument"], tools),
                check_amount(row["amount"]),
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
                plan[key] = float(row["amount"])
        findings += [
            Finding(path, finding.key, finding.reason, finding.hint, line) for finding in wrong
        ]
    return plan, findings


def decoded(data: bytes) -> str:
    """UTF-8, or the Chinese encoding in which Excel saves csv files."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


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

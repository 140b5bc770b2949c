"""A county's own figures: rows of ``variables.csv`` with other values, ranges and sources.

``id,default,low,high,source,note``: one number for all elements of a parameter, or one for each,
``a;b;c`` in subscript order. What is not listed stays as in ``variables.csv``. Ids may be written
in Chinese or English as the catalogue names them.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from models import Model
from models.catalogue import Catalogue, Row
from models.source import key
from scenarios.catalogue import spellings
from scenarios.findings import Finding, Message, did_you_mean, say
from scenarios.plan_csv import decoded, spelled

COLUMNS = ("id", "default", "low", "high", "source")
REMARKS = ("note",)
NUMBERS = ("default", "low", "high")


@dataclass(frozen=True)
class Figures:
    """A catalogue with a county's rows laid over it, and its values by column of the model."""

    path: Path
    catalogue: Catalogue
    values: Mapping[str, float]
    own: frozenset[str]  # keys of the rows that are the county's


def read_figures(path: Path, names: Catalogue, model: Model) -> tuple[Figures, list[Finding]]:
    """The figures of a file and everything that is wrong with it."""
    text = decoded(path.read_bytes())
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().lower() for name in next(reader, [])]
    findings = [
        Finding(path, name, say("finding.no_column"), say("hint.figures"), 1)
        for name in COLUMNS
        if name not in header
    ] + [
        Finding(path, name, say("finding.unknown_column"), did_you_mean(name, COLUMNS), 1)
        for name in header
        if name not in (*COLUMNS, *REMARKS)
    ]
    rows: dict[str, Row] = {}
    values: dict[str, float] = {}
    known = spellings(names, "parameter")
    for cells in reader if not findings else ():
        if not any(cell.strip() for cell in cells):
            continue
        line = reader.line_num
        if len(cells) != len(header):
            reason = say("finding.fields", number=len(cells), needed=len(header))
            findings.append(Finding(path, cells[0], reason, say("hint.all_fields"), line))
            continue
        record = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        wrong = list(_wrong_name(record["id"], known, rows))
        if not wrong:
            id = known[spelled(record["id"])]
            columns = [c for c in model.constants if key(c.partition("[")[0]) == key(id)]
            row, wrong = _row(names.rows[key(id)], record, len(columns), line)
            if not wrong:
                rows[key(id)] = row
                numbers = row.default if len(row.default) > 1 else row.default * len(columns)
                values.update(zip(columns, numbers, strict=True))
        findings += [Finding(path, record["id"], reason, hint, line) for reason, hint in wrong]
    laid = replace(names, rows=MappingProxyType({**names.rows, **rows}))
    return Figures(path, laid, values, frozenset(rows)), findings


Wrong = tuple[Message, Message | None]


def _wrong_name(name: str, known: Mapping[str, str], rows: Mapping[str, Row]) -> list[Wrong]:
    id = known.get(spelled(name))
    if id is None:
        return [(say("finding.unknown_name", name=name), did_you_mean(spelled(name), known))]
    if key(id) in rows:
        return [(say("finding.twice"), say("hint.one_line_each"))]
    return []


def _row(base: Row, record: Mapping[str, str], size: int, line: int) -> tuple[Row, list[Wrong]]:
    """The catalogue's row with the county's numbers; and what is wrong with them."""
    wrong: list[Wrong] = []
    numbers: dict[str, tuple[float, ...]] = {}
    for name in NUMBERS:
        try:
            found = tuple(float(part) for part in record[name].split(";"))
        except ValueError:
            found = (math.nan,)
        if not all(map(math.isfinite, found)):
            reason = say("finding.not_number", value=record[name])
            wrong.append((reason, say("hint.plain_number")))
        elif len(found) not in (1, size):
            reason = say("finding.numbers", number=len(found), needed=size)
            wrong.append((reason, say("hint.numbers")))
        numbers[name] = found
    if not wrong:
        longest = max(map(len, numbers.values()))
        low, value, high = (
            part if len(part) == longest else part * longest
            for part in (numbers["low"], numbers["default"], numbers["high"])
        )
        for a, b, c in zip(low, value, high, strict=True):
            if not a <= b <= c:
                reason = say(
                    "finding.out_of_range",
                    value=f"{b:g}",
                    low=f"{a:g}",
                    high=f"{c:g}",
                    unit=base.unit,
                )
                wrong.append((reason, say("hint.own_range")))
    if not record["source"]:
        wrong.append((say("finding.no_source"), say("hint.source")))
    made = replace(
        base,
        default=numbers["default"],
        low=numbers["low"],
        high=numbers["high"],
        source=record["source"],
        note=record.get("note", ""),
        line=line,
    )
    return made, wrong

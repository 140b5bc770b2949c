"""A county's own figures: rows of ``variables.csv`` with other values, ranges and sources.

``id,default,low,high,source,note``: one number for all elements of a parameter, or one for each,
``a;b;c`` in subscript order; or a row for an element, named ``initial labour[industry]``. What is
not listed, or has no value yet, stays as in the county that is extended. Names may be written in
Chinese or English as the catalogue has them. Without a range of its own a value must lie in the
range that it had.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from models import Model
from models.catalogue import Catalogue, Row
from models.source import key
from scenarios.aliases import source
from scenarios.catalogue import of_kind
from scenarios.findings import Finding, Unit, at, did_you_mean, say
from scenarios.money import parse_amount, parse_number
from scenarios.plan_csv import spelled
from scenarios.table import Form, read_table
from scenarios.table import Row as Line

NUMBERS = ("default", "low", "high")
COLUMNS = ("id", *NUMBERS, "source")
REMARKS = ("note", "name", "unit", "now", "now low", "now high")  # may stand beside them
CHINESE = {
    "编号": "id",
    "参数": "id",
    "取值": "default",
    "您的值": "default",
    "your value": "default",
    "下限": "low",
    "上限": "high",
    "来源": "source",
    "备注": "note",
    "说明": "note",
    "参数名称": "name",
    "parameter name": "name",
    "单位": "unit",
    "现用值": "now",
    "现用下限": "now low",
    "现用上限": "now high",
}
FORM = Form("input.figures", COLUMNS, REMARKS, CHINESE, say("hint.figures"))
MONEY = ("wanyuan", "wanyuan/year")  # units whose numbers may be written with a unit of money


@dataclass(frozen=True)
class Figures:
    """A catalogue with a county's rows laid over it, and its values by column of the model.

    ``own`` says of each of the county's rows where its columns were written.
    """

    path: Path
    catalogue: Catalogue
    values: Mapping[str, float]
    own: Mapping[str, Mapping[str, str]]  # key of a row -> column -> the place

    def over(self, others: Figures | None) -> Figures:
        """These figures, with those of ``others`` that they do not replace."""
        if others is None:
            return self
        values = {**others.values, **self.values}
        own = {
            name: {**others.own.get(name, {}), **self.own.get(name, {})}
            for name in (*others.own, *self.own)
        }
        return replace(self, values=values, own=own)

    def text(self) -> str:
        """The county's rows as a table of figures."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow((*COLUMNS, "note"))
        for name in self.own:
            row = self.catalogue.rows[name]
            numbers = (
                ";".join(repr(part).removesuffix(".0") for part in getattr(row, column))
                for column in NUMBERS
            )
            writer.writerow((row.id, *numbers, row.source, row.note))
        return out.getvalue()


def read_figures(path: Path, names: Catalogue, model: Model) -> tuple[Figures, list[Finding]]:
    """The figures of a file, laid over ``names``, and everything that is wrong with it."""
    table, findings = read_table(path, FORM)
    known = {spelled(text): (text, *target) for text, target in _spellings(names, model)}
    lines: dict[str, dict[int | None, Line]] = {}  # parameter -> element (None: all) -> its line
    for line in table.rows:
        cells = line.cells
        if not any(cells[name] for name in NUMBERS):
            continue  # a row of a form that is not filled in
        written = cells["id"] or cells.get("name", "")
        name = spelled(written)
        if name not in known:
            reason = say("finding.unknown_name", name=written)
            hint = did_you_mean(name, {name: text for name, (text, *_) in known.items()})
            findings.append(Finding(path, written, reason, hint, line.at("id")))
            continue
        _, id, element = known[name]
        taken = lines.setdefault(id, {})
        if element in taken or (taken and None in (element, *taken)):
            reason, hint = say("finding.row_twice"), say("hint.one_line_each")
            findings.append(Finding(path, written, reason, hint, line.at("id")))
        else:
            taken[element] = line
    rows: dict[str, Row] = {}
    values: dict[str, float] = {}
    own: dict[str, dict[str, str]] = {}
    for id, of_row in lines.items():
        columns = [c for c in model.constants if key(c.partition("[")[0]) == key(id)]
        row, wrong = _row(names.rows[key(id)], of_row, columns)
        findings += [replace(finding, file=path) for finding in wrong]
        if not wrong:
            rows[key(id)] = row
            stated = of_row.get(None)
            own[key(id)] = {
                column: at(path, of_column.at("default"))
                for index, column in enumerate(columns)
                if (of_column := stated or of_row.get(index)) is not None
            }
            numbers = row.default if len(row.default) > 1 else row.default * len(columns)
            values.update(zip(columns, numbers, strict=True))
    laid = replace(names, rows=MappingProxyType({**names.rows, **rows}))
    return Figures(path, laid, values, own), findings


def _spellings(names: Catalogue, model: Model) -> Iterator[tuple[str, tuple[str, int | None]]]:
    """Every way to write a parameter, or one of its elements, and what it stands for."""
    for row in of_kind(names, "parameter"):
        columns = [c for c in model.constants if key(c.partition("[")[0]) == key(row.id)]
        for text in (row.id, row.en, row.zh):
            yield text, (row.id, None)
        if len(columns) > 1:
            for index, column in enumerate(columns):
                for text in (column, names.label(column, "en"), names.label(column, "zh")):
                    yield text, (row.id, index)


def _row(
    base: Row, lines: Mapping[int | None, Line], columns: Sequence[str]
) -> tuple[Row, list[Finding]]:
    """The row ``base`` with a county's numbers, and what is wrong with them."""
    size, wrong = len(columns), list[Finding]()
    numbers: dict[str, tuple[float, ...]] = {}
    for name in NUMBERS:
        before: tuple[float, ...] = getattr(base, name)
        found = list(before if len(before) == size else before * size) or [math.nan] * size
        for element, line in lines.items():
            own = _numbers(line, name, base, 1 if element is not None else size, wrong)
            if element is None:
                found = list(own or found)
            elif own:
                found[element] = own[0]
        numbers[name] = tuple(found)
    if not wrong:
        wrong += _outside(base, lines, numbers, size)
    for line in lines.values():
        if not line.cells["source"]:
            reason, hint = say("finding.no_source"), say("hint.source")
            wrong.append(Finding(None, line.cells["id"], reason, hint, line.at("source")))
    first = next(iter(lines.values())).place
    made = replace(
        base,
        default=numbers["default"],
        low=numbers["low"],
        high=numbers["high"],
        source="; ".join(dict.fromkeys(source(line.cells["source"]) for line in lines.values())),
        note="; ".join(
            filter(None, dict.fromkeys(line.cells.get("note", "") for line in lines.values()))
        ),
        line=first if isinstance(first, int) else base.line,
    )
    return made, wrong


def _numbers(
    line: Line, name: str, base: Row, size: int, wrong: list[Finding]
) -> tuple[float, ...]:
    """The numbers of a cell; none where a range is not the county's own."""
    text, at = line.cells[name], line.at(name)
    if not text and name != "default":
        return ()
    amount = base.unit in MONEY
    parse = parse_amount if amount else parse_number
    try:
        found = tuple(parse(part) for part in text.split(";"))
    except ValueError:
        hint = say("hint.money_cell" if amount else "hint.plain_number")
        reason = say("finding.not_number", value=text)
        wrong.append(Finding(None, line.cells["id"], reason, hint, at))
        return ()
    if len(found) not in (1, size):
        reason = say("finding.numbers", number=len(found), needed=size)
        wrong.append(Finding(None, line.cells["id"], reason, say("hint.numbers"), at))
    return found


def _outside(
    base: Row, lines: Mapping[int | None, Line], numbers: Mapping[str, Sequence[float]], size: int
) -> Iterator[Finding]:
    """Values that do not lie within their range."""
    low, value, high = (
        part if len(part) == size else [*part] * size
        for part in (numbers["low"], numbers["default"], numbers["high"])
    )
    for index, (a, b, c) in enumerate(zip(low, value, high, strict=True)):
        line = lines.get(None) or lines.get(index)
        if line is None or a <= b <= c:
            continue
        ranged = line.cells["low"] and line.cells["high"]
        limits = {"value": f"{b:g}", "low": f"{a:g}", "high": f"{c:g}", "unit": Unit(base.unit)}
        hint = say("hint.own_range" if ranged else "hint.range_needed")
        reason = say("finding.out_of_range", **limits)
        yield Finding(None, line.cells["id"], reason, hint, line.at("default"))

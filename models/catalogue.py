"""``variables.csv``: names in two languages, units, ranges and sources of what the model has.

One row may stand for all elements of a variable; its ``default``, ``low`` and ``high`` are
then one number for all, or one for each element, ``a;b;c`` in subscript order.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from .errors import Finding, ModelError, Problem
from .model import Model
from .source import key

TABLE = Path(__file__).parent / "variables.csv"
NOTES = TABLE.with_name("notes.csv")
COLUMNS = ("id", "zh", "en", "unit", "kind", "default", "low", "high", "source", "note")
_WITH_NUMBERS = ("parameter", "constant")


@dataclass(frozen=True)
class Row:
    """One row; ``default``, ``low`` and ``high`` are empty, or one number for each element."""

    id: str
    zh: str
    en: str
    unit: str
    kind: str
    default: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    source: str
    note: str
    line: int

    def label(self, lang: Literal["zh", "en"]) -> str:
        return self.zh if lang == "zh" else self.en

    def note_in(self, lang: Literal["zh", "en"]) -> str:
        """The note; in English where ``notes.csv`` has no Chinese of it."""
        return chinese_notes().get(self.note, self.note) if lang == "zh" else self.note


@dataclass(frozen=True)
class Catalogue:
    """All rows by id. ``rows["wage"]`` serves every element of ``wage``."""

    path: Path
    rows: Mapping[str, Row]

    def row(self, name: str) -> Row | None:
        """The row of a variable, or of one of its columns (``wage[industry]``)."""
        return self.rows.get(key(name)) or self.rows.get(key(name.partition("[")[0]))

    def label(self, name: str, lang: Literal["zh", "en"] = "en") -> str:
        """The label of an id or a column, elements included; the name itself if unknown."""
        exact = self.rows.get(key(name))
        if exact is not None:
            return exact.label(lang)
        head, bracket, inside = name.partition("[")
        row = self.rows.get(key(head))
        if row is None:
            return name
        if not bracket:
            return row.label(lang)
        elements = [self.label(element, lang) for element in inside.rstrip("]").split(",")]
        if lang == "zh":
            return f"{row.zh}（{'、'.join(elements)}）"
        return f"{row.en} ({', '.join(elements)})"

    def range_of(self, column: str, model: Model) -> tuple[float, float] | None:
        """Low and high of a column, or None if the row gives none."""
        row = self.row(column)
        if row is None or not row.low or not row.high:
            return None
        place = _place(column, model)
        return _pick(row.low, place), _pick(row.high, place)


def read(path: str | Path = TABLE) -> Catalogue:
    """Read a catalogue.

    Raises:
        ModelError: every row that does not fit, with its line.
        OSError: the file cannot be read.
    """
    file = Path(path)
    problems: list[Problem] = []
    rows: dict[str, Row] = {}
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ModelError(
                Problem("wrong columns", str(file), 1, hint=f"the columns are {','.join(COLUMNS)}")
            )
        for record in reader:
            try:
                row = _row(record, reader.line_num)
                if key(row.id) in rows:
                    raise ValueError("this id has a row already")
                rows[key(row.id)] = row
            except ValueError as error:
                problems.append(
                    Problem(str(error), str(file), reader.line_num, record.get("id") or "")
                )
    if problems:
        raise ModelError(problems)
    return Catalogue(file, MappingProxyType(rows))


def _row(record: Mapping[str, str | None], line: int) -> Row:
    cells = {name: (record.get(name) or "").strip() for name in COLUMNS}
    if None in record or not cells["id"]:
        raise ValueError("the row has no id, or more cells than columns")
    numbers = {name: _numbers(cells[name], name) for name in ("default", "low", "high")}
    return Row(
        id=cells["id"],
        zh=cells["zh"],
        en=cells["en"],
        unit=cells["unit"],
        kind=cells["kind"],
        default=numbers["default"],
        low=numbers["low"],
        high=numbers["high"],
        source=cells["source"],
        note=cells["note"],
        line=line,
    )


def _numbers(cell: str, name: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in cell.split(";")) if cell else ()
    except ValueError:
        raise ValueError(f"{name} is '{cell}', not a number or numbers with ';'") from None


@lru_cache(maxsize=1)
def chinese_notes() -> Mapping[str, str]:
    """The Chinese of notes that ``variables.csv`` writes in English."""
    with NOTES.open(encoding="utf-8-sig", newline="") as handle:
        return {row["note"]: row["zh"] for row in csv.DictReader(handle)}


@lru_cache(maxsize=1)
def county() -> Catalogue:
    """The catalogue of the county model, read once."""
    return read(TABLE)


def label(name: str, lang: Literal["zh", "en"] = "en") -> str:
    """The county catalogue's label of an id or a column."""
    return county().label(name, lang)


def check_catalogue(model: Model, catalogue: Catalogue | None = None) -> list[Finding]:
    """Where a model and its catalogue differ.

    Every constant, lookup and stock has a row; unit and default of a row are those of the
    model file; no source is blank; a default lies within its range; no row is about nothing.
    """
    table = catalogue if catalogue is not None else county()
    findings = list(_without_rows(model, table))
    names = {key(name) for name in model.variables}
    for row in table.rows.values():
        place = (str(table.path), row.line, row.id)
        if not row.source:
            findings.append(Finding(*place, "has no source"))
        if not row.zh or not row.en:
            findings.append(Finding(*place, "has no Chinese or no English label"))
        if key(row.id) in names:
            findings += _differences(model, row, place)
        elif row.kind != "element":
            findings.append(Finding(*place, "is no variable of the model"))
    return findings


def _without_rows(model: Model, table: Catalogue) -> Iterator[Finding]:
    for variable in model.variables.values():
        needs_row = variable.kind in ("constant", "lookup", "stock")
        if needs_row and table.rows.get(key(variable.name)) is None:
            yield Finding(
                str(model.path), variable.line, variable.name, f"has no row in {table.path.name}"
            )


def _differences(model: Model, row: Row, place: tuple[str, int, str]) -> Iterator[Finding]:
    variable = model.variables[_named(model, row.id)]
    if row.unit != variable.unit:
        yield Finding(*place, f"unit '{row.unit}' is '{variable.unit}' in the model file")
    size = len(variable.columns)
    for name, numbers in (("default", row.default), ("low", row.low), ("high", row.high)):
        if len(numbers) not in (0, 1, size):
            yield Finding(*place, f"{len(numbers)} numbers as {name} of {size} elements")
            return
    if variable.kind == "constant":
        yield from _default_differences(model, row, variable.columns, place)
    for i in range(size if row.default and row.low and row.high else 0):
        low, default, high = (_pick(part, i) for part in (row.low, row.default, row.high))
        if not low <= default <= high:
            yield Finding(*place, f"default {default} lies outside {low} to {high}")


def _default_differences(
    model: Model, row: Row, columns: tuple[str, ...], place: tuple[str, int, str]
) -> Iterator[Finding]:
    if not row.default:
        if row.kind in _WITH_NUMBERS:
            yield Finding(*place, "has no default")
        return
    for i, column in enumerate(columns):
        if model.constants[column] != _pick(row.default, i):
            yield Finding(
                *place,
                f"default {_pick(row.default, i)} of {column} is {model.constants[column]} "
                "in the model file",
            )


def _pick(numbers: tuple[float, ...], place: int) -> float:
    return numbers[0] if len(numbers) == 1 else numbers[place]


def _named(model: Model, identifier: str) -> str:
    return next(name for name in model.variables if key(name) == key(identifier))


def _place(column: str, model: Model) -> int:
    variable = model.variables[_named(model, column.partition("[")[0])]
    return variable.columns.index(column)

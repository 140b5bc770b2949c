"""Series for data variables, from tables such as Vensim and this engine write of a run.

A table is .csv or tab-separated text. Its first row holds names (``Time``, then a column
for each variable, ``stock[north]`` for an element), or its first column does and the first row
holds the times. A blank cell is a missing value.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import ModelError, Problem
from .source import key
from .workbook_limits import too_large

_SEPARATORS = {".csv": ",", ".tab": "\t", ".tsv": "\t", ".txt": "\t", ".dat": "\t"}
Points = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class RunData:
    """The series of one table: by key of the column, the times and values that are known."""

    path: Path
    series: dict[str, Points]


def read_run_data(path: Path, any_number: bool = False) -> RunData:
    """Read a table of series. An empty cell, or NaN, is a value that is not known.

    ``any_number`` keeps NaN and infinities: they are what another simulator found.

    Raises:
        ModelError: the file is missing or is no such table.
    """
    separator = _SEPARATORS.get(path.suffix.lower())
    if separator is None:
        hint = "export the run from Vensim as .tab or .csv"
        raise ModelError(Problem("not a table of series (.csv or .tab)", str(path), hint=hint))
    try:
        why = too_large(path)
        raw = b"" if why else path.read_bytes()
    except OSError as error:
        raise ModelError(
            Problem(f"cannot be read ({error.strerror or error})", str(path), hint="check the path")
        ) from error
    if why:
        raise ModelError(Problem(why, str(path)))
    try:
        rows = [
            row
            for row in csv.reader(io.StringIO(decoded(raw), newline=None), delimiter=separator)
            if any(row)
        ]
    except csv.Error as error:
        raise ModelError(Problem(f"not readable as a table ({error})", str(path))) from error
    return RunData(path, _series(rows, path, any_number))


def decoded(raw: bytes) -> str:
    """The text of a table: UTF-8, what Chinese spreadsheets write, or else Latin-1."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _series(rows: Sequence[Sequence[str]], path: Path, any_number: bool) -> dict[str, Points]:
    width = max((len(row) for row in rows), default=0)
    table = [[*row, *[""] * (width - len(row))] for row in rows]
    if len(table) > 1 and all(_number(cell, path, 1) is not None for cell in table[0][1:2]):
        table = [list(column) for column in zip(*table, strict=True)]
    if len(table) < 2 or width < 2:
        raise ModelError(
            Problem(
                "holds no series",
                str(path),
                hint="the first row: Time and the names of variables; then a row for each time",
            )
        )
    names, body = table[0], table[1:]
    times = [_time(row[0], path, line) for line, row in enumerate(body, 2)]
    found: dict[str, Points] = {}
    for place, name in enumerate(names[1:], 1):
        known: dict[float, float] = {}
        for line, (time, row) in enumerate(zip(times, body, strict=True), 2):
            value = _number(row[place], path, line, name)
            if time is None or value is None or (math.isnan(value) and not any_number):
                continue
            if math.isinf(value) and not any_number:
                reason, hint = "is infinite", "leave the cell empty if it is not known"
                raise ModelError(Problem(reason, str(path), line, name.strip(), hint=hint))
            known[time] = value
        if name.strip() and known:
            points = sorted(known.items())
            series = tuple(t for t, _ in points), tuple(y for _, y in points)
            if found.setdefault(key(name), series) != series:
                reason, hint = "stands here twice, with other values", "keep one of the two"
                raise ModelError(Problem(reason, str(path), 1, name.strip(), hint=hint))
    return found


def _number(cell: str, path: Path, line: int, name: str = "") -> float | None:
    text = cell.strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        if line == 1:
            return None
        raise ModelError(
            Problem(f"'{text[:40]}' is no number", str(path), line, name.strip())
        ) from None
    return value


def _time(cell: str, path: Path, line: int) -> float | None:
    time = _number(cell, path, line)
    return time if time is not None and math.isfinite(time) else None

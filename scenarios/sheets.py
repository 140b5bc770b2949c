"""Workbooks as people leave them: cells as values, merged cells filled, dates that are years.

Nothing here knows what a sheet is about.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.workbook_limits import too_large
from scenarios.findings import refuse, say

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SUFFIXES = (".xlsx", ".xlsm")
FORMULA = "="  # what a formula without a saved value is read as
YEARS = range(1990, 2101)  # whole numbers and dates that are taken for years

_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows[i][j]`` is the cell of row ``i + 1`` and column ``j + 1``."""

    title: str
    rows: tuple[tuple[Value, ...], ...]

    def place(self, row: int, column: int) -> str:
        """A cell as spreadsheets name it; row and column from 1."""
        from openpyxl.utils import get_column_letter

        return f"{self.title}!{get_column_letter(column)}{row}"


Book = Mapping[str, Sheet]


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook by its name."""
    return path.suffix.lower() in SUFFIXES


def read_book(path: Path) -> Book:
    """The sheets of a workbook by their titles, in its order.

    Raises:
        FindingsError: it is no workbook, or larger than any that people fill in.
    """
    about = path.stat()
    return _read(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=8)  # one file is asked for its scenario and for each of its tables
def _read(path: Path, _changed: int, _size: int) -> Book:
    import openpyxl

    try:
        if size := too_large(path):
            raise refuse("", say("finding.workbook", error=size), say("hint.workbook"), path)
        with warnings.catch_warnings():  # of what openpyxl does not keep, such as pictures
            warnings.simplefilter("ignore")
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path) if _has_formulas(path) else None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        reason = say("finding.workbook", error=str(error) or type(error).__name__)
        raise refuse("", reason, say("hint.workbook"), path) from error
    return {
        sheet.title: Sheet(sheet.title, _rows(sheet, formulas[sheet.title] if formulas else None))
        for sheet in values.worksheets
    }


def _has_formulas(path: Path) -> bool:
    """Whether some cell is worked out, so that its saved value may be missing."""
    with zipfile.ZipFile(path) as parts:
        sheets = (name for name in parts.namelist() if "/worksheets/" in name)
        return any(_FORMULA.search(parts.read(name)) for name in sheets)


def _rows(values: Worksheet, formulas: Worksheet | None) -> tuple[tuple[Value, ...], ...]:
    cells = [[_value(cell.value) for cell in row] for row in values.iter_rows()]
    for row in formulas.iter_rows() if formulas else ():
        for cell in row:
            if cell.data_type == "f" and cells[cell.row - 1][cell.column - 1] is None:
                cells[cell.row - 1][cell.column - 1] = FORMULA
    for merged in values.merged_cells.ranges:
        if merged.min_col == merged.max_col:  # a name that stands for several rows
            first = cells[merged.min_row - 1][merged.min_col - 1]
            for number in range(merged.min_row, min(merged.max_row, len(cells))):
                cells[number][merged.min_col - 1] = first
    return tuple(map(tuple, cells))


def _value(value: object) -> Value:
    """A cell without blanks around text and without dates: a year written as one stays a year."""
    from openpyxl.utils.datetime import to_excel

    if isinstance(value, str):
        return value.replace("\N{NO-BREAK SPACE}", " ").strip() or None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime.date):
        serial = to_excel(value)  # 2027 in a cell that is formatted as a date
        if serial in YEARS:
            return int(serial)
        return value.year if value.year in YEARS and value.month == 1 else value.isoformat()[:10]
    return str(value)


def text_of(value: Value) -> str:
    """A cell as the text that a csv file would have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else repr(value)


def plain(text: str) -> str:
    """Text to compare with other text: full width, case and blanks make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())

"""A workbook or table that a model names is data, too: how large it may be before it is read.

A workbook of a few kilobytes can unpack to gigabytes, or claim a cell in the last row of the
last column, which its reader would fill up with blanks to a table of 17 thousand million cells.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

MOST_BYTES = 256 << 20  # of a file, packed or unpacked
MOST_CELLS = 20_000_000  # of a sheet, blank ones included

_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_PLACE = re.compile(rb'\br="([A-Za-z]{1,3})?(\d{1,9})"')


def too_large(path: Path) -> str:
    """Why a file is not read, or "".

    Raises:
        OSError, zipfile.BadZipFile: the file cannot be read.
    """
    if path.stat().st_size > MOST_BYTES:
        return f"the file is larger than {MOST_BYTES >> 20} MB"
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return ""
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
            return f"the file unpacks to more than {MOST_BYTES >> 20} MB"
        for part in parts.infolist():
            text = parts.read(part)  # no more than file_size: zipfile checks it
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                return f"its part {part.filename} declares a document type"
            if "/worksheets/" in f"/{part.filename}" and _cells(text) > MOST_CELLS:
                return f"a sheet spans more than {MOST_CELLS} cells"
    return ""


def _cells(sheet: bytes) -> int:
    """Rows times columns of the smallest table that holds every cell of a sheet."""
    rows = _ROW.split(sheet)
    height, width = len(rows), max(len(_CELL.findall(row)) for row in rows)
    for letters, digits in _PLACE.findall(sheet):
        height = max(height, int(digits))
        column = 0
        for letter in letters.upper():
            column = 26 * column + letter - ord("A") + 1
        width = max(width, column)
    return height * width

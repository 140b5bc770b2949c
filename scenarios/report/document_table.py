"""Tables of a Word document: a header that comes again on every page, columns that fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from scenarios.report.blocks import Table
from scenarios.report.document_form import CELL, CELL_HEAD, Form

if TYPE_CHECKING:
    from docx.document import Document

SIZES = ((7, 1.0), (10, 0.86), (99, 0.66))  # up to so many columns: of the cells' own size
PADDING = 2.0  # mm of a cell, left and right together
LEAST, MOST = 6, 34  # half characters that a column of texts may be wide
MM = 25.4 / 72.0  # of a point


def add_table(document: Document, table: Table, form: Form) -> None:
    """Add ``table``; numbers right, texts left; no row is parted by the end of a page."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    share = next(share for most, share in SIZES if len(table.columns) <= most)
    body, head = (share * form.faces[name].points for name in (CELL, CELL_HEAD))
    made = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = widths_of(table, form.width, body)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    rows: list[tuple[Sequence[str], bool]] = [(row, False) for row in table.rows]
    if table.header:
        rows.insert(0, (table.columns, True))
    for texts, is_head in rows:
        row = made.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if is_head:
            properties.append(OxmlElement("w:tblHeader"))
        for index, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(widths[index])
            _fill(cell, text, index, table, is_head=is_head, size=Pt(head if is_head else body))
    document.add_paragraph().paragraph_format.line_spacing = Pt(8)


def _fill(cell: Any, text: str, index: int, table: Table, *, is_head: bool, size: Any) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    paragraph.style = CELL_HEAD if is_head else CELL
    run = paragraph.add_run(text.replace("\n", " "))
    run.font.size = size
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if is_head:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif index not in table.texts:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if index in table.strong and not is_head:
        run.font.bold = True


def widths_of(table: Table, width: float, points: float) -> list[float]:
    """Widths of the columns in mm, ``width`` in all: numbers whole, texts share what is left."""
    unit = 0.5 * points * MM  # a half character
    columns = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.columns)
    longest = [max(map(cell_len, cells), default=1) for cells in columns]
    fixed = {
        index: unit * max(longest[index], _longest_word(name), 3) * 1.06 + PADDING
        for index, name in enumerate(table.columns)
        if index not in table.texts
    }
    free = [index for index in range(len(table.columns)) if index not in fixed]
    left = width - sum(fixed.values())
    if not free:
        return [value * width / sum(fixed.values()) for value in fixed.values()]
    wished = {index: min(max(longest[index], LEAST), MOST) for index in free}
    least = len(free) * (unit * LEAST + PADDING)
    if left < least:  # numbers give way, and are broken rather than cut
        scale = (width - least) / sum(fixed.values())
        fixed, left = {index: scale * value for index, value in fixed.items()}, least
    whole = sum(wished.values())
    shared = {index: left * wished[index] / whole for index in free}
    return [fixed[i] if i in fixed else shared[i] for i in range(len(table.columns))]


def _longest_word(name: str) -> int:
    """Half characters of the longest part of a name that is not broken; Chinese is broken at will."""
    return max((cell_len(word) for word in name.split() if word.isascii()), default=4)

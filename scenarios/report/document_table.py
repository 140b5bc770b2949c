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
PADDING = 4.0  # mm of a cell, left and right together: what Word leaves
CROWDED, NARROW = 10, 1.8  # columns of a table whose cells leave less, and what they leave
LEAST, MOST = 6, 34  # half characters that a column which can give way is wide
WHOLE = 14  # half characters of a number that is not broken
SPARE = 1.12  # for signs, which are wider than digits
SHORT = 18  # rows of a table that stays on one page
NAMES = ((True, CELL_HEAD), (False, CELL))
MM = 25.4 / 72.0  # of a point


def add_table(document: Document, table: Table, form: Form) -> None:
    """Add ``table``; numbers right, texts left; no row is parted by the end of a page."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    share = next(share for most, share in SIZES if len(table.columns) <= most)
    body, head = (share * form.faces[name].points for name in (CELL, CELL_HEAD))
    # By id: python-docx looks through all styles each time that one is set by name.
    styles = {is_head: document.styles[name].style_id for is_head, name in NAMES}
    made = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    padding = PADDING
    if len(table.columns) > CROWDED:
        padding = NARROW
        _pad(made, padding / 2.0)
    widths = widths_of(table, form.width, body, padding)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    rows: list[tuple[Sequence[str], bool]] = [(row, False) for row in table.rows]
    if table.header:
        rows.insert(0, (table.columns, True))
    together = len(rows) <= SHORT
    for number, (texts, is_head) in enumerate(rows, start=1):
        row = made.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if is_head:
            properties.append(OxmlElement("w:tblHeader"))
        for index, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(widths[index])
            cell.paragraphs[0]._p.style = styles[is_head]
            _fill(cell, text, index, table, is_head=is_head, size=Pt(head if is_head else body))
            shape = cell.paragraphs[0].paragraph_format
            shape.keep_with_next = is_head or (together and number < len(rows))
    document.add_paragraph().paragraph_format.line_spacing = Pt(8)


def _pad(made: Any, side: float) -> None:
    """Leave ``side`` mm on either side of the texts of all cells."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for name in ("w:left", "w:right"):
        margin = OxmlElement(name)
        margin.set(qn("w:w"), str(round(side / MM * 20)))  # a twentieth of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    made._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def _fill(cell: Any, text: str, index: int, table: Table, *, is_head: bool, size: Any) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text.replace("\n", " "))
    run.font.size = size
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if is_head:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif index not in table.texts:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if index in table.strong and not is_head:
        run.font.bold = True


def widths_of(table: Table, width: float, points: float, padding: float = PADDING) -> list[float]:
    """Widths of the columns in mm, ``width`` in all: short numbers stay whole."""
    unit = 0.5 * points * MM  # a half character
    columns = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.columns)
    longest = [
        max(max(map(cell_len, cells), default=1), _longest_word(name), LEAST // 2)
        for name, cells in zip(table.columns, columns, strict=True)
    ]
    rigid = [
        (index not in table.texts or index in table.whole) and size <= WHOLE
        for index, size in enumerate(longest)
    ]
    wished = [
        unit * (SPARE * size + 0.6 if fixed else min(max(size, LEAST), MOST)) + padding
        for size, fixed in zip(longest, rigid, strict=True)
    ]
    if sum(wished) <= width or all(rigid):
        return [width * wish / sum(wished) for wish in wished]
    flexible = sum(wish for wish, fixed in zip(wished, rigid, strict=True) if not fixed)
    left = width - (sum(wished) - flexible)
    least = (unit * LEAST + padding) * rigid.count(False)
    if left < least:  # a number that is broken can still be read, one that is cut cannot
        return [width * wish / sum(wished) for wish in wished]
    return [
        wish if fixed else left * wish / flexible for wish, fixed in zip(wished, rigid, strict=True)
    ]


def _longest_word(name: str) -> int:
    """Half characters of the longest word of a header; Chinese is broken anywhere."""
    return max((cell_len(word) for word in name.split() if word.isascii()), default=4)

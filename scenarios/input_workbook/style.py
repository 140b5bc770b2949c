"""How the sheets of the form look, and what their cells let in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from scenarios.words import Words

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | bool | None

INPUT, HEAD, QUIET = "FFF2B3", "DCE6EB", "7A7A7A"
FONT = "Microsoft YaHei"
LINE = 16  # points of a line of text
SMALL = 1.1  # characters of a row's font in the width of one of the default font
MOST_LIST = 250  # characters that a list of choices may have in a cell's rule


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its title, its width in characters, whether the planner writes in it."""

    title: str
    width: float
    input: bool = False
    quiet: bool = False  # for the program rather than for people


def header(sheet: Worksheet, columns: Sequence[Column], words: Words, text: str) -> int:
    """What the sheet is for, a legend, and the names of the columns; returns the next row."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet["A1"] = text
    sheet["A1"].font = Font(name=FONT, size=11)
    sheet["A2"] = words.say("input.legend")
    sheet["A2"].fill = PatternFill("solid", fgColor=INPUT)
    sheet["A2"].font = Font(name=FONT, size=10)
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(3, number, column.title)
        cell.font = Font(name=FONT, bold=True, color=QUIET if column.quiet else "000000")
        cell.fill = PatternFill("solid", fgColor=HEAD)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    longest = max(math.ceil(cell_len(c.title) / (c.width - 2)) for c in columns)
    sheet.row_dimensions[3].height = LINE * max(1, longest) + 4
    first = next((i for i, c in enumerate(columns) if c.input), 1)
    sheet.freeze_panes = sheet.cell(4, min(first, 3) + 1)
    on_paper(sheet)
    return 4


def put(
    sheet: Worksheet,
    row: int,
    columns: Sequence[Column],
    values: Sequence[Value],
    *,
    begins: bool = False,
) -> None:
    """A row; cells of the planner are coloured and unlocked. A group ``begins`` with a line."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    edge, line = Side("hair", color="9AA5AB"), Side("thin", color="4A5A63")
    lines = 1
    for number, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
        cell = sheet.cell(row, number, safe(value))
        bold, colour = begins and number == 1, QUIET if column.quiet else "000000"
        cell.font = Font(name=FONT, size=10, bold=bold, color=colour)
        text = isinstance(value, str)
        cell.alignment = Alignment(
            wrap_text=text and not column.quiet,
            vertical="center",
            horizontal="left" if text else "right",
        )
        cell.border = Border(bottom=edge, top=line if begins else None)
        if isinstance(value, float | int) and not isinstance(value, bool):
            cell.number_format = "0" if isinstance(value, int) else "General"
        if column.input:
            cell.fill = PatternFill("solid", fgColor=INPUT)
            top = line if begins else edge
            cell.border = Border(left=edge, right=edge, top=top, bottom=edge)
            cell.protection = Protection(locked=False)
        if text and not column.quiet:
            lines = max(lines, math.ceil(cell_len(str(value)) / (SMALL * column.width)))
    sheet.row_dimensions[row].height = LINE * lines + 2


def no_input(cell: Cell) -> None:
    """A cell of the planner's columns that this row does not have."""
    from openpyxl.styles import PatternFill

    cell.fill = PatternFill("solid", fgColor="ECECEC")


def safe(value: Value) -> Value:
    """Text that a spreadsheet would take for a formula is kept as text; no NaN."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return None if isinstance(value, float) and value != value else value


def choices(sheet: Worksheet, cells: str, options: Sequence[str], words: Words) -> None:
    """A drop-down list."""
    listed = ",".join(options)
    if options and len(listed) <= MOST_LIST and not any("," in option for option in options):
        _rule(sheet, cells, words, "input.error.choice", type="list", formula1=f'"{listed}"')


def limits(
    sheet: Worksheet, cells: str, words: Words, low: float | None, high: float | None, money: bool
) -> None:
    """Numbers within limits; amounts of money only ask, since they may be written with a unit."""
    shown = {"low": f"{low:g}" if low is not None else "", "high": f"{high:g}" if high else ""}
    between = low is not None and high is not None
    text = "money" if money else "span" if between else "low"
    bounds = (
        {"formula1": f"{low:g}", "formula2": f"{high:g}"} if between else {"formula1": low or 0}
    )
    operator = "between" if between else "greaterThanOrEqual"
    if money or low is not None:
        style = "warning" if money else "stop"
        key = f"input.error.{text}"
        more = {"type": "decimal", "operator": operator, "errorStyle": style, **bounds}
        _rule(sheet, cells, words, key, **more, **shown)


def _rule(sheet: Worksheet, cells: str, words: Words, key: str, **rule: Any) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    low, high = rule.pop("low", ""), rule.pop("high", "")
    made = DataValidation(allow_blank=True, showErrorMessage=True, **rule)
    made.errorTitle = words.say("input.error.title")
    made.error = words.say(key, low=low, high=high)
    made.add(cells)
    sheet.add_data_validation(made)


def on_paper(sheet: Worksheet) -> None:
    """A4 across, as wide as the page, the names of the columns on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "3:3"


def guide(sheet: Worksheet, title: str, lines: Sequence[tuple[str, str]]) -> None:
    """Paragraphs, each with a heading or none."""
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 96
    sheet["A1"] = title
    sheet["A1"].font = Font(name=FONT, bold=True, size=15)
    sheet.row_dimensions[1].height = 2 * LINE
    for number, (head, text) in enumerate(lines, start=3):
        sheet.cell(number, 1, head).font = Font(name=FONT, bold=True, size=11)
        sheet.cell(number, 2, safe(text)).font = Font(name=FONT, size=11)
        for cell in sheet[number]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[number].height = (LINE + 1) * math.ceil(cell_len(text) / 90) + 5
    sheet.sheet_view.showGridLines = False
    on_paper(sheet)
    sheet.print_title_rows = None

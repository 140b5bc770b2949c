"""``plan.xlsx``: the answer as numbers that can be worked with, and a plan that can be edited.

The sheet of the plan is the table of ``plan.csv``; the sheet beside it sums it up by formulas
and draws it, so that both follow an edit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from scenarios.levers import WHERE
from scenarios.report import freedom_sections, headline, rule_words
from scenarios.report.result import PLANS, Explanation, Result
from scenarios.report.tables import split
from scenarios.report.workbook_charts import add_charts
from scenarios.words import Words

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | None
SHEETS = (
    *("about", "plan", "totals", "charts", "years", "rules"),
    *("costs", "freedom", "assumptions"),
)
EXPLAINED = ("costs", "freedom")  # sheets of an answer that was explained
MONEY, NUMBER = "#,##0;−#,##0;0", "#,##0.####;−#,##0.####;0"
INPUT = "FFF8DC"  # cells that are meant to be edited
WIDE, LINE = 95, 16  # a line of running text: characters, points
KINDS = ("outcome", "stock")  # of the model's variables, those of the sheet of yearly results


def write_workbook(result: Result, words: Words, file: Path) -> None:
    """Write the workbook of a feasible ``result``."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    names = [key for key in SHEETS if key not in EXPLAINED or result.explanation is not None]
    sheets = {key: book.create_sheet(words.say(f"workbook.{key}")) for key in names}
    _about(sheets["about"], result, words)
    _plan(sheets["plan"], result, words)
    _totals(sheets["totals"], sheets["plan"].title, result, words)
    columns = _years(sheets["years"], result, words)
    add_charts(sheets["charts"], sheets["years"], columns, result, words)
    _on_paper(sheets["charts"])
    _rules(sheets["rules"], result, words)
    if result.explanation is not None:
        _costs(sheets["costs"], result, result.explanation, words)
        _freedom(sheets["freedom"], result, result.explanation, words)
    _assumptions(sheets["assumptions"], result, words)
    _dated_by_nothing(book, result, words)
    book.save(file)


def _table(
    sheet: Worksheet,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    formats: Sequence[str] = (),
    widths: Sequence[int] = (),
    frozen: str = "A2",
) -> None:
    """A header that stays in view, rows of numbers as numbers, columns that fit."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    sheet.append(list(header))
    for row in rows:
        sheet.append([_safe(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E6EAED")
        cell.border = Border(bottom=Side("thin"))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for index, form in enumerate(formats, start=1):
        if form:
            for row in sheet.iter_rows(min_row=2, min_col=index, max_col=index):
                row[0].number_format = form
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = frozen
    _on_paper(sheet)


def _safe(cell: Cell) -> Cell:
    """Text that a spreadsheet would take for a formula is kept as text; no NaN."""
    if isinstance(cell, str) and cell[:1] in ("+", "-", "@"):
        return "'" + cell
    return None if isinstance(cell, float) and cell != cell else cell


def _on_paper(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _about(sheet: Worksheet, result: Result, words: Words) -> None:
    """What this is, the answer, and how to hand an edited plan back."""
    from openpyxl.styles import Alignment, Font

    years = words.years(result.plan_years)
    lines = [
        f"{result.title[words.language]} {years}",
        words.say(
            "report.under", years=words.years(result.plan_years), price_year=result.price_year
        ),
        headline.answer(result, words),
        words.say(f"status.{result.answer.status}"),
        words.say(
            "report.assumptions.count",
            parameters=result.model.parameters,
            assumptions=result.model.assumptions,
        ),
        words.say("workbook.how", sheet=words.say("workbook.plan")),
    ]
    sheet.column_dimensions["A"].width = WIDE + 5
    for line in lines:
        sheet.append([_safe(line)])
    for number, row in enumerate(sheet.iter_rows(), start=1):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
        # A spreadsheet does not fit the height of rows that a program wrote.
        sheet.row_dimensions[number].height = LINE * math.ceil(cell_len(str(row[0].value)) / WIDE)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.row_dimensions[1].height = 1.5 * LINE
    _on_paper(sheet)


def _plan(sheet: Worksheet, result: Result, words: Words) -> None:
    """The plan as it can be edited and given back (see :mod:`scenarios.plan_csv`)."""
    from openpyxl.styles import PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    past = result.past_money
    _table(
        sheet,
        [
            words.say("workbook.column.year"),
            words.say("workbook.column.sector"),
            words.say("workbook.column.instrument"),
            words.say("workbook.column.amount"),
            words.say("workbook.column.past"),
            words.say("workbook.column.fixed"),
            words.say("workbook.column.planned"),
        ],
        (
            (
                year,
                words.name(sector),
                words.name(tool),
                amount,
                float(past.get((year, sector, tool), 0.0)),
                None,
                amount,
            )
            for (year, sector, tool), amount in result.plan_money.items()
        ),
        formats=("0", "", "", MONEY, MONEY, "", MONEY),
        widths=(8, 16, 32, 16, 16, 10, 18),
    )
    sheet.auto_filter.ref = sheet.dimensions
    last = sheet.max_row
    choices = DataValidation(
        "list", formula1=f'"{words.say("workbook.yes")},{words.say("workbook.no")}"'
    )
    choices.add(f"F2:F{last}")
    sheet.add_data_validation(choices)
    for column in "DF":
        for (cell,) in sheet[f"{column}2:{column}{last}"]:
            cell.fill = PatternFill("solid", fgColor=INPUT)


def _totals(sheet: Worksheet, plan: str, result: Result, words: Words) -> None:
    """Sums of the plan's sheet by year and sector, and past practice, with a chart."""
    from openpyxl.chart import BarChart, Reference
    from openpyxl.utils import get_column_letter

    from scenarios.report.style import SECTOR_COLOUR

    source, years = f"'{plan}'", result.plan_years
    names = [words.name(where) for where in WHERE]
    whole = words.say("summary.column.total")
    rows: list[list[Cell]] = []
    for line, year in enumerate(years, start=2):
        cells: list[Cell] = [
            f"=SUMIFS({source}!$D:$D,{source}!$A:$A,$A{line},{source}!$B:$B,{letter}$1)"
            for letter in map(get_column_letter, range(2, 2 + len(WHERE)))
        ]
        last = get_column_letter(1 + len(WHERE))
        past = f"=SUMIFS({source}!$E:$E,{source}!$A:$A,$A{line})"
        rows.append([year, *cells, f"=SUM(B{line}:{last}{line})", past])
    _table(
        sheet,
        [
            words.say("workbook.column.year"),
            *names,
            words.say("workbook.sum", what=whole),
            words.say("workbook.column.past"),
        ],
        rows,
        formats=("0", *[MONEY] * (len(WHERE) + 2)),
        widths=(8, *[16] * (len(WHERE) + 2)),
    )
    chart = BarChart()
    chart.grouping, chart.overlap = "stacked", 100
    chart.title = words.say("figure.allocation.subtitle", price_year=result.price_year)
    chart.add_data(
        Reference(sheet, min_col=2, max_col=1 + len(WHERE), min_row=1, max_row=1 + len(years)),
        titles_from_data=True,
    )
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=1 + len(years)))
    for where, series in zip(WHERE, chart.series, strict=True):
        series.graphicalProperties.solidFill = SECTOR_COLOUR[where].lstrip("#").upper()
    _chart_at(sheet, chart, len(years) + 4)


def _chart_at(sheet: Worksheet, chart: Any, row: int) -> None:
    chart.width, chart.height = 22, 8.5
    chart.x_axis.delete = chart.y_axis.delete = False
    sheet.add_chart(chart, f"A{row}")


def _years(sheet: Worksheet, result: Result, words: Words) -> list[str]:
    """Outcomes and stocks of every plan by year. Returns them, in the order of the rows."""
    from models.catalogue import county

    years = result.model_years
    first = next(iter(result.paths.values()))
    columns = [
        column
        for column in first.columns
        if (row := county().row(column)) is not None and row.kind in KINDS
    ]
    columns.sort(key=lambda column: (column != "structure gap", list(first.columns).index(column)))
    table: list[list[Cell]] = []
    for column in columns:
        unit = result.units.get(split(column)[0], "")
        for plan in PLANS:
            if plan in result.paths:
                values = [float(value) for value in result.paths[plan].at(column, years)]
                label = words.name(column)
                table.append([label, words.unit(unit), words.say(f"plan.{plan}"), *values])
    _table(
        sheet,
        [
            words.say("report.column.what"),
            words.say("report.column.unit"),
            words.say("report.column.plan"),
            *map(str, years),
        ],
        table,
        formats=("", "", "", *[NUMBER] * len(years)),
        widths=(34, 16, 14, *[12] * len(years)),
        frozen="D2",
    )
    return columns


def _rules(sheet: Worksheet, result: Result, words: Words) -> None:
    _table(
        sheet,
        [
            words.say(f"workbook.column.{key}")
            for key in ("rule", "sense", "bound", "value", "slack", "unit", "binding", "price")
        ],
        (
            (
                rule_words.rule_name(words, report.row),
                {"<=": "≤", ">=": "≥", "==": "="}[report.row.sense],
                float(report.row.bound),
                float(report.value),
                float(report.slack),
                words.unit(report.row.unit),
                words.say("workbook.yes") if report.binding else "",
                None if report.shadow_price is None else 1e6 * report.shadow_price,
            )
            for report in result.answer.rules
        ),
        formats=("", "", NUMBER, NUMBER, NUMBER, "", "", NUMBER),
        widths=(46, 6, 14, 14, 14, 14, 10, 20),
        frozen="B2",
    )
    sheet.auto_filter.ref = sheet.dimensions


def _costs(sheet: Worksheet, result: Result, found: Explanation, words: Words) -> None:
    gain = result.answer.objective_without_money - result.answer.objective
    spent = float(result.answer.amounts.sum())
    keys = ("rule", "contribution", "of_gain", "extra_money")
    _table(
        sheet,
        [words.say(f"explain.column.{key}") for key in keys],
        (
            (
                freedom_sections.cost_name(result, words, cost),
                cost.cost,
                cost.cost / gain if cost.cost is not None and gain > 0.0 else None,
                None if cost.money is None else cost.money - spent,
            )
            for cost in found.costs
        ),
        formats=("", NUMBER, "0.0%", MONEY),
        widths=(46, 16, 16, 16),
    )


def _freedom(sheet: Worksheet, result: Result, found: Explanation, words: Words) -> None:
    years = len(result.plan_years)
    _table(
        sheet,
        [words.say(f"explain.column.{key}") for key in ("place", "least", "plan", "most")],
        (
            (
                freedom_sections.freedom_name(words, name),
                *(value / years for value in (item.low, item.now, item.high)),
            )
            for name, item in found.freedom.items()
        ),
        formats=("", MONEY, MONEY, MONEY),
        widths=(32, 16, 16, 16),
    )


def _assumptions(sheet: Worksheet, result: Result, words: Words) -> None:
    def rows() -> Iterable[Sequence[Cell]]:
        for item in result.model.table:
            for index, value in enumerate(item.value):
                low, high = (
                    bounds[index] if len(bounds) == len(item.value) else next(iter(bounds), None)
                    for bounds in (item.low, item.high)
                )
                name = words.name(item.id)
                shown = name if len(item.value) == 1 else f"{name} {index + 1}"
                source = words.source(item.source)
                yield shown, words.unit(item.unit), value, low, high, source

    _table(
        sheet,
        [
            words.say(f"workbook.column.{key}")
            for key in ("parameter", "unit", "value_used", "low", "high", "source")
        ],
        rows(),
        formats=("", "", NUMBER, NUMBER, NUMBER, ""),
        widths=(46, 18, 14, 14, 14, 16),
        frozen="B2",
    )
    sheet.auto_filter.ref = sheet.dimensions


def _dated_by_nothing(book: Workbook, result: Result, words: Words) -> None:
    """Who made it; no user's name."""
    book.properties.creator = "Xieheng"
    book.properties.title = result.title[words.language]

"""The workbook's sheet of charts: the main outcomes of every plan, drawn by the spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scenarios.report.result import PLANS, PlanName, Result
from scenarios.report.tables import split
from scenarios.words import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SHOWN = (
    "structure gap",
    "farmers income per head",
    "farmers income per head if dry",
    "market capability",
    "gain of W of the year",
    "gain of M of the year",
    "jobs helped of the year",
    "assessment score",
)
DASHES: dict[PlanName, str] = {
    "optimal": "solid",
    "past_practice": "dash",
    "no_cooperation": "sysDot",
}
MARKS: dict[PlanName, str] = {
    "optimal": "circle",
    "past_practice": "square",
    "no_cooperation": "triangle",
}
WIDE, HIGH, ROWS = 15.5, 7.6, 16  # cm; rows of the sheet that a chart takes
BESIDE = ("A", "I")  # columns at which the charts of a row begin


def add_charts(
    sheet: Worksheet, years: Worksheet, columns: Sequence[str], result: Result, words: Words
) -> None:
    """Draw those of :data:`SHOWN` that ``years`` has; ``columns`` are its variables in order.

    A variable has a row for each plan, and the years begin in the fourth column.
    """
    shown = [column for column in SHOWN if column in columns]
    for place, column in enumerate(shown):
        row, beside = divmod(place, len(BESIDE))
        chart = _chart(years, columns.index(column), column, result, words)
        sheet.add_chart(chart, f"{BESIDE[beside]}{1 + row * ROWS}")


def _chart(years: Worksheet, index: int, column: str, result: Result, words: Words) -> Any:
    from openpyxl.chart import LineChart, Reference

    from scenarios.report.style import PLAN_STROKE  # not at the top: it loads matplotlib

    plans = [plan for plan in PLANS if plan in result.paths]
    first, last = 2 + index * len(plans), 3 + len(result.model_years)
    chart = LineChart()
    unit = words.unit(result.units.get(split(column)[0], ""))
    chart.title = words.say("summary.effect", effect=words.title(column), unit=unit)
    chart.add_data(
        Reference(years, min_col=3, max_col=last, min_row=first, max_row=first + len(plans) - 1),
        from_rows=True,
        titles_from_data=True,
    )
    chart.set_categories(Reference(years, min_col=4, max_col=last, min_row=1))
    for plan, series in zip(plans, chart.series, strict=True):
        colour = PLAN_STROKE[plan].colour.lstrip("#").upper()
        line = series.graphicalProperties.line
        line.solidFill, line.dashStyle, line.width = colour, DASHES[plan], 22_000
        series.marker.symbol, series.marker.size, series.smooth = MARKS[plan], 5, False
        series.marker.graphicalProperties.solidFill = colour
        series.marker.graphicalProperties.line.solidFill = colour
    chart.width, chart.height, chart.legend.position = WIDE, HIGH, "b"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "General"
    return chart

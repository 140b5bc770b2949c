"""Chart: the plan's money by instrument and year, as a table of squares."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from scenarios.report import fonts, style
from scenarios.report.result import Result, total
from scenarios.words import Words, number

ROW = 0.5  # inches
FIGURES = 0.14  # inches of a row that hold its numbers


def draw(result: Result, words: Words) -> Figure:
    """Areas are money; the outline is past practice in the same year."""
    rows, years = result.instruments, result.plan_years
    sheet = style.Sheet(
        reading(result, words),
        style.subtitle(words, "instruments", result),
        style.source(words, result),
        size=(7.2, 1.62 + ROW * len(rows)),
    )
    names = [fonts.wrap(words.title(row), style.BODY, 1.45) for row in rows]
    first = sheet.left + 1.5
    sums = [sheet.right - 0.62, sheet.right - 0.02]
    wide = (sums[0] - 0.62 - first) / len(years)
    y = sheet.top - 0.12
    for index, year in enumerate(years):
        x = first + (index + 0.5) * wide
        sheet.write(x, y, str(year), style.SMALL + 0.3, style.QUIET, ha="center", va="center")
    for x, key in zip(sums, ("plan.optimal", "plan.past_practice"), strict=True):
        text = fonts.wrap(words.say(key), style.SMALL + 0.3, 0.62)
        sheet.write(x, y, text, style.SMALL + 0.3, style.QUIET, ha="right", va="center")
    plan, past = result.plan_money, result.past_money
    cells = {
        (row, year): (
            total(plan, years=[year], instrument=row),
            total(past, years=[year], instrument=row),
        )
        for row in rows
        for year in years
    }
    largest = max(max(pair) for pair in cells.values()) or 1.0
    side = min(ROW - FIGURES - 0.04, 0.94 * wide) / math.sqrt(largest)
    for line, (row, name) in enumerate(zip(rows, names, strict=True)):
        base = sheet.top - 0.24 - (line + 1) * ROW
        y = base + FIGURES + (ROW - FIGURES) / 2
        sheet.write(sheet.left, y, name, style.BODY, va="center_baseline")
        for index, year in enumerate(years):
            x = first + (index + 0.5) * wide
            now, before = cells[row, year]
            sheet.swatch(x, y, side * math.sqrt(now), facecolor="#f2b98f", linewidth=0)
            sheet.swatch(
                x,
                y,
                side * math.sqrt(before),
                fill=False,
                edgecolor=style.PLAN_STROKE["past_practice"].colour,
                linewidth=0.7,
            )
            sheet.write(x, base + FIGURES / 2, number(now), style.SMALL, ha="center", va="center")
        for x, money in zip(sums, (plan, past), strict=True):
            amount = total(money, years=years, instrument=row)
            sheet.write(x, y, number(amount), style.BODY - 0.5, ha="right", va="center_baseline")
    return sheet.figure


def reading(result: Result, words: Words) -> str:
    """The chart in one sentence."""
    years, plan = result.plan_years, result.plan_money
    sums = {row: total(plan, years=years, instrument=row) for row in result.instruments}
    whole = sum(sums.values())
    largest = sorted(sums, key=lambda row: -sums[row])[:2]
    if not whole:
        return words.say("figure.instruments.title_plain")
    return words.say(
        "figure.instruments.title",
        whole=words.money(whole),
        first=words.name(largest[0]),
        first_share=words.percent(sums[largest[0]] / whole, 0),
        second=words.name(largest[-1]),
        second_share=words.percent(sums[largest[-1]] / whole, 0),
    )

"""Chart: the plan's money by instrument and year, as a table of squares."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from scenarios.report import fonts, style
from scenarios.report.effects import shift
from scenarios.report.result import Result, total
from scenarios.words import Words, number

ROW = 0.5  # inches, about: rows share what titles leave
FIGURES = 0.17  # inches of a row that hold its numbers
FILL = "#eb9a62"


def draw(result: Result, words: Words) -> Figure:
    """Areas are money; the outline is past practice in the same year.

    Squares of one row stand on one line, each with its number right below.
    """
    rows, years = result.instruments, result.plan_years
    sheet = style.Sheet(
        reading(result, words),
        style.subtitle(words, "instruments", result),
        style.source(words, result),
        size=(7.2, 1.75 + ROW * len(rows)),
    )
    names = [fonts.wrap(words.title(row), style.BODY, 1.45) for row in rows]
    first = sheet.left + 1.5
    means = [sheet.right - 0.62, sheet.right - 0.02]
    wide = (means[0] - 0.62 - first) / len(years)
    y = sheet.top - 0.12
    for index, year in enumerate(years):
        x = first + (index + 0.5) * wide
        sheet.write(x, y, str(year), style.SMALL + 0.3, style.QUIET, ha="center", va="center")
    for x, key in zip(means, ("plan.optimal", "plan.past_practice"), strict=True):
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
    high = (sheet.top - 0.24 - sheet.bottom) / len(rows)
    side = min(high - FIGURES - 0.04, 0.94 * wide) / math.sqrt(largest)
    past_colour = style.PLAN_STROKE["past_practice"].colour
    for line, (row, name) in enumerate(zip(rows, names, strict=True)):
        ground = sheet.top - 0.24 - (line + 1) * high + FIGURES
        y = ground + (high - FIGURES) / 2
        sheet.write(sheet.left, y, name, style.BODY, va="center_baseline")
        for index, year in enumerate(years):
            x = first + (index + 0.5) * wide
            now, before = (side * math.sqrt(amount) for amount in cells[row, year])
            sheet.swatch(x, ground + now / 2, now, facecolor=FILL, linewidth=0)
            sheet.swatch(
                x,
                ground + before / 2,
                before,
                fill=False,
                edgecolor=past_colour,
                linewidth=0.9,
            )
            amount = number(cells[row, year][0])
            sheet.write(x, ground - 0.03, amount, style.SMALL, ha="center", va="top")
        for x, money in zip(means, (plan, past), strict=True):
            mean = total(money, years=years, instrument=row) / len(years)
            sheet.write(x, y, number(mean), style.BODY - 0.5, ha="right", va="center_baseline")
    return sheet.figure


def reading(result: Result, words: Words) -> str:
    """The chart in one sentence: the largest changes against past practice, two each way."""
    moved = shift(result, by="instrument")
    less, more = (
        [
            words.say(
                "figure.instruments.change",
                name=words.name(tool),
                amount=number(sign * amount, signed=True),
            )
            for tool, amount in items[:2]
        ]
        for items, sign in ((moved.losses, -1.0), (moved.gains, 1.0))
    )
    if not less and not more:
        return words.say("figure.instruments.title_plain")
    way = "both" if less and more else "less" if less else "more"
    return words.say(
        f"figure.instruments.title_{way}", less=words.listing(less), more=words.listing(more)
    )

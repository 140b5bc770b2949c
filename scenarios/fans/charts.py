"""The chart of a fan: for each variable the bands under the plan, and of its change below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scenarios.fans.bands import Fan
from scenarios.report import band_style, fonts, style
from scenarios.report.bands import LEVELS
from scenarios.report.result import Result
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MEDIAN = style.Stroke(style.ACCENT, "-", "", 2.0)
PAST = style.PLAN_STROKE["past_practice"]
AS_IS = style.Stroke(style.INK, (0, (1.2, 1.8)), "", 1.4)
COLUMNS = 2


def draw(found: Fan, words: Words, title: str) -> Figure:
    """Bands of 50, 75 and 95 %, the median, past practice's median and some single futures."""
    size = len(found.looks) // 2
    wide = min(COLUMNS, size)
    rows = math.ceil(size / wide)
    sheet = style.Sheet(
        title,
        words.say(
            f"fan.figure.subtitle.{'observed' if found.observed else 'ranges'}",
            futures=f"{found.futures - found.failed:,}",
            failed=found.failed,
            price_year=Result.price_year,
        ),
        words.say("fan.figure.source"),
        size=(7.2, 1.75 + 3.5 * rows),
    )
    names = (("median", MEDIAN), ("past", PAST), ("as_is", AS_IS), ("single", band_style.SINGLE))
    sheet.key([(words.say(f"fan.key.{name}"), look) for name, look in names])
    band_style.key(sheet, words, single=False)
    across, high = (sheet.right - sheet.left) / wide, (sheet.top - sheet.bottom) / rows
    for place in range(size):
        row, column = divmod(place, wide)
        left = sheet.left + column * across + 0.6
        right = sheet.left + (column + 1) * across - 0.12
        ceiling, floor = sheet.top - row * high - 0.5, sheet.top - (row + 1) * high + 0.3
        middle = floor + 0.36 * (ceiling - floor)
        upper = sheet.axes(left, middle + 0.45, right, ceiling)
        lower = sheet.axes(left, floor, right, middle)
        _bands(upper, found, place)
        _bands(lower, found, size + place)
        scale = found.looks[place].scale
        upper.plot(found.years, scale * found.past[place], markevery=3, **PAST.options())
        title = found.looks[place].title(words)
        upper.set_title(fonts.wrap(title, style.BODY, right - left + 0.4), linespacing=1.15)
        change = words.say("fan.change", unit=found.looks[size + place].shown_unit(words))
        lower.set_title(change, fontsize=style.SMALL + 0.3)
        lower.axhline(0.0, color=style.QUIET, linewidth=0.8)
    return sheet.figure


def _bands(axes: Axes, found: Fan, place: int) -> None:
    look, years = found.looks[place], found.years
    band_style.fill(
        axes, years, look.scale * found.quantiles[:, place], look.scale * found.lines[:, place]
    )
    median = look.scale * found.quantiles[LEVELS.index(0.5), place]
    axes.plot(years, look.scale * found.as_is[place], **AS_IS.options())
    axes.plot(years, median, **MEDIAN.options())
    widest = look.scale * found.quantiles[[0, -1], place]
    low, high = float(np.min(widest)), float(np.max(widest))
    room = 0.12 * ((high - low) or abs(high) or 1.0)
    axes.set_ylim(low - room, high + room)  # a single future may leave the picture
    style.year_axis(axes, years[0], years[-1], years[1], step=3)
    style.plain_numbers(axes, signed=look.basis == "change", steps=4)

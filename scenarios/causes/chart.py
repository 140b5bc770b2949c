"""Chart: a variable on top, its direct causes below, all over the same years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scenarios.causes.sections import label, sign_text
from scenarios.causes.strip import Line, Strip
from scenarios.report import fonts, panels, style
from scenarios.words import Words, significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches: the variable's panel, a cause's, what is between, and the last one's axis.
HIGH, LOW, GAP, FOOT = 1.45, 0.95, 0.6, 0.3
STROKES: dict[str, style.Stroke] = {
    "model": style.Stroke(style.ACCENT, "-", "", 1.6),
    **{str(plan): stroke for plan, stroke in style.PLAN_STROKE.items()},
}


def draw(strip: Strip, words: Words, title: str, about: str, plan_from: int | None) -> Figure:
    """Small multiples, one below the other; side by side where the causes are many."""
    causes = strip.moving
    columns = 1 if len(causes) <= 4 else 2 if len(causes) <= 10 else 3
    rows = math.ceil(len(causes) / columns)
    high = HIGH + FOOT + rows * (LOW + GAP)

    def page(tall: float) -> style.Sheet:
        source = words.say("causes.source", file=strip.file, line=strip.number)
        made = style.Sheet(title, about, source, size=(7.2, tall))
        if len(strip.runs) > 1:
            made.key([(words.say(f"plan.{run}"), STROKES[run]) for run in strip.runs])
        return made

    tried = page(2.0 * high)  # its texts take the same room on a page of any height
    sheet = page(high + 0.32 + 2.0 * high - (tried.top - tried.bottom))
    left, right = sheet.left + 0.62, sheet.right - 0.6
    ceiling = sheet.top - 0.32
    axes = sheet.axes(left, ceiling - HIGH, right, ceiling)
    _panel(axes, strip, strip.effect, words, HIGH, right - left, plan_from)
    top = ceiling - HIGH - GAP
    wide = (sheet.right - sheet.left) / columns
    for place, cause in enumerate(causes):
        row, column = divmod(place, columns)
        start = sheet.left + column * wide + 0.62
        end = sheet.left + (column + 1) * wide - 0.6
        upper = top - row * (LOW + GAP)
        axes = sheet.axes(start, upper - LOW, end, upper)
        mark = sign_text(cause.sign, words)
        _panel(axes, strip, cause.line, words, LOW, end - start, plan_from, mark)
    return sheet.figure


def _panel(
    axes: Axes,
    strip: Strip,
    line: Line,
    words: Words,
    height: float,
    width: float,
    plan_from: int | None,
    mark: str = "",
) -> None:
    assert line.values is not None
    times, ends = strip.times, []
    whole = [i for i, time in enumerate(times) if abs(time - round(time)) < 1e-9]
    marked = whole[len(whole) - 1 :: -max(1, len(whole) // 8)][::-1]
    for run, values in reversed(list(zip(strip.runs, line.scale * line.values, strict=True))):
        options = {**STROKES[run].options(), "markersize": 3.2}
        axes.plot(times, values, markevery=marked, **options)
        ends.append((float(values[-1]), STROKES[run].colour))
    name = f"{label(line, words)}  {mark}" if mark else label(line, words)
    axes.set_title(fonts.wrap(name, style.BODY, width + 0.5), linespacing=1.1, x=-0.45 / width)
    first, last = float(times[0]), float(times[-1])
    if plan_from is not None:
        style.year_axis(axes, round(first), round(last), plan_from, step=2 if width > 4 else 5)
    else:
        axes.set_xlim(first, last)
    style.plain_numbers(axes, steps=3 if height < HIGH else 4)
    axes.margins(y=0.12)
    axes.autoscale_view(scalex=False)
    size = float(np.max(np.abs(line.scale * line.values)))
    distinct = list(dict.fromkeys(ends))
    if len({value for value, _ in distinct}) == 1:
        distinct = distinct[-1:]
    panels.end_labels(axes, last, distinct, significant(size, 4), height)

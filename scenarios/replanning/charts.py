"""The charts of a revision: what was observed against what was expected, and the way on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scenarios.replanning.learning import Learnt
from scenarios.replanning.observed import Observed, unit_of
from scenarios.replanning.revision import Revision
from scenarios.report import fonts, style
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BEFORE = style.Stroke("#8a97a0", (0, (1.2, 1.8)), "^", 1.4, filled=False)
KEPT = style.Stroke("#34495e", (0, (5, 2)), "s", 1.4, filled=False)
CHANGED = style.Stroke(style.ACCENT, "-", "o", 2.0)
SHOWN = (
    ("structure gap", 1.0),
    ("farmers income per head", 1.0),
    ("market capability", 100.0),
    ("unsold produce", 1.0),
    ("gain of M of the year", 1.0),
    ("assessment score", 1.0),
)


def outcomes(revision: Revision, words: Words) -> Figure:
    """What was expected of the old plan, what it brings now, and what the new one brings."""
    shown = [(c, scale) for c, scale in SHOWN if c in revision.kept]
    rows = math.ceil(len(shown) / 3)
    until = revision.county.scenario.plan.first_year - 1
    sheet = style.Sheet(
        words.say("replan.figure.outcomes"),
        words.say("replan.figure.outcomes_subtitle"),
        words.say("replan.figure.source"),
        size=(7.2, 1.7 + 2.1 * rows),
    )
    lines = (
        ("expected", BEFORE, revision.expected),
        ("kept", KEPT, revision.kept),
        ("changed", CHANGED, revision.changed),
    )
    sheet.key([(words.say(f"replan.line.{key}"), stroke) for key, stroke, _ in lines])
    wide = (sheet.right - sheet.left) / 3
    high = (sheet.top - sheet.bottom) / rows
    for place, (column, scale) in enumerate(shown):
        row, at = divmod(place, 3)
        left, right = sheet.left + at * wide + 0.55, sheet.left + (at + 1) * wide - 0.12
        top, bottom = sheet.top - row * high - 0.5, sheet.top - (row + 1) * high + 0.3
        axes = sheet.axes(left, bottom, right, top)
        years = [year for year in revision.kept.years if year >= until - 2]
        for _, stroke, path in lines:
            options = {**stroke.options(), "markersize": 3.0}
            axes.plot(years, scale * path.at(column, years), markevery=3, **options)
        unit = words.unit("percent" if scale != 1.0 else unit_of(revision.county, column))
        heading = words.say("figure.panel", name=words.title(column), unit=unit)
        axes.set_title(fonts.wrap(heading, style.BODY, right - left + 0.4), linespacing=1.15)
        style.year_axis(axes, years[0], years[-1], until + 1, step=4)
        style.plain_numbers(axes, steps=4)
        axes.margins(y=0.12)
    return sheet.figure


def figures(observed: Observed, found: Learnt, words: Words) -> Figure:
    """Each observation with what was expected before and after, in per cent of the former."""
    names = [
        words.say("replan.of_year", name=words.name(f.column), year=f.year)
        for f in observed.figures
    ]
    sheet = style.Sheet(
        words.say("replan.figure.figures"),
        words.say("replan.figure.figures_subtitle", futures=found.futures),
        words.say("replan.figure.source"),
        size=(7.2, 1.9 + 0.4 * len(names)),
    )
    entries = (("before", BEFORE), ("after", CHANGED), ("observed", KEPT))
    sheet.key([(words.say(f"replan.mark.{key}"), stroke) for key, stroke in entries])
    side = min(2.8, max(fonts.width(text, style.BODY) for text in names) + 0.15)
    axes = sheet.axes(sheet.left + side, sheet.bottom + 0.25, sheet.right - 0.1, sheet.top - 0.05)
    for row, figure in enumerate(observed.figures):
        whole = found.expected[row, 1]
        measured = (figure.value - figure.error, figure.value, figure.value + figure.error)
        for (_, stroke), ends, y in zip(
            entries,
            (found.expected[row], found.now[row], np.array(measured)),
            (row - 0.22, row, row + 0.22),
            strict=True,
        ):
            low, middle, high = 100.0 * np.asarray(ends) / whole
            axes.plot([low, high], [y, y], color=stroke.colour, linewidth=1.4)
            options = {**stroke.options(), "linestyle": "", "markersize": 4.5}
            axes.plot([middle], [y], **options)
    style.named_rows(axes, names, side - 0.1)
    axes.margins(x=0.03)
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))
    return sheet.figure

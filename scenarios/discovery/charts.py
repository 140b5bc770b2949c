"""The futures of one criterion on the two most telling features of its box."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from scenarios.discovery.study import Failure, Study
from scenarios.report import fonts, style
from scenarios.report.estimates import chance
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_POINTS = 3000  # more than that is a blot
FINE = "#56b4e9"


def scatter(study: Study, words: Words, failure: Failure) -> Figure:
    """Failing and other futures; the box is a frame.

    With one limited feature only, the other axis is how far the plan is from failing.
    """
    box = failure.discovery.boxes[0]
    names = box.ranked[:2]
    sheet = style.Sheet(
        words.say("discover.figure", fails=failure.criterion.label(words)),
        words.say(
            "discover.figure.subtitle",
            futures=study.futures,
            density=chance(words, box.density),
            rate=chance(words, failure.discovery.rate),
        ),
        words.say("discover.figure.source", seed=study.seed),
        size=(7.2, 5.2),
    )
    looks = {
        True: style.Stroke(style.ACCENT, "", "x", 0.0),
        False: style.Stroke(FINE, "", "o", 0.0, filled=False),
    }
    sheet.key([(words.say(f"discover.point.{flag}".lower()), looks[flag]) for flag in looks])
    axes = sheet.axes(sheet.left + 0.75, sheet.bottom + 0.5, sheet.right - 0.1, sheet.top - 0.1)
    x = study.values[:, names[0]]
    y = study.values[:, names[1]] if len(names) > 1 else failure.margins
    fails = failure.margins < 0.0
    shown = np.arange(min(len(x), MOST_POINTS))
    for flag in (False, True):
        here = shown[fails[shown] == flag]
        options = {**looks[flag].options(), "linestyle": "", "markersize": 3.4}
        options["markeredgewidth"] = 0.9
        axes.plot(x[here], y[here], **options)
    ends = [
        box.box.limits[names[0]],
        box.box.limits[names[1]] if len(names) > 1 else (-np.inf, np.inf),
    ]
    spans = []
    for (low, high), values in zip(ends, (x, y), strict=True):
        margin = 0.03 * np.ptp(values)
        spans.append((max(low, values.min() - margin), min(high, values.max() + margin)))
    (left, right), (bottom, top) = spans
    axes.add_patch(
        Rectangle(
            (left, bottom),
            right - left,
            top - bottom,
            fill=False,
            edgecolor=style.INK,
            linewidth=1.4,
        )
    )
    feature = study.features[names[0]]
    axes.set_xlabel(_axis(words, feature.label(words), feature.unit))
    if len(names) > 1:
        other = study.features[names[1]]
        axes.set_ylabel(fonts.wrap(_axis(words, other.label(words), other.unit), style.BODY, 3.4))
    else:
        axes.set_ylabel(words.say("discover.axis.margin", unit=words.unit(failure.criterion.unit)))
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))
    style.plain_numbers(axes)
    axes.grid(axis="x")
    return sheet.figure


def _axis(words: Words, name: str, unit: str) -> str:
    """A name with its unit, where it has one."""
    if unit.strip().lower() == "dmnl":
        return name
    return words.say("figure.panel", name=name, unit=words.unit(unit))

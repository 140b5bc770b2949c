"""How bands over many futures are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import ArrayLike

from scenarios.report import fonts, style
from scenarios.report.bands import SHARES, ends_of
from scenarios.report.result import Result
from scenarios.words import Words

TINTS: Mapping[float, str] = {0.95: "#f6dcc8", 0.75: "#edb78d", 0.5: "#e08a4a"}
SINGLE = style.Stroke("#7f8b94", "-", "", 0.6)
ROOM = 0.62  # inches that the key and the note on the sample take on a sheet


def room(result: Result) -> float:
    """Inches that a chart of ``result`` needs more for its bands."""
    return 0.0 if result.bands is None else ROOM


def key_of(sheet: style.Sheet, result: Result, words: Words) -> None:
    """The key of the bands of ``result``, if it has any."""
    if result.bands is not None:
        key(sheet, words)


def fill(
    axes: Axes,
    years: Sequence[int],
    quantiles: ArrayLike,
    lines: ArrayLike = (),
    *,
    tints: Mapping[float, str] = TINTS,
) -> None:
    """Bands from quantiles (levels, T), and single futures (k, T) over them.

    A single future may leave the picture: the range of the panel comes from the bands.
    """
    levels, single = np.asarray(quantiles), np.asarray(lines)
    for share in SHARES:
        low, high = levels[list(ends_of(share))]
        axes.fill_between(years, low, high, color=tints[share], linewidth=0, zorder=1.0)
    if len(single):
        paths = [np.column_stack([years, line]) for line in single]
        drawn = LineCollection(paths, colors=SINGLE.colour, linewidths=SINGLE.width, zorder=1.5)
        axes.add_collection(drawn, autolim=False)


def key(
    sheet: style.Sheet, words: Words, *, tints: Mapping[float, str] = TINTS, single: bool = True
) -> None:
    """Squares with the shares of the bands, below the key of the lines."""
    x, y = sheet.left, sheet.top
    for share in SHARES[::-1]:
        sheet.swatch(x + 0.07, y, 0.14, facecolor=tints[share], linewidth=0)
        name = words.say("fan.key.band", share=words.percent(share, 0))
        sheet.write(x + 0.2, y, name, style.BODY, va="center_baseline")
        x += 0.46 + fonts.width(name, style.BODY)
    if single:
        right, sheet.left, sheet.top = sheet.left, x, y + 0.08
        sheet.key([(words.say("fan.key.single"), SINGLE)])
        sheet.left = right
    sheet.top = y - 0.2

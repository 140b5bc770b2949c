"""The chart of a comparison with bands: a column of panels for each alternative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimize.problem import Vector
from scenarios.comparison.bands import Spread, Spreads
from scenarios.comparison.charts import COLOURS, Panel, stroke
from scenarios.comparison.differences import Comparison
from scenarios.report import band_style, fonts, style
from scenarios.report.bands import LEVELS, SHARES
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALE: Mapping[float, float] = {0.95: 0.22, 0.75: 0.42, 0.5: 0.65}  # shares of the full colour
HEIGHT, LOWER = 0.88, 0.6  # inches of a panel, and of one with differences: A4 must hold three
GAP = 0.44  # inches between them: the years, and what the lower ones show
TRIAL = 20.0  # inches of a sheet that is only measured
ROUNDING = 1e-4  # of an outcome's size
SIDE = 0.5  # inches for the numbers of the y axes, which a row shares


def tints(colour: str) -> dict[float, str]:
    """Pale kinds of a colour for the bands, the widest the palest."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return {
        share: "#" + "".join(f"{round(255 - PALE[share] * (255 - p)):02x}" for p in parts)
        for share in SHARES
    }


def multiples(
    found: Comparison,
    spreads: Spreads,
    words: Words,
    shown: Sequence[Panel],
    title: str,
    about: str,
) -> Figure:
    """Two rows for each outcome: the alternatives, and what they differ from the baseline."""
    names = [a.title[words.language] for a in found.alternatives]
    wide = (7.2 - 2 * style.MARGIN - SIDE) / len(names)
    heads = [fonts.wrap(name, style.SMALL, wide - 0.12) for name in names]
    over = 0.06 + 0.13 * max(head.count("\n") + 1 for head in heads)
    high = 0.24 + over + HEIGHT + GAP + LOWER + 0.36
    price_year = found.alternatives[0].price_year
    under = words.say("compare.figure.subtitle", about=about, price_year=price_year)
    note = words.say("compare.figure.bands", sample=spreads.sample(words))

    def begun(tall: float) -> style.Sheet:
        source = words.say("compare.figure.source")
        sheet = style.Sheet(title, f"{under}\n{note}", source, size=(7.2, tall))
        sheet.key([(name, stroke(i)) for i, name in enumerate(names)])
        band_style.key(sheet, words, tints=tints(style.QUIET), single=False)
        return sheet

    trial = begun(TRIAL)  # what stands above and below the panels takes as much room as its texts
    sheet = begun(TRIAL - (trial.top - trial.bottom) + high * len(shown))
    for place, panel in enumerate(shown):
        spread = spreads.of(panel.column, panel.gain)
        top = sheet.top - place * high
        name = words.say("figure.panel", name=panel.name, unit=panel.unit)
        sheet.write(sheet.left, top - 0.12, name, style.BODY + 0.5, va="center_baseline")
        ceiling = top - 0.24 - over
        middle = ceiling - HEIGHT
        upper, lower = [], []
        for index, head in enumerate(heads):
            left = sheet.left + SIDE + index * wide
            right = left + wide - 0.12
            axes = sheet.axes(left, middle, right, ceiling)
            axes.set_title(head, fontsize=style.SMALL, linespacing=1.1)
            _level(axes, found, spreads.years, panel, spread, index)
            upper.append(axes)
            if index:
                axes = sheet.axes(left, middle - GAP - LOWER, right, middle - GAP)
                _difference(axes, found, spreads.years, panel, spread, index)
                lower.append(axes)
        said = words.say("compare.figure.difference")
        x, y = sheet.left + SIDE + wide, middle - GAP + 0.05
        sheet.write(x, y, said, style.SMALL, style.QUIET, va="bottom")
        size = panel.scale * float(np.max(np.abs(spread.own)))
        _alike(upper, panel.scale * spread.own, size, signed=False)
        _alike(lower, panel.scale * spread.against[1:], size, signed=True)
    return sheet.figure


def _level(
    axes: Axes,
    found: Comparison,
    years: Sequence[int],
    panel: Panel,
    spread: Spread,
    index: int,
) -> None:
    colours = tints(COLOURS[index % len(COLOURS)])
    band_style.fill(axes, years, panel.scale * spread.own[index], tints=colours)
    for shown in sorted({0, index}):
        _line(axes, years, panel.values(found.alternatives[shown], years), shown)
    _years(axes, found, years)


def _difference(
    axes: Axes,
    found: Comparison,
    years: Sequence[int],
    panel: Panel,
    spread: Spread,
    index: int,
) -> None:
    colours = tints(COLOURS[index % len(COLOURS)])
    band_style.fill(axes, years, panel.scale * spread.against[index], tints=colours)
    base, own = (panel.values(found.alternatives[i], years) for i in (0, index))
    _line(axes, years, own - base, index)
    axes.axhline(0.0, color=style.QUIET, linewidth=0.8)
    _years(axes, found, years)


def _line(axes: Axes, years: Sequence[int], values: Vector, index: int) -> None:
    """An alternative's line, as the scenario is stated, in its own stroke."""
    options = {**stroke(index).options(), "markersize": 2.6, "linewidth": 1.2}
    axes.plot(years, values, markevery=3, **options)


def _years(axes: Axes, found: Comparison, years: Sequence[int]) -> None:
    narrow = len(found.alternatives) > 4  # room for two years: the plan's first and the last
    begin = found.plan_years[0]
    step = max(years[-1] - begin, 1) if narrow else 5
    style.year_axis(axes, years[0], years[-1], begin, step=step)


def _alike(row: Sequence[Axes], quantiles: np.ndarray, size: float, *, signed: bool) -> None:
    """One y range for a row, from its bands and lines; its numbers stand at the left panel.

    ``size`` is that of the outcome: rounding errors of it are no range.
    """
    lines = [axes.dataLim.intervaly for axes in row]
    low = min(float(quantiles[:, 0].min()), *(float(ends[0]) for ends in lines))
    high = max(float(quantiles[:, len(LEVELS) - 1].max()), *(float(ends[1]) for ends in lines))
    room = max(0.08 * (high - low), ROUNDING * size) or 1.0
    for place, axes in enumerate(row):
        axes.set_ylim(low - room, high + room)
        style.plain_numbers(axes, signed=signed, steps=4)
        if place:
            axes.tick_params(labelleft=False)

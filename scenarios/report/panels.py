"""The panels that several charts share: a figure over the years under each plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from optimize.problem import Vector
from scenarios.report import band_style, fonts, style
from scenarios.report.bands import Basis
from scenarios.report.result import PlanName, Result
from scenarios.words import Words, number

DRAWN: tuple[PlanName, ...] = ("no_cooperation", "past_practice", "optimal")  # last is on top


def series(result: Result, plan: PlanName, column: str, scale: float = 1.0) -> Vector:
    """A column over the model's years, shape (len(result.model_years),)."""
    return scale * result.paths[plan].at(column, result.model_years)


def levels(
    axes: Axes,
    result: Result,
    column: str,
    *,
    scale: float = 1.0,
    plans: Sequence[PlanName] = DRAWN,
) -> None:
    """A line for each plan, the last one on top; below them the plan's bands, if asked for."""
    years = result.model_years
    bands(axes, result, column, "level", scale)
    lines = {plan: series(result, plan, column, scale) for plan in plans}
    for plan, values in lines.items():
        axes.plot(years, values, markevery=marks(result), **style.PLAN_STROKE[plan].options())
    style.year_axis(axes, years[0], years[-1], result.plan_years[0], step=4)
    style.plain_numbers(axes)


def bands(axes: Axes, result: Result, column: str, basis: Basis, scale: float = 1.0) -> bool:
    """The bands of an outcome over many futures; whether there are any."""
    found = None if result.bands is None else result.bands.of(column, basis)
    if result.bands is None or found is None:
        return False
    quantiles, lines = np.array(found.quantiles), np.array(found.lines)
    band_style.fill(axes, result.bands.years, scale * quantiles, scale * lines)
    return True


def history_same(axes: Axes, result: Result, words: Words) -> None:
    """Say in the empty part of a panel of differences why it is empty."""
    if result.model_years[0] >= result.plan_years[0]:
        return
    axes.annotate(
        fonts.wrap(words.say("figure.history_same"), style.SMALL, 0.55),
        ((result.model_years[0] + result.plan_years[0] - 1) / 2, 0.97),
        xycoords=axes.get_xaxis_transform(),
        ha="center",
        va="top",
        fontsize=style.SMALL,
        color=style.QUIET,
        linespacing=1.2,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def marks(result: Result) -> list[int]:
    """Indices of the years that carry a marker: every other, back from the last."""
    last = len(result.model_years) - 1
    return [i for i in range(last + 1) if (last - i) % 2 == 0]


def end_labels(
    axes: Axes, last: float, values: Sequence[tuple[float, str]], digits: int, height: float
) -> None:
    """Values written to the right of the last year in the colour of their line.

    ``height`` is that of the panel in inches: labels keep a line's distance from each other.
    """
    gap = line_height(axes, height)
    for place, (value, colour) in zip(
        style.apart([value for value, _ in values], gap), values, strict=True
    ):
        axes.annotate(
            number(value, digits),
            (last, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center_baseline",
            ha="left",
            fontsize=style.BODY - 0.5,
            color=colour,
            annotation_clip=False,
        )


def line_height(axes: Axes, height: float) -> float:
    """The distance of two lines of text, in units of the y axis of a panel of so many inches."""
    low, high = axes.get_ylim()
    return 1.15 * style.BODY / 72 / height * (high - low)


def labels_fit(axes: Axes, values: Sequence[tuple[float, str]], height: float) -> bool:
    """Whether :func:`end_labels` can write all of these within a line of where they belong."""
    gap, places = line_height(axes, height), [value for value, _ in values]
    moved = style.apart(places, gap)
    return all(abs(b - a) <= gap for a, b in zip(places, moved, strict=True))


def differences(axes: Axes, result: Result, column: str, *, scale: float = 1.0) -> Vector:
    """Bars of the plan against past practice in the plan's years; a line, where it has bands.

    Returns the differences, shape (len(plan_years),).
    """
    years = result.plan_years
    values = scale * (
        result.paths["optimal"].at(column, years) - result.paths["past_practice"].at(column, years)
    )
    stroke = style.PLAN_STROKE["optimal"]
    if bands(axes, result, column, "change", scale):
        axes.plot(years, values, **{**stroke.options(), "markersize": 2.5, "linewidth": 1.2})
    else:
        axes.bar(years, values, width=0.66, color=stroke.colour, alpha=0.85, zorder=2)
    axes.axhline(0.0, color=style.QUIET, linewidth=0.8, zorder=3)
    style.year_axis(axes, result.model_years[0], years[-1], years[0], step=4)
    style.plain_numbers(axes, signed=True, steps=4)
    return values


def label_bars(
    axes: Axes, years: Sequence[int], values: Vector, digits: int, *, halo: bool = False
) -> None:
    """The last bar's value, and the largest one's if it is another, at the bars' ends.

    ``halo`` sets them off from bands below them.
    """
    around = [withStroke(linewidth=2.2, foreground="white")] if halo else []
    largest = int(np.argmax(np.abs(values)))
    if not values[largest]:
        return
    for index in {largest, len(values) - 1}:
        if index != len(values) - 1 and len(values) - 1 - index < 3:
            continue  # too near to the last one to be read
        up = values[index] >= 0
        axes.annotate(
            number(float(values[index]), digits, signed=True),
            (years[index], values[index]),
            xytext=(0, 2.5 if up else -2.5),
            textcoords="offset points",
            ha="center" if index < len(values) - 1 else "right",
            va="bottom" if up else "top",
            fontsize=style.BODY - 0.5,
            color=style.INK,
            path_effects=around,
        )


def same_span(panels: Sequence[Axes], *, pad: float = 0.12) -> None:
    """Give panels y ranges of one length, so that a step is as high in all of them."""
    ranges = [panel.dataLim.intervaly for panel in panels]
    span = max(high - low for low, high in ranges) * (1 + 2 * pad) or 1.0
    for panel, (low, high) in zip(panels, ranges, strict=True):
        middle = (low + high) / 2
        panel.set_ylim(middle - span / 2, middle + span / 2)


def same_limits(panels: Sequence[Axes], *, pad: float = 0.22) -> None:
    """Give panels one and the same y range, zero included."""
    low = min(0.0, *(panel.dataLim.intervaly[0] for panel in panels))
    high = max(0.0, *(panel.dataLim.intervaly[1] for panel in panels))
    span = (high - low) or 1.0
    low, high = (limit if abs(limit) > 1e-9 * span else 0.0 for limit in (low, high))
    for panel in panels:
        panel.set_ylim(low - pad * span * (low < 0), high + pad * span * (high > 0 or low == 0))


def room_above(axes: Axes, share: float = 0.12) -> None:
    """Widen the y range a little on both sides, without going below zero for positive data."""
    low, high = axes.dataLim.intervaly
    span = (high - low) or abs(high) or 1.0
    floor = low - share * span
    axes.set_ylim(max(0.0, floor) if low >= 0 else floor, high + share * span)

"""The charts of a study: tornado, indices by year, and what moves the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from scenarios.comparison.charts import stroke
from scenarios.levers import WHERE
from scenarios.report import fonts, style
from scenarios.report.result import Result
from scenarios.sensitivity.decisions import Decisions, Judged
from scenarios.sensitivity.factors import OTHERS
from scenarios.sensitivity.labels import Labels, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BARS, LINES = 10, 5
ROUNDING = 1e-9  # of an outcome's spread: a smaller swing is none
LOW, HIGH = "#0072b2", "#e69f00"
LOOKS = {"low": (LOW, ""), "high": (HIGH, "////")}
NAMES = 2.5  # inches for the names of factors
REST = style.Stroke("#8a97a0", (0, (5, 2)), "", 1.2)


def looks_of(labels: Labels, column: str) -> list[int]:
    """The looks at a column that vary at all: under the plan, and the change."""
    looks = labels.found.looks
    places = [
        next(i for i, look in enumerate(looks) if (look.column, look.basis) == (column, basis))
        for basis in labels.found.studied.bases
    ]
    return [place for place in places if largest(labels, place) or labels.varies(place)]


def largest(labels: Labels, place: int) -> list[int]:
    """The factors with the largest swings of a look; none below rounding errors."""
    found = labels.found
    swing = found.ends.swing()[:, place]
    spans = [np.ptp(drawn.quantiles[[0, -1], place, -1]) for drawn in found.samples.values()]
    least = ROUNDING * float(np.nan_to_num(spans).max(initial=0.0))
    order = np.argsort(-swing, kind="stable")[:BARS]
    return [int(i) for i in order if swing[i] > least]


def lines(labels: Labels, place: int) -> list[tuple[int, style.Stroke]]:
    """The leading factors of a look, and the others together, with their strokes."""
    found = labels.found
    chosen = [(d, stroke(i)) for i, d in enumerate(found.ranked(place)[:LINES])]
    if OTHERS in found.indices.names and OTHERS not in found.named:
        chosen.append((found.indices.names.index(OTHERS), REST))
    return chosen


def tornado(labels: Labels, column: str, title: str) -> Figure:
    """Bars from the value as things are to those at both ends of the most important factors."""
    found, words = labels.found, labels.words
    places = [place for place in looks_of(labels, column) if largest(labels, place)]
    sheet = style.Sheet(
        title,
        labels.say(
            "sensitivity.figure.tornado.subtitle",
            number=len(found.factors),
            price_year=Result.price_year,
        ),
        words.say("sensitivity.figure.source"),
        size=(7.2, 1.65 + 3.5 * len(places)),
    )
    _swatches(sheet, [(words.say(f"sensitivity.at_{end}"), *LOOKS[end]) for end in LOOKS])
    high = (sheet.top - sheet.bottom) / len(places)
    for row, place in enumerate(places):
        look = found.looks[place]
        ceiling = sheet.top - row * high - 0.4
        axes = sheet.axes(
            sheet.left + NAMES, sheet.top - (row + 1) * high + 0.3, sheet.right - 0.45, ceiling
        )
        chosen = largest(labels, place)
        base = look.scale * found.ends.base[place]
        for y, d in enumerate(chosen):
            for end, table, wide in (("low", found.ends.low, 0.72), ("high", found.ends.high, 0.4)):
                at = look.scale * table[d, place]
                if not np.isfinite(at):
                    continue
                colour, hatch = LOOKS[end]
                axes.barh(
                    y,
                    at - base,
                    wide,
                    left=base,
                    color=colour,
                    hatch=hatch,
                    edgecolor="white",
                    linewidth=0.4,
                )
            _mark_ends(axes, labels, place, d, y, base)
        axes.axvline(base, color=style.INK, linewidth=0.9)
        style.named_rows(
            axes,
            [labels.factor(found.factors[d].name) for d in chosen],
            NAMES - 0.12,
            style.BODY - 0.5,
        )
        axes.margins(x=0.14)
        axes.xaxis.set_major_formatter(style.PlainNumbers(signed=look.basis == "change"))
        sheet.write(sheet.left, ceiling + 0.1, look.title(words), style.BODY + 0.5, va="bottom")
    return sheet.figure


def _mark_ends(axes: Axes, labels: Labels, place: int, d: int, y: int, base: float) -> None:
    """The factor's own value at each end, beside the bar that it makes."""
    found = labels.found
    scale = found.looks[place].scale
    tips = [scale * found.ends.low[d, place], scale * found.ends.high[d, place]]
    sides = [tip >= base for tip in tips]
    for high, (tip, right) in enumerate(zip(tips, sides, strict=True)):
        other = tips[1 - high]
        if not np.isfinite(tip) or (sides[0] == sides[1] and abs(other - base) > abs(tip - base)):
            continue  # the longer bar on this side is named
        axes.annotate(
            labels.end(found.factors[d], bool(high)),
            (tip, y),
            xytext=(3 if right else -3, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center_baseline",
            fontsize=style.SMALL,
            color=style.QUIET,
        )


def indices(labels: Labels, column: str, title: str) -> Figure:
    """Total index of the leading factors by year, with bands of their 95 % intervals."""
    found, words = labels.found, labels.words
    places = [place for place in looks_of(labels, column) if labels.varies(place)]
    sheet = style.Sheet(
        title,
        words.say(
            "sensitivity.figure.indices.subtitle",
            rows=f"{found.indices.rows:,}",
            when=labels.when(found.years[-1]),
        ),
        words.say("sensitivity.figure.source"),
        size=(7.2, 1.35 + 2.5 * len(places)),
    )
    high = (sheet.top - sheet.bottom) / len(places)
    years = found.years
    for row, place in enumerate(places):
        look, ceiling = found.looks[place], sheet.top - row * high - 0.35
        axes = sheet.axes(
            sheet.left + 0.4, sheet.top - (row + 1) * high + 0.3, sheet.left + 3.9, ceiling
        )
        y = ceiling - 0.12
        for d, look_of in lines(labels, place):
            at = [found.place(place, year) for year in years]
            total = found.indices.total
            axes.fill_between(
                years, total.low[d, at], total.high[d, at], color=look_of.colour, alpha=0.16, lw=0
            )
            axes.plot(years, total.value[d, at], markevery=2, **look_of.options())
            y = _entry(sheet, labels, d, look_of, y, share(total, d, at[-1]))
        axes.set_ylim(bottom=0.0)
        _time_axis(axes, years)
        style.plain_numbers(axes)
        sheet.write(sheet.left, ceiling + 0.1, look.title(words), style.BODY + 0.5, va="bottom")
    return sheet.figure


def _time_axis(axes: Axes, times: tuple[float, ...]) -> None:
    """Years one by one, or times of any other kind."""
    first, last = times[0], times[-1]
    if all(isinstance(time, int) for time in times) and last - first == len(times) - 1:
        style.year_axis(axes, int(first), int(last), int(first), step=2)
        return
    room = 0.03 * ((last - first) or 1.0)
    axes.set_xlim(first - room, last + room)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))


def _entry(
    sheet: style.Sheet, labels: Labels, d: int, look: style.Stroke, y: float, value: str
) -> float:
    """A line of the key beside the panel; returns where the next one stands."""
    from matplotlib.lines import Line2D

    left = sheet.left + 4.1
    name = fonts.wrap(labels.factor(labels.found.indices.names[d]), style.BODY, 2.35)
    xs = [v / sheet.size[0] for v in (left, left + 0.14, left + 0.28)]
    sheet.figure.add_artist(
        Line2D(
            xs,
            [y / sheet.size[1]] * 3,
            markevery=[1],
            transform=sheet.figure.transFigure,
            **look.options(),
        )
    )
    head, *more = name.split("\n")
    for line in (head, *more):
        sheet.write(left + 0.36, y, line, style.BODY, va="center_baseline")
        y -= 0.16
    sheet.write(left + 0.36, y, value, style.SMALL, style.QUIET, va="center_baseline")
    return y - 0.2


def moves(labels: Labels, decided: Decisions, title: str) -> Figure:
    """How the best plan's money moves between sectors at the ends of each factor."""
    words = labels.words
    shown = np.argsort(-np.nanmax(np.stack([decided.low_moved, decided.high_moved]), axis=0))[:BARS]
    sheet = style.Sheet(
        title,
        words.say("sensitivity.figure.moves.subtitle", price_year=Result.price_year),
        words.say("sensitivity.figure.source"),
        size=(7.2, 1.75 + 0.46 * len(shown)),
    )
    kinds = [
        (words.place(where), style.SECTOR_COLOUR[where], style.SECTOR_HATCH[where])
        for where in WHERE
    ]
    _swatches(sheet, kinds)
    axes = sheet.axes(sheet.left + NAMES + 0.5, sheet.bottom + 0.25, sheet.right - 0.1, sheet.top)
    ticks, texts = [], []
    by_name = {factor.name: factor for factor in labels.found.factors}
    for row, d in enumerate(shown):
        factor = by_name[decided.factors[d]]
        for half, money in enumerate((decided.low[d], decided.high[d])):
            y = row + (half - 0.5) * 0.4
            _stack(axes, y, money - decided.base)
            ticks.append(y)
            name = labels.factor(factor.name) if half == 0 else ""
            texts.append((name, labels.end(factor, bool(half))))
    axes.axvline(0.0, color=style.INK, linewidth=0.9)
    axes.set_yticks(ticks, [end for _, end in texts], fontsize=style.SMALL)
    axes.invert_yaxis()
    axes.margins(y=0.02)
    low, up = axes.get_ylim()
    tall = sheet.top - sheet.bottom - 0.25
    for y, (name, _) in zip(ticks, texts, strict=True):
        if name:
            at = sheet.bottom + 0.25 + (y + 0.2 - low) / (up - low) * tall
            text = fonts.wrap(name, style.BODY, NAMES - 0.1)
            sheet.write(sheet.left, at, text, style.BODY, va="center", linespacing=1.1)
    axes.grid(axis="x")
    axes.grid(False, axis="y")
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=True))
    return sheet.figure


def _stack(axes: Axes, y: float, change: np.ndarray) -> None:
    ends = {True: 0.0, False: 0.0}
    for where, amount in zip(WHERE, change.tolist(), strict=True):
        if not np.isfinite(amount):
            continue
        axes.barh(
            y,
            amount,
            0.36,
            left=ends[amount > 0],
            color=style.SECTOR_COLOUR[where],
            hatch=style.SECTOR_HATCH[where],
            edgecolor="white",
            linewidth=0.4,
        )
        ends[amount > 0] += amount


def knowing(labels: Labels, judged: Judged, title: str) -> Figure:
    """What knowing each number before deciding is worth, with intervals and the noise."""
    words, worth = labels.words, judged.worth
    chosen = judged.telling[:BARS]
    sheet = style.Sheet(
        title,
        words.say("sensitivity.figure.knowing.subtitle", futures=f"{worth.futures:,}"),
        words.say("sensitivity.figure.source"),
        size=(7.2, 1.5 + 0.3 * max(len(chosen), 1)),
    )
    axes = sheet.axes(sheet.left + NAMES, sheet.bottom + 0.25, sheet.right - 0.2, sheet.top)
    for y, i in enumerate(chosen):
        axes.barh(y, worth.value[i], 0.6, color=LOW, edgecolor="white")
        axes.plot([worth.low[i], worth.high[i]], [y, y], color=style.INK, linewidth=1.2)
        axes.plot([worth.noise[i]] * 2, [y - 0.36, y + 0.36], color=style.ACCENT, linewidth=1.2)
    style.named_rows(
        axes, [labels.number(judged.inputs[i]) for i in chosen], NAMES - 0.12, style.BODY - 0.5
    )
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))
    return sheet.figure


def _swatches(sheet: style.Sheet, entries: list[tuple[str, str, str]]) -> None:
    x = sheet.left
    for name, colour, hatch in entries:
        sheet.swatch(
            x + 0.07,
            sheet.top - 0.08,
            0.14,
            facecolor=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
        )
        sheet.write(x + 0.2, sheet.top - 0.08, name, style.BODY, va="center_baseline")
        x += 0.46 + fonts.width(name, style.BODY)
    sheet.top -= 0.24

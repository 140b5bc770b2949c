"""The charts of a front: the front with its exchange rates, and the money along it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optimize.problem import Term
from scenarios.comparison.charts import COLOURS, LINES, MARKERS
from scenarios.levers import WHERE
from scenarios.pareto.page import aim, labelled, sentences
from scenarios.pareto.study import Study
from scenarios.report import fonts, style
from scenarios.report.result import Money, total
from scenarios.words import Words, number, significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FRONT = style.Stroke("#0072b2", "-", "o", 1.6)
RECOMMENDED = style.Stroke(style.ACCENT, "", "D", 0.0)
PAST = style.Stroke("#34495e", "", "s", 0.0, filled=False)
BETWEEN = style.Stroke("#8a97a0", (0, (1.2, 1.8)), "", 1.4)


def source(study: Study, words: Words) -> str:
    """The line at the foot."""
    return words.say(
        "pareto.figure.source", scenario=study.result.title[words.language], seed=study.seed
    )


def front_reading(study: Study, words: Words) -> str:
    """The front in a sentence."""
    return sentences(study, words)[0]


def front_chart(study: Study, words: Words) -> Figure:
    """Two aims: the front above, the exchange rate along it below. Three: the third as colour."""
    three = len(study.front.aims) == 3
    sheet = style.Sheet(
        front_reading(study, words),
        _subtitle(study, words),
        source(study, words),
        size=(7.2, 5.2 if three else 6.4),
    )
    sheet.key(
        [
            (words.say("pareto.figure.front"), FRONT),
            (words.say("pareto.recommended"), RECOMMENDED),
            *([(words.say("plan.past_practice"), PAST)] if _near(study) else []),
            *([] if three else [(words.say("pareto.figure.between"), BETWEEN)]),
        ]
    )
    left, right = sheet.left + 0.65, sheet.right - 0.12
    if three:
        axes = sheet.axes(left, sheet.bottom + 0.45, right - 0.9, sheet.top - 0.35)
        scale = sheet.axes(right - 0.7, sheet.bottom + 0.45, right - 0.55, sheet.top - 0.35)
        _three(study, words, axes, scale)
        return sheet.figure
    middle = sheet.bottom + 0.36 * (sheet.top - sheet.bottom)
    upper = sheet.axes(left, middle + 0.35, right, sheet.top - 0.35)
    lower = sheet.axes(left, sheet.bottom + 0.45, right, middle - 0.25)
    _two(study, words, upper)
    _rates(study, words, lower)
    lower.set_xlim(upper.get_xlim())
    upper.tick_params(labelbottom=False)
    return sheet.figure


def _marks(study: Study, axes: Axes) -> None:
    """The recommended plan, and past practice unless it is far from the front."""
    options = {**RECOMMENDED.options(), "markersize": 7, "linestyle": "", "zorder": 4}
    axes.plot([study.recommended[1]], [study.recommended[0]], **options)
    if _near(study):
        options = {**PAST.options(), "markersize": 6, "linestyle": "", "zorder": 4}
        axes.plot([study.past[1]], [study.past[0]], **options)


def _subtitle(study: Study, words: Words) -> str:
    """How to read the chart, and where past practice lies when the chart has no room for it."""
    how = words.say("pareto.figure.front_subtitle")
    if _near(study):
        return how
    y, x = (number(float(v), significant(float(v), 4)) for v in study.past[:2])
    return words.join(how, words.say("pareto.figure.past", x=x, y=y))


def _near(study: Study) -> bool:
    """Whether past practice is near enough to the front to be drawn beside it."""
    shown = np.array([*(point.values for point in study.front.points), study.recommended])
    span = np.maximum(np.ptp(shown, axis=0), 1e-12)
    return bool((np.abs(study.past - shown.mean(axis=0)) / span)[:2].max() <= FAR)


FAR = 1.5  # times the size of the front: farther, a mark would press the front into a corner


def _named(axes: Axes, words: Words, x: Term, y: Term) -> None:
    """Names of the axes; the better end of each is up or to the right."""
    axes.set_xlabel(labelled(words, x))
    axes.set_title(labelled(words, y))
    axes.grid(axis="x")
    for term, turn in ((x, axes.invert_xaxis), (y, axes.invert_yaxis)):
        if term.weight > 0.0:
            turn()
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))
    style.plain_numbers(axes)


def _two(study: Study, words: Words, axes: Axes) -> None:
    values = np.array([point.values for point in study.front.points])
    axes.plot(values[:, 1], values[:, 0], **FRONT.options())
    for i in sorted({0, len(values) // 2, len(values) - 1}):
        axes.annotate(
            str(i + 1),
            (values[i, 1], values[i, 0]),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.QUIET,
        )
    _marks(study, axes)
    _named(axes, words, study.front.aims[1], study.front.aims[0])
    axes.set_xlabel("")


def _rates(study: Study, words: Words, axes: Axes) -> None:
    first, second = study.front.aims
    points = study.front.points
    at = np.array([point.exact[1] for point in points])
    axes.stairs(study.differences, at, baseline=None, **_line(BETWEEN))
    told = [i for i, point in enumerate(points) if np.isfinite(point.rates[0])]
    axes.plot(at[told], [points[i].rates[0] for i in told], **FRONT.options())
    _named(axes, words, second, first)
    if first.weight > 0.0:
        axes.invert_yaxis()  # a price: up is dearer
    axes.set_title(
        words.say(
            "pareto.figure.rate",
            first=aim(words, first),
            price=words.say(f"pareto.price.{first.unit}"),
            unit=words.say(f"pareto.one.{second.unit}"),
            second=aim(words, second),
        )
    )
    axes.set_ylim(bottom=0.0)
    style.plain_numbers(axes, steps=4)


def _line(stroke: style.Stroke) -> dict[str, Any]:
    return {"color": stroke.colour, "linestyle": stroke.line, "linewidth": stroke.width}


def _three(study: Study, words: Words, axes: Axes, scale: Axes) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    first, second, third = study.front.aims
    values = np.array([point.values for point in study.front.points])
    colours = ScalarMappable(Normalize(values[:, 2].min(), values[:, 2].max()), "cividis")
    axes.scatter(
        values[:, 1],
        values[:, 0],
        c=colours.to_rgba(values[:, 2]),
        s=48,
        edgecolor=style.INK,
        linewidth=0.5,
        zorder=3,
    )
    for i, value in enumerate(values):
        axes.annotate(
            str(i + 1),
            (value[1], value[0]),
            xytext=(5, 3),
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.QUIET,
        )
    _marks(study, axes)
    _named(axes, words, second, first)
    axes.margins(0.08)
    bar = axes.figure.colorbar(colours, cax=scale)
    bar.outline.set_visible(False)
    scale.yaxis.set_major_formatter(style.PlainNumbers(signed=False))
    scale.set_title(
        fonts.wrap(labelled(words, third), style.SMALL, 1.3), fontsize=style.SMALL, loc="center"
    )


def mix_reading(study: Study, words: Words) -> str:
    """How the money moves from one end of the front to the other, in a sentence."""
    years = study.result.plan_years
    ends = (study.moneys[0], study.moneys[-1])
    tools = study.result.instruments
    changes = {w: _mean(ends[1], years, sector=w) - _mean(ends[0], years, sector=w) for w in WHERE}
    most = max(changes, key=lambda where: abs(changes[where]))
    tool_changes = {
        t: _mean(ends[1], years, instrument=t) - _mean(ends[0], years, instrument=t) for t in tools
    }
    tool = max(tool_changes, key=lambda name: abs(tool_changes[name]))
    return words.say(
        "pareto.figure.mix",
        place=words.place(most),
        change=number(changes[most], signed=True),
        tool=words.name(tool),
        tool_change=number(tool_changes[tool], signed=True),
    )


def _mean(money: Money, years: tuple[int, ...], **of: str) -> float:
    return total(money, years=years, **of) / len(years)


def mix_chart(study: Study, words: Words) -> Figure:
    """Money a year along the front: by what it is tied to as bars, by instrument as lines."""
    years, tools = study.result.plan_years, study.result.instruments
    sheet = style.Sheet(
        mix_reading(study, words),
        words.say("pareto.figure.mix_subtitle", price_year=study.result.price_year),
        source(study, words),
        size=(7.2, 6.2),
    )
    middle = sheet.bottom + 0.5 * (sheet.top - sheet.bottom)
    left, right = sheet.left + 0.6, sheet.right - 2.2
    upper = sheet.axes(left, middle + 0.2, right, sheet.top - 0.3)
    lower = sheet.axes(left, sheet.bottom + 0.42, right, middle - 0.3)
    at = np.arange(1, len(study.moneys) + 1)
    start = np.zeros(len(at))
    for row, where in enumerate(WHERE):
        part = np.array([_mean(money, years, sector=where) for money in study.moneys])
        look: dict[str, Any] = {
            "color": style.SECTOR_COLOUR[where],
            "hatch": style.SECTOR_HATCH[where],
        }
        upper.bar(at, part, 0.85, bottom=start, edgecolor="white", linewidth=0.4, **look)
        start += part
        y = sheet.top - 0.4 - 0.22 * row
        look = {"facecolor": style.SECTOR_COLOUR[where], "hatch": style.SECTOR_HATCH[where]}
        sheet.swatch(right + 0.25, y, 0.14, edgecolor="white", linewidth=0, **look)
        sheet.write(right + 0.4, y, words.title(where), style.BODY, va="center_baseline")
    upper.set_title(words.say("pareto.figure.by_place"))
    for row, tool in enumerate(tools):
        part = np.array([_mean(money, years, instrument=tool) for money in study.moneys])
        # Lines that run together are told apart: later ones are thinner, with marks elsewhere.
        width = WIDEST - (WIDEST - 1.2) * row / max(len(tools) - 1, 1)
        stroke = style.Stroke(
            COLOURS[row % len(COLOURS)], LINES[row % len(LINES)], MARKERS[row % len(MARKERS)], width
        )
        if part.max() < BIG * start.max():
            marks = (row % MARKED, MARKED) if len(at) > MARKED else None
            lower.plot(at, part, markevery=marks, **{**stroke.options(), "markersize": 3.6})
            y = middle - 0.4 - 0.26 * row
            name = fonts.wrap(words.title(tool), style.SMALL, 1.7)
            sheet.write(right + 0.4, y, name, style.SMALL, va="center")
            _sample(sheet, right + 0.1, y, stroke)
    lower.set_title(words.say("pareto.figure.by_tool"))
    for axes in (upper, lower):
        axes.set_xlim(0.4, len(at) + 0.6)
        axes.set_xticks(at)
        style.plain_numbers(axes)
    lower.set_xlabel(words.say("pareto.figure.points"))
    return sheet.figure


WIDEST = 3.2  # points of the first instrument's line; the last has 1.2
MARKED = 3  # every so many points carry a mark of each line
BIG = 0.4  # of all money: an instrument as large as that would press the lines of the others flat


def _sample(sheet: style.Sheet, x: float, y: float, stroke: style.Stroke) -> None:
    """A short line that says how an instrument is drawn."""
    from matplotlib.lines import Line2D

    width, height = sheet.size
    xs = [x / width, (x + 0.12) / width, (x + 0.24) / width]
    line = Line2D(
        xs,
        [y / height] * 3,
        markevery=[1],
        transform=sheet.figure.transFigure,
        **{**stroke.options(), "markersize": 3.4},
    )
    sheet.figure.add_artist(line)

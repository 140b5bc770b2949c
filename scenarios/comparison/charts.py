"""The charts of a comparison: lines over the years, differences to the baseline, money."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimize.problem import Vector
from scenarios.comparison.alternatives import Alternative
from scenarios.comparison.differences import Comparison
from scenarios.levers import WHERE
from scenarios.report import fonts, style
from scenarios.report.result import total
from scenarios.words import Words, number, significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#34495e", "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
LINES = ("-", (0, (5, 2)), (0, (1.2, 1.8)), (0, (7, 2, 1.5, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


@dataclass(frozen=True)
class Panel:
    """A model column with name, unit and scale; ``gain``: what it is above no cooperation."""

    column: str
    name: str
    unit: str
    scale: float = 1.0
    gain: bool = False

    def values(self, alternative: Alternative, years: Sequence[int]) -> Vector:
        """What is drawn of an alternative, shape (len(years),)."""
        found = alternative.path.at(self.column, years)
        if self.gain:
            found = found - alternative.without.at(self.column, years)
        return self.scale * found

    def digits(self, found: Comparison) -> int:
        """Decimals with which the alternatives can be told apart."""
        size = max(
            float(np.max(np.abs(self.values(a, found.model_years)))) for a in found.alternatives
        )
        return significant(size, 4)


def stroke(index: int) -> style.Stroke:
    """How the lines of the alternative ``index`` are drawn; colour, dashes and marker differ."""
    kinds = (COLOURS, LINES, MARKERS)
    colour, line, marker = (kind[index % len(kind)] for kind in kinds)
    return style.Stroke(str(colour), line, str(marker), 1.8 if index == 0 else 1.4, index == 0)


def panels(
    found: Comparison, words: Words, names: Sequence[str], *, gain: bool = False
) -> list[Panel]:
    """Panels of those of the model columns ``names`` that all have; shares in per cent."""
    units = found.alternatives[0].units
    made = []
    for column in names:
        if not all(column in a.path and column in a.without for a in found.alternatives):
            continue
        unit = units.get(column.partition("[")[0], "")
        share = unit.strip().lower() == "dmnl" and _is_share(found, column)
        shown = words.unit("percent" if share else unit)
        made.append(Panel(column, words.title(column), shown, 100.0 if share else 1.0, gain))
    return made


def _is_share(found: Comparison, column: str) -> bool:
    values = [a.path.at(column, found.model_years) for a in found.alternatives]
    return bool(np.min(values) >= 0.0 and np.max(values) <= 1.0 and np.max(values) > 0.0)


def multiples(
    found: Comparison, words: Words, shown: Sequence[Panel], title: str, about: str
) -> Figure:
    """For each panel: the lines of all alternatives above, differences to the baseline below.

    ``about`` says what the figures are, such as "yearly figures".
    """
    columns = min(3, len(shown))
    rows = math.ceil(len(shown) / columns)
    sheet = style.Sheet(
        title,
        words.say(
            "compare.figure.subtitle", about=about, price_year=found.alternatives[0].price_year
        ),
        words.say("compare.figure.source"),
        size=(7.2, 1.6 + 3.0 * rows),
    )
    sheet.key([(a.title[words.language], stroke(i)) for i, a in enumerate(found.alternatives)])
    wide = (sheet.right - sheet.left) / columns
    high = (sheet.top - sheet.bottom) / rows
    for place, panel in enumerate(shown):
        row, column = divmod(place, columns)
        left = sheet.left + column * wide + 0.55
        right = sheet.left + (column + 1) * wide - 0.12
        ceiling = sheet.top - row * high - 0.48
        floor = sheet.top - (row + 1) * high + 0.3
        middle = floor + 0.34 * (ceiling - floor)
        upper = sheet.axes(left, middle + 0.45, right, ceiling)
        lower = sheet.axes(left, floor, right, middle)
        _lines(upper, found, panel)
        limit = right - left + 0.4
        title = words.say("figure.panel", name=panel.name, unit=panel.unit)
        upper.set_title(fonts.wrap(title, style.BODY, limit), linespacing=1.15)
        _lines(lower, found, panel, against=True)
        lower.set_title(words.say("compare.figure.difference"), fontsize=style.SMALL + 0.3)
    return sheet.figure


def _lines(axes: Axes, found: Comparison, panel: Panel, *, against: bool = False) -> None:
    years = found.model_years
    base = panel.values(found.alternatives[0], years)
    for index, alternative in enumerate(found.alternatives):
        values = panel.values(alternative, years)
        drawn = values - base if against else values
        if not (against and index == 0):
            options = {**stroke(index).options(), "markersize": 3.0}
            axes.plot(years, drawn, markevery=3, **options)
    if against:
        axes.axhline(0.0, color=style.QUIET, linewidth=0.8)
    style.year_axis(axes, years[0], years[-1], found.plan_years[0], step=5)
    style.plain_numbers(axes, signed=against, steps=4)
    axes.margins(y=0.12)


def allocation(found: Comparison, words: Words, title: str) -> Figure:
    """Money a year on average by what it is tied to: a bar for each alternative."""
    names = [a.title[words.language] for a in found.alternatives]
    sheet = style.Sheet(
        title,
        words.say("figure.allocation.subtitle", price_year=found.alternatives[0].price_year),
        words.say("compare.figure.source"),
        size=(7.2, 1.9 + 0.55 * len(names)),
    )
    entries = [words.place(where) for where in WHERE]
    x = sheet.left
    for where, name in zip(WHERE, entries, strict=True):
        look = {"facecolor": style.SECTOR_COLOUR[where], "hatch": style.SECTOR_HATCH[where]}
        sheet.swatch(x + 0.07, sheet.top - 0.08, 0.14, edgecolor="white", linewidth=0, **look)
        sheet.write(x + 0.2, sheet.top - 0.08, name, style.BODY, va="center_baseline")
        x += 0.44 + fonts.width(name, style.BODY)
    side = min(2.4, max(fonts.width(name, style.BODY) for name in names) + 0.12)
    axes = sheet.axes(sheet.left + side, sheet.bottom + 0.25, sheet.right - 0.1, sheet.top - 0.3)
    at = np.arange(len(names))
    start = np.zeros(len(names))
    years = found.plan_years
    whole = max(total(a.money, years=years) for a in found.alternatives) / len(years)
    for where in WHERE:
        part = np.array(
            [total(a.money, years=years, sector=where) / len(years) for a in found.alternatives]
        )
        axes.barh(
            at,
            part,
            0.7,
            left=start,
            color=style.SECTOR_COLOUR[where],
            hatch=style.SECTOR_HATCH[where],
            edgecolor="white",
            linewidth=0.6,
        )
        for index, amount in enumerate(part):
            if amount > 0.08 * whole:
                axes.text(
                    start[index] + amount / 2,
                    index,
                    number(amount),
                    ha="center",
                    va="center_baseline",
                    fontsize=style.SMALL,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.88},
                )
        start += part
    wrapped = [fonts.wrap(name, style.BODY, side - 0.1) for name in names]
    axes.set_yticks(at, wrapped)
    axes.tick_params(axis="y", labelcolor=style.INK)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.grid(False, axis="y")
    axes.set_xlim(0, 1.02 * whole)
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))
    return sheet.figure


def indicator_scores(found: Comparison) -> dict[str, list[float]]:
    """Mean score of each indicator of the assessment, by its column, for every alternative."""
    return {
        column: [
            100.0 * float(np.mean(a.path.at(column, found.plan_years))) for a in found.alternatives
        ]
        for column in found.alternatives[0].path.columns
        if column.startswith("points[") and all(column in a.path for a in found.alternatives)
    }


def indicators(found: Comparison, words: Words, title: str) -> Figure:
    """The scores of the indicators: a row each, a mark for each alternative."""
    scores = indicator_scores(found)
    columns = list(scores)
    sheet = style.Sheet(
        title,
        words.say("compare.figure.indicators_subtitle", years=words.years(found.plan_years)),
        words.say("compare.figure.source"),
        size=(7.2, 1.9 + 0.3 * len(columns)),
    )
    sheet.key([(a.title[words.language], stroke(i)) for i, a in enumerate(found.alternatives)])
    names = [words.title(column.partition("[")[2].rstrip("]")) for column in columns]
    side = max(fonts.width(name, style.BODY) for name in names) + 0.15
    axes = sheet.axes(sheet.left + side, sheet.bottom + 0.25, sheet.right - 0.1, sheet.top - 0.05)
    values = np.array(list(scores.values())).T  # (alternatives, indicators)
    at = np.arange(len(columns))
    axes.hlines(at, values.min(axis=0), values.max(axis=0), color=style.FAINT, linewidth=2.0)
    for index, row in enumerate(values):
        options = {**stroke(index).options(), "linestyle": "", "markersize": 6}
        axes.plot(row, at, **options)
    axes.set_yticks(at, names)
    axes.tick_params(axis="y", labelcolor=style.INK)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.grid(False, axis="y")
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))
    axes.margins(x=0.05, y=0.08)
    return sheet.figure

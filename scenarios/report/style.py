"""How every chart looks: page, colours, marks and the places of texts.

Colours are those of Okabe and Ito, told apart by colour-blind readers; a hatch, a marker or a
line style says the same again. A sheet measures its texts with the font's own widths, so
nothing overlaps in either language, and nothing depends on the machine.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import Formatter, MaxNLocator

from scenarios.report import fonts
from scenarios.report.result import PlanName, Result
from scenarios.words import Words, number

INK = "#1f2a33"
QUIET = "#5b6770"
FAINT = "#c9d0d5"
GRID = "#e6eaed"
ACCENT = "#d55e00"

SECTOR_COLOUR = {
    "agriculture": "#009e73",
    "industry": "#0072b2",
    "services": "#e69f00",
    "all": "#9aa5ad",
}
SECTOR_HATCH = {"agriculture": "////", "industry": "", "services": "....", "all": "\\\\\\\\"}


@dataclass(frozen=True)
class Stroke:
    """How the line of a plan is drawn."""

    colour: str
    line: Any
    marker: str
    width: float
    filled: bool = True

    def options(self) -> dict[str, Any]:
        """Keyword arguments of ``Axes.plot``."""
        return {
            "color": self.colour,
            "linestyle": self.line,
            "linewidth": self.width,
            "marker": self.marker,
            "markersize": 4.2,
            "markerfacecolor": self.colour if self.filled else "white",
            "markeredgecolor": self.colour,
            "markeredgewidth": 1.0,
        }


PLAN_STROKE: Mapping[PlanName, Stroke] = {
    "optimal": Stroke(ACCENT, "-", "o", 2.0),
    "past_practice": Stroke("#34495e", (0, (5, 2)), "s", 1.4, filled=False),
    "no_cooperation": Stroke("#8a97a0", (0, (1.2, 1.8)), "^", 1.4, filled=False),
}
TARGET = Stroke("#111111", (0, (7, 2, 1.5, 2)), "", 1.1)

TITLE, SUBTITLE, BODY, SMALL = 12.5, 9.0, 8.5, 7.2
MARGIN = 0.22  # inches on every side of the sheet

RC: Any = {  # matplotlib types its keys one by one, but only in its newest versions
    "font.family": [fonts.FAMILY],
    "font.size": BODY,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": QUIET,
    "axes.labelsize": BODY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlesize": BODY + 0.5,
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # fixed: looking for room costs a tenth of the drawing
    "axes.formatter.useoffset": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "xtick.labelsize": BODY - 0.5,
    "ytick.labelsize": BODY - 0.5,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "hatch.linewidth": 0.55,
    "hatch.color": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "xieheng",
    "text.hinting": "none",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@contextmanager
def drawing() -> Iterator[None]:
    """The settings of the charts, for building and for writing; a missing glyph is an error."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        fonts.register()
        mpl.rcParams.update(RC)
        warnings.filterwarnings("error", message="Glyph .* missing")
        warnings.filterwarnings("error", message="findfont")
        yield


class Sheet:
    """A page of one chart: a reading as title, unit, room for panels, source.

    Lengths are in inches from the lower left corner; ``top``, ``bottom``, ``left`` and ``right``
    bound the room that is left.
    """

    def __init__(
        self, title: str, subtitle: str, source: str, size: tuple[float, float] = (7.2, 4.5)
    ) -> None:
        self.size = size
        self.figure = Figure(figsize=size)
        self.left, self.right = MARGIN, size[0] - MARGIN
        self.top, self.bottom = size[1] - MARGIN, MARGIN
        span = self.right - self.left
        for text, points, colour in ((title, TITLE, INK), (subtitle, SUBTITLE, QUIET)):
            lines = "\n".join(fonts.wrap(part, points, span) for part in text.split("\n"))
            self.write(self.left, self.top, lines, points, colour, va="top", linespacing=1.28)
            self.top -= (lines.count("\n") + 1) * points * 1.36 / 72 + 0.04
        self.top -= 0.06
        lines = fonts.wrap(source, SMALL, span)
        self.write(self.left, self.bottom, lines, SMALL, QUIET, va="bottom", linespacing=1.25)
        self.bottom += (lines.count("\n") + 1) * SMALL * 1.4 / 72 + 0.1

    def write(
        self, x: float, y: float, text: str, points: float, colour: str = INK, **options: Any
    ) -> None:
        """Text at a place of the page."""
        self.figure.text(
            x / self.size[0], y / self.size[1], text, fontsize=points, color=colour, **options
        )

    def axes(self, left: float, bottom: float, right: float, top: float, **options: Any) -> Axes:
        """A panel whose data area fills the given box."""
        w, h = self.size
        box = (left / w, bottom / h, (right - left) / w, (top - bottom) / h)
        return self.figure.add_axes(box, **options)

    def key(self, entries: Sequence[tuple[str, Stroke]]) -> None:
        """A line of line samples with their names, below the subtitle."""
        x, y = self.left, self.top - 0.08
        for name, stroke in entries:
            long = 0.34 + 0.07 + fonts.width(name, BODY) + 0.24
            if x + long > self.right + 0.24 and x > self.left:
                x, y = self.left, y - 0.2
            xs = [v / self.size[0] for v in (x, x + 0.17, x + 0.34)]
            sample = Line2D(
                xs,
                [y / self.size[1]] * 3,
                markevery=[1],
                transform=self.figure.transFigure,
                **stroke.options(),
            )
            self.figure.add_artist(sample)
            self.write(x + 0.41, y, name, BODY, va="center_baseline")
            x += long
        self.top = y - 0.2

    def swatch(self, x: float, y: float, side: float, **options: Any) -> None:
        """A filled square whose centre is at a place of the page."""
        w, h = self.size
        corner = ((x - side / 2) / w, (y - side / 2) / h)
        self.figure.add_artist(
            Rectangle(corner, side / w, side / h, transform=self.figure.transFigure, **options)
        )


def subtitle(words: Words, key: str, result: Result, **values: object) -> str:
    """What is measured, its unit and the price base."""
    return words.say(f"figure.{key}.subtitle", price_year=result.price_year, **values)


def banded(words: Words, key: str, result: Result) -> str:
    """The same; where the chart has bands, also what they are."""
    if result.bands is None:
        return subtitle(words, key, result)
    sample = words.say("bands.figure", sample=result.bands.sample(words))
    return f"{subtitle(words, key, result)}\n{sample}"


def source(words: Words, result: Result) -> str:
    """The line at the foot: who computed it, from what, on which assumptions."""
    return words.say(
        "figure.source",
        scenario=result.title[words.language],
        model=result.model.sha256[:8],
        price_year=result.price_year,
        assumptions=result.model.assumptions,
        parameters=result.model.parameters,
    )


def plan_key(words: Words, plans: Sequence[PlanName]) -> list[tuple[str, Stroke]]:
    """Names and strokes of plans."""
    return [(words.say(f"plan.{plan}"), PLAN_STROKE[plan]) for plan in plans]


def year_axis(axes: Axes, first: int, last: int, plan_from: int, *, step: int = 3) -> None:
    """Years as ticks, counted back from the last, and the line where the plan begins."""
    axes.set_xlim(first - 0.4, last + 0.4)
    axes.set_xticks([year for year in range(first, last + 1) if (last - year) % step == 0])
    if first < plan_from:
        axes.axvline(plan_from - 0.5, color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))


def mark_plan(axes: Axes, words: Words, plan_from: int, y: float = 1.0) -> None:
    """The words "before the plan" and "plan" at their line, at a height of the panel."""
    for sign, key, side in ((-1, "figure.history", "right"), (1, "figure.plan", "left")):
        axes.annotate(
            words.say(key),
            (plan_from - 0.5, y),
            xytext=(3.5 * sign, 0),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            ha=side,
            va="bottom",
            fontsize=SMALL,
            color=QUIET,
        )


class PlainNumbers(Formatter):
    """Tick labels with thousands separators, a true minus sign and only the decimals needed."""

    def __init__(self, *, signed: bool) -> None:
        self.signed = signed

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of a tick that stands alone."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The labels of all ticks of an axis, with the same decimals."""
        step = min((b - a for a, b in pairwise(values)), default=1.0)
        exact = (d for d in range(9) if all(abs(v - round(v, d)) < 1e-6 * step for v in values))
        digits = next(exact, 9)
        return [number(value, digits, signed=self.signed) for value in values]


def plain_numbers(axes: Axes, *, signed: bool = False, steps: int = 5) -> None:
    """Write the y ticks as :class:`PlainNumbers` with at most ``steps`` steps.

    Their number does not follow the panel's height, which titles of another language change.
    """
    axes.yaxis.set_major_locator(MaxNLocator(steps, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(PlainNumbers(signed=signed))


def named_rows(axes: Axes, names: Sequence[str], room: float, size: float = BODY) -> None:
    """Name the rows of a chart, from the top, in ``room`` inches at its left."""
    wrapped = [fonts.wrap(name, size, room) for name in names]
    axes.set_yticks(range(len(names)), wrapped, linespacing=1.05)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.grid(False, axis="y")


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Places moved as little as needed (in order) to be at least ``gap`` apart.

    Neighbours that are too close form a group that is spread evenly about its mean.
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[list[int]] = []
    middles: list[float] = []
    for index in order:
        groups.append([index])
        middles.append(places[index])
        while len(groups) > 1:
            reach = (len(groups[-1]) + len(groups[-2])) / 2 * gap
            if middles[-1] - middles[-2] >= reach:
                break
            joined = groups[-2] + groups[-1]
            groups[-2:] = [joined]
            middles[-2:] = [sum(places[i] for i in joined) / len(joined)]
    moved = [0.0] * len(places)
    for group, middle in zip(groups, middles, strict=True):
        for rank, index in enumerate(group):
            moved[index] = middle + (rank - (len(group) - 1) / 2) * gap
    return moved

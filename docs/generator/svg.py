"""Scalable drawings with real text: boxes, pipes and curved arrows that end at outlines.

Lengths are pixels of 1/96 inch, so an A4 page is 1123 by 794. Texts are measured with the
charts' font; a reader's machine sets them in the first font of :data:`FAMILY` that it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import combinations

from scenarios.report import fonts

INK, QUIET, FAINT = "#1f2a33", "#5b6770", "#c9d0d5"
PLUS, MINUS_COLOUR, OPEN = "#0072b2", "#d55e00", "#8a97a0"
FAMILY = (
    "'Noto Sans SC','Source Han Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',"
    "'Xieheng Sans SC',sans-serif"
)
LINE = 1.22  # of the size, from one line of text to the next

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """An upright rectangle by its middle."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        return (
            abs(point[0] - self.x) <= self.width / 2 + margin
            and abs(point[1] - self.y) <= self.height / 2 + margin
        )


@dataclass(frozen=True)
class Curve:
    """A quadratic Bezier curve."""

    start: Point
    control: Point
    end: Point

    def at(self, t: float) -> Point:
        u = 1 - t
        return (
            u * u * self.start[0] + 2 * u * t * self.control[0] + t * t * self.end[0],
            u * u * self.start[1] + 2 * u * t * self.control[1] + t * t * self.end[1],
        )

    def slope(self, t: float) -> Point:
        """The direction of travel, of length one."""
        u = 1 - t
        dx, dy = (
            2 * u * (self.control[i] - self.start[i]) + 2 * t * (self.end[i] - self.control[i])
            for i in (0, 1)
        )
        size = (dx * dx + dy * dy) ** 0.5 or 1.0
        return dx / size, dy / size

    def part(self, t0: float, t1: float) -> Curve:
        a, b = self.at(t0), self.at(t1)
        u = 1 - t0
        control = tuple(
            u * (1 - t1) * self.start[i]
            + (u * t1 + t0 * (1 - t1)) * self.control[i]
            + t0 * t1 * self.end[i]
            for i in (0, 1)
        )
        return Curve(a, (control[0], control[1]), b)


def bent(start: Point, end: Point, bend: float) -> Curve:
    """A curve that swings to the left of its way (for positive ``bend``, a share of its length)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    middle = (start[0] + end[0]) / 2 + bend * dy, (start[1] + end[1]) / 2 - bend * dx
    return Curve(start, middle, end)


def between(source: Box, target: Box, bend: float, margin: float = 3.0) -> Curve:
    """A bent curve from one outline to another."""
    whole = bent((source.x, source.y), (target.x, target.y), bend)
    ts = [i / 400 for i in range(401)]
    t0 = next((t for t in ts if not source.holds(whole.at(t), margin)), 0.0)
    t1 = next((t for t in reversed(ts) if not target.holds(whole.at(t), margin)), 1.0)
    return whole.part(min(t0, t1), t1)


def lines_of(text: str, size: float, limit: float) -> list[str]:
    """``text`` broken into lines no wider than ``limit``."""
    return fonts.wrap(text, size * 0.75, limit / 96).split("\n")


def label_lines(text: str, size: float, limit: float) -> list[str]:
    """A label in lines; an element in Chinese brackets goes to a line of its own."""
    head, bracket, inside = text.partition("（")
    if bracket and width_of([text], size) > limit:
        return [*lines_of(head, size, limit), bracket + inside]
    return lines_of(text, size, limit)


def width_of(lines: Sequence[str], size: float) -> float:
    return max(fonts.width(line, size * 0.75) * 96 for line in lines)


@dataclass
class Drawing:
    """What was drawn so far, in order; later things lie on top."""

    width: float
    height: float
    title: str
    parts: list[str] = field(default_factory=list)
    nodes: dict[str, Box] = field(default_factory=dict)  # what no arrow may cross
    links: list[tuple[str, str, Curve]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)

    def text(
        self,
        x: float,
        y: float,
        lines: Sequence[str] | str,
        size: float = 12.0,
        colour: str = INK,
        anchor: str = "middle",
        halo: bool = False,
    ) -> None:
        """Lines of text whose block is centred at ``y``."""
        rows = [lines] if isinstance(lines, str) else list(lines)
        top = y - (len(rows) - 1) / 2 * size * LINE + size * 0.36
        halo_style = (
            ' stroke="white" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
            if halo
            else ""
        )
        for i, row in enumerate(rows):
            self.add(
                f'<text x="{x:.1f}" y="{top + i * size * LINE:.1f}" font-size="{size:g}" '
                f'fill="{colour}" text-anchor="{anchor}"{halo_style}>{escape(row)}</text>'
            )

    def rectangle(
        self,
        box: Box,
        fill: str = "white",
        stroke: str = INK,
        line: float = 1.2,
        radius: float = 0.0,
    ) -> None:
        self.add(
            f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}" '
            f'width="{box.width:.1f}" height="{box.height:.1f}" rx="{radius:g}" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{line:g}"/>'
        )

    def curve(self, curve: Curve, colour: str, line: float = 1.3, dash: str = "") -> None:
        a, b, c = curve.start, curve.control, curve.end
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(
            f'<path d="M{a[0]:.1f},{a[1]:.1f} Q{b[0]:.1f},{b[1]:.1f} {c[0]:.1f},{c[1]:.1f}" '
            f'fill="none" stroke="{colour}" stroke-width="{line:g}"{dashed}/>'
        )

    def head(self, tip: Point, direction: Point, colour: str, size: float = 7.0) -> None:
        """An arrow head."""
        dx, dy = direction
        back = tip[0] - dx * size, tip[1] - dy * size
        half = size * 0.42
        points = (tip, (back[0] - dy * half, back[1] + dx * half),
                  (back[0] + dy * half, back[1] - dx * half))  # fmt: skip
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.add(f'<polygon points="{drawn}" fill="{colour}"/>')

    def arrow(
        self,
        curve: Curve,
        colour: str,
        sign: str = "",
        delayed: bool = False,
        line: float = 1.3,
        dash: str = "",
    ) -> None:
        """A curve with a head, its sign beside the head and two bars where time passes."""
        self.curve(curve, colour, line, dash)
        dx, dy = curve.slope(1.0)
        self.head(curve.end, (dx, dy), colour)
        if delayed:
            for shift in (-0.012, 0.012):
                self._bar(curve, shift, colour)
        if sign:
            side = 1 if dx >= 0 else -1  # above the line, or to its right when it runs upwards
            at = curve.end[0] - dx * 11 + dy * 8 * side, curve.end[1] - dy * 11 - dx * 8 * side
            self.text(*at, "+" if sign == "+" else "\N{MINUS SIGN}", 13, colour, halo=True)

    def _bar(self, curve: Curve, shift: float, colour: str) -> None:
        length = sum((curve.end[i] - curve.start[i]) ** 2 for i in (0, 1)) ** 0.5
        t = 0.42 + shift * 150 / max(length, 1.0)  # two bars are as far apart on any arrow
        x, y = curve.at(t)
        dx, dy = curve.slope(t)
        self.add(
            f'<line x1="{x - dy * 5:.1f}" y1="{y + dx * 5:.1f}" x2="{x + dy * 5:.1f}" '
            f'y2="{y - dx * 5:.1f}" stroke="{colour}" stroke-width="1.4"/>'
        )

    def collisions(self) -> list[str]:
        """Nodes that overlap, and arrows that run through a node that is not theirs."""
        found = [
            f"{one} overlaps {other}"
            for (one, a), (other, b) in combinations(self.nodes.items(), 2)
            if abs(a.x - b.x) < (a.width + b.width) / 2
            and abs(a.y - b.y) < (a.height + b.height) / 2
        ]
        for cause, effect, curve in self.links:
            way = [curve.at(i / 100) for i in range(101)]
            found += [
                f"{cause} > {effect} runs through {name}"
                for name, box in self.nodes.items()
                if name not in (cause, effect) and any(map(box.holds, way))
            ]
        return found

    def svg(self) -> str:
        """The file."""
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} '
                f'{self.height:g}" width="{self.width:g}" height="{self.height:g}" '
                f'font-family="{FAMILY}">',
                f"<title>{escape(self.title)}</title>",
                f'<rect width="{self.width:g}" height="{self.height:g}" fill="white"/>',
                *self.parts,
                "</svg>\n",
            ]
        )

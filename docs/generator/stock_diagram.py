"""The stock-and-flow diagram: blocks with their stocks and flows, and the main causal arrows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from models.loops import column_graph, shortest_path
from models.polarity import Sign, product

from .structure import Lang, Structure, rows
from .svg import (
    FAINT,
    INK,
    MINUS_COLOUR,
    OPEN,
    PLUS,
    QUIET,
    Box,
    Curve,
    Drawing,
    Point,
    between,
    label_lines,
    lines_of,
    width_of,
)

WIDTH, HEIGHT = 1123.0, 794.0  # A4, lying
SIZE = 11.0
STOCK = (98.0, 36.0)
PIPE = "#7b8790"
COLOUR = {"+": PLUS, "-": MINUS_COLOUR, "varies": OPEN, "none": OPEN}
TEXT = {
    "en": (
        "Stocks, flows and main causal links of the county model",
        "Box: stock. Double line with valve: flow; cloud: outside the model. Arrow: main causal "
        "link, perhaps through variables not shown (+ same way, \N{MINUS SIGN} opposite way). "
        "Valves without a name: rates written inside the stock's equation.",
    ),
    "zh": (
        "县域模型的存量、流量与主要因果联系",
        "方框：存量。带阀门的双线：流量；云：模型之外。箭头：主要因果联系，中间可能经过未画出的变量"
        "（+ 同向，\N{MINUS SIGN} 反向）。无名阀门：速率直接写在存量方程里。",
    ),
}


@dataclass(frozen=True)
class Flow:
    """A pipe: its ends, the box of its valve, and the variable it stands for ("" if none)."""

    name: str
    start: Point
    end: Point
    ends_in_cloud: tuple[bool, bool]
    label: str
    label_zh: str
    side: str  # of the valve, where its name stands

    @property
    def valve(self) -> Point:
        return (self.start[0] + self.end[0]) / 2, (self.start[1] + self.end[1]) / 2

    @property
    def upright(self) -> bool:
        return abs(self.end[0] - self.start[0]) < abs(self.end[1] - self.start[1])


def draw(known: Structure, lang: Lang) -> Drawing:
    """The diagram.

    Raises:
        ValueError: ``stock_places.csv`` or ``stock_arrows.csv`` shows what the model is not:
            an unknown variable, a flow that fills or empties none of its stocks, an arrow
            where nothing leads on.
    """
    title, legend = TEXT[lang]
    page = Drawing(WIDTH, HEIGHT, title)
    page.text(20, 32, title, 19, INK, "start")
    table = rows("stock_places.csv")
    for row in table:
        if row["what"] == "panel":
            x, y, x2, y2 = (float(row[key]) for key in ("x", "y", "x2", "y2"))
            page.rectangle(
                Box((x + x2) / 2, (y + y2) / 2, x2 - x, y2 - y), "#f7f9fa", FAINT, 0.8, 10
            )
    nodes = _nodes(known, table, lang)
    flows = [_flow(known, row, nodes) for row in table if row["what"] == "flow"]
    for flow in flows:
        _pipe(page, flow)
    targets = {name: box for name, (box, _) in nodes.items()}
    page.nodes.update(targets)
    targets.update({flow.name: Box(*flow.valve, 15, 15) for flow in flows if flow.name})
    for row in rows("stock_arrows.csv"):
        _arrow(page, known, row, targets)
    for name, (box, lines) in nodes.items():
        if _is_stock(known, name):
            page.rectangle(box, "white", INK, 1.2)
        page.text(box.x, box.y, lines, SIZE, halo=not _is_stock(known, name))
    for flow in flows:
        _valve(page, known, flow, lang)
    for row in table:
        if row["what"] == "panel":
            name = row["label"] if lang == "en" else row["label_zh"]
            x, y = float(row["x"]) + 12, float(row["y"]) + 15
            page.text(x, y, name, 12, QUIET, "start", halo=True)
    page.text(20, 762, lines_of(legend, 10.5, 1080), 10.5, QUIET, "start")
    return page


def _is_stock(known: Structure, name: str) -> bool:
    return known.model.variables[name.partition("[")[0]].kind == "stock"


def _nodes(
    known: Structure, table: list[dict[str, str]], lang: Lang
) -> dict[str, tuple[Box, list[str]]]:
    found = {}
    for row in table:
        if row["what"] not in ("stock", "aux"):
            continue
        name = row["name"]
        if name.partition("[")[0] not in known.model.variables:
            raise ValueError(f"stock_places.csv: the model has no '{name}'")
        if (row["what"] == "stock") != _is_stock(known, name):
            raise ValueError(f"stock_places.csv: '{name}' is no {row['what']}")
        own = row["label"] if lang == "en" else row["label_zh"]
        lines = label_lines(own or known.catalogue.label(name, lang), SIZE, STOCK[0] - 6)
        x, y = float(row["x"]), float(row["y"])
        if row["what"] == "stock":
            wide, high = (
                float(row[key] or size) for key, size in zip(("x2", "y2"), STOCK, strict=True)
            )
        else:
            wide, high = width_of(lines, SIZE) + 6, len(lines) * SIZE * 1.22 + 4
        found[name] = (Box(x, y, wide, high), lines)
    return found


def _flow(known: Structure, row: dict[str, str], nodes: dict[str, tuple[Box, list[str]]]) -> Flow:
    name, source, target = row["name"], row["x"], row["y"]
    _check_flow(known, name, source.partition(":")[0], target.partition(":")[0])
    toward = _point(target, nodes)
    away = _point(source, nodes)
    start = _outline(source, nodes, toward)
    end = _outline(target, nodes, away)
    if abs(end[0] - start[0]) < abs(end[1] - start[1]):
        start = (end[0], start[1]) if not source.startswith("cloud") else start
    else:
        end = (end[0], start[1]) if source.partition(":")[2] else end
    clouds = source.startswith("cloud"), target.startswith("cloud")
    return Flow(name, start, end, clouds, row["label"], row["label_zh"], row["x2"])


def _point(place: str, nodes: dict[str, tuple[Box, list[str]]]) -> Point:
    head, *numbers = place.split(":")
    if head == "cloud":
        return float(numbers[0]), float(numbers[1])
    box = nodes[head][0]
    if not numbers:
        return box.x, box.y
    axis, along = numbers[0][0], float(numbers[0][1:])
    return (along, box.y) if axis == "x" else (box.x, along)


def _outline(place: str, nodes: dict[str, tuple[Box, list[str]]], other: Point) -> Point:
    """Where a pipe meets its end: the rim of a cloud, the side of a stock."""
    x, y = _point(place, nodes)
    upright = abs(other[0] - x) < abs(other[1] - y)
    half = (10.0, 8.0)
    if not place.startswith("cloud"):
        box = nodes[place.partition(":")[0]][0]
        half = (box.width / 2, box.height / 2)
        if not upright:
            x = box.x
        else:
            y = box.y
    if upright:
        return x, y + (half[1] if other[1] > y else -half[1])
    return x + (half[0] if other[0] > x else -half[0]), y


def _check_flow(known: Structure, name: str, source: str, target: str) -> None:
    """A named flow must fill its target, or empty its source, or be a part of what does."""
    if not name:
        return
    signs = known.signs
    columns = known.model.variables[name].columns

    def felt(stock: str, wanted: Sign) -> bool:
        return any(
            effect.startswith(stock.partition("[")[0])
            and cause in columns
            and sign in (wanted, "varies")
            for (cause, effect), sign in signs.items()
        )

    outflows = {cause for (cause, effect), sign in signs.items()
                if effect.startswith(source.partition("[")[0]) and sign == "-"}  # fmt: skip
    part = any(cause in outflows and effect in columns for cause, effect in signs)
    if not (felt(target, "+") or felt(source, "-") or part):
        raise ValueError(f"stock_places.csv: '{name}' neither fills {target} nor empties {source}")


def _pipe(page: Drawing, flow: Flow) -> None:
    (x0, y0), (x1, y1) = flow.start, flow.end
    dx, dy = x1 - x0, y1 - y0
    length = (dx * dx + dy * dy) ** 0.5
    ux, uy = dx / length, dy / length
    stop = x1 - ux * 6, y1 - uy * 6
    for colour, line in ((PIPE, 5.0), ("white", 2.4)):
        page.curve(Curve((x0, y0), ((x0 + stop[0]) / 2, (y0 + stop[1]) / 2), stop), colour, line)
    page.head((x1, y1), (ux, uy), PIPE, 9)
    for place, cloud in zip((flow.start, flow.end), flow.ends_in_cloud, strict=True):
        if cloud:
            side = -1 if place == flow.start else 1
            _cloud(page, place[0] + ux * 10 * side, place[1] + uy * 8 * side)


def _cloud(page: Drawing, x: float, y: float) -> None:
    circles = ((-6, 1, 5), (0, -3, 6), (6, 1, 5), (0, 3, 5))
    for line in (1.0, 0.0):
        for dx, dy, radius in circles:
            stroke = f'stroke="{PIPE}" stroke-width="1.6"' if line else 'stroke="none"'
            page.add(
                f'<circle cx="{x + dx:.1f}" cy="{y + dy:.1f}" r="{radius}" fill="white" {stroke}/>'
            )


def _valve(page: Drawing, known: Structure, flow: Flow, lang: Lang) -> None:
    x, y = flow.valve
    w = 6.0
    shape = (
        f"M{x - w},{y - w} L{x + w},{y - w} L{x - w},{y + w} L{x + w},{y + w} Z"
        if not flow.upright
        else f"M{x - w},{y - w} L{x - w},{y + w} L{x + w},{y - w} L{x + w},{y + w} Z"
    )
    page.add(f'<path d="{shape}" fill="white" stroke="{INK}" stroke-width="1.1"/>')
    own = flow.label if lang == "en" else flow.label_zh
    label = own or (known.catalogue.label(flow.name, lang) if flow.name else "")
    if not label:
        return
    size = SIZE - 1
    if flow.upright:
        lines, left = label_lines(label, size, 76), flow.side == "left"
        page.text(
            x + (-10 if left else 10),
            y + 12 * left,
            lines,
            size,
            INK,
            "end" if left else "start",
            True,
        )
        return
    lines = label_lines(label, size, max(62, abs(flow.end[0] - flow.start[0]) - 2))
    reach = 9 + len(lines) * size * 0.62
    page.text(x, y + (-reach if flow.side == "above" else reach), lines, size, INK, halo=True)


def _arrow(page: Drawing, known: Structure, row: dict[str, str], targets: dict[str, Box]) -> None:
    """An arrow with the sign of the shortest way from its cause to its effect."""
    path = shortest_path(column_graph(known.model), row["cause"], row["effect"])
    if not path:
        raise ValueError(
            f"stock_arrows.csv: nothing leads from '{row['cause']}' to '{row['effect']}'"
        )
    sign = product(known.signs[step] for step in pairwise(path))
    cause, effect = (
        name if name in targets else name.partition("[")[0]
        for name in (row["cause"], row["effect"])
    )
    curve = between(targets[cause], targets[effect], float(row["bend"]), 2.0)
    page.links.append((cause, effect, curve))
    page.arrow(curve, COLOUR[sign], sign if sign in "+-" else "", line=1.1)

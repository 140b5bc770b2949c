"""The causal loop diagram of the named loops and chains."""

from __future__ import annotations

from .structure import Lang, Step, Structure, rows
from .svg import (
    FAINT,
    INK,
    MINUS_COLOUR,
    OPEN,
    PLUS,
    QUIET,
    Box,
    Drawing,
    between,
    label_lines,
    width_of,
)

WIDTH, HEIGHT = 1123.0, 794.0  # A4, lying
SIZE = 12.0
COLOUR = {"+": PLUS, "-": MINUS_COLOUR, "varies": OPEN, "none": OPEN}
TEXT = {
    "en": {
        "title": "Feedback loops of the county model",
        "left": "Two governments, projects and people (paper 4.1, 4.2, 5.1, 5.2)",
        "right": "Shelter, farmers and insurance (paper 4.3, 5.3)",
        "legend": "Arrow: moves the same way (+), the opposite way (\N{MINUS SIGN}); two bars: "
        "it takes time. R reinforcing, B balancing loop; C chain that does not close.",
    },
    "zh": {
        "title": "县域模型的反馈环",
        "left": "两地政府、项目与人才（论文4.1、4.2、5.1、5.2）",
        "right": "政策保护、农户与保险（论文4.3、5.3）",
        "legend": "箭头：同向变化（+），反向变化（\N{MINUS SIGN}）；双杠：需要时间。"
        "R 增强环，B 平衡环，C 不闭合的因果链。",
    },
}


def places(what: str) -> dict[str, tuple[float, float]]:
    """Hand-set places of nodes or marks."""
    return {
        row["name"]: (float(row["x"]), float(row["y"]))
        for row in rows("loop_places.csv")
        if row["what"] == what
    }


def shown_steps(known: Structure) -> list[Step]:
    """The arrows of the loops that have a mark in the diagram, each once."""
    shown, marks = frozenset(places("node")), places("mark")
    found: dict[tuple[str, str], Step] = {}
    for named, loop in known.named:
        if named.id not in marks:
            continue
        for step in known.steps(loop, shown):
            kept = found.setdefault((step.cause, step.effect), step)
            if kept.sign != step.sign:
                raise ValueError(
                    f"'{step.cause}' acts on '{step.effect}' in two ways: show a member between"
                )
    return list(found.values())


def draw(known: Structure, lang: Lang) -> Drawing:
    """The diagram.

    Raises:
        ValueError: a place in ``loop_places.csv`` is no column of the model or on no loop.
    """
    text = TEXT[lang]
    page = Drawing(WIDTH, HEIGHT, text["title"])
    page.text(26, 34, text["title"], 19, INK, "start")
    page.rectangle(Box(297, 376, 558, 632), "#f7f9fa", FAINT, 0.8, 10)
    page.rectangle(Box(860, 376, 508, 632), "#f7f9fa", FAINT, 0.8, 10)
    page.text(32, 76, text["left"], 12.5, QUIET, "start")
    page.text(620, 76, text["right"], 12.5, QUIET, "start")
    steps = shown_steps(known)
    boxes = _boxes(known, lang)
    page.nodes.update(boxes)
    lonely = set(boxes) - {name for step in steps for name in (step.cause, step.effect)}
    if lonely:
        raise ValueError(f"on no named loop: {', '.join(sorted(lonely))}")
    bends = {(row["cause"], row["effect"]): float(row["bend"]) for row in rows("loop_bends.csv")}
    for step in steps:
        bend = bends.get((step.cause, step.effect), 0.1)
        curve = between(boxes[step.cause], boxes[step.effect], bend)
        page.links.append((step.cause, step.effect, curve))
        page.arrow(curve, COLOUR[step.sign], step.sign, step.delayed)
    for name, box in boxes.items():
        stock = known.model.variables[name.partition("[")[0]].kind == "stock"
        lines = _label(known, name, lang)
        if stock:
            page.rectangle(box, "white", INK, 1.1)
        page.text(box.x, box.y, lines, SIZE)
    for name, (x, y) in places("mark").items():
        _mark(page, x, y, name)
    _names(page, known, lang)
    return page


def _label(known: Structure, name: str, lang: Lang) -> list[str]:
    short = next(row for row in rows("loop_places.csv") if row["name"] == name)
    label = short["short" if lang == "en" else "short_zh"] or known.catalogue.label(name, lang)
    return label_lines(label, SIZE, 112 if lang == "en" else 100)


def _boxes(known: Structure, lang: Lang) -> dict[str, Box]:
    boxes = {}
    columns = {*known.model.columns, *known.model.lookups}
    for name, (x, y) in places("node").items():
        if name not in columns:
            raise ValueError(f"loop_places.csv: '{name}' is no column of the model")
        lines = _label(known, name, lang)
        boxes[name] = Box(x, y, width_of(lines, SIZE) + 10, len(lines) * SIZE * 1.22 + 6)
    return boxes


def _mark(page: Drawing, x: float, y: float, name: str) -> None:
    """A loop's name in a ring with an arrow, or a chain's in a plain capsule."""
    if name.startswith("C"):
        page.rectangle(Box(x, y, 26, 16), "white", QUIET, 1.0, 8)
        page.text(x, y, name, 11, QUIET)
        return
    colour = INK
    page.add(f'<circle cx="{x:g}" cy="{y:g}" r="13" fill="white" fill-opacity="0.85"/>')
    page.add(
        f'<path d="M{x - 9.2:.1f},{y - 9.2:.1f} A13,13 0 1 1 {x - 13:.1f},{y:.1f}" '
        f'fill="none" stroke="{colour}" stroke-width="1.2"/>'
    )
    page.head((x - 12.2, y - 3.5), (0.25, -0.97), colour, 6)
    page.text(x, y, name, 11, colour)


def _names(page: Drawing, known: Structure, lang: Lang) -> None:
    """The key: names of all loops and chains in columns, and the legend."""
    named = [item for item, _ in known.named if item.id in places("mark")]
    columns = 6
    height = -(-len(named) // columns)
    for i, item in enumerate(named):
        x, y = 26 + (i // height) * 182, 710 + (i % height) * 14.5
        title = item.en if lang == "en" else item.zh
        page.text(x, y, item.id, 11, QUIET, "start")
        page.text(x + 24, y, title, 11, INK, "start")
    page.text(26, 710 + height * 14.5 + 8, TEXT[lang]["legend"], 10.5, QUIET, "start")

"""A syntax tree written out again as Vensim text, to name the part of an equation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .functions import spelled
from .source import key

_LEVEL = {":OR:": 0, ":AND:": 0, "=": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}
_FUNCTIONS = {
    "SmoothStructure": "SMOOTHI",
    "SmoothNStructure": "SMOOTH N",
    "DelayStructure": "DELAYI",
    "DelayNStructure": "DELAY N",
    "DelayFixedStructure": "DELAY FIXED",
    "TrendStructure": "TREND",
    "ForecastStructure": "FORECAST",
    "SampleIfTrueStructure": "SAMPLE IF TRUE",
    "InitialStructure": "INITIAL",
    "IntegStructure": "INTEG",
    "GameStructure": "GAME",
    "InlineLookupsStructure": "WITH LOOKUP",
}


def text(tree: Any, names: Mapping[str, str]) -> str:
    """Vensim text of a tree; ``names`` gives variables as their author wrote them."""
    return _text(tree, names)[0]


def _text(tree: Any, names: Mapping[str, str]) -> tuple[str, int]:
    """The text and how tightly it binds (9: an atom)."""
    kind = type(tree).__name__
    if isinstance(tree, int | float):
        return f"{tree:.15g}", 9 if tree >= 0 else 5
    if kind == "ReferenceStructure":
        return _reference(tree, names), 9
    if kind == "CallStructure":
        name = _reference(tree.function, names)
        if key(tree.function.reference) not in names:
            name = spelled(tree.function.reference)
        return f"{name}({_listed(tree.arguments, names)})", 9
    if kind in ("ArithmeticStructure", "LogicStructure"):
        return _operation(tree, names)
    if kind in _FUNCTIONS:
        parts = [part for name, part in vars(tree).items() if name not in ("order", "lookups")]
        return f"{_FUNCTIONS[kind]}({_listed([p for p in parts if _shown(p)], names)})", 9
    return str(tree), 9


def _shown(part: Any) -> bool:
    return not isinstance(part, bool | str)


def _listed(parts: Any, names: Mapping[str, str]) -> str:
    return ", ".join(
        f"'{part}'" if isinstance(part, str) else _text(part, names)[0] for part in parts
    )


def _reference(tree: Any, names: Mapping[str, str]) -> str:
    name = names.get(key(tree.reference), tree.reference.replace("_", " "))
    if tree.subscripts:
        inside = (item.rstrip("!") for item in tree.subscripts.subscripts)
        marks = ("!" * item.endswith("!") for item in tree.subscripts.subscripts)
        listed = (
            names.get(key(item), item) + mark for item, mark in zip(inside, marks, strict=True)
        )
        return f"{name}[{', '.join(listed)}]"
    return str(name)


def _operation(tree: Any, names: Mapping[str, str]) -> tuple[str, int]:
    operators = [item.upper() for item in tree.operators]
    if operators[-1] in ("NEGATIVE", ":NOT:"):
        inner, binds = _text(tree.arguments[0], names)
        mark, level = ("-", 5) if operators[-1] == "NEGATIVE" else (":NOT: ", 1)
        return mark + (inner if binds > level else f"({inner})"), level
    level = _LEVEL.get(operators[0], 2)
    pieces = []
    for place, argument in enumerate(tree.arguments):
        inner, binds = _text(argument, names)
        pieces.append(inner if binds > level else f"({inner})")
        if place < len(operators):
            pieces.append(operators[place])
    return (" " if level != 6 else "").join(pieces), level

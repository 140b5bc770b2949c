"""Deep expressions cut into slots: generated code is not nested deeper than compilers follow.

Python's parser gives up at 200 brackets within brackets, and its compiler at some thousand terms
in a row. The values stay the same to the bit, as the order of evaluation does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from .equations import Expr, Slot

DEEPEST = 25  # expressions within one another
LONGEST = 200  # terms of a chain such as a + b - c
_TRUTHS = ("cmp", "and", "or", "not")
_LEAVES = ("num", "slot", "time", "step", "delayed")


class Slots(Protocol):
    """Where cut parts go: the lowering under way."""

    slots: list[Slot]

    def slot(self, slot: Slot) -> int: ...


def flatten(lowering: Slots) -> None:
    """Cut every expression of the slots that is too deep or too long.

    Raises:
        Refusal: the model would have too many slots.
    """
    for index, slot in enumerate(list(lowering.slots)):

        def name(expr: Expr, owner: str = slot.variable) -> Expr:
            return ("slot", lowering.slot(Slot("", owner, "equation", expr)))

        made = [
            None if expr is None else _cut(expr, name)[0]
            for expr in (slot.expr, slot.initial, slot.following)
        ]
        if any(new is not old for new, old in zip(made, _expressions(slot), strict=True)):
            lowering.slots[index] = replace(slot, expr=made[0], initial=made[1], following=made[2])


def _expressions(slot: Slot) -> tuple[Expr | None, ...]:
    return slot.expr, slot.initial, slot.following


def _cut(expr: Expr, name: Callable[[Expr], Expr]) -> tuple[Expr, int]:
    """The expression with its deep parts named, and how deep it is now; itself if it is shallow."""
    if expr[0] in _LEAVES:
        return expr, 0
    deepest, changed = 0, False

    def cut(part: Expr) -> Expr:
        nonlocal deepest, changed
        new, depth = _cut(part, name)
        if depth >= DEEPEST:
            new, depth = _named(new, name), 1
        deepest, changed = max(deepest, depth), changed or new is not part
        return new

    parts: list[object] = []
    for part in expr:
        if not isinstance(part, tuple) or not part:
            parts.append(part)
        elif isinstance(part[0], str):
            parts.append(cut(part))
        else:
            parts.append(tuple(cut(item) for item in part))
    made: Expr = tuple(parts) if changed else expr
    while made[0] == "chain" and len(made[2]) > LONGEST:
        _, operators, terms = made
        head = name(("chain", operators[: LONGEST - 1], terms[:LONGEST]))
        made = ("chain", operators[LONGEST - 1 :], (head, *terms[LONGEST:]))
    return made, deepest + 1


def _named(expr: Expr, name: Callable[[Expr], Expr]) -> Expr:
    if expr[0] in _TRUTHS:
        return ("cmp", "!=", name(("if", expr, ("num", 1.0), ("num", 0.0))), ("num", 0.0))
    return name(expr)

"""Powers of one step, computed together.

A single call of NumPy's power costs as much as fifty multiplications, ten at once hardly
more than one. So equations are put into levels: those that need no power, then the powers
that these allow, then the equations that need those, and so on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .emit import Emitter
from .equations import Expr, slots_of

_LAZY = ("if", "and", "or", "not", "cmp", "active")  # parts of these may not be computed at all
_CHEAP = (("num", 2.0), ("num", 0.5))


class _Levels:
    def __init__(self) -> None:
        self.of_slot: dict[int, int] = {}
        self.powers: dict[int, list[tuple[str, Expr, Expr]]] = defaultdict(list)
        self.count = 0

    def lift(self, expr: Expr) -> tuple[Expr, int]:
        """The expression with its powers taken out, and the level it can be computed at."""
        kind = expr[0]
        if kind in _LAZY or (kind == "fn" and expr[1] in ("xidz", "zidz")):
            return expr, max((self.of_slot.get(slot, 0) for slot in slots_of(expr)), default=0)
        if kind in ("num", "time", "step"):
            return expr, 0
        if kind in ("slot", "delayed"):
            return expr, self.of_slot.get(expr[1], 0)
        parts: list[object] = []
        level = 0
        for part in expr:
            if isinstance(part, tuple) and part and isinstance(part[0], str):
                lifted, at = self.lift(part)
                parts.append(lifted)
            elif isinstance(part, tuple):
                pairs = [self.lift(item) for item in part]
                parts.append(tuple(lifted for lifted, _ in pairs))
                at = max((inner for _, inner in pairs), default=0)
            else:
                parts.append(part)
                continue
            level = max(level, at)
        made: Expr = tuple(parts)
        if kind == "pow" and made[2] not in _CHEAP:
            self.count += 1
            name = f"p{self.count}"
            self.powers[level].append((name, made[1], made[2]))
            return ("lifted", name), level + 1
        return made, level


def grouped(lines: Sequence[tuple[int, Expr]], emitter: Emitter) -> list[str]:
    """Source of equations given in an order in which they can be computed."""
    levels = _Levels()
    texts: dict[int, list[str]] = defaultdict(list)
    for index, expr in lines:
        lifted, level = levels.lift(expr)
        levels.of_slot[index] = level
        texts[level].append(f"v{index} = {emitter.text(lifted)}")
    result: list[str] = []
    for level in range(max([*texts, *levels.powers], default=-1) + 1):
        result += texts[level]
        group = levels.powers[level]
        bases = [emitter.text(base) for _, base, _ in group]
        exponents = [emitter.text(exponent) for _, _, exponent in group]
        if len(group) == 1:
            result.append(f"{group[0][0]} = power({bases[0]}, {exponents[0]})")
        elif group:
            names = ", ".join(name for name, _, _ in group)
            result.append(f"{names} = powers(({', '.join(bases)}), ({', '.join(exponents)}))")
    return result

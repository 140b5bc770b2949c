"""Arithmetic on literals, done once."""

from __future__ import annotations

from collections.abc import Callable

from .equations import Expr


def value_of(
    expr: Expr,
    constant: Callable[[int], float | None] | None = None,
    seen: set[int] | None = None,
) -> float | None:
    """The value of an expression of literals, or None if it is more than that.

    ``constant`` may tell the value of a slot; the slots that were asked go to ``seen``.
    """
    kind = expr[0]
    if kind == "num":
        return float(expr[1])
    if kind == "slot" and constant is not None:
        if seen is not None:
            seen.add(expr[1])
        return constant(expr[1])
    if kind == "neg":
        inner = value_of(expr[1], constant, seen)
        return None if inner is None else -inner
    try:
        if kind == "pow":
            base, exponent = (value_of(part, constant, seen) for part in expr[1:])
            if base is None or exponent is None:
                return None
            result = base**exponent
            return float(result) if isinstance(result, float) else None
        if kind == "chain":
            parts = [value_of(part, constant, seen) for part in expr[2]]
            total = parts[0]
            for operator, part in zip(expr[1], parts[1:], strict=True):
                if total is None or part is None:
                    return None
                total = _APPLY[operator](total, part)
            return total
    except (ZeroDivisionError, OverflowError):
        return None
    return None


_APPLY: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}

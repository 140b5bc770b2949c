"""What each Vensim function asks of the units of its arguments, and the unit it gives.

A rule is written as arguments ``->`` result. ``a`` and ``b`` stand for any unit, the same
letter for the same unit; ``1`` is dimensionless, ``t`` the unit of time, ``_`` is not looked
at. Results may be products such as ``a/b``, ``a*t`` or ``a^0.5``.
"""

from __future__ import annotations

from fractions import Fraction

from .units import DIMENSIONLESS, Unit

RULES: dict[str, str] = {
    "abs": "a -> a",
    "active_initial": "a a -> a",
    "arccos": "1 -> 1",
    "arcsin": "1 -> 1",
    "arctan": "1 -> 1",
    "cos": "1 -> 1",
    "cosh": "1 -> 1",
    "elmcount": "_ -> 1",
    "exp": "1 -> 1",
    "if_then_else": "_ a a -> a",
    "integer": "a -> a",
    "ln": "1 -> 1",
    "log": "1 1 -> 1",
    "max": "a a -> a",
    "min": "a a -> a",
    "modulo": "a a -> a",
    "pulse": "t t -> 1",
    "pulse_train": "t t t t -> 1",
    "quantum": "a a -> a",
    "ramp": "a t t -> a*t",
    "random_0_1": "-> 1",
    "random_normal": "a a a a _ -> a",
    "random_uniform": "a a _ -> a",
    "sin": "1 -> 1",
    "sinh": "1 -> 1",
    "sqrt": "a -> a^0.5",
    "step": "a t -> a",
    "sum": "a -> a",
    "tan": "1 -> 1",
    "tanh": "1 -> 1",
    "vmax": "a -> a",
    "vmin": "a -> a",
    "xidz": "a b a/b -> a/b",
    "zidz": "a b -> a/b",
}

# The functions that PySD's translator gives as structures: their fields in order of the rule.
STRUCTURES: dict[str, tuple[tuple[str, ...], str]] = {
    "SmoothStructure": (("input", "smooth_time", "initial"), "a t a -> a"),
    "SmoothNStructure": (("input", "smooth_time", "initial", "order"), "a t a 1 -> a"),
    "DelayStructure": (("input", "delay_time", "initial"), "a t a -> a"),
    "DelayNStructure": (("input", "delay_time", "initial", "order"), "a t a 1 -> a"),
    "DelayFixedStructure": (("input", "delay_time", "initial"), "a t a -> a"),
    "TrendStructure": (("input", "average_time", "initial_trend"), "a t 1/t -> 1/t"),
    "ForecastStructure": (("input", "average_time", "horizon", "initial_trend"), "a t t 1 -> a"),
    "SampleIfTrueStructure": (("condition", "input", "initial"), "_ a a -> a"),
    "InitialStructure": (("initial",), "a -> a"),
    "GameStructure": (("expression",), "a -> a"),
    "IntegStructure": (("flow", "initial"), "a a*t -> a*t"),
}


def sides(rule: str) -> tuple[list[str], str]:
    """A rule's arguments and its result."""
    arguments, _, result = rule.partition("->")
    return arguments.split(), result.strip()


def value(term: str, known: dict[str, Unit | None]) -> Unit | None:
    """The unit that a term of a rule means; None while one of its letters is not known."""
    unit: Unit | None = DIMENSIONLESS
    sign = Fraction(1)
    for piece in term.replace("*", " * ").replace("/", " / ").split():
        if piece in "*/":
            sign = Fraction(1 if piece == "*" else -1)
            continue
        letter, _, power = piece.partition("^")
        found = DIMENSIONLESS if letter == "1" else known.get(letter)
        if unit is None or found is None:
            return None
        unit = unit * found ** (sign * Fraction(power or 1))
    return unit

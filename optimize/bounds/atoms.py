"""What is known of each kind of atom: value, slopes, range, and the size of its remainder.

Every function takes the values or ranges of the atom's forms at one step. The remainder of
an atom about ``at`` is its value less value and slopes there; it is exactly the sum over its
terms of ``c * alpha * beta`` (see :mod:`optimize.bounds.expand`), and :func:`coefficient`
bounds ``c``.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from optimize.bounds.forms import Atom
from optimize.problem import Matrix, Vector

Range = tuple[float, float]
TINY = 1e-150  # its square is still a number
NEAR = 1e-3  # relative distance below which a divided difference is bounded by the derivative


class NoRange(ArithmeticError):
    """A range reaches where an equation is not defined: no bound for this region."""

    def __init__(self, atom: Atom, value: float) -> None:
        super().__init__(f"{atom.kind} of a quantity that may be {value:g}")
        self.atom = atom


def times(a: Range, b: Range) -> Range:
    """Range of a product."""
    ends = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    return min(ends), max(ends)


def squared(a: Range) -> Range:
    """Range of a square."""
    ends = a[0] ** 2, a[1] ** 2
    return (0.0 if a[0] <= 0.0 <= a[1] else min(ends)), max(ends)


def value_of(atom: Atom, at: Vector) -> float:
    """Value of an atom from the values of its forms."""
    if atom.kind == "product":
        return float(at[0] * at[1])
    if atom.kind == "quotient":
        return float(at[0] / at[1])
    if atom.kind == "harmonic":
        return float(at[0] * at[1] / at[2])
    if atom.kind == "power":
        return float(at[0] ** atom.exponent)
    if atom.kind == "hinge":
        return float(max(at[0], 0.0))
    return float(np.sqrt(np.sum(at * at)))


def gradient_of(atom: Atom, at: Matrix, value: Vector) -> Matrix:
    """Slopes (K, forms of the atom) at values ``at`` (K, forms)."""
    if atom.kind == "product":
        return np.stack([at[:, 1], at[:, 0]], axis=1)
    if atom.kind == "quotient":
        return np.stack([1.0 / at[:, 1], -value / at[:, 1]], axis=1)
    if atom.kind == "harmonic":
        # As a function of A and B alone; the form D only tells the range of s A + t B.
        assert atom.weights is not None
        s, t = atom.weights
        a, b, d = at.T
        return np.stack([t * b * b / (d * d), s * a * a / (d * d), np.zeros_like(d)], axis=1)
    if atom.kind == "power":
        return np.asarray(atom.exponent * at ** (atom.exponent - 1.0))
    if atom.kind == "hinge":
        return np.where(at > 0.0, 1.0, 0.0)
    return np.asarray(at / value[:, None])


def image(atom: Atom, low: Vector, high: Vector, step: int) -> Range:
    """Range of an atom's value where its forms lie between ``low`` and ``high``."""
    if atom.kind == "product":
        if atom.forms[0] == atom.forms[1]:
            ends = float(low[0] ** 2), float(high[0] ** 2)
            return (0.0 if low[0] <= 0.0 <= high[0] else min(ends)), max(ends)
        return times((low[0], high[0]), (low[1], high[1]))
    if atom.kind == "quotient":
        _positive(atom, low[1])
        return times((low[0], high[0]), (1.0 / high[1], 1.0 / low[1]))
    if atom.kind == "harmonic":
        _positive(atom, low[2])
        if low[0] > 0.0 and low[1] > 0.0:  # rises with both
            s, t = _weights(atom, step)
            return 1.0 / (s / low[1] + t / low[0]), 1.0 / (s / high[1] + t / high[0])
        above = times((low[0], high[0]), (low[1], high[1]))
        return times(above, (1.0 / high[2], 1.0 / low[2]))
    if atom.kind == "power":
        _defined(atom, low[0])
        ends = float(low[0] ** atom.exponent), float(high[0] ** atom.exponent)
        return min(ends), max(ends)
    if atom.kind == "hinge":
        return max(float(low[0]), 0.0), max(float(high[0]), 0.0)
    near, far = _distances(low, high)
    return near, far


def coefficient(atom: Atom, at: Vector, low: Vector, high: Vector, step: int) -> Range:
    """Range of ``c`` where the atom's forms lie between ``low`` and ``high``."""
    if atom.kind == "product":
        return 1.0, 1.0
    if atom.kind == "quotient":
        _positive(atom, low[1])
        return -1.0 / (at[1] * low[1]), -1.0 / (at[1] * high[1])
    if atom.kind == "harmonic":
        _positive(atom, low[2])
        s, t = _weights(atom, step)
        return -s * t / low[2], -s * t / high[2]
    if atom.kind == "power":
        _defined(atom, low[0])
        ends = [_second(at[0], end, atom.exponent) for end in (low[0], high[0])]
        return min(e[0] for e in ends), max(e[1] for e in ends)
    if atom.kind == "hinge":
        return 0.0, _hinge(float(at[0]), float(low[0]), float(high[0]))
    length = float(np.sqrt(np.sum(at * at)))
    near, far = _distances(low, high)
    least = near * length + float(np.minimum(at * low, at * high).sum())
    most = far * length + float(np.maximum(at * low, at * high).sum())
    _positive(atom, least)
    return length / most, length / least


def corners(
    atom: Atom, at: Vector, value: float, slope: Vector, inside: Matrix, step: int
) -> Range:
    """Range of the remainder: of a concave or convex atom it is 0 or, farthest, at a corner.

    ``inside`` (2, forms) are the ranges of the forms. Unlimited for other atoms.
    """
    low, high = inside
    if atom.kind in ("power", "hinge"):
        ends = [value_of(atom, x[None]) - value - slope[0] * (x - at[0]) for x in (low[0], high[0])]
        return float(min(0.0, *ends)), float(max(0.0, *ends))
    if atom.kind == "harmonic" and low[0] >= 0.0 and low[1] >= 0.0:
        s, t = _weights(atom, step)
        found = []
        for a, b in product((low[0], high[0]), (low[1], high[1])):
            here = a * b / (s * a + t * b) if a * b > 0.0 else 0.0
            found.append(here - value - slope[0] * (a - at[0]) - slope[1] * (b - at[1]))
        return float(min(0.0, *found)), 0.0
    return -np.inf, np.inf


def partials(atom: Atom, inside: Matrix, step: int) -> Matrix:
    """Ranges (forms, 2) of an atom's slopes; unlimited where not known."""
    low, high = inside
    found = np.tile([-np.inf, np.inf], (len(low), 1))
    if atom.kind == "harmonic" and low[0] >= 0.0 and low[1] >= 0.0:
        s, t = _weights(atom, step)
        found[:] = (0.0, 1.0 / s), (0.0, 1.0 / t), (0.0, 0.0)
    elif atom.kind == "product":
        found[0], found[1] = (low[1], high[1]), (low[0], high[0])
    elif atom.kind == "hinge":
        found[0] = 0.0, 1.0
    elif atom.kind == "power" and low[0] > 0.0:
        ends = atom.exponent * np.array([low[0], high[0]]) ** (atom.exponent - 1.0)
        found[0] = ends.min(), ends.max()
    return found


def _weights(atom: Atom, step: int) -> Range:
    assert atom.weights is not None
    return float(atom.weights[0][step]), float(atom.weights[1][step])


def _positive(atom: Atom, value: float) -> None:
    if not value > SMALL:
        raise NoRange(atom, value)


def _defined(atom: Atom, low: float) -> None:
    """A power with a negative exponent needs a base above zero, any other one not below."""
    if atom.exponent < 0.0:
        _positive(atom, low)
    elif not low >= 0.0:
        raise NoRange(atom, low)


SMALL = 1e-6  # below it ZIDZ answers 0, so a divisor must stay above


def _distances(low: Vector, high: Vector) -> Range:
    """Least and largest length of a vector in a box."""
    far = np.maximum(np.abs(low), np.abs(high))
    near = np.where((low <= 0.0) & (high >= 0.0), 0.0, np.minimum(np.abs(low), np.abs(high)))
    return float(np.sqrt(np.sum(near * near))), float(np.sqrt(np.sum(far * far)))


def _second(at: float, end: float, exponent: float) -> Range:
    """Second divided difference of ``x ** exponent`` at ``at, at, end``.

    It is monotone in ``end``, for the third derivative keeps its sign where x > 0.
    """
    gap = end - at
    if abs(gap) < NEAR * at:  # the difference would cancel; the derivative bounds it
        curve = 0.5 * exponent * (exponent - 1.0)
        values = curve * at ** (exponent - 2.0), curve * end ** (exponent - 2.0)
        return float(min(values)), float(max(values))
    value = (end**exponent - at**exponent - exponent * at ** (exponent - 1.0) * gap) / gap**2
    return float(value), float(value)


def _hinge(at: float, low: float, high: float) -> float:
    """Largest ``(max(x, 0) - max(at, 0) - slope (x - at)) / (x - at) ** 2``."""
    reach = -low if at > 0.0 else high
    if reach <= 0.0:
        return 0.0
    size = max(abs(at), TINY)
    best = min(reach, size)
    return best / (size + best) ** 2

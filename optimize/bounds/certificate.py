"""A bound with what proves it, and the check of it without solver.

What is stored: the quadratic minorant about its plan, the region, the linear rules, and the
multipliers. The check follows, in exact rational arithmetic, from minorant to bound: the
square of the minorant is what its parts add up to, the chords lie over the ranges that the
region gives, the tangent is one of a sum of squares, and multipliers have their signs. That
the minorant lies below the model is not part of it; :meth:`Certificate.below` lets anyone
hold it against simulated plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path

import numpy as np

from optimize.bounds.quadratic import Least
from optimize.bounds.ranges import Minorant
from optimize.bounds.region import Region
from optimize.linear import LinearRules
from optimize.problem import Matrix, Vector


@dataclass(frozen=True)
class Certificate:
    """See the module; all arrays are about ``plan`` (n,), the plan of expansion."""

    bound: float
    plan: Vector
    constant: float  # of the minorant, less its error, with the Lagrangian's constant
    slope: Vector
    square: Matrix
    low: Vector  # the region, as changes of the plan
    high: Vector
    groups: Matrix  # (groups, n) of 0 and 1: sums with limits ``sums`` (groups, 2); they nest
    sums: Matrix
    a: Matrix  # the linear rules
    lower: Vector
    upper: Vector
    roots: Matrix
    hollows: Matrix
    ends: Matrix
    at: Vector
    duals: Vector

    @staticmethod
    def of(
        below: Minorant, low: Least, rules: LinearRules, constant: float, bound: float
    ) -> Certificate:
        """Put together; ``constant`` is what turns the functional into the objective."""
        region = below.region
        return Certificate(
            bound,
            below.plan,
            below.constant - below.error + constant,
            below.slope,
            below.square,
            region.low,
            region.high,
            _members(region),
            np.array([(group.least, group.most) for group in region.groups]).reshape(-1, 2),
            rules.a,
            rules.lower,
            rules.upper,
            low.roots,
            low.hollows,
            low.ends,
            low.at,
            low.duals,
        )

    def below(self, plans: Matrix) -> Vector:
        """The minorant (N,) at plans (N, n): never above the objective of a plan in the rules."""
        d = plans - self.plan
        return np.asarray(
            self.constant + d @ self.slope + 0.5 * ((d @ self.square) * d).sum(axis=1)
        )

    def save(self, file: Path) -> None:
        """Write an ``.npz``."""
        np.savez_compressed(file, **{f.name: getattr(self, f.name) for f in fields(self)})

    @staticmethod
    def load(file: Path) -> Certificate:
        """Read what :meth:`save` wrote.

        Raises:
            ValueError, KeyError, OSError: it is no such file.
        """
        with np.load(file, allow_pickle=False) as held:
            found = {f.name: held[f.name] for f in fields(Certificate)}
        for name in ("bound", "constant"):
            found[name] = float(found[name])
        return Certificate(**found)


def check(certificate: Certificate) -> list[str]:
    """What does not follow; empty if the bound follows from minorant, region and rules."""
    c = certificate
    n = len(c.plan)
    problems = []
    if np.any(c.low > c.high):
        problems.append("the region is empty")
    low, high = _exact(c.low), _exact(c.high)
    reach = [max(abs(x), abs(y)) for x, y in zip(low, high, strict=True)]
    hollows = [_exact(column) for column in c.hollows.T]
    for column, (least, most) in zip(hollows, c.ends, strict=True):
        down, up = _least(column, c), -_least([-x for x in column], c)
        if not (Fraction(float(least)) <= down and up <= Fraction(float(most))):
            problems.append("a chord is laid over less than the range of its direction")
            break
    at = _exact(c.at)
    roots = [_exact(column) for column in c.roots.T]
    slope = _exact(c.slope)
    value = Fraction(float(c.constant))
    for column in roots:
        bent = sum((r * x for r, x in zip(column, at, strict=True)), Fraction(0))
        value -= bent * bent / 2
        slope = [s + r * bent for s, r in zip(slope, column, strict=True)]
    for column, ends in zip(hollows, c.ends, strict=True):
        least, most = Fraction(float(ends[0])), Fraction(float(ends[1]))
        value += least * most / 2
        slope = [s - r * (least + most) / 2 for s, r in zip(slope, column, strict=True)]
    for line, lower, upper, dual in zip(c.a, c.lower, c.upper, c.duals, strict=True):
        limit = lower if dual > 0.0 else upper
        if dual == 0.0 or not np.isfinite(limit):
            continue
        price = Fraction(float(dual))
        used = np.flatnonzero(line)
        held = Fraction(float(limit))
        for index in used:
            share = Fraction(float(line[index]))
            held -= share * Fraction(float(c.plan[index]))
            slope[index] -= price * share
        value += price * held
    value += sum(
        (s * (x if s > 0 else y) for s, x, y in zip(slope, low, high, strict=True)), Fraction(0)
    )
    # The square is what its parts add up to, but for rounding, which is counted. Floating
    # point is enough here: a product of two numbers and a sum of n of them are wrong by at
    # most 2 (n + 2) units of rounding of the sum of their sizes.
    left = np.abs(c.square - c.roots @ c.roots.T + c.hollows @ c.hollows.T)
    size = np.abs(c.square) + np.abs(c.roots) @ np.abs(c.roots.T)
    size += np.abs(c.hollows) @ np.abs(c.hollows.T)
    wrong = left + 4.0 * (n + 4) * np.finfo(float).eps * size
    far = np.array([float(x) for x in reach])
    value -= Fraction(float(far @ wrong @ far))  # twice what is needed
    slack = Fraction(1, 10**9) * (1 + abs(Fraction(float(c.bound))))
    if value + slack < Fraction(float(c.bound)):
        problems.append(f"the multipliers prove {float(value)!r}, not {c.bound!r}")
    return problems


def _members(region: Region) -> Matrix:
    found = np.zeros((len(region.groups), len(region.low)))
    for row, group in zip(found, region.groups, strict=True):
        row[list(group.members)] = 1.0
    return found


def _exact(values: Sequence[float] | Vector) -> list[Fraction]:
    return [Fraction(float(value)) for value in values]


def _least(column: list[Fraction], certificate: Certificate) -> Fraction:
    """Least ``column @ d`` in the region: cheapest first in every group, the smallest first."""
    filled, high = _exact(certificate.low), _exact(certificate.high)
    room = [top - bottom for top, bottom in zip(high, filled, strict=True)]
    sums = zip(certificate.groups, certificate.sums, strict=True)
    for members, (least, most) in sorted(sums, key=lambda item: int(np.sum(item[0]))):
        chosen = sorted(np.flatnonzero(members), key=lambda index: column[index])
        total = sum((filled[index] for index in chosen), Fraction(0))
        must, may = Fraction(float(least)) - total, Fraction(float(most)) - total
        for index in chosen:
            forced = min(max(must, Fraction(0)), room[index])
            allowed = max(min(max(may, Fraction(0)), room[index]), forced)
            must, may = must - room[index], may - room[index]
            filled[index] += forced
            room[index] = allowed - forced
    zero = Fraction(0)
    return sum(
        (c * x + min(c * r, zero) for c, x, r in zip(column, filled, room, strict=True)), zero
    )

"""A bound with what proves it, and the check of it without solver.

What is stored: the boxes into which all plans were divided, in each the quadratic minorant
about its plan, the multipliers that bound it, and what is common to all: the linear rules,
the whole box and the sums of groups. :func:`check` follows, in exact rational arithmetic,
that the boxes leave no plan out and how minorants and multipliers make the bound: added
squares and their chords, the tangent of a sum of squares, multipliers of the right signs.

It relies on two things that it does not prove again: that the whole box and the limits of the
sums follow from the rules (they come from LPs, with a margin of a millionth of the amounts),
and that each minorant lies below the model in its box (:mod:`~optimize.bounds.ranges`).
:meth:`Certificate.below` lets anyone hold the second against simulated plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path

import numpy as np

from optimize.bounds.minorant import Minorant
from optimize.bounds.quadratic import Least, roots_of
from optimize.problem import Matrix, Vector


@dataclass(frozen=True)
class Piece:
    """What is known of the plans of a ``cell`` (2, n), which lies in the box ``low``, ``high``.

    ``constant + slope @ d + d @ square @ d / 2``, with ``d = plan - centre``, is not above
    the objective of a plan in the box and within the rules. ``weights``, ``at`` and ``duals``
    are those of :class:`~optimize.bounds.quadratic.Least`.
    """

    bound: float
    cell: Matrix
    low: Vector
    high: Vector
    centre: Vector
    constant: float
    slope: Vector
    square: Matrix
    weights: Vector
    at: Vector
    duals: Vector

    @staticmethod
    def of(below: Minorant, low: Least, constant: float) -> Piece:
        """Put together; ``constant`` is what turns the functional into the objective."""
        region, plan = below.region, below.plan
        box = np.stack([plan + region.low, plan + region.high])
        return Piece(
            low.value + constant,
            box,
            box[0],
            box[1],
            plan,
            below.constant - below.error + constant,
            below.slope,
            below.square,
            low.weights,
            low.at,
            low.duals,
        )

    def below(self, plans: Matrix) -> Vector:
        """The minorant (N,) at plans (N, n)."""
        d = plans - self.centre
        return np.asarray(
            self.constant + d @ self.slope + 0.5 * ((d @ self.square) * d).sum(axis=1)
        )


@dataclass(frozen=True)
class Certificate:
    """See the module. ``bound`` is the least of the bounds of the pieces."""

    bound: float
    low: Vector  # the whole box
    high: Vector
    groups: Matrix  # (groups, n) of 0 and 1: sums with limits ``sums`` (groups, 2)
    sums: Matrix
    a: Matrix  # the linear rules
    lower: Vector
    upper: Vector
    pieces: tuple[Piece, ...]

    def below(self, plans: Matrix) -> Vector:
        """The minorant (N,) at plans (N, n): never above the objective of a plan in the rules."""
        found = np.full(len(plans), -np.inf)
        for piece in self.pieces:
            inside = np.all((plans >= piece.low) & (plans <= piece.high), axis=1)
            found[inside] = np.maximum(found[inside], piece.below(plans[inside]))
        return found

    def save(self, file: Path) -> None:
        """Write an ``.npz``; what belongs to the pieces is stacked."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "pieces"}
        for f in fields(Piece):
            own[f"piece_{f.name}"] = np.array([getattr(piece, f.name) for piece in self.pieces])
        np.savez_compressed(file, **own)

    @staticmethod
    def load(file: Path) -> Certificate:
        """Read what :meth:`save` wrote.

        Raises:
            ValueError, KeyError, OSError: it is no such file.
        """
        with np.load(file, allow_pickle=False) as held:
            own = {f.name: held[f.name] for f in fields(Certificate) if f.name != "pieces"}
            stacks = {f.name: held[f"piece_{f.name}"] for f in fields(Piece)}
        pieces = []
        for number in range(len(stacks["bound"])):
            found = {name: stack[number] for name, stack in stacks.items()}
            for name in ("bound", "constant"):
                found[name] = float(found[name])
            pieces.append(Piece(**found))
        own["bound"] = float(own["bound"])
        return Certificate(**own, pieces=tuple(pieces))


def check(certificate: Certificate) -> list[str]:
    """What does not follow; empty if the bound follows from box, sums, rules and minorants."""
    c = certificate
    problems = []
    cells = np.array([piece.cell for piece in c.pieces]).reshape(-1, 2, len(c.low))
    if not covers(np.stack([c.low, c.high]), cells):
        problems.append("the boxes leave plans out")
    for number, piece in enumerate(c.pieces):
        if np.any(piece.cell[0] < piece.low) or np.any(piece.cell[1] > piece.high):
            problems.append(f"box {number}: its cell is not inside")
        if np.any(piece.weights < 0.0):
            problems.append(f"box {number}: a square is taken off")
        if piece.bound < c.bound:
            problems.append(f"box {number}: its bound is {piece.bound!r}, below {c.bound!r}")
        value = _proven(piece, c)
        if value < Fraction(piece.bound):
            problems.append(f"box {number}: {float(value)!r} is proven, not {piece.bound!r}")
    return problems


def covers(box: Matrix, cells: Matrix) -> bool:
    """Whether ``cells`` (N, 2, n) fill ``box`` (2, n); they come from splitting it in two again
    and again, so some plane parts them."""
    if len(cells) == 0:
        return False
    if len(cells) == 1:
        return bool(np.all(cells[0, 0] <= box[0]) and np.all(cells[0, 1] >= box[1]))
    for j in np.flatnonzero(np.ptp(cells[:, 0], axis=0) + np.ptp(cells[:, 1], axis=0)):
        for at in np.unique(cells[:, 0, j]):
            left, right = cells[:, 1, j] <= at, cells[:, 0, j] >= at
            if np.all(left | right) and left.any() and right.any():
                below, above = box.copy(), box.copy()
                below[1, j] = above[0, j] = at
                return covers(below, cells[left]) and covers(above, cells[right])
    return False


def _proven(piece: Piece, c: Certificate) -> Fraction:
    """The least objective that weak duality gives in a box, exactly."""
    n = len(c.low)
    centre, at = _exact(piece.centre), _exact(piece.at)
    low = [x - y for x, y in zip(_exact(piece.low), centre, strict=True)]
    high = [x - y for x, y in zip(_exact(piece.high), centre, strict=True)]
    reach = [max(abs(x), abs(y)) for x, y in zip(low, high, strict=True)]
    value, slope = Fraction(piece.constant), _exact(piece.slope)
    # Every added square lies below its chord.
    square, sizes = piece.square.copy(), np.abs(piece.square)
    sizes[np.diag_indices(n)] += piece.weights[:n]
    weights = _exact(piece.weights)
    for j in range(n):
        value += weights[j] * low[j] * high[j] / 2
        slope[j] -= weights[j] * (low[j] + high[j]) / 2
        square[j, j] += piece.weights[j]
    for weight, members, limits in zip(weights[n:], c.groups, c.sums, strict=True):
        used = [int(place) for place in np.flatnonzero(members)]
        middle = sum((centre[j] for j in used), Fraction(0))
        least, most = (x - middle for x in _exact(limits))
        value += weight * least * most / 2
        for j in used:
            slope[j] -= weight * (least + most) / 2
        added = float(weight) * np.outer(members, members)
        square, sizes = square + added, sizes + added
    # The tangent of a sum of squares lies below it.
    roots = roots_of(square)
    for column in roots.T:
        root = _exact(column)
        bent = sum((r * x for r, x in zip(root, at, strict=True)), Fraction(0))
        value -= bent * bent / 2
        slope = [s + r * bent for s, r in zip(slope, root, strict=True)]
    # An entry is a sum of floats, so it is wrong by at most their number of units of rounding
    # of the sum of their sizes; eps is two units.
    wrong = np.abs(square - roots @ roots.T)
    wrong += np.finfo(float).eps * (len(c.groups) + 4) * sizes
    wrong += np.finfo(float).eps * (roots.shape[1] + 4) * (np.abs(roots) @ np.abs(roots.T))
    far = np.nextafter(np.array([float(x) for x in reach]), np.inf)
    value -= Fraction(float(far @ wrong @ far)) * Fraction(3, 4)  # a half is needed
    for line, lower, upper, dual in zip(c.a, c.lower, c.upper, piece.duals, strict=True):
        if dual == 0.0:
            continue
        limit = lower if dual > 0.0 else upper
        if not np.isfinite(limit):
            return Fraction(-(10**30))
        price, held = Fraction(float(dual)), Fraction(float(limit))
        for j in (int(place) for place in np.flatnonzero(line)):
            share = Fraction(float(line[j]))
            held -= share * centre[j]
            slope[j] -= price * share
        value += price * held
    return value + sum(
        (s * (x if s > 0 else y) for s, x, y in zip(slope, low, high, strict=True)), Fraction(0)
    )


def _exact(values: Sequence[float] | Vector) -> list[Fraction]:
    return [Fraction(float(value)) for value in values]

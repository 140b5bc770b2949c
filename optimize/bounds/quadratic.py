"""The least value of a quadratic minorant over the rules, from below, by an LP and its dual.

The square is split into a sum of squares, of which tangents lie below, and a few negative
squares ``-m (v @ d)**2``, of which the chord over the range of ``v @ d`` lies below. The LP
of tangents is solved by HiGHS; what counts is only the value that its multipliers prove.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.bounds.ranges import Minorant
from optimize.highs import Lp, solve_lp
from optimize.linear import LinearRules
from optimize.problem import Matrix, Vector

TANGENTS = 40  # at most
CLOSE = 1e-7  # of the slope's reach: how near the LP must come to the convex minimum


@dataclass(frozen=True)
class Least:
    """``minorant >= value`` on the region and the rules, and what proves it.

    ``roots`` (n, p): sum of squares ``|roots.T @ d|**2 / 2``; ``hollows`` (n, q) and their
    ``ends`` (q, 2): negative squares ``-(hollows.T @ d)**2 / 2`` and the ranges they are
    taken over; ``at`` (n,): where the tangent of the sum of squares is laid (a mean of the
    LP's tangents lies below it); ``duals`` (rows,): multipliers of the rules.
    """

    value: float
    roots: Matrix
    hollows: Matrix
    ends: Matrix
    at: Vector
    duals: Vector


def least(minorant: Minorant, rules: LinearRules) -> Least:
    """A proven lower bound of ``minorant`` over the plans within ``rules``."""
    region, n = minorant.region, len(minorant.plan)
    width = np.maximum(region.high - region.low, 1e-9)
    values, vectors = np.linalg.eigh(minorant.square * width[:, None] * width)
    directions = vectors / width[:, None]
    roots = directions[:, values > 0.0] * np.sqrt(values[values > 0.0])
    hollows = directions[:, values < 0.0] * np.sqrt(-values[values < 0.0])
    ends = np.stack(region.ranges(hollows.T), axis=1)
    slope = minorant.slope - 0.5 * hollows @ ends.sum(axis=1)
    shift = rules.a @ minorant.plan
    lower, upper = rules.lower - shift, rules.upper - shift
    unit = max(float(np.abs(slope) @ width), 1e-9)  # the size of what the LP weighs
    tangents: list[tuple[Vector, float]] = []
    points: list[Vector] = []
    at = np.clip(np.zeros(n), region.low, region.high)
    found = None
    for _ in range(TANGENTS):
        bent = roots.T @ at
        points.append(at)
        tangents.append(((slope + roots @ bent) / unit, -0.5 * float(bent @ bent) / unit))
        lp = Lp(
            np.append(np.zeros(n), 1.0),
            np.vstack(
                [
                    np.hstack([rules.a, np.zeros((len(rules.a), 1))]),
                    np.array([np.append(-line, 1.0) for line, _ in tangents]),
                ]
            ),
            np.concatenate([lower, [level for _, level in tangents]]),
            np.concatenate([upper, np.full(len(tangents), np.inf)]),
            np.append(region.low, -np.inf),
            np.append(region.high, np.inf),
        )
        answer = solve_lp(lp)
        if not answer.optimal:
            break
        found = answer
        d = answer.x[:n]
        bent = roots.T @ d
        if (slope @ d + 0.5 * bent @ bent) / unit - answer.x[n] < CLOSE:
            break
        at = d if len(tangents) % 2 else 0.5 * (at + d)
    duals, shares = np.zeros(len(rules.a)), np.ones(1)
    if found is not None:
        duals = found.row_dual[: len(rules.a)] * unit
        shares = np.maximum(found.row_dual[len(rules.a) :], 0.0)
    # The mean of tangents lies below the tangent at the mean of their points.
    at = np.array(points[: len(shares)]).T @ (shares / max(float(shares.sum()), 1e-300))
    value = proven(minorant, rules, roots, hollows, ends, at, duals)
    return Least(value, roots, hollows, ends, at, duals)


def proven(
    minorant: Minorant,
    rules: LinearRules,
    roots: Matrix,
    hollows: Matrix,
    ends: Matrix,
    at: Vector,
    duals: Vector,
) -> float:
    """The bound that these multipliers prove, by weak duality, whatever their values."""
    region = minorant.region
    bent = roots.T @ at
    slope = minorant.slope - 0.5 * hollows @ ends.sum(axis=1) + roots @ bent
    value = minorant.constant - minorant.error
    value += 0.5 * float(np.prod(ends, axis=1).sum()) - 0.5 * float(bent @ bent)
    limits = np.where(duals > 0.0, rules.lower, rules.upper) - rules.a @ minorant.plan
    held = np.isfinite(limits)
    duals = np.where(held, duals, 0.0)
    value += float(duals @ np.where(held, limits, 0.0))
    rest = slope - rules.a.T @ duals
    value += float(np.where(rest > 0.0, rest * region.low, rest * region.high).sum())
    # What rounding left of the square between its parts.
    left = np.abs(minorant.square - roots @ roots.T + hollows @ hollows.T)
    reach = np.maximum(np.abs(region.low), np.abs(region.high))
    return float(value - 0.5 * reach @ left @ reach)

"""The least value of a quadratic minorant over the rules, from below, by an LP and its dual.

Weighted squares of decisions and of sums of decisions are added, which makes the square convex
(:mod:`~optimize.bounds.convexify`), and their chords over the ranges of the same decisions and
sums are taken off; so what is left lies below. Tangents of the convex square make an LP, which
HiGHS solves; what counts is only the value that its multipliers prove.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.bounds.convexify import weights
from optimize.bounds.minorant import Minorant
from optimize.bounds.region import Region
from optimize.highs import Lp, solve_lp
from optimize.linear import LinearRules
from optimize.problem import Matrix, Vector

LAYS = 2  # times that the square is made convex, for where the minimum was last
INSIDE = 0.01  # share of the square of a range that a weight costs at least
TANGENTS = 40  # at most
CLOSE = 1e-7  # of the slope's reach: how near the LP must come to the convex minimum
UNIT = 2.0**-52  # two units of rounding


@dataclass(frozen=True)
class Least:
    """``minorant >= value`` on the region and the rules, and what proves it.

    ``weights`` (K,) >= 0 of the squares of :func:`directions`; ``at`` (n,): where the tangent
    of the convex square is laid (a mean of the LP's tangents lies below it); ``duals``
    (rows,): multipliers of the rules. ``losses`` (n,): what half the range of each decision
    would save of its chord's cost at ``at``: three quarters.
    """

    value: float
    weights: Vector
    at: Vector
    duals: Vector
    losses: Vector


def directions(region: Region) -> Matrix:
    """The decisions, then the sums of the groups (K, n), of 0 and 1."""
    n = len(region.low)
    sums = np.zeros((len(region.groups), n))
    for row, group in zip(sums, region.groups, strict=True):
        row[list(group.members)] = 1.0
    return np.vstack([np.eye(n), sums])


def ends(region: Region) -> Matrix:
    """Ranges (K, 2) of the directions, as they are stated."""
    low = np.append(region.low, [group.least for group in region.groups])
    high = np.append(region.high, [group.most for group in region.groups])
    return np.stack([low, high], axis=1)


def roots_of(square: Matrix) -> Matrix:
    """(n, p) with ``roots @ roots.T`` near a positive semidefinite ``square``."""
    size = np.sqrt(np.maximum(np.diag(square), 1e-300))
    values, vectors = np.linalg.eigh(square / size[:, None] / size)
    kept = values > 0.0
    return np.asarray(vectors[:, kept] * np.sqrt(values[kept]) * size[:, None])


def least(minorant: Minorant, rules: LinearRules) -> Least:
    """A proven lower bound of ``minorant`` over the plans within ``rules``.

    Which weights are best depends on where the minimum lies, so there are some rounds.
    """
    region = minorant.region
    rows, limits = directions(region), ends(region)
    width = np.maximum(region.high - region.low, 1e-9)
    scaled = minorant.square * width[:, None] * width
    lengths = np.sqrt(((rows * width) ** 2).sum(axis=1))
    spread = np.maximum(limits[:, 1] - limits[:, 0], 1e-9)
    costs = spread * spread / 6.0  # the mean of the products over their ranges
    best: Least | None = None
    for _ in range(LAYS):
        found = weights(scaled, rows * width / lengths[:, None], costs / lengths**2) / lengths**2
        held = _least(minorant, rules, found)
        if best is None or held.value > best.value:
            best = held
        at = rows @ held.at
        between = (at - limits[:, 0]) * (limits[:, 1] - at)
        costs = np.maximum(between, INSIDE * spread * spread)
    assert best is not None
    return best


def _least(minorant: Minorant, rules: LinearRules, found: Vector) -> Least:
    """The bound with these weights, by an LP over tangents of the convex square."""
    region, n = minorant.region, len(minorant.plan)
    rows, limits = directions(region), ends(region)
    width = np.maximum(region.high - region.low, 1e-9)
    roots = roots_of(minorant.square + (rows.T * found) @ rows)
    slope = minorant.slope - 0.5 * (found * limits.sum(axis=1)) @ rows
    shift = rules.a @ minorant.plan
    lower, upper = rules.lower - shift, rules.upper - shift
    unit = max(float(np.abs(slope) @ width), 1e-9)  # the size of what the LP weighs
    tangents: list[tuple[Vector, float]] = []
    points: list[Vector] = []
    at = np.clip(np.zeros(n), region.low, region.high)
    solved = None
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
        solved = answer
        d = answer.x[:n]
        bent = roots.T @ d
        if (slope @ d + 0.5 * bent @ bent) / unit - answer.x[n] < CLOSE:
            break
        at = d if len(tangents) % 2 else 0.5 * (at + d)
    duals, shares = np.zeros(len(rules.a)), np.ones(1)
    if solved is not None:
        duals = solved.row_dual[: len(rules.a)] * unit
        shares = np.maximum(solved.row_dual[len(rules.a) :], 0.0)
    limited = np.where(duals > 0.0, rules.lower, rules.upper)
    duals = np.where(np.isfinite(limited), duals, 0.0)
    # The mean of tangents lies below the tangent at the mean of their points.
    at = np.array(points[: len(shares)]).T @ (shares / max(float(shares.sum()), 1e-300))
    value = proven(minorant, rules, found, at, duals)
    inside = (at - region.low) * (region.high - at)
    return Least(value, found, at, duals, 0.375 * found[:n] * np.maximum(inside, 0.0))


def proven(
    minorant: Minorant, rules: LinearRules, found: Vector, at: Vector, duals: Vector
) -> float:
    """The bound that these multipliers prove, by weak duality, whatever their values.

    Less what rounding may amount to in this computation, by the usual bound on sums of
    products: with N terms of total size S, at most ``N S`` units of rounding.
    """
    region, n = minorant.region, len(minorant.plan)
    rows, limits = directions(region), ends(region)
    convex = minorant.square + (rows.T * found) @ rows
    roots = roots_of(convex)
    bent = roots.T @ at
    slope = minorant.slope - 0.5 * (found * limits.sum(axis=1)) @ rows + roots @ bent
    chords = 0.5 * found * np.prod(limits, axis=1)
    limit = np.where(duals > 0.0, rules.lower, rules.upper)
    held = np.where(duals == 0.0, 0.0, limit) - np.where(duals == 0.0, 0.0, rules.a @ minorant.plan)
    rest = slope - rules.a.T @ duals
    box = np.where(rest > 0.0, rest * region.low, rest * region.high)
    value = minorant.constant - minorant.error + chords.sum() - 0.5 * bent @ bent
    value += duals @ held + box.sum()
    # What the roots leave of the square.
    reach = np.maximum(np.abs(region.low), np.abs(region.high))
    left = np.abs(convex - roots @ roots.T)
    value -= 0.5 * reach @ left @ reach
    sizes = np.abs(minorant.square) + (rows.T * found) @ rows + np.abs(roots) @ np.abs(roots.T)
    line = np.abs(minorant.slope) + 0.5 * (found * np.abs(limits).sum(axis=1)) @ rows
    line += np.abs(roots) @ (np.abs(roots.T) @ np.abs(at)) + np.abs(rules.a.T) @ np.abs(duals)
    used = np.abs(np.where(duals == 0.0, 0.0, limit)) + np.abs(rules.a) @ np.abs(minorant.plan)
    total = abs(minorant.constant) + abs(minorant.error) + np.abs(chords).sum()
    total += reach @ sizes @ reach + np.abs(at) @ sizes @ np.abs(at)
    total += line @ reach + np.abs(duals) @ used
    terms = 4 * (n + len(found) + len(rules.a) + 8)
    return float(value - terms * UNIT * total)

"""Plans judged side by side on futures that neither was made for.

All plans meet the same futures, so differences are taken future by future. Intervals hold 95 %:
of the mean and CVaR by the bootstrap (the futures drawn anew, percentiles), of shares by Wilson.
Futures that share a set of parameters are drawn anew together: the sets are few, and each is
known no better for having been drawn often.
Source: B. Efron and R. Tibshirani, An introduction to the bootstrap (1993), chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector
from optimize.uncertainty.cvar import Risk
from optimize.uncertainty.futures import stream
from optimize.uncertainty.risk import LEVEL, Estimate, share
from optimize.uncertainty.sample import Told

RESAMPLES = 1000

Sets = NDArray[np.intp]


def untold(found: Estimate) -> bool:
    """Whether zero is inside the interval: the sample does not tell the sign."""
    return found.low <= 0.0 <= found.high


@dataclass(frozen=True)
class Judged:
    """One plan in S futures."""

    mean: Estimate
    tail: Estimate  # CVaR
    aim: Estimate  # what the plan was made for: mean and CVaR as weighted
    rules: tuple[Estimate, ...]  # share of the futures in which each rule holds
    all_rules: Estimate  # share in which all of them do


@dataclass(frozen=True)
class Against:
    """One plan less another in the same futures; the objective is minimised: < 0 is better."""

    mean: Estimate
    tail: Estimate
    aim: Estimate
    better: Estimate  # share of the futures in which the plan does better


def judged(told: Told, risk: Risk, seed: int, sets: Sets | None = None) -> tuple[Judged, ...]:
    """Each of the N plans of ``told``; ``sets`` (S,) says which set a future has."""
    rows = _resampled(told.losses.shape[1], seed, sets)
    holds = told.holds()
    found = []
    for losses, kept in zip(told.losses, holds, strict=True):
        mean, tail, aim = (_interval(f, losses[None], rows) for f in _measures(risk))
        each = tuple(share(kept[:, k], sets) for k in range(kept.shape[1]))
        found.append(Judged(mean, tail, aim, each, share(kept.all(axis=1), sets)))
    return tuple(found)


def against(
    told: Told, plan: int, other: int, risk: Risk, seed: int, sets: Sets | None = None
) -> Against:
    """One plan of ``told`` less another, by number; ``sets`` as for :func:`judged`."""
    rows = _resampled(told.losses.shape[1], seed, sets)
    pair = told.losses[[plan, other]]

    def less(measure: Callable[[Matrix], Vector]) -> Callable[[Matrix], Vector]:
        def difference(losses: Matrix) -> Vector:
            half = len(losses) // 2
            found = measure(losses)
            return found[:half] - found[half:]

        return difference

    mean, tail, aim = (_interval(less(f), pair, rows) for f in _measures(risk))
    return Against(mean, tail, aim, share(pair[0] < pair[1], sets))


def _measures(risk: Risk) -> tuple[Callable[[Matrix], Vector], ...]:
    return (lambda losses: losses.mean(axis=1)), risk.mean_of_worst, risk.value


def _resampled(number: int, seed: int, sets: Sets | None) -> Sets:
    """Futures drawn anew, with replacement and by whole sets: (RESAMPLES, S)."""
    random = stream(seed, "bootstrap")
    if sets is None:
        return random.integers(0, number, (RESAMPLES, number))
    owner = np.unique(sets, return_inverse=True)[1].reshape(-1)
    members = np.split(np.argsort(owner, kind="stable"), np.cumsum(np.bincount(owner))[:-1])
    drawn = random.integers(0, len(members), (RESAMPLES, len(members)))
    # Sets differ in size: the last ones drawn are left out, or the first ones taken again.
    return np.stack([np.resize(np.concatenate([members[i] for i in row]), number) for row in drawn])


def _interval(measure: Callable[[Matrix], Vector], losses: Matrix, rows: Sets) -> Estimate:
    """A measure of losses (k, S) of k plans, its resamples block by block for each plan."""
    drawn = np.concatenate([row[rows] for row in losses])
    edge = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(measure(drawn), [edge, 1.0 - edge])
    return Estimate(float(measure(losses)[0]), float(low), float(high), losses.shape[1])

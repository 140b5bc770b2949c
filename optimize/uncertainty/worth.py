"""What knowing an uncertain number before deciding is worth: partial perfect information.

Source: Strong, Oakley & Brennan (2014), Medical Decision Making 34: one sample of futures and a
regression take the place of a search within a sample within a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector
from optimize.uncertainty.futures import stream

CONFIDENCE = 0.95
TAILS = ((1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0)
SHUFFLES = 100


@dataclass(frozen=True)
class Worth:
    """What knowing some inputs is worth, in units of the loss; (d,) each, the largest first.

    ``inputs`` are their numbers. A value below ``noise`` is no larger than what 95 of 100
    inputs that do nothing would show. ``every`` is what knowing everything is worth.
    """

    inputs: tuple[int, ...]
    value: Vector
    low: Vector
    high: Vector
    noise: Vector
    best: int  # the plan that is best on average
    every: float
    every_low: float
    every_high: float
    futures: int


def worth_of_knowing(
    losses: Matrix,
    inputs: Sequence[Matrix],
    *,
    seed: int,
    most: int = 20,
    resamples: int = 100,
    sets: NDArray[np.intp] | None = None,
) -> Worth:
    """From losses (K, N) of K plans in N futures, smaller being better, and what could be known.

    Each input is (N, p): one number of a future, or several. What each plan is expected to lose
    once an input is known is found by regression on its rank, cubic for one number, linear for
    several. The best of noisy expectations looks better than it is: compare with ``noise``. Only
    plans that are among the K can be chosen, so with more of them the value could be higher.

    Args:
        losses: finite.
        inputs: of all futures, in order.
        seed: of the intervals.
        most: the inputs worth most, which get an interval.
        resamples: of the bootstrap.
        sets: (N,) which futures share one set of inputs, as in :func:`.given_data.pawn`.
    """
    best = int(np.argmin(losses.mean(axis=1)))
    excess = (losses - losses[best]).T  # (N, K): against the best without knowing
    number = len(excess)
    owner = np.arange(number)
    if sets is not None:
        owner = np.unique(sets, return_inverse=True)[1].reshape(-1)
    groups = int(owner.max()) + 1
    first = np.zeros(groups, dtype=np.intp)
    first[owner[::-1]] = np.arange(number)[::-1]
    random = stream(seed, "worth of knowing")
    same = np.full(number, 1.0 / number)
    drawn = random.multinomial(groups, np.full(groups, 1.0 / groups), resamples)[:, owner]
    weights = drawn / drawn.sum(axis=1, keepdims=True)
    bases = [_basis(known) for known in inputs]
    values = np.array([_gained(basis, excess, same) for basis in bases])
    noises: dict[tuple[int, bool], float] = {}
    noise = np.empty(len(bases))
    for place, basis in enumerate(bases):
        tied = bool(np.array_equal(basis, basis[first][owner]))
        key = basis.shape[1], tied
        if key not in noises:  # of ranks: the same for every input of the kind
            shuffled = (
                basis[first[random.permutation(groups)][owner]]
                if tied
                else basis[random.permutation(number)]
                for _ in range(SHUFFLES)
            )
            nothing = [_gained(other, excess, same) for other in shuffled]
            noises[key] = float(np.quantile(nothing, CONFIDENCE))
        noise[place] = noises[key]
    chosen = [int(i) for i in np.argsort(-(values - noise), kind="stable")[:most]]
    chosen.sort(key=lambda i: -values[i])
    ends = []
    for place in chosen:
        again = np.array([_gained(bases[place], excess, w) for w in weights])
        ends.append(np.maximum(values[place] + np.quantile(again - again.mean(), TAILS), 0.0))
    every = -excess.min(axis=1)
    whole = np.quantile(weights @ every, TAILS)
    low, high = np.array(ends).reshape(-1, 2).T
    return Worth(
        tuple(chosen),
        values[chosen],
        low,
        high,
        noise[chosen],
        best,
        float(every.mean()),
        float(whole[0]),
        float(whole[1]),
        number,
    )


def _basis(known: Matrix) -> Matrix:
    """Functions (N, q) of what is known: of ranks, so that no long tail rules."""
    from scipy.stats import rankdata  # slow to load

    ranks = 2.0 * (rankdata(known, axis=0) - 0.5) / len(known) - 1.0
    powers = [ranks, ranks**2, ranks**3] if known.shape[1] == 1 else [ranks]
    return np.concatenate([np.ones((len(known), 1)), *powers], axis=1)


def _gained(basis: Matrix, excess: Matrix, weights: Vector) -> float:
    """How much less is lost on average when the best plan is chosen by the regression."""
    weighted = basis.T * weights
    fitted = basis @ np.linalg.lstsq(weighted @ basis, weighted @ excess, rcond=None)[0]
    return float((weights @ excess).min() - weights @ fitted.min(axis=1))

"""Intervals of many means and shares, also where few sets of parameters were drawn many times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix
from optimize.uncertainty.futures import stream
from optimize.uncertainty.risk import share

CONFIDENCE = 0.95


def mean_interval(
    values: Matrix, seed: int, sets: NDArray[np.intp] | None = None, resamples: int = 400
) -> Matrix:
    """Mean of values (N, m) and the ends of its 95 % bootstrap interval, (3, m).

    ``sets`` (N,) says which futures share one set of parameters: whole sets are drawn again.
    """
    owner = np.arange(len(values))
    if sets is not None:
        owner = np.unique(sets, return_inverse=True)[1].reshape(-1)
    size = int(owner.max()) + 1
    random = stream(seed, "mean")
    drawn = random.multinomial(size, np.full(size, 1.0 / size), resamples)[:, owner]
    means = drawn @ values / drawn.sum(axis=1, keepdims=True)
    tails = [(1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0]
    return np.vstack([values.mean(axis=0), np.quantile(means, tails, axis=0)])


def share_interval(happens: NDArray[np.bool_], sets: NDArray[np.intp] | None = None) -> Matrix:
    """Shares of ``happens`` (N, m) and the ends of their 95 % intervals, (3, m).

    As :func:`~optimize.uncertainty.risk.share`: a bootstrap would find no doubt at 0 and 1.
    """
    found = [share(column, sets) for column in np.asarray(happens, dtype=bool).T]
    return np.array([[e.value, e.low, e.high] for e in found]).reshape(-1, 3).T

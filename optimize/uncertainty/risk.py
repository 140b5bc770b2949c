"""What a sample of futures says of plans: regret, shares and means with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Better = Literal["less", "more"]
LEVEL = 0.95  # of every interval


@dataclass(frozen=True)
class Estimate:
    """A figure found in a sample of ``size`` futures, with the interval for its true value."""

    value: float
    low: float
    high: float
    size: int


def share(happens: NDArray[np.bool_]) -> Estimate:
    """The probability of what ``happens`` (S,) in some futures, with Wilson's interval.

    Wilson (1927): it keeps within 0 and 1 and says something where nothing happened.
    """
    from scipy.stats import binomtest  # slow to load

    size, count = len(happens), int(np.count_nonzero(happens))
    interval = binomtest(count, size).proportion_ci(LEVEL, "wilson")
    return Estimate(count / size, float(interval.low), float(interval.high), size)


def mean(values: NDArray[Any]) -> Estimate:
    """The mean of ``values`` (S,), with Student's interval; unbounded for a single future."""
    from scipy.special import stdtrit

    size, middle = len(values), float(np.mean(values))
    if size < 2:
        return Estimate(middle, -np.inf, np.inf, size)
    half = float(stdtrit(size - 1, 0.5 + LEVEL / 2) * np.std(values, ddof=1) / np.sqrt(size))
    return Estimate(middle, middle - half, middle + half, size)


def regret(values: NDArray[Any], better: Better, axis: int = 0) -> NDArray[np.float64]:
    """How much each plan falls short of the best of them; plans stand along ``axis``.

    Savage (1951); the best plan of a future has none.
    """
    found = np.asarray(values, dtype=float)
    if better == "less":
        return np.asarray(found - found.min(axis=axis, keepdims=True))
    return np.asarray(found.max(axis=axis, keepdims=True) - found)


def in_a_row(happens: NDArray[np.bool_], years: int) -> NDArray[np.bool_]:
    """Whether something happens (S, T) in so many years in a row, by future (S,)."""
    if happens.shape[1] < years:
        return np.zeros(len(happens), dtype=bool)
    runs = np.lib.stride_tricks.sliding_window_view(happens, years, axis=1)
    return np.asarray(np.any(np.all(runs, axis=2), axis=1))


def largest_fall(path: NDArray[Any]) -> NDArray[np.float64]:
    """The largest fall of a path (S, T) below what it was before, as a share of that; (S,)."""
    before = np.maximum.accumulate(path, axis=1)
    return np.asarray(np.max(1.0 - path / before, axis=1), dtype=float)

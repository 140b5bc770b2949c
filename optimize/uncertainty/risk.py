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


def share(happens: NDArray[np.bool_], sets: NDArray[np.intp] | None = None) -> Estimate:
    """The probability of what ``happens`` (S,) in some futures, with Wilson's interval.

    Wilson (1927): it keeps within 0 and 1 and says something where nothing happened. ``sets``
    (S,) says which futures share one set of parameters: the interval is that of as many
    independent futures as would tell as much (Kish 1965).
    """
    from scipy.special import ndtri  # slow to load

    size, value = len(happens), float(np.mean(happens))
    number = size if sets is None else independent_share(happens, sets)
    z = float(ndtri(0.5 + LEVEL / 2))
    middle = (value + z * z / (2.0 * number)) / (1.0 + z * z / number)
    half = float(np.sqrt(value * (1.0 - value) / number + (z / (2.0 * number)) ** 2))
    half *= z / (1.0 + z * z / number)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Estimate(value, 0.0 if value == 0.0 else low, 1.0 if value == 1.0 else high, size)


def independent_share(happens: NDArray[np.bool_], sets: NDArray[np.intp]) -> float:
    """How many independent futures would tell as much of a share as those of ``sets`` (S,) do.

    Kish (1965), by the spread of the sums over whole sets: the more alike futures of one set
    are, the fewer. One more set counts in which it always happens and one in which it never
    does, each of the usual size: or what is rare would seem to come alone.
    """
    owner = np.unique(sets, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(owner).astype(float)
    usual = len(happens) / len(sizes)
    sizes = np.append(sizes, [usual, usual])
    counts = np.append(np.bincount(owner, weights=happens), [usual, 0.0])
    value = counts.sum() / sizes.sum()
    alone = sizes.sum() * value * (1.0 - value)
    return len(happens) * min(1.0, float(alone / np.sum((counts - sizes * value) ** 2)))


def independent(values: NDArray[Any], sets: NDArray[np.intp]) -> NDArray[np.float64]:
    """How many independent futures would tell as much of the means of ``values`` (S, n); (n,).

    Kish (1965): the fewer, the more alike futures are that share a set of parameters, ``sets``
    (S,); never more than there are. A column that does not vary counts every future.
    """
    owner = np.unique(sets, return_inverse=True)[1].reshape(-1)
    off = np.asarray(values, dtype=float) - np.mean(values, axis=0)
    together = np.zeros((int(owner.max()) + 1, off.shape[1]))
    np.add.at(together, owner, off)
    alone, apart = np.sum(off**2, axis=0), np.sum(together**2, axis=0)
    told = np.divide(alone, apart, np.ones_like(apart), where=apart > 0.0)
    return np.asarray(len(off) * np.minimum(1.0, told))


def mean(values: NDArray[Any], sets: NDArray[np.intp] | None = None) -> Estimate:
    """The mean of ``values`` (S,), with Student's interval; unbounded for a single future.

    ``sets`` as for :func:`share`: sums over whole sets are what varies independently.
    """
    from scipy.special import stdtrit

    size, middle = len(values), float(np.mean(values))
    off = np.asarray(values, dtype=float) - middle
    if sets is not None:
        owner = np.unique(sets, return_inverse=True)[1].reshape(-1)
        off = np.bincount(owner, weights=off).astype(float)
    number = len(off)
    if number < 2:
        return Estimate(middle, -np.inf, np.inf, size)
    spread = np.sqrt(number / (number - 1) * (off @ off)) / size
    half = float(stdtrit(number - 1, 0.5 + LEVEL / 2) * spread)
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

"""LOOKUP INVERT and LOOKUP AREA, for numbers and arrays ``(runs,)``.

A table is ``x`` (P,) and ``y`` (P,), or (P, runs) where every run has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Number = Any
Points = NDArray[Any]


def _at(y: Points, index: NDArray[np.int64]) -> Number:
    return y[index] if y.ndim == 1 else y[index, np.arange(y.shape[1])]


def _before(x: Number, xs: Points) -> NDArray[np.int64]:
    """The last point at or before x: from -1 to P - 1."""
    return np.asarray(np.searchsorted(xs, np.real(x), side="right") - 1)


def invert(target: Number, xs: Points, y: Points) -> Number:
    """The first x at which the lookup has a value; the end nearest to it if it never has."""
    rows = y if y.ndim == 2 else y[:, None]
    wanted = np.atleast_1d(np.asarray(target))
    count = max(rows.shape[1], len(wanted))
    rows = np.broadcast_to(rows, (len(xs), count))
    wanted = np.broadcast_to(wanted, (count,))
    nearer_end = abs(rows[-1].real - wanted.real) < abs(rows[0].real - wanted.real)
    found = np.where(nearer_end, xs[-1], xs[0]) + 0.0 * wanted
    for place in range(len(xs) - 2, -1, -1):
        low, high = rows[place], rows[place + 1]
        inside = (np.minimum(low.real, high.real) <= wanted.real) & (
            wanted.real <= np.maximum(low.real, high.real)
        )
        rise = np.where(high.real == low.real, 1.0, high - low)
        share = np.where(high.real == low.real, 0.0, (wanted - low) / rise)
        found = np.where(inside, xs[place] + share * (xs[place + 1] - xs[place]), found)
    return found if np.ndim(target) or y.ndim == 2 else found[0]


def area(start: Number, end: Number, xs: Points, y: Points) -> Number:
    """The area under the lookup (flat beyond its ends) from ``start`` to ``end``."""
    return _area_to(end, xs, y) - _area_to(start, xs, y)


def _area_to(x: Number, xs: Points, y: Points) -> Number:
    """The area from the first point to x; negative before it."""
    gaps = np.diff(xs) if y.ndim == 1 else np.diff(xs)[:, None]
    pieces = (y[1:] + y[:-1]) / 2 * gaps
    whole = np.concatenate([np.zeros_like(y[:1]), np.cumsum(pieces, axis=0)])
    index = _before(x, xs)
    safe = np.clip(index, 0, len(xs) - 1)
    gone = x - xs[safe]
    after = np.minimum(safe + 1, len(xs) - 1)
    width = np.where(after > safe, xs[after] - xs[safe], 1.0)
    slope = (_at(y, after) - _at(y, safe)) / width
    slope = np.where((index < 0) | (after == safe), 0.0, slope)
    return _at(whole, safe) + gone * (_at(y, safe) + slope * gone / 2)


_ALL: dict[str, Callable[..., Number]] = {
    "lookup_invert": invert,
    "lookup_area": area,
}


def _alone(function: Callable[..., Number]) -> Callable[..., float]:
    def call(*given: Any) -> float:
        xs, ys = given[-1]
        return float(function(*map(np.float64, given[:-1]), np.array(xs), np.array(ys)))

    return call


def _together(function: Callable[..., Number]) -> Callable[..., Number]:
    def call(*given: Any) -> Number:
        found = np.asarray(function(*given[:-1], given[-1].x, given[-1].y))
        return found if found.ndim else found[()]

    return call


ALONE: dict[str, Any] = {name: _alone(function) for name, function in _ALL.items()}
TOGETHER: dict[str, Any] = {name: _together(function) for name, function in _ALL.items()}

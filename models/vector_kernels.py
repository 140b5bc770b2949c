"""Functions of whole vectors: sorting, selecting, matrices, allocation.

Each takes groups of numbers, ``(n, runs)`` arrays with the elements of a vector in rows, and
returns ``(m, runs)``; no run depends on another one. Comparisons look at real parts only.
Groups of one number are ``(1, runs)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError, Problem
from .grammar import NA

Rows = NDArray[Any]
_HALVINGS = 200  # an interval of doubles is one double wide long before


def _refuse(function: str, reason: str, hint: str = "") -> ModelError:
    return ModelError(Problem(reason, function=function, hint=hint))


def sort_order(vector: Rows, direction: Rows) -> Rows:
    """VECTOR SORT ORDER: places, from 0, in rising order if ``direction > 0``, else falling."""
    order = np.argsort(vector.real, axis=0, kind="stable")
    return np.where(direction.real > 0, order, order[::-1]).astype(np.float64)


def rank(vector: Rows, direction: Rows) -> Rows:
    """VECTOR RANK: the rank of each element, from 1."""
    order = sort_order(vector, direction)
    return np.asarray(np.argsort(order, axis=0, kind="stable") + 1.0)


def pick(vector: Rows, place: Rows) -> Rows:
    """The elements at some places, from 0; :NA: where there is none."""
    index = np.trunc(place.real + 1e-6)
    inside = (index >= 0) & (index < len(vector))
    safe = np.where(inside, index, 0).astype(np.int64)
    return np.where(inside, np.take_along_axis(vector, safe, axis=0), NA)


def _sum(rows: Rows) -> Rows:
    total: Rows = np.zeros_like(rows[0])
    for row in rows:  # in this order, whatever the number of runs
        total = total + row
    return total


def _product(rows: Rows) -> Rows:
    result: Rows = np.ones_like(rows[0])
    for row in rows:
        result = result * row
    return result


def _extreme(rows: Rows, least: bool, taken: Rows) -> Rows:
    worst = math.inf if least else -math.inf
    values = np.where(taken, rows.real, worst)
    place = (np.argmin if least else np.argmax)(values, axis=0)
    return np.asarray(np.take_along_axis(rows, place[None], axis=0)[0])


def _selected(selection: Rows, rows: Rows, action: int) -> Rows:
    taken = selection.real != 0
    if action <= 4:
        rows = selection * rows
    elif action == 5:
        rows = np.where(taken, rows, 1.0) ** selection
    kind = {0: 0, 6: 0, 1: 1, 5: 1, 7: 1, 2: 2, 8: 2, 3: 3, 9: 3, 4: 4, 10: 4}[action]
    if kind == 1:
        return _product(np.where(taken, rows, 1.0))
    if kind in (2, 3):
        return _extreme(rows, kind == 2, taken)
    total = _sum(np.where(taken, rows, 0.0))
    return total / _sum(taken.astype(np.float64)) if kind == 4 else total


def select(selection: Rows, rows: Rows, settings: Rows) -> Rows:
    """VECTOR SELECT; ``settings`` are missing value, numerical action and error action.

    Raises:
        ModelError: the actions are no whole numbers in range, or the selection is one that
            the error action forbids.
    """
    missing, action, error = settings
    count = _sum((selection.real != 0).astype(np.float64))
    errors = set(np.unique(error.real).tolist())
    if errors - {0.0, 1.0, 2.0, 3.0}:
        raise _refuse("VECTOR SELECT", "the error action is not 0, 1, 2 or 3")
    if np.any((count == 0) & np.isin(error.real, (1, 3))):
        raise _refuse("VECTOR SELECT", "nothing is selected, and its error action forbids that")
    if np.any((count > 1) & np.isin(error.real, (2, 3))):
        raise _refuse("VECTOR SELECT", "more than one is selected: its error action forbids that")
    result: Rows = missing + 0.0 * rows[0]
    for number in np.unique(action.real):
        if number not in range(11):
            raise _refuse("VECTOR SELECT", f"the numerical action {number:g} is not 0 to 10")
        here = (action.real == number) & (count > 0)
        result = np.where(here, _selected(selection, rows, int(number)), result)
    return result[None]


def inverse(matrix: Rows) -> Rows:
    """INVERT MATRIX of rows of a square matrix, one after another; nan where there is none."""
    size = math.isqrt(len(matrix))
    stack = np.moveaxis(matrix.reshape(size, size, -1), -1, 0)
    try:
        found = np.linalg.inv(stack)
    except np.linalg.LinAlgError:
        found = np.full_like(stack, np.nan)
        for run, one in enumerate(stack):
            if np.linalg.matrix_rank(one) == size:
                found[run] = np.linalg.inv(one)
    return np.moveaxis(found, 0, -1).reshape(len(matrix), -1)


# -- allocation -------------------------------------------------------------------------


def _check(function: str, request: Rows, supply: Rows) -> None:
    if np.any(request.real < 0):
        raise _refuse(function, "a request is negative", "request 0 or more, e.g. MAX(0, x)")
    if np.any(supply.real < 0):
        raise _refuse(function, "the supply is negative", "supply 0 or more, e.g. MAX(0, x)")


def _shared(
    request: Rows,
    supply: Rows,
    level: NDArray[np.float64],
    share: Callable[[Rows], Rows],
    slope: Rows,
) -> Rows:
    """Requests times their shares at a level that real numbers alone have set.

    ``slope`` is how the shares change with it. For complex numbers one Newton step brings the
    derivative of the level.
    """
    at = request * share(level)
    gap = _sum(at) - supply
    if not np.iscomplexobj(gap):
        return at
    steep = _sum(request.real * slope)
    flat = steep == 0
    moved = level - 1j * np.where(flat, 0.0, gap.imag / np.where(flat, 1.0, steep))
    return request * share(moved)


def allocate_by_priority(request: Rows, priority: Rows, settings: Rows) -> Rows:
    """ALLOCATE BY PRIORITY; ``settings`` are width and supply.

    Whoever has a higher priority starts earlier, by the gap over the width (1 at most), and
    all who have started and are not full are filled at speeds in proportion to the requests.

    Raises:
        ModelError: a request or the supply is negative, or the width is not above 0.
    """
    width, supply = settings
    _check("ALLOCATE BY PRIORITY", request, supply)
    if np.any(width.real <= 0):
        raise _refuse("ALLOCATE BY PRIORITY", "the width is not above zero")
    order = np.argsort(-priority.real, axis=0, kind="stable")
    falling = np.take_along_axis(priority, order, axis=0)
    start = np.zeros_like(falling)
    for place in range(1, len(start)):
        gap = (falling[place - 1] - falling[place]) / width
        start[place] = start[place - 1] + np.where(gap.real < 1, gap, 1.0)
    starts = np.take_along_axis(start, np.argsort(order, axis=0, kind="stable"), axis=0)
    wanted = request.real

    def share(level: Rows) -> Rows:
        gone = level - starts
        return np.where(gone.real <= 0, 0.0, np.where(gone.real >= 1, 1.0, gone))

    real = starts.real
    turns = np.sort(np.concatenate([real, real + 1.0]), axis=0)
    low, level = np.zeros_like(supply.real), np.zeros_like(supply.real)
    filled = np.zeros_like(supply.real)
    for turn in turns:  # between two turns the total grows along a straight line
        total = _sum(wanted * np.clip(turn - real, 0.0, 1.0))
        between = (filled < supply.real) & (supply.real <= total)
        slope = np.where(total > filled, total - filled, 1.0)
        level = np.where(between, low + (turn - low) * (supply.real - filled) / slope, level)
        low, filled = turn, total
    gone = level - real
    slope = ((gone > 0) & (gone < 1)).astype(np.float64)
    given = _shared(request, supply, level, share, slope)
    enough = supply.real >= _sum(wanted)
    return np.where(enough, request, np.where(supply.real == 0, 0.0 * request, given))


def _tail(x: Rows) -> Rows:
    """The normal distribution's share above x."""
    from scipy.special import erfc

    at = 0.5 * erfc(x.real / math.sqrt(2))
    if x.dtype.kind != "c":
        return np.asarray(at)
    return np.asarray(at - 1j * x.imag * np.exp(-0.5 * x.real**2) / math.sqrt(2 * math.pi))


def _profile(kind: Rows, x: Rows) -> Rows:
    """The share of its request that one gets where ``x = (level - priority) / width``."""
    at = x.real
    rectangle = np.where(at <= -0.5, 1.0, np.where(at < 0.5, 0.5 - x, 0.0))
    left, right = 1.0 - 2.0 * (x + 0.5) ** 2, 2.0 * (0.5 - x) ** 2
    triangle = np.where(at <= -0.5, 1.0, np.where(at < 0, left, np.where(at < 0.5, right, 0.0)))
    away = np.where(at < 0, x, -x)  # never above 0: no overflow
    tail = 0.5 * np.exp(away)
    exponential = np.where(at < 0, 1.0 - tail, tail)
    curves = [rectangle, triangle, _tail(x)]
    return np.asarray(np.select([kind == 1, kind == 2, kind == 3], curves, exponential))


def allocate_available(
    request: Rows, kind: Rows, priority: Rows, width: Rows, supply: Rows
) -> Rows:
    """ALLOCATE AVAILABLE: everyone's demand curve is read at the level that clears the supply.

    Curves are 1 rectangular, 2 triangular, 3 normal, 4 exponential. The level is found by
    halving, to the last bit. Curve 0, for all or none, shares in proportion to the requests.

    Raises:
        ModelError: a request or the supply is negative, a width is not above 0, or a curve is
            of constant elasticity (5), or proportional (0) beside others that are not.
    """
    supply = supply[0]
    _check("ALLOCATE AVAILABLE", request, supply)
    if np.any(width.real <= 0):
        raise _refuse("ALLOCATE AVAILABLE", "a width is not above zero")
    alike = np.all(kind.real == 0, axis=0)
    if not np.all(alike | np.all(np.isin(kind.real, (1, 2, 3, 4)), axis=0)):
        raise _refuse(
            "ALLOCATE AVAILABLE",
            "a priority curve is not 1, 2, 3 or 4 (nor 0 for all)",
            "use rectangular, triangular, normal or exponential curves",
        )
    wanted, kind = request.real, kind.real
    reach = 40.0 * width.real.max(axis=0)
    low = priority.real.min(axis=0) - reach
    high = priority.real.max(axis=0) + reach
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        if not np.any((middle > low) & (middle < high)):
            break
        total = _sum(wanted * _profile(kind, (middle - priority.real) / width.real))
        short = total > supply.real  # the level must rise
        low, high = np.where(short, middle, low), np.where(short, high, middle)

    def share(level: Rows) -> Rows:
        return _profile(kind, (level - priority) / width)

    nudged = (high + 1e-30j - priority.real) / width.real
    slope = _profile(kind, nudged).imag / 1e-30
    given = _shared(request, supply, high, share, slope)
    total = _sum(request)
    even = request * (supply / np.where(total == 0, 1.0, total))
    given = np.where(alike, even, given)
    enough = supply.real >= _sum(wanted)
    return np.where(enough, request, np.where(supply.real == 0, 0.0 * request, given))


# -- the two dialects -------------------------------------------------------------------


def _alone(function: Callable[..., Rows]) -> Callable[..., list[float]]:
    def call(*groups: tuple[float, ...]) -> list[float]:
        found: list[float] = function(*(np.array(group)[:, None] for group in groups))[
            :, 0
        ].tolist()
        return found

    return call


def _together(function: Callable[..., Rows]) -> Callable[..., list[Any]]:
    def call(*groups: tuple[Any, ...]) -> list[Any]:
        items = [item for group in groups for item in group]
        runs = max((len(item) for item in items if np.ndim(item)), default=0)
        rows = (
            np.stack([np.broadcast_to(item, (runs or 1,)) for item in group]) for group in groups
        )
        found = function(*rows)
        return list(found) if runs else list(found[:, 0])

    return call


_ALL: dict[str, Callable[..., Rows]] = {
    "sort_order": sort_order,
    "rank": rank,
    "pick": pick,
    "select_elements": select,
    "inverse": inverse,
    "allocate_by_priority": allocate_by_priority,
    "allocate_available": allocate_available,
}
ALONE: dict[str, Any] = {name: _alone(function) for name, function in _ALL.items()}
TOGETHER: dict[str, Any] = {name: _together(function) for name, function in _ALL.items()}

"""Symbols leave the functional: ``symbol * y`` from below, with ``y = rows @ d + level``.

A symbol in [-1, 1] gives ``-|y|``, which lies above its chord over the range of y. Where the
symbol stands for a remainder ``r = middle + radius * symbol`` of one sign, there is a second
way. With the weight w that r has in the functional anyway, r is counted ``w + y / radius``
times; where r is never above 0 that is not less than r times the largest count, and where it is
never below 0, than r times the smallest. As ``r = c alpha**2`` this is a square in ``d``, which
vanishes where alpha does, in place of a constant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.bounds.region import Region
from optimize.problem import Matrix, Vector


@dataclass(frozen=True)
class Origins:
    """Of symbols, the square ``c (rows @ d + i + s)**2`` that each one stands for.

    ``data`` (symbols, 7): i, size of s, range of c, middle and radius of the remainder, and
    its weight in the functional; NaN where the symbol is no such square.
    """

    rows: Matrix  # (symbols, n)
    data: Matrix

    @staticmethod
    def none(count: int, n: int) -> Origins:
        """Of symbols that are no squares."""
        return Origins(np.zeros((count, n)), np.full((count, 7), np.nan))

    @staticmethod
    def join(first: Origins, second: Origins) -> Origins:
        """One after the other."""
        return Origins(np.vstack([first.rows, second.rows]), np.vstack([first.data, second.data]))

    def of(self, which: np.ndarray) -> Origins:
        """Those of some symbols."""
        return Origins(self.rows[which], self.data[which])


@dataclass(frozen=True)
class Closed:
    """``constant + slope @ d + d @ square @ d - error`` is below what was closed.

    ``spans`` (n,) say what of the error goes when a decision's range is halved, roughly.
    """

    constant: float
    slope: Vector
    square: Matrix
    error: float
    spans: Vector


def closed(region: Region, near: Vector, rows: Matrix, level: Vector, origins: Origins) -> Closed:
    """Close symbols: ``rows`` (m, n) and ``level`` (m,) are what multiplies each of them.

    Of the two ways, the better one at ``near`` (n,), a change of the plan, is taken.
    """
    used = np.any(rows != 0.0, axis=1) | (level != 0.0)
    rows, level, origins = rows[used], level[used], origins.of(used)
    low, high = region.ranges(rows)
    low, high = low + level, high + level
    down, up = np.minimum(low, 0.0), np.maximum(high, 0.0)
    tilt = -(up + down) / np.maximum(up - down, 1e-300)
    # The chord is ``tilt * y - lost``; at either end it may not be above -|y|.
    lost = np.maximum(np.maximum(-down + tilt * down, up + tilt * up), 0.0)
    here = rows @ near + level
    total, value, error = _squares(region, near, np.stack([low, high], 1), here, origins)
    taken = value > tilt * here - lost
    i, _, c_low, c_high, middle, radius, weight = origins.data[taken].T
    a = origins.rows[taken]
    factor = total[taken] - np.minimum(weight * c_low, weight * c_high)
    tilt[taken], lost[taken] = -middle / radius, error[taken]
    slope = tilt @ rows + (2.0 * factor * i) @ a
    constant = float(tilt @ level + factor @ (i * i))
    # Half the range of a row halves y; half the range of alpha leaves a quarter of its square.
    width = region.high - region.low
    known = np.isfinite(origins.data[:, 0])
    spans = 0.5 * lost @ parts(rows, width)
    spans = spans + 0.75 * lost[known] @ parts(origins.rows[known], width)
    return Closed(constant, slope, (a.T * factor) @ a, float(lost.sum()), spans)


def parts(rows: Matrix, width: Vector) -> Matrix:
    """Share of every decision in the range of a row, (m, n)."""
    size = np.abs(rows) * width
    return np.asarray(size / np.maximum(size.sum(axis=1, keepdims=True), 1e-300))


def _squares(
    region: Region, near: Vector, ends: Matrix, here: Vector, origins: Origins
) -> tuple[Vector, Vector, Vector]:
    """Of each symbol (m,): factor of alpha's square in all, value at ``near``, and error.

    The value is -inf where the symbol is no square of one sign.
    """
    count = len(here)
    total, value, error = np.zeros(count), np.full(count, -np.inf), np.zeros(count)
    known = np.isfinite(origins.data[:, 0])
    i, size, c_low, c_high, middle, radius, weight = origins.data[known].T
    a = origins.rows[known]
    below = c_high <= 0.0
    fine = below | (c_low >= 0.0)
    end = weight + np.where(below, ends[known, 1], ends[known, 0]) / radius
    factor = np.minimum(end * c_low, end * c_high)
    more = factor - np.minimum(weight * c_low, weight * c_high)  # the rest is counted already
    low, high = region.ranges(a)
    low, high = low + i, high + i
    reach = np.maximum(np.abs(low), np.abs(high))
    lost = 2.0 * np.abs(more) * reach * size + np.maximum(-more, 0.0) * size * size
    x = a @ near + i
    concave = np.minimum(factor, 0.0)  # of that, no more than the chord will be left
    bent = (more - concave) * x * x + concave * ((low + high) * x - low * high)
    total[known], error[known] = factor, lost
    value[known] = np.where(fine, bent - lost - middle / radius * here[known], -np.inf)
    return total, value, error


def pairs_below(pairs: Matrix) -> float:
    """How far ``symbols @ pairs @ symbols`` may lie below 0; ``pairs`` is symmetric."""
    diagonal = np.diag(pairs)
    return float(np.abs(pairs).sum() - np.abs(diagonal).sum() - np.minimum(diagonal, 0.0).sum())


def largest(symbols: Matrix, number: int) -> np.ndarray:
    """Which symbols are kept apart: the largest ``number``, against the size of each state's."""
    size = np.abs(symbols).max(axis=1, initial=0.0, keepdims=True)
    importance = (np.abs(symbols) / np.where(size > 0.0, size, 1.0)).sum(axis=0)
    order = np.argsort(-importance, kind="stable")[:number]
    return np.asarray(order[importance[order] > 0.0])

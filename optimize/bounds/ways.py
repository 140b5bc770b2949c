"""A remainder with its price, ``y r`` with ``r = c alpha beta``, from below by quadratics.

The price y is itself linear in the plan and the states, and known to lie in a range, as r is. With
a fixed price, ``y = fixed + (y - fixed)``: the fixed part times ``alpha beta`` is a quadratic, and
the rest is bounded in one of several ways:

- with no fixed part, ``y r`` is at least y times the middle of r, less ``|y|`` times the rest of r;
- in the middle of the range of y, the rest is at most half that range times half that of r;
- from an end of the range, where the rest has one sign, by a number that r lies above or below;
- from an end, by a line that r lies above or below: the tangent or the chord of a square, or one
  of the four planes through the corners of a product.

The last are exact where the tangent touches, or at the ends, but bring in products of y and
alpha, which bend down somewhere. Where the square of alpha bends down, it may be replaced by its
chord. Every one of these lies below, so the choice is free.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from optimize.problem import Matrix, Vector

AWAY = 0.1  # of what counts where a way should be high, so that ties are none


@dataclass(frozen=True)
class Priced:
    """Ranges (t, 2) of some remainders: of y, alpha, beta, c and of the remainder itself."""

    y: Matrix
    alpha: Matrix
    beta: Matrix
    c: Matrix
    r: Matrix

    def of(self, which: np.ndarray) -> Priced:
        """Those of some remainders."""
        return Priced(*(getattr(self, f.name)[which] for f in fields(Priced)))


@dataclass(frozen=True)
class Way:
    """``level + tilt y + bend alpha beta + p alpha + q beta + y (pull alpha + push beta)``.

    It lies below ``y r``. Every array is (t,), one number a remainder, or (ways, t).
    """

    level: Vector
    tilt: Vector
    bend: Vector
    p: Vector
    q: Vector
    pull: Vector
    push: Vector

    def value(self, y: Vector, alpha: Vector, beta: Vector) -> Vector:
        """Of each remainder."""
        line = self.level + self.tilt * y + self.bend * alpha * beta
        line = line + self.p * alpha + self.q * beta
        return np.asarray(line + y * (self.pull * alpha + self.push * beta))

    def size(self, y: Vector, alpha: Vector, beta: Vector) -> Vector:
        """The sum of the sizes of its terms, given those of y, alpha and beta."""
        return Way(*(np.abs(part) for part in self.parts)).value(y, alpha, beta)

    @property
    def parts(self) -> list[Vector]:
        return [getattr(self, f.name) for f in fields(Way)]


def best(
    priced: Priced, same: np.ndarray, y: Vector, alpha: Vector, beta: Vector, caution: float
) -> Way:
    """Of each remainder, a way that is high at (y, alpha, beta); ``same`` where beta is alpha.

    What bends down costs elsewhere, and makes the prices of earlier remainders vary more. So a
    way pays ``caution`` times a quarter of the product of the two ranges over which it bends. At
    the ends of alpha and beta it should be high, too, if only a little.
    """
    found = [np.zeros(len(y)) for _ in fields(Way)]
    for which, ways in ((same, _of_squares), (~same, _of_products)):
        own = priced.of(which)
        there = y[which], alpha[which], beta[which]
        possible = ways(own, there[1])
        spans = [np.ptp(side, axis=1) for side in (own.y, own.alpha, own.beta)]
        down = np.minimum(possible.bend, 0.0) if ways is _of_squares else possible.bend
        bent = np.abs(down) * spans[1] * spans[2]
        bent += spans[0] * (np.abs(possible.pull) * spans[1] + np.abs(possible.push) * spans[2])
        corners = zip(own.alpha.T, own.beta.T, strict=True)
        away = sum(possible.value(own.y.mean(axis=1), *corner) for corner in corners)
        score = possible.value(*there) - 0.25 * caution * bent + 0.5 * AWAY * away
        pick = np.argmax(score, axis=0)
        for target, part in zip(found, possible.parts, strict=True):
            target[which] = np.take_along_axis(part, pick[None], axis=0)[0]
    return Way(*found)


def _of_squares(priced: Priced, alpha: Vector) -> Way:
    """All ways (ways, t) of ``c alpha**2``, and each with chords where it bends down."""
    up, down = priced.c[:, 0] >= 0.0, priced.c[:, 1] <= 0.0
    sizes = np.sort(np.abs(priced.c), axis=1) * np.where(up, 1.0, -1.0)[:, None]
    low, high = np.where(up, priced.y.T, priced.y.T[::-1])
    least, most = priced.alpha.T
    touch = np.clip(alpha, least, most)

    def from_end(end: Vector, c: Vector, slope: Vector, level: Vector) -> Way:
        """The price at ``end``, and the rest times ``c (slope alpha + level)``."""
        bend, _ = _fixed(priced, end, True)
        level = np.where(up | down, level, np.nan)
        return Way(-end * c * level, c * level, bend, -end * c * slope, zero, c * slope, zero)

    zero = np.zeros_like(alpha)
    ways = _of_all(priced, True)
    ways.append(from_end(low, sizes[:, 0], 2.0 * touch, -touch * touch))
    ways.append(from_end(high, sizes[:, 1], least + most, -least * most))
    found = Way(*(np.stack(parts) for parts in zip(*(way.parts for way in ways), strict=True)))
    c = np.minimum(found.bend, 0.0)
    level, p = found.level - c * least * most, found.p + c * (least + most)
    flat = Way(level, found.tilt, found.bend - c, p, found.q, found.pull, found.push)
    both = Way(*(np.concatenate(pair) for pair in zip(found.parts, flat.parts, strict=True)))
    impossible = np.isnan(both.level)  # a c of either sign
    return Way(
        np.where(impossible, -np.inf, both.level), *(np.nan_to_num(p) for p in both.parts[1:])
    )


def _of_products(priced: Priced, alpha: Vector) -> Way:
    """All ways (ways, t) of ``c alpha beta``."""
    c = priced.c.mean(axis=1)
    ends = np.sort(priced.y * c[:, None], axis=1)
    far = [np.abs(side).max(axis=1) for side in (priced.y, priced.alpha, priced.beta)]
    loose = 0.5 * np.ptp(priced.c, axis=1) * far[0] * far[1] * far[2]
    ways = _of_all(priced, False)
    for side, corners in enumerate((((0, 0), (1, 1)), ((0, 1), (1, 0)))):
        end = ends[:, side]
        for one, other in corners:
            a, b = priced.alpha[:, one], priced.beta[:, other]
            level = end * a * b - loose
            ways.append(Way(level, -a * b * c, end, -end * b, -end * a, b * c, a * c))
    return Way(*(np.stack(parts) for parts in zip(*(way.parts for way in ways), strict=True)))


def _of_all(priced: Priced, same: bool) -> list[Way]:
    """Ways without products of y and alpha."""
    y, r = priced.y.mean(axis=1), priced.r.mean(axis=1)
    radius, zero = 0.5 * np.ptp(priced.r, axis=1), np.zeros_like(y)
    down, up = np.minimum(priced.y[:, 0], 0.0), np.maximum(priced.y[:, 1], 0.0)
    bend, lost = _fixed(priced, y, same)
    rest = 0.5 * np.ptp(priced.y, axis=1) * radius
    found = [Way(-y * r - rest - lost, r, bend, zero, zero, zero, zero)]
    # The chord of -|y| is ``tilt y - lost``; at either end it may not be above.
    tilt = -(up + down) / np.maximum(up - down, 1e-300)
    lost = np.maximum(np.maximum(-down + tilt * down, up + tilt * up), 0.0)
    found.append(Way(-lost * radius, tilt * radius + r, zero, zero, zero, zero, zero))
    for end, limit in zip(priced.y.T, priced.r.T, strict=True):
        bend, lost = _fixed(priced, end, same)
        found.append(Way(-end * limit - lost, limit, bend, zero, zero, zero, zero))
    return found


def _fixed(priced: Priced, y: Vector, same: bool) -> tuple[Vector, Vector]:
    """``y c alpha beta`` is at least ``bend alpha beta - lost``."""
    ends = y[:, None] * priced.c
    if same:
        return ends.min(axis=1), np.zeros_like(y)
    size = np.abs(priced.alpha).max(axis=1) * np.abs(priced.beta).max(axis=1)
    return ends.mean(axis=1), 0.5 * np.ptp(ends, axis=1) * size


def apart(pairs: Matrix, ranges: Matrix, here: Vector) -> tuple[Vector, float]:
    """``r @ pairs @ r / 2`` from below by ``level @ r + constant``, for r in ``ranges`` (t, 2).

    A product of two lies above two planes; the higher one at ``here`` (t,) is taken. A square
    lies above its tangent there, or above its chord where it bends down.
    """
    middle, radius = ranges.mean(axis=1), 0.5 * np.ptp(ranges, axis=1)
    fixed = radius > 0.0
    scaled = pairs * radius[:, None] * radius
    h = np.clip((here - middle) / np.where(fixed, radius, 1.0), -1.0, 1.0)
    diagonal = np.diag(scaled).copy()
    np.fill_diagonal(scaled, 0.0)
    both, apart_ = h[:, None] + h[None, :], h[:, None] - h[None, :]
    sign = np.where(scaled > 0.0, np.sign(both), np.sign(apart_))
    level = (np.abs(scaled) * sign).sum(axis=1)  # of symbols, r = middle + radius * symbol
    constant = -0.5 * float(np.abs(scaled).sum())
    up = np.maximum(diagonal, 0.0)
    level += up * h
    constant += 0.5 * float((np.minimum(diagonal, 0.0) - up * h * h).sum())
    along = pairs @ middle
    slope = np.where(fixed, level / np.where(fixed, radius, 1.0), 0.0) + along
    constant += -float(slope @ middle) + 0.5 * float(middle @ along)
    return slope, constant

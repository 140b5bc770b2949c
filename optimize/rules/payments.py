"""The rule that projects are paid over several years (notation as in :mod:`optimize.rules.money`).

The money of a plan is money *paid*. A project that is agreed on in one year is paid over the
years that follow, so what a year pays out is not free: it follows from what was agreed before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from optimize.problem import Row, Vector
from optimize.rules.context import PRODUCTIVE, SECTORS, RuleContext, RuleError
from optimize.rules.money import UNIT

RULE = "payment_profile"
LARGEST = 1e4  # yuan committed that one yuan paid may stand for


def payment_profile(
    context: RuleContext, *, shares: Sequence[float] = (0.5, 0.3, 0.2)
) -> Iterator[Row]:
    """A sector's payments are those of commitments that are paid over several years.

    ``x[y, s, productive] = sum(shares[d] * c[y - d, s] for d)`` with commitments
    ``c[y, s] >= 0``: what is committed must be paid on, so payments cannot stop at once. The
    commitments follow from the payments one year after the other, ``c[y] = (x[y] -
    sum(shares[d] * c[y - d], d >= 1)) / shares[0]``, and are linear in them: the rows say
    ``c[y, s] >= 0``, in 10,000 yuan committed. Commitments before the plan are assumed to equal
    the payments of their year; what is committed in the last years is paid on after the plan.
    """
    profile, years = np.array(shares, dtype=float), context.years
    if not is_profile(shares, len(years)):
        reason = "they do not add up to 1, or the first is too small"
        raise RuleError(RULE, "shares", reason, "for example [0.5, 0.3, 0.2]")
    weights = _inverse(profile, len(years))
    for sector in SECTORS:
        tail = [
            sum(
                float(profile[ago]) * context.history.get((year - ago, sector, PRODUCTIVE), 0.0)
                for ago in range(1, len(profile))
                if year - ago < years[0]
            )
            for year in years
        ]
        for last, year in enumerate(years):
            row: dict[int, float] = {}
            committed_before = 0.0
            for at in range(last + 1):
                weight = float(weights[last - at])
                committed_before += weight * tail[at]
                paid = context.money(years[at], sector=sector, instrument=PRODUCTIVE)
                row |= dict.fromkeys(paid, weight)
            row = {index: weight for index, weight in row.items() if weight}
            yield Row(RULE, "money", row, ">=", committed_before, UNIT, year, sector)


def is_profile(shares: Sequence[float], years: int) -> bool:
    """Whether shares of a commitment say how it is paid, and payments say what was committed.

    They add up to 1; later shares far above the first would let a small change of what is paid
    stand for a change of commitments over ``years`` that is beyond all measure.
    """
    if not shares or shares[0] <= 0.0 or min(shares) < 0.0 or abs(sum(shares) - 1.0) > 1e-6:
        return False
    return bool(np.abs(_inverse(np.array(shares, dtype=float), years)).max() <= LARGEST)


def _inverse(profile: Vector, length: int) -> Vector:
    """``w`` (length,) with ``convolve(profile, w) = (1, 0, 0, ...)``: from payments back."""
    weights = np.zeros(length)
    weights[0] = 1.0 / profile[0]
    for lag in range(1, length):
        back = min(lag, len(profile) - 1)
        weights[lag] = -profile[1 : back + 1] @ weights[lag - 1 :: -1][:back] / profile[0]
    return weights

"""A quadratic that lies below an outcome functional in a region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.bounds.region import Region
from optimize.problem import Matrix, Vector


@dataclass(frozen=True)
class Minorant:
    """``constant + slope @ d + d @ square @ d / 2 - error`` is below the functional.

    ``d = plan - plan0``. ``shares`` (K, remainders) say how much of the error each remainder
    is behind at each step, roughly; ``signs`` (remainders, 2) range over time of weight
    times curvature: a remainder that is never negative costs nothing by itself.
    ``spans`` (n,) say what of the error goes when a decision's range is halved, roughly.
    """

    plan: Vector
    region: Region
    constant: float
    slope: Vector
    square: Matrix
    error: float
    shares: Matrix
    signs: Matrix
    spans: Vector

    def below(self, plans: Matrix) -> Vector:
        """Its values (N,) at plans (N, n)."""
        d = plans - self.plan
        return np.asarray(
            self.constant - self.error + d @ self.slope + 0.5 * ((d @ self.square) * d).sum(axis=1)
        )

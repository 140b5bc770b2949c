"""What ``pareto`` found: the front, and where the recommended plan and past practice lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.pareto import Front
from optimize.problem import Vector
from scenarios.report.result import Money, Result


@dataclass(frozen=True)
class Study:
    """A front beside the plan that the scenario's weights recommend."""

    result: Result  # of the recommended plan
    front: Front
    moneys: tuple[Money, ...]  # of each point
    recommended: Vector  # (k,): the aims under the recommended plan
    past: Vector  # (k,): under past practice
    seed: int

    @property
    def exchange(self) -> tuple[tuple[float, float], ...]:
        """For each other aim, the least and the largest rate above 0 along the front."""
        rates = np.array([point.rates for point in self.front.points])
        found = []
        for column in rates.T if len(rates) else []:
            paid = column[np.isfinite(column) & (column > 0.0)]
            found.append((float(paid.min()), float(paid.max())) if len(paid) else (np.nan, np.nan))
        return tuple(found)

    @property
    def differences(self) -> Vector:
        """Loss of the first aim for one unit of the second between neighbours (points - 1,).

        Of two aims only: with three, neighbours differ in both others.
        """
        exact = np.array([point.exact for point in self.front.points])
        sign = np.where([aim.weight > 0.0 for aim in self.front.aims], 1.0, -1.0)
        steps = np.diff(exact * sign, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(-steps[:, 0] / steps[:, 1])

    @property
    def confirmed(self) -> tuple[int, int]:
        """How many rates lie between those of the differences on both sides, of how many."""
        if len(self.front.aims) != 2:
            return 0, 0
        slopes = self.differences
        told = [
            (float(point.rates[0]), slopes[i - 1], slopes[i])
            for i, point in enumerate(self.front.points)
            if 0 < i < len(self.front.points) - 1 and np.isfinite(point.rates[0])
        ]
        within = [
            rate
            for rate, before, after in told
            if (1.0 - FUZZ) * min(before, after) <= rate <= (1.0 + FUZZ) * max(before, after)
        ]
        return len(within), len(told)


FUZZ = 0.05  # of a rate: what the ends of searches may blur

"""The objective from below by one functional of the outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.certify import Conditions
from optimize.measures import Measures
from optimize.problem import Vector


@dataclass(frozen=True)
class Lagrangian:
    """``objective >= weights @ outcomes + constant`` for every plan within the outcome rules.

    True for any multipliers >= 0 of the rules and any shares >= 0 of the years that add to 1;
    those of the KKT point make it an equality there.
    """

    weights: Vector  # (m,)
    constant: float

    def value(self, outcomes: Vector) -> float:
        return float(self.weights @ outcomes + self.constant)


def lagrangian(measures: Measures, first: Conditions) -> Lagrangian:
    """The Lagrangian at the multipliers of ``first``, made to have the right signs."""
    weights = measures.smooth.copy()
    for term, shares in zip(measures.worst, first.years, strict=True):
        found = np.maximum(shares, 0.0)
        total = float(found.sum())
        found = found / total if total > 0.0 else np.full(len(found), 1.0 / len(found))
        np.add.at(weights, term.index, term.weight * term.coefficient * found)
    multipliers = np.maximum(first.multipliers, 0.0)
    weights += measures.coefficients.T @ multipliers
    limits = multipliers * measures.limits
    rounding = 1e-13 * float(np.abs(limits).sum())
    return Lagrangian(weights, -float(limits.sum()) - rounding)

"""One number from the losses in many futures, and how often a rule must hold.

The conditional value at risk is the mean loss of the worst share of futures. Source:
R. T. Rockafellar and S. Uryasev, Optimization of conditional value-at-risk, Journal of Risk 2
(2000), whose minimum over a threshold the subproblem of the search uses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector


@dataclass(frozen=True)
class Risk:
    """``(1 - weight) * mean + weight * CVaR`` of losses over equally likely futures.

    CVaR is the mean of the ``1 - level`` of all futures in which the loss is largest; where
    that is less than one future, of the very worst. ``weight`` 1 with :data:`WORST` as level is
    the largest loss: of losses less the least possible in each future, the largest regret.
    """

    weight: float = 0.5
    level: float = 0.9

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= 1.0:
            raise ValueError("the weight of CVaR is between 0 and 1")
        if not 0.0 <= self.level <= 1.0:
            raise ValueError("the level of CVaR is between 0 and 1")

    def tail(self, number: int) -> float:
        """How many of ``number`` futures are the worst share, at least 1."""
        return max((1.0 - self.level) * number, 1.0)

    def mean_of_worst(self, losses: Matrix) -> Vector:
        """CVaR of losses (N, S): (N,)."""
        number = losses.shape[1]
        tail = self.tail(number)
        share = np.clip(tail - np.arange(number), 0.0, 1.0) / tail
        return np.asarray(np.sort(losses, axis=1)[:, ::-1] @ share)

    def value(self, losses: Matrix) -> Vector:
        """The number that is minimised, of losses (N, S): (N,)."""
        mean = losses.mean(axis=1)
        if self.weight == 0.0:
            return np.asarray(mean)
        return np.asarray((1.0 - self.weight) * mean + self.weight * self.mean_of_worst(losses))

    def threshold(self, losses: Vector) -> float:
        """The least loss (S,) that belongs to the worst share, wholly or in part."""
        at = int(np.ceil(self.tail(len(losses)) - 1e-9))
        return float(np.sort(losses)[-at])


WORST = 1.0  # level of a Risk that looks at the very worst future


def enough(share: float, number: int) -> int:
    """How many of ``number`` futures, at least 1, a rule must hold in to hold in ``share``."""
    return max(int(np.ceil(share * number - 1e-9)), 1)


def allowed(breach: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Breaches (N, S, R) that count, (N, R): those of the best ``share`` of futures at worst.

    Not above 0 exactly where a rule holds in at least ``share`` of the futures.
    """
    at = enough(share, breach.shape[1]) - 1
    return np.asarray(np.sort(breach, axis=1)[:, at])

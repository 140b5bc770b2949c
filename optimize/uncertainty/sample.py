"""Futures and what counts in them: how plans do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix
from optimize.response import FunctionResponse
from optimize.uncertainty.measures import Cube, FutureMeasures

PLANS_AT_ONCE = 8  # memory: plans times futures times outcomes


class ManyFutures(Protocol):
    """What is needed of an :class:`~optimize.uncertainty.Ensemble`."""

    def simulate(self, plans: NDArray[Any]) -> NDArray[Any]:
        """Outcomes (N, S, m) of plans (N, n), real or complex."""


@dataclass(frozen=True)
class Sample:
    """S futures, the response in each of them and its aims and rules."""

    ensemble: ManyFutures
    measures: FutureMeasures

    @property
    def number(self) -> int:
        """S."""
        return len(self.measures.smooth)

    @cached_property
    def response(self) -> FunctionResponse:
        """All futures as one response with S * m outcomes, future by future.

        The derivatives at a plan take ``8 S m n`` bytes, and thrice that on the way.
        """

        def flat(plans: NDArray[Any]) -> NDArray[Any]:
            return self.ensemble.simulate(plans).reshape(len(plans), -1)

        return FunctionResponse(flat, 1000.0)

    def told(self, plans: Matrix) -> Told:
        """Losses and breaches of plans (N, n) in every future."""
        losses, breach = [], []
        for first in range(0, len(plans), PLANS_AT_ONCE):
            part = plans[first : first + PLANS_AT_ONCE]
            outcomes = np.asarray(self.ensemble.simulate(part), dtype=float)
            losses.append(self.measures.losses(outcomes))
            breach.append(self.measures.breach(outcomes))
        return Told(self.measures.rules, np.concatenate(losses), np.concatenate(breach))


@dataclass(frozen=True)
class Told:
    """N plans in S futures."""

    rules: tuple[str, ...]
    losses: Matrix  # (N, S): the objective, which is minimised
    breach: Cube  # (N, S, R): > 0 where a rule is broken, relative

    def holds(self, tolerance: float = 1e-6) -> NDArray[np.bool_]:
        """Whether each rule holds, (N, S, R)."""
        return np.asarray(self.breach <= tolerance)

    def picked(self, futures: Sequence[int] | NDArray[Any]) -> Told:
        """Some of the futures."""
        chosen = np.asarray(futures, dtype=int)
        return Told(self.rules, self.losses[:, chosen], self.breach[:, chosen])

"""What a search carries along: one plan on its way, and the clock that may stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimize.curvature import Secant
from optimize.highs import Working
from optimize.problem import Matrix, Vector
from optimize.step import Local

NEARLY = 1e-4  # relative breach that the finish or the rounding mends
FIRST_RADIUS = 1.0  # of a decision's whole range


class Stopped(Exception):
    """The search was asked to stop; ``reason`` is "limit" or "interrupted"."""

    def __init__(self, reason: Literal["limit", "interrupted"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Clock:
    """Tells the search when to stop."""

    deadline: float = float("inf")
    should_stop: Callable[[], bool] | None = None

    @property
    def over(self) -> Literal["limit", "interrupted"] | None:
        """Why the search must stop now: time is over, or the caller wants it; None to go on."""
        if self.should_stop is not None and self.should_stop():
            return "interrupted"
        return "limit" if time.perf_counter() > self.deadline else None

    def check(self) -> None:
        """Raise Stopped when the search must stop."""
        if (reason := self.over) is not None:
            raise Stopped(reason)


@dataclass(frozen=True)
class Along:
    """Second derivatives (k, k) of the Lagrangian along a face's ``basis`` (n, k)."""

    plan: Vector
    basis: Matrix
    hessian: Matrix


@dataclass
class Walker:
    """One plan on its way."""

    local: Local
    penalty: Vector
    secant: Secant  # may be shared with other walkers
    radius: float = FIRST_RADIUS
    stale: bool = False  # derivatives are of an older plan
    moved: Vector | None = None  # the last step kept
    weights: Vector | None = None  # Lagrangian of the last subproblem
    working: Working | None = None  # what the last subproblem pushed against
    along: Along | None = None
    state: Literal["moving", "arrived", "stuck"] = "moving"
    steps: int = 0

    def restart(self) -> None:
        """Forget what was learnt for another aim; go on from the plan."""
        self.penalty = np.zeros_like(self.penalty)
        self.secant = Secant(len(self.local.plan))
        self.moved = self.weights = self.working = self.along = None
        self.state, self.radius = "moving", FIRST_RADIUS

    @property
    def objective(self) -> float:
        """Objective at the plan."""
        return float(self.local.objective(self.local.outcomes[None])[0])

    def merit(self, penalty: Vector) -> float:
        """Objective plus breaches at ``penalty`` (r,)."""
        return float(self.local.merit(self.local.outcomes[None], penalty)[0])

    @property
    def breach(self) -> float:
        """Largest relative breach of an outcome row (0 when all hold)."""
        return float(np.maximum(self.local.excess(self.local.outcomes[None]), 0.0).max(initial=0.0))


@dataclass(frozen=True)
class Beyond:
    """What a walker has to get beyond: ``best``, the objective of a plan that is known.

    One within ``near`` of it ends when its next step promises no better.
    """

    best: Walker
    near: float  # in units of the objective

"""What is to be decided, under which rules, for which aim; and the answer.

Plain data only: nothing here computes. Money is in 10,000 yuan (万元) at constant 2020
prices. Vectors over decisions have length ``n`` and over outcomes length ``m``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

Sense = Literal["<=", ">=", "=="]
Status = Literal[
    "certified",
    "bounded",
    "locally_optimal",
    "feasible",
    "infeasible_proven",
    "infeasible_unproven",
]
Stop = Literal["done", "limit", "interrupted"]


@dataclass(frozen=True)
class Decision:
    """Money of one year for one sector through one instrument (10,000 yuan)."""

    year: int
    sector: str  # "agriculture", "industry", "services" or "all"
    instrument: str
    lever: str  # the lookup column of the model that carries it
    low: float = 0.0
    high: float = float("inf")


@dataclass(frozen=True)
class Outcome:
    """A model column sampled at ``Time = year`` (the end of that year)."""

    column: str
    year: int


@dataclass(frozen=True)
class Row:
    """One inequality ``sum(coefficient * quantity) sense bound``.

    ``on`` says what the coefficients multiply: ``"money"`` (index of a decision) or
    ``"outcome"`` (index of an outcome). ``rule`` is the rule's identifier and the key of
    its words in the message table.
    """

    rule: str
    on: Literal["money", "outcome"]
    coefficients: Mapping[int, float]
    sense: Sense
    bound: float
    unit: str
    year: int | None = None
    subject: str = ""  # the sector or instrument that the row is about, if any
    source: str = ""

    @property
    def name(self) -> str:
        """Unique name, e.g. ``yearly_budget[2027]``."""
        keys = [str(key) for key in (self.subject, self.year) if key not in ("", None)]
        return f"{self.rule}[{','.join(keys)}]" if keys else self.rule

    def value(self, quantities: Vector) -> float:
        """Left side of the row; ``quantities`` are the money (n,) or the outcomes (m,)."""
        return float(sum(c * quantities[i] for i, c in self.coefficients.items()))

    def slack(self, quantities: Vector) -> float:
        """Room left in the row's unit: >= 0 when the row holds."""
        value = self.value(quantities)
        if self.sense == "<=":
            return self.bound - value
        return value - self.bound if self.sense == ">=" else -abs(value - self.bound)

    def size(self, quantities: Vector) -> float:
        """What a violation is compared with: ``|bound|``, or the row's terms if that is 0."""
        if self.bound:
            return abs(self.bound)
        return float(sum(abs(c * quantities[i]) for i, c in self.coefficients.items())) or 1.0

    def violation(self, quantities: Vector) -> float:
        """By how much the row is broken, relative to its size; 0 when it holds."""
        return max(0.0, -self.slack(quantities)) / self.size(quantities)


@dataclass(frozen=True)
class Term:
    """A part of the objective, ``weight * value``, which is minimised.

    ``mean``: value is ``sum(coefficient * outcome)``. ``worst``: value is the smallest
    ``coefficient * outcome``, so a negative weight raises the worst year.
    """

    name: str
    weight: float
    coefficients: Mapping[int, float]
    kind: Literal["mean", "worst"] = "mean"
    unit: str = ""


@dataclass(frozen=True)
class Problem:
    """Everything the search needs besides the response of the model."""

    decisions: tuple[Decision, ...]
    outcomes: tuple[Outcome, ...]
    objective: tuple[Term, ...]
    rows: tuple[Row, ...]
    past_practice: Vector  # shape (n,)

    @property
    def low(self) -> Vector:
        """Lower limits of the decisions, shape (n,)."""
        return np.array([decision.low for decision in self.decisions])

    @property
    def high(self) -> Vector:
        """Upper limits of the decisions, shape (n,)."""
        return np.array([decision.high for decision in self.decisions])


@dataclass(frozen=True)
class RuleReport:
    """One row at the plan: how near its limit, and what a unit of the limit is worth.

    ``shadow_price`` is the *improvement* (fall) of the objective when the bound is relaxed
    by one unit; ``valid_up_to`` the bound up to which the price was confirmed by a re-solve.
    """

    row: Row
    value: float
    slack: float  # >= 0 when the row holds, in the row's unit
    binding: bool
    shadow_price: float | None
    valid_up_to: float | None = None
    violation: float = 0.0  # relative to the row's size


@dataclass(frozen=True)
class Starts:
    """How many starts were run and how many reached the same objective."""

    number: int
    agreeing: int
    spread: float  # (worst - best) objective over the agreeing starts, in its unit
    objectives: tuple[float, ...] = ()  # where each start ended; infinite if infeasible


@dataclass(frozen=True)
class Answer:
    """The plan, and how far to trust it.

    ``gradient``, ``reduced_costs``, ``kkt_residual`` and the shadow prices belong to
    ``continuous``, the plan before rounding. A reduced cost is the loss of the objective per
    10,000 yuan of moving an unused decision off its limit.
    """

    status: Status
    stop: Stop
    amounts: Vector  # shape (n,), in whole units of money where ``whole``
    outcomes: Vector  # shape (m,), simulated from ``amounts``
    objective: float
    parts: Mapping[str, float]  # natural value of every term, unweighted
    kkt_residual: float  # of the continuous plan, relative to the gradient
    max_violation: float  # worst row at ``amounts``, relative to the size of its bound
    starts: Starts
    rules: tuple[RuleReport, ...]
    gradient: Vector  # d objective / d decision, shape (n,)
    reduced_costs: Vector  # shape (n,)
    continuous: Vector  # shape (n,)
    objective_without_money: float  # every decision at its lower limit
    whole: bool = True  # False: no plan in whole units nearby keeps the rules
    least_curvature: float | None = None  # relative; >= 0 at a local optimum
    bound: float | None = None
    gap_of_gain: float | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    conflict: tuple[str, ...] = ()  # rows proven to contradict, or that the nearest plan breaks

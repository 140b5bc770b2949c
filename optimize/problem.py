"""What is to be decided, under which rules, for which aim; and the answer.

Plain data only: nothing here computes. Money is in 10,000 yuan (万元) at constant 2020
prices. Vectors over decisions have length ``n`` and over outcomes length ``m``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
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

    @property
    def time(self) -> float:
        """Where its amount stands in the lever's table."""
        return float(self.year)


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
class Choice:
    """Something that is done or not: a project begun in a year, money spent at all.

    ``group`` is what the choices of one thing share (a project's possible years, the years of an
    instrument in a sector).
    """

    group: str
    year: int | None = None

    @property
    def name(self) -> str:
        """Unique name, e.g. ``oat park[2028]``."""
        return self.group if self.year is None else f"{self.group}[{self.year}]"


@dataclass(frozen=True)
class Link:
    """A row that ties choices to money, or to each other.

    ``sum(money coefficient * amount) + sum(choice coefficient * chosen) sense bound`` with
    ``chosen`` 0 or 1, in ``unit``. Once the choices are made it is a row about money. ``unless``
    is a choice that lifts the link (whose sense is then ``<=``): with it, the link says nothing.
    """

    rule: str
    money: Mapping[int, float]
    choices: Mapping[int, float]
    sense: Sense
    bound: float
    unit: str
    year: int | None = None
    subject: str = ""
    source: str = ""
    unless: int | None = None

    @property
    def name(self) -> str:
        """As :attr:`Row.name`."""
        return self.row(()).name

    def row(self, chosen: Collection[int]) -> Row:
        """What the link asks of the money when exactly ``chosen`` are done."""
        done = sum(c for i, c in self.choices.items() if i in chosen)
        return Row(
            self.rule,
            "money",
            self.money,
            self.sense,
            self.bound - done,
            self.unit,
            self.year,
            self.subject,
            self.source,
        )


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
    choices: tuple[Choice, ...] = ()  # K of them
    links: tuple[Link, ...] = ()

    @property
    def low(self) -> Vector:
        """Lower limits of the decisions, shape (n,)."""
        return np.array([decision.low for decision in self.decisions])

    @property
    def high(self) -> Vector:
        """Upper limits of the decisions, shape (n,)."""
        return np.array([decision.high for decision in self.decisions])

    def having_chosen(self, chosen: Collection[int]) -> Problem:
        """What is left to decide, the money, when exactly ``chosen`` are done.

        A link that a choice lifts, or that says no more than a decision's own limits, is left out.
        """
        rows = (link.row(chosen) for link in self.links if link.money and link.unless not in chosen)
        kept = tuple(row for row in rows if not self._always(row))
        return replace(self, rows=(*self.rows, *kept), choices=(), links=())

    def _always(self, row: Row) -> bool:
        """Whether the limits of the decisions alone make a row hold."""
        ends = [(self.decisions[i], c) for i, c in row.coefficients.items()]
        least = sum(c * (d.low if c > 0 else d.high) for d, c in ends)
        most = sum(c * (d.high if c > 0 else d.low) for d, c in ends)
        return {
            "<=": most <= row.bound,
            ">=": least >= row.bound,
            "==": least == most == row.bound,
        }[row.sense]


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
class WhyNot:
    """The best plan found that does something of a ``group`` of which the plan does nothing.

    ``loss`` is by how much its objective, simulated, is worse.
    """

    group: str
    chosen: tuple[int, ...]
    loss: float


@dataclass(frozen=True)
class Chosen:
    """Which choices are made and how they were found: the best seen, never proven the best.

    ``mip_gap`` is what the last MIP on the response left open, as a share of what the money
    achieves. ``free_objective`` is that of the best plan found when money need not follow
    choices at all.
    """

    choices: tuple[int, ...]  # indices, ascending
    mip_gap: float | None
    polished: int  # how many sets of choices had their money optimised
    simulated: int  # neighbouring sets of choices that were tried by simulation
    settled: bool  # no single change was better in the last round of those trials
    free_objective: float | None
    why_not: tuple[WhyNot, ...] = ()


@dataclass(frozen=True)
class Give:
    """A row that gives: its bound moves outward by ``by``, or its share by ``by`` to ``share``."""

    row: Row
    by: float  # in the unit of the row
    share: float | None = None


@dataclass(frozen=True)
class Repair:
    """Rows that give so that a plan becomes possible.

    ``alone``: all are of one rule; ``together``: they cost least in all, each relative to its
    size; ``nearest``: the least that a search for outcomes out of reach came to.
    """

    way: Literal["alone", "together", "nearest"]
    gives: tuple[Give, ...]


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
    chosen: Chosen | None = None  # where the problem has choices
    conflict: tuple[str, ...] = ()  # rows proven to contradict, or that the nearest plan breaks
    repairs: tuple[Repair, ...] = ()  # what would make a plan possible, where there is none

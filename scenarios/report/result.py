"""What a run of ``optimize`` found: the one input of charts, summary and run folder.

Plain data, so it can be sent to the process that draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from optimize.crosscheck import CrossCheck
from optimize.edit import Share
from optimize.explain.contributions import Contributions
from optimize.explain.easing import Eased
from optimize.explain.freedom import Freedom
from optimize.explain.rule_costs import RuleCost
from optimize.problem import Answer, Decision, Problem, Vector
from optimize.uncertainty.risk import Estimate
from scenarios.language import Language
from scenarios.project_csv import LibraryProject
from scenarios.report.bands import Bands

PlanName = Literal["optimal", "past_practice", "no_cooperation"]
ASSUMPTION = "assumption"
PLANS: tuple[PlanName, ...] = ("optimal", "past_practice", "no_cooperation")
Money = Mapping[tuple[int, str, str], float]  # (year, sector, instrument) -> 10,000 yuan


def money_of(decisions: Sequence[Decision], amounts: Vector) -> Money:
    """Amounts (n,) by what their decisions decide."""
    return {
        (d.year, d.sector, d.instrument): float(amount)
        for d, amount in zip(decisions, amounts, strict=True)
    }


class Simulated(Protocol):
    """What is needed of ``models.Trajectories``."""

    @property
    def times(self) -> Sequence[float] | NDArray[np.float64]:
        """Saved times, shape (T,)."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of the V columns."""

    @property
    def data(self) -> NDArray[np.float64]:
        """Values, shape (N, T, V)."""


@dataclass(frozen=True)
class Yearly:
    """One simulated plan, sampled at the end of every year."""

    years: tuple[int, ...]
    columns: tuple[str, ...]
    data: NDArray[np.float64]  # shape (len(years), len(columns))

    @classmethod
    def sampled(cls, trajectories: Simulated, run: int = 0) -> Yearly:
        """The whole years of one run of ``trajectories``."""
        times = np.asarray(trajectories.times, dtype=float)
        whole = np.flatnonzero(np.isclose(times, np.round(times), rtol=0.0, atol=1e-9))
        return cls(
            years=tuple(round(float(t)) for t in times[whole]),
            columns=tuple(trajectories.columns),
            data=np.ascontiguousarray(np.real(trajectories.data[run, whole, :]), dtype=float),
        )

    def __contains__(self, column: object) -> bool:
        return column in self.columns

    def __getitem__(self, column: str) -> Vector:
        """Values of a column, shape (len(years),).

        Raises:
            KeyError: the model has no such column.
        """
        if column not in self.columns:
            raise KeyError(column)
        return self.data[:, self.columns.index(column)]

    def at(self, column: str, years: Sequence[int]) -> Vector:
        """Values of a column in some years, shape (len(years),)."""
        return self[column][[self.years.index(year) for year in years]]


@dataclass(frozen=True)
class Reference:
    """The same plan, run by an independent simulator."""

    engine: str  # name and version
    max_relative_difference: float


@dataclass(frozen=True)
class Parameter:
    """A parameter as it was run: one number for all elements, or one for each of ``elements``."""

    id: str
    unit: str
    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    source: str
    elements: tuple[str, ...] = ()

    @property
    def assumed(self) -> bool:
        """Whether it rests on an assumption."""
        return ASSUMPTION in self.source


@dataclass(frozen=True)
class Source:
    """A document that a figure rests on: a row of ``evidence.csv``; ``used`` names parameters."""

    id: str
    title: str
    entity: str
    year: str
    used: tuple[str, ...]
    title_en: str = ""


@dataclass(frozen=True)
class InFutures:
    """How the plan does in drawn futures, against past practice in the same ones.

    ``held`` tells for each of ``rules``, those about outcomes, in how many it holds in every
    year. ``gain`` is in units of the objective. ``failed`` futures gave no finite numbers.
    """

    rules: tuple[str, ...]
    held: tuple[Estimate, ...]
    all_held: Estimate
    better: Estimate
    gain: Estimate
    failed: int = 0


@dataclass(frozen=True)
class ModelFacts:
    """Which model the numbers come from, and on which parameters and documents it rests."""

    file: str
    sha256: str
    table: tuple[Parameter, ...]
    sources: tuple[Source, ...] = ()

    @property
    def parameters(self) -> int:
        """How many parameters there are."""
        return len(self.table)

    @property
    def assumptions(self) -> int:
        """How many of them are assumptions, not sourced."""
        return sum(parameter.assumed for parameter in self.table)


@dataclass(frozen=True)
class Edit:
    """Amounts that a planner keeps, and what that costs.

    ``kept`` are the amounts of ``file``, ``free_money`` those of the free optimum and ``nearest``
    the nearest that some plan keeps, only those that differ, where none keeps ``kept``. The cost
    is ``shares`` in sum. Objectives are those of the free optimum and of other plans.
    """

    file: str
    kept: Money
    free_objective: float
    objective_without_money: float
    past_objective: float = float("nan")
    free_money: Money = field(default_factory=dict)
    shares: tuple[Share, ...] = ()
    nearest: Money = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """What re-solves around an answer found.

    ``freedom`` is by name of a sector, ``all`` or an instrument; ``outcomes`` (m,) are those of
    the continuous plan.
    """

    eased: tuple[Eased, ...]
    costs: tuple[RuleCost, ...]
    freedom: Mapping[str, Freedom]
    outcomes: Vector


@dataclass(frozen=True)
class Result:
    """A scenario, its answer and what was simulated.

    ``paths`` holds the three plans; when nothing is feasible ``optimal`` may be missing.
    ``past_money`` is past practice, its history and its continuation over the plan's years.
    ``rules`` are the scenario's ``[rules.*]`` tables, ``units`` the unit of every model variable.
    """

    scenario: str
    title: Mapping[Language, str]
    problem: Problem
    answer: Answer
    paths: Mapping[PlanName, Yearly]
    past_money: Money
    units: Mapping[str, str]
    rules: Mapping[str, Mapping[str, object]]
    model: ModelFacts
    seed: int
    price_year: int = 2020
    versions: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    reference: Reference | None = None
    futures: InFutures | None = None
    contributions: Contributions | None = None  # to the gain over past practice
    explanation: Explanation | None = None  # where it was asked for
    edit: Edit | None = None
    library: tuple[LibraryProject, ...] = ()  # the projects that could be chosen
    crosschecks: tuple[CrossCheck, ...] = ()  # the same problem by other solvers
    bands: Bands | None = None  # of the plan over many futures, where they were asked for

    @property
    def feasible(self) -> bool:
        """Whether there is a plan to show."""
        return not self.answer.status.startswith("infeasible") and "optimal" in self.paths

    @property
    def plan_years(self) -> tuple[int, ...]:
        """Years that the plan decides."""
        return tuple(sorted({decision.year for decision in self.problem.decisions}))

    @property
    def history_years(self) -> tuple[int, ...]:
        """Years of past practice before the plan."""
        first = self.plan_years[0]
        return tuple(sorted({year for year, _, _ in self.past_money if year < first}))

    @property
    def model_years(self) -> tuple[int, ...]:
        """Years with yearly figures, from the first that the model runs to the plan's last."""
        years = self.paths["past_practice"].years
        return tuple(year for year in years[1:] if year <= self.plan_years[-1])

    @property
    def plan_money(self) -> Money:
        """The plan's money by year, sector and instrument."""
        return money_of(self.problem.decisions, self.answer.amounts)

    @property
    def instruments(self) -> tuple[str, ...]:
        """Instruments in the order of the decisions."""
        return tuple(dict.fromkeys(d.instrument for d in self.problem.decisions))


def total(
    money: Money,
    *,
    years: Sequence[int] | None = None,
    sector: str | None = None,
    instrument: str | None = None,
) -> float:
    """Sum of the money that fits what is given (10,000 yuan)."""
    chosen = None if years is None else frozenset(years)
    return sum(
        amount
        for (year, where, tool), amount in money.items()
        if (chosen is None or year in chosen)
        and (sector is None or where == sector)
        and (instrument is None or tool == instrument)
    )

"""Searches that are given the same problem, on the same engine, from the same plan.

Each leaves a trail: the plans that were better than all before, with the time. Points ``z`` are
plans in units of each decision's range, then one number for each worst-year term where a method
has constraints (the worst year is the largest number that no year is below).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from optimize import CountyResponse, Problem, solve
from optimize.highs import Lp
from optimize.linear import linear_rules
from optimize.measures import measures
from optimize.problem import Matrix, Vector
from optimize.quadratic import solve_qp
from optimize.start import starting_plans

POPULATION = 64  # of CMA-ES and differential evolution, so that the engine runs it as one batch
PENALTY = 10.0  # of what the money achieves, for a breach of the size of a row
FULL_COVARIANCE = 400  # decisions up to which CMA-ES learns a whole matrix, not its diagonal


class OutOfTime(Exception):
    """The budget of seconds is spent."""


@dataclass(frozen=True)
class Event:
    """A plan that was better than all before it."""

    seconds: float  # of the clock
    processor: float  # of the process, all threads
    plan: Vector


@dataclass
class Trail:
    """What a search has tried so far; ends it when its time is over.

    The limit counts the processor's seconds, so that a busy machine takes none from anybody.
    """

    task: Task
    limit: float
    events: list[Event] = field(default_factory=list)
    best: float = float("inf")
    begin: float = field(default_factory=time.perf_counter)
    begun: float = field(default_factory=time.process_time)

    def note(self, plans: Matrix, outcomes: Matrix) -> Vector:
        """Objective plus penalties (N,) of plans (N, n).

        Raises:
            OutOfTime: the search has had its seconds.
        """
        value = self.task.charged(plans, outcomes)
        index = int(np.argmin(value))
        if value[index] < self.best:
            self.best = float(value[index])
            self.events.append(self.event(plans[index]))
        if self.over:
            raise OutOfTime
        return value

    @property
    def over(self) -> bool:
        return time.process_time() - self.begun > self.limit

    def event(self, plan: Vector) -> Event:
        spent = time.perf_counter() - self.begin, time.process_time() - self.begun
        return Event(*spent, np.array(plan))


class Task:
    """A problem with the measures that all searches share."""

    def __init__(self, problem: Problem, response: CountyResponse) -> None:
        self.problem, self.response = problem, response
        self.rules = linear_rules(problem)
        self.low, self.high = self.rules.ranges()
        self.span = np.where(self.high > self.low, self.high - self.low, 1.0)
        past, least = response.values(np.stack([problem.past_practice, self.low]))
        self.measure = measures(problem, past)
        self.without_money = float(self.measure.objective(least[None])[0])
        self.start = self.rules.nearest(problem.past_practice)
        self.sizes = np.maximum(np.abs(self.rules.a * self.span).max(axis=1), 1e-12)
        begun = float(self.measure.objective(response.values(self.start[None]))[0])
        self.weight = PENALTY * max(abs(self.without_money - begun), 1e-3 * abs(begun))

    def charged(self, plans: Matrix, outcomes: Matrix) -> Vector:
        """Objective and penalties, breaches relative to the sizes of their rows."""
        money = plans @ self.rules.a.T
        over = np.maximum(np.maximum(money - self.rules.upper, self.rules.lower - money), 0.0)
        breach = (over / self.sizes).sum(axis=1)
        breach += np.maximum(self.measure.excess(outcomes), 0.0).sum(axis=1)
        return np.asarray(self.measure.objective(outcomes) + self.weight * breach)

    def point(self, plan: Vector) -> Vector:
        """The plan in units of the ranges."""
        return np.asarray(np.clip((plan - self.low) / self.span, 0.0, 1.0))

    @cached_property
    def in_units(self) -> tuple[Matrix, Vector, Vector]:
        """The linear rules over plans in units of the ranges: ``lower <= a @ z <= upper``."""
        a = self.rules.a * self.span / self.sizes[:, None]
        at = self.rules.a @ self.low
        return a, (self.rules.lower - at) / self.sizes, (self.rules.upper - at) / self.sizes

    def projected(self, point: Vector) -> Vector:
        """The nearest point within the linear rules, by a quadratic programme."""
        n = len(point)
        rules = Lp(-point, *self.in_units, np.zeros(n), np.ones(n), np.eye(n))
        return np.clip(solve_qp(rules).x, 0.0, 1.0)

    def judged(self, event: Event) -> tuple[float, float]:
        """Objective and largest relative breach of a plan moved onto the linear rules.

        A breach is charged, so that no plan looks better for breaking a rule.
        """
        plan = self.rules.nearest(event.plan)[None]
        outcomes = self.response.values(plan)
        breach = float(np.maximum(self.measure.excess(outcomes), 0.0).max(initial=0.0))
        return float(self.charged(plan, outcomes)[0]), breach


class Recorded:
    """The response, with a trail of the plans that a search simulates."""

    def __init__(self, trail: Trail) -> None:
        self.trail, self.response = trail, trail.task.response

    def values(self, plans: Matrix) -> Matrix:
        found = self.response.values(plans)
        self.trail.note(plans, found)
        return found

    def jacobian(self, plans: Matrix, exact: bool = True) -> tuple[Matrix, Any]:
        outcomes, slopes = self.response.jacobian(plans, exact)
        self.trail.note(plans, outcomes)
        return outcomes, slopes

    def curvature(self, plan: Vector, weights: Vector, directions: Matrix) -> Matrix:
        return self.response.curvature(plan, weights, directions)


def ours(trail: Trail, starts: int = 8) -> None:
    """The search of this project, with amounts that need not be whole."""
    answer = solve(trail.task.problem, Recorded(trail), starts=starts, unit=None)
    trail.events.append(trail.event(answer.amounts))


def ours_alone(trail: Trail) -> None:
    """The same from past practice alone, as the others start."""
    ours(trail, 1)


class Penalised:
    """Objective and penalties of points (N, n), for methods without constraints."""

    def __init__(self, trail: Trail) -> None:
        self.trail, self.task = trail, trail.task

    def __call__(self, points: Matrix) -> Vector:
        inside = np.clip(points, 0.0, 1.0)
        plans = self.task.low + inside * self.task.span
        value = self.trail.note(plans, self.task.response.values(plans))
        return np.asarray(value + self.task.weight * np.abs(points - inside).sum(axis=1))


class Projected(Penalised):
    """The same of the nearest points within the linear rules; outcome rules stay penalties.

    The distance is charged a little, so that a search does not drift away from the rules.
    """

    def __call__(self, points: Matrix) -> Vector:
        nearest = np.array([self.task.projected(point) for point in points])
        distance = ((points - nearest) ** 2).sum(axis=1)
        return np.asarray(super().__call__(nearest) + 0.1 * self.task.weight * distance)


def cma_es(trail: Trail, aim: Penalised | None = None) -> None:
    """CMA-ES (package cma), a standard deviation of a tenth of the ranges."""
    import cma

    aim, start = aim or Penalised(trail), trail.task.point(trail.task.start)
    options = {"popsize": POPULATION, "seed": 1, "verbose": -9, "bounds": [0.0, 1.0]}
    options["CMA_diagonal"] = len(start) > FULL_COVARIANCE
    while True:  # again from the best, should it stop by itself
        strategy = cma.CMAEvolutionStrategy(start, 0.1, options)
        while not strategy.stop():
            points = strategy.ask()
            strategy.tell(points, aim(np.array(points)).tolist())
        start = trail.task.point(trail.events[-1].plan)


def cma_es_projected(trail: Trail) -> None:
    """CMA-ES on projected points."""
    cma_es(trail, Projected(trail))


def differential_evolution(trail: Trail) -> None:
    """SciPy's on projected points, its first population plans within the linear rules."""
    from scipy.optimize import differential_evolution as evolve

    task, aim = trail.task, Projected(trail)
    plans = starting_plans(task.problem, task.rules, POPULATION, 1)
    evolve(
        lambda points: aim(np.atleast_2d(points.T)),
        [(0.0, 1.0)] * len(task.low),
        init=np.array([task.point(plan) for plan in plans]),
        vectorized=True,
        updating="deferred",
        polish=False,
        tol=0.0,
        maxiter=10**9,
        rng=1,
    )


def powell(trail: Trail) -> None:
    """Powell's line searches, what Vensim offers and users of PySD take from SciPy."""
    from scipy.optimize import minimize

    aim, start = Penalised(trail), trail.task.point(trail.task.start)
    while True:
        judged = minimize(
            lambda point: float(aim(point[None])[0]),
            start,
            method="Powell",
            bounds=[(0.0, 1.0)] * len(start),
        )
        start = judged.x


class Constrained:
    """Values and exact first derivatives for SciPy's methods with constraints."""

    def __init__(self, trail: Trail) -> None:
        self.trail, self.task = trail, trail.task
        self.n, self.w = len(trail.task.low), len(trail.task.measure.worst)
        self.at: Vector | None = None

    def start(self) -> Vector:
        outcomes = self.task.response.values(self.task.start[None])[0]
        worst = [(t.coefficient * outcomes[t.index]).min() for t in self.task.measure.worst]
        return np.concatenate([self.task.point(self.task.start), worst])

    def look(self, z: Vector) -> None:
        """Simulate once for a point."""
        if self.at is not None and np.array_equal(self.at, z):
            return
        plan = (self.task.low + np.clip(z[: self.n], 0.0, 1.0) * self.task.span)[None]
        self.outcomes, slopes = self.task.response.jacobian(plan)
        self.slopes = slopes[0] * self.task.span
        self.at = z.copy()
        self.trail.note(plan, self.outcomes)

    def aim(self, z: Vector) -> tuple[float, Vector]:
        self.look(z)
        measure = self.task.measure
        value = float(self.outcomes[0] @ measure.smooth)
        weights = np.array([term.weight for term in measure.worst])
        return value + float(weights @ z[self.n :]), np.concatenate(
            [measure.smooth @ self.slopes, weights]
        )

    def rows(self, z: Vector) -> Vector:
        """Outcome rules and worst years, >= 0 where they hold."""
        self.look(z)
        measure, y = self.task.measure, self.outcomes[0]
        parts = [measure.limits - measure.coefficients @ y]
        parts += [t.coefficient * y[t.index] - z[self.n + i] for i, t in enumerate(measure.worst)]
        return np.concatenate(parts)

    def rows_slopes(self, z: Vector) -> Matrix:
        self.look(z)
        measure = self.task.measure
        blocks = [
            np.hstack(
                [-measure.coefficients @ self.slopes, np.zeros((len(measure.limits), self.w))]
            )
        ]
        for i, t in enumerate(measure.worst):
            own = np.zeros((len(t.index), self.w))
            own[:, i] = -1.0
            blocks.append(np.hstack([t.coefficient[:, None] * self.slopes[t.index], own]))
        return np.vstack(blocks)

    def money(self) -> tuple[Matrix, Vector, Vector]:
        """The linear rules over points: ``lower <= a @ z <= upper``."""
        a, lower, upper = self.task.in_units
        return np.hstack([a, np.zeros((len(a), self.w))]), lower, upper

    @property
    def bounds(self) -> list[tuple[float | None, float | None]]:
        plan: list[tuple[float | None, float | None]] = [(0.0, 1.0)] * self.n
        return plan + [(None, None)] * self.w


def slsqp(trail: Trail) -> None:
    """SciPy's SLSQP: sequential least squares on exact first derivatives."""
    from scipy.optimize import minimize

    aim = Constrained(trail)
    a, lower, upper = aim.money()
    below, above = np.isfinite(lower), np.isfinite(upper)
    both = np.vstack([a[below], -a[above]])
    room = np.concatenate([lower[below], -upper[above]])
    minimize(
        aim.aim,
        aim.start(),
        jac=True,
        method="SLSQP",
        bounds=aim.bounds,
        constraints=[
            {"type": "ineq", "fun": lambda z: both @ z - room, "jac": lambda z: both},
            {"type": "ineq", "fun": aim.rows, "jac": aim.rows_slopes},
        ],
        options={"maxiter": 10_000, "ftol": 1e-12},
    )


def trust_constr(trail: Trail) -> None:
    """SciPy's trust-constr: an interior point method with a BFGS matrix."""
    from scipy.optimize import BFGS, Bounds, LinearConstraint, NonlinearConstraint, minimize

    aim = Constrained(trail)
    a, lower, upper = aim.money()
    low, high = np.array([[-np.inf if b is None else b for b in pair] for pair in aim.bounds]).T
    high = np.where(np.isneginf(high), np.inf, high)
    minimize(
        aim.aim,
        aim.start(),
        jac=True,
        hess=BFGS(),
        method="trust-constr",
        bounds=Bounds(low, high),
        constraints=[
            LinearConstraint(a, lower, upper),
            NonlinearConstraint(aim.rows, 0.0, np.inf, jac=aim.rows_slopes, hess=BFGS()),
        ],
        options={"maxiter": 10_000, "gtol": 1e-10, "xtol": 1e-12},
    )


def ipopt(trail: Trail) -> None:
    """Ipopt through CasADi, the states as variables (:mod:`optimize.crosscheck`)."""
    from optimize.crosscheck.ipopt import run
    from optimize.crosscheck.transcription import Transcription

    task = trail.task

    def note(plan: Vector) -> bool:
        trail.events.append(trail.event(plan))
        return trail.over

    written = Transcription(task.problem, task.response)
    ended = run(written, task.measure, task.rules, task.start, task.weight / PENALTY, note)
    if ended.plan is not None:
        trail.events.append(trail.event(ended.plan))


METHODS: Mapping[str, Callable[[Trail], object]] = {
    "Xieheng, 8 starts": ours,
    "Xieheng, one start": ours_alone,
    "Ipopt (CasADi)": ipopt,
    "SLSQP (SciPy)": slsqp,
    "trust-constr (SciPy)": trust_constr,
    "CMA-ES (cma), penalties": cma_es,
    "CMA-ES (cma), projection": cma_es_projected,
    "differential evolution (SciPy)": differential_evolution,
    "Powell (SciPy)": powell,
}
DERIVATIVE_FREE = tuple(METHODS)[-4:]

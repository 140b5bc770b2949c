"""The same problem given to another solver, and its plan judged as ours is."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimize.certify import conditions
from optimize.linear import LinearRules, linear_rules
from optimize.measures import Measures, measures, relative_violations
from optimize.problem import Answer, Problem, Vector
from optimize.response import CountyResponse
from optimize.step import Local
from optimize.walker import Clock

Solver = Literal["ipopt", "scip"]
Begin = Literal["past_practice", "plan"]
PACKAGES: Mapping[Solver, str] = {"ipopt": "casadi", "scip": "pyscipopt"}
HOLDS = 1e-6  # relative violation up to which a plan keeps the rules
SAME = 1e-6  # share of the gain within which two objectives are the same


@dataclass(frozen=True)
class Ended:
    """How a solver ended: its own word for it, and its plan (n,), if it has one."""

    status: str
    plan: Vector | None
    variables: int
    constraints: int
    bound: float = -np.inf  # of the objective, proven to the solver's tolerances


@dataclass(frozen=True)
class CrossCheck:
    """What another solver made of the problem, from one starting plan.

    ``objective``, ``violation`` (relative) and ``kkt_residual`` are those of its plan, moved onto
    the linear rules by the least change and simulated by our engine. ``worse_by`` is the share of
    what the money achieves by which our plan before rounding is better; negative where theirs
    is. ``gap_of_gain`` is what the solver's own bound leaves open below our plan.
    """

    solver: Solver
    version: str
    begin: Begin
    status: str
    seconds: float
    variables: int = 0
    constraints: int = 0
    plan: Vector | None = None
    objective: float | None = None
    worse_by: float | None = None
    violation: float | None = None
    kkt_residual: float | None = None
    bound: float | None = None
    gap_of_gain: float | None = None
    refused: str = ""  # what the solver's form of the problem does not know

    @property
    def feasible(self) -> bool:
        """Whether its plan keeps the rules."""
        return self.violation is not None and self.violation <= HOLDS

    @property
    def better(self) -> bool:
        """Whether its plan keeps the rules and beats ours by more than counts."""
        return self.feasible and self.worse_by is not None and self.worse_by < -SAME


def missing(solver: Solver) -> str | None:
    """The package that a solver needs and that is not installed."""
    package = PACKAGES[solver]
    return None if importlib.util.find_spec(package) else package


def cross_checks(
    problem: Problem,
    response: CountyResponse,
    answer: Answer,
    solvers: Sequence[Solver],
    *,
    time_limit: float = 60.0,
    should_stop: Callable[[], bool] | None = None,
) -> Iterator[CrossCheck]:
    """Solve ``problem`` again by each solver, from each start; choices stay as they were made.

    Each run ends after ``time_limit`` seconds with what it has, or when ``should_stop()``.
    """
    if answer.chosen is not None:
        problem = problem.having_chosen(answer.chosen.choices)
    task = Task(problem, response, answer)
    for solver in solvers:
        begins: tuple[Begin, ...] = ("past_practice", "plan") if solver == "ipopt" else ("plan",)
        for begin in begins:
            if should_stop is not None and should_stop():
                return
            yield _checked(task, solver, begin, time_limit, should_stop)


class Task:
    """A problem with what every solver is told."""

    def __init__(self, problem: Problem, response: CountyResponse, answer: Answer) -> None:
        self.problem, self.response = problem, response
        self.rules: LinearRules = linear_rules(problem)
        self.low, self.high = self.rules.ranges()
        self.scale = np.where(self.high > self.low, self.high - self.low, 1.0)
        past = response.values(problem.past_practice[None])[0]
        self.measure: Measures = measures(problem, past)
        self.plan = answer.continuous
        self.past = self.rules.nearest(problem.past_practice)
        self.objective = float(self.measure.objective(response.values(self.plan[None]))[0])
        self.gain = max(
            abs(answer.objective_without_money - self.objective),
            1e-9 * max(abs(self.objective), 1e-9),
        )

    def judged(self, plan: Vector) -> tuple[Vector, float, float, float]:
        """A plan moved onto the linear rules; its objective, violation and KKT residual."""
        plan = self.rules.nearest(np.clip(plan, self.rules.low, self.rules.high))
        outcomes, jacobian = self.response.jacobian(plan[None])
        local = Local(
            plan,
            outcomes[0],
            jacobian[0] * self.scale,
            self.scale,
            self.rules,
            self.measure,
            self.measure.limits,
        )
        violations = relative_violations(self.problem, plan, outcomes[0])
        return (
            plan,
            float(self.measure.objective(outcomes)[0]),
            max(violations.values(), default=0.0),
            conditions(local).residual,
        )


def _checked(
    task: Task,
    solver: Solver,
    begin: Begin,
    time_limit: float,
    should_stop: Callable[[], bool] | None,
) -> CrossCheck:
    from optimize.bounds.atoms import NoRange
    from optimize.bounds.unroll import Outside

    if solver == "ipopt":
        from optimize.crosscheck import ipopt as module
        from optimize.crosscheck.graph import NotInGraph
    else:
        from optimize.crosscheck import scip as module  # type: ignore[no-redef]

        NotInGraph = Outside  # type: ignore[assignment, misc]
    started = time.perf_counter()
    clock = Clock(started + time_limit, should_stop)
    try:
        ended = module.solve(task, task.past if begin == "past_practice" else task.plan, clock)
    except (NoRange, Outside, NotInGraph) as error:
        spent = time.perf_counter() - started
        return CrossCheck(solver, module.version(), begin, "refused", spent, refused=str(error))
    spent = time.perf_counter() - started
    found = CrossCheck(
        solver, module.version(), begin, ended.status, spent, ended.variables, ended.constraints
    )
    return _with_verdict(task, found, ended)


def _with_verdict(task: Task, found: CrossCheck, ended: Ended) -> CrossCheck:
    from dataclasses import replace

    if ended.plan is not None and np.isfinite(ended.plan).all():
        plan, objective, violation, residual = task.judged(ended.plan)
        found = replace(
            found,
            plan=plan,
            objective=objective,
            worse_by=(objective - task.objective) / task.gain,
            violation=violation,
            kkt_residual=residual,
        )
    if np.isfinite(ended.bound):
        gap = (task.objective - ended.bound) / task.gain
        found = replace(found, bound=ended.bound, gap_of_gain=gap)
    return found

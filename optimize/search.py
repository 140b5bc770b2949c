"""Solve a problem on a response: starts, steps, finish, rounding, proof, explanation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from optimize.certify import Conditions, conditions, least_curvature
from optimize.conflict import conflicting_rows
from optimize.explain import rule_reports
from optimize.linear import LinearRules, linear_rules
from optimize.measures import Measures, measures, relative_violations
from optimize.problem import Answer, Matrix, Problem, Starts, Stop
from optimize.response import Response
from optimize.rounding import whole_plan
from optimize.start import starting_plans
from optimize.trust_region import look_along, walk, walkers
from optimize.verdict import HOLDS, impossible, verdict
from optimize.walker import NEARLY, Clock, Stopped, Walker

AGREE = 1e-3  # share of the gain within which two starts reached the same objective
COARSE, FINE = 2e-3, 1e-10  # promised fall of the objective, as a share of the gain
LATE = 0.25  # of the coarse tolerance, for starts that seem to end elsewhere
STEPS = 60  # at most, of one walk
ROUNDS = 3  # of finishing the best and pressing on with starts that ended elsewhere


@dataclass(frozen=True)
class Progress:
    """What the search is doing: for a progress line."""

    phase: str  # "rules", "conflict", "starts", "feasibility", "finish", "rounding", "explain"
    step: int
    objective: float | None  # of the best plan so far that keeps the rules, if any
    violation: float  # of the nearest plan so far, relative; 0 when one keeps the rules


@dataclass
class Search:
    """State of one search; :func:`solve` runs it."""

    problem: Problem
    response: Response
    clock: Clock
    report: Callable[[Progress], None] | None
    seconds: dict[str, float] = field(default_factory=dict)
    step: int = 0
    best: tuple[bool, float] = (True, float("inf"))  # breaks rules; breach or objective

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase and announce it."""
        self.name = name
        self.tell([])
        begin = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - begin
            self.seconds[name] = self.seconds.get(name, 0.0) + spent

    def walk(self, group: list[Walker], tolerance: float, exact: bool = False) -> None:
        """Move walkers until their steps promise less than ``tolerance`` of the objective."""
        walk(
            group,
            self.response,
            self.clock,
            tolerance=tolerance,
            steps=STEPS,
            exact=exact,
            progress=self.tell,
        )

    def tell(self, group: list[Walker]) -> None:
        """Report progress; ``group`` are the walkers that have just moved."""
        self.step += bool(group)
        if group:
            walker = _best(group)
            # While only the violation is minimised there is no objective to report yet.
            broken = walker.breach > NEARLY or not walker.local.aims
            value = walker.breach if broken else walker.merit(walker.penalty)
            self.best = min(self.best, (broken, value))
        if self.report is not None:
            broken, value = self.best
            self.report(
                Progress(self.name, self.step, None if broken else value, value if broken else 0.0)
            )


def solve(
    problem: Problem,
    response: Response,
    *,
    starts: int = 8,
    seed: int = 1,
    unit: float | None = 1.0,
    time_limit: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Answer:
    """The best plan of ``problem``, with its proof and explanation.

    ``unit`` is what amounts are whole multiples of (10,000 yuan); None keeps them
    continuous. The search ends early, with the best plan so far, when ``time_limit``
    seconds have passed (``stop = "limit"``), or when ``should_stop()`` or Ctrl-C says so
    (``stop = "interrupted"``). The same arguments give the same answer unless cut short.

    Raises ValueError for a problem that is not well posed: a decision that nothing limits,
    or a worst-year term that is to be made worse.
    """
    begin = time.perf_counter()
    deadline = float("inf") if time_limit is None else begin + time_limit
    search = Search(problem, response, Clock(deadline, should_stop), progress)
    with search.phase("rules"):
        rules = linear_rules(problem)
        possible = rules.feasible
    if not possible:
        return _impossible(search, rules)
    with search.phase("rules"):
        low, high = rules.ranges()
        scale = np.where(high - low > 0.0, high - low, 1.0)
        plans = starting_plans(problem, rules, starts, seed)
    with search.phase("starts"):
        least, past = response.values(np.stack([low, problem.past_practice]))
        measure = measures(problem, past)
        without_money = float(measure.objective(least[None])[0])
        if search.clock.over is not None:
            plans = plans[[_nearest(measure, response.values(plans))]]
        group = walkers(plans, response, measure, rules, scale)
        begun = [replace(walker) for walker in group]
    stop = _climb(search, group, without_money)
    for best in [_best(group), *_kept(begun, stop)]:
        with search.phase("finish"):
            first, bend = _certify(best, response, stop)
        with search.phase("rounding"):
            whole = whole_plan(best.local, response, unit, 1e-6 * _gain([best], without_money))
        if max(relative_violations(problem, *whole).values(), default=0.0) <= HOLDS:
            break
    with search.phase("explain"):
        reports = rule_reports(
            problem,
            best.local,
            first,
            best.penalty,
            best.secant.matrix,
            response if stop == "done" else None,
            *whole,
        )
    away = [_away(walker, best) for walker in group]
    near = [distance for distance in away if distance <= AGREE * _gain([best], without_money)]
    ends = tuple(best.objective + distance for distance in away)
    return verdict(
        problem,
        measure,
        first,
        bend,
        whole,
        best.local.plan,
        unit=unit,
        stop=stop,
        starts=Starts(len(away), len(near), max(near, default=0.0), ends),
        rules=reports,
        without_money=without_money,
        seconds=search.seconds,
    )


def _impossible(search: Search, rules: LinearRules) -> Answer:
    """No plan satisfies the linear rules: name the smallest set in conflict."""
    problem = search.problem
    with search.phase("conflict"):
        conflict = conflicting_rows(rules)
        plan = np.clip(problem.past_practice, problem.low, problem.high)
        outcomes, least = search.response.values(np.stack([plan, problem.low]))
    measure = measures(problem, outcomes)
    without_money = float(measure.objective(least[None])[0])
    return impossible(
        problem,
        measure,
        plan,
        outcomes,
        conflict,
        without_money=without_money,
        seconds=search.seconds,
    )


def _nearest(measure: Measures, outcomes: Matrix) -> int:
    """Which of some plans with ``outcomes`` (N, m) is best, or breaks the rules least."""
    breach = np.maximum(measure.excess(outcomes).max(axis=1, initial=0.0), HOLDS)
    return int(np.lexsort((measure.objective(outcomes), breach))[0])


def _kept(begun: list[Walker], stop: Stop) -> list[Walker]:
    """Where a search that was stopped can fall back to: the starts that keep the rules."""
    if stop == "done":
        return []
    kept = [walker for walker in begun if walker.breach <= HOLDS]
    return sorted(kept, key=lambda walker: walker.objective)


def _certify(best: Walker, response: Response, stop: Stop) -> tuple[Conditions, float | None]:
    """Optimality conditions at the plan; the second order only when there was time for it."""
    if best.local.rules.breach(best.local.plan) > 1e-9:  # what the QP solver's tolerance left
        best.local = replace(best.local, plan=best.local.rules.nearest(best.local.plan))
        best.stale = True
    if best.stale:
        outcomes, found = response.jacobian(best.local.plan[None])
        jacobian = found[0] * best.local.scale
        best.local = replace(best.local, outcomes=outcomes[0], jacobian=jacobian)
        best.stale = False
    first = conditions(best.local)
    if stop != "done":
        return first, None
    return first, least_curvature(look_along(best, response, first.weights, here=True).hessian)


def _climb(search: Search, group: list[Walker], without_money: float) -> Stop:
    """Move the walkers to the end, the best of them precisely; say how it ended."""
    try:
        with search.phase("starts"):
            search.walk(group, COARSE * _gain(group, without_money))
        if all(walker.breach > NEARLY for walker in group):
            with search.phase("feasibility"):
                _repair(search, group, without_money)
            if all(walker.breach > NEARLY for walker in group):
                return "done"  # with the plans of least violation
        for _ in range(ROUNDS):
            best = _finish(search, group, without_money)
            gain = _gain([best], without_money)
            # A start that seems to have arrived elsewhere is looked at more closely.
            late = [walker for walker in group if _away(walker, best) > AGREE * gain]
            with search.phase("starts"):
                for walker in late:
                    walker.state = "moving"
                search.walk(late, LATE * COARSE * gain)
            if _best(group) is best:
                break
        else:
            _finish(search, group, without_money)
    except Stopped as stopped:
        return stopped.reason
    except KeyboardInterrupt:
        return "interrupted"
    return "done"


def _finish(search: Search, group: list[Walker], without_money: float) -> Walker:
    """Take the best walker to a KKT point."""
    with search.phase("finish"):
        best = _best(group)
        best.state, best.stale = "moving", True
        search.walk([best], FINE * _gain([best], without_money), exact=True)
    return best


def _away(walker: Walker, best: Walker) -> float:
    """How much worse a walker ended than the best; infinite if it breaks a rule.

    A breach that is too small to matter yet is charged at the penalty of the best.
    """
    if walker.breach > NEARLY:
        return float("inf")
    return walker.merit(best.penalty) - best.merit(best.penalty)


def _repair(search: Search, group: list[Walker], without_money: float) -> None:
    """Minimise the violation alone; walkers that reach the rules then resume their aims."""
    for walker in group:
        walker.local = replace(walker.local, aims=False)
        walker.restart()
    try:
        search.walk(group, 1e-10)
    finally:
        for walker in group:
            walker.local = replace(walker.local, aims=True)
    found = [walker for walker in group if walker.breach <= NEARLY]
    for walker in found:
        walker.restart()
    if found:
        search.walk(found, COARSE * _gain(found, without_money))


def _gain(group: list[Walker], without_money: float) -> float:
    """What the money achieves at best so far: the measure of every tolerance."""
    best = _best(group).objective
    return max(abs(without_money - best), 1e-9 * max(abs(best), 1e-9))


def _best(group: list[Walker]) -> Walker:
    """The walker with the least merit among those that (nearly) keep the rules, else nearest."""
    penalty = np.max([walker.penalty for walker in group], axis=0)

    def order(walker: Walker) -> tuple[bool, float]:
        broken = walker.breach > NEARLY
        return broken, walker.breach if broken else walker.merit(penalty)

    return min(group, key=order)

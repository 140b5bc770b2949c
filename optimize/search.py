"""Solve a problem on a response: starts, steps, finish, rounding, proof, explanation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from optimize.certify import Conditions, conditions, least_curvature
from optimize.choosing import Choosing
from optimize.climb import AGREE, Progress, Search, away, best_of, climb, gain_of
from optimize.conflict import conflicting_rows
from optimize.explain import rule_reports
from optimize.linear import LOOSE, LinearRules, linear_rules, mixed_rules
from optimize.measures import Measures, measures, relative_violations
from optimize.mend import mend
from optimize.problem import Answer, Matrix, Problem, Starts, Stop, Vector
from optimize.repair import repairs
from optimize.response import Response
from optimize.rounding import whole_plan
from optimize.start import starting_plans
from optimize.trust_region import look_along, walkers
from optimize.verdict import HOLDS, impossible, verdict
from optimize.walker import Clock, Walker

MENDABLE = 0.05  # relative breach of a rule up to which a plan is mended when time is over
MENDED = 3  # such plans, at most


def solve(
    problem: Problem,
    response: Response,
    *,
    starts: int = 8,
    seed: int = 1,
    unit: float | None = 1.0,
    begin: Sequence[Vector] = (),
    time_limit: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Answer:
    """The best plan of ``problem``, with its proof and explanation.

    ``unit`` is what amounts are whole multiples of (10,000 yuan); None keeps them
    continuous. The first starts are the plans of ``begin`` (n,). The search ends early, with the
    best plan so far, when ``time_limit`` seconds have passed (``stop = "limit"``), or when
    ``should_stop()`` or Ctrl-C says so (``stop = "interrupted"``). The same arguments give the
    same answer unless cut short.

    Raises ValueError for a problem that is not well posed: a decision that nothing limits,
    or a worst-year term that is to be made worse.
    """
    deadline = float("inf") if time_limit is None else time.perf_counter() + time_limit
    search = Search(problem, response, Clock(deadline, should_stop), progress)
    with search.phase("rules"):
        rules = linear_rules(problem)
        possible = rules.feasible
    if not possible:
        return _impossible(search, rules)
    with search.phase("rules"):
        low, high = rules.ranges()
        mixed = mixed_rules(problem, high) if problem.choices else None
        possible = mixed is None or mixed.feasible
    if not possible:
        return _impossible(search, mixed_rules(problem, LOOSE * high))
    with search.phase("rules"):
        scale = np.where(high - low > 0.0, high - low, 1.0)
        plans = starting_plans(problem, rules, starts, seed, begin)
    with search.phase("starts"):
        least, past = response.values(np.stack([low, problem.past_practice]))
        measure = measures(problem, past)
        without_money = float(measure.objective(least[None])[0])
        if search.clock.over is not None:
            plans = plans[[_nearest(measure, response.values(plans))]]
        group = walkers(plans, response, measure, rules, scale)
        begun = [replace(walker) for walker in group]
    stop = climb(search, group, without_money)
    if mixed is None:
        best = [best_of(group)]
        if stop != "done":
            with search.phase("finish"):
                best = _best_kept([*group, *begun], response) or best
        ends = [(problem, walker) for walker in best]
        return _concluded(search, ends, group, stop, unit, without_money)
    choosing = Choosing(search, mixed, best_of(group), without_money)
    stop = choosing.run(stop)
    found = choosing.best_first
    if stop == "done":
        found = found[:1]
    else:
        with search.phase("finish"):
            kept = _best_kept([end.walker for end in found], response)
        place = {id(walker): number for number, walker in enumerate(kept)}
        found.sort(key=lambda end: place.get(id(end.walker), len(kept)))
    ends = [(problem.having_chosen(end.chosen), end.walker) for end in found]
    group = [end.walker for end in choosing.starts]
    return _concluded(search, ends, group, stop, unit, without_money, choosing)


def _concluded(
    search: Search,
    ends: Sequence[tuple[Problem, Walker]],
    group: list[Walker],
    stop: Stop,
    unit: float | None,
    without_money: float,
    choosing: Choosing | None = None,
) -> Answer:
    """The answer from the first of ``ends`` whose plan in whole units keeps the rules.

    ``group`` are the starts that are told of.
    """
    response = search.response
    for problem, best in ends:
        with search.phase("finish"):
            first, bend = _certify(best, response, stop)
        with search.phase("rounding"):
            whole = whole_plan(best.local, response, unit, 1e-6 * gain_of([best], without_money))
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
            best.working,
        )
    distances = [away(walker, best) for walker in group]
    near = [far for far in distances if far <= AGREE * gain_of([best], without_money)]
    reached = tuple(best.objective + far for far in distances)
    return verdict(
        problem,
        best.local.measures,
        first,
        bend,
        whole,
        best.local.plan,
        unit=unit,
        stop=stop,
        starts=Starts(len(distances), len(near), max(near, default=0.0), reached),
        rules=reports,
        without_money=without_money,
        seconds=search.seconds,
        chosen=choosing.told(best) if choosing is not None else None,
    )


def _impossible(search: Search, rules: LinearRules) -> Answer:
    """No plan satisfies the linear rules: name the smallest set in conflict."""
    problem = search.problem
    with search.phase("conflict"):
        conflict = conflicting_rows(rules)
        mended = repairs(problem, rules, conflict)
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
        mended,
        without_money=without_money,
        seconds=search.seconds,
    )


def _nearest(measure: Measures, outcomes: Matrix) -> int:
    """Which of some plans with ``outcomes`` (N, m) is best, or breaks the rules least."""
    breach = np.maximum(measure.excess(outcomes).max(axis=1, initial=0.0), HOLDS)
    return int(np.lexsort((measure.objective(outcomes), breach))[0])


def _best_kept(group: list[Walker], response: Response) -> list[Walker]:
    """What a search that was stopped can answer with: walkers that keep the rules, best first.

    Of those that would be better and break them a little, the best are mended.
    """
    kept = [walker for walker in group if walker.breach <= HOLDS]
    least = min((walker.objective for walker in kept), default=float("inf"))
    penalty = np.median([walker.penalty for walker in group], axis=0)
    better = [w for w in group if HOLDS < w.breach <= MENDABLE and w.objective < least]
    for walker in sorted(better, key=lambda walker: walker.merit(penalty))[:MENDED]:
        if mend(walker, response):
            kept.append(walker)
            if walker.objective < least:
                break
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

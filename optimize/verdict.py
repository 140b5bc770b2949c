"""The answer put together: the status word and the figures that stand beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optimize.certify import STATIONARY, Conditions
from optimize.measures import Measures, relative_violations
from optimize.problem import (
    Answer,
    Chosen,
    Problem,
    Repair,
    RuleReport,
    Starts,
    Status,
    Stop,
    Vector,
)
from optimize.repair import nearest

HOLDS = 1e-6  # relative violation below which a row holds
BENDS_DOWN = -1e-6  # relative curvature below which a plan is no local optimum


def verdict(
    problem: Problem,
    measure: Measures,
    first: Conditions,
    bend: float | None,
    whole: tuple[Vector, Vector],
    continuous: Vector,
    *,
    unit: float | None,
    stop: Stop,
    starts: Starts,
    rules: tuple[RuleReport, ...],
    without_money: float,
    seconds: Mapping[str, float],
    chosen: Chosen | None = None,
) -> Answer:
    """The answer for the ``whole`` amounts (n,) and their simulated outcomes (m,).

    ``locally_optimal`` needs whole multiples of ``unit`` (None: any amount), first order
    conditions within 1e-4, no curvature ``bend`` downwards (None: not looked at) and every row
    within 1e-6; a plan that breaks a row is ``infeasible_unproven``, and the rows are named only
    if the search was not cut short. Where there are choices, ``locally_optimal`` also needs that
    no single other choice was found better.
    """
    amounts, outcomes = whole
    violations = relative_violations(problem, amounts, outcomes)
    settled = problem.low == problem.high
    whole_amounts = unit is None or bool(
        np.all(settled | (amounts == np.round(amounts / unit) * unit))
    )
    broken = tuple(name for name, value in violations.items() if value > HOLDS)
    status: Status = "feasible"
    if broken:
        status = "infeasible_unproven"
    elif not whole_amounts or (chosen is not None and not chosen.settled):
        status = "feasible"
    elif first.residual <= STATIONARY and bend is not None and bend >= BENDS_DOWN:
        status = "locally_optimal"
    return Answer(
        status=status,
        stop=stop,
        amounts=amounts,
        outcomes=outcomes,
        objective=float(measure.objective(outcomes[None])[0]),
        parts=measure.parts(outcomes),
        kkt_residual=first.residual,
        max_violation=max(violations.values(), default=0.0),
        starts=starts,
        rules=rules,
        gradient=first.gradient,
        reduced_costs=first.reduced,
        continuous=continuous,
        objective_without_money=without_money,
        whole=whole_amounts,
        least_curvature=bend,
        seconds=dict(seconds),
        chosen=chosen,
        conflict=broken if stop == "done" else (),
        repairs=nearest(problem, outcomes, broken) if stop == "done" else (),
    )


def impossible(
    problem: Problem,
    measure: Measures,
    plan: Vector,
    outcomes: Vector,
    conflict: tuple[str, ...],
    repairs: tuple[Repair, ...],
    *,
    without_money: float,
    seconds: Mapping[str, float],
) -> Answer:
    """The answer when no plan satisfies the linear rules: ``plan`` is only something to show."""
    nothing = np.zeros(len(plan))
    return Answer(
        status="infeasible_proven",
        stop="done",
        amounts=plan,
        outcomes=outcomes,
        objective=float(measure.objective(outcomes[None])[0]),
        parts=measure.parts(outcomes),
        kkt_residual=float("inf"),
        max_violation=max(relative_violations(problem, plan, outcomes).values(), default=0.0),
        starts=Starts(0, 0, 0.0),
        rules=(),
        gradient=nothing,
        reduced_costs=nothing,
        continuous=plan,
        objective_without_money=without_money,
        seconds=dict(seconds),
        conflict=conflict,
        repairs=repairs,
    )

"""The surroundings of an answer, and re-solves that start from its plan.

A changed problem is near the old one, so its best plan is near the old plan: the trust-region
walk starts there with the exact curvature known, and takes a few steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.certify import conditions
from optimize.curvature import Secant, positive
from optimize.highs import solve_lp
from optimize.linear import LinearRules, linear_rules, with_rows
from optimize.measures import measures
from optimize.problem import Answer, Matrix, Problem, Row, Vector
from optimize.response import Response
from optimize.step import Local
from optimize.trust_region import walk
from optimize.walker import NEARLY, Clock, Walker

CLOSE = 1e-7  # of the gain: promised fall of the objective at which a re-solve ends
STEPS = 40  # at most, of a re-solve


@dataclass(frozen=True)
class Neighbourhood:
    """The continuous plan of an answer with exact derivatives; choices are made.

    ``hessian`` (n, n) is the Lagrangian's, per unit of ``local.scale``, made positive definite;
    ``gain`` what the money achieves, in the unit of the objective.
    """

    problem: Problem
    response: Response
    local: Local
    hessian: Matrix
    objective: float
    gain: float
    past_outcomes: Vector  # (m,)


@dataclass(frozen=True)
class Resolved:
    """A plan of a changed problem, simulated."""

    objective: float
    plan: Vector  # (n,)
    outcomes: Vector  # (m,)
    arrived: bool  # False: the walk ended before its steps promised next to nothing


def neighbourhood(problem: Problem, response: Response, answer: Answer) -> Neighbourhood:
    """What lies around ``answer``, the answer to ``problem``."""
    if answer.chosen is not None:
        problem = problem.having_chosen(answer.chosen.choices)
    rules = linear_rules(problem)
    low, high = rules.ranges()
    scale = np.where(high - low > 0.0, high - low, 1.0)
    (past,) = response.values(problem.past_practice[None])
    measure = measures(problem, past)
    plan = answer.continuous
    outcomes, found = response.jacobian(plan[None])
    local = Local(plan, outcomes[0], found[0] * scale, scale, rules, measure, measure.limits)
    weights = conditions(local).weights
    hessian = positive(response.curvature(plan, weights, np.diag(scale)))
    objective = float(measure.objective(outcomes)[0])
    gain = answer.objective_without_money - objective
    return Neighbourhood(problem, response, local, hessian, objective, gain, past)


def resolve(
    near: Neighbourhood, variants: Sequence[Sequence[Row]], clock: Clock | None = None
) -> list[Resolved | None]:
    """The best plans under other rows, all at once; None where no plan is, or nothing limits it.

    Raises Stopped when ``clock`` says so.
    """
    walkers = [_walker(near, rows) for rows in variants]
    moving = [walker for walker in walkers if walker is not None]
    tolerance = CLOSE * max(abs(near.gain), 1e-9 * max(abs(near.objective), 1e-9))
    clock = clock or Clock()
    walk(moving, near.response, clock, tolerance=tolerance, steps=STEPS, exact=True)
    return [None if walker is None else _ended(walker) for walker in walkers]


def _walker(near: Neighbourhood, rows: Sequence[Row]) -> Walker | None:
    problem = replace(near.problem, rows=tuple(rows))
    rules = money_rules(near.local.rules, rows)
    everything = solve_lp(rules.lp(-np.ones(len(near.local.plan))))
    if not everything.optimal:
        return None
    plan = near.local.plan
    if rules.breach(plan) > 0.0:
        plan = rules.nearest(plan)
    measure = measures(problem, near.past_outcomes)
    local = replace(near.local, rules=rules, measures=measure, limits=measure.limits)
    stale = plan is not near.local.plan
    if stale:
        (outcomes,) = near.response.values(plan[None])
        local = replace(local, plan=plan, outcomes=outcomes)
    secant = Secant(len(plan))
    secant.matrix = near.hessian.copy()
    return Walker(local, np.zeros(len(measure.limits)), secant, stale=stale)


def money_rules(rules: LinearRules, rows: Sequence[Row]) -> LinearRules:
    """Other rows about money under the same limits of the decisions."""
    none = np.zeros(0)
    blank = replace(rules, names=(), a=np.zeros((0, len(rules.low))), lower=none, upper=none)
    return with_rows(blank, [row for row in rows if row.on == "money"])


def _ended(walker: Walker) -> Resolved | None:
    if walker.breach > NEARLY:
        return None
    local = walker.local
    return Resolved(
        walker.merit(walker.penalty), local.plan, local.outcomes, walker.state == "arrived"
    )

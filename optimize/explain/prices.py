"""What binds, and what a unit of each limit is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimize.certify import ACTIVE, Conditions
from optimize.highs import Working
from optimize.problem import Matrix, Problem, RuleReport, Vector
from optimize.response import Response
from optimize.step import Local, Step, take_step

TRIALS = (0.002, 0.01)  # shares of a bound by which it is relaxed to confirm its price
CONFIRMED = 0.1  # relative difference between promised and simulated improvement


def rule_reports(
    problem: Problem,
    local: Local,
    first: Conditions,
    penalty: Vector,
    hessian: Matrix | None,
    response: Response | None,
    amounts: Vector,
    outcomes: Vector,
    working: Working | None = None,
) -> tuple[RuleReport, ...]:
    """A report for every row of ``problem``, in its order.

    ``value`` and ``slack`` are those of the whole ``amounts`` with their simulated
    ``outcomes``; ``binding`` and the price belong to the continuous plan of ``local``. Without
    a ``response`` the range of the prices is not confirmed. ``working`` is that of a step nearby.
    """
    prices: dict[str, float] = {}
    binding: dict[str, bool] = {}
    money = [row for row in problem.rows if row.on == "money"]
    for number, row in enumerate(money):
        binding[row.name] = abs(row.slack(local.plan)) <= ACTIVE * row.size(local.plan)
        prices[row.name] = float(first.money[number])
    measures = local.measures
    excess = local.excess(local.outcomes[None])[0]
    for line, number in enumerate(measures.owner):
        name = measures.rows[number].name
        binding[name] = binding.get(name, False) or bool(excess[line] >= -ACTIVE)
        worth = float(first.outcome[line] / measures.sizes[line])
        prices[name] = prices.get(name, 0.0) + worth
    ranges: dict[str, float] = {}
    if response is not None:
        ranges = _ranges(problem, local, prices, hessian, response, first, penalty, working)
    return tuple(
        RuleReport(
            row,
            row.value(quantities),
            row.slack(quantities),
            binding[row.name],
            prices[row.name],
            ranges.get(row.name),
            row.violation(quantities),
        )
        for row in problem.rows
        for quantities in (amounts if row.on == "money" else outcomes,)
    )


def _ranges(
    problem: Problem,
    local: Local,
    prices: dict[str, float],
    hessian: Matrix | None,
    response: Response,
    first: Conditions,
    penalty: Vector,
    working: Working | None,
) -> dict[str, float]:
    """How far each binding amount of money can be raised until its price is off by 10 %.

    Every trial re-solves the quadratic subproblem with the relaxed bound and simulates the
    result; breaches of outcome rows that the simulation finds are charged at their price.
    """
    trials: list[tuple[str, float, float]] = []
    steps: list[Step] = []
    money = [row for row in problem.rows if row.on == "money"]
    for number, row in enumerate(money):
        if prices[row.name] <= 0.0 or row.sense != "<=" or row.bound <= 0.0 or row.subject:
            continue
        for share in TRIALS:
            by = share * row.bound
            relaxed = replace(local, rules=local.rules.relaxed(number, by))
            trials.append((row.name, by, row.bound + by))
            steps.append(take_step(relaxed, 1.0, penalty, hessian, None, working))
            working = steps[-1].working
    if not trials:
        return {}
    outcomes = response.values(np.stack([local.plan + local.scale * step.d for step in steps]))
    now = float(local.objective(local.outcomes[None])[0])
    found = local.objective(outcomes) + np.maximum(local.excess(outcomes), 0.0) @ first.outcome
    ranges: dict[str, float] = {}
    broken: set[str] = set()
    for (name, by, bound), step, value in zip(trials, steps, found, strict=True):
        promised = prices[name] * by
        if not step.solved or abs(now - float(value) - promised) > CONFIRMED * promised:
            broken.add(name)
        elif name not in broken:
            ranges[name] = bound
    return ranges

"""What binds, what a unit of each limit is worth, and why money goes where it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from optimize.certify import ACTIVE, Conditions
from optimize.problem import Matrix, Problem, RuleReport, Vector
from optimize.response import Response
from optimize.step import Local, Step, in_parallel, take_step

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
) -> tuple[RuleReport, ...]:
    """A report for every row of ``problem``, in its order.

    ``value`` and ``slack`` are those of the whole ``amounts`` with their simulated
    ``outcomes``; ``binding`` and the price belong to the continuous plan of ``local``. Without
    a ``response`` the range of the prices is not confirmed.
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
    ranges = _ranges(problem, local, prices, hessian, response, first, penalty) if response else {}
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
) -> dict[str, float]:
    """How far each binding amount of money can be raised until its price is off by 10 %.

    Every trial re-solves the quadratic subproblem with the relaxed bound and simulates the
    result; breaches of outcome rows that the simulation finds are charged at their price.
    """
    trials: list[tuple[str, float, float]] = []
    tasks: list[Callable[[], Step]] = []
    money = [row for row in problem.rows if row.on == "money"]
    for number, row in enumerate(money):
        if prices[row.name] <= 0.0 or row.sense != "<=" or row.bound <= 0.0 or row.subject:
            continue
        for share in TRIALS:
            by = share * row.bound
            relaxed = replace(local, rules=local.rules.relaxed(number, by))
            trials.append((row.name, by, row.bound + by))
            tasks.append(partial(take_step, relaxed, 1.0, penalty, hessian))
    if not trials:
        return {}
    steps = in_parallel(tasks)
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


@dataclass(frozen=True)
class Unused:
    """A sector's instrument that gets no money in some years, and by how much it falls short.

    ``shortfall`` is the loss of the objective per 10,000 yuan moved there in the year where
    the loss is smallest; ``worth`` what the money earns where it is.
    """

    sector: str
    instrument: str
    years: tuple[int, ...]
    shortfall: float
    worth: float


def unused_instruments(
    problem: Problem, amounts: Vector, gradient: Vector, reduced_costs: Vector
) -> tuple[Unused, ...]:
    """Why unused instruments stay unused, those that come nearest first.

    ``gradient`` and ``reduced_costs`` (n,) are those of the answer.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for index, decision in enumerate(problem.decisions):
        if amounts[index] <= decision.low:
            groups.setdefault((decision.sector, decision.instrument), []).append(index)
    found = [_unused(problem, key, group, gradient, reduced_costs) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda unused: unused.shortfall))


def _unused(
    problem: Problem,
    key: tuple[str, str],
    group: Sequence[int],
    gradient: Vector,
    reduced_costs: Vector,
) -> Unused:
    nearest = min(group, key=lambda index: float(reduced_costs[index]))
    return Unused(
        key[0],
        key[1],
        tuple(problem.decisions[index].year for index in group),
        float(reduced_costs[nearest]),
        float(reduced_costs[nearest] - gradient[nearest]),
    )

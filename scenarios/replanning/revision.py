"""The rest of a plan made anew, and what made it change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimize import Answer, CountyResponse, Problem
from optimize.measures import measures, relative_violations
from optimize.problem import Vector
from scenarios.county import County
from scenarios.plan_csv import PlanTable
from scenarios.problem import problem, response_of
from scenarios.replanning.learning import Learnt, with_spending
from scenarios.replanning.observed import Observed
from scenarios.report.result import Yearly, money_of
from scenarios.scenario import Numbers, Tables

BROKEN = 1e-6  # relative violation that counts
Solve = Callable[[Problem, CountyResponse, Vector], Answer]


@dataclass(frozen=True)
class Revision:
    """The old and the new rest of a plan, and the steps between.

    ``county`` and ``problem`` are those of the remaining years, with everything known.
    ``old``, ``again``, ``spent`` and ``new`` (n,): the plan as it was; made anew though nothing
    had happened; with what was really spent; with what was learnt as well. ``old_aim`` and
    ``new_aim``: the aim that the old and the new plan reach from here on, by what is known now;
    ``broken``: rows that the old one breaks, relative to their size. ``paths``: of the old and the
    new plan, by what is known now, and of the old one as it was expected.
    """

    county: County
    problem: Problem
    answer: Answer
    old: Vector
    again: Vector
    spent: Vector
    new: Vector
    old_aim: float
    new_aim: float
    broken: dict[str, float]
    expected: Yearly
    kept: Yearly
    changed: Yearly


def revised(
    county: County, plan: PlanTable, observed: Observed, found: Learnt, solve: Solve
) -> Revision:
    """Make the remaining years of a plan anew with what is known now.

    Args:
        county: the scenario as it was planned with.
        plan: the plan that was followed.
        observed: what happened.
        found: what was learnt from it.
        solve: the search, given a problem, its response and the plan (n,) to begin from.
    """
    planned = {cell: amount for cell, amount in plan.items() if cell[0] <= observed.until}
    as_planned = replace(observed, spent=planned)
    went = with_spending(county, observed)
    begun = remaining(
        county, observed.until, county.scenario.numbers, with_spending(county, as_planned)
    )
    now = remaining(county, observed.until, found.numbers, went)
    answers: list[Vector] = []
    old = np.array([plan.get((d.year, d.sector, d.instrument), 0.0) for d in now.decisions])
    cases = [begun]
    if any(abs(observed.spent.get(cell, 0.0) - amount) > 1e-9 for cell, amount in planned.items()):
        cases.append(remaining(county, observed.until, county.scenario.numbers, went))
    for case in cases:
        stated = problem(case)
        answers.append(solve(stated, response_of(case, stated), old).amounts)
    stated = problem(now)
    here = response_of(now, stated)
    answer = solve(stated, here, old)
    own, (reached,) = here.values(old[None]), here.values(answer.amounts[None])
    measure = measures(stated, own[0])
    violations = relative_violations(stated, old, own[0])
    return Revision(
        now,
        stated,
        answer,
        old,
        answers[0],
        answers[-1],
        answer.amounts,
        float(measure.objective(own)[0]),
        float(measure.objective(reached[None])[0]),
        {name: size for name, size in violations.items() if size > BROKEN},
        _path(begun, old),
        _path(now, old),
        _path(now, answer.amounts),
    )


def remaining(county: County, until: int, numbers: Numbers, past: Tables) -> County:
    """The county with the years after ``until`` left to plan."""
    scenario = county.scenario
    plan = scenario.plan.model_copy(update={"first_year": until + 1})
    return County(replace(scenario, plan=plan, numbers=replace(numbers, past=past)))


def _path(county: County, amounts: Vector) -> Yearly:
    """Every column of a plan at the end of every year."""
    money = money_of(county.decisions, amounts)
    columns = [c for c in county.model.columns if c not in county.model.constants]
    return Yearly.sampled(county.simulate(county.tables(money), columns=columns))

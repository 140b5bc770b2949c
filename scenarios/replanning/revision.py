"""The rest of a plan made anew, and what made it change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize import Answer, CountyResponse, Problem
from optimize.measures import measures, relative_violations
from optimize.problem import Chosen, Vector
from scenarios.county import County
from scenarios.plan_csv import PlanTable
from scenarios.problem import problem, response_of
from scenarios.replanning.learning import Learnt, with_spending
from scenarios.replanning.observed import Observed
from scenarios.replanning.projects import Move, Starts, moves
from scenarios.replanning.projects import until as up_to
from scenarios.replanning.unspent import Unspent, after, unspent, used
from scenarios.report.result import Yearly, money_of
from scenarios.scenario import Numbers

BROKEN = 1e-6  # relative violation that counts
SOME = 1e-6  # 10,000 yuan: less is nothing
WORTH = 0.01  # of what the money achieves: what moving projects must bring
Solve = Callable[[Problem, CountyResponse, Vector], Answer]


class NoneLeft(Exception):
    """No plan of the remaining years keeps the rules; ``rules`` are those in conflict."""

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__(", ".join(rules))
        self.rules = tuple(rules)


@dataclass(frozen=True)
class Revision:
    """The old and the new rest of a plan, and the steps between.

    ``county`` and ``problem`` are those of the remaining years, with everything known.
    ``old``, ``again``, ``spent`` and ``new`` (n,): the plan as it was; made anew though nothing
    had happened; with what was really spent and begun; with what was learnt as well. ``old_aim``
    and ``new_aim``: the aim that the old and the new plan reach from here on, by what is known now;
    ``broken``: rows that the old one breaks, relative to their size. ``paths``: of the old and the
    new plan, by what is known now, and of the old one as it was expected. ``starts`` are the
    projects that the new plan begins, ``moves`` what becomes of those of the old one. ``unspent``
    is the money of the years that are over, ``used`` how much of what is carried on is spent.
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
    starts: Starts
    moves: tuple[Move, ...]
    unspent: Unspent
    used: float


def revised(
    county: County,
    plan: PlanTable,
    observed: Observed,
    found: Learnt,
    solve: Solve,
    starts: Starts | None = None,
) -> Revision:
    """Make the remaining years of a plan anew with what is known now.

    Args:
        county: the scenario as it was planned with.
        plan: the plan that was followed.
        observed: what happened.
        found: what was learnt from it.
        solve: the search, given a problem, its response and the plan (n,) to begin from.
        starts: the projects of the plan that was followed.

    Raises:
        NoneLeft: no plan keeps the rules.
    """
    until, own = observed.until, county.scenario.numbers
    planned = {cell: amount for cell, amount in plan.items() if cell[0] <= until}
    chosen = {} if starts is None else starts
    as_planned = replace(observed, spent=planned, started=up_to(chosen, until))
    begun = remaining(county, until, own, as_planned)
    now = remaining(county, until, found.numbers, observed)
    old = np.array([plan.get((d.year, d.sector, d.instrument), 0.0) for d in now.decisions])
    cases = [begun]
    if _differs(observed, as_planned):
        cases.append(remaining(county, until, own, observed))
    later = {id: [y for y in years if y > until] for id, years in chosen.items()}
    answers = [_planned(case, old, later, solve)[1].amounts for case in cases]
    stated, answer = _planned(now, old, later, solve)
    here = response_of(now, stated)
    before, (reached,) = here.values(old[None]), here.values(answer.amounts[None])
    measure = measures(stated, before[0])
    own_rules = stated.having_chosen(_kept(stated, old, later))
    violations = relative_violations(own_rules, old, before[0])
    new = _starts(stated, answer)
    money = unspent(county.scenario, until, planned, observed.spent)
    return Revision(
        now,
        stated,
        answer,
        old,
        answers[0],
        answers[-1],
        answer.amounts,
        float(measure.objective(before)[0]),
        float(measure.objective(reached[None])[0]),
        {name: size for name, size in violations.items() if size > BROKEN},
        _path(begun, old),
        _path(now, old),
        _path(now, answer.amounts),
        new,
        tuple(moves(chosen, observed.started, new)),
        money,
        used(now.scenario, money, table_of(stated, answer.amounts)),
    )


Later = Mapping[str, Sequence[int]]  # project -> its starts in the remaining years


def _planned(county: County, old: Vector, later: Later, solve: Solve) -> tuple[Problem, Answer]:
    """The plan of the remaining years.

    The projects of the old plan keep their years unless others are better by ``WORTH``: the
    search looks at many sets, need not come upon that one, and offices do not put off what is
    prepared for nothing.
    """
    stated = problem(county)
    response = response_of(county, stated)
    answer = solve(stated, response, old)
    if answer.status.startswith("infeasible"):
        raise NoneLeft(answer.conflict)
    kept = _kept(stated, old, later)
    if not any(later.values()) or not _possible(stated, kept):
        return stated, answer
    same = solve(stated.having_chosen(kept), response, old)
    least = WORTH * (answer.objective_without_money - answer.objective)
    if same.status.startswith("infeasible") or same.objective > answer.objective + least:
        return stated, answer
    chosen = Chosen(tuple(kept), None, polished=1, simulated=0, settled=False, free_objective=None)
    return stated, replace(same, chosen=chosen)


def _kept(stated: Problem, old: Vector, later: Later) -> list[int]:
    """The choices that the old plan stands for: its projects, and where it spends at all."""
    projects = [i for i, c in enumerate(stated.choices) if c.year in later.get(c.group, ())]
    spends = [
        link.unless
        for link in stated.links
        if link.unless is not None and link.row(projects).slack(old) < -SOME
    ]
    return sorted({*projects, *spends})


def _possible(stated: Problem, chosen: Sequence[int]) -> bool:
    """Whether choices keep what ties them to each other, whatever the money."""
    nothing = np.zeros(0)
    ties = (link.row(chosen) for link in stated.links if not link.money)
    return all(row.slack(nothing) >= 0.0 for row in ties)


def table_of(stated: Problem, amounts: Vector) -> dict[tuple[int, str, str], float]:
    """Amounts (n,) by year and place."""
    cells = ((d.year, d.sector, d.instrument) for d in stated.decisions)
    return dict(zip(cells, amounts.tolist(), strict=True))


def _differs(observed: Observed, planned: Observed) -> bool:
    """Whether money or projects did not go as planned."""
    return observed.started != planned.started or any(
        abs(observed.spent.get(cell, 0.0) - amount) > 1e-9 for cell, amount in planned.spent.items()
    )


def _starts(stated: Problem, answer: Answer) -> dict[str, tuple[int, ...]]:
    """The projects that a plan begins, by their years."""
    known: dict[str, tuple[int, ...]] = {}
    for choice in (stated.choices[i] for i in (answer.chosen.choices if answer.chosen else ())):
        if choice.year is not None:
            known[choice.group] = (*known.get(choice.group, ()), choice.year)
    return known


def remaining(county: County, until: int, numbers: Numbers, happened: Observed) -> County:
    """The county with the years after ``until`` left to plan: state, purse and projects."""
    past = with_spending(county, happened)
    money = {cell: amount for cell, amount in happened.spent.items() if cell[0] <= until}
    scenario = after(county.scenario, until, money)
    settings = scenario.projects
    if settings is not None:
        begun = {id: list(years) for id, years in settings.begun.items()}
        for id, years in happened.started.items():
            begun[id] = [*begun.get(id, ()), *years]
        settings = settings.model_copy(update={"begun": begun})
    plan = scenario.plan.model_copy(update={"first_year": until + 1})
    numbers = replace(numbers, past=past)
    return County(replace(scenario, plan=plan, numbers=numbers, projects=settings))


def _path(county: County, amounts: Vector) -> Yearly:
    """Every column of a plan at the end of every year."""
    money = money_of(county.decisions, amounts)
    columns = [c for c in county.model.columns if c not in county.model.constants]
    return Yearly.sampled(county.simulate(county.tables(money), columns=columns))

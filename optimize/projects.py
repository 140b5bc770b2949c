"""A library of whole projects as choices of a problem: which of them starts in which year.

What a project's money does is what the model says of money through that instrument to that
sector; a project is only a way in which money must be paid, in whole and over fixed years.
With ``x[p, y] = 1`` when project ``p`` starts in year ``y`` and ``paid[p, k]`` its payment in
the ``k``-th year after that::

    payments      money[y', place]          >= sum(paid[p, y' - y] * x[p, y])
    small money   sum(money[y', instrument]) - the same sum <= a share of the budget of y'
    starts        sum over y of x[p, y]      <= how often p may start
    needs         x[p, y]                    <= sum over y' < y of x[needed, y']
    exclusions    x[p, y]                    <= 1 - x[other, y']   for all y, y'

What projects begun before the plan still cost stands on the right of payments and small money.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from optimize.problem import Choice, Decision, Link, Problem

PAYMENTS, SMALL, STARTS = "project_payments", "project_small_money", "project_starts"
NEEDS, EXCLUSIONS = "project_needs", "project_exclusions"


@dataclass(frozen=True)
class Project:
    """A project that can be begun, in whole or not at all. Money in 10,000 yuan.

    ``costs`` are what the fund pays in the year of the start, the year after, and so on.
    """

    id: str
    sector: str  # as in Decision
    instrument: str
    costs: tuple[float, ...]
    earliest: int | None = None  # years in which it may start
    latest: int | None = None
    needs: tuple[str, ...] = ()  # projects that must have started in an earlier year
    excludes: tuple[str, ...] = ()  # projects that cannot be in the same plan
    starts: int = 1  # how often it may be begun


Begun = Mapping[str, Sequence[int]]  # project -> the years before the plan in which it was begun
Paid = dict[tuple[int, str, str], dict[int, float]]  # payments by year and place, then by choice


def with_projects(
    problem: Problem,
    library: Sequence[Project],
    small: Mapping[str, float],
    budgets: Mapping[int, float],
    begun: Begun | None = None,
) -> Problem:
    """``problem`` with the projects of ``library`` to choose from.

    All payments must fall into the years of the plan. ``small`` is the share of a year's
    budget (10,000 yuan) that may go through an instrument outside of projects; an instrument
    that it does not name is not tied to projects. What projects ``begun`` before the plan still
    cost is paid; they count as started for needs and exclusions and for how often they may start.
    """
    begun = {} if begun is None else {id: years for id, years in begun.items() if years}
    years = sorted({decision.year for decision in problem.decisions})
    choices = tuple(
        Choice(project.id, year)
        for project in library
        if not closed(project, library, begun)
        for year in possible(project, years)
    )
    numbers = {choice.name: len(problem.choices) + i for i, choice in enumerate(choices)}
    of: dict[str, dict[int, int]] = {project.id: {} for project in library}
    for choice in choices:
        of[choice.group][choice.year or 0] = numbers[choice.name]
    paid: Paid = {}
    for project in library:
        for start, index in of[project.id].items():
            for key, cost in _costs(project, start):
                paid.setdefault(key, {})[index] = cost
    owed: dict[tuple[int, str, str], float] = {}
    for project in library:
        for start in begun.get(project.id, ()):
            for key, cost in _costs(project, start):
                owed[key] = owed.get(key, 0.0) + cost
    links = (
        *_payments(problem.decisions, paid, owed),
        *_small(problem.decisions, paid, owed, small, budgets),
        *_starts(library, of, begun),
        *_needs(library, of, begun),
        *_exclusions(library, of),
    )
    stated = replace(problem, choices=(*problem.choices, *choices), links=(*problem.links, *links))
    return stated if stated.choices else stated.having_chosen(())


def possible(project: Project, years: Sequence[int]) -> tuple[int, ...]:
    """The years of the plan in which a project may start."""
    first, last = years[0], years[-1]
    earliest = max(first, project.earliest or first)
    latest = min(last - len(project.costs) + 1, project.latest or last)
    return tuple(range(earliest, latest + 1))


def closed(project: Project, library: Sequence[Project], begun: Begun) -> bool:
    """Whether what was begun before the plan leaves a project no start."""
    if len(begun.get(project.id, ())) >= project.starts:
        return True
    return any(
        other.id in begun and (other.id in project.excludes or project.id in other.excludes)
        for other in library
    )


def _costs(project: Project, start: int) -> Iterator[tuple[tuple[int, str, str], float]]:
    """What a project that starts in a year is paid, by year and place."""
    for later, cost in enumerate(project.costs):
        if cost:
            yield (start + later, project.sector, project.instrument), cost


def _payments(
    decisions: Sequence[Decision], paid: Paid, owed: Mapping[tuple[int, str, str], float]
) -> Iterator[Link]:
    """Money covers what the projects are paid."""
    for index, decision in enumerate(decisions):
        key = (decision.year, decision.sector, decision.instrument)
        payments = paid.get(key, {})
        if payments or key in owed:
            yield Link(
                PAYMENTS,
                {index: 1.0},
                {choice: -cost for choice, cost in payments.items()},
                ">=",
                owed.get(key, 0.0),
                "wanyuan",
                decision.year,
                f"{decision.sector}: {decision.instrument}",
            )


def _small(
    decisions: Sequence[Decision],
    paid: Paid,
    owed: Mapping[tuple[int, str, str], float],
    small: Mapping[str, float],
    budgets: Mapping[int, float],
) -> Iterator[Link]:
    """Only so much money of an instrument goes to what is no project."""
    for instrument, share in small.items():
        for year, budget in budgets.items():
            here = [
                (index, decision)
                for index, decision in enumerate(decisions)
                if decision.year == year and decision.instrument == instrument
            ]
            together: dict[int, float] = {}
            limit = share * budget
            for _, decision in here:
                key = (year, decision.sector, instrument)
                limit += owed.get(key, 0.0)
                for choice, cost in paid.get(key, {}).items():
                    together[choice] = -cost
            if here:
                money = {index: 1.0 for index, _ in here}
                yield Link(SMALL, money, together, "<=", limit, "wanyuan", year, instrument)


def _starts(
    library: Sequence[Project], of: Mapping[str, Mapping[int, int]], begun: Begun
) -> Iterator[Link]:
    for project in library:
        starts = dict.fromkeys(of[project.id].values(), 1.0)
        left = project.starts - len(begun.get(project.id, ()))
        if len(starts) > left:
            yield Link(STARTS, {}, starts, "<=", float(left), "", None, project.id)


def _needs(
    library: Sequence[Project], of: Mapping[str, Mapping[int, int]], begun: Begun
) -> Iterator[Link]:
    for project in library:
        for needed in project.needs:
            if needed in begun:
                continue
            for year, index in of[project.id].items():
                before = {i: -1.0 for y, i in of.get(needed, {}).items() if y < year}
                subject = f"{project.id} {needed}"
                yield Link(NEEDS, {}, {index: 1.0, **before}, "<=", 0.0, "", year, subject)


def _exclusions(library: Sequence[Project], of: Mapping[str, Mapping[int, int]]) -> Iterator[Link]:
    """Whichever of two is begun, however often, the other is not."""
    pairs = {tuple(sorted((p.id, other))) for p in library for other in p.excludes}
    for one, other in sorted(pairs):
        for year, index in of.get(one, {}).items():
            for there in of.get(other, {}).values():
                choices = {index: 1.0, there: 1.0}
                yield Link(EXCLUSIONS, {}, choices, "<=", 1.0, "", year, f"{one} {other} {there}")

"""Libraries of made-up projects on small responses, and all sets of choices of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize import Choice, Decision, FunctionResponse, Link, Outcome, Problem, Row, Term, rules


def library(
    projects: int, years: int, starts: int, seed: int, *, worst: bool = False, room: float = 0.6
) -> tuple[Problem, FunctionResponse]:
    """Three sectors over some years; money beyond a tenth of the budget goes to whole projects.

    Outcomes: the worth of the plan, concave and with a gift for balance; use of a scarce
    resource, convex and limited; each year's worth (for a worst-year aim).
    """
    random = np.random.default_rng(seed)
    sectors = rules.SECTORS
    decisions = tuple(
        Decision(2027 + year, sector, "productive projects", f"{sector}")
        for year in range(years)
        for sector in sectors
    )
    n, budget = len(decisions), 100.0
    worth = random.random(n) + 0.5
    half = 10.0 + 40.0 * random.random(n)

    def function(x: NDArray[Any]) -> NDArray[Any]:
        yearly = (worth * np.log1p(x / half)).reshape(-1, years, 3)
        built = np.cumsum(x.reshape(-1, years, 3), axis=1) / 100.0
        gap = ((built - built.mean(axis=2, keepdims=True)) ** 2).sum(axis=(1, 2))
        value = yearly.sum(axis=(1, 2)) - 0.1 * gap
        use = ((x / 50.0) ** 2).sum(axis=1)
        return np.concatenate([np.stack([value, use], axis=1), yearly.sum(axis=2)], axis=1)

    choices: list[Choice] = []
    paid: dict[int, dict[int, float]] = {i: {} for i in range(n)}
    once: list[Link] = []
    for number in range(projects):
        sector, cost = int(random.integers(3)), float(random.integers(30, 90))
        first = len(choices)
        for start in range(min(starts, years - 1)):
            index = len(choices)
            choices.append(Choice(f"project {number}", 2027 + start))
            for later, share in enumerate((0.6, 0.4)):
                paid[3 * (start + later) + sector][index] = share * cost
        mine = dict.fromkeys(range(first, len(choices)), 1.0)
        once.append(Link("starts", {}, mine, "<=", 1.0, "", subject=f"project {number}"))
    links = [
        Link("payments", {i: 1.0}, {c: -a for c, a in by.items()}, ">=", 0.0, "", subject=str(i))
        for i, by in paid.items()
    ]
    for year in range(years):
        three = range(3 * year, 3 * year + 3)
        together = {c: -a for i in three for c, a in paid[i].items()}
        money = dict.fromkeys(three, 1.0)
        links.append(Link("small", money, together, "<=", 0.1 * budget, "", 2027 + year))
    rows = [
        Row("yearly", "money", dict.fromkeys(range(3 * y, 3 * y + 3), 1.0), "<=", budget, "", y)
        for y in range(years)
    ]
    rows.append(Row("use", "outcome", {1: 1.0}, "<=", room * years, ""))
    outcomes = tuple(Outcome(f"outcome {i}", 2027) for i in range(2 + years))
    aims = [Term("worth", -1.0, {0: 1.0})]
    if worst:
        aims.append(Term("worst", -2.0, {2 + y: 1.0 for y in range(years)}, "worst"))
    return (
        Problem(
            decisions,
            outcomes,
            tuple(aims),
            tuple(rows),
            np.full(n, budget / 3.0),
            tuple(choices),
            (*links, *once),
        ),
        FunctionResponse(function, 10.0),
    )


def sets(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Every set of choices that keeps the links about choices alone."""
    alone = [link for link in problem.links if not link.money]
    number = len(problem.choices)
    for size in range(number + 1):
        for chosen in combinations(range(number), size):
            if all(link.row(chosen).slack(np.zeros(0)) >= 0.0 for link in alone):
                yield chosen

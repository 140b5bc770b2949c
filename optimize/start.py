"""Where the search starts: very different plans, each within the linear rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimize.highs import minima, solve_lp
from optimize.linear import LinearRules
from optimize.problem import Matrix, Problem, Vector
from optimize.rules import SECTORS


def starting_plans(
    problem: Problem,
    rules: LinearRules,
    number: int,
    seed: int,
    begin: Sequence[Vector] = (),
) -> Matrix:
    """``number`` plans (N, n): past practice, equal split, one for each sector, random ones.

    The plans of ``begin`` come before them. They, past practice and the equal split are moved
    onto the rules by the least change. A sector's plan gives it all the money that the rules let
    it have; a random plan mixes three random corners of the rules. All come from LPs and ``seed``.
    """
    sectors = [decision.sector for decision in problem.decisions]
    given = [rules.nearest(plan) for plan in begin]
    if len(given) >= number:
        return np.stack(given[:number])
    plans = [
        *given,
        rules.nearest(problem.past_practice),
        rules.nearest(equal_split(problem, rules)),
    ]
    for sector in SECTORS:
        if sector in sectors:
            favour = np.array([-1.0 - (of == sector) for of in sectors])
            plans.append(solve_lp(rules.lp(favour)).x)
    random = np.random.default_rng(seed)
    more = max(0, number - len(plans))
    pulls = random.exponential(size=(more, 3, len(sectors)))
    corners = minima(rules.lp(np.zeros(len(sectors))), -pulls.reshape(-1, len(sectors)))
    mixed = random.dirichlet(np.ones(3), size=more)[:, None] @ corners.reshape(pulls.shape)
    plans += list(mixed[:, 0])
    return np.clip(np.stack(plans[:number]), rules.low, rules.high)


def equal_split(problem: Problem, rules: LinearRules) -> Vector:
    """The most money that the rules allow, each year's divided equally (n,)."""
    years = np.array([decision.year for decision in problem.decisions])
    most = solve_lp(rules.lp(-np.ones(len(years)))).x
    plan = np.empty(len(years))
    for year in np.unique(years):
        plan[years == year] = most[years == year].mean()
    return plan

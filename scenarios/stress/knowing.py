"""The plan that somebody would make who knows of the shock beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optimize import Answer, Problem, Row, solve
from optimize.problem import Vector
from optimize.uncertainty import Futures
from optimize.uncertainty.shocks import Shock, ShockedResponse
from scenarios.county import County
from scenarios.futures import ensemble
from scenarios.problem import problem


def knowing(
    county: County,
    stated: Problem,
    shock: Shock,
    starts: int,
    seed: int,
    begin: Sequence[Vector] = (),
) -> Answer:
    """The best plan under a shock, in the future that the scenario states.

    The aim is measured as without the shock; the rules hold against what past practice brings
    under it. A rule that past practice itself breaks under the shock asks for no more than that.
    The plan states money before a cut, as all plans do. ``begin`` are plans (n,) that the search
    starts from as well.
    """
    one = ensemble(county, stated, Futures(1))
    response = ShockedResponse(one, stated.outcomes, shock)
    (past,) = response.values(stated.past_practice[None])

    def within_reach(row: Row) -> Row:
        broken = row.on == "outcome" and row.violation(past) > 0.0
        return replace(row, bound=row.value(past)) if broken else row

    under = problem(county, lambda county, outcomes: past)
    rows = tuple(map(within_reach, under.rows))
    asked = replace(under, rows=rows, objective=stated.objective)
    return solve(asked, response, starts=starts, seed=seed, begin=begin)

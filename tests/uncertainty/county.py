"""W County in a few futures, loaded once."""

from __future__ import annotations

from functools import cache

from optimize import CountyResponse, Problem
from scenarios.county import County
from scenarios.load import load
from scenarios.problem import problem


@cache
def w_county() -> tuple[County, Problem, CountyResponse]:
    """The scenario, its problem, and what plans bring with the numbers as they are."""
    county = County(load("w-county"))
    stated = problem(county)
    numbers = county.scenario.numbers
    tables = {**numbers.series, **numbers.past}
    response = CountyResponse(
        county.model, stated.decisions, stated.outcomes, numbers.values, tables
    )
    return county, stated, response

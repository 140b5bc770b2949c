"""W County in a few futures, loaded once."""

from __future__ import annotations

from functools import cache

from optimize import CountyResponse, Problem
from scenarios.county import County
from scenarios.load import load
from scenarios.problem import problem, response_of


@cache
def w_county() -> tuple[County, Problem, CountyResponse]:
    """The scenario, its problem, and what plans bring with the numbers as they are."""
    county = County(load("w-county"))
    stated = problem(county)
    return county, stated, response_of(county, stated)

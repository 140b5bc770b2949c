"""W County's problem with fewer and with more decisions, on the county model itself.

Fewer: a shorter plan. More: the money of a year is decided for each part of it. The model is
then the same text but for the levers' tables, which have a point for each part of a year, and
one more line, which says where in them the money of a time stands; its behaviour under yearly
plans is unchanged (:func:`county` checks that). Every rule stays what it was, a rule about a
year, where the money of the year is the mean of its parts' yearly rates.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models import load
from optimize import CountyResponse, Decision, Problem, Row
from optimize.problem import Vector
from scenarios.county import County
from scenarios.load import load as load_scenario
from scenarios.problem import problem as state

SIZES: Mapping[int, tuple[int, int]] = {  # decisions -> years, parts of a year
    52: (4, 1),
    117: (9, 1),
    312: (6, 4),
    936: (9, 8),
}
LONGER = 3  # years after the plan in which its effects are judged
_TABLE = re.compile(r"^(yearly money for [^(\n]+\()((?:\s*\(\d+,[\d.]+\),?)+)\)", re.MULTILINE)
_POINT = re.compile(r"\((\d+),([\d.]+)\)")
_PLACE = """
money time = budget year + INTEGER(MODULO(Time / one year, 1) * {parts}) / {parts}
	~	Dmnl
	~	Where the money of the time stands in the money tables.
	|

"""


@dataclass(frozen=True)
class Part(Decision):
    """Money of a part of a year, as a yearly rate; ``part`` counts from 0."""

    part: int = 0
    parts: int = 1

    @property
    def time(self) -> float:
        return self.year + self.part / self.parts


def county(size: int) -> tuple[Problem, CountyResponse]:
    """The problem with so many decisions (a key of ``SIZES``).

    Raises:
        ArithmeticError: the model with finer tables does not repeat the outcomes of a yearly plan.
    """
    years, parts = SIZES[size]
    scenario = load_scenario(None)
    last = scenario.plan.first_year + years - 1
    plan = scenario.plan.model_copy(update={"last_year": last, "judged_until": last + LONGER})
    fitted = County(replace(scenario, plan=plan))
    problem, numbers = state(fitted), scenario.numbers
    tables = {**numbers.series, **numbers.past}
    yearly = CountyResponse(
        fitted.model, problem.decisions, problem.outcomes, numbers.values, tables
    )
    if parts == 1:
        return problem, yearly
    finer = {name: np.repeat(y, parts) if name in numbers.past else y for name, y in tables.items()}
    larger = in_parts(problem, parts)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "county.mdl"
        text = fitted.model.path.read_text(encoding="utf-8")
        file.write_text(with_finer_tables(text, parts), encoding="utf-8")
        model = load(file)
    response = CountyResponse(model, larger.decisions, larger.outcomes, numbers.values, finer)
    past = problem.past_practice
    before = yearly.values(past[None])[0]
    if not np.allclose(response.values(larger.past_practice[None])[0], before, rtol=1e-12):
        raise ArithmeticError("finer tables change the outcomes of a yearly plan")
    return larger, response


def with_finer_tables(text: str, parts: int) -> str:
    """The model's text with the same money in each of the ``parts`` of a year."""

    def finer(found: re.Match[str]) -> str:
        points = ",".join(
            f"({int(year) + part / parts!r},{amount})"
            for year, amount in _POINT.findall(found[2])
            for part in range(parts)
        )
        return f"{found[1]}{points})"

    text = _TABLE.sub(finer, text)
    text = re.sub(r"(yearly money for [^()\n]+)\(budget year\)", r"\1(money time)", text)
    head, name, tail = text.partition("\nyear turns =")
    return head + _PLACE.format(parts=parts) + name.lstrip("\n") + tail


def in_parts(problem: Problem, parts: int) -> Problem:
    """The problem in which every decision is made for each part of its year."""
    decisions = tuple(
        Part(d.year, d.sector, f"{d.instrument}, part {part}", d.lever, d.low, d.high, part, parts)
        for d in problem.decisions
        for part in range(parts)
    )

    def spread(row: Row) -> Row:
        if row.on == "outcome":
            return row
        shared = {
            i * parts + part: coefficient / parts
            for i, coefficient in row.coefficients.items()
            for part in range(parts)
        }
        return replace(row, coefficients=shared)

    return replace(
        problem,
        decisions=decisions,
        rows=tuple(spread(row) for row in problem.rows),
        past_practice=yearly(problem.past_practice, parts),
    )


def yearly(amounts: Vector, parts: int) -> Vector:
    """A plan by years (n,) as one by parts of years (n * parts,)."""
    return np.repeat(amounts, parts)

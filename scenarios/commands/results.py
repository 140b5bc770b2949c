"""From an answer to what the report shows: the three plans simulated, and PySD's verdict."""

from __future__ import annotations

import csv
import importlib.metadata
import platform
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from models.catalogue import TABLE
from models.reference import largest_relative_difference
from optimize import Answer, Problem, Response
from scenarios.catalogue import of_kind
from scenarios.county import County
from scenarios.report.result import (
    InFutures,
    ModelFacts,
    Parameter,
    PlanName,
    Reference,
    Result,
    Source,
    Yearly,
    money_of,
)
from scenarios.scenario import Tables
from scenarios.words import LANGUAGES

if TYPE_CHECKING:
    from pandas import DataFrame

EVIDENCE = TABLE.with_name("evidence.csv")
TITLES = TABLE.with_name("titles.csv")  # of documents, in English
FUTURES = 500  # drawn to tell how the plan does outside of the stated future
VERSIONS = ("xieheng", "numpy", "pysd", "pyomo", "highspy", "matplotlib")


def result_of(county: County, problem: Problem, answer: Answer) -> Result:
    """The answer with the optimal plan, past practice and no cooperation simulated."""
    plans: dict[PlanName, Tables] = {}
    if not answer.status.startswith("infeasible"):
        plans["optimal"] = county.tables(money_of(problem.decisions, answer.amounts))
    plans["past_practice"] = county.past
    plans["no_cooperation"] = county.tables({})
    scenario, model = county.scenario, county.model
    table = parameters(county)
    changing = [column for column in model.columns if column not in model.constants]
    out = county.simulate(*plans.values(), columns=changing)
    return Result(
        scenario=scenario.name,
        title={language: scenario.title(language) for language in LANGUAGES},
        problem=problem,
        answer=answer,
        paths={name: Yearly.sampled(out, run) for run, name in enumerate(plans)},
        past_money=county.past_money(),
        units={variable.name: variable.unit for variable in model.variables.values()},
        rules={name: rule.fields() for name, rule in scenario.rules.items()},
        model=ModelFacts(
            file=model.path.name,
            sha256=model.sha256,
            table=table,
            sources=sources(table),
        ),
        seed=scenario.search.seed,
        versions=versions(),
        library=scenario.library,
    )


def parameters(county: County) -> tuple[Parameter, ...]:
    """The parameters with the values of the scenario."""
    model, given = county.model, county.scenario.numbers.values
    found = []
    for row in of_kind(county.scenario.catalogue, "parameter"):
        variable = model.variables.get(row.id)
        columns = variable.columns if variable is not None else ()
        values = tuple(float(given.get(c, model.constants[c])) for c in columns)
        elements = tuple(c.partition("[")[2].rstrip("]") for c in columns if "[" in c)
        numbers = values or row.default
        found.append(Parameter(row.id, row.unit, numbers, row.low, row.high, row.source, elements))
    return tuple(found)


def sources(table: tuple[Parameter, ...]) -> tuple[Source, ...]:
    """The rows of ``evidence.csv`` that parameters name, in their order."""
    used: dict[str, list[str]] = {}
    for parameter in table:
        for id in re.findall(r"[A-Z]\d{3}", parameter.source):
            used.setdefault(id, []).append(parameter.id)
    with EVIDENCE.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file) if row["id"] in used}
    with TITLES.open(encoding="utf-8-sig", newline="") as file:
        english = {row["title"]: row["en"] for row in csv.DictReader(file)}
    return tuple(
        Source(
            id,
            rows[id]["title"],
            rows[id]["entity"],
            rows[id]["year"],
            tuple(names),
            english.get(rows[id]["title"], ""),
        )
        for id, names in used.items()
        if id in rows
    )


def versions() -> dict[str, str]:
    """What ran: Python and the packages that the numbers depend on."""
    found = {"python": platform.python_version()}
    for name in VERSIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # a checkout that is not installed
            continue
    return found


def compared(county: County, tables: Tables, result: Result, frame: DataFrame) -> Result:
    """The result with the largest difference to PySD's run of the plan, over every column."""
    own = county.simulate(tables).frame(0)
    return replace(
        result,
        reference=Reference(
            engine=f"PySD {importlib.metadata.version('pysd')}",
            max_relative_difference=largest_relative_difference(own, frame),
        ),
    )


def with_contributions(result: Result, response: Response) -> Result:
    """The result with what each difference from past practice contributes to its gain."""
    from optimize.explain import contributions
    from optimize.measures import measures

    stated = result.problem
    (past,) = response.values(stated.past_practice[None])
    measure = measures(stated, past)
    found = contributions(response, measure, stated.past_practice, result.answer.amounts)
    return replace(result, contributions=found)


def with_bands(county: County, result: Result, number: int) -> Result:
    """The result with bands over ``number`` futures of what its charts show.

    Without them where no run is finite. Loads matplotlib.
    """
    from scenarios.fans import bands_of
    from scenarios.report.figures import banded

    plans: dict[PlanName, Tables] = {
        "optimal": county.tables(result.plan_money),
        "past_practice": county.past,
        "no_cooperation": county.tables({}),
    }
    asked, years = banded(result), result.model_years
    try:
        found = bands_of(county, result.problem, plans, asked, years, number, result.seed)
    except ArithmeticError:
        return result
    return replace(result, bands=found)


def with_futures(county: County, result: Result) -> Result:
    """The result with how the plan does in drawn futures; without it where aims have no base."""
    from optimize.uncertainty.risk import mean, share
    from scenarios.aims import NoBase
    from scenarios.futures import futures, sample

    problem, answer = result.problem, result.answer
    drawn = futures(county, FUTURES, result.seed)
    try:
        every = sample(county, problem, drawn)
    except NoBase:
        return result
    told = every.told(np.stack([answer.amounts, problem.past_practice]))
    finite = np.asarray(np.isfinite(told.losses).all(axis=0))
    if not finite.any():
        return result
    told = told.picked(np.flatnonzero(finite))
    gain, kept = told.losses[1] - told.losses[0], told.holds()[0]
    sets = drawn.picked(finite).sets
    found = InFutures(
        told.rules,
        tuple(share(kept[:, k], sets) for k in range(len(told.rules))),
        share(kept.all(axis=1), sets),
        share(gain > 0.0, sets),
        mean(gain, sets),
        int(np.count_nonzero(~finite)),
    )
    return replace(result, futures=found)

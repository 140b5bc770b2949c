"""What is uncertain about a scenario: its parameters, its weather and the prices elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from models.model import COUNTY
from optimize.calibration.grounded import grounded
from optimize.calibration.parameters import Parameter, uncertain
from optimize.measures import Measures, measures
from optimize.problem import Matrix, Outcome, Problem
from optimize.uncertainty import (
    Ensemble,
    FutureMeasures,
    Futures,
    Sample,
    Sets,
    Variation,
    draw,
)
from scenarios.county import County
from scenarios.problem import in_future

Half = Literal["search", "judging"]  # of the sets that agree with the observations

YIELDS, PRICES = ("yield index",), ("market price index", "product price index")


def parameters(county: County) -> tuple[Parameter, ...]:
    """The uncertain parameters of a scenario, about the values that it uses.

    Choices and switches are not among them (``models/calibration_fixed.csv``).
    """
    scenario = county.scenario
    values = scenario.numbers.values
    return tuple(
        replace(parameter, default=float(values.get(parameter.column, parameter.default)))
        for parameter in uncertain(county.model, scenario.catalogue)
    )


def variations(county: County) -> tuple[Variation, ...]:
    """How weather and outside prices vary from the first plan year on."""
    scenario, model = county.scenario, county.model
    first = scenario.plan.first_year
    given = scenario.uncertainty
    found = []
    for column, lookup in model.lookups.items():
        name = column.partition("[")[0]
        if name not in (*YIELDS, *PRICES):
            continue
        limits = scenario.catalogue.range_of(column, model) or (0.0, np.inf)
        found.append(
            Variation(
                column,
                given.yield_variation if name in YIELDS else given.price_variation,
                tuple(i for i, x in enumerate(lookup.x) if x >= first),
                np.asarray(scenario.numbers.series.get(column, lookup.y), dtype=float),
                *limits,
                "normal" if name in YIELDS else "lognormal",
            )
        )
    return tuple(found)


def observed_sample(county: County) -> Sets | None:
    """Sets of numbers that agree with the observations, if there are some for this county."""
    if county.scenario.sets is not None:
        return county.scenario.sets.sets
    known = county.scenario.figures is None and county.model.path == COUNTY
    return Sets(grounded()) if known else None


def held(county: County) -> frozenset[str]:
    """Columns for which the scenario states a number of its own: the sample is not about them.

    Sets that the scenario itself names speak for all of their columns, but for numbers that a
    nearer file states.
    """
    scenario, model = county.scenario, county.model
    if scenario.sets is None:
        own = scenario.numbers.values
        return frozenset(
            column for column, value in own.items() if value != model.constants[column]
        )
    merged = scenario.merged
    files = list(merged.lines)  # the nearest first
    named_in = scenario.sets.named_in
    nearer = files[: files.index(named_in)] if named_in in files else []
    stated = {keys for keys, origin in merged.origins.items() if origin in nearer}
    found = set()
    for column in model.constants:
        name, _, element = column.partition("[")
        if {("parameters", name), ("parameters", name, element.rstrip("]"))} & stated:
            found.add(column)
    return frozenset(found)


def futures(
    county: County,
    number: int,
    seed: int,
    *,
    observed: bool = True,
    half: Half | None = None,
) -> Futures:
    """Draw futures of a scenario; the same seed gives the same ones.

    ``observed`` takes parameters from the sample that agrees with the observations, as far as
    it speaks for this county: not for another county's figures, nor where the scenario uses a
    number of its own. With ``half`` only sets of that half of it are taken: futures of the other
    half have neither weather nor parameters in common with these.
    """
    sample = observed_sample(county) if observed else None
    if sample is not None and half is not None:
        sample = sample.half(half == "judging", county.scenario.search.seed)
    return draw(number, seed, parameters(county), variations(county), sample, held(county))


def ensemble(
    county: County,
    problem: Problem,
    drawn: Futures,
    outcomes: tuple[Outcome, ...] | None = None,
) -> Ensemble:
    """The scenario's model in these futures; outcomes are the problem's unless others are asked."""
    numbers = county.scenario.numbers
    return Ensemble(
        county.model,
        problem.decisions,
        problem.outcomes if outcomes is None else outcomes,
        numbers.values,
        {**numbers.series, **numbers.past},
        drawn,
    )


def sample(county: County, problem: Problem, drawn: Futures) -> Sample:
    """The scenario in these futures, with its aims and outcome rules in each of them.

    Per cent and "not below past practice" are of what past practice brings in that same future.

    Raises:
        NoBase: an aim in per cent of past practice, which brings none of it in some future.
    """
    every = ensemble(county, problem, drawn)
    return Sample(every, FutureMeasures.stacked(measured(county, problem, every)))


def measured(county: County, problem: Problem, every: Ensemble) -> list[Measures]:
    """The aims and outcome rules of each future of ``every``. Raises NoBase."""
    (past,) = every.values(problem.past_practice[None])
    return measured_against(county, problem, past)


def measured_against(county: County, problem: Problem, past: Matrix) -> list[Measures]:
    """The aims and outcome rules of each future, where past practice brings ``past`` (S, m).

    Raises:
        NoBase: an aim in per cent of past practice, which brings none of it in some future.
    """
    return [measures(in_future(county, problem, outcomes), outcomes) for outcomes in past]

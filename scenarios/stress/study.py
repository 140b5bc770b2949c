"""Every plan under every shock, in the future that the scenario states and in a sample of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Problem
from optimize.uncertainty import Ensemble, FutureMeasures, Futures
from optimize.uncertainty.risk import Better, Estimate, mean, regret, share
from optimize.uncertainty.shocks import Shock, paths
from scenarios.aims import NoBase
from scenarios.county import County
from scenarios.futures import ensemble, measured_against
from scenarios.narrowing import COLUMNS, Narrowing, narrowing
from scenarios.problem import no_base
from scenarios.stress.candidates import Candidate
from scenarios.stress.library import StatedShock
from scenarios.stress.measures import (
    AREA,
    GAIN_M,
    GAIN_W,
    INCOME,
    MARGIN,
    MEASURES,
    NEEDED,
    gives_up_land,
    loses_twice,
    shortfalls,
)

NO_SHOCK = Shock("none")
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """K shocks (the first is none) with P plans in S futures that all came to an end.

    ``values`` (K, P, M, S): the aim, then ``MEASURES``. ``regrets`` likewise: how far short of
    the best of the plans under that shock in that future. ``short`` (K, P, 3, S): how far
    farmers, W and M fall below past practice under the same shock, as a share. ``twice`` and
    ``land`` (K, P, S): two losing years in a row; a tenth of the area given up. ``sets`` (S,):
    which futures share a set of parameters; None if each has its own.
    """

    values: Array
    regrets: Array
    short: Array
    twice: NDArray[np.bool_]
    land: NDArray[np.bool_]
    sets: NDArray[np.intp] | None

    @property
    def futures(self) -> int:
        """S."""
        return int(self.values.shape[-1])

    def mean(self, values: Array) -> Estimate:
        """The mean of ``values`` (S,) with its interval."""
        return mean(values, self.sets)

    def share(self, happens: NDArray[np.bool_]) -> Estimate:
        """The probability of what ``happens`` (S,) in some futures, with its interval."""
        return share(happens, self.sets)


@dataclass(frozen=True)
class Stress:
    """The study: its shocks (without none), its plans, and what came out.

    ``stated`` is the one future of the scenario, ``sample`` the drawn ones; ``failed`` futures
    of the sample were left out because some run of theirs is not finite. ``years`` (T,) and
    ``lines`` (K, P, 3, T): planted area, margin and income in the stated future; there the first
    plan comes nearer to the target under some shocks because farming shrinks: ``narrowings`` (K,).
    """

    county: County
    shocks: tuple[StatedShock, ...]
    plans: tuple[Candidate, ...]
    stated: Grid
    sample: Grid
    failed: int
    seed: int
    years: tuple[int, ...]
    lines: Array
    narrowings: tuple[Narrowing | None, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The shocks by name, none first."""
        return (NO_SHOCK.name, *(item.shock.name for item in self.shocks))


LINES = (AREA, MARGIN, INCOME)


def stressed(
    county: County,
    stated: Problem,
    plans: Sequence[Candidate],
    shocks: Sequence[StatedShock],
    drawn: Futures,
    seed: int,
) -> Stress:
    """Run all plans under all shocks; past practice must be among the plans."""
    years = county.scenario.plan.judged_years
    before = (years[0] - 1, *years)
    alone, one = _runs(county, stated, plans, shocks, Futures(1), before)
    many, _ = _runs(county, stated, plans, shocks, drawn, before)
    finite = np.asarray(np.isfinite(many).all(axis=(0, 1, 3, 4)))
    failed = int(np.count_nonzero(~finite))
    place = [one.index(column) for column in LINES]
    grids = [
        _grid(county, stated, plans, one, alone, before, None),
        _grid(county, stated, plans, one, many[:, :, finite], before, drawn.picked(finite).sets),
    ]
    calm, *shaken = (
        {name: alone[k, 0, 0, 1:, one.index(name)] for name in COLUMNS} for k in range(len(alone))
    )
    return Stress(
        county,
        tuple(shocks),
        tuple(plans),
        grids[0],
        grids[1],
        failed,
        seed,
        before,
        np.moveaxis(alone[:, :, 0][..., place], -1, 2),
        (None, *(narrowing(calm, path, years) for path in shaken)),
    )


def _runs(
    county: County,
    stated: Problem,
    plans: Sequence[Candidate],
    shocks: Sequence[StatedShock],
    drawn: Futures,
    years: Sequence[int],
) -> tuple[Array, list[str]]:
    """Columns (K, P, S, T, V) under every shock and plan, and the names of the columns."""
    columns = list(
        dict.fromkeys([*NEEDED, *COLUMNS, *(outcome.column for outcome in stated.outcomes)])
    )
    every: Ensemble = ensemble(county, stated, drawn)
    times = [float(year) for year in years]
    found = [
        [paths(every, shock, plan.tables, columns, times, plan.values) for plan in plans]
        for shock in (NO_SHOCK, *(item.shock for item in shocks))
    ]
    return np.array(found), columns


def _aim(county: County, stated: Problem, outcomes: Array, past: int) -> Array:
    """The aim (K, P, S) of outcomes (K, P, S, m); ``past`` is the number of past practice.

    "1 % of past practice" is that of each future, without a shock, as for all other commands.

    Raises:
        FindingsError: past practice brings none of an aim in some future.
    """
    try:
        of_each = measured_against(county, stated, outcomes[0, past])
    except NoBase as error:
        raise no_base(county, error) from error
    flat = outcomes.reshape(-1, *outcomes.shape[2:])
    return FutureMeasures.stacked(of_each).losses(flat).reshape(outcomes.shape[:3])


def _grid(
    county: County,
    stated: Problem,
    plans: Sequence[Candidate],
    columns: Sequence[str],
    data: Array,
    years: Sequence[int],
    sets: NDArray[np.intp] | None,
) -> Grid:
    """The measures of runs (K, P, S, T, V); the first of the years is that before the plan."""

    def of(column: str) -> Array:
        """(K, P, S, T - 1)"""
        return np.asarray(data[..., 1:, columns.index(column)])

    shape = data.shape[:3]
    times = [years.index(outcome.year) for outcome in stated.outcomes]
    places = [columns.index(outcome.column) for outcome in stated.outcomes]
    outcomes = data[..., times, places]
    past = next(i for i, plan in enumerate(plans) if plan.kind == "past_practice")
    aim = _aim(county, stated, outcomes, past).reshape(shape)
    area = data[..., columns.index(AREA)]  # with the year before: what is given up was planted then
    values = [aim]
    for measure in MEASURES:
        path = area if measure.column == AREA else of(measure.column)
        flat = measure.of(path.reshape(-1, path.shape[-1])).reshape(shape)
        values.append(measure.scale * flat)
    three = np.stack([of(column) for column in (INCOME, GAIN_W, GAIN_M)])
    short = np.array(
        [
            [shortfalls(three[:, k, p], three[:, k, past]) for p in range(shape[1])]
            for k in range(shape[0])
        ]
    )
    ways: tuple[Better, ...] = ("less", *(measure.better for measure in MEASURES))
    regrets = [regret(value, way, axis=1) for value, way in zip(values, ways, strict=True)]
    margin = of(MARGIN)
    return Grid(
        np.moveaxis(np.array(values), 0, 2),
        np.moveaxis(np.array(regrets), 0, 2),
        short,
        loses_twice(margin.reshape(-1, margin.shape[-1])).reshape(shape),
        gives_up_land(area.reshape(-1, area.shape[-1])).reshape(shape),
        sets,
    )

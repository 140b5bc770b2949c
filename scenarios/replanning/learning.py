"""What a new year's figures say of the model's numbers, and of the weather that was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Problem, Vector
from optimize.uncertainty import Futures, Sets, stream
from optimize.uncertainty.risk import independent
from optimize.uncertainty.update import Updated, update
from scenarios.county import County
from scenarios.futures import ensemble, futures, parameters, variations
from scenarios.replanning.observed import Observed
from scenarios.scenario import Numbers, Tables

BAND = (0.05, 0.5, 0.95)
NOISE = 0.1  # standard deviations: a mean of some two hundred sets moves so far by chance


@dataclass(frozen=True)
class Moved:
    """A number of the model before and after: 5 %, middle and 95 % of the futures.

    ``shift``: how far its mean moved, in standard deviations of before. ``by`` (m,): the part of
    each observation in that, in the same unit. ``year``: of an outside series, else None.
    """

    column: str
    year: int | None
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    shift: float
    by: Vector


@dataclass(frozen=True)
class Learnt:
    """What the observations say.

    ``sets`` are the futures as they are now: parameters, and the weather and prices that may have
    been, which say how far the state may be off. They are the prior of the next update.
    ``numbers`` are the scenario's, moved by as much as the means of the futures moved, but for
    moves within the noise of the sample. ``expected`` and ``now`` (m, 3): the observations as
    predicted before and after.
    """

    numbers: Numbers
    sets: Sets
    moved: tuple[Moved, ...]
    expected: Matrix
    now: Matrix
    surprise: float
    effective: float
    futures: int
    failed: int


def with_spending(county: County, observed: Observed) -> Tables:
    """The levers' tables: past practice with what was really spent in the years that are over."""
    laid = {}
    for place, lever in county.levers.items():
        table = np.array(county.past[lever], dtype=float)
        for point, x in enumerate(county.model.lookups[lever].x):
            if (round(x), *place) in observed.spent:
                table[point] = observed.spent[round(x), *place]
        laid[lever] = table
    return laid


def learnt(county: County, stated: Problem, observed: Observed, number: int, seed: int) -> Learnt:
    """Update the numbers of a county by what is observed of it.

    Args:
        county: the scenario as it was planned with.
        stated: its problem.
        observed: the figures; without any, only what is known of weather and prices counts.
        number: how many futures.
        seed: of the draws.
    """
    model, scenario = county.model, county.scenario
    series = {c: np.array(t, dtype=float) for c, t in scenario.numbers.series.items()}
    for column, by_year in observed.exogenous.items():
        table = series.setdefault(column, np.array(model.lookups[column].y, dtype=float))
        for year, value in by_year.items():
            table[[round(x) for x in model.lookups[column].x].index(year)] = value
    known = replace(scenario, numbers=replace(scenario.numbers, series=series))
    base = County(known)
    drawn = _with_known(base, futures(base, number, seed), observed)
    names, places = list(drawn.values), _places(base, observed)
    prior = np.concatenate(
        [
            np.array([drawn.values[name] for name in names]).reshape(len(names), number).T,
            *(drawn.series[column][:, [point]] for column, point, _ in places),
        ],
        axis=1,
    )
    owners = np.arange(number) if drawn.sets is None else drawn.sets
    if not observed.figures:
        nothing = np.zeros((0, 3))
        sets = _sets(prior, names, places, owners)
        return Learnt(known.numbers, sets, (), nothing, nothing, 0.0, float(number), number, 0)
    columns = list(dict.fromkeys(figure.column for figure in observed.figures))
    years = sorted({figure.year for figure in observed.figures})
    spent = with_spending(county, observed)

    def predict(numbers: Matrix) -> Matrix:
        values = {name: numbers[:, i] for i, name in enumerate(names)}
        tables = {column: np.array(table) for column, table in drawn.series.items()}
        for place, (column, point, _) in enumerate(places):
            tables[column][:, point] = numbers[:, len(names) + place]
        every = ensemble(base, stated, Futures(len(numbers), values, tables))
        out = every.paths(spent, columns, [float(year) for year in years])
        found = [out[f.column][:, years.index(f.year)] for f in observed.figures]
        return np.asarray(np.stack(found, axis=1), dtype=float)

    finite = np.all(np.isfinite(predict(prior)), axis=1)
    limits = _limits(base, names, places)
    low, high = limits.T
    prior, owners = np.clip(prior[finite], low, high), owners[finite]
    drawn = drawn.picked(np.flatnonzero(finite))
    found = update(
        prior,
        predict,
        np.array([figure.value for figure in observed.figures]),
        np.array([figure.error for figure in observed.figures]),
        stream(seed, "update"),
        low,
        high,
        independent(prior, owners),  # draws of a sample come again
    )
    sets = _sets(found.after, names, places, owners)
    failed = int(np.count_nonzero(~finite))
    return _said(base, known.numbers, sets, found, names, places, limits, failed)


Place = tuple[str, int, int]  # column, point of its table, year


def _places(county: County, observed: Observed) -> list[Place]:
    """The weather and prices of the years that are over which no file states."""
    carried = county.scenario.sets
    before = set() if carried is None else set(carried.sets.points)
    found = []
    for variation in variations(county):
        years = [round(x) for x in county.model.lookups[variation.column].x]
        stated = observed.exogenous.get(variation.column, {})
        for point, year in enumerate(years):
            over = point in variation.points and year <= observed.until
            if year not in stated and (over or (variation.column, point) in before):
                found.append((variation.column, point, year))
    return found


def _sets(numbers: Matrix, names: list[str], places: list[Place], owners: NDArray[np.intp]) -> Sets:
    """Numbers (S, n) as sets that stay together."""
    values = {name: numbers[:, i] for i, name in enumerate(names)}
    points = {
        (column, point): numbers[:, len(names) + i] for i, (column, point, _) in enumerate(places)
    }
    return Sets(values, points, owners)


def _with_known(county: County, drawn: Futures, observed: Observed) -> Futures:
    """The futures with the weather and prices that are known."""
    tables = {column: np.array(table) for column, table in drawn.series.items()}
    for column, by_year in observed.exogenous.items():
        years = [round(x) for x in county.model.lookups[column].x]
        for year, value in by_year.items():
            if column in tables:
                tables[column][:, years.index(year)] = value
    return replace(drawn, series=tables)


def _limits(county: County, names: list[str], places: list[Place]) -> Matrix:
    """Lowest and highest value of each number, (n, 2)."""
    own = {p.column: (p.low, p.high) for p in parameters(county)}
    outer = {v.column: (v.low, v.high) for v in variations(county)}
    return np.array([*(own[name] for name in names), *(outer[column] for column, _, _ in places)])


def _said(
    county: County,
    numbers: Numbers,
    sets: Sets,
    found: Updated,
    names: list[str],
    places: list[Place],
    limits: Matrix,
    failed: int,
) -> Learnt:
    """The update as moves of the scenario's own numbers."""
    model = county.model
    spread = found.before.std(axis=0, ddof=1)
    change = found.after.mean(axis=0) - found.before.mean(axis=0)
    values = dict(numbers.values)
    series = {column: np.array(table) for column, table in numbers.series.items()}
    moved = []
    for i, (low, high) in enumerate(limits):
        year = None
        if spread[i] == 0.0 or abs(change[i]) < NOISE * spread[i]:
            continue
        if i < len(names):
            column = names[i]
            own = float(values.get(column, model.constants[column]))
            values[column] = float(np.clip(own + change[i], low, high))
        else:
            column, point, year = places[i - len(names)]
            table = series.setdefault(column, np.array(model.lookups[column].y, dtype=float))
            table[point] = float(np.clip(table[point] + change[i], low, high))
        moved.append(
            Moved(
                column,
                year,
                _band(found.before[:, i]),
                _band(found.after[:, i]),
                float(change[i] / spread[i]),
                found.moves[i] / spread[i],
            )
        )
    return Learnt(
        replace(numbers, values=values, series=series),
        sets,
        tuple(sorted(moved, key=lambda item: -abs(item.shift))),
        np.array([_band(column) for column in found.predicted_before.T]),
        np.array([_band(column) for column in found.predicted_after.T]),
        found.surprise,
        found.effective,
        len(found.before),
        failed,
    )


def _band(values: Vector) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, BAND)
    return float(low), float(middle), float(high)

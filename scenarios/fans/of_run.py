"""The bands that the charts of a run show on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from optimize.problem import Problem
from scenarios.county import County
from scenarios.fans.bands import drawn_in_pieces
from scenarios.futures import ensemble, observed_sample
from scenarios.report.bands import Band, Bands, Basis
from scenarios.report.result import PlanName
from scenarios.scenario import Tables
from scenarios.studied import Cube

LINES = 5  # single futures that are drawn: panels are small
MINUS: Mapping[Basis, PlanName] = {"change": "past_practice", "gain": "no_cooperation"}


def bands_of(
    county: County,
    problem: Problem,
    plans: Mapping[PlanName, Tables],
    asked: Sequence[tuple[str, Basis]],
    years: Sequence[int],
    number: int,
    seed: int,
) -> Bands:
    """The bands of the plan ``optimal`` in ``number`` futures, for the outcomes ``asked``.

    What it changes is taken within each future, from the other of the ``plans`` in the same one.

    Raises:
        ArithmeticError: no run is finite.
    """
    columns = list(dict.fromkeys(column for column, _ in asked))
    paths = paths_of(county, problem, plans, columns, years, number, seed)
    finite = np.all([np.isfinite(cube).all(axis=(1, 2)) for cube in paths.values()], axis=0)
    if not finite.any():
        raise ArithmeticError("no run is finite")
    found = []
    for column, basis in asked:
        place = columns.index(column)
        values = paths["optimal"][finite, place]
        if basis != "level":
            values = values - paths[MINUS[basis]][finite, place]
        found.append(Band.of(column, basis, values, LINES))
    failed, observed = int((~finite).sum()), observed_sample(county) is not None
    return Bands(tuple(years), number, failed, observed, seed, tuple(found))


def paths_of(
    county: County,
    problem: Problem,
    plans: Mapping[PlanName, Tables],
    columns: Sequence[str],
    years: Sequence[int],
    number: int,
    seed: int,
) -> dict[PlanName, Cube]:
    """The columns (S, C, T) under each of the plans in the same futures."""
    times = [float(year) for year in years]
    found: dict[PlanName, list[Cube]] = {name: [] for name in plans}
    for drawn in drawn_in_pieces(county, number, seed):
        every = ensemble(county, problem, drawn)
        for name, levers in plans.items():
            run = every.paths(levers, columns, times)
            found[name].append(np.stack([run[column] for column in columns], axis=1))
    return {name: np.concatenate(cubes) for name, cubes in found.items()}

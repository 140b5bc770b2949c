"""The bands of alternatives in the same futures, each alone and against the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.comparison.alternatives import Alternative
from scenarios.county import County
from scenarios.fans.of_run import paths_of
from scenarios.futures import observed_sample
from scenarios.problem import problem
from scenarios.report.bands import LEVELS, Drawn
from scenarios.report.result import PlanName
from scenarios.scenario import Tables
from scenarios.studied import Cube

CSV = "bands.csv"
COLUMNS = (
    "alternative",
    "variable",
    "basis",
    "year",
    *(f"q{100 * level:g}" for level in LEVELS),
    "unit",
)


@dataclass(frozen=True)
class Spread:
    """One outcome of A alternatives over T years, in the model's unit."""

    column: str
    gain: bool  # what it is above no cooperation in the same future
    own: Cube  # (A, levels, T) at LEVELS
    against: Cube  # the same of the difference to the baseline in the same future


@dataclass(frozen=True)
class Spreads(Drawn):
    """The bands of all alternatives, in futures that they share."""

    every: tuple[Spread, ...]

    def of(self, column: str, gain: bool) -> Spread:
        """The bands of an outcome that is among those asked for."""
        return next(s for s in self.every if (s.column, s.gain) == (column, gain))


def spreads(
    alternatives: Sequence[Alternative],
    counties: Sequence[County],
    levers: Sequence[Tables],
    asked: Sequence[tuple[str, bool]],
    years: Sequence[int],
    number: int,
    seed: int,
) -> Spreads:
    """Run every alternative (its levers' tables in its county) in the same futures.

    ``asked`` are model columns, and whether what they are above no cooperation is meant.

    Raises:
        ArithmeticError: in no future all runs are finite.
    """
    columns = list(dict.fromkeys(column for column, _ in asked))
    found: list[dict[PlanName, Cube]] = []
    for county, tables in zip(counties, levers, strict=True):
        plans: dict[PlanName, Tables] = {"optimal": tables, "no_cooperation": county.tables({})}
        found.append(paths_of(county, problem(county), plans, columns, years, number, seed))
    runs = [cube for paths in found for cube in paths.values()]
    finite = np.all([np.isfinite(cube).all(axis=(1, 2)) for cube in runs], axis=0)
    if not finite.any():
        raise ArithmeticError("in no future all runs are finite")
    every = []
    for column, gain in asked:
        place = columns.index(column)
        values = [paths["optimal"][finite, place] for paths in found]
        if gain:
            without = (paths["no_cooperation"][finite, place] for paths in found)
            values = [own - none for own, none in zip(values, without, strict=True)]
        own = np.stack([np.quantile(v, LEVELS, axis=0) for v in values])
        against = np.stack([np.quantile(v - values[0], LEVELS, axis=0) for v in values])
        every.append(Spread(column, gain, own, against))
    observed = all(observed_sample(county) is not None for county in counties)
    return Spreads(tuple(years), number, int((~finite).sum()), observed, seed, tuple(every))


def rows(
    alternatives: Sequence[Alternative], found: Spreads, units: Mapping[str, str]
) -> Iterator[tuple[object, ...]]:
    """The rows of ``bands.csv``: ``basis`` is level, or gain over no cooperation.

    Differences to the baseline in the same future end in ``minus_baseline``.
    """
    for spread in found.every:
        unit = units.get(spread.column.partition("[")[0].strip(), "")
        basis = "gain" if spread.gain else "level"
        for index, alternative in enumerate(alternatives):
            kinds = ((basis, spread.own), (f"{basis}_minus_baseline", spread.against))
            for name, values in kinds[: 2 if index else 1]:
                for t, year in enumerate(found.years):
                    texts = (repr(float(level)) for level in values[index, :, t])
                    yield alternative.name, spread.column, name, year, *texts, unit

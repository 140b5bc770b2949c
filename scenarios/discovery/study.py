"""A plan in a sample of futures, and the boxes in which it fails by each criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimize.kept import NOWHERE, Pieces, piece
from optimize.problem import Matrix, Problem, Vector
from optimize.uncertainty import Futures
from optimize.uncertainty.discovery import Discovery, discover
from optimize.uncertainty.risk import share
from scenarios.county import County
from scenarios.discovery.criteria import Criterion
from scenarios.discovery.features import Feature, features_of
from scenarios.futures import ensemble
from scenarios.scenario import Tables

PIECE = 8192  # futures that are run at a time
FEWEST = 30  # failures, and futures without one, that a search needs


@dataclass(frozen=True)
class Failure:
    """One criterion: the margins (S,) of the futures, and what was discovered.

    Without a search (``searched`` False) nearly all futures are alike by this criterion.
    """

    criterion: Criterion
    margins: Vector
    discovery: Discovery
    searched: bool


@dataclass(frozen=True)
class Study:
    """A plan in S futures with features (S, d); ``failed`` runs were left out."""

    features: tuple[Feature, ...]
    values: Matrix
    failures: tuple[Failure, ...]
    failed: int
    seed: int
    years: tuple[int, ...]

    @property
    def futures(self) -> int:
        """S."""
        return len(self.values)


def studied(
    county: County,
    stated: Problem,
    plan: Tables,
    chosen: Sequence[Criterion],
    drawn: Futures,
    seed: int,
    pieces: Pieces = NOWHERE,
) -> Study:
    """Run a plan and past practice in all futures, and look where each criterion fails.

    ``pieces`` keeps the runs of many futures.
    """
    years = county.scenario.plan.judged_years
    keep = pieces if drawn.number > PIECE else NOWHERE
    margins = np.concatenate(
        [
            piece(
                keep,
                f"runs-{begin}",
                partial(
                    _margins,
                    county,
                    stated,
                    plan,
                    chosen,
                    drawn.picked(range(begin, min(begin + PIECE, drawn.number))),
                ),
            )["margins"]
            for begin in range(0, drawn.number, PIECE)
        ],
        axis=1,
    )
    finite = np.isfinite(margins).all(axis=0)
    features, values = features_of(county, drawn)
    groups = np.flatnonzero(finite) if drawn.sets is None else drawn.sets[finite]
    values, margins = values[finite], margins[:, finite]
    failures = []
    for item, margin in zip(chosen, margins, strict=True):
        fails = margin < 0.0
        rate = share(fails, groups)
        enough = min(fails.sum(), (~fails).sum()) >= FEWEST
        found = (
            discover(values, fails, groups, rate, seed)
            if enough
            else Discovery(rate, (), 0, 0, len(margin))
        )
        failures.append(Failure(item, margin, found, bool(enough)))
    return Study(
        features, values, tuple(failures), int(np.count_nonzero(~finite)), seed, tuple(years)
    )


def _margins(
    county: County, stated: Problem, plan: Tables, chosen: Sequence[Criterion], drawn: Futures
) -> dict[str, Matrix]:
    """By how much each criterion is kept, (criteria, S)."""
    times = [float(year) for year in county.scenario.plan.judged_years]
    columns = list(dict.fromkeys(item.column for item in chosen))
    every = ensemble(county, stated, drawn)
    paths = [every.paths(tables, columns, times) for tables in (plan, county.past)]
    margins = [
        item.margin(*(np.asarray(found[item.column], dtype=float) for found in paths))
        for item in chosen
    ]
    return {"margins": np.array(margins)}

"""A plan in a sample of futures, and the boxes in which it fails by each criterion."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize.kept import NOWHERE, Pieces, piece
from optimize.problem import Matrix, Problem, Vector
from optimize.uncertainty import Futures
from optimize.uncertainty.discovery import Discovery, discover
from optimize.uncertainty.risk import share
from scenarios.county import County
from scenarios.discovery.criteria import Criterion
from scenarios.discovery.features import Feature, features_of
from scenarios.futures import ensemble
from scenarios.report.plain import built, plain
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

    ``pieces`` keeps the runs of many futures, and what is discovered of each criterion.
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
    for place, (item, margin) in enumerate(zip(chosen, margins, strict=True)):
        search = partial(_searched, values, margin < 0.0, groups, seed)
        kept = piece(pieces, f"criterion-{place}", search)
        discovery = built(Discovery, json.loads(str(kept["discovery"])))
        failures.append(Failure(item, margin, discovery, bool(kept["enough"])))
    return Study(
        features, values, tuple(failures), int(np.count_nonzero(~finite)), seed, tuple(years)
    )


def _searched(
    values: Matrix, fails: NDArray[np.bool_], groups: NDArray[np.intp], seed: int
) -> dict[str, NDArray[Any]]:
    """What is discovered of one criterion, as text, and whether there was enough to search in."""
    rate = share(fails, groups)
    enough = min(fails.sum(), (~fails).sum()) >= FEWEST
    found = Discovery(rate, (), 0, 0, len(fails))
    if enough:
        found = discover(values, fails, groups, rate, seed)
    return {"discovery": np.array(json.dumps(plain(found))), "enough": np.array(enough)}


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

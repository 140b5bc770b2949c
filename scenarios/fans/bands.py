"""The bands of a plan's outcomes over many futures, and of what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from optimize.kept import NOWHERE, Pieces, piece
from optimize.problem import Matrix
from optimize.uncertainty import Futures
from optimize.uncertainty.intervals import share_interval
from scenarios.county import County
from scenarios.futures import futures, observed_sample
from scenarios.report.bands import LEVELS
from scenarios.studied import Cube, Look, Studied

PIECE = 8192  # futures that are drawn and run at a time
APART = 1_000_003  # between the seeds of pieces, so that no other study draws the same


@dataclass(frozen=True)
class Fan:
    """L looks over T years, the year before the plan first; looks are as in ``Studied.looks``."""

    studied: Studied
    looks: tuple[Look, ...]
    years: tuple[int, ...]
    futures: int
    failed: int  # runs that are not finite: in no band
    observed: bool  # parameters agree with what is observed; else they come from their ranges
    seed: int
    quantiles: Cube  # (levels, L, T) at LEVELS
    past: Matrix  # (C, T): median under past practice
    as_is: Matrix  # (L, T): the scenario's own numbers, weather and prices
    lines: Cube  # (k, L, T): some of the futures
    above: Matrix  # (3, L): share of futures above zero in the last year, with its interval


def fan(
    studied: Studied,
    columns: Sequence[str],
    number: int,
    seed: int,
    *,
    ranges: bool = False,
    lines: int = 8,
    progress: Callable[[int, int], None] | None = None,
    pieces: Pieces = NOWHERE,
) -> Fan:
    """Run the plan and past practice in ``number`` futures; the same seed gives the same fan.

    ``pieces`` keeps the runs of many futures.

    Raises:
        ArithmeticError: no run is finite.
    """
    years = (studied.years[0] - 1, *studied.years)
    observed = not ranges and observed_sample(studied.county) is not None
    keep = pieces if number > PIECE else NOWHERE
    found: list[Cube] = []
    sets: list[NDArray[np.intp]] = []
    for drawn in drawn_in_pieces(studied.county, number, seed, observed=observed):
        if progress is not None:
            progress(sum(map(len, found)), number)
        make = partial(_simulated, studied, drawn, columns, years)
        found.append(piece(keep, f"runs-{len(found)}", make)["outcomes"])
        sets += [] if drawn.sets is None else [drawn.sets]
    if progress is not None:
        progress(number, number)
    every = np.concatenate(found)
    finite = np.asarray(np.isfinite(every).all(axis=(1, 2)))
    whole = every[finite]
    if not len(whole):
        raise ArithmeticError("no run is finite")
    owners = np.concatenate(sets)[finite] if sets else None
    size = len(columns)
    return Fan(
        studied,
        studied.looks(columns),
        years,
        number,
        int((~finite).sum()),
        observed,
        seed,
        np.quantile(whole, LEVELS, axis=0),
        np.median(whole[:, :size] - whole[:, size:], axis=0),
        studied.simulated(Futures(1), columns, years)[0],
        whole[:lines],
        share_interval(whole[:, :, -1] > 0.0, owners),
    )


def _simulated(
    studied: Studied, drawn: Futures, columns: Sequence[str], years: Sequence[int]
) -> dict[str, Cube]:
    return {"outcomes": studied.simulated(drawn, columns, years)}


def drawn_in_pieces(
    county: County, number: int, seed: int, *, observed: bool = True
) -> Iterator[Futures]:
    """``number`` futures, so many at a time that their runs fit into memory."""
    for place, begin in enumerate(range(0, number, PIECE)):
        part = min(PIECE, number - begin)
        yield futures(county, part, seed + place * APART, observed=observed)

"""Bands of a plan's outcomes over many futures, for the charts of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.words import Words

SHARES = (0.95, 0.75, 0.5)  # of the futures, the widest band first
LEVELS = (0.025, 0.125, 0.25, 0.5, 0.75, 0.875, 0.975)  # the ends of bands, and the median
CSV = "bands.csv"
COLUMNS = ("variable", "basis", "year", *(f"q{100 * level:g}" for level in LEVELS), "unit")

Basis = Literal["level", "change", "gain"]  # the plan's; minus past practice; minus no cooperation


def ends_of(share: float) -> tuple[int, int]:
    """Where the ends of a band stand in :data:`LEVELS`."""
    place = SHARES.index(share)
    return place, len(LEVELS) - 1 - place


@dataclass(frozen=True)
class Band:
    """One outcome by year, in the model's unit; T years."""

    column: str
    basis: Basis
    quantiles: tuple[tuple[float, ...], ...]  # (levels, T) at LEVELS
    lines: tuple[tuple[float, ...], ...]  # (k, T): the first of the futures

    @classmethod
    def of(cls, column: str, basis: Basis, values: NDArray[np.float64], lines: int) -> Band:
        """From the values (S, T) in S futures, all of them finite."""
        quantiles = np.quantile(values, LEVELS, axis=0)
        return cls(column, basis, _rows(quantiles), _rows(values[:lines]))


def _rows(values: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in values.tolist())


@dataclass(frozen=True)
class Drawn:
    """The sample that bands come from."""

    years: tuple[int, ...]
    futures: int
    failed: int  # futures in which some run is not finite: in no band
    observed: bool  # parameters agree with what is observed; else they come from their ranges
    seed: int

    def sample(self, words: Words) -> str:
        """What varies, in how many futures, and how many of the runs failed."""
        return words.say(
            f"bands.sample.{'observed' if self.observed else 'ranges'}",
            futures=f"{self.futures:,}",
            seed=self.seed,
            failed=self.failed,
        )

    def record(self) -> dict[str, object]:
        """The sample for programs."""
        return {
            "futures": self.futures,
            "failed": self.failed,
            "parameters": "observed" if self.observed else "ranges",
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Bands(Drawn):
    """The bands of one plan."""

    bands: tuple[Band, ...]

    def of(self, column: str, basis: Basis) -> Band | None:
        """The band of an outcome, where there is one."""
        found = (band for band in self.bands if (band.column, band.basis) == (column, basis))
        return next(found, None)


def rows(found: Bands, unit_of: Mapping[str, str]) -> Iterator[tuple[object, ...]]:
    """The rows of ``bands.csv``, tidy; ``unit_of`` is the unit of each variable."""
    for band in found.bands:
        for t, year in enumerate(found.years):
            texts = (repr(level[t]) for level in band.quantiles)
            yield (
                band.column,
                band.basis,
                year,
                *texts,
                unit_of.get(band.column.partition("[")[0].strip(), ""),
            )

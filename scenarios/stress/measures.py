"""What a plan under a shock is measured by, over the years that the scenario judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optimize.uncertainty.risk import Better, in_a_row, largest_fall

AIM = "aim"
INCOME, GAIN_W, GAIN_M = "farmers income per head", "gain of W of the year", "gain of M of the year"
MARGIN, AREA = "potato margin of the year", "planted area"
Floor = Literal["farmers", "w", "m"]
FLOORS: tuple[Floor, ...] = ("farmers", "w", "m")
SLACK = 0.001  # of the floor: less than a thousandth below it does not count
LOSING_YEARS = 2  # in a row: the second planting is lost before the first is made good
LAND = 0.1  # part of the area whose loss counts as giving up land


@dataclass(frozen=True)
class Measure:
    """One number of a path (S, T) of a model column, times ``scale``; ``better`` says which way."""

    key: str
    column: str
    of: Callable[[NDArray[Any]], NDArray[Any]]
    better: Better
    unit: str
    scale: float = 1.0
    digits: int = 0


MEASURES: tuple[Measure, ...] = (
    Measure("gap", "structure gap", lambda x: x.mean(axis=1), "less", "percentage point", digits=3),
    Measure("income_worst", INCOME, lambda x: x.min(axis=1), "more", "yuan"),
    Measure("unsold_most", "unsold produce", lambda x: x.max(axis=1), "less", "tonne"),
    Measure("market", "market capability", lambda x: x[:, -1], "more", "percent", 100.0, 1),
    Measure("gain_m", GAIN_M, lambda x: x.sum(axis=1), "more", "wanyuan"),
    Measure("losing_years", MARGIN, lambda x: (x < 0.0).sum(axis=1), "less", "year", digits=2),
    Measure("area_fall", AREA, largest_fall, "less", "percent", 100.0, 1),
)
NEEDED = (*dict.fromkeys(measure.column for measure in MEASURES), GAIN_W)


def loses_twice(margin: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether farmers lose in two years in a row, by future (S,); ``margin`` is (S, T)."""
    return in_a_row(margin < 0.0, LOSING_YEARS)


def gives_up_land(area: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether a tenth of the area is given up at some time, by future (S,); ``area`` is (S, T)."""
    return np.asarray(largest_fall(area) > LAND)


def shortfalls(own: NDArray[Any], floors: NDArray[Any]) -> NDArray[np.float64]:
    """How far farmers, W and M fall short of their floors, as a share of these; (3, S), 0 if not.

    ``own`` and ``floors`` (3, S, T): farmers' income, gains of W and of M, under the plan and
    under past practice. As the rules have it: farmers in their worst year, W and M over all years.
    """
    farmers = np.max(1.0 - own[0] / floors[0], axis=1)
    sums = 1.0 - own[1:].sum(axis=2) / floors[1:].sum(axis=2)
    return np.asarray(np.maximum(0.0, np.concatenate([farmers[None], sums])), dtype=float)

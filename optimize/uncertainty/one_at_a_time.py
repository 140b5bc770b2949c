"""One factor at a time: what its low and its high end do, all others as the scenario has them.

It is the picture of a tornado: quick to read, and blind to what factors do together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize.calibration.parameters import Parameter
from optimize.problem import Matrix, Vector
from optimize.uncertainty.factors import Factor, futures_at
from optimize.uncertainty.futures import Futures, Variation

YEARS = (0.1, 0.9)  # shares for every year of a variation: its ends cannot last for years


@dataclass(frozen=True)
class Ends:
    """Outcomes (m,) as things are, and (D, m) at the ends of each factor, in their units.

    ``failed`` counts the runs that are not finite; they are NaN.
    """

    names: tuple[str, ...]
    base: Vector
    low: Matrix
    high: Matrix
    failed: int

    @property
    def lost(self) -> tuple[str, ...]:
        """The factors with an end at which the model gives no finite numbers."""
        gone = np.asarray((np.isnan(self.low) | np.isnan(self.high)).any(axis=1))
        return tuple(self.names[place] for place in np.flatnonzero(gone))

    def swing(self) -> Matrix:
        """The largest difference (D, m) between base and ends."""
        both = np.stack([self.low - self.base, self.high - self.base])
        return np.asarray(np.nanmax(np.abs(both), axis=0, initial=0.0))


def ends(factors: Sequence[Factor]) -> Futures:
    """2 D + 1 futures: things as they are, then the low and the high end of each factor.

    A parameter goes to the ends of its range, all elements of a factor together; every year
    of a variation to its :data:`YEARS`.
    """
    number = 2 * len(factors) + 1
    parameters: dict[str, Parameter] = {p.column: p for f in factors for p in f.parameters}
    variations: dict[str, Variation] = {v.column: v for f in factors for v in f.variations}
    values = {column: np.full(number, p.default) for column, p in parameters.items()}
    series = {column: np.repeat(v.y[None], number, axis=0) for column, v in variations.items()}
    for place, factor in enumerate(factors):
        width = len(factor.parameters)
        shares = np.empty((2, factor.elements))
        shares[:, :width] = [[0.0], [1.0]]
        shares[:, width:] = np.array(YEARS)[:, None]
        found = futures_at([factor], shares)
        rows = [1 + 2 * place, 2 + 2 * place]
        for column, value in found.values.items():
            values[column][rows] = value
        for column, table in found.series.items():
            series[column][rows] = table
    return Futures(number, values, series)


def compared(names: Sequence[str], outcomes: Matrix) -> Ends:
    """The outcomes (2 D + 1, m) of the futures of :func:`ends`, put in order."""
    finite = np.asarray(np.isfinite(outcomes).all(axis=1))
    kept = np.where(finite[:, None], outcomes, np.nan)
    return Ends(tuple(names), kept[0], kept[1::2], kept[2::2], int((~finite).sum()))

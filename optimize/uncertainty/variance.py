"""Sobol indices: which share of an outcome's variance each factor is responsible for.

The *first-order* index is the share that would go if the factor were known; the *total* index
the share that stays if all others were known; the *second-order* index of two factors what they
do only together. The factors must be independent. Designs and estimators by SALib; the bootstrap
is here, for all outcomes in one matrix product: SALib draws anew for each outcome and gathers
every resample, some hundred times slower for the many outcomes and years of a study.

Source: Saltelli et al. (2010), Computer Physics Communications 181; Saltelli (2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix
from optimize.uncertainty.futures import stream

CONFIDENCE = 0.95
LEAST_ROWS = 16  # below, nothing is said

Cube = NDArray[np.float64]


@dataclass(frozen=True)
class Index:
    """An estimate with its 95 % bootstrap interval; arrays of one shape."""

    value: Cube
    low: Cube
    high: Cube

    def at(self, *place: Any) -> Index:
        """The same for some of the places."""
        return Index(self.value[place], self.low[place], self.high[place])


@dataclass(frozen=True)
class Indices:
    """Sobol indices of D factors for m outcomes; NaN where an outcome does not vary.

    ``first`` and ``total`` are (D, m), ``second`` (D, D, m) in its upper triangle.
    """

    names: tuple[str, ...]
    first: Index
    total: Index
    second: Index | None
    variance: Cube  # (m,)
    rows: int  # sets of runs that were finished: N
    failed: int  # sets that were left out: one of their runs is not finite

    def ranked(self, outcome: int) -> tuple[int, ...]:
        """Factors by their total index for one outcome, the largest first."""
        total = np.nan_to_num(self.total.value[:, outcome], nan=-1.0)
        return tuple(int(i) for i in np.argsort(-total, kind="stable"))


@dataclass(frozen=True)
class SobolDesign:
    """N (D + 2) runs, or N (2 D + 2) with second order; N is a power of two."""

    names: tuple[str, ...]
    rows: int
    second: bool
    seed: int

    @property
    def step(self) -> int:
        """Runs of one row: a point, another point, and mixtures of the two."""
        return (2 if self.second else 1) * len(self.names) + 2

    @cached_property
    def shares(self) -> Matrix:
        """Shares (N step, D) of the factors, in [0, 1)."""
        from SALib.sample import sobol  # slow to load

        problem = {
            "num_vars": len(self.names),
            "names": list(self.names),
            "bounds": [[0.0, 1.0]] * len(self.names),
        }
        found = sobol.sample(problem, self.rows, calc_second_order=self.second, seed=self.seed)
        return np.asarray(found)

    def analysed(self, outcomes: Matrix, resamples: int = 200) -> Indices:
        """The indices for outcomes (N step, m), in the order of :attr:`shares`.

        A row with a run that is not finite is left out whole, and counted.
        """
        from SALib.analyze import sobol  # slow to load

        factors, number = len(self.names), outcomes.shape[1]
        runs = outcomes.reshape(self.rows, self.step, number)
        runs = runs[np.isfinite(runs).all(axis=(1, 2))]
        rows = len(runs)
        variance = np.full(number, np.nan)
        if rows >= LEAST_ROWS:
            ends = np.concatenate([runs[:, 0], runs[:, -1]])
            variance = np.asarray(ends.var(axis=0))
        vary = variance > 1e-20 * np.square(np.abs(runs).max(axis=(0, 1), initial=1e-300))
        runs = runs[:, :, vary]
        if runs.size:  # centred and scaled: the estimators of outcomes far from zero are biased
            runs = (runs - runs.mean(axis=(0, 1))) / runs.std(axis=(0, 1))
        shape = (factors, number)
        first, total = np.full(shape, np.nan), np.full(shape, np.nan)
        a, b = runs[:, 0], runs[:, -1]
        ab, ba = runs[:, 1 : 1 + factors], runs[:, 1 + factors : -1]
        for j in range(factors if runs.size else 0):
            first[j, vary] = sobol.first_order(a, ab[:, j], b)
            total[j, vary] = sobol.total_order(a, ab[:, j], b)
        again = _Resampled(a, b, resamples, self.seed) if runs.size else None
        second = None
        if self.second:
            second = self._second(a, b, ab, ba, vary, again)
        if again is None:
            missing = np.full(shape, np.nan)
            ends_of = [(missing, missing)] * 2
        else:
            ends_of = [
                again.interval(np.swapaxes(product, 0, 1), vary)
                for product in (b[:, None] * (ab - a[:, None]), 0.5 * (a[:, None] - ab) ** 2)
            ]
        return Indices(
            self.names,
            Index(first, *ends_of[0]),
            Index(total, *ends_of[1]),
            second,
            variance,
            rows,
            self.rows - rows,
        )

    def _second(
        self,
        a: Matrix,
        b: Matrix,
        ab: Cube,
        ba: Cube,
        vary: NDArray[np.bool_],
        again: _Resampled | None,
    ) -> Index:
        from SALib.analyze import sobol

        factors = len(self.names)
        found = [np.full((factors, factors, len(vary)), np.nan) for _ in range(3)]
        for j in range(factors if again is not None else 0):
            for k in range(j + 1, factors):
                assert again is not None
                found[0][j, k, vary] = sobol.second_order(a, ab[:, j], ab[:, k], ba[:, j], b)
                alone = b * (ab[:, j] - a) + b * (ab[:, k] - a)
                product = ba[:, j] * ab[:, k] - a * b - alone
                low, high = again.interval(product[None], vary)
                found[1][j, k], found[2][j, k] = low[0], high[0]
        return Index(*found)


class _Resampled:
    """Bootstrap of ratios: means of products over the variance, rows drawn again."""

    def __init__(self, a: Matrix, b: Matrix, resamples: int, seed: int) -> None:
        rows = len(a)
        drawn = stream(seed, "bootstrap").multinomial(rows, np.full(rows, 1.0 / rows), resamples)
        self.weights = drawn / rows  # (resamples, rows)
        mean = self.weights @ (a + b) / 2.0
        self.variance = self.weights @ (a**2 + b**2) / 2.0 - mean**2  # (resamples, m)

    def interval(self, products: Cube, vary: NDArray[np.bool_]) -> tuple[Cube, Cube]:
        """Ends (D, m) of the intervals of means of products (D, rows, varying)."""
        ends = np.full((2, len(products), len(vary)), np.nan)
        tails = [(1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0]
        for j, product in enumerate(products):
            ends[:, j, vary] = np.quantile(self.weights @ product / self.variance, tails, axis=0)
        return ends[0], ends[1]


def sobol(names: Sequence[str], rows: int, seed: int, *, second: bool = False) -> SobolDesign:
    """A design of ``rows`` (rounded up to a power of two) for independent factors.

    Raises:
        ValueError: there is no factor, or no row.
    """
    if not names or rows < 1:
        raise ValueError("a design needs a factor and a row at least")
    return SobolDesign(tuple(names), 1 << (rows - 1).bit_length(), second, seed)

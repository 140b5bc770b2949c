"""Factors: what is varied as one in a study of sensitivity, by shares between 0 and 1.

A share is a place in a distribution: 0 its low end, 0.5 its median, 1 its high end. A factor
may be one parameter, all elements of a variable, or the weather of many years; its *elements*
are the single numbers in it. They are independent of each other: variance-based indices need
that, so these distributions come from the ranges, never from a sample that ties them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize.calibration.parameters import Parameter
from optimize.problem import Matrix, Vector
from optimize.uncertainty.futures import Futures, Variation, quantiles, stream

ROWS = 1 << 14  # sets of shares that a factor of several elements is picked from


@dataclass(frozen=True)
class Factor:
    """Parameters and yearly variations that are varied together."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    variations: tuple[Variation, ...] = ()

    @property
    def elements(self) -> int:
        """How many single numbers: parameters, and years of each variation."""
        return len(self.parameters) + sum(len(v.points) for v in self.variations)


def futures_at(factors: Sequence[Factor], shares: Matrix) -> Futures:
    """Futures for shares (S, E) of every element of every factor, in order."""
    values: dict[str, Vector] = {}
    series: dict[str, Matrix] = {}
    place = 0
    for factor in factors:
        for parameter in factor.parameters:
            values[parameter.column] = quantiles(parameter, shares[:, place])
            place += 1
        for variation in factor.variations:
            upto = place + len(variation.points)
            series[variation.column] = variation.quantiles(shares[:, place:upto])
            place = upto
    return Futures(len(shares), values, series)


@dataclass(frozen=True)
class Spread:
    """From one share for each factor to one for each of its elements.

    A factor of one element takes the share as it is. For one of several, the share picks one
    of many random sets: any design for single numbers then serves for whole groups, too.
    """

    factors: tuple[Factor, ...]
    tables: tuple[Matrix | None, ...]

    @classmethod
    def of(cls, factors: Sequence[Factor], seed: int) -> Spread:
        """The random sets of a seed."""
        return cls(
            tuple(factors),
            tuple(
                None if factor.elements == 1 else _stratified(seed, factor) for factor in factors
            ),
        )

    def __call__(self, shares: Matrix) -> Matrix:
        """Shares (S, E) of the elements for shares (S, D) of the factors."""
        parts = []
        for place, table in enumerate(self.tables):
            column = shares[:, place]
            if table is None:
                parts.append(column[:, None])
            else:
                parts.append(table[np.minimum((column * ROWS).astype(np.intp), ROWS - 1)])
        return np.concatenate(parts, axis=1)


def _stratified(seed: int, factor: Factor) -> Matrix:
    """Random sets (ROWS, e), in each column one in each of ROWS equal parts."""
    random = stream(seed, f"factor {factor.name}")
    order = np.argsort(random.random((ROWS, factor.elements)), axis=0)
    return np.asarray((order + random.random(order.shape)) / ROWS)

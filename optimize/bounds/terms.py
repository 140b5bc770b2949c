"""The remainders of a step as they are counted: ranges of rows, the nearest c, the heavy ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.problem import Matrix, Vector

LIGHT = 3e-4  # share of a step's third order that is bounded at once, as numbers


@dataclass(frozen=True)
class Bounds:
    """Of some rows: range of the linear part, and middle and spread of the rest so far."""

    low: Vector
    high: Vector
    middle: Vector
    spread: Vector


def nearest(coefficients: Matrix, weight: Vector, same: np.ndarray) -> Vector:
    """The k of every remainder: for a square the end that lies below, else the middle."""
    ends = weight[:, None] * coefficients
    below = np.where(ends[:, 0] <= ends[:, 1], coefficients[:, 0], coefficients[:, 1])
    return np.where(same, below, coefficients.mean(axis=1))


def weighty(sizes: Vector) -> np.ndarray:
    """All but the smallest that are together less than ``LIGHT`` of the sum."""
    order = np.argsort(sizes)
    light = np.cumsum(sizes[order]) <= LIGHT * sizes.sum()
    found = np.ones(len(sizes), dtype=bool)
    found[order[light]] = False
    return found

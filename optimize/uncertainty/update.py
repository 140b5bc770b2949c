"""What observations say of uncertain numbers: an ensemble smoother with multiple assimilation.

Emerick & Reynolds (2013): the same data are taken in ``STEPS`` small steps, each with the errors'
variance times ``STEPS``; the model is run anew for every step, so what is not a straight line is
followed. For a linear model and normal distributions the result is that of the Kalman filter, up
to the noise of a finite sample. Correlations that chance alone could give are taken for none
(Luo & Bhakta 2020), or numbers by the hundred would drift.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimize.problem import Matrix, Vector

STEPS = 4
CHANCE = 3.0  # standard errors of a correlation that is none


@dataclass(frozen=True)
class Updated:
    """Numbers (S, n) and what they predict (S, m), before and after.

    ``moves`` (n, m): by how much each observation moves the mean of each number, on the straight
    line through the ensemble before the update; they add up to about the whole move.
    ``surprise``: squared distance of the observations from what was expected of them, in units
    of their joint spread; about m if nothing is amiss. ``effective``: how many of the S futures
    would be left if each counted as likely as the observations make it (Kish).
    """

    before: Matrix
    after: Matrix
    predicted_before: Matrix
    predicted_after: Matrix
    moves: Matrix
    surprise: float
    effective: float


def update(
    prior: Matrix,
    predict: Callable[[Matrix], Matrix],
    observed: Vector,
    errors: Vector,
    random: np.random.Generator,
    low: Vector | float = -np.inf,
    high: Vector | float = np.inf,
    independent: Vector | None = None,
) -> Updated:
    """Update numbers (S, n) by observations (m,) with standard errors (m,).

    Args:
        prior: the numbers before.
        predict: numbers (S, n) -> what they predict of the observations (S, m).
        observed: the observations.
        errors: their standard errors, above 0.
        random: for the errors that each future is given.
        low: least values (n,); an update that goes further ends there.
        high: largest values (n,).
        independent: how many draws each number's column is worth (n,), where futures share
            draws; by default S.

    Raises:
        ValueError: an error is not above 0, or there are fewer than three futures.
    """
    size = len(prior)
    if size < 3 or not np.all(errors > 0.0):
        raise ValueError("an update needs three futures and errors above 0")
    worth = np.full(prior.shape[1], float(size)) if independent is None else independent
    numbers = np.array(prior, dtype=float)
    first = predict(numbers)
    predicted = first
    for _ in range(STEPS):
        gain = _gain(numbers, predicted, errors * np.sqrt(STEPS), worth)
        noise = random.standard_normal(predicted.shape)
        noise -= noise.mean(axis=0)
        wanted = observed + np.sqrt(STEPS) * errors * noise
        numbers = np.clip(numbers + (wanted - predicted) @ gain.T, low, high)
        predicted = predict(numbers)
    off = observed - first.mean(axis=0)
    spread = np.atleast_2d(np.cov(first.T)) + np.diag(errors**2)
    likely = -0.5 * np.sum(((observed - first) / errors) ** 2, axis=1)
    weights = np.exp(likely - likely.max())
    return Updated(
        np.array(prior, dtype=float),
        numbers,
        first,
        predicted,
        _gain(prior, first, errors, worth) * off,
        float(off @ np.linalg.solve(spread, off)),
        float(weights.sum() ** 2 / np.sum(weights**2)),
    )


def _gain(numbers: Matrix, predicted: Matrix, errors: Vector, worth: Vector) -> Matrix:
    """The Kalman gain (n, m) of an ensemble, without correlations that chance could give."""
    size = len(numbers)
    x, y = numbers - numbers.mean(axis=0), predicted - predicted.mean(axis=0)
    both = x.T @ y / (size - 1)
    wide = np.outer(x.std(axis=0, ddof=1), y.std(axis=0, ddof=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        tied = np.abs(np.where(wide > 0.0, both / wide, 0.0))
    kept = np.where(tied >= CHANCE / np.sqrt(worth)[:, None], both, 0.0)
    spread = y.T @ y / (size - 1) + np.diag(errors**2)
    return np.asarray(np.linalg.solve(spread, kept.T).T)

"""Sets of parameters that agree with the observations.

Near the fit the posterior is a normal distribution cut off at the ranges. Many candidates are
drawn from it (Gibbs, one parameter at a time, all candidates together); the true model then
says how likely each one really is, and the sample is drawn in that proportion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.calibration.fit import Fit, Progress
from optimize.calibration.misfit import Array

CANDIDATES = 10  # for each draw
SWEEPS = 40
TAIL = 1e-12  # of the normal distribution; further out its inverse is not worth having


@dataclass(frozen=True)
class Sample:
    """``values`` (N, n) in the model's units; ``misfits`` (N,): sum of squares of all residuals.

    ``effective``: how many independent draws the candidates are worth (Kish);
    ``expected``: range within which 95 % of the misfits should lie if the straight model near
    the fit were exact; ``within``: share of the draws inside it. ``prior_misfits`` (N,): of
    draws from the ranges alone.
    """

    values: Array
    misfits: Array
    effective: float
    candidates: int
    expected: tuple[float, float]
    within: float
    prior_misfits: Array


def sample(fit: Fit, draws: int, seed: int, progress: Progress | None = None) -> Sample:
    """Draw ``draws`` parameter sets; the same seed gives the same sets.

    Raises:
        ValueError: fewer than one draw is asked for.
    """
    if draws < 1:
        raise ValueError("a sample needs at least one draw")
    random = np.random.default_rng(seed)
    misfit = fit.misfit
    count = CANDIDATES * draws
    low, high = misfit.bounds
    square = fit.jacobian.T @ fit.jacobian + np.eye(fit.z.size)
    target = fit.jacobian.T @ (fit.jacobian @ fit.z - fit.residuals)
    centre = np.linalg.solve(square, target)
    points = centre + np.linalg.solve(
        np.linalg.cholesky(square).T, random.standard_normal((fit.z.size, count))
    ).T
    points = np.clip(points, low, high)
    for sweep in range(SWEEPS):
        if progress is not None:
            progress("draw", sweep, SWEEPS)
        _sweep(points, square, target, low, high, random)
    straight = _squares(fit.residuals + (points - fit.z) @ fit.jacobian.T)
    true = _squares(misfit.residuals(points))
    weights = np.exp(-0.5 * (true - straight - np.nanmin(true - straight)))
    weights = np.where(np.isfinite(weights), weights, 0.0)
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    # the draws with the largest keys, log(weight) plus Gumbel noise, are a weighted sample
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + random.gumbel(size=count)
    chosen = np.sort(np.argsort(-keys, kind="stable")[:draws])
    likely = np.quantile(straight, [0.025, 0.975])
    inside = (likely[0] <= true[chosen]) & (true[chosen] <= likely[1])
    blind = np.clip(random.standard_normal((draws, fit.z.size)), low, high)
    return Sample(
        misfit.natural(points[chosen]),
        true[chosen],
        effective,
        count,
        (float(likely[0]), float(likely[1])),
        float(np.mean(inside)),
        _squares(misfit.residuals(blind)),
    )


def _squares(residuals: NDArray[np.float64]) -> Array:
    result: Array = np.sum(residuals**2, axis=1)
    return result


def _sweep(
    points: Array,
    square: Array,
    target: Array,
    low: Array,
    high: Array,
    random: np.random.Generator,
) -> None:
    """Redraw every parameter of every point (N, n) given the others, within its range."""
    from scipy.special import ndtr, ndtri  # slow to load

    for i in range(points.shape[1]):
        width = square[i, i] ** -0.5
        others = target[i] - points @ square[i] + square[i, i] * points[:, i]
        mean = others * width**2
        least, most = ndtr((low[i] - mean) / width), ndtr((high[i] - mean) / width)
        uniform = least + random.random(points.shape[0]) * (most - least)
        drawn = mean + width * ndtri(np.clip(uniform, TAIL, 1 - TAIL))
        points[:, i] = np.clip(drawn, low[i], high[i])

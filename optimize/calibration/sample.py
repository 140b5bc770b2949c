"""Sets of parameters that agree with the observations.

Near the fit the posterior is a normal distribution cut off at the ranges. Candidates are drawn
from it by Gibbs sampling, one parameter at a time, all candidates together. Then the true
model has its say: draws start in proportion to how likely the model finds the candidates, and
go on as Markov chains whose proposals redraw a part of the parameters from the normal
distribution and are accepted by the ratio of what the model says to what the straight line
said (Metropolis), so that they end up distributed as the model itself demands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.calibration.fit import Fit, Progress
from optimize.calibration.misfit import Array, Misfit

CANDIDATES = 10  # for each draw
SWEEPS = 30
STEPS = 40  # of each chain under the true model
PART = 0.15  # of the parameters that one proposal redraws
TAIL = 1e-12  # of the normal distribution; further out its inverse is not worth having


@dataclass(frozen=True)
class Sample:
    """``values`` (N, n) in the model's units; ``misfits`` (N,): sum of squares of all residuals.

    ``expected``: range in which 95 % of the misfits would lie if the model were straight near
    the fit; ``within``: share of the draws inside it. ``effective``: how many independent draws
    the candidates alone were worth (Kish). ``accepted``: share of the proposals.
    ``prior_misfits`` (N,): of draws from the ranges, before any observation.
    """

    values: Array
    misfits: Array
    expected: tuple[float, float]
    within: float
    effective: float
    candidates: int
    accepted: float
    prior_misfits: Array


@dataclass(frozen=True)
class _Straight:
    """The normal distribution near a fit: precision ``square``, ``square @ centre = target``."""

    fit: Fit
    square: Array
    target: Array

    @classmethod
    def near(cls, fit: Fit) -> _Straight:
        square = fit.jacobian.T @ fit.jacobian + np.eye(fit.z.size)
        return cls(fit, square, fit.jacobian.T @ (fit.jacobian @ fit.z - fit.residuals))

    def squares(self, points: Array) -> Array:
        """Sums of squares of the residuals (N,), on the straight line."""
        return _squares(self.fit.residuals + (points - self.fit.z) @ self.fit.jacobian.T)

    def draw(self, count: int, random: np.random.Generator) -> Array:
        """Points (N, n) of the whole normal distribution, pushed into the ranges."""
        size = self.target.size
        root = np.linalg.cholesky(self.square)
        noise = np.linalg.solve(root.T, random.standard_normal((size, count))).T
        centre = np.linalg.solve(self.square, self.target)
        return np.clip(centre + noise, *self.fit.misfit.bounds)

    def redraw(self, points: Array, places: Iterable[int], random: np.random.Generator) -> None:
        """Redraw parameters of every point, each given all others, within its range."""
        from scipy.special import ndtr, ndtri  # slow to load

        low, high = self.fit.misfit.bounds
        for i in places:
            own = self.square[i, i]
            width = own**-0.5
            mean = (self.target[i] - points @ self.square[i]) / own + points[:, i]
            least, most = ndtr((low[i] - mean) / width), ndtr((high[i] - mean) / width)
            uniform = least + random.random(points.shape[0]) * (most - least)
            drawn = mean + width * ndtri(np.clip(uniform, TAIL, 1 - TAIL))
            points[:, i] = np.clip(drawn, low[i], high[i])


def sample(fit: Fit, draws: int, seed: int, progress: Progress | None = None) -> Sample:
    """Draw ``draws`` parameter sets; the same seed gives the same sets.

    Raises:
        ValueError: fewer than one draw is asked for.
    """
    if draws < 1:
        raise ValueError("a sample needs at least one draw")
    random = np.random.default_rng(seed)
    straight, misfit = _Straight.near(fit), fit.misfit
    points = straight.draw(CANDIDATES * draws, random)
    for _ in range(SWEEPS):
        straight.redraw(points, range(fit.z.size), random)
    lines = straight.squares(points)
    errors = _true(misfit, points) - lines
    weights = np.exp(-0.5 * (errors - errors.min()))
    weights /= weights.sum()
    chosen = random.choice(points.shape[0], draws, p=weights)
    chains, accepted = points[chosen], 0.0
    error = errors[chosen]
    for step in range(STEPS):
        if progress is not None:
            progress("draw", step, STEPS)
        proposals = chains.copy()
        places = random.permutation(fit.z.size)[: max(1, round(PART * fit.z.size))]
        straight.redraw(proposals, places, random)
        errors = _true(misfit, proposals) - straight.squares(proposals)
        take = np.log(random.random(draws)) < 0.5 * (error - errors)
        chains[take], error[take] = proposals[take], errors[take]
        accepted += float(np.mean(take)) / STEPS
    misfits = straight.squares(chains) + error
    expected = np.quantile(lines, [0.025, 0.975])
    blind = np.clip(random.standard_normal(chains.shape), *misfit.bounds)
    return Sample(
        misfit.natural(chains),
        misfits,
        (float(expected[0]), float(expected[1])),
        float(np.mean((expected[0] <= misfits) & (misfits <= expected[1]))),
        float(1 / np.sum(weights**2)),
        points.shape[0],
        accepted,
        _true(misfit, blind),
    )


def _true(misfit: Misfit, points: Array) -> Array:
    """Sums of squares of the residuals (N,), by the model; infinite where it has no answer."""
    squares = _squares(misfit.residuals(points))
    return np.where(np.isfinite(squares), squares, np.inf)


def _squares(residuals: NDArray[np.float64]) -> Array:
    result: Array = np.sum(residuals**2, axis=1)
    return result

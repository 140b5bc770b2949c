"""The most likely parameters: bounded least squares from several starts.

Minimises ``|residuals|^2 + |z|^2`` over the ranges, ``z`` being deviations from the defaults:
what no observation speaks of stays at its default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimize.calibration.misfit import Array, Misfit
from optimize.calibration.parameters import Parameter

Progress = Callable[[str, int, int], None]  # what, done, of how many

TOUCHED = 1e-6  # least change of any residual, in spreads, for a deviation of a parameter
MOST_STEPS = 60
MOST_DAMPING = 1e8
GAIN = 1e-8  # relative; the descent ends when a full step gains less
SLACK = 1e-12  # the solver wants room between bounds
AGREE = 1e-4  # starts agree if their sums of squares differ by no more, absolutely


@dataclass(frozen=True)
class Fit:
    """The best point found, ``z`` (n,), with residuals (m,) and their derivatives (m, n).

    ``start_costs``: the sum of squares that each start ended with.
    """

    misfit: Misfit
    z: Array
    residuals: Array
    jacobian: Array
    residuals_before: Array
    start_costs: Array

    @property
    def cost(self) -> float:
        """Sum of squares, observations and ranges together."""
        return float(self.residuals @ self.residuals + self.z @ self.z)

    @cached_property
    def modelled(self) -> Array:
        """What the fitted model says, (m,), in the units of the observations."""
        return np.asarray(self.misfit.modelled(self.z)[0], dtype=np.float64)

    @cached_property
    def modelled_before(self) -> Array:
        """What the model says at the defaults, (m,)."""
        return np.asarray(self.misfit.modelled(np.zeros_like(self.z))[0], dtype=np.float64)

    @property
    def agreeing(self) -> int:
        """How many starts ended as well as the best."""
        return int(np.sum(self.start_costs <= self.start_costs.min() + AGREE))

    @property
    def gradient(self) -> float:
        """Largest derivative of half the sum of squares that no bound holds back."""
        low, high = self.misfit.bounds
        slope = self.jacobian.T @ self.residuals + self.z
        held = ((self.z <= low + 1e-6) & (slope > 0)) | ((self.z >= high - 1e-6) & (slope < 0))
        return float(np.max(np.abs(np.where(held, 0.0, slope)), initial=0.0))


def touched(misfit: Misfit) -> tuple[Parameter, ...]:
    """The parameters that move any observation, at the defaults."""
    slopes = misfit.jacobian(np.zeros(len(misfit.parameters)))
    moves = np.max(np.abs(slopes), axis=0) > TOUCHED
    return tuple(p for p, moved in zip(misfit.parameters, moves, strict=True) if moved)


def fit(
    misfit: Misfit,
    *,
    starts: int = 4,
    seed: int = 1,
    begin: Array | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit from ``begin`` (by default the defaults) and from random points of the ranges.

    Raises:
        ValueError: the model has no finite answer at the first start.
    """
    size = len(misfit.parameters)
    low, high = misfit.bounds
    random = np.random.default_rng(seed)
    points = [np.zeros(size) if begin is None else begin]
    points += [random.uniform(low, high) for _ in range(starts - 1)]
    found: list[tuple[float, Array]] = []
    for number, point in enumerate(points):
        if progress is not None:
            progress("fit", number, len(points))
        found.append(_descend(misfit, point))
    costs = np.array([cost for cost, _ in found])
    z = found[int(np.argmin(costs))][1]
    return Fit(
        misfit,
        z,
        np.real(misfit.residuals(z)[0]),
        misfit.jacobian(z),
        np.real(misfit.residuals(np.zeros(size))[0]),
        costs,
    )


def _descend(misfit: Misfit, start: Array) -> tuple[float, Array]:
    """Gauss-Newton with damping: each step is a bounded linear least-squares problem."""
    z, damping = start, 0.0
    residuals = misfit.residuals(z)[0]
    cost = _cost(residuals, z)
    for _ in range(MOST_STEPS):
        jacobian = misfit.jacobian(z)
        while True:
            candidate = z + gauss_newton(misfit, z, residuals, jacobian, damping)
            tried = misfit.residuals(candidate)[0]
            found = _cost(tried, candidate)
            if found <= cost or damping > MOST_DAMPING:
                break
            damping = max(1.0, 4 * damping)
        if not found < cost:
            break
        gained, cost, z, residuals = cost - found, found, candidate, tried
        if damping == 0.0 and gained < GAIN * cost:
            break
        damping = 0.0 if damping <= 1.0 else damping / 4
    return cost, z


def _cost(residuals: Array, z: Array) -> float:
    total = float(residuals @ residuals + z @ z)
    return total if np.isfinite(total) else np.inf


def gauss_newton(
    misfit: Misfit, z: Array, residuals: Array, jacobian: Array, damping: float = 0.0
) -> Array:
    """The step (n,) to the bounded minimum of the linearised problem."""
    from scipy.optimize import lsq_linear  # slow to load

    low, high = misfit.bounds
    square = jacobian.T @ jacobian + (1.0 + damping) * np.eye(z.size)
    root = np.linalg.cholesky(square)  # the same problem in as few rows as it has unknowns
    right = -np.linalg.solve(root, jacobian.T @ residuals + z)
    answer = lsq_linear(root.T, right, (low - z, high - z + SLACK), method="bvls", tol=1e-12)
    step: Array = np.clip(np.asarray(answer.x, dtype=float), low - z, high - z)
    return step

"""Plan -> outcomes, exact first derivatives and curvature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector

Tensor = NDArray[np.float64]


class Response(Protocol):
    """What the search needs to know of a model; plans come in batches of N."""

    def values(self, plans: Matrix) -> Matrix:
        """Outcomes (N, m) of the plans (N, n)."""

    def jacobian(self, plans: Matrix) -> tuple[Matrix, Tensor]:
        """Outcomes (N, m) and their derivatives (N, m, n)."""

    def curvature(self, plan: Vector, weights: Vector, among: NDArray[np.int64]) -> Matrix:
        """Second derivatives (k, k) of ``weights @ outcomes`` in the decisions ``among`` (k,)."""


class FunctionResponse:
    """A response from a function of arrays that also accepts complex plans (N, n) -> (N, m).

    First derivatives by complex step (exact to rounding), second derivatives by differences
    of them. ``scale`` is the size of a decision, one number.
    """

    def __init__(self, function: Callable[[np.ndarray], np.ndarray], scale: float = 1.0) -> None:
        self.function = function
        self.scale = scale
        self.runs = 0

    def values(self, plans: Matrix) -> Matrix:
        """Outcomes (N, m)."""
        self.runs += len(plans)
        return np.asarray(self.function(plans), dtype=float)

    def jacobian(self, plans: Matrix) -> tuple[Matrix, Tensor]:
        """Outcomes (N, m) and their derivatives (N, m, n)."""
        number, size = plans.shape
        step = 1e-20 * self.scale
        moved = plans[:, None, :] + 1j * step * np.eye(size)
        found = np.asarray(self.function(moved.reshape(-1, size))).reshape(number, size, -1)
        self.runs += number * size
        return found[:, 0].real.copy(), np.swapaxes(found.imag / step, 1, 2)

    def curvature(self, plan: Vector, weights: Vector, among: NDArray[np.int64]) -> Matrix:
        """Second derivatives (k, k) of ``weights @ outcomes``."""
        return curvature_by_differences(self.jacobian, plan, weights, among, 1e-5 * self.scale)


def curvature_by_differences(
    jacobian: Callable[[Matrix], tuple[Matrix, Tensor]],
    plan: Vector,
    weights: Vector,
    among: NDArray[np.int64],
    step: float,
) -> Matrix:
    """Central differences of exact gradients: (k, k), symmetric."""
    moves = step * np.eye(len(plan))[among]
    _, found = jacobian(np.concatenate([plan + moves, plan - moves]))
    gradients = np.einsum("m,nmj->nj", weights, found[:, :, among])
    up, down = np.split(gradients, 2)
    hessian = (up - down) / (2.0 * step)
    return np.asarray((hessian + hessian.T) / 2.0)

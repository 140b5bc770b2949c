"""Curvature of the Lagrangian for the quadratic subproblem.

Far from the answer a secant (BFGS) matrix is learnt from the gradients that the search
computes anyway; near it the exact second derivatives of the response are taken once.
"""

from __future__ import annotations

import numpy as np

from optimize.problem import Matrix, Vector

DAMPING = 0.2  # Powell's: keeps the secant matrix positive definite


class Secant:
    """Damped BFGS matrix, shape (n, n), positive definite from the first pair on."""

    def __init__(self, size: int) -> None:
        self.matrix: Matrix | None = None
        self.size = size

    def learn(self, step: Vector, change: Vector) -> None:
        """Use one pair: a step ``s`` and the change ``y`` of the Lagrangian's gradient."""
        length = float(step @ step)
        if length < 1e-24:
            return
        if self.matrix is None:
            slope = abs(float(step @ change)) / length
            steep = float(np.linalg.norm(change)) / np.sqrt(length)
            if steep == 0.0:
                return  # nothing bends yet
            self.matrix = max(slope, 1e-2 * steep) * np.eye(self.size)
        curved = self.matrix @ step
        along = float(step @ curved)
        if along <= 1e-12 * length * float(np.abs(np.diagonal(self.matrix)).max()):
            return  # no curvature left to learn along this step
        inner = float(step @ change)
        if inner < DAMPING * along:
            mix = (1.0 - DAMPING) * along / (along - inner)
            change = mix * change + (1.0 - mix) * curved
            inner = float(step @ change)
        self.matrix = (
            self.matrix - np.outer(curved, curved) / along + np.outer(change, change) / inner
        )

    def correct(self, basis: Matrix, hessian: Matrix) -> None:
        """Put exact second derivatives (k, k) along the orthonormal ``basis`` (n, k) in place.

        Across the basis, where active rows hold the plan, the secant matrix is good enough.
        """
        bent = positive(hessian)
        if self.matrix is None:
            self.matrix = basis @ bent @ basis.T
            return
        # (I - B B') M (I - B B') + B H B', multiplied out: k times n * n instead of n * n * n.
        seen = self.matrix @ basis
        half = basis @ (0.5 * (bent + basis.T @ seen) @ basis.T - seen.T)
        self.matrix = self.matrix + half + half.T


def positive(hessian: Matrix, floor: float = 1e-8) -> Matrix:
    """The nearest matrix with eigenvalues of at least ``floor`` times the largest."""
    values, vectors = np.linalg.eigh(hessian)
    least = max(floor * float(np.abs(values).max(initial=0.0)), 1e-300)
    return np.asarray((vectors * np.maximum(values, least)) @ vectors.T)

"""Which squares make a quadratic convex at the least loss: a small semidefinite programme.

To a square that bends down somewhere, ``sum(weight_k * (v_k @ d)**2)`` is added, and the
chords of the same squares over the ranges of ``v_k @ d`` are taken off. At a plan the loss is
``weight_k * (v_k @ d - low_k) * (high_k - v_k @ d) / 2``: nothing where a decision is at its
limit. The weights with the least loss solve

    min  costs @ weights   with   square + sum(weight_k v_k v_k^T)  positive semidefinite,

by Newton steps along the logarithmic barrier. Any weights are valid afterwards.
"""

from __future__ import annotations

import numpy as np

from optimize.problem import Matrix, Vector

FLAT = 1e-13  # curvature down, of the largest entry, that is but rounding
FLOOR = 1e-4  # what a cost is at least, of the largest
END, SHRINK = 1e-7, 0.3  # last barrier weight, of the first, and its factor from step to step
NEWTON = 8  # steps for one barrier weight, at most


def weights(square: Matrix, directions: Matrix, costs: Vector) -> Vector:
    """Weights (K,) >= 0 of the squares of ``directions`` (K, n); they must span everything.

    ``costs`` (K,) are >= 0. The result makes ``square`` (n, n) positive semidefinite, but for
    rounding; it is 0 where nothing bends down.
    """
    count = len(directions)
    costs = np.maximum(costs, FLOOR * max(float(costs.max(initial=0.0)), 1e-300))
    least = float(np.linalg.eigvalsh(square)[0])
    size = float(np.abs(square).max(initial=0.0))
    if least >= -FLAT * size:
        return np.zeros(count)
    floor = float(np.linalg.eigvalsh(directions.T @ directions)[0])
    w = np.full(count, 2.0 * (max(-least, 0.0) + 1e-9 * size) / max(floor, 1e-12))
    barrier = float(costs @ w) / (count + len(square))
    last = END * barrier
    while barrier > last:
        for _ in range(NEWTON):
            try:
                inverse = np.linalg.inv(square + (directions.T * w) @ directions)
                between = directions @ inverse @ directions.T
                gradient = costs - barrier * (np.diag(between) + 1.0 / w)
                hessian = barrier * (between * between + np.diag(1.0 / (w * w)))
                step: Vector = -np.asarray(np.linalg.solve(hessian, gradient), dtype=np.float64)
            except np.linalg.LinAlgError:
                return w  # as near the edge of the cone as numbers can tell
            decrement = float(-gradient @ step) / barrier
            w = w + _length(square, directions, w, step) * step
            if decrement < 1e-2:
                break
        barrier *= SHRINK
    return w


def _length(square: Matrix, directions: Matrix, w: Vector, step: Vector) -> float:
    """How far a step may go: inside the cone, and by the damping of a self-concordant barrier."""
    length = 1.0
    for _ in range(40):
        tried = w + length * step
        if np.all(tried > 0.0):
            try:
                np.linalg.cholesky(square + (directions.T * tried) @ directions)
                return 0.9 * length if length < 1.0 else length
            except np.linalg.LinAlgError:
                pass
        length *= 0.6
    return 0.0

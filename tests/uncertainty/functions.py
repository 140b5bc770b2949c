"""Test functions of shares (N, D) whose sensitivity indices are known in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.problem import Matrix, Vector

A, B = 7.0, 0.1  # of Ishigami's function
WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])  # of Sobol's g-function


@dataclass(frozen=True)
class Known:
    """Indices in closed form: first and total order (D,), second order by pair."""

    first: Vector
    total: Vector
    second: dict[tuple[int, int], float]


def ishigami(shares: Matrix) -> Matrix:
    """Ishigami & Homma (1990), inputs uniform from -pi to pi; (N, 1)."""
    x = np.pi * (2.0 * shares - 1.0)
    one, two, three = x.T[:3]
    return np.asarray(np.sin(one) + A * np.sin(two) ** 2 + B * three**4 * np.sin(one))[:, None]


def of_ishigami() -> Known:
    """From the variance decomposition by hand."""
    one = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
    two = A**2 / 8.0
    both = B**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = one + two + both
    first = np.array([one, two, 0.0]) / whole
    total = np.array([one + both, two, both]) / whole
    return Known(first, total, {(0, 1): 0.0, (0, 2): both / whole, (1, 2): 0.0})


def g_function(shares: Matrix) -> Matrix:
    """Sobol's g-function with :data:`WEIGHTS`; (N, 1)."""
    factors = (np.abs(4.0 * shares - 2.0) + WEIGHTS) / (1.0 + WEIGHTS)
    return np.asarray(factors.prod(axis=1))[:, None]


def of_g_function() -> Known:
    """Each factor alone has the variance 1 / 3 / (1 + a)^2, and they multiply."""
    parts = 1.0 / 3.0 / (1.0 + WEIGHTS) ** 2
    product = np.prod(1.0 + parts)
    whole = product - 1.0
    first, total = parts / whole, parts * product / (1.0 + parts) / whole
    size = range(len(WEIGHTS))
    second = {(j, k): float(parts[j] * parts[k] / whole) for j in size for k in size if j < k}
    return Known(first, total, second)

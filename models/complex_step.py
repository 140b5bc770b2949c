"""First derivatives of a function of arrays by complex step.

For a function that is analytic along the branch it takes, ``Im f(x + ih) / h`` is the
derivative up to ``h**2``: with ``h`` at 1e-20 of the input nothing is left but the rounding
of ``f`` itself (Squire and Trapp 1998; Martins, Sturdza and Alonso 2003).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

TINY = 1e-20  # times the size of an input: its square is far below the rounding of any value
_BLOCK_BYTES = 64 << 20  # what the moved points of one batch may take

Function = Callable[[NDArray[Any]], NDArray[Any]]


def jacobian(
    function: Function, points: NDArray[np.float64], size: ArrayLike = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values (N, m) and derivatives (N, m, n) of ``function``: (K, n) complex -> (K, m).

    Args:
        function: takes any number of points that belong to the N given ones in order, K / N
            of them to each.
        points: where the derivatives are taken, (N, n).
        size: of the inputs, a number, (n,) or (N, n); only its order of magnitude counts.
    """
    number, inputs = points.shape
    step = TINY * np.broadcast_to(np.asarray(size, dtype=float), points.shape)
    alone = np.eye(inputs)
    most = max(1, _BLOCK_BYTES // max(1, 16 * number * inputs))
    values: NDArray[np.float64] | None = None
    slopes: list[NDArray[np.float64]] = []
    for low in range(0, inputs, most):
        block = alone[low : low + most]
        moved = points[:, None, :] + 1j * step[:, None, :] * block
        found = function(moved.reshape(-1, inputs)).reshape(number, len(block), -1)
        if values is None:
            values = found[:, 0].real.copy()
        slopes.append(np.swapaxes(found.imag / step[:, low : low + most, None], 1, 2))
    if values is None:
        values = function(points.astype(complex)).real
        return values, np.zeros((*values.shape, 0))
    return values, slopes[0] if len(slopes) == 1 else np.concatenate(slopes, axis=2)

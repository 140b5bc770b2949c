"""How much each difference from past practice contributes to what the plan gains over it.

On the straight way from past practice ``p`` to the plan ``x`` a decision earns what its slope
adds up to (Aumann and Shapley's sharing of a total)::

    contribution_j = -(x_j - p_j) * integral of df/dx_j(p + t (x - p)) over t from 0 to 1

The contributions add up to ``f(p) - f(x)`` exactly. The integral is by Gauss's rule on pieces;
what the slopes must add up to over a piece is known from its two ends, so a piece that misses
it, such as one with a kink of the worst year, is halved.

Source: Aumann and Shapley (1974), Values of Non-Atomic Games; Friedman and Moulin (1999).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optimize.measures import Measures
from optimize.problem import Matrix, Vector
from optimize.response import Response

NODES = 5  # of Gauss's rule on a piece
FIRST = 4  # pieces to begin with
ADDS_UP = 1e-5  # of the total: what the contributions may miss it by
HALVINGS = 14


@dataclass(frozen=True)
class Contributions:
    """``amounts`` (n,) of every decision to the ``total`` improvement of the objective."""

    amounts: Vector
    total: float  # objective of past practice minus objective of the plan
    rest: float  # total minus the sum of the amounts: the error of the integral


def contributions(
    response: Response, measure: Measures, past: Vector, plan: Vector
) -> Contributions:
    """What every decision contributes on the way from ``past`` to ``plan`` (n,)."""
    places, shares = np.polynomial.legendre.leggauss(NODES)
    places, shares = 0.5 * (places + 1.0), 0.5 * shares
    way = plan - past
    ends = np.linspace(0.0, 1.0, FIRST + 1)
    pieces = list(pairwise(ends.tolist()))
    total = float(np.subtract(*_objective(response, measure, np.stack([past, plan]))))
    amounts = np.zeros(len(plan))
    for halving in range(HALVINGS + 1):
        starts, lengths = np.array([a for a, _ in pieces]), np.array([b - a for a, b in pieces])
        at = starts[:, None] + lengths[:, None] * places
        slopes = _slopes(response, measure, past + at.reshape(-1, 1) * way)
        slopes = slopes.reshape(len(pieces), NODES, -1)
        found = -lengths[:, None] * np.einsum("k,pkn->pn", shares, slopes) * way
        edges = np.unique(np.concatenate([starts, starts + lengths]))
        values = dict(
            zip(
                edges.tolist(),
                _objective(response, measure, past + edges[:, None] * way).tolist(),
                strict=True,
            )
        )
        again: list[tuple[float, float]] = []
        for (a, b), piece in zip(pieces, found, strict=True):
            missed = values[float(a)] - values[float(b)] - float(piece.sum())
            # A piece may miss its part of the total, and no less than rounding makes out.
            enough = ADDS_UP * abs(total) * max(float(b - a), 1.0 / 64.0)
            if abs(missed) <= enough or halving == HALVINGS:
                amounts += piece
            else:
                middle = 0.5 * (a + b)
                again += [(a, middle), (middle, b)]
        pieces = again
        if not pieces:
            break
    return Contributions(amounts, total, total - float(amounts.sum()))


def _objective(response: Response, measure: Measures, plans: Matrix) -> Vector:
    return measure.objective(response.values(plans))


def _slopes(response: Response, measure: Measures, plans: Matrix) -> Matrix:
    """Gradient of the objective at every plan (N, n); of the worst year where there is one."""
    outcomes, found = response.jacobian(plans)
    slopes = np.einsum("m,kmn->kn", measure.smooth, found)
    for term in measure.worst:
        worst = np.argmin(outcomes[:, term.index] * term.coefficient, axis=1)
        which = np.arange(len(plans))
        weight = term.weight * term.coefficient[worst]
        slopes = slopes + weight[:, None] * found[which, term.index[worst]]
    return np.asarray(slopes)

"""How optimal a plan is: first and second order conditions, checked apart from the search.

With the objective's gradient ``f'``, active rows with gradients ``a_k`` and multipliers
``p_k`` of the right sign, and one multiplier a decision at its limit::

    residual = min over p of  max_j |f'_j + sum(p_k a_kj)|  /  max_j |f'_j|

where ``j`` runs over the decisions (those at a limit may be pushed against it) and slopes
are counted per whole range of a decision, so the residual has no unit. The minimum is an
LP. The same multipliers give the shadow prices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimize.highs import Lp, solve_lp
from optimize.problem import Matrix, Vector
from optimize.step import Local

ACTIVE = 1e-6  # relative slack below which a row or limit counts as active
SLOP = 1e-6  # of the steepest slope, left to the search for the smallest multiplier
STATIONARY = 1e-4  # residual below which a plan counts as a KKT point


@dataclass(frozen=True)
class Conditions:
    """Multipliers at a plan and how well they balance the gradient.

    ``money`` (p,) and ``outcome`` (r,) are the *smallest* improvements of the objective per
    unit by which a row is relaxed (10,000 yuan, or the row's size); where multipliers are not
    unique this is the one that relaxing the row really earns. ``reduced`` (n,) is the loss
    per 10,000 yuan of moving a decision off its limit, ``gradient`` (n,) the objective's.
    """

    residual: float
    gradient: Vector
    reduced: Vector
    money: Vector
    outcome: Vector
    weights: Vector  # (m,): the Lagrangian is ``weights @ outcomes``
    active: Matrix  # (k, n): slopes of the active rows, per unit of ``scale``
    free: np.ndarray  # (n,) bool: decisions off their limits


@dataclass(frozen=True)
class _Push:
    """An active row, or a year that ties for the worst: it pushes the gradient with a multiplier.

    The multiplier of a row is ``d Lagrangian / d row``: >= 0 for an upper limit.
    """

    kind: Literal["money", "outcome", "worst"]
    index: int  # of the money row, the line of the outcome rows, or the outcome
    slope: Vector  # (n,), per unit of ``scale``
    low: float
    high: float
    term: int = -1  # which worst-year term
    weight: float = 0.0  # its weight times the outcome's coefficient


def _pushes(local: Local) -> list[_Push]:
    """Everything that is active at the plan."""
    rules, measures, inf = local.rules, local.measures, np.inf
    lines = rules.a * local.scale
    value = rules.a @ local.plan
    size = np.maximum(np.abs(lines).max(axis=1, initial=0.0), 1e-300)
    top = rules.upper - value <= ACTIVE * size
    bottom = value - rules.lower <= ACTIVE * size
    found = [
        _Push("money", int(k), lines[k], -inf if bottom[k] else 0.0, inf if top[k] else 0.0)
        for k in np.flatnonzero(top | bottom)
    ]
    tight = local.excess(local.outcomes[None])[0] >= -ACTIVE
    slopes = measures.coefficients @ local.jacobian
    found += [_Push("outcome", int(k), slopes[k], 0.0, inf) for k in np.flatnonzero(tight)]
    for number, term in enumerate(measures.worst):
        values = term.coefficient * local.outcomes[term.index]
        near = values <= values.min() + ACTIVE * max(abs(float(values.min())), 1e-300)
        for k in np.flatnonzero(near):
            weight, index = float(term.weight * term.coefficient[k]), int(term.index[k])
            slope = weight * local.jacobian[index]
            found.append(_Push("worst", index, slope, 0.0, 1.0, number, weight))
    return found


class _Balance:
    """The LP over multipliers; objective and slopes are counted in the steepest slope."""

    def __init__(self, local: Local, pushes: list[_Push]) -> None:
        n, k, inf = len(local.plan), len(pushes), np.inf
        smooth = local.jacobian.T @ local.measures.smooth
        aims = [smooth, *(push.slope for push in pushes if push.kind == "worst")]
        self.unit = max(float(np.abs(slope).max(initial=0.0)) for slope in aims) or 1.0
        matrix = np.array([push.slope for push in pushes]).reshape(k, n).T / self.unit
        # Slopes of rows differ by orders of magnitude; shares of a worst-year term do not.
        of_row = np.array([push.kind != "worst" for push in pushes], dtype=bool)
        largest = np.maximum(np.abs(matrix).max(axis=0, initial=0.0), 1e-300)
        self.weight = np.where(of_row, largest, 1.0)
        matrix = matrix / self.weight
        terms = len(local.measures.worst)
        sums = np.zeros((terms, k + 1))
        for column, push in enumerate(pushes):
            if push.kind == "worst":
                sums[push.term, column] = 1.0
        span = ACTIVE * local.scale
        self.at_low = local.plan <= local.rules.low + span
        self.at_high = local.plan >= local.rules.high - span
        error = -np.ones((n, 1))
        f = smooth / self.unit
        # |residual| <= error, but a limit may hold a decision against any push towards it.
        self.lp = Lp(
            np.append(np.zeros(k), 1.0),
            np.vstack([np.hstack([matrix, error]), np.hstack([-matrix, error]), sums]),
            np.append(np.full(2 * n, -inf), np.ones(terms)),
            np.concatenate(
                [np.where(self.at_low, inf, -f), np.where(self.at_high, inf, f), np.ones(terms)]
            ),
            np.array([*(push.low for push in pushes), 0.0]),
            np.array([*(push.high for push in pushes), inf]),
        )
        best = solve_lp(self.lp)
        self.residual = max(float(best.x[k]), 0.0) if best.optimal else inf
        self.multipliers = best.x[:k] / self.weight

    def price(self, column: int, push: _Push) -> float:
        """The smallest size of a row's multiplier among all that balance the gradient."""
        if push.low < 0.0 < push.high:  # an equality has no side to be relaxed to
            return abs(float(self.multipliers[column]))
        cost = np.zeros(len(self.lp.cost))
        cost[column] = 1.0 if push.high > 0.0 else -1.0
        high = self.lp.high.copy()
        high[-1] = self.residual + SLOP
        least = solve_lp(replace(self.lp, cost=cost, high=high))
        if not least.optimal:
            return abs(float(self.multipliers[column]))
        return abs(float(least.x[column] / self.weight[column]))


def conditions(local: Local) -> Conditions:
    """First order conditions at ``local``."""
    pushes = _pushes(local)
    balance = _Balance(local, pushes)
    money, outcome = np.zeros(len(local.rules.upper)), np.zeros(len(local.limits))
    weights = local.measures.smooth.copy()
    gradient = local.jacobian.T @ local.measures.smooth
    held = np.zeros_like(gradient)
    for column, push in enumerate(pushes):
        multiplier = balance.multipliers[column]
        if push.kind == "worst":
            gradient += multiplier * push.slope
            weights[push.index] += multiplier * push.weight
            continue
        held += multiplier * push.slope
        price = balance.price(column, push) if np.isfinite(balance.residual) else 0.0
        if push.kind == "money":
            money[push.index] = price
        else:
            outcome[push.index] = price
            weights += multiplier * local.measures.coefficients[push.index]
    return Conditions(
        balance.residual,
        gradient / local.scale,
        (gradient + held) / local.scale,
        money,
        outcome,
        weights,
        _directions(pushes, len(local.plan)),
        ~(balance.at_low | balance.at_high),
    )


def _directions(pushes: list[_Push], size: int) -> Matrix:
    """Slopes (k, n) that a feasible direction keeps: active rows, and ties for the worst."""
    rows = [push.slope for push in pushes if push.kind != "worst"]
    first: dict[int, _Push] = {}
    for push in pushes:
        if push.kind == "worst":
            leader = first.setdefault(push.term, push)
            if leader is not push:
                rows.append(push.slope - leader.slope)
    return np.array(rows).reshape(len(rows), size)


def least_curvature(first: Conditions, hessian: Matrix, scale: Vector) -> float:
    """Smallest curvature along directions that keep the active rows and limits, relative.

    ``hessian`` (k, k) is that of the Lagrangian among the free decisions. Negative means
    that the plan is not a local optimum; a value near 0 that it may not be the only one.
    """
    free = np.flatnonzero(first.free)
    if len(free) == 0:
        return 0.0
    scaled = hessian * np.outer(scale[free], scale[free])
    active = first.active[:, free]
    if len(active):
        _, sizes, directions = np.linalg.svd(active)
        rank = int(np.sum(sizes > 1e-9 * sizes.max(initial=0.0)))
        basis = directions[rank:].T
    else:
        basis = np.eye(len(free))
    if basis.shape[1] == 0:
        return 0.0
    curved = np.linalg.eigvalsh(basis.T @ scaled @ basis)
    return float(curved[0] / max(np.abs(np.linalg.eigvalsh(scaled)).max(), 1e-300))

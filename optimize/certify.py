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

from optimize.highs import Lp, separate_minima, solve_lp
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
    multipliers: Vector  # (r,): of the outcome rows, per relative unit
    years: tuple[Vector, ...]  # per worst-year term, the share of each of its years


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
        self.multipliers = best.x[:k] / self.weight
        left = f + matrix @ best.x[:k]
        left = np.where(self.at_low, np.minimum(left, 0.0), left)
        left = np.where(self.at_high, np.maximum(left, 0.0), left)
        self.residual = float(np.abs(left).max(initial=0.0)) if best.optimal else inf

    def prices(self, pushes: list[_Push]) -> Vector:
        """For every push, the smallest size of its multiplier that still balances (k,)."""
        found = self.multipliers.copy()
        if np.isfinite(self.residual):
            # An equality has no side to be relaxed to, a worst year no limit.
            rows = [
                column
                for column, push in enumerate(pushes)
                if push.kind != "worst" and not push.low < 0.0 < push.high
            ]
            cost = np.array([*(1.0 if push.high > 0.0 else -1.0 for push in pushes), 0.0])
            high = self.lp.high.copy()
            high[-1] = self.residual + SLOP
            least = separate_minima(replace(self.lp, cost=cost, high=high), rows)[:-1]
            found = np.where(np.isfinite(least), least / self.weight, found)
        return np.asarray(np.abs(found))


def conditions(local: Local) -> Conditions:
    """First order conditions at ``local``."""
    pushes = _pushes(local)
    balance = _Balance(local, pushes)
    prices = balance.prices(pushes)
    money, outcome = np.zeros(len(local.rules.upper)), np.zeros(len(local.limits))
    weights = local.measures.smooth.copy()
    multipliers = np.zeros(len(local.limits))
    years = tuple(np.zeros(len(term.index)) for term in local.measures.worst)
    gradient = local.jacobian.T @ local.measures.smooth
    held = np.zeros_like(gradient)
    for column, push in enumerate(pushes):
        multiplier = balance.multipliers[column]
        if push.kind == "worst":
            gradient += multiplier * push.slope
            weights[push.index] += multiplier * push.weight
            term = local.measures.worst[push.term]
            years[push.term][np.flatnonzero(term.index == push.index)[0]] += multiplier
            continue
        held += multiplier * push.slope
        if push.kind == "money":
            money[push.index] = prices[column]
        else:
            outcome[push.index] = prices[column]
            weights += multiplier * local.measures.coefficients[push.index]
            multipliers[push.index] += multiplier
    return Conditions(
        balance.residual,
        gradient / local.scale,
        (gradient + held) / local.scale,
        money,
        outcome,
        weights,
        multipliers,
        years,
    )


def face(local: Local) -> Matrix:
    """Orthonormal directions (n, k), per unit of ``scale``, that keep all active rows active.

    Decisions at their limits stay there, and years that tie for the worst move together.
    """
    span = ACTIVE * local.scale
    inside = (local.plan > local.rules.low + span) & (local.plan < local.rules.high - span)
    free = np.flatnonzero(inside)
    rows, first = [], dict[int, _Push]()
    for push in _pushes(local):
        if push.kind != "worst":
            rows.append(push.slope)
        elif (leader := first.setdefault(push.term, push)) is not push:
            rows.append(push.slope / push.weight - leader.slope / leader.weight)
    active = np.array(rows).reshape(len(rows), len(span))[:, free]
    sizes = np.maximum(np.abs(active).max(axis=1, initial=0.0), 1e-300)
    _, singular, across = np.linalg.svd(active / sizes[:, None], full_matrices=False)
    rank = int(np.sum(singular > 1e-9))
    # What completes the rows' directions: much cheaper than by the decomposition above.
    complete, _ = np.linalg.qr(across[:rank].T, mode="complete")
    basis = np.zeros((len(span), len(free) - rank))
    basis[free] = complete[:, rank:]
    return basis


def least_curvature(hessian: Matrix) -> float:
    """Smallest eigenvalue of the Lagrangian's second derivatives along the face, relative.

    Negative: the plan is no local optimum. About 0: it may not be the only one.
    """
    if len(hessian) == 0:
        return 0.0
    values = np.linalg.eigvalsh(hessian)
    return float(values[0] / max(float(np.abs(values).max()), 1e-300))

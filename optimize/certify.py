"""How optimal a plan is: first and second order conditions, checked apart from the search.

With the objective's gradient ``f'``, active rows with gradients ``a_k`` and multipliers
``p_k`` of the right sign, and one multiplier a decision at its limit::

    residual = min over p of  max_j |f'_j + sum(p_k a_kj)|  /  max_j |f'_j|

where ``j`` runs over the decisions (those at a limit may be pushed against it) and slopes
are counted per whole range of a decision, so the residual has no unit. The minimum is an
LP. The same multipliers give the shadow prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.highs import Lp, solve_lp
from optimize.problem import Matrix, Vector
from optimize.step import Local

ACTIVE = 1e-6  # relative slack below which a row or limit counts as active
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


def conditions(local: Local) -> Conditions:
    """First order conditions at ``local``."""
    rules, measures, scale = local.rules, local.measures, local.scale
    jacobian = local.jacobian
    n = len(local.plan)
    smooth = jacobian.T @ measures.smooth

    value = rules.a @ local.plan
    lines = rules.a * scale
    size = np.maximum(np.abs(lines).max(axis=1, initial=0.0), 1e-300)
    at_top = rules.upper - value <= ACTIVE * size
    at_bottom = value - rules.lower <= ACTIVE * size
    excess = local.excess(local.outcomes[None])[0]
    tight = excess >= -ACTIVE

    columns: list[Vector] = []  # slopes that a multiplier adds to the gradient
    low: list[float] = []
    high: list[float] = []
    owner: list[tuple[str, int]] = []

    def add(kind: str, index: int, slope: Vector, least: float, most: float) -> None:
        columns.append(slope)
        low.append(least)
        high.append(most)
        owner.append((kind, index))

    for k in np.flatnonzero(at_top | at_bottom):
        add("money", int(k), lines[k], 0.0 if not at_bottom[k] else -np.inf,
            np.inf if at_top[k] else 0.0)
    for k in np.flatnonzero(tight):
        add("outcome", int(k), measures.coefficients[k] @ jacobian, 0.0, np.inf)
    groups = []
    for number, term in enumerate(measures.worst):
        values = term.coefficient * local.outcomes[term.index]
        near = values <= values.min() + ACTIVE * max(abs(float(values.min())), 1e-300)
        group = np.zeros(0, dtype=int)
        for k in np.flatnonzero(near):
            group = np.append(group, len(columns))
            slope = term.weight * term.coefficient[k] * jacobian[term.index[k]]
            add(f"worst {number}", int(k), slope, 0.0, 1.0)
        groups.append(group)

    span = ACTIVE * scale
    at_low = local.plan <= rules.low + span
    at_high = local.plan >= rules.high - span
    steep = max(
        [float(np.abs(smooth).max(initial=0.0))]
        + [float(np.abs(columns[k]).max()) for group in groups for k in group]
    )
    unit = steep or 1.0
    matrix = np.stack(columns, axis=1) / unit if columns else np.zeros((n, 0))
    # Slopes of rows may differ by orders of magnitude: give every multiplier the same weight.
    weight = np.maximum(np.abs(matrix).max(axis=0, initial=0.0), 1e-300)
    for group in groups:
        weight[group] = 1.0
    matrix = matrix / weight
    k = len(columns)
    # Residuals: |r_j| <= e, but a decision at its lower limit may have any positive slope.
    top = np.hstack([matrix, -np.ones((n, 1))])
    bottom = np.hstack([-matrix, -np.ones((n, 1))])
    sums = np.zeros((len(groups), k + 1))
    for number, group in enumerate(groups):
        sums[number, group] = 1.0
    f = smooth / unit
    inf = np.inf
    lp = Lp(
        np.concatenate([np.zeros(k), [1.0]]),
        np.vstack([top, bottom, sums]),
        np.concatenate([np.full(2 * n, -inf), np.ones(len(groups))]),
        np.concatenate(
            [np.where(at_low, inf, -f), np.where(at_high, inf, f), np.ones(len(groups))]
        ),
        np.array([*low, 0.0]),
        np.array([*high, inf]),
    )
    found = solve_lp(lp)
    residual = max(float(found.x[k]), 0.0) if found.optimal else inf

    def multipliers(x: Vector) -> Vector:
        return np.asarray(x[:k] / weight)

    chosen = multipliers(found.x)
    money = np.zeros(len(rules.upper))
    outcome = np.zeros(len(local.limits))
    ceiling = lp.high.copy()
    ceiling[k] = residual + 1e-6
    for column, (kind, index) in enumerate(owner):
        if kind not in ("money", "outcome") or not found.optimal:
            continue
        cost = np.zeros(k + 1)
        both = kind == "money" and at_top[index] and at_bottom[index]
        cost[column] = 1.0 if (kind == "outcome" or at_top[index]) else -1.0
        least = solve_lp(Lp(cost, lp.a, lp.lower, lp.upper, lp.low, ceiling))
        value = (multipliers(least.x) if least.optimal else chosen)[column]
        price = abs(float(value))
        if both:
            price = abs(float(chosen[column]))
        (money if kind == "money" else outcome)[index] = price
    weights = measures.smooth.copy()
    for column, (kind, index) in enumerate(owner):
        if kind == "outcome":
            weights += chosen[column] * measures.coefficients[index]
        elif kind.startswith("worst"):
            term = measures.worst[int(kind.split()[1])]
            share = chosen[column]
            weights[term.index[index]] += share * term.weight * term.coefficient[index]
    gradient = smooth.copy()
    for column, (kind, _) in enumerate(owner):
        if kind.startswith("worst"):
            gradient += columns[column] * chosen[column]
    reduced = gradient.copy()
    for column, (kind, _) in enumerate(owner):
        if not kind.startswith("worst"):
            reduced += columns[column] * chosen[column]
    rows = [columns[c] for c, (kind, _) in enumerate(owner) if not kind.startswith("worst")]
    for group in groups:  # years that tie for the worst move together
        rows += [columns[c] - columns[group[0]] for c in group[1:]]
    return Conditions(
        residual,
        gradient / scale,
        reduced / scale,
        money,
        outcome,
        weights,
        np.stack(rows) if rows else np.zeros((0, n)),
        ~(at_low | at_high),
    )


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

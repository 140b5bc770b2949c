"""Near-optimal freedom: how far money can move before more than a part of the gain is lost.

The least and the most of every total ``c @ x`` over the plans that keep the rules and lose no
more than ``part`` of the gain. The loss is one more outcome row, the total the aim, and the
trust-region walk does the rest: its answer is simulated, so what it says can be had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from optimize.certify import face
from optimize.curvature import Secant, positive
from optimize.explain.neighbourhood import Neighbourhood
from optimize.measures import Measures, measures
from optimize.problem import Matrix, Outcome, Row, Term, Vector
from optimize.response import Response, Tensor
from optimize.step import Local
from optimize.trust_region import walk
from optimize.walker import Clock, Walker

PART = 0.01  # of the gain
TOLERANCE = 1e-5  # of a total's whole range: promised change at which the walk ends
STEPS = 40
LOSS = "near-optimal loss"
HOLDS = 1e-6  # relative breach that still counts as kept
BACK = np.array([1.0, 0.999, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2])


@dataclass(frozen=True)
class Freedom:
    """A total of money in the plan, and its least and most within the loss (10,000 yuan).

    ``at_least`` and ``at_most`` (n,) are the plans that have them.
    """

    now: float
    low: float
    high: float
    at_low: Vector
    at_high: Vector


class _WithTotals:
    """A response with more outcomes: totals of the money, one a row of ``totals`` (G, n)."""

    def __init__(self, response: Response, totals: Matrix) -> None:
        self.response, self.totals = response, totals

    def values(self, plans: Matrix) -> Matrix:
        """Outcomes and totals (N, m + G)."""
        return np.column_stack([self.response.values(plans), plans @ self.totals.T])

    def jacobian(self, plans: Matrix, exact: bool = True) -> tuple[Matrix, Tensor]:
        """Outcomes and totals (N, m + G) and their derivatives (N, m + G, n)."""
        outcomes, found = self.response.jacobian(plans, exact)
        lines = np.broadcast_to(self.totals, (len(plans), *self.totals.shape))
        whole = np.column_stack([outcomes, plans @ self.totals.T])
        return whole, np.concatenate([found, lines], axis=1)

    def curvature(self, plan: Vector, weights: Vector, directions: Matrix) -> Matrix:
        """A total has none."""
        return self.response.curvature(plan, weights[: -len(self.totals)], directions)


def freedom(
    near: Neighbourhood,
    totals: Matrix,
    part: float = PART,
    clock: Clock | None = None,
) -> tuple[Freedom, ...]:
    """How far each of ``totals`` (G, n) can move; what nothing moves stays where it is."""
    lost = part * max(near.gain, 0.0)
    response = _WithTotals(near.response, totals)
    ends = [(number, sign) for number in range(len(totals)) for sign in (1.0, -1.0)]
    clock = clock or Clock()

    def walked(which: list[int], priced: bool) -> list[Walker]:
        group = [_walker(near, totals, *ends[i], lost, priced) for i in which]
        walk(group, response, clock, tolerance=TOLERANCE, steps=STEPS, exact=True)
        return group

    group = walked(list(range(len(ends))), False)
    # A first penalty that is far off lets a walk end where it began: try those with another.
    still = [i for i, walker in enumerate(group) if walker.steps == 0]
    for i, walker in zip(still, walked(still, True), strict=True):
        group[i] = walker
    here = near.local.plan
    plans = [_back_within(walker, here, response) for walker in group]
    found = []
    for total, low, high in zip(totals, plans[::2], plans[1::2], strict=True):
        now, least, most = (float(total @ plan) for plan in (here, low, high))
        # A walk that ends on the wrong side of the plan has found nothing better than it.
        if least > now:
            least, low = now, here
        if most < now:
            most, high = now, here
        found.append(Freedom(now, least, most, low, high))
    return tuple(found)


def _back_within(walker: Walker, here: Vector, response: Response) -> Vector:
    """The end of a walk, or the first point on the way back to the plan that keeps every row."""
    points = here + BACK[:, None] * (walker.local.plan - here)
    breach = walker.local.excess(response.values(points)).max(axis=1, initial=0.0)
    kept = np.flatnonzero(breach <= HOLDS)
    return points[kept[0]] if len(kept) else here


def _walker(
    near: Neighbourhood, totals: Matrix, number: int, sign: float, lost: float, priced: bool
) -> Walker:
    """A walker at the plan whose aim is to lower ``sign`` times a total.

    ``priced``: the penalty of the loss comes from the quadratic model, not from its slope.
    """
    local, problem, total = near.local, near.problem, totals[number]
    m = len(problem.outcomes)
    span = float(np.abs(total) @ local.scale) or 1.0
    aims = replace(
        problem,
        outcomes=(*problem.outcomes, *(Outcome(f"total {i}", 0) for i in range(len(totals)))),
        objective=(Term("total", sign / span, {m + number: 1.0}),),
        rows=(*problem.rows, *_loss_rows(local.measures, near.objective + lost)),
    )
    measure = measures(aims, np.concatenate([near.past_outcomes, totals @ problem.past_practice]))
    lines = totals * local.scale
    changed = Local(
        local.plan,
        np.concatenate([local.outcomes, totals @ local.plan]),
        np.concatenate([local.jacobian, lines]),
        local.scale,
        local.rules,
        measure,
        measure.limits,
    )
    secant = Secant(len(total))
    price = _multiplier(near, sign * lines[number] / span, lost)
    secant.matrix = price * near.hessian
    loss = np.array([measure.rows[owner].rule == LOSS for owner in measure.owner])
    penalty = np.where(loss, 2.0 * price * measure.sizes, 1.0) if priced else np.zeros(len(loss))
    return Walker(changed, penalty, secant)


def _multiplier(near: Neighbourhood, slope: Vector, lost: float) -> float:
    """What one unit of loss is worth of a total with ``slope`` (n,), by the quadratic model."""
    basis = face(near.local)
    along = basis.T @ slope
    bend = basis.T @ near.hessian @ basis
    reach = float(along @ np.linalg.solve(positive(bend), along)) if len(along) else 0.0
    return float(np.sqrt(max(reach, 1e-12) / (2.0 * max(lost, 1e-300))))


def _loss_rows(measure: Measures, limit: float) -> list[Row]:
    """``objective <= limit`` as rows: one for every choice of a year as the worst of each term."""
    smooth = {index: float(w) for index, w in enumerate(measure.smooth) if w}
    rows = []
    for number, chosen in enumerate(product(*(range(len(t.index)) for t in measure.worst))):
        line = dict(smooth)
        for term, k in zip(measure.worst, chosen, strict=True):
            index = int(term.index[k])
            line[index] = line.get(index, 0.0) + term.weight * float(term.coefficient[k])
        rows.append(Row(LOSS, "outcome", line, "<=", limit, "", number))
    return rows

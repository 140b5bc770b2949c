"""One step of the trust-region method: the subproblem.

Decisions move by ``scale * d`` with ``|d| <= radius``. With outcomes ``g`` and derivatives
``J`` at the plan, multipliers ``lambda >= 0`` and a curvature ``H`` of the Lagrangian::

    min   smooth @ J d + sum(weight * t) + penalty @ slack + d @ H @ d / 2
    s.t.  the linear rules at plan + scale * d             (exactly)
          C (g + J d) - slack <= limit                      (outcome rules, linearised)
          t <= coefficient_k * (g_k + J_k d)                (the worst year, for every k)

The slack keeps the step possible where the linearised rules contradict the radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.highs import Found, Lp
from optimize.linear import LinearRules
from optimize.measures import Measures
from optimize.problem import Matrix, Vector
from optimize.quadratic import solve_qp


@dataclass(frozen=True)
class Local:
    """The response at one plan, with everything that a step needs to know."""

    plan: Vector  # (n,), 10,000 yuan
    outcomes: Vector  # (m,)
    jacobian: Matrix  # (m, n), per unit of d, i.e. times scale
    scale: Vector  # (n,)
    rules: LinearRules
    measures: Measures
    limits: Vector  # (r,): limits of the outcome rows, as ``measures.limits``
    aims: bool = True  # False while only the violation is minimised

    def excess(self, outcomes: Matrix) -> Matrix:
        """Breach (> 0) of the outcome rows, relative to their size: (N, r)."""
        return np.asarray(outcomes @ self.measures.coefficients.T - self.limits)

    def objective(self, outcomes: Matrix) -> Vector:
        """Objective (N,), or zeros while only the violation counts."""
        return self.measures.objective(outcomes) if self.aims else np.zeros(len(outcomes))

    def merit(self, outcomes: Matrix, penalty: Vector) -> Vector:
        """L1 merit (N,): objective plus penalised breaches."""
        return self.objective(outcomes) + np.maximum(self.excess(outcomes), 0.0) @ penalty

    @property
    def aim(self) -> Vector:
        """The objective as weights of the outcomes (m,), the worst year spread over the years."""
        aim = self.measures.smooth.copy()
        for term in self.measures.worst:
            np.add.at(aim, term.index, term.weight * term.coefficient / len(term.index))
        return aim

    @property
    def row_slopes(self) -> Matrix:
        """Derivatives of the outcome rows, (r, n), per unit of d."""
        return np.asarray(self.measures.coefficients @ self.jacobian)

    def correction(self, error: Vector) -> Vector:
        """What linearising the outcomes missed, ``error`` (m,), in the rows (r,)."""
        return np.asarray(self.measures.coefficients @ error)

    def step(
        self,
        radius: float,
        penalty: Vector,
        hessian: Matrix | None,
        correction: Vector | None = None,
    ) -> Step:
        """As :func:`take_step`."""
        return take_step(self, radius, penalty, hessian, correction)


@dataclass(frozen=True)
class Step:
    """A step ``d`` (n,), the fall of the merit it promises, and the multipliers behind it."""

    solved: bool
    d: Vector
    promised: float
    slack: float  # sum of the breaches that the linearised rules keep
    row_multipliers: Vector  # (r,) >= 0, in objective per relative unit of the outcome row
    weights: Vector  # (m,): the Lagrangian is ``weights @ outcomes``


def take_step(
    local: Local,
    radius: float,
    penalty: Vector,
    hessian: Matrix | None,
    correction: Vector | None = None,
) -> Step:
    """Solve the subproblem; ``correction`` (r,) shifts the outcome rows (second order)."""
    measures, rules = local.measures, local.rules
    n, r = len(local.plan), len(local.limits)
    worst = measures.worst if local.aims else ()
    gradient = local.jacobian.T @ measures.smooth if local.aims else np.zeros(n)
    pieces = [
        -term.weight * term.coefficient[:, None] * local.jacobian[term.index] for term in worst
    ]
    steepest = max(float(np.abs(part).max(initial=0.0)) for part in (gradient, *pieces))
    unit = steepest or 1.0  # the objective is counted in this unit inside the subproblem

    a_rows = measures.coefficients @ local.jacobian
    room = -local.excess(local.outcomes[None])[0]
    if correction is not None:
        room = room - correction
    w, p = len(worst), len(rules.upper)
    cuts = [
        np.hstack([rules.a * local.scale, np.zeros((p, w))]),
        np.hstack([a_rows, np.zeros((r, w))]),
    ]
    at_money = rules.a @ local.plan
    uppers = [rules.upper - at_money, room]
    lowers = [rules.lower - at_money, np.full(r, -np.inf)]
    for number, (term, piece) in enumerate(zip(worst, pieces, strict=True)):
        values = -term.weight * term.coefficient * local.outcomes[term.index]
        column = np.zeros((len(values), w))
        column[:, number] = 1.0
        cuts.append(np.hstack([-piece / unit, column]))
        uppers.append((values - values.min()) / unit)
        lowers.append(np.full(len(values), -np.inf))
    curved = None
    if hessian is not None:
        curved = np.zeros((n + w, n + w))
        curved[:n, :n] = hessian / unit
    inf = np.inf
    rigid = Lp(
        np.concatenate([gradient, np.full(w, -unit)]) / unit,
        np.vstack(cuts),
        np.concatenate(lowers),
        np.concatenate(uppers),
        np.append(
            np.minimum(np.maximum(-radius, (rules.low - local.plan) / local.scale), 0.0),
            np.full(w, -inf),
        ),
        np.append(
            np.maximum(np.minimum(radius, (rules.high - local.plan) / local.scale), 0.0),
            np.full(w, inf),
        ),
        curved,
    )
    found = _solved(rigid, slice(p, p + r), penalty / unit)
    d = found.x[:n]
    dual = -found.row_dual * unit
    row_multipliers = np.maximum(dual[p : p + r], 0.0)
    weights = measures.coefficients.T @ row_multipliers
    if local.aims:
        weights = weights + measures.smooth
    start = p + r
    for term in worst:
        part = dual[start : start + len(term.index)] / unit
        np.add.at(weights, term.index, term.weight * term.coefficient * part)
        start += len(term.index)
    moved = local.outcomes + local.jacobian @ d
    now, then = local.merit(np.stack([local.outcomes, moved]), penalty)
    bend = 0.0 if hessian is None else 0.5 * float(d @ hessian @ d)
    return Step(
        found.optimal,
        d,
        float(now - then) - bend,
        float(np.maximum(local.excess(moved[None]), 0.0).sum()),
        row_multipliers,
        weights,
    )


def _solved(rigid: Lp, lines: slice, penalty: Vector) -> Found:
    """Solve a subproblem whose rows ``lines`` may give at a ``penalty`` each (r,).

    They rarely do. The programme without slack has a fifth fewer columns, and its answer is the
    same if there is one and no multiplier is above its penalty: so it is tried first.
    """
    if rigid.hessian is not None:
        found = solve_qp(rigid, last_resort=False)
        if found.optimal and np.all(-found.row_dual[lines] <= penalty):
            return found
    r, size = len(penalty), len(rigid.cost)
    slack = np.zeros((len(rigid.upper), r))
    slack[lines] = -np.eye(r)
    curved = None
    if rigid.hessian is not None:
        curved = np.zeros((size + r, size + r))
        curved[:size, :size] = rigid.hessian
    return solve_qp(
        Lp(
            np.append(rigid.cost, penalty),
            np.hstack([rigid.a, slack]),
            rigid.lower,
            rigid.upper,
            np.append(rigid.low, np.zeros(r)),
            np.append(rigid.high, np.full(r, np.inf)),
            curved,
        )
    )

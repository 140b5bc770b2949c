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

from optimize.highs import Lp, Working
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
        working: Working | None = None,
    ) -> Step:
        """As :func:`take_step`."""
        return take_step(self, radius, penalty, hessian, correction, working)


@dataclass(frozen=True)
class Step:
    """A step ``d`` (n,), the fall of the merit it promises, and the multipliers behind it."""

    solved: bool
    d: Vector
    promised: float
    slack: float  # sum of the breaches that the linearised rules keep
    row_multipliers: Vector  # (r,) >= 0, in objective per relative unit of the outcome row
    weights: Vector  # (m,): the Lagrangian is ``weights @ outcomes``
    working: Working | None = None  # what the next step is found from


def take_step(
    local: Local,
    radius: float,
    penalty: Vector,
    hessian: Matrix | None,
    correction: Vector | None = None,
    working: Working | None = None,
) -> Step:
    """Solve the subproblem; ``correction`` (r,) shifts the outcome rows (second order).

    ``working`` is that of another step from here or nearby.
    """
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
    lines = len(rules.upper) + r + sum(len(term.index) for term in worst)
    a = np.zeros((lines, n + w + r))  # columns: the step, the worst years, the slacks
    upper, lower = np.empty(lines), np.full(lines, -np.inf)
    at_money = rules.a @ local.plan
    a[:p, :n] = rules.a * local.scale
    upper[:p], lower[:p] = rules.upper - at_money, rules.lower - at_money
    a[p : p + r, :n], a[p : p + r, n + w :] = a_rows, -np.eye(r)
    upper[p : p + r] = room
    start = p + r
    for number, (term, piece) in enumerate(zip(worst, pieces, strict=True)):
        values = -term.weight * term.coefficient * local.outcomes[term.index]
        own = slice(start, start + len(values))
        a[own, :n], a[own, n + number] = -piece / unit, 1.0
        upper[own] = (values - values.min()) / unit
        start = own.stop
    curved = None
    if hessian is not None:
        curved = np.zeros((n + w + r, n + w + r))
        curved[:n, :n] = hessian / unit
    inf = np.inf
    least = np.minimum(np.maximum(-radius, (rules.low - local.plan) / local.scale), 0.0)
    most = np.maximum(np.minimum(radius, (rules.high - local.plan) / local.scale), 0.0)
    if working is None or len(working.held) != n + w + r or len(working.idle) != lines:
        # Rules rarely have to give: the programme without slack has a fifth fewer columns.
        working = Working(np.repeat([0, -1], [n + w, r]).astype(np.int8), np.zeros(lines, bool))
    found = solve_qp(
        Lp(
            np.concatenate([gradient / unit, np.full(w, -1.0), penalty / unit]),
            a,
            lower,
            upper,
            np.concatenate([least, np.full(w, -inf), np.zeros(r)]),
            np.concatenate([most, np.full(w + r, inf)]),
            curved,
        ),
        working,
    )
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
        found.working,
    )

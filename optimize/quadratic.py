"""Convex quadratic programmes: PIQP solves them, HiGHS where it fails, and a check judges.

On the subproblems of the county (118 columns, 257 rows) PIQP's dense interior point takes
2 ms and 16 iterations whatever the subproblem, HiGHS's active-set solver 13 ms and now and
then a stall. Neither status is trusted: an answer counts as optimal only when its own
optimality conditions hold.

An interior point method cannot start from the answer to a programme like the one to be solved,
but most of that answer usually stays: which decisions are at their limits, which rows are idle.
Without them the programme is solved first, and what the answer says was left out wrongly is put
back. With 937 columns and 257 rows, half of the columns held and two thirds of the rows idle,
that takes a tenth of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimize.highs import Found, Lp, Working, solve_lp
from optimize.problem import Matrix, Vector

ACCURACY = 1e-10  # asked of PIQP, in the scaled problem
ITERATIONS = 60  # of PIQP; the search's problems take 16, a little more where they have no answer
KKT_TOLERANCE = 1e-5  # in the scaled problem; HiGHS now and then misses its own 1e-7 by ten times
COST = 1e3  # size of the costs of a scaled problem; HiGHS's QP solver works well with it
ROUNDS = 6  # of putting back what was left out
LEFT_OUT = 1e-9  # relative push or breach that shows that something was left out wrongly


def solve_qp(problem: Lp, working: Working | None = None) -> Found:
    """Solve a programme with a positive semidefinite ``hessian``. Never raises.

    ``working`` is that of the answer to a programme like it, with the same rows and columns.
    """
    hessian = problem.hessian
    if hessian is None:
        return solve_lp(problem)
    scale = _scale(problem, hessian)
    scaled = scale.apply(problem, hessian)
    found = None
    if working is not None:
        found = _from_part(scaled, working)
        looser = _looser(scaled, working)
        if found is None and np.any(looser.held != working.held):
            found = _from_part(scaled, looser)  # the rows had no room
    if found is None:
        found = by_piqp(scaled)
    if not found.optimal:
        found = solve_lp(scaled)
        good = found.optimal and kkt_error(scaled, found.x, found.row_dual) <= KKT_TOLERANCE
        found = replace(found, optimal=bool(good))
    return replace(
        found,
        x=found.x / scale.columns,
        row_dual=found.row_dual / scale.rows / scale.cost,
        working=_working(scaled, found),
    )


def _from_part(problem: Lp, working: Working) -> Found | None:
    """The answer from the part of a scaled programme that matters; None where that fails."""
    hessian = problem.hessian
    assert hessian is not None
    at = np.select([working.held < 0, working.held > 0], [problem.low, problem.high])
    held, idle = working.held != 0, working.idle.copy()
    for _ in range(ROUNDS):
        free, rows = np.flatnonzero(~held), np.flatnonzero(~idle)
        x = np.where(held, at, 0.0)
        fixed = problem.a @ x
        part = Lp(
            (problem.cost + hessian @ x)[free],
            problem.a[np.ix_(rows, free)],
            (problem.lower - fixed)[rows],
            (problem.upper - fixed)[rows],
            problem.low[free],
            problem.high[free],
            hessian[np.ix_(free, free)],
        )
        found = by_piqp(part)
        if not found.optimal:
            return None
        x[free] = found.x
        dual = np.zeros(len(idle))
        dual[rows] = found.row_dual
        push = (problem.cost + hessian @ x - problem.a.T @ dual) * -working.held
        value = problem.a @ x
        breach = np.maximum(problem.lower - value, value - problem.upper)
        loose = held & (push < -LEFT_OUT * COST) & (problem.low < problem.high)
        broken = idle & (breach > LEFT_OUT)
        if not loose.any() and not broken.any():
            return Found(kkt_error(problem, x, dual) <= KKT_TOLERANCE, x, dual)
        held, idle = held & ~loose, idle & ~broken
    return None


def _looser(problem: Lp, working: Working) -> Working:
    """Only what cannot go on from 0 is held: in a step, decisions that are at their own limits."""
    stays = (working.held < 0) & (problem.low == 0.0) | (working.held > 0) & (problem.high == 0.0)
    return Working(np.where(stays, working.held, 0).astype(np.int8), working.idle)


def _working(problem: Lp, found: Found) -> Working | None:
    """What the answer to a scaled programme pushes against: more than it keeps away from it."""
    if not found.optimal:
        return None
    push = problem.cost - problem.a.T @ found.row_dual
    if problem.hessian is not None:
        push = push + problem.hessian @ found.x
    below, above = found.x - problem.low, problem.high - found.x
    at_low, at_high = push / COST > below, -push / COST > above
    held = np.select([at_low, at_high], [-1, 1]).astype(np.int8)
    value = problem.a @ found.x
    room = np.minimum(value - problem.lower, problem.upper - value)
    return Working(held, np.abs(found.row_dual) / COST < room)


def by_piqp(problem: Lp) -> Found:
    """PIQP's answer; ``optimal`` if its optimality conditions hold."""
    import piqp

    solver = piqp.DenseSolver()
    solver.settings.eps_abs = solver.settings.eps_rel = ACCURACY
    solver.settings.eps_duality_gap_abs = solver.settings.eps_duality_gap_rel = ACCURACY
    solver.settings.preconditioner_iter = 3  # of 10: the programme is scaled already
    solver.settings.max_iter = ITERATIONS
    solver.setup(
        problem.hessian,
        problem.cost,
        None,
        None,
        problem.a,
        problem.lower,
        problem.upper,
        problem.low,
        problem.high,
    )
    solver.solve()
    answer = solver.result
    x = np.clip(np.array(answer.x), problem.low, problem.high)
    dual = np.array(answer.z_l) - np.array(answer.z_u)
    finite = np.isfinite(x).all() and np.isfinite(dual).all()
    return Found(bool(finite and kkt_error(problem, x, dual) <= KKT_TOLERANCE), x, dual)


@dataclass(frozen=True)
class _Scale:
    """What makes a quadratic programme well scaled.

    Rows and costs of the search differ by many orders of magnitude, and a check of optimality
    needs one measure for all. ``columns`` are 1 where the hessian is not zero.
    """

    cost: float
    rows: Vector
    columns: Vector

    def apply(self, problem: Lp, hessian: Matrix) -> Lp:
        return replace(
            problem,
            cost=self.cost * problem.cost / self.columns,
            a=_clean(problem.a / self.rows[:, None] / self.columns),
            lower=_clean(problem.lower / self.rows),
            upper=_clean(problem.upper / self.rows),
            low=_clean(problem.low * self.columns),
            high=_clean(problem.high * self.columns),
            hessian=self.cost * hessian,
        )


def _clean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the rounding noise that makes HiGHS's QP solver miss its own tolerance."""
    return np.where(np.abs(values) < 1e-11, 0.0, values)


def _scale(problem: Lp, hessian: Matrix) -> _Scale:
    curved = np.any(hessian != 0.0, axis=0)
    sizes = np.abs(problem.a)
    rows = sizes[:, curved].max(axis=1, initial=0.0)
    rows = np.where(rows > 0.0, rows, 1.0)
    columns = np.where(curved, 1.0, (sizes / rows[:, None]).max(axis=0, initial=0.0))
    columns = np.where(columns > 0.0, columns, 1.0)
    largest = float(np.abs(problem.cost[curved]).max(initial=0.0)) or 1.0
    return _Scale(COST / largest, rows, columns)


def kkt_error(problem: Lp, x: Vector, row_dual: Vector) -> float:
    """Largest breach of the optimality conditions, relative to cost and bounds."""
    curved = problem.cost if problem.hessian is None else problem.cost + problem.hessian @ x
    reduced = curved - problem.a.T @ row_dual
    money = max(1.0, float(np.abs(problem.cost).max(initial=0.0)))
    values = problem.a @ x
    breach = max(
        float(np.max(problem.lower - values, initial=0.0)),
        float(np.max(values - problem.upper, initial=0.0)),
        float(np.max(problem.low - x, initial=0.0)),
        float(np.max(x - problem.high, initial=0.0)),
    )
    # A positive multiplier needs its lower bound active, a negative one its upper bound.
    room = np.concatenate([values - problem.lower, x - problem.low])
    head = np.concatenate([problem.upper - values, problem.high - x])
    duals = np.concatenate([row_dual, reduced])
    slack = np.where(duals > 0, room, head)
    loose = np.minimum(np.abs(duals) / money, np.abs(slack))
    return max(breach, float(loose.max(initial=0.0)))

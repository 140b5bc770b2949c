"""Linear and convex quadratic programmes in arrays, solved by HiGHS and then checked.

HiGHS's status is not trusted for quadratic programmes: a bounded convex problem may be
called unbounded or stall. The answer counts as optimal only when its own optimality
conditions hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector

KKT_TOLERANCE = 1e-5  # in the scaled problem; HiGHS now and then misses its own 1e-7 by ten times
MIP_NODES = 2000
FEASIBLE = 2  # HiGHS's kSolutionStatusFeasible
QP_ITERATIONS = 3000  # ten times what the search's problems take; then HiGHS has stalled
QP_COST = 1e3  # size of the costs that HiGHS's QP solver works well with


@dataclass(frozen=True)
class Lp:
    """``min cost @ x + x @ hessian @ x / 2``, ``lower <= a @ x <= upper``, ``low <= x <= high``."""

    cost: Vector
    a: Matrix
    lower: Vector
    upper: Vector
    low: Vector
    high: Vector
    hessian: Matrix | None = None  # symmetric, positive semidefinite
    integer: NDArray[np.bool_] | None = None  # which of x are whole numbers


@dataclass(frozen=True)
class Found:
    """Solution and multipliers (``d objective / d bound`` of each row); ``optimal`` if checked."""

    optimal: bool
    x: Vector
    row_dual: Vector
    infeasible: bool = False
    bound: float = -np.inf  # what no solution of a MIP can be below


def solve_lp(
    problem: Lp,
    mip_gap: float = 0.0,
    nodes: int = MIP_NODES,
    should_stop: Callable[[], bool] | None = None,
) -> Found:
    """Solve by HiGHS. Never raises: see ``Found.optimal``.

    Work is limited by counts, not by a clock, so that the same problem has the same answer.
    A MIP that reaches its limit, or is told to stop, counts as solved if it has a solution
    within the rules.
    """
    import highspy

    solver = _solver()
    solver.setOptionValue("qp_iteration_limit", QP_ITERATIONS)
    if problem.integer is not None:
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("mip_abs_gap", mip_gap)
        if should_stop is not None:
            _listen(solver, should_stop)
    scale = _scale(problem)
    scaled = scale.apply(problem)
    solver.passModel(_model(scaled, highspy))
    if scaled.hessian is not None:
        solver.passHessian(_hessian(scaled.hessian, highspy))
    solver.run()
    status = solver.getModelStatus()
    solution = solver.getSolution()
    x, dual = np.array(solution.col_value), np.array(solution.row_dual)
    empty = Found(
        False,
        np.zeros(len(problem.cost)),
        np.zeros(len(problem.upper)),
        status == highspy.HighsModelStatus.kInfeasible,
    )
    if problem.hessian is None:
        done = status == highspy.HighsModelStatus.kOptimal
        if problem.integer is not None:
            info = solver.getInfo()
            if info.primal_solution_status != FEASIBLE:
                return empty
            return Found(True, x, np.zeros(len(problem.upper)), bound=info.mip_dual_bound)
        return Found(True, x, dual) if done else empty
    if len(x) != len(problem.cost) or len(dual) != len(problem.upper):
        return empty
    good = kkt_error(scaled, x, dual) <= KKT_TOLERANCE
    return Found(bool(good), x / scale.columns, dual / scale.rows / scale.cost)


@dataclass(frozen=True)
class _Scale:
    """What makes a quadratic programme well scaled; ones for a linear one.

    Without it HiGHS's QP solver takes seconds or stalls on the problems of the search; with
    it, about 20 ms. ``columns`` are 1 where the hessian is not zero.
    """

    cost: float
    rows: Vector
    columns: Vector

    def apply(self, problem: Lp) -> Lp:
        return replace(
            problem,
            cost=self.cost * problem.cost / self.columns,
            a=_clean(problem.a / self.rows[:, None] / self.columns),
            lower=_clean(problem.lower / self.rows),
            upper=_clean(problem.upper / self.rows),
            low=_clean(problem.low * self.columns),
            high=_clean(problem.high * self.columns),
            hessian=None if problem.hessian is None else self.cost * problem.hessian,
        )


def _clean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the rounding noise that makes HiGHS's QP solver miss its own tolerance."""
    return np.where(np.abs(values) < 1e-11, 0.0, values)


def _scale(problem: Lp) -> _Scale:
    rows, columns = np.ones(len(problem.upper)), np.ones(len(problem.cost))
    if problem.hessian is None:
        return _Scale(1.0, rows, columns)
    curved = np.any(problem.hessian != 0.0, axis=0)
    sizes = np.abs(problem.a)
    rows = sizes[:, curved].max(axis=1, initial=0.0)
    rows = np.where(rows > 0.0, rows, 1.0)
    columns = np.where(curved, 1.0, (sizes / rows[:, None]).max(axis=0, initial=0.0))
    columns = np.where(columns > 0.0, columns, 1.0)
    largest = float(np.abs(problem.cost[curved]).max(initial=0.0)) or 1.0
    return _Scale(QP_COST / largest, rows, columns)


def separate_minima(problem: Lp, among: Sequence[int] | None = None) -> Vector:
    """``x[i]`` where ``cost[i] * x[i]`` alone is least, for every i ``among`` all; else NaN.

    NaN also where that is unlimited. One solver goes on from one to the next.
    """
    import highspy

    n = len(problem.cost)
    solver = _solver()
    model = _model(problem, highspy)
    model.col_cost_ = np.zeros(n)
    solver.passModel(model)
    found = np.full(n, np.nan)
    for index in range(n) if among is None else among:
        solver.changeColCost(index, float(problem.cost[index]))
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            found[index] = solver.getSolution().col_value[index]
        solver.changeColCost(index, 0.0)
    return found


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


def _solver() -> Any:
    """A silent solver. ``highspy.Highs()`` would print a banner to stdout before it can be
    told not to, which would spoil ``--json``; its base class does not."""
    from highspy._core import _Highs

    solver = _Highs()
    solver.setOptionValue("output_flag", False)
    return solver


def _listen(solver: Any, should_stop: Callable[[], bool]) -> None:
    """Let a MIP end early when ``should_stop()``."""
    import highspy

    def ask(_kind: Any, _text: str, _out: Any, answer: Any, _user: Any) -> None:
        answer.user_interrupt = should_stop()

    solver.setCallback(ask, None)
    solver.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)


def _model(problem: Lp, highspy: Any) -> Any:
    model = highspy.HighsLp()
    rows, columns = problem.a.shape
    model.num_col_, model.num_row_ = columns, rows
    model.col_cost_ = problem.cost
    model.col_lower_, model.col_upper_ = problem.low, problem.high
    model.row_lower_, model.row_upper_ = problem.lower, problem.upper
    line, column = np.nonzero(problem.a)
    counts = np.bincount(line, minlength=rows) if rows else np.zeros(0, dtype=int)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = columns, rows
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    model.a_matrix_.index_ = column.astype(np.int32)
    model.a_matrix_.value_ = problem.a[line, column]
    if problem.integer is not None:
        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        model.integrality_ = [whole if flag else real for flag in problem.integer]
    return model


def _hessian(hessian: Matrix, highspy: Any) -> Any:
    lower = np.tril(hessian)
    row, column = np.nonzero(lower.T)[::-1]  # by column, then row, of the lower triangle
    model = highspy.HighsHessian()
    model.dim_ = len(hessian)
    model.format_ = highspy.HessianFormat.kTriangular
    counts = np.bincount(column, minlength=len(hessian))
    model.start_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    model.index_ = row.astype(np.int32)
    model.value_ = lower[row, column]
    return model

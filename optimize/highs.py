"""Linear and mixed-integer programmes in arrays, solved by HiGHS.

Convex quadratic programmes of the search go through :mod:`optimize.quadratic`, which asks
HiGHS only where its own solver fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector

MIP_NODES = 2000
FEASIBLE = 2  # HiGHS's kSolutionStatusFeasible
QP_ITERATIONS = 3000  # ten times what the search's problems take; then HiGHS has stalled


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
class Working:
    """Which limits an answer pushes against: what a programme like it is solved from."""

    held: NDArray[np.int8]  # columns at their lower (-1) or upper (1) limit; 0 are free
    idle: NDArray[np.bool_]  # rows that do not matter


@dataclass(frozen=True)
class Found:
    """Solution and multipliers (``d objective / d bound`` of each row); ``optimal`` if checked."""

    optimal: bool
    x: Vector
    row_dual: Vector
    infeasible: bool = False
    bound: float = -np.inf  # what no solution of a MIP can be below
    working: Working | None = None  # of a quadratic programme


def solve_lp(
    problem: Lp,
    mip_gap: float = 0.0,
    nodes: int = MIP_NODES,
    should_stop: Callable[[], bool] | None = None,
) -> Found:
    """Solve by HiGHS. Never raises: see ``Found.optimal``.

    Work is limited by counts, not by a clock, so that the same problem has the same answer.
    A MIP that reaches its limit, or is told to stop, counts as solved if it has a solution
    within the rules. The answer to a quadratic programme counts as optimal only if it was
    checked, which is the caller's part: ``optimal`` then says that there is one to check.
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
    solver.passModel(_model(problem, highspy))
    if problem.hessian is not None:
        solver.passHessian(_hessian(problem.hessian, highspy))
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
    return Found(True, x, dual)


def minima(problem: Lp, costs: Matrix) -> Matrix:
    """Where each of ``costs`` (N, columns), in place of that of ``problem``, is least; else NaN.

    One solver goes on from one to the next.
    """
    import highspy

    n = len(problem.cost)
    columns = np.arange(n, dtype=np.int32)
    found = np.full((len(costs), n), np.nan)
    solver = _solver()
    solver.passModel(_model(problem, highspy))
    for number, cost in enumerate(costs):
        solver.changeColsCost(n, columns, cost)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            found[number] = solver.getSolution().col_value
    return found


def separate_minima(problem: Lp, among: Sequence[int] | None = None) -> Vector:
    """``x[i]`` where ``cost[i] * x[i]`` alone is least, for every i ``among`` all; else NaN.

    NaN also where that is unlimited. One solver goes on from one to the next. Columns with the
    same coefficients, limits and cost have the same answer, and a column that any answer leaves
    at the limit it is pushed to needs no programme of its own.
    """
    import highspy

    n = len(problem.cost)
    wanted = np.arange(n) if among is None else np.asarray(among, dtype=int)
    solver = _solver()
    model = _model(problem, highspy)
    model.col_cost_ = np.zeros(n)
    solver.passModel(model)
    found = np.full(n, np.nan)
    alike = np.vstack([problem.a, problem.low, problem.high, problem.cost])
    first, like = np.unique(alike, axis=1, return_index=True, return_inverse=True)[1:]
    limit = np.where(problem.cost >= 0.0, problem.low, problem.high)
    for index in np.unique(first[like[wanted]]):
        if not np.isnan(found[index]):
            continue
        solver.changeColCost(index, float(problem.cost[index]))
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            x = np.array(solver.getSolution().col_value)
            found = np.where(np.isnan(found) & (x == limit), limit, found)
            found[index] = x[index]
        solver.changeColCost(index, 0.0)
    asked = np.full(n, np.nan)
    asked[wanted] = found[first[like[wanted]]]
    return asked


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

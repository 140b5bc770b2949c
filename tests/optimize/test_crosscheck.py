"""Other solvers on the same problem: they agree where the answer is known, and on the county."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from optimize import CountyResponse, Problem, solve
from optimize.crosscheck import CrossCheck, Solver, cross_checks

from .county import county_problem
from .test_bounds import BANG, MIXED, QUADRATIC, SATURATING, small

DELAYED = """
x = INTEG(DELAY FIXED(a + b, 0.5, 0) - 0.1 * x, 1) ~ ~ |
worth = x ~ ~ |
"""


def checked(
    problem: Problem, response: CountyResponse, solver: Solver, seconds: float = 20.0
) -> list[CrossCheck]:
    pytest.importorskip("casadi" if solver == "ipopt" else "pyscipopt")
    answer = solve(problem, response, starts=4, unit=None)
    return list(cross_checks(problem, response, answer, [solver], time_limit=seconds))


@pytest.mark.parametrize("equations", [SATURATING, QUADRATIC, BANG, MIXED])
def test_ipopt_agrees_from_both_starts(tmp_path: Path, equations: str) -> None:
    found = checked(*small(tmp_path, equations), "ipopt")
    assert [check.begin for check in found] == ["past_practice", "plan"]
    for check in found:
        assert check.status == "Solve_Succeeded"
        assert check.feasible and not check.better
        assert check.worse_by == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("equations", [QUADRATIC, BANG])
def test_scip_proves_the_known_optimum(tmp_path: Path, equations: str) -> None:
    (check,) = checked(*small(tmp_path, equations), "scip")
    assert check.feasible and not check.better
    assert check.worse_by == pytest.approx(0.0, abs=1e-5)
    assert check.status == "optimal"
    assert check.gap_of_gain == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("equations", [SATURATING, MIXED])
def test_scip_starts_from_our_plan_and_bounds_it(tmp_path: Path, equations: str) -> None:
    """Every kind of atom: our plan is a solution of what SCIP is given, and above its bound."""
    (check,) = checked(*small(tmp_path, equations), "scip", 1.5)
    assert check.feasible and not check.better
    assert check.worse_by is not None and check.worse_by <= 1e-5
    assert check.gap_of_gain is not None and check.gap_of_gain >= -1e-5


def test_ipopt_finds_the_plan_of_the_county() -> None:
    pytest.importorskip("casadi")
    problem, response = county_problem()
    answer = solve(problem, response, starts=1, unit=None)
    check = next(cross_checks(problem, response, answer, ["ipopt"], time_limit=120.0))
    assert check.begin == "past_practice"
    assert check.status == "Solve_Succeeded"
    assert check.feasible
    assert check.worse_by == pytest.approx(0.0, abs=1e-6)
    assert check.kkt_residual is not None and check.kkt_residual < 1e-4


@pytest.mark.parametrize(("solver", "what"), [("ipopt", "DELAY FIXED"), ("scip", "DELAY FIXED")])
def test_what_a_solver_cannot_be_told_is_said(tmp_path: Path, solver: Solver, what: str) -> None:
    problem, response = small(tmp_path, DELAYED)
    check = checked(problem, response, solver)[0]
    assert check.status == "refused"
    assert what in check.refused
    assert check.plan is None and not check.feasible


@pytest.mark.parametrize("solver", ["ipopt", "scip"])
def test_a_solver_ends_when_told(tmp_path: Path, solver: Solver) -> None:
    problem, response = small(tmp_path, SATURATING)
    pytest.importorskip("casadi" if solver == "ipopt" else "pyscipopt")
    answer = solve(problem, response, starts=1, unit=None)
    begun = time.perf_counter()

    def after_the_first_look() -> bool:
        return time.perf_counter() > begun + 0.01

    told = after_the_first_look
    found = list(cross_checks(problem, response, answer, [solver], should_stop=told))
    assert len(found) <= 1
    for check in found:
        assert check.plan is None or np.isfinite(check.plan).all()


def test_the_graph_repeats_a_run(tmp_path: Path) -> None:
    pytest.importorskip("casadi")
    import casadi as ca

    from optimize.crosscheck.transcription import Transcription

    problem, response = small(tmp_path, MIXED)
    plan = np.array([1.0, 0.3, 2.0, 0.0, 0.7, 1.9])
    written = Transcription(problem, response)
    money = written.money(ca.DM(plan))
    found = np.array(written.outcomes(ca.DM(written.simulated(plan)), money)).ravel()
    np.testing.assert_allclose(found, response.values(plan[None])[0], rtol=1e-13)

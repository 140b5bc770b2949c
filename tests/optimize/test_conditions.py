"""Optimality and prices, judged without the solver that found the plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize, nnls

from optimize import Answer, FunctionResponse, Problem, solve, unused_instruments
from optimize.certify import least_curvature
from optimize.problem import Vector
from tests.optimize.analytic import county_like, separable, water_filling

WORTH = np.array([5.0, 3.0, 2.0, 1.5, 1.0, 0.4, 0.2])


@pytest.fixture(scope="module")
def solved() -> tuple[Problem, FunctionResponse, Answer]:
    problem, response = county_like()
    return problem, response, solve(problem, response)


def active_slopes(problem: Problem, response: FunctionResponse, plan: Vector) -> list[Vector]:
    """Gradients (outward) of every active row and limit at ``plan``, by hand."""
    n = len(plan)
    outcomes, found = response.jacobian(plan[None])
    slopes = []
    for row in problem.rows:
        quantities = plan if row.on == "money" else outcomes[0]
        if row.slack(quantities) > 1e-6 * row.size(quantities):
            continue
        if row.on == "money":
            slope = np.zeros(n)
            slope[list(row.coefficients)] = list(row.coefficients.values())
        else:
            slope = sum(c * found[0, i] for i, c in row.coefficients.items())
        slopes.append(slope if row.sense == "<=" else -slope)
    slopes += [-np.eye(n)[i] for i in np.flatnonzero(plan <= 1e-6)]
    return slopes


def test_multipliers_exist_by_least_squares(
    solved: tuple[Problem, FunctionResponse, Answer],
) -> None:
    """-f' is a non-negative mixture of the active gradients (scipy's NNLS finds it)."""
    problem, response, answer = solved
    slopes = active_slopes(problem, response, answer.continuous)
    _, rest = nnls(np.array(slopes).T, -answer.gradient)
    assert rest <= 1e-4 * np.linalg.norm(answer.gradient)
    assert answer.kkt_residual <= 1e-4


def test_gradient_by_differences(solved: tuple[Problem, FunctionResponse, Answer]) -> None:
    problem, response, answer = solved
    smooth, worst = problem.objective
    plan, step = answer.continuous, 0.1

    def aim(at: Vector) -> float:
        g = response.values(at[None])[0]
        value = sum(c * g[i] for i, c in smooth.coefficients.items())
        return float(value + worst.weight * min(g[i] for i in worst.coefficients))

    for index in (0, 20, 60, 116):
        move = step * np.eye(len(plan))[index]
        slope = (aim(plan + move) - aim(plan - move)) / (2.0 * step)
        assert answer.gradient[index] == pytest.approx(slope, abs=1e-7)


def test_second_order_condition(solved: tuple[Problem, FunctionResponse, Answer]) -> None:
    *_, answer = solved
    assert answer.least_curvature is not None
    assert answer.least_curvature > 0.0
    assert least_curvature(np.diag([2.0, -1.0])) == -0.5
    assert least_curvature(np.zeros((0, 0))) == 0.0


def test_every_budget_price_is_what_a_resolve_earns(
    solved: tuple[Problem, FunctionResponse, Answer],
) -> None:
    """The price is the slope of the best objective in the budget, more and less money alike."""
    problem, response, answer = solved
    budgets = [report for report in answer.rules if report.row.rule == "yearly_budget"]
    assert len(budgets) == 9
    best = solve(problem, response, unit=None).objective
    for report in budgets:
        assert report.binding
        assert report.shadow_price is not None
        assert report.shadow_price > 0.0
        for change in (10.0, -10.0) if report.row.year == 2031 else (10.0,):
            rows = tuple(
                replace(row, bound=row.bound + change) if row.name == report.row.name else row
                for row in problem.rows
            )
            again = solve(replace(problem, rows=rows), response, starts=1, unit=None)
            earned = (best - again.objective) / change
            assert earned == pytest.approx(report.shadow_price, rel=0.03)


def test_price_holds_up_to_the_bound_that_is_named(
    solved: tuple[Problem, FunctionResponse, Answer],
) -> None:
    problem, response, answer = solved
    best = solve(problem, response, unit=None).objective
    report = next(r for r in answer.rules if r.row.name == "yearly_budget[2030]")
    assert report.valid_up_to is not None
    assert report.valid_up_to > report.row.bound
    rows = tuple(
        replace(row, bound=report.valid_up_to) if row.name == report.row.name else row
        for row in problem.rows
    )
    again = solve(replace(problem, rows=rows), response, starts=1, unit=None)
    earned = (best - again.objective) / (report.valid_up_to - report.row.bound)
    assert report.shadow_price is not None
    assert earned == pytest.approx(report.shadow_price, rel=0.15)


def test_slack_rules_have_no_price(solved: tuple[Problem, FunctionResponse, Answer]) -> None:
    *_, answer = solved
    for report in answer.rules:
        assert report.slack >= -1e-6 * max(1.0, abs(report.row.bound))
        if not report.binding:
            assert report.shadow_price == 0.0


def test_sign_of_a_floor() -> None:
    """A floor that forces money where it is worth least costs: its price is positive."""
    problem, response = separable(WORTH, 4.0)
    floor = replace(problem.rows[0], rule="floor", coefficients={6: 1.0}, sense=">=", bound=1.0)
    answer = solve(replace(problem, rows=(*problem.rows, floor)), response, unit=None)
    _, level = water_filling(WORTH[:6], 3.0)
    prices = {report.row.rule: report.shadow_price for report in answer.rules}
    assert prices["total_budget"] == pytest.approx(level, rel=1e-3)
    assert prices["floor"] == pytest.approx(level - WORTH[6] / 2.0, rel=1e-3)


def test_unused_instruments_and_why() -> None:
    problem, response = separable(WORTH, 4.0)
    answer = solve(problem, response, unit=None)
    _, level = water_filling(WORTH, 4.0)
    unused = unused_instruments(problem, answer.amounts, answer.gradient, answer.reduced_costs)
    idle = np.flatnonzero(answer.amounts == 0.0)
    assert {entry.sector for entry in unused} == {problem.decisions[i].sector for i in idle}
    assert [entry.shortfall for entry in unused] == sorted(entry.shortfall for entry in unused)
    for entry in unused:
        assert entry.worth == pytest.approx(level, rel=1e-3)
        assert entry.shortfall > 0.0


def test_scipy_finds_nothing_better() -> None:
    """SLSQP from the same problem's past practice and from the answer itself."""
    problem, response = separable(np.linspace(0.5, 6.0, 12), 20.0)
    answer = solve(problem, response, unit=None)
    limit = {"type": "ineq", "fun": lambda x: 20.0 - x.sum()}
    for start in (problem.past_practice, answer.amounts):
        judged = minimize(
            lambda x: -float(response.values(x[None])[0, 0]),
            start,
            bounds=[(0.0, None)] * 12,
            constraints=[limit],
            method="SLSQP",
            options={"ftol": 1e-12, "maxiter": 500},
        )
        assert answer.objective <= judged.fun + 1e-6

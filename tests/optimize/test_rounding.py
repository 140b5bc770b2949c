"""Whole amounts keep every rule, by simulation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from optimize import Answer, FunctionResponse, Problem, Row, Term, solve
from tests.optimize.analytic import budget, county_like, decisions, outcomes


def worst_violation(problem: Problem, response: FunctionResponse, answer: Answer) -> float:
    """Largest violation relative to its bound, recomputed from the amounts alone."""
    simulated = response.values(answer.amounts[None])[0]
    np.testing.assert_array_equal(simulated, answer.outcomes)
    worst = max(0.0, float((problem.low - answer.amounts).max()))
    for row in problem.rows:
        quantities = answer.amounts if row.on == "money" else simulated
        left = sum(c * quantities[i] for i, c in row.coefficients.items())
        gap = left - row.bound if row.sense == "<=" else row.bound - left
        size = abs(row.bound) or sum(abs(c * quantities[i]) for i, c in row.coefficients.items())
        worst = max(worst, gap / (size or 1.0))
    return worst


def test_whole_plan_spends_whole_budgets_and_keeps_the_rules() -> None:
    problem, response = county_like()
    answer = solve(problem, response)
    assert np.all(answer.amounts == np.round(answer.amounts))
    assert worst_violation(problem, response, answer) <= 1e-6
    years = np.array([decision.year for decision in problem.decisions])
    for year in range(2027, 2036):
        assert answer.amounts[years == year].sum() == 3000.0
    continuous = solve(problem, response, unit=None)
    gain = answer.objective_without_money - continuous.objective
    assert answer.objective - continuous.objective < 1e-5 * gain


def test_a_tight_outcome_is_met_from_the_safe_side() -> None:
    """x^2 + y^2 <= 50.3 and whole numbers: the best of x + 1.1 y is found by counting."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.stack([x[:, 0] + 1.1 * x[:, 1], (x**2).sum(axis=1)], axis=1)

    rows = (budget(2, 100.0), Row("disc", "outcome", {1: 1.0}, "<=", 50.3, ""))
    problem = Problem(
        decisions(2), outcomes(2), (Term("worth", -1.0, {0: 1.0}),), rows, np.zeros(2)
    )
    response = FunctionResponse(function, 1.0)
    answer = solve(problem, response)
    grid = np.stack(np.meshgrid(np.arange(8.0), np.arange(8.0)), axis=-1).reshape(-1, 2)
    inside = grid[(grid**2).sum(axis=1) <= 50.3]
    best = (inside @ np.array([1.0, 1.1])).max()
    assert worst_violation(problem, response, answer) <= 1e-6
    assert -answer.objective == pytest.approx(best)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    money=st.floats(20.0, 5000.0),
    share=st.floats(0.05, 0.6),
    demand=st.floats(0.1, 0.999),
    whole=st.booleans(),
)
@example(seed=0, money=20.0, share=0.25, demand=0.998046875, whole=True)  # three whole plans only
@example(seed=0, money=20.0, share=0.25, demand=0.999, whole=True)  # none
def test_every_plan_that_is_returned_keeps_its_rules(
    seed: int, money: float, share: float, demand: float, whole: bool
) -> None:
    """Random concave worths, a budget, a floor on one part, a ceiling, a demand on an outcome."""
    random = np.random.default_rng(seed)
    worth, half = random.uniform(0.1, 3.0, 6), random.uniform(0.05, 1.0, 6) * money
    side = random.uniform(0.1, 2.0, 6)

    def function(x: NDArray[Any]) -> NDArray[Any]:
        use = x / (x + half)
        return np.stack([use @ worth, use @ side], axis=1)

    response = FunctionResponse(function, money)
    floor = {i: (1.0 if i < 2 else 0.0) - share for i in range(6)}
    rows: tuple[Row, ...] = (
        budget(6, float(np.floor(money))),
        Row("floor", "money", floor, ">=", 0.0, "wanyuan"),
        Row("ceiling", "money", {5: 1.0}, "<=", float(np.ceil(0.3 * money)), "wanyuan"),
    )
    problem = Problem(
        decisions(6), outcomes(2), (Term("worth", -1.0, {0: 1.0}),), rows, np.zeros(6)
    )
    most = solve(
        replace(problem, objective=(Term("side", -1.0, {1: 1.0}),)), response, unit=None, starts=2
    )
    goal = Row("goal", "outcome", {1: 1.0}, ">=", -demand * most.objective, "")
    problem = replace(problem, rows=(*rows, goal))
    answer = solve(problem, response, starts=3, seed=seed, unit=1.0 if whole else None)
    assert answer.status in ("locally_optimal", "feasible")
    assert worst_violation(problem, response, answer) <= 1e-6
    assert answer.max_violation <= 1e-6
    integral = bool(np.all(answer.amounts == np.round(answer.amounts)))
    if whole:
        assert answer.whole == integral
        assert integral or answer.status == "feasible"

"""Problems whose best plan is known in closed form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optimize import FunctionResponse, Problem, Row, Term, solve
from tests.optimize.analytic import (
    Function,
    budget,
    county_like,
    decisions,
    outcomes,
    separable,
    water_filling,
)

WORTH = np.array([5.0, 3.0, 2.0, 1.5, 1.0, 0.4, 0.2])


def made(
    count: int, function: Function, aims: tuple[Term, ...], rows: tuple[Row, ...], m: int
) -> tuple[Problem, FunctionResponse]:
    """A problem over ``count`` unlimited decisions and ``m`` outcomes of ``function``."""
    problem = Problem(decisions(count), outcomes(m), aims, rows, np.zeros(count))
    return problem, FunctionResponse(function, 1.0)


def test_money_flows_to_level_marginal_worth() -> None:
    problem, response = separable(WORTH, 4.0)
    answer = solve(problem, response, unit=None)
    plan, price = water_filling(WORTH, 4.0)
    np.testing.assert_allclose(answer.amounts, plan, atol=1e-5)
    assert answer.status == "locally_optimal"
    assert answer.kkt_residual < 1e-6
    (report,) = answer.rules
    assert report.binding
    assert report.shadow_price == pytest.approx(price, rel=1e-4)


def test_what_gets_nothing_falls_short_by_its_reduced_cost() -> None:
    problem, response = separable(WORTH, 4.0)
    answer = solve(problem, response, unit=None)
    plan, price = water_filling(WORTH, 4.0)
    unused = plan == 0.0
    np.testing.assert_allclose(answer.gradient, -WORTH / (1.0 + plan), rtol=1e-4)
    np.testing.assert_allclose(answer.reduced_costs[unused], price - WORTH[unused], rtol=1e-3)
    np.testing.assert_allclose(answer.reduced_costs[~unused], 0.0, atol=1e-4)


def test_curved_rule_holds_the_plan() -> None:
    """min (x - 2)^2 + (y - 2)^2 within the disc x^2 + y^2 <= 2: x = y = 1, price 1."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.stack([((x - 2.0) ** 2).sum(axis=1), (x**2).sum(axis=1)], axis=1)

    disc = Row("disc", "outcome", {1: 1.0}, "<=", 2.0, "")
    problem, response = made(
        2, function, (Term("distance", 1.0, {0: 1.0}),), (budget(2, 8.0), disc), 2
    )
    answer = solve(problem, response, unit=None)
    np.testing.assert_allclose(answer.amounts, [1.0, 1.0], atol=1e-5)
    assert answer.status == "locally_optimal"
    assert answer.rules[0].shadow_price == 0.0
    assert answer.rules[1].shadow_price == pytest.approx(1.0, rel=1e-4)


def test_curved_equality_holds() -> None:
    """min x + y on the hyperbola x y = 4: x = y = 2."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.stack([x.sum(axis=1), x.prod(axis=1)], axis=1)

    curve = Row("curve", "outcome", {1: 1.0}, "==", 4.0, "")
    problem, response = made(
        2, function, (Term("sum", 1.0, {0: 1.0}),), (budget(2, 10.0), curve), 2
    )
    answer = solve(problem, response, unit=None)
    np.testing.assert_allclose(answer.amounts, [2.0, 2.0], atol=1e-4)


def test_a_start_outside_the_curved_rules_finds_its_way_in() -> None:
    """Only a thin ring is allowed: 24 <= x^2 + y^2 <= 25, and x + 2 y is to be large."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.stack([x[:, 0] + 2.0 * x[:, 1], (x**2).sum(axis=1)], axis=1)

    rows = (
        budget(2, 100.0),
        Row("outer", "outcome", {1: 1.0}, "<=", 25.0, ""),
        Row("inner", "outcome", {1: 1.0}, ">=", 24.0, ""),
    )
    problem, response = made(2, function, (Term("worth", -1.0, {0: 1.0}),), rows, 2)
    answer = solve(problem, response, unit=None)
    np.testing.assert_allclose(answer.amounts, np.sqrt(5.0) * np.array([1.0, 2.0]), rtol=1e-5)


def test_invest_first_then_consume() -> None:
    """Two sectors: what goes to the first, ``u``, makes capital grow, the rest is consumed.

    ``K[t + 1] = K[t] (1 + 0.4 u[t])``, most ``sum((1 - u) K)``. A unit of capital is worth
    ``p[t] = max((1 - u) + p[t + 1] (1 + 0.4 u))`` with nothing left at the end: invest all while
    ``0.4 p[t + 1] > 1``, else nothing. The problem is not concave.
    """
    years, growth = 9, 0.4
    worth, plan = 0.0, np.zeros(years)
    for t in reversed(range(years)):
        plan[t] = float(growth * worth > 1.0)
        worth = max(1.0 + worth, worth * (1.0 + growth))

    def function(u: NDArray[Any]) -> NDArray[Any]:
        grown = np.cumprod(1.0 + growth * u, axis=1)
        capital = np.concatenate([np.ones_like(u[:, :1]), grown[:, :-1]], axis=1)
        return np.asarray(((1.0 - u) * capital).sum(axis=1, keepdims=True))

    problem = Problem(
        decisions(years, 1.0),
        outcomes(1),
        (Term("consumed", -1.0, {0: 1.0}),),
        (),
        np.full(years, 0.5),
    )
    answer = solve(problem, FunctionResponse(function, 1.0), unit=None)
    assert plan.tolist() == [1.0] * 6 + [0.0] * 3
    np.testing.assert_allclose(answer.amounts, plan, atol=1e-9)
    assert answer.objective == pytest.approx(-worth, rel=1e-12)
    assert answer.status == "locally_optimal"


def test_linear_quadratic_control_follows_riccati() -> None:
    """``x[t + 1] = 0.9 x[t] + 0.5 u[t]``, least ``sum(2 (x - 3)^2 + 0.1 u^2)`` over ten years.

    The cost to go is ``p x^2 - 2 s x + c``; going backward gives the gains of the answer.
    """
    years, a, b, q, r, target = 10, 0.9, 0.5, 2.0, 0.1, 3.0

    def function(u: NDArray[Any]) -> NDArray[Any]:
        x = np.zeros_like(u[:, 0])
        cost = np.zeros_like(x)
        for t in range(years):
            x = a * x + b * u[:, t]
            cost = cost + q * (x - target) ** 2 + r * u[:, t] ** 2
        return np.asarray(cost[:, None])

    problem, response = made(
        years, function, (Term("cost", 1.0, {0: 1.0}),), (budget(years, 1000.0),), 1
    )
    p = s = c = 0.0  # after the last year
    rules = []
    for _ in range(years):
        p, s, c = p + q, s + q * target, c + q * target**2  # the year's end is counted
        width = r + p * b * b
        rules.append((b * s / width, b * p * a / width))  # u = first - second * x
        p, s, c = p * a * a * r / width, s * a * r / width, c - (b * s) ** 2 / width
    x, plan = 0.0, []
    for first, second in reversed(rules):
        plan.append(first - second * x)
        x = a * x + b * plan[-1]
    answer = solve(problem, response, unit=None)
    assert min(plan) > 0.0
    np.testing.assert_allclose(answer.amounts, plan, rtol=1e-5)
    assert answer.objective == pytest.approx(c, rel=1e-9)


def test_worst_year_is_raised_until_the_years_are_level() -> None:
    """max min(log(1 + x_i) / c_i): all equal, so x_i = exp(c_i t) - 1 with sum(x) = money."""
    c = np.array([1.0, 2.0, 3.0])

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.log1p(x) / c)

    aim = Term("worst", -1.0, {0: 1.0, 1: 1.0, 2: 1.0}, "worst")
    problem, response = made(3, function, (aim,), (budget(3, 50.0),), 3)
    answer = solve(problem, response, unit=None)
    level = float(np.log1p(answer.amounts[0]))
    np.testing.assert_allclose(answer.amounts, np.exp(c * level) - 1.0, rtol=1e-5)
    assert answer.amounts.sum() == pytest.approx(50.0)
    price = 1.0 / float(np.sum(c * np.exp(c * level)))
    assert answer.rules[0].shadow_price == pytest.approx(price, rel=1e-3)
    assert answer.parts == {"worst": pytest.approx(level)}
    assert answer.status == "locally_optimal"


def test_degenerate_rules_do_not_hide_the_price() -> None:
    """The same limit written three times: relaxing one of them earns nothing."""
    problem, response = separable(WORTH, 4.0)
    twice = replace(problem.rows[0], rule="once_more")
    implied = replace(
        problem.rows[0], rule="implied", coefficients=dict.fromkeys(range(7), 2.0), bound=8.0
    )
    answer = solve(replace(problem, rows=(*problem.rows, twice, implied)), response, unit=None)
    plan, _ = water_filling(WORTH, 4.0)
    np.testing.assert_allclose(answer.amounts, plan, atol=1e-5)
    assert all(report.binding for report in answer.rules)
    np.testing.assert_allclose(
        [report.shadow_price or 0.0 for report in answer.rules], 0.0, atol=1e-5
    )
    assert answer.status == "locally_optimal"


def test_badly_scaled_decisions_and_outcomes() -> None:
    """Water filling with decisions counted in units from 1e-4 to 1e4 and an outcome of 1e6."""
    units = np.array([1e-4, 1e-2, 1.0, 1e2, 1e4, 1.0, 1.0])

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(1e6 * np.sum(WORTH * np.log1p(x / units), axis=1, keepdims=True))

    row = Row("budget", "money", dict(enumerate(1.0 / units)), "<=", 4.0, "")
    problem, response = made(7, function, (Term("worth", -1.0, {0: 1.0}),), (row,), 1)
    answer = solve(problem, response, unit=None)
    plan, price = water_filling(WORTH, 4.0)
    np.testing.assert_allclose(answer.amounts / units, plan, atol=1e-4)
    assert answer.status == "locally_optimal"
    assert answer.rules[0].shadow_price == pytest.approx(1e6 * price, rel=1e-3)


def test_flat_aim_is_no_reason_to_fail() -> None:
    """An aim that nothing moves: every plan is a KKT point, with no price."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return 7.0 + 0.0 * x[:, :1]

    problem, response = made(3, function, (Term("still", 1.0, {0: 1.0}),), (budget(3, 5.0),), 1)
    answer = solve(problem, response)
    assert answer.objective == 7.0
    assert answer.max_violation == 0.0
    assert answer.kkt_residual == 0.0


def test_a_saddle_is_not_called_an_optimum() -> None:
    """min -(x - 1)^2 with 0 <= x <= 3 has its best end at x = 3, its other end at 0."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return -((x - 1.0) ** 2)

    problem, response = made(1, function, (Term("far", 1.0, {0: 1.0}),), (budget(1, 3.0),), 1)
    answer = solve(problem, response, unit=None)
    assert answer.amounts[0] == pytest.approx(3.0)
    assert answer.objective == pytest.approx(-4.0)


def test_starts_agree_whatever_the_seed() -> None:
    problem, response = county_like()
    answers = [solve(problem, response, seed=seed) for seed in (1, 7)]
    for answer in answers:
        assert answer.status == "locally_optimal"
        assert answer.starts.number == answer.starts.agreeing == 8
    gain = answers[0].objective_without_money - answers[0].objective
    assert abs(answers[0].objective - answers[1].objective) < 1e-5 * gain


def test_same_seed_same_plan() -> None:
    problem, response = separable(WORTH, 1000.0)
    first, second = (solve(problem, response, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.amounts, second.amounts)
    np.testing.assert_array_equal(first.continuous, second.continuous)

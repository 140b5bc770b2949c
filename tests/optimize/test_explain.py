"""The explanation of answers whose prices, freedom and repairs are known in closed form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optimize import FunctionResponse, Problem, Row, Term, solve
from optimize.explain import (
    contributions,
    easings,
    freedom,
    neighbourhood,
    resolve,
    rule_costs,
    worth,
)
from optimize.explain.easing import eased, stated_share
from optimize.measures import measures
from tests.optimize.analytic import budget, decisions, outcomes, separable, water_filling
from tests.optimize.county import county_problem

WORTH = np.array([5.0, 3.0, 2.0])
MONEY = 4.0


def capped(most: float = 1.0) -> tuple[Problem, FunctionResponse]:
    """Water filling where the dearest place may not have more than ``most``."""
    problem, response = separable(WORTH, MONEY)
    cap = Row("cap", "money", {0: 1.0}, "<=", most, "points")
    loose = Row("loose", "money", {1: 1.0}, "<=", 100.0, "points")
    return replace(problem, rows=(*problem.rows, cap, loose)), response


def value(plan: NDArray[Any]) -> float:
    return float(np.sum(WORTH * np.log1p(plan)))


def at_cap(most: float) -> float:
    rest, _ = water_filling(WORTH[1:], MONEY - most)
    return value(np.append(most, rest))


def test_the_price_of_a_rule_is_the_objective_without_it() -> None:
    problem, response = capped()
    answer = solve(problem, response, unit=None)
    costs = {
        cost.rule: cost for cost in rule_costs(neighbourhood(problem, response, answer), answer)
    }
    free, _ = water_filling(WORTH, MONEY)
    assert costs["cap"].cost == pytest.approx(value(free) - at_cap(1.0), rel=1e-4)
    assert costs["cap"].money == pytest.approx(MONEY)
    assert costs["total_budget"].cost is None  # nothing else limits the money
    assert "loose" not in costs


def test_easing_a_rule_is_worth_what_a_new_solution_says_and_no_farther_than_it_holds() -> None:
    problem, response = capped(0.01)
    small = tuple(
        replace(row, bound=row.bound, unit="share") if row.rule == "cap" else row
        for row in problem.rows
    )
    problem = replace(problem, rows=small)
    answer = solve(problem, response, unit=None)
    found = {item.rule: item for item in easings(neighbourhood(problem, response, answer), answer)}
    cap = found["cap"]
    one = at_cap(0.02) - at_cap(0.01)
    assert (cap.step, cap.share) == (0.01, None)
    assert cap.worth == pytest.approx(one, rel=1e-3)
    for times in (2, 5, 10):
        near = abs((at_cap(0.01 * (1 + times)) - at_cap(0.01)) / times - one) <= 0.1 * one
        assert near == (cap.holds >= 0.01 * times - 1e-12)


def test_a_share_that_a_row_states_can_be_eased() -> None:
    row = Row("floor", "money", {0: 0.4, 1: -0.6, 2: -0.6}, ">=", 0.0, "wanyuan")
    assert stated_share(row) == pytest.approx(0.6)
    assert stated_share(eased(row, 0.05)) == pytest.approx(0.55)
    ceiling = replace(row, sense="<=")
    assert stated_share(eased(ceiling, 0.05)) == pytest.approx(0.65)
    assert stated_share(replace(row, bound=1.0)) is None
    assert stated_share(replace(row, coefficients={0: 1.0, 1: -1.0})) is None


def test_freedom_is_the_interval_that_loses_so_much() -> None:
    """max -(x - 1)^2 - (y - 2)^2: within 1 % of the gain 5, x moves by sqrt(0.05)."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(((x - np.array([1.0, 2.0])) ** 2).sum(axis=1, keepdims=True))

    aim = (Term("distance", 1.0, {0: 1.0}),)
    problem = Problem(decisions(2), outcomes(1), aim, (budget(2, 10.0),), np.zeros(2))
    response = FunctionResponse(function, 1.0)
    answer = solve(problem, response, unit=None)
    near = neighbourhood(problem, response, answer)
    one, both = freedom(near, np.array([[1.0, 0.0], [1.0, 1.0]]))
    reach = np.sqrt(0.05)
    assert (one.low, one.high) == pytest.approx((1.0 - reach, 1.0 + reach), rel=5e-3)
    reach *= np.sqrt(2.0)
    assert (both.low, both.high) == pytest.approx((3.0 - reach, 3.0 + reach), rel=5e-3)
    for plan in (one.at_low, one.at_high, both.at_low, both.at_high):
        assert response.values(plan[None])[0, 0] <= 0.0501


def test_freedom_ends_where_a_rule_does() -> None:
    problem, response = capped()
    answer = solve(problem, response, unit=None)
    (first,) = freedom(neighbourhood(problem, response, answer), np.array([[1.0, 0.0, 0.0]]))
    assert first.high == pytest.approx(1.0)
    assert first.low < 1.0
    gain = at_cap(1.0)
    assert at_cap(1.0) - value(first.at_low) == pytest.approx(0.01 * gain, rel=1e-2)


def test_contributions_add_up_and_share_a_product_equally() -> None:
    """f = x y from (0, 0) to (3, 2): both contribute half of the 6."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(x.prod(axis=1, keepdims=True))

    aim = (Term("product", -1.0, {0: 1.0}),)
    problem = Problem(decisions(2), outcomes(1), aim, (budget(2, 10.0),), np.zeros(2))
    response, past, plan = FunctionResponse(function, 1.0), np.zeros(2), np.array([3.0, 2.0])
    found = contributions(response, measures(problem, np.zeros(1)), past, plan)
    assert found.total == pytest.approx(6.0)
    np.testing.assert_allclose(found.amounts, [3.0, 3.0], rtol=1e-9)


def test_contributions_add_up_over_the_kink_of_a_worst_year() -> None:
    """min(x, y / 2) from (0, 1) to (1, 0): up to x = (1 - x) / 2, then down."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(x * np.array([1.0, 0.5]))

    aim = (Term("worst", -1.0, {0: 1.0, 1: 1.0}, "worst"),)
    problem = Problem(decisions(2), outcomes(2), aim, (budget(2, 10.0),), np.zeros(2))
    past, plan = np.array([0.0, 1.0]), np.array([1.0, 0.25])
    found = contributions(
        FunctionResponse(function, 1.0), measures(problem, np.ones(2)), past, plan
    )
    assert found.total == pytest.approx(0.125)
    turn = 0.5 / 1.375  # where t = (1 - 0.75 t) / 2
    np.testing.assert_allclose(found.amounts, [turn, -0.375 * (1.0 - turn)], atol=1e-4)
    assert abs(found.rest) <= 2e-5 * found.total


def test_worth_net_of_elsewhere_is_nought_where_money_is_and_negative_where_not() -> None:
    problem, response = separable(np.array([5.0, 3.0, 0.1]), MONEY)
    answer = solve(problem, response, unit=None)
    found = worth(answer)
    plan, price = water_filling(np.array([5.0, 3.0, 0.1]), MONEY)
    assert plan[2] == 0.0
    assert [item.net for item in found] == pytest.approx([0.0, 0.0, 0.1 - price], abs=1e-4)
    assert found[0].here == pytest.approx(price, rel=1e-3)


def test_the_smallest_repair_of_amounts() -> None:
    """10 for three that want 6, 6 and 1: 3 too little."""
    problem, response = separable(WORTH, 10.0)
    wants = tuple(
        Row("want", "money", {i: 1.0}, ">=", amount, "wanyuan", 2027, str(i))
        for i, amount in enumerate((6.0, 6.0, 1.0))
    )
    answer = solve(replace(problem, rows=(*problem.rows, *wants)), response)
    alone = {
        repair.gives[0].row.name: repair.gives[0].by
        for repair in answer.repairs
        if repair.way == "alone"
    }
    assert alone == pytest.approx({"total_budget": 3.0, "want[0,2027]": 3.0, "want[1,2027]": 3.0})
    assert all(repair.way == "alone" for repair in answer.repairs)  # none is less with others


def test_rules_that_must_give_together() -> None:
    """Two conflicts that share no rule: no rule alone mends both."""
    problem, response = separable(WORTH, 10.0)
    rows = (
        Row("most", "money", {0: 1.0}, "<=", 2.0, "wanyuan"),
        Row("least", "money", {0: 1.0}, ">=", 4.0, "wanyuan"),
        Row("little", "money", {1: 1.0}, "<=", 1.0, "wanyuan"),
        Row("much", "money", {1: 1.0}, ">=", 3.0, "wanyuan"),
    )
    (repair,) = solve(replace(problem, rows=(*problem.rows, *rows)), response).repairs
    assert repair.way == "together"
    assert {give.row.name: give.by for give in repair.gives} == pytest.approx(
        {"least": 2.0, "much": 2.0}
    )


def test_the_smallest_repair_of_a_share() -> None:
    """60 % for the first, at least 5 of 10 for the second: the share can be 50 %."""
    problem, response = separable(WORTH, 10.0)
    share = Row("floor", "money", {0: 0.4, 1: -0.6, 2: -0.6}, ">=", 0.0, "wanyuan", 2027)
    want = Row("want", "money", {1: 1.0}, ">=", 5.0, "wanyuan", 2027)
    problem = replace(problem, rows=(*problem.rows, share, want))
    answer = solve(problem, response)
    assert answer.status == "infeasible_proven"
    (repair,) = (r for r in answer.repairs if r.way == "alone" and r.gives[0].row.rule == "floor")
    assert repair.gives[0].share == pytest.approx(0.5, abs=2e-4)
    assert repair.gives[0].share is not None
    assert repair.gives[0].share <= 0.5 + 1e-9  # enough, not nearly enough
    rows = tuple(eased(row, repair.gives[0].by) if row is share else row for row in problem.rows)
    assert solve(replace(problem, rows=rows), response, unit=None).status == "locally_optimal"


def test_an_outcome_out_of_reach_is_told_how_far() -> None:
    problem, response = separable(WORTH, MONEY)
    plan, _ = water_filling(WORTH, MONEY)
    goal = Row("goal", "outcome", {0: 1.0}, ">=", value(plan) + 1.0, "", 2030)
    answer = solve(replace(problem, rows=(*problem.rows, goal)), response, unit=None)
    (repair,) = answer.repairs
    assert repair.way == "nearest"
    assert repair.gives[0].by == pytest.approx(1.0, rel=1e-3)


def test_prices_of_the_county_are_what_new_solutions_say() -> None:
    """What a little more money earns by the multiplier and by a re-solve; what it costs to use
    an unused place by its reduced cost and by a re-solve: within 10 %."""
    problem, response = county_problem()
    answer = solve(problem, response, unit=None)
    near = neighbourhood(problem, response, answer)
    rows = near.problem.rows
    budgets = [r for r in answer.rules if r.row.rule == "yearly_budget" and r.binding]
    dear = max(budgets, key=lambda report: report.shadow_price or 0.0)
    (same,) = resolve(near, [rows])
    assert same is not None
    assert same.objective == pytest.approx(near.objective, abs=1e-5 * near.gain)
    changed = [eased(row, 20.0) if row is dear.row else row for row in rows]
    worst = max(range(len(answer.reduced_costs)), key=lambda i: float(answer.reduced_costs[i]))
    forced = Row("forced", "money", {worst: 1.0}, ">=", 5.0, "wanyuan")
    richer, poorer = resolve(near, [changed, [*rows, forced]])
    assert richer is not None
    assert poorer is not None
    price = dear.shadow_price or 0.0
    assert near.objective - richer.objective == pytest.approx(20.0 * price, rel=0.1)
    loss = float(answer.reduced_costs[worst])
    assert poorer.objective - near.objective == pytest.approx(5.0 * loss, rel=0.1)

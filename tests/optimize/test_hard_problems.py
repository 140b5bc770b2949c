"""The search on badly scaled, degenerate and barely feasible problems: the same plan, or a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from optimize import Answer, FunctionResponse, Problem, Row, solve
from optimize.problem import Matrix, Vector
from optimize.response import Response, Tensor
from tests.optimize.analytic import county_like, separable

KEPT = ("yearly_budget", "productive_share")


class Rescaled:
    """A response whose money is counted in ``1 / money`` and whose outcomes are ``size`` times."""

    def __init__(self, response: FunctionResponse, money: float, size: float) -> None:
        self.response, self.money, self.size = response, money, size

    def values(self, plans: Matrix) -> Matrix:
        return self.size * self.response.values(plans / self.money)

    def jacobian(self, plans: Matrix, exact: bool = True) -> tuple[Matrix, Tensor]:
        outcomes, found = self.response.jacobian(plans / self.money, exact)
        return self.size * outcomes, self.size / self.money * found

    def curvature(self, plan: Vector, weights: Vector, directions: Matrix) -> Matrix:
        across = directions / self.money
        return self.size * self.response.curvature(plan / self.money, weights, across)


def rescaled(money: float, size: float) -> tuple[Problem, Response]:
    """The stand-in for the county in other units of money and of outcomes."""
    problem, response = county_like()
    factor = {"money": money, "outcome": size}
    return replace(
        problem,
        decisions=tuple(replace(d, low=d.low * money) for d in problem.decisions),
        rows=tuple(replace(row, bound=row.bound * factor[row.on]) for row in problem.rows),
        past_practice=problem.past_practice * money,
    ), Rescaled(response, money, size)


@pytest.fixture(scope="module")
def plain() -> Answer:
    return solve(*county_like(), unit=None)


@pytest.mark.parametrize(("money", "size"), [(1e4, 1.0), (1e-4, 1.0), (1.0, 1e9), (1.0, 1e-9)])
def test_units_do_not_matter(plain: Answer, money: float, size: float) -> None:
    """Money in yuan or in 100 million yuan; outcomes of 1e9 and of 1e-9."""
    answer = solve(*rescaled(money, size), unit=None)
    gain = plain.objective_without_money - plain.objective
    assert answer.status == "locally_optimal"
    assert answer.kkt_residual <= 1e-6
    assert abs(answer.objective / size - plain.objective) <= 1e-9 * gain


def test_whole_wanyuan_in_yuan_is_the_same_plan() -> None:
    problem, response = rescaled(1e4, 1.0)
    answer, expected = solve(problem, response, unit=1e4), solve(*county_like())
    assert answer.status == "locally_optimal"
    assert np.all(answer.amounts % 1e4 == 0.0)
    gain = expected.objective_without_money - expected.objective
    assert abs(answer.objective - expected.objective) <= 2e-6 * gain


def twice(problem: Problem, plan: Vector) -> Problem:
    again = tuple(replace(row, rule=f"{row.rule}_again") for row in problem.rows)
    return replace(problem, rows=(*problem.rows, *again))


def fixed(every: int) -> Callable[[Problem, Vector], Problem]:
    def keep(problem: Problem, plan: Vector) -> Problem:
        """Every so manieth cell can only be what it is in the best plan."""
        cells = [
            replace(decision, low=float(amount), high=float(amount))
            if number % every == 0
            else decision
            for number, (decision, amount) in enumerate(zip(problem.decisions, plan, strict=True))
        ]
        return replace(problem, decisions=tuple(cells))

    return keep


def by_equalities(problem: Problem, plan: Vector) -> Problem:
    plan = np.where(plan < 1e-6, 0.0, plan)  # a bound of 1e-10 yuan is no bound
    rows = tuple(
        Row(f"fixed_{i}", "money", {i: 1.0}, "==", float(plan[i]), "wanyuan")
        for i in range(0, len(plan), 3)
    )
    return replace(problem, rows=(*problem.rows, *rows))


def with_its_own_best_as_rule(problem: Problem, plan: Vector) -> Problem:
    """The first aim may not be worse than at the best plan: almost nothing is left inside."""
    _, response = county_like()
    aim = problem.objective[0].coefficients
    outcomes = response.values(plan[None])[0]
    best = sum(c * outcomes[i] for i, c in aim.items())
    row = Row("barely", "outcome", dict(aim), "<=", float(best), "")
    return replace(problem, rows=(*problem.rows, row))


@pytest.mark.parametrize(
    "harder",
    [twice, fixed(2), fixed(1), by_equalities, with_its_own_best_as_rule],
    ids=["each rule twice", "half fixed", "all fixed", "fixed by equalities", "barely feasible"],
)
def test_what_holds_at_the_best_plan_does_not_change_it(
    plain: Answer, harder: Callable[[Problem, Vector], Problem]
) -> None:
    problem, response = county_like()
    answer = solve(harder(problem, plain.continuous), response, unit=None)
    gain = plain.objective_without_money - plain.objective
    assert answer.status == "locally_optimal"
    assert answer.max_violation <= 1e-6
    assert abs(answer.objective - plain.objective) <= 1e-7 * gain


@pytest.mark.parametrize("years", [(2029, 2031), range(2027, 2036)])
def test_years_without_money(years: tuple[int, ...]) -> None:
    problem, response = county_like()
    rows = tuple(
        replace(row, bound=0.0) if row.rule == "yearly_budget" and row.year in years else row
        for row in problem.rows
        if row.rule in KEPT
    )
    answer = solve(replace(problem, rows=rows), response)
    spent = np.array([decision.year in years for decision in problem.decisions])
    assert answer.status == "locally_optimal"
    assert answer.max_violation <= 1e-6
    assert np.all(answer.amounts[spent] == 0.0)
    assert np.any(answer.amounts[~spent] > 0.0) == (len(years) < 9)


def test_a_rule_that_no_money_can_meet_is_named() -> None:
    problem, response = county_like()
    rows = tuple(
        replace(row, bound=0.0) if row.rule == "yearly_budget" else row for row in problem.rows
    )
    answer = solve(replace(problem, rows=rows), response)
    assert answer.status.startswith("infeasible")
    assert answer.conflict


def test_one_decision() -> None:
    problem, response = separable(np.array([3.0]), 4.0)
    answer = solve(problem, response)
    assert (answer.status, answer.amounts.tolist()) == ("locally_optimal", [4.0])


def test_a_search_goes_on_from_the_plan_of_another(plain: Answer) -> None:
    """A start at the best plan needs no more than the finish to say so."""
    problem, response = county_like()
    answer = solve(problem, response, unit=None, starts=1, begin=(plain.continuous,))
    gain = plain.objective_without_money - plain.objective
    assert answer.status == "locally_optimal"
    assert abs(answer.objective - plain.objective) <= 1e-9 * gain

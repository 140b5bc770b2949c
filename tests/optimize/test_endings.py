"""How a search ends when it cannot, or may not, finish."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optimize import FunctionResponse, Problem, Progress, Row, Term, solve
from optimize.linear import Unbounded
from tests.optimize.analytic import budget, county_like, decisions, outcomes, separable

WORTH = np.array([5.0, 3.0, 2.0, 1.5, 1.0, 0.4, 0.2])


def test_two_rules_that_contradict_are_named() -> None:
    problem, response = separable(WORTH, 10.0)
    extra = (
        Row("ample", "money", {0: 1.0}, "<=", 5.0, "wanyuan"),
        Row("minimum", "money", {1: 1.0, 2: 1.0}, ">=", 11.0, "wanyuan", 2027),
        Row("other", "money", {3: 1.0}, ">=", 0.5, "wanyuan"),
    )
    answer = solve(replace(problem, rows=(*problem.rows, *extra)), response)
    assert answer.status == "infeasible_proven"
    assert set(answer.conflict) == {"total_budget", "minimum[2027]"}


def test_a_conflict_is_irreducible() -> None:
    """Three rules of which any two agree."""
    problem, response = separable(WORTH, 10.0)
    extra = (
        Row("first", "money", {0: 1.0, 1: 1.0}, ">=", 6.0, "wanyuan"),
        Row("second", "money", {2: 1.0}, ">=", 6.0, "wanyuan"),
        Row("idle", "money", {5: 1.0}, "<=", 1.0, "wanyuan"),
    )
    rows = (*problem.rows, *extra)
    answer = solve(replace(problem, rows=rows), response)
    assert set(answer.conflict) == {"total_budget", "first", "second"}
    for name in answer.conflict:
        without = tuple(row for row in rows if row.name != name)
        if name != "total_budget":  # without it nothing limits the money
            assert solve(replace(problem, rows=without), response).status != "infeasible_proven"


def test_a_limit_that_repeats_a_rule_does_not_hide_it() -> None:
    problem, response = separable(WORTH, 10.0)
    most = tuple(replace(decision, high=10.0) for decision in problem.decisions)
    extra = Row("minimum", "money", {1: 1.0}, ">=", 11.0, "wanyuan")
    answer = solve(replace(problem, decisions=most, rows=(*problem.rows, extra)), response)
    assert set(answer.conflict) == {"total_budget", "minimum"}


def test_an_outcome_out_of_reach_is_named_but_not_called_proven() -> None:
    problem, response = separable(WORTH, 4.0)
    most = -solve(problem, response, unit=None).objective
    goal = Row("goal", "outcome", {0: 1.0}, ">=", 2.0 * most, "", 2030)
    answer = solve(replace(problem, rows=(*problem.rows, goal)), response, unit=None)
    assert answer.status == "infeasible_unproven"
    assert answer.conflict == ("goal[2030]",)
    assert answer.outcomes[0] == pytest.approx(most, rel=1e-4)  # the least violation


def test_reachable_outcome_just_inside_is_found() -> None:
    problem, response = separable(WORTH, 4.0)
    most = -solve(problem, response, unit=None).objective
    goal = Row("goal", "outcome", {0: 1.0}, ">=", most * (1.0 - 1e-6), "", 2030)
    away = Term("away", 1.0, {0: 1.0})
    problem = replace(problem, objective=(away,), rows=(*problem.rows, goal))
    answer = solve(problem, response, unit=None)
    assert answer.status in ("locally_optimal", "feasible")
    assert answer.max_violation <= 1e-6


def test_a_limit_keeps_the_best_plan_so_far() -> None:
    problem, response = county_like()
    answer = solve(problem, response, time_limit=0.0)
    assert answer.stop == "limit"
    assert answer.max_violation <= 1e-6
    assert answer.status in ("feasible", "locally_optimal")


@pytest.mark.parametrize("calls", [1, 4, 9])
def test_stopping_keeps_the_best_plan_so_far(calls: int) -> None:
    problem, response = county_like()
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= calls

    answer = solve(problem, response, should_stop=stop)
    assert answer.stop == "interrupted"
    assert answer.max_violation <= 1e-6


def test_a_search_stopped_early_falls_back_to_past_practice() -> None:
    """Past practice meets a goal that the walk has no time to come back to."""
    problem, response = separable(WORTH, 4.0)
    past = np.array([2.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    goal = float(response.values(past[None])[0, 0])
    row = Row("goal", "outcome", {0: 1.0}, ">=", goal, "", 2030)
    problem = replace(problem, past_practice=past, rows=(*problem.rows, row))
    answer = solve(problem, response, time_limit=0.0)
    assert (answer.stop, answer.status) == ("limit", "feasible")
    assert answer.outcomes[0] >= goal * (1.0 - 1e-6)


def test_a_search_stopped_before_a_plan_names_no_conflict() -> None:
    problem, response = separable(WORTH, 4.0)
    most = -solve(problem, response, unit=None).objective
    goal = Row("goal", "outcome", {0: 1.0}, ">=", most * (1.0 - 1e-6), "", 2030)
    problem = replace(problem, rows=(*problem.rows, goal))
    answer = solve(problem, response, unit=None, time_limit=0.0)
    assert (answer.stop, answer.status) == ("limit", "infeasible_unproven")
    assert answer.conflict == ()


def test_ctrl_c_keeps_the_best_plan_so_far() -> None:
    problem, response = county_like()

    pressed = False

    def press(progress: Progress) -> None:
        nonlocal pressed
        if progress.step == 2 and not pressed:
            pressed = True
            raise KeyboardInterrupt

    answer = solve(problem, response, progress=press)
    assert answer.stop == "interrupted"
    assert answer.max_violation <= 1e-6
    assert np.all(answer.amounts == np.round(answer.amounts))


def test_progress_never_gets_worse() -> None:
    problem, response = county_like()
    seen: list[float] = []

    def note(progress: Progress) -> None:
        if progress.objective is not None:
            seen.append(progress.objective)

    solve(problem, response, progress=note)
    assert len(seen) > 3
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(seen))


def test_unlimited_money_is_refused() -> None:
    problem, response = separable(WORTH, 4.0)
    with pytest.raises(Unbounded, match="not limited"):
        solve(replace(problem, rows=()), response)


def test_a_worst_year_cannot_be_made_worse() -> None:
    problem, response = separable(WORTH, 4.0)
    with pytest.raises(ValueError, match="worst"):
        solve(replace(problem, objective=(Term("odd", 1.0, {0: 1.0}, "worst"),)), response)


def test_a_model_that_breaks_is_said_to_break() -> None:
    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.full((len(x), 1), np.nan) + 0.0 * x[:, :1]

    problem = Problem(
        decisions(2), outcomes(1), (Term("t", 1.0, {0: 1.0}),), (budget(2, 1.0),), np.zeros(2)
    )
    with pytest.raises(ArithmeticError, match="not finite"):
        solve(problem, FunctionResponse(function, 1.0))

"""Edited plans: completed, priced, and where they are impossible, mended as little as can be."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from optimize import Answer, Decision, FunctionResponse, Outcome, Problem, Row, Term, solve
from optimize.edit import KEPT, conflict, differing, keeping, nearest, shares

WANTED = np.array([30.0, 20.0, 10.0, 40.0])
PLACES = (("agriculture", "a"), ("industry", "a"), ("services", "a"), ("industry", "b"))


def distance(plans: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is lost against ``WANTED``, and the product of the first two amounts."""
    lost = ((plans - WANTED) ** 2).sum(axis=1)
    return np.stack([lost, plans[:, 0] * plans[:, 1]], axis=1)


@pytest.fixture(scope="module")
def problem() -> Problem:
    """At most 100 in all, 60 of it for the first two, whose product is at least 100."""
    decisions = tuple(Decision(2027, s, i, f"{i}[{s}]") for s, i in PLACES)
    rows = (
        Row("total_budget", "money", dict.fromkeys(range(4), 1.0), "<=", 100.0, "wanyuan"),
        Row("pair", "money", {0: 1.0, 1: 1.0}, "<=", 60.0, "wanyuan", 2027),
        Row("product", "outcome", {1: 1.0}, ">=", 100.0, "units", 2027),
    )
    outcomes = (Outcome("lost", 2027), Outcome("product", 2027))
    aim = Term("lost", 1.0, {0: 1.0})
    return Problem(decisions, outcomes, (aim,), rows, np.full(4, 25.0))


@pytest.fixture(scope="module")
def response() -> FunctionResponse:
    return FunctionResponse(distance, 100.0)


@pytest.fixture(scope="module")
def free(problem: Problem, response: FunctionResponse) -> Answer:
    answer = solve(problem, response, starts=3, seed=1)
    np.testing.assert_allclose(answer.amounts, WANTED, atol=1e-6)
    return answer


def test_kept_amounts_stay_and_the_rest_is_best(
    problem: Problem, response: FunctionResponse
) -> None:
    """22.5 instead of 30 is kept although it is not whole; 50 instead of 40 takes from two."""
    answer = solve(keeping(problem, {0: 22.5, 3: 50.0}), response, starts=3, seed=1)
    assert answer.amounts[[0, 3]].tolist() == [22.5, 50.0]
    assert answer.status == "locally_optimal" and answer.whole
    np.testing.assert_allclose(answer.continuous[[1, 2]], [18.75, 8.75], atol=1e-4)


def test_costs_add_up_and_do_not_depend_on_an_order(
    problem: Problem, response: FunctionResponse, free: Answer
) -> None:
    kept = {0: 20.0, 2: 10.0, 3: 50.0}
    answer = solve(keeping(problem, kept), response, starts=3, seed=1)
    found = shares(problem, response, kept, free.amounts, (free.objective, answer.objective))
    cost = {share.places: share.cost for share in found}
    assert set(cost) == {(("agriculture", "a"),), (("industry", "b"),)}  # the third is as it was
    assert sum(cost.values()) == pytest.approx(answer.objective - free.objective)
    # Alone the first costs 100 and the other 100 + what the budget then takes, 10 from three or,
    # the third kept, from two; together they cost 200.
    second_alone = 100.0 + 2 * 5.0**2
    assert cost[(("agriculture", "a"),)] == pytest.approx((100.0 + 200.0 - second_alone) / 2, 1e-3)
    assert [share.change for share in found] in ([-10.0, 10.0], [10.0, -10.0])


def test_the_free_optimum_costs_nothing(
    problem: Problem, response: FunctionResponse, free: Answer
) -> None:
    kept = dict(enumerate(free.amounts.tolist()))
    assert shares(problem, response, kept, free.amounts, (free.objective, free.objective)) == ()
    again = solve(keeping(problem, kept), response, starts=1, begin=(free.continuous,))
    assert again.objective == pytest.approx(free.objective, abs=1e-9)


def test_a_conflict_names_rule_and_amounts_and_the_nearest_edit(
    problem: Problem, response: FunctionResponse, free: Answer
) -> None:
    kept = {0: 45.0, 1: 20.0, 2: 10.0}
    rows = conflict(problem, kept)
    assert [row.rule for row in rows] == ["pair", KEPT, KEPT]
    assert {row.subject for row in rows if row.rule == KEPT} == {"agriculture: a", "industry: a"}
    plan = nearest(problem, response, kept, free.continuous)
    # 20 was not changed, so it gives way.
    assert differing(problem, plan, kept) == (1,)
    assert plan[[0, 1, 2]] == pytest.approx([45.0, 15.0, 10.0], abs=1e-6)


def test_the_nearest_edit_keeps_outcome_rules(
    problem: Problem, response: FunctionResponse, free: Answer
) -> None:
    """The product of 3.5 and 4.5 is too small: the least to add in sum makes both of them 10."""
    kept = {0: 3.5, 1: 4.5}
    assert conflict(problem, kept) == ()  # the rules about money alone leave a plan
    assert solve(keeping(problem, kept), response, starts=3).status == "infeasible_unproven"
    plan = nearest(problem, response, kept, free.continuous)
    assert plan[0] * plan[1] >= 100.0 * (1.0 - 2e-6)
    assert abs(plan[:2] - [3.5, 4.5]).sum() == pytest.approx(12.0, rel=0.1)
    done = solve(keeping(problem, dict(enumerate(plan[:2].tolist()))), response, starts=3)
    assert not done.status.startswith("infeasible")


def test_whole_amounts_are_mended_to_whole_ones(
    problem: Problem, response: FunctionResponse, free: Answer
) -> None:
    plan = nearest(problem, response, {0: 3.0, 1: 4.0}, free.continuous)
    assert (plan[:2] == np.round(plan[:2])).all()
    assert plan[0] * plan[1] >= 100.0
    assert 13.0 <= abs(plan[:2] - [3.0, 4.0]).sum() <= 15.0

"""Best plans of futures and the worth of knowing, where both are known by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize import Decision, FunctionResponse, Outcome, Problem, Row, Term
from optimize.linear import linear_rules
from optimize.uncertainty.decisions import best_plans, objectives
from optimize.uncertainty.worth import worth_of_knowing
from optimize.walker import Clock

BUDGET = 1000.0
PAYS = [0.2, 0.5, 0.8]  # what share of the money the first decision should have


def problem(bound: float | None = None) -> Problem:
    """Two decisions share a budget; the one outcome is a distance, to be small."""
    decisions = tuple(Decision(2027, "industry", f"i{k}", f"lever {k}") for k in range(2))
    rows = [Row("yearly_budget", "money", {0: 1.0, 1: 1.0}, "==", BUDGET, "wanyuan", 2027)]
    if bound is not None:
        rows.append(Row("m_not_worse", "outcome", {1: 1.0}, ">=", bound, "wanyuan"))
    return Problem(
        decisions,
        (Outcome("distance", 2027), Outcome("first", 2027)),
        (Term("balance", 1.0, {0: 1.0}),),
        tuple(rows),
        np.array([0.5 * BUDGET, 0.5 * BUDGET]),
    )


def response(share: float) -> FunctionResponse:
    """The squared distance from the best split, and the first amount."""
    return FunctionResponse(
        lambda plans: np.stack([(plans[:, 0] / BUDGET - share) ** 2, plans[:, 0]], axis=1), 1000.0
    )


def test_the_best_plan_of_each_future() -> None:
    stated, plan = problem(), np.array([0.5 * BUDGET, 0.5 * BUDGET])
    found = best_plans(3, lambda i: (stated, response(PAYS[i])), linear_rules(stated), plan)
    assert (len(found.best), found.infeasible, found.failed) == (3, 0, 0)
    for one, share in zip(found.best, PAYS, strict=True):
        np.testing.assert_allclose(one.amounts[0] / BUDGET, share, atol=0.02)
        assert one.regret == pytest.approx((0.5 - share) ** 2, abs=5e-4)
        assert one.broken == ()


def test_what_cannot_be_kept_or_computed_is_counted() -> None:
    stated, plan = problem(), np.array([0.5 * BUDGET, 0.5 * BUDGET])
    strict, impossible = problem(0.6 * BUDGET), problem(2.0 * BUDGET)
    broken = FunctionResponse(lambda plans: np.full((len(plans), 2), np.nan), 1000.0)
    cases = [(strict, response(0.2)), (impossible, response(0.2)), (stated, broken)]
    found = best_plans(3, lambda i: cases[i], linear_rules(stated), plan)
    assert (len(found.best), found.infeasible, found.failed) == (1, 1, 1)
    (one,) = found.best
    assert one.amounts[0] == pytest.approx(0.6 * BUDGET, rel=1e-3)
    assert one.broken == ("m_not_worse",) and one.regret < 0.0


def test_a_study_that_is_stopped_keeps_what_is_finished() -> None:
    stated, plan = problem(), np.array([0.5 * BUDGET, 0.5 * BUDGET])
    told: list[int] = []
    found = best_plans(
        9,
        lambda i: (stated, response(PAYS[i % 3])),
        linear_rules(stated),
        plan,
        clock=Clock(should_stop=lambda: len(told) > 2),
        progress=lambda done, total: told.append(done),
    )
    assert found.asked == 9 and len(found.found) == 2


def test_objectives_of_plans_in_futures() -> None:
    from optimize.measures import measures

    stated = problem(0.6 * BUDGET)
    outcomes = np.array([[[0.1, 500.0], [0.2, 700.0]], [[0.3, 600.0], [0.4, 0.0]]])
    values, kept = objectives(2, outcomes, lambda i: measures(stated, outcomes[0, i]))
    np.testing.assert_allclose(values, [[0.1, 0.2], [0.3, 0.4]])
    assert kept.tolist() == [[False, True], [True, False]]


def losses(number: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two plans, the second better by x, with x and a number that does nothing uniform."""
    random = np.random.default_rng(seed)
    x, nothing = random.uniform(-1.0, 1.0, (2, number))
    common = random.normal(size=number)
    return np.stack([common, common - x]), x[:, None], nothing[:, None]


def test_the_worth_of_knowing_is_the_known_one() -> None:
    # Knowing x gains max(x, 0) over the first plan: a quarter on average.
    table, x, nothing = losses(2000, 1)
    found = worth_of_knowing(table, [nothing, x, np.hstack([x, nothing])], seed=1)
    by_input = dict(zip(found.inputs, range(3), strict=True))
    for place in (1, 2):
        at = by_input[place]
        assert found.low[at] <= 0.25 <= found.high[at]
        assert found.value[at] == pytest.approx(found.every, abs=0.01)
    assert found.every_low <= 0.25 <= found.every_high
    assert found.inputs[2] == 0 and found.value[2] < 2.0 * found.noise[2] + 1e-3


def test_one_plan_makes_knowing_worthless() -> None:
    table, x, _ = losses(200, 2)
    found = worth_of_knowing(table[:1], [x], seed=1)
    assert (found.value[0], found.every, found.best) == (0.0, 0.0, 0)


def test_sets_that_are_drawn_often_raise_the_noise() -> None:
    random = np.random.default_rng(3)
    sets = random.integers(0, 40, 2000)
    table = np.stack([np.zeros(2000), random.normal(size=40)[sets]])
    inputs = [random.random((40, 1))[sets] for _ in range(60)]
    knowing = worth_of_knowing(table, inputs, seed=1, sets=sets, most=60, resamples=2)
    careless = worth_of_knowing(table, inputs, seed=1, most=60, resamples=2)
    assert np.mean(knowing.value > knowing.noise) < 0.2
    assert np.mean(careless.value > careless.noise) > 0.7


def test_the_rules_about_money_are_kept_in_every_future() -> None:
    stated = problem()
    capped = replace(
        stated,
        rows=(*stated.rows, Row("sector_ceiling", "money", {0: 1.0}, "<=", 600.0, "wanyuan")),
    )
    plan = np.array([900.0, 100.0])  # breaks the ceiling
    found = best_plans(1, lambda i: (capped, response(0.8)), linear_rules(capped), plan)
    assert found.best[0].amounts[0] == pytest.approx(600.0, abs=1e-3)

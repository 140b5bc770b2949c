"""A search that is cut short answers with the best plan that it can make keep the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optimize import FunctionResponse, Problem, Row, Term, solve
from optimize.linear import linear_rules
from optimize.measures import measures
from optimize.mend import mend
from optimize.trust_region import walkers
from optimize.walker import Walker
from tests.optimize.analytic import budget, decisions, outcomes

RADIUS = 50.0


def disc(most: float = 100.0) -> tuple[Problem, FunctionResponse]:
    """The most of x + 1.1 y within the disc x * x + y * y <= 50: sqrt(50 * 2.21)."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.stack([x[:, 0] + 1.1 * x[:, 1], (x**2).sum(axis=1)], axis=1)

    rows = (budget(2, most), Row("disc", "outcome", {1: 1.0}, "<=", RADIUS, ""))
    problem = Problem(
        decisions(2), outcomes(2), (Term("worth", -1.0, {0: 1.0}),), rows, np.array([1.0, 2.0])
    )
    return problem, FunctionResponse(function, 1.0)


def walker_at(problem: Problem, response: FunctionResponse, plan: list[float]) -> Walker:
    rules = linear_rules(problem)
    low, high = rules.ranges()
    measure = measures(problem, response.values(problem.past_practice[None])[0])
    return walkers(np.array([plan]), response, measure, rules, high - low)[0]


def test_the_nearest_plan_on_a_disc_lies_towards_its_middle() -> None:
    problem, response = disc()
    walker = walker_at(problem, response, [6.0, 6.0])
    assert mend(walker, response)
    np.testing.assert_allclose(walker.local.plan, [5.0, 5.0], atol=1e-2)
    assert 0.0 <= RADIUS - walker.local.outcomes[1] <= 1e-3 * RADIUS
    np.testing.assert_allclose(walker.local.outcomes, response.values(walker.local.plan[None])[0])


def test_a_plan_within_the_rules_stays() -> None:
    problem, response = disc()
    walker = walker_at(problem, response, [3.0, 4.0])
    assert mend(walker, response)
    np.testing.assert_array_equal(walker.local.plan, [3.0, 4.0])


def test_a_plan_that_cannot_be_mended_is_left_as_it_is() -> None:
    problem, response = disc()
    apart = Row("apart", "money", {0: 1.0, 1: 1.0}, ">=", 12.0, "wanyuan")
    problem = replace(problem, rows=(*problem.rows, apart))  # the disc ends at x + y = 10
    walker = walker_at(problem, response, [6.0, 6.0])
    assert not mend(walker, response)
    np.testing.assert_array_equal(walker.local.plan, [6.0, 6.0])


@pytest.mark.parametrize("unit", [None, 1.0])
def test_a_step_that_broke_a_rule_a_little_is_not_lost(unit: float | None) -> None:
    """After a few looks at the clock the best plan lies just outside of the disc."""
    problem, response = disc()
    found, asked = [], 0
    for calls in range(1, 20):
        asked = 0

        def stop(most: int = calls) -> bool:
            nonlocal asked
            asked += 1
            return asked > most

        answer = solve(problem, response, starts=1, unit=unit, should_stop=stop)
        assert answer.max_violation <= 1e-6
        assert answer.status in ("feasible", "locally_optimal")
        assert answer.stop == "interrupted"
        found.append(-answer.objective)
    assert found[0] == pytest.approx(float(problem.past_practice @ [1.0, 1.1]))
    assert found == sorted(found)  # no time is lost
    assert found[-1] > 0.95 * np.sqrt(RADIUS * 2.21)

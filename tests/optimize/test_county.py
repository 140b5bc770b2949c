"""The optimiser on the county model itself."""

from __future__ import annotations

import numpy as np
import pytest

from models import Runs, run
from optimize import Answer, solve
from optimize.linear import linear_rules
from optimize.measures import measures
from optimize.start import equal_split
from tests.optimize.county import YEARS, county_problem


@pytest.fixture(scope="module")
def answer() -> Answer:
    return solve(*county_problem())


def test_derivatives_match_central_differences() -> None:
    problem, response = county_problem()
    plan = problem.past_practice * 0.9 + 20.0
    outcomes, found = response.jacobian(plan[None])
    moves = 0.5 * np.eye(len(plan))
    around = response.values(np.concatenate([plan + moves, plan - moves]))
    up, down = np.split(around, 2)
    central = (up - down).T
    size = np.abs(found[0]).max(axis=1, keepdims=True)
    assert np.abs(found[0] - central).max() <= 1e-5 * max(size.max(), 1.0)
    np.testing.assert_allclose(found[0] / size, central / size, atol=1e-5)
    np.testing.assert_allclose(outcomes, response.values(plan[None]), rtol=1e-12)
    _, rough = response.jacobian(plan[None], exact=False)
    np.testing.assert_allclose(rough[0] / size, found[0] / size, atol=1e-4)


def test_money_cannot_change_the_past() -> None:
    problem, response = county_problem()
    _, found = response.jacobian(problem.past_practice[None])
    spent = np.array([decision.year for decision in problem.decisions])
    seen = np.array([outcome.year for outcome in problem.outcomes])
    assert np.all(found[0][seen[:, None] < spent[None, :]] == 0.0)
    assert np.any(found[0][seen[:, None] >= spent[None, :]] != 0.0)


def test_curvature_matches_differences_of_gradients() -> None:
    problem, response = county_problem()
    plan = problem.past_practice + 50.0
    random = np.random.default_rng(0)
    weights = random.normal(size=len(problem.outcomes)) / np.abs(response.values(plan[None])[0])
    directions = random.normal(size=(3, len(plan))) * 100.0
    hessian = response.curvature(plan, weights, directions)
    step = 1e-3
    moved = np.concatenate([plan + step * directions, plan - step * directions])
    _, found = response.jacobian(moved)
    slopes = np.einsum("nmj,m,kj->nk", found, weights, directions)
    central = (slopes[:3] - slopes[3:]) / (2.0 * step)
    np.testing.assert_allclose(hessian, central, rtol=1e-3, atol=1e-5 * np.abs(central).max())


def test_response_is_the_model_run_from_its_beginning() -> None:
    """Starting from the stored state of the year before changes nothing."""
    problem, response = county_problem()
    plan = problem.past_practice * 1.1
    tables = {}
    for lever, (points, owners) in response.places.items():
        table = np.array(response.model.lookups[lever].y, dtype=float)
        table[points] = plan[owners]
        tables[lever] = table
    whole = run(response.model, Runs(lookups=tables), times=YEARS)
    expected = [whole[o.column][0, YEARS.index(o.year)] for o in problem.outcomes]
    np.testing.assert_allclose(response.values(plan[None])[0], expected, rtol=1e-13)


def test_plan_is_proven_locally_and_keeps_every_rule(answer: Answer) -> None:
    problem, response = county_problem()
    assert answer.status == "locally_optimal"
    assert answer.kkt_residual <= 1e-6
    assert answer.max_violation <= 1e-6
    assert answer.starts.agreeing == answer.starts.number
    np.testing.assert_array_equal(response.values(answer.amounts[None])[0], answer.outcomes)
    assert np.all(answer.amounts == np.round(answer.amounts))
    assert np.all(answer.amounts >= 0.0)
    for row in problem.rows:
        quantities = answer.amounts if row.on == "money" else answer.outcomes
        assert row.slack(quantities) >= -1e-6 * row.size(quantities), row.name


def test_plan_beats_past_practice_and_equal_split(answer: Answer) -> None:
    problem, response = county_problem()
    split = equal_split(problem, linear_rules(problem))
    others = response.values(np.stack([problem.past_practice, split]))
    measured = measures(problem, others[0]).objective(others)
    assert answer.objective < measured.min()


def test_random_restarts_agree(answer: Answer) -> None:
    problem, response = county_problem()
    again = solve(problem, response, seed=11)
    gain = answer.objective_without_money - answer.objective
    assert gain > 0.0
    assert abs(again.objective - answer.objective) <= 1e-3 * gain

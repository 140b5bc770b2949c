"""Second derivatives from the written out model: exact, and the same as from runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optimize import CountyResponse, FunctionResponse, Problem, response
from optimize.bounds.unroll import unroll
from optimize.problem import Matrix, Vector
from optimize.second_order import second_derivatives
from tests.optimize.county import county_problem
from tests.optimize.test_bounds import QUADRATIC, SATURATING, small


def written(problem: Problem, asked: CountyResponse, plan: Vector, weights: Vector) -> Matrix:
    """Along every decision, in its own unit."""
    model = unroll(asked, problem.decisions, problem.outcomes, plan)
    found = second_derivatives(model, plan, weights, np.eye(len(plan)))
    assert found is not None
    return found


def test_a_quadratic_outcome_has_its_known_second_derivatives(tmp_path: Path) -> None:
    """Differences of a quadratic are exact however long the step is."""
    problem, asked = small(tmp_path, QUADRATIC)
    n = len(problem.decisions)
    plan, weights = np.linspace(0.5, 1.5, n), np.linspace(1.0, 2.0, len(problem.outcomes))
    found = written(problem, asked, plan, weights)
    i, j = np.indices((n, n)).reshape(2, -1)
    eye = np.eye(n)
    ends = [asked.values(plan + eye[i] * a + eye[j] * b) for a in (1, -1) for b in (1, -1)]
    second = (ends[0] - ends[1] - ends[2] + ends[3]) @ weights / 4.0
    np.testing.assert_allclose(found.ravel(), second, rtol=1e-9, atol=1e-9)
    assert np.linalg.eigvalsh(found).max() < 1e-12  # the worth falls off to all sides


def test_they_are_those_of_the_runs_on_the_county() -> None:
    problem, asked = county_problem()
    random = np.random.default_rng(4)
    plan = problem.past_practice * random.uniform(0.8, 1.2, len(problem.past_practice)) + 5.0
    weights = random.normal(size=len(problem.outcomes))
    directions = 1000.0 * random.normal(size=(9, len(plan))) / np.sqrt(len(plan))
    model = unroll(asked, problem.decisions, problem.outcomes, plan)
    found = second_derivatives(model, plan, weights, directions)
    runs = FunctionResponse.curvature(asked, plan, weights, directions)
    assert found is not None
    np.testing.assert_allclose(found, runs, atol=1e-5 * np.abs(runs).max())


def test_runs_answer_where_the_equations_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown function, and a division that is not smooth at the plan."""
    monkeypatch.setattr(response, "MANY", 1)
    unknown = SATURATING.replace("worth = x", "worth = LN(1 + x)")
    for name, equations in (("unknown", unknown), ("known", SATURATING)):
        folder = tmp_path / name
        folder.mkdir()
        problem, asked = small(folder, equations)
        n = len(problem.decisions)
        plan, weights = np.full(n, 0.5), np.ones(len(problem.outcomes))
        found = asked.curvature(plan, weights, np.eye(n))
        runs = FunctionResponse.curvature(asked, plan, weights, np.eye(n))
        np.testing.assert_allclose(found, runs, atol=1e-5 * np.abs(runs).max())
        assert np.array_equal(found, runs) == (name == "unknown")
    model = unroll(asked, problem.decisions, problem.outcomes, plan)
    assert second_derivatives(model, np.full(n, -1.0), weights, np.eye(n)) is None

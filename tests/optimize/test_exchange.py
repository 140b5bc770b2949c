"""A plan leaves a corner that is a local optimum but not the best of the corners."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optimize import FunctionResponse, Problem, Row, Term, solve
from tests.optimize.analytic import budget, decisions, outcomes

MONEY = 10.0
WORTH = np.array([1.0, 2.0, 3.0, 5.0, 4.0])


def together(begin: int) -> tuple[Problem, FunctionResponse]:
    """All money is best spent at one place, by very little: each place is a local optimum."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray((x + 1e-5 * WORTH * x * x).sum(axis=1, keepdims=True))

    n = len(WORTH)
    problem = Problem(
        decisions(n),
        outcomes(1),
        (Term("worth", -1.0, {0: 1.0}),),
        (budget(n, MONEY),),
        MONEY * np.eye(n)[begin],
    )
    return problem, FunctionResponse(function, 1.0)


def test_the_best_corner_is_found_from_every_other() -> None:
    best = MONEY + 1e-5 * WORTH.max() * MONEY**2
    for begin in range(len(WORTH)):
        answer = solve(*together(begin), starts=1, unit=None)
        np.testing.assert_allclose(answer.continuous, MONEY * np.eye(5)[3], atol=1e-9)
        assert abs(answer.objective + best) < 1e-9


def test_what_the_last_exchange_opens_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once all is at the best place, some of it is worth more at one that adds to it there."""
    problem, response = together(0)

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(response.function(x[:, :5]) + 0.2 * x[:, 3:4] * x[:, 5:])

    problem = replace(
        problem,
        decisions=decisions(6),
        rows=(budget(6, MONEY),),
        past_practice=np.append(problem.past_practice, 0.0),
    )
    monkeypatch.setattr("optimize.climb.EXCHANGES", 1)
    answer = solve(problem, FunctionResponse(function, 1.0), starts=1, unit=None)
    assert answer.status == "locally_optimal"
    assert answer.continuous[5] > 1.0


def test_rules_are_kept() -> None:
    """The best place may take no more than 4, so the next one takes all."""
    problem, response = together(0)
    row = Row("ceiling", "money", {3: 1.0}, "<=", 4.0, "wanyuan")
    answer = solve(replace(problem, rows=(*problem.rows, row)), response, starts=1, unit=None)
    assert answer.max_violation <= 1e-9
    assert answer.continuous[3] <= 4.0 + 1e-9
    assert answer.objective <= -(MONEY + 1e-5 * 4.0 * MONEY**2) + 1e-9

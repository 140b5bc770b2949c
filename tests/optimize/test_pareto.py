"""Fronts that are known, and what is told of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optimize import Decision, FunctionResponse, Outcome, Problem, Row, Term
from optimize.pareto import Front, front
from optimize.walker import Clock

N = 3


def two_goals(rows: tuple[Row, ...] = ()) -> tuple[Problem, FunctionResponse, list[Term]]:
    """Cost ``sum x^2`` to be small, nearness ``-sum (x - 1)^2`` to be large: x = t in between."""
    decisions = tuple(
        Decision(2027, "industry", f"tool {i}", f"lever {i}", 0.0, 2.0) for i in range(N)
    )
    outcomes = (Outcome("cost", 2027), Outcome("near", 2027))

    def function(plans: NDArray[Any]) -> NDArray[Any]:
        return np.stack([(plans**2).sum(axis=1), -((plans - 1.0) ** 2).sum(axis=1)], axis=1)

    problem = Problem(decisions, outcomes, (), rows, np.full(N, 0.5))
    aims = [Term("cost", 1.0, {0: 1.0}), Term("near", -1.0, {1: 1.0})]
    return problem, FunctionResponse(function, 1.0), aims


def curve(points: int = 9) -> Front:
    problem, response, aims = two_goals()
    return front(problem, response, aims, points, unit=None)


def test_a_known_front_and_its_rates() -> None:
    found = curve()
    assert len(found.points) == found.asked + 2 == 9
    for point in found.points:
        cost, near = point.exact
        t = float(np.mean(point.continuous))
        np.testing.assert_allclose(point.continuous, t, atol=2e-3)
        assert cost == pytest.approx(N * t**2, abs=1e-4)
        assert near == pytest.approx(-N * (1 - t) ** 2, abs=1e-4)
        if np.isfinite(point.levels[0]):
            assert near == pytest.approx(point.levels[0], abs=1e-5)
            assert point.rates[0] == pytest.approx(t / (1 - t), rel=1e-5)


def test_the_ends_are_the_best_for_each_aim() -> None:
    found = curve()
    np.testing.assert_allclose(found.payoff, [[0.0, -N], [N, 0.0]], atol=0.08)
    assert found.points[0].exact[0] == pytest.approx(0.0, abs=1e-2)
    assert found.points[-1].exact[1] == pytest.approx(0.0, abs=1e-2)


def test_no_point_beats_another() -> None:
    values = np.array([point.exact * [1.0, -1.0] for point in curve().points])
    for i, one in enumerate(values):
        for other in values[i + 1 :]:
            assert not np.all(one <= other) and not np.all(other <= one)


def test_levels_out_of_reach_are_counted_not_hidden() -> None:
    """With the worst of two years as an aim whose best needs what a rule forbids to the others."""
    decisions = tuple(
        Decision(2027 + i, "industry", "tool", f"lever {i}", 0.0, 1.0) for i in range(2)
    )
    outcomes = (Outcome("a", 2027), Outcome("b", 2028), Outcome("c", 2027))

    def function(plans: NDArray[Any]) -> NDArray[Any]:
        return np.stack([plans[:, 0], plans[:, 1], plans[:, 0] - plans[:, 1]], axis=1)

    problem = Problem(
        decisions,
        outcomes,
        (),
        (Row("total_budget", "money", {0: 1.0, 1: 1.0}, "<=", 1.0, "wanyuan"),),
        np.full(2, 0.25),
    )
    aims = [
        Term("spent early", -1.0, {2: 1.0}),
        Term("worst year", -1.0, {0: 1.0, 1: 1.0}, "worst"),
        Term("late", -1.0, {1: 1.0}),
    ]
    found = front(problem, FunctionResponse(function, 1.0), aims, 16, unit=None)
    # Late money above a half leaves too little for the worst year: some levels contradict.
    assert found.unreached > 0
    assert len(found.points) + found.dominated + found.unreached == found.asked + len(aims)
    for point in found.points:
        assert point.exact[1] == pytest.approx(min(point.continuous), abs=1e-9)


def test_whole_amounts_stay_near_the_front() -> None:
    decisions = tuple(
        Decision(2027, "industry", f"tool {i}", f"lever {i}", 0.0, 200.0) for i in range(N)
    )
    outcomes = (Outcome("cost", 2027), Outcome("near", 2027))

    def function(plans: NDArray[Any]) -> NDArray[Any]:
        part = plans / 100.0
        return np.stack([(part**2).sum(axis=1), -((part - 1.0) ** 2).sum(axis=1)], axis=1)

    problem = Problem(decisions, outcomes, (), (), np.full(N, 50.0))
    aims = [Term("cost", 1.0, {0: 1.0}), Term("near", -1.0, {1: 1.0})]
    found = front(problem, FunctionResponse(function, 100.0), aims, 7)
    for point in found.points:
        assert np.array_equal(point.amounts, np.round(point.amounts))
        np.testing.assert_allclose(point.amounts, point.continuous, atol=1.0)
        np.testing.assert_allclose(point.values, point.exact, atol=0.1)


def test_the_same_seed_gives_the_same_front() -> None:
    one, other = curve(5), curve(5)
    for a, b in zip(one.points, other.points, strict=True):
        assert np.array_equal(a.continuous, b.continuous)
        assert np.array_equal(a.rates, b.rates, equal_nan=True)


def test_a_stopped_front_keeps_the_points_it_has() -> None:
    problem, response, aims = two_goals()
    done: list[int] = []
    clock = Clock(should_stop=lambda: bool(done) and done[-1] >= 4)
    found = front(
        problem, response, aims, 9, unit=None, clock=clock, progress=lambda a, _: done.append(a)
    )
    assert found.stop == "interrupted"
    assert 2 <= len(found.points) < 9


@pytest.mark.parametrize(("aims", "points"), [(1, 9), (2, 2)])
def test_too_few_aims_or_points_are_refused(aims: int, points: int) -> None:
    problem, response, both = two_goals()
    with pytest.raises(ValueError, match="two or three aims"):
        front(problem, response, both[:aims], points)

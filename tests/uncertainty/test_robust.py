"""Plans over many futures against answers known otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from optimize import Row, Term
from optimize.response import FunctionResponse
from optimize.uncertainty import WORST, Risk, Robust, plan_for
from optimize.uncertainty.hindsight import hindsight
from tests.uncertainty.made_up import sample, stated

S = 60


def returns(seed: int, n: int = 4) -> NDArray[np.float64]:
    """Returns of n uses of money in S futures: the larger, the riskier."""
    random = np.random.default_rng(seed)
    size = np.linspace(0.2, 1.0, n)
    return np.asarray(size * (1.0 + 1.5 * random.standard_normal((S, n))))


def best_cvar(worth: NDArray[np.float64], weight: float, level: float) -> float:
    """The linear programme of Rockafellar and Uryasev for uses of one unit of money."""
    number, n = worth.shape
    tail = (1.0 - level) * number
    cost = np.concatenate(
        [-(1 - weight) * worth.mean(axis=0), [weight], np.full(number, weight / tail)]
    )
    rows = np.hstack([-worth, -np.ones((number, 1)), -np.eye(number)])
    equal = np.concatenate([np.ones(n), np.zeros(1 + number)])[None]
    limits = [(0, 1)] * n + [(None, None)] + [(0, None)] * number
    found = linprog(cost, rows, np.zeros(number), equal, [1.0], limits)
    assert found.status == 0
    return float(found.fun)


@pytest.mark.parametrize(("weight", "level"), [(0.0, 0.9), (0.5, 0.9), (1.0, 0.8), (1.0, 0.95)])
def test_mean_and_cvar_of_uses_of_money(weight: float, level: float) -> None:
    worth = returns(1)
    lose = Term("lose", -1.0, {0: 1.0})
    problem, rules, measure = stated(4, 1, (lose,), budget=1.0, high=1.0)
    every = sample(measure, lambda plans: (plans @ worth.T)[..., None], S)
    start = np.full(4, 0.25)
    answer = plan_for(problem, rules, measure, every, start, Robust(Risk(weight, level)), unit=None)
    assert answer.aim == pytest.approx(best_cvar(worth, weight, level), abs=2e-4)
    assert answer.stop == "done"
    assert answer.promised < 1e-3


def test_the_worst_year_of_every_future() -> None:
    """Two years share the money; each future needs them differently: a linear programme."""
    random = np.random.default_rng(3)
    need = random.uniform(0.5, 2.0, (S, 2))
    term = Term("worst", -1.0, {0: 1.0, 1: 1.0}, "worst")
    problem, rules, measure = stated(2, 2, (term,), budget=1.0, high=1.0)
    every = sample(measure, lambda plans: plans[:, None, :] * need, S)
    answer = plan_for(
        problem, rules, measure, every, np.array([0.9, 0.1]), Robust(Risk(0.0)), unit=None
    )
    shares = np.linspace(0.0, 1.0, 20_001)
    means = -np.minimum(shares[:, None] * need[:, 0], (1 - shares)[:, None] * need[:, 1]).mean(1)
    assert answer.aim == pytest.approx(float(means.min()), abs=1e-4)


def test_the_largest_regret_of_two_kinds_of_futures_is_shared() -> None:
    """Losses (x - a)^2 with a = 1 or 3: the regret is least in the middle, 1."""
    at = np.where(np.arange(S) < 10, 3.0, 1.0)

    def loss(plans: NDArray[Any]) -> NDArray[Any]:
        return ((plans[:, :1] - at) ** 2)[..., None]

    problem, rules, measure = stated(1, 1, (Term("loss", 1.0, {0: 1.0}),))

    def one(a: float) -> FunctionResponse:
        return FunctionResponse(lambda plans: (plans[:, :1] - a) ** 2, 1000.0)

    alone = [(measure, one(a)) for a in at[5:15]]
    best = hindsight(problem, rules, alone, np.array([0.5]))
    assert best.failed == 0
    np.testing.assert_allclose(best.losses, 0.0, atol=1e-3)
    asked = Robust(Risk(1.0, WORST), reference=np.zeros(S))
    answer = plan_for(
        problem, rules, measure, sample(measure, loss, S), np.array([0.5]), asked, unit=None
    )
    assert answer.continuous[0] == pytest.approx(2.0, abs=2e-3)
    assert answer.aim == pytest.approx(1.0, abs=2e-3)


def needs(seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(1.0, 2.0, S)


def floor_of(need: NDArray[np.float64]) -> Any:
    """Outcomes of one amount: itself, and what it leaves above each future's need."""

    def outcomes(plans: NDArray[Any]) -> NDArray[Any]:
        cost = np.repeat(plans[:, :1], len(need), axis=1)
        return np.stack([cost, plans[:, :1] - need], axis=2)

    return outcomes


FLOOR = Row("farmers_not_worse", "outcome", {1: 1.0}, ">=", 0.0, "yuan/person", 2027)


def test_a_rule_that_must_hold_in_most_futures_is_a_quantile() -> None:
    need = needs(5)
    cost = Term("cost", 1.0, {0: 1.0})
    problem, rules, measure = stated(1, 2, (cost,), (FLOOR,))
    every = sample(measure, floor_of(need), S)
    for share in (0.5, 0.9, 1.0):
        answer = plan_for(
            problem, rules, measure, every, np.array([0.2]), Robust(Risk(0.0), share), unit=None
        )
        wanted = np.sort(need)[int(np.ceil(share * S)) - 1]
        assert answer.continuous[0] == pytest.approx(wanted, abs=1e-4)
        assert answer.held[0] >= share - 1e-9
        assert answer.kept


def test_a_second_sample_asks_for_more() -> None:
    need, other = needs(5), needs(5) + 0.05
    problem, rules, measure = stated(1, 2, (Term("cost", 1.0, {0: 1.0}),), (FLOOR,))
    every = sample(measure, floor_of(need), S)
    second = sample(measure, floor_of(other), S)
    asked = Robust(Risk(0.0), 0.8)
    alone = plan_for(problem, rules, measure, every, np.array([0.2]), asked, unit=None)
    both = plan_for(
        problem, rules, measure, every, np.array([0.2]), asked, second=second, unit=None
    )
    assert second.told(alone.continuous[None]).holds()[0].mean() < 0.8
    assert both.checked is not None and both.checked[0] >= 0.8
    assert both.used[0] > 0.8


def test_whole_amounts_keep_the_rule_and_the_budget() -> None:
    need = 3.0 * needs(7)
    problem, rules, measure = stated(2, 2, (Term("cost", 1.0, {0: 1.0}),), (FLOOR,), budget=10.0)
    every = sample(measure, floor_of(need), S)
    answer = plan_for(problem, rules, measure, every, np.array([1.0, 9.0]), Robust(Risk(0.5), 0.9))
    assert np.array_equal(answer.amounts, np.round(answer.amounts))
    assert answer.amounts.sum() == 10.0
    assert every.told(answer.amounts[None]).holds()[0].mean() >= 0.9


def test_it_stops_when_asked_with_the_plan_it_has() -> None:
    problem, rules, measure = stated(1, 2, (Term("cost", 1.0, {0: 1.0}),), (FLOOR,))
    every = sample(measure, floor_of(needs(5)), S)
    start = np.array([3.0])
    asked = Robust(Risk(0.0), 0.9)
    answer = plan_for(
        problem, rules, measure, every, start, asked, unit=None, should_stop=lambda: True
    )
    assert answer.stop == "interrupted"
    assert answer.continuous[0] == 3.0
    late = plan_for(problem, rules, measure, every, start, asked, unit=None, time_limit=1e-9)
    assert late.stop == "limit"

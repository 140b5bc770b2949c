"""Estimates from fresh futures: their intervals, and what is paired."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.uncertainty import Risk, Told
from optimize.uncertainty.judge import against, judged, untold


def told(losses: np.ndarray) -> Told:
    return Told(("rule",), losses, np.where(losses > 1.0, 1.0, -1.0)[..., None])


def test_intervals_hold_the_true_mean_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(1)
    hits = 0
    for seed in range(60):
        found = judged(told(random.standard_normal((1, 200))), Risk(), seed)[0]
        hits += found.mean.low <= 0.0 <= found.mean.high
    assert 51 <= hits <= 60


def test_futures_that_share_parameters_tell_less() -> None:
    """Also then the intervals hold the true mean and share as often as they say."""
    random = np.random.default_rng(6)
    sets = random.integers(0, 60, 300)
    hits = np.zeros(3)
    for seed in range(60):
        losses = random.standard_normal(60)[sets] + 0.3 * random.standard_normal(300)
        plan = told(losses[None] + 1.0)
        found, blind = judged(plan, Risk(), seed, sets)[0], judged(plan, Risk(), seed)[0]
        known = [(found.mean, 1.0), (found.rules[0], 0.5), (blind.mean, 1.0)]
        hits += [estimate.low <= truth <= estimate.high for estimate, truth in known]
    assert np.all(hits[:2] >= 50)
    assert hits[2] < 50


def test_differences_are_taken_future_by_future() -> None:
    random = np.random.default_rng(2)
    level = 10.0 * random.standard_normal(500)
    plans = told(np.stack([level + 0.1 * random.standard_normal(500) - 0.05, level]))
    found = against(plans, 0, 1, Risk(0.5, 0.9), 1)
    alone = judged(plans, Risk(0.5, 0.9), 1)[0]
    assert found.mean.high < 0.0
    assert not untold(found.mean)
    assert found.mean.high - found.mean.low < 0.05 * (alone.mean.high - alone.mean.low)
    assert found.mean.value == pytest.approx(float(np.mean(plans.losses[0] - plans.losses[1])))


def test_the_same_plan_twice_is_no_difference() -> None:
    losses = np.random.default_rng(3).standard_normal(300)
    found = against(told(np.stack([losses, losses])), 0, 1, Risk(), 1)
    assert untold(found.aim)
    assert found.aim.value == found.aim.low == found.aim.high == 0.0
    assert found.better.value == 0.0


def test_the_same_seed_gives_the_same_intervals() -> None:
    losses = np.random.default_rng(4).standard_normal((1, 300))
    assert judged(told(losses), Risk(), 5) == judged(told(losses), Risk(), 5)
    assert judged(told(losses), Risk(), 5) != judged(told(losses), Risk(), 6)

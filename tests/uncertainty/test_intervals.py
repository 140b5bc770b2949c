"""Intervals of means: as wide as theory has them, wider where sets were drawn repeatedly."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.uncertainty.intervals import mean_interval, share_interval
from optimize.uncertainty.risk import share


def test_the_interval_of_a_mean_is_the_known_one() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, (1000, 2))
    mean, low, high = mean_interval(values, 1)
    np.testing.assert_allclose(mean, values.mean(axis=0))
    np.testing.assert_allclose(high - low, 2 * 1.96 * 2.0 / np.sqrt(1000), rtol=0.15)
    assert np.array_equal(mean_interval(values, 1), mean_interval(values, 1))


def test_sets_count_once_however_often_they_were_drawn() -> None:
    random = np.random.default_rng(2)
    sets = np.repeat(np.arange(100), 10)
    values = random.normal(size=100)[sets][:, None]
    narrow, wide = (np.diff(mean_interval(values, 1, s)[1:, 0])[0] for s in (None, sets))
    assert wide / narrow == pytest.approx(np.sqrt(10), rel=0.25)


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("chance", [0.02, 0.5, 0.98])
def test_intervals_of_shares_hold_the_truth_as_often_as_they_say(
    chance: float, alike: float
) -> None:
    """100 futures of 25 sets, whose chances are Beta with the correlation ``alike``."""
    random = np.random.default_rng(7)
    sets, trials = np.repeat(np.arange(25), 4), 400
    holds = bare = 0
    for _ in range(trials):
        chances = np.full(25, chance)
        if alike:
            narrow = 1.0 / alike - 1.0
            chances = random.beta(chance * narrow, (1.0 - chance) * narrow, 25)
        happens = random.random(100) < chances[sets]
        holds += (found := share(happens, sets)).low <= chance <= found.high
        bare += (found := share(happens)).low <= chance <= found.high
    assert holds / trials > 0.92
    if alike == 0.8 and chance == 0.5:
        assert bare / trials < 0.8  # without the sets it would be far too narrow


def test_a_share_at_the_edge_keeps_its_doubt() -> None:
    happens = np.stack([np.zeros(100, bool), np.ones(100, bool)], axis=1)
    value, low, high = share_interval(happens, np.repeat(np.arange(25), 4))
    assert value.tolist() == [0.0, 1.0] and low[0] == 0.0 and high[1] == 1.0
    assert high[0] > 0.05 and low[1] < 0.95
    assert high[0] == pytest.approx(1.0 - low[1])

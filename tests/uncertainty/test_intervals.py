"""Intervals of means: as wide as theory has them, wider where sets were drawn repeatedly."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.uncertainty.intervals import mean_interval


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

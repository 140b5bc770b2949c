"""Estimates have the intervals of the textbooks, and the best plan is never regretted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optimize.uncertainty.risk import in_a_row, largest_fall, mean, regret, share


def test_a_share_has_wilsons_interval() -> None:
    none, half = share(np.zeros(10, dtype=bool)), share(np.arange(100) < 50)
    z2 = 1.959963984540054**2
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(z2 / (10 + z2))
    assert (half.low, half.high) == pytest.approx((0.403832, 0.596168), abs=1e-6)


def test_a_mean_has_students_interval() -> None:
    found = mean(np.array([1.0, 2.0, 3.0]))
    half = 4.302652729911275 / np.sqrt(3)
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2 - half, 2 + half))
    assert mean(np.array([5.0])).high == np.inf


def test_futures_of_one_set_count_as_one_where_they_are_alike() -> None:
    random = np.random.default_rng(1)
    sets = np.repeat(np.arange(100), 5)
    values, happens = random.standard_normal(100), random.random(100) < 0.3
    once, often = mean(values), mean(values[sets], sets)
    assert (often.value, often.low) == pytest.approx((once.value, once.low))
    assert (once.size, often.size) == (100, 500)
    rare = share(happens), share(happens[sets], sets)
    assert rare[1].high - rare[1].low == pytest.approx(rare[0].high - rare[0].low, rel=0.03)
    never = np.zeros(500, dtype=bool)
    assert share(never, sets).high == pytest.approx(share(never[:100]).high, rel=0.03)
    once_only = np.arange(500) == 7
    assert share(once_only, sets).high == pytest.approx(share(never, sets).high, rel=0.1)


def test_sets_of_one_future_each_change_nothing() -> None:
    random, alone = np.random.default_rng(2), np.arange(50)
    values, happens = random.standard_normal(50), random.random(50) < 0.2
    assert mean(values, alone) == mean(values)
    found, plain = share(happens, alone), share(happens)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))


@given(arrays(float, (3, 4), elements=st.floats(-1e6, 1e6)), st.sampled_from(["less", "more"]))
def test_somebody_has_no_regret_and_nobody_less(values: np.ndarray, better: str) -> None:
    found = regret(values, better)  # type: ignore[arg-type]
    assert np.all(found >= 0.0)
    assert np.all(found.min(axis=0) == 0.0)
    turned = regret(values.T, better, axis=1)  # type: ignore[arg-type]
    assert np.array_equal(turned, found.T)


def test_years_in_a_row_and_the_largest_fall() -> None:
    happens = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]], dtype=bool)
    assert in_a_row(happens, 2).tolist() == [False, True, False]
    assert not in_a_row(happens, 5).any()
    path = np.array([[10.0, 8.0, 20.0, 15.0], [1.0, 2.0, 3.0, 4.0]])
    assert largest_fall(path) == pytest.approx([0.25, 0.0])

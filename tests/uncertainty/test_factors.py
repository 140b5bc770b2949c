"""Factors: shares become numbers element by element, and groups are picked as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.calibration.parameters import Parameter
from optimize.uncertainty import Variation
from optimize.uncertainty.factors import ROWS, Factor, Spread, futures_at
from optimize.uncertainty.one_at_a_time import YEARS, compared, ends

RATE, SHARE = Parameter("rate", 1.0, 0.5, 1.5), Parameter("share", 0.2, 0.0, 0.3)
YIELD = Variation("yield", 0.3, (2, 3), np.ones(4), 0.0, 1.6)
FACTORS = (Factor("rate", (RATE,)), Factor("both", (SHARE,), (YIELD,)))


def test_elements_stand_in_order() -> None:
    assert [factor.elements for factor in FACTORS] == [1, 3]
    found = futures_at(FACTORS, np.array([[0.0, 1.0, 0.5, 0.5], [0.5, 0.0, 0.0, 1.0]]))
    np.testing.assert_allclose(found.values["rate"], [0.5, 1.0])
    np.testing.assert_allclose(found.values["share"], [0.3, 0.0])
    assert np.all(found.series["yield"][:, :2] == 1.0)
    assert found.series["yield"][1, 2] == 0.0 and found.series["yield"][1, 3] == 1.6


def test_a_share_of_a_group_picks_one_of_many_sets() -> None:
    lay = Spread.of(FACTORS, 1)
    shares = np.random.default_rng(1).random((5000, 2))
    laid = lay(shares)
    assert laid.shape == (5000, 4) and np.array_equal(laid[:, 0], shares[:, 0])
    assert np.array_equal(lay(shares), Spread.of(FACTORS, 1)(shares))
    assert not np.array_equal(laid, Spread.of(FACTORS, 2)(shares))
    tied = np.asarray(np.corrcoef(laid.T))
    assert np.abs(tied - np.eye(4)).max() < 0.05
    # Every set once: each column is spread evenly.
    every = lay(np.stack([np.zeros(ROWS), (np.arange(ROWS) + 0.5) / ROWS], axis=1))[:, 1:]
    np.testing.assert_allclose(np.sort(every, axis=0)[:, 1], np.arange(ROWS) / ROWS, atol=1 / ROWS)


def test_one_factor_at_a_time() -> None:
    found = ends(FACTORS)
    assert found.number == 5
    assert found.values["rate"].tolist() == [1.0, 0.5, 1.5, 1.0, 1.0]
    assert found.values["share"].tolist() == pytest.approx([0.2, 0.2, 0.2, 0.0, 0.3])
    low, high = YIELD.quantiles(np.array(YEARS)[:, None] * np.ones(2))
    np.testing.assert_allclose(found.series["yield"][3:], [low, high])
    assert np.all(found.series["yield"][:3] == 1.0)
    outcomes = np.array([[1.0], [0.0], [3.0], [np.nan], [2.0]])
    table = compared(["rate", "both"], outcomes)
    assert table.failed == 1 and table.base.tolist() == [1.0]
    assert table.lost == ("both",)
    assert table.swing()[:, 0].tolist() == [2.0, 1.0]

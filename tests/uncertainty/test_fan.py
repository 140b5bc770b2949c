"""Fans: bands in order, the scenario's own run inside them, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.fans import Fan, fan
from scenarios.fans.page import rows
from scenarios.futures import futures
from scenarios.report.bands import LEVELS, SHARES, ends_of
from tests.uncertainty.studied import shifted

COLUMNS = ["structure gap", "farmers income per head"]


def made(number: int = 120, *, ranges: bool = False) -> Fan:
    return fan(shifted(), COLUMNS, number, 1, ranges=ranges, lines=3)


def test_bands_are_quantiles_of_the_runs() -> None:
    found = made()
    drawn = futures(shifted().county, 120, 1)
    every = shifted().simulated(drawn, COLUMNS, found.years)
    for band in SHARES:
        low, high = ends_of(band)
        assert LEVELS[high] - LEVELS[low] == pytest.approx(band)
        inside = (every >= found.quantiles[low]) & (every <= found.quantiles[high])
        np.testing.assert_allclose(inside[:, :, 1:].mean(axis=0), band, atol=0.02)
    np.testing.assert_array_equal(found.lines, every[:3])
    np.testing.assert_allclose(found.above[0], (every[:, :, -1] > 0.0).mean(axis=0))
    assert np.all(np.diff(found.quantiles, axis=0) >= 0.0)


def test_nothing_is_changed_before_the_plan_begins() -> None:
    found = made()
    assert found.years[0] == shifted().years[0] - 1
    np.testing.assert_allclose(found.quantiles[:, 2:, 0], 0.0, atol=1e-9)
    np.testing.assert_allclose(found.as_is[2:, 0], 0.0, atol=1e-9)


def test_ranges_are_wider_than_what_agrees_with_the_data() -> None:
    grounded, open_ = made(), made(ranges=True)
    assert grounded.observed and not open_.observed
    widths = [np.diff(f.quantiles[[0, -1], 1, -1])[0] for f in (grounded, open_)]
    assert widths[1] > widths[0]


def test_more_futures_than_fit_in_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = made()
    monkeypatch.setattr("scenarios.fans.bands.PIECE", 50)
    pieces = made()
    assert pieces.futures == 120 and pieces.failed == 0
    assert list(rows(pieces)) == list(rows(made()))
    np.testing.assert_array_equal(pieces.lines, whole.lines)  # the first piece is the same
    # Others are drawn apart: the medians agree within their sampling error.
    spread = whole.quantiles[-2, 0, -1] - whole.quantiles[1, 0, -1]
    assert 0.0 < abs(pieces.quantiles[3, 0, -1] - whole.quantiles[3, 0, -1]) < 0.4 * spread

"""Importance from a sample: distances that are known, SALib's index, sets drawn repeatedly."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import pawn as salib
from scipy.stats import ks_2samp

from optimize.uncertainty.given_data import _distances, _slice_of, pawn, rank_correlation

SHARES = np.random.default_rng(5).random((2000, 4))


def test_the_distance_of_an_outcome_that_is_its_input() -> None:
    # Of ten slices the distances are 0.9, 0.8, 0.7, 0.6, 0.5 and back: the median is 0.7.
    found = pawn(SHARES, SHARES[:, :1] ** 3, seed=1)
    assert found.value[0, 0] == pytest.approx(0.7, abs=0.01)
    assert found.low[0, 0] <= 0.7 <= found.high[0, 0]
    assert np.all(found.value[1:, 0] < 1.3 * found.noise[1:])
    assert (found.runs, found.failed) == (2000, 0)


def test_the_index_is_that_of_salib() -> None:
    outcome = np.exp(3.0 * SHARES[:, 0] + SHARES[:, 1] * SHARES[:, 2])
    found = pawn(SHARES, outcome[:, None], seed=1, resamples=0)
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0.0, 1.0]] * 4}
    theirs = salib.analyze(problem, SHARES, outcome, S=10)
    np.testing.assert_allclose(found.value[:, 0], theirs["median"], atol=2e-3)


@pytest.mark.parametrize("decimals", [1, 12])
def test_distances_are_those_of_kolmogorov_and_smirnov(decimals: int) -> None:
    """Also where values tie, and for runs that were drawn several times or not at all."""
    outcome = np.round(3.0 * SHARES[:, 0] * SHARES[:, 1], decimals)
    places = _slice_of(SHARES, 10)
    times = np.random.default_rng(1).integers(0, 3, 2000)
    rows = np.repeat(np.arange(2000), times)
    found = _distances(places, outcome, np.stack([np.ones(2000), times]))
    for drawn, of in zip(found, (np.arange(2000), rows), strict=True):
        for d in range(4):
            parts = [outcome[of][places[of, d] == k] for k in range(10)]
            theirs = [ks_2samp(part, outcome[of]).statistic for part in parts]
            assert drawn[d] == pytest.approx(np.median(theirs), abs=1e-12)


def test_few_sets_drawn_often_are_few() -> None:
    """Two hundred sets with an outcome of their own: chance alone makes large indices."""
    random = np.random.default_rng(1)
    sets = random.integers(0, 200, 2000)
    inputs = np.concatenate([random.random((200, 50))[sets], random.random((2000, 1))], axis=1)
    outcome = random.random(200)[sets][:, None] + 0.01 * random.random((2000, 1))
    found = pawn(inputs, outcome, seed=1, resamples=20, sets=sets)
    assert np.mean(found.value[:50, 0] > found.noise[:50]) < 0.2
    assert found.noise[0] > 2.0 * found.noise[50]
    careless = pawn(inputs, outcome, seed=1, resamples=0)
    assert np.mean(careless.value[:50, 0] > careless.noise[:50]) > 0.8


def test_failed_runs_are_counted_and_constants_have_no_index() -> None:
    outcomes = np.stack([SHARES[:, 0], np.ones(2000)], axis=1)
    outcomes[[4, 9], 0] = np.inf
    found = pawn(SHARES, outcomes, seed=1, resamples=5)
    assert (found.runs, found.failed) == (1998, 2)
    assert np.isnan(found.value[:, 1]).all()
    with pytest.raises(ValueError, match="too few"):
        pawn(SHARES[:12], outcomes[:12], seed=1)


def test_rank_correlation_tells_the_direction() -> None:
    outcomes = np.stack([np.exp(5 * SHARES[:, 0]), -(SHARES[:, 1] ** 3), np.ones(2000)], axis=1)
    found = rank_correlation(SHARES, outcomes)
    assert found[0, 0] == pytest.approx(1.0) and found[1, 1] == pytest.approx(-1.0)
    assert abs(found[2, 0]) < 0.1 and np.isnan(found[:, 2]).all()

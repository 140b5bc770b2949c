"""Draws agree with the data, stay in their ranges, and repeat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize.calibration import Fit, Parameter, fit, identify, sample

from .conftest import Few

COLUMNS = ("revenue share", "jobs per completed money", "cost of training", "price flexibility")
IDS = ("own revenue", "jobs for money", "trained for money", "glut", "scarcity")


@pytest.fixture(scope="module")
def fitted(few: Few) -> Fit:
    return fit(few(COLUMNS, IDS), starts=1)


def test_draws_stay_in_their_ranges(fitted: Fit) -> None:
    drawn = sample(fitted, 60, 1)
    for i, p in enumerate(fitted.misfit.parameters):
        room = 1e-12 * (p.high - p.low)
        assert np.all(p.low - room <= drawn.values[:, i])
        assert np.all(drawn.values[:, i] <= p.high + room)
    assert drawn.within > 0.8
    assert np.median(drawn.misfits) < np.median(drawn.prior_misfits)


def test_the_same_seed_gives_the_same_draws(fitted: Fit) -> None:
    one, same, other = (sample(fitted, 20, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.values, same.values)
    assert not np.array_equal(one.values, other.values)


def test_misfits_are_those_of_the_model(fitted: Fit) -> None:
    drawn = sample(fitted, 20, 1)
    parameters = fitted.misfit.parameters
    middle = np.array([p.default for p in parameters])
    z = (drawn.values - middle) / np.array([p.deviation for p in parameters])
    again = np.sum(fitted.misfit.residuals(z) ** 2, axis=1)
    assert drawn.misfits == pytest.approx(again, rel=1e-9)


def test_where_the_model_is_straight_the_sample_is_the_normal_distribution(few: Few) -> None:
    misfit = few(("revenue share",), ("own revenue",))  # the ratio is linear in its one parameter
    wide = [
        Parameter(p.column, p.default, p.default - 0.04, p.default + 0.04)
        for p in misfit.parameters
    ]
    sharp = [replace(o, observed=4.5, spread=0.5) for o in misfit.observations]
    straight = fit(misfit.with_parameters(wide).with_observations(sharp), starts=1)
    drawn = sample(straight, 1000, 4)
    # prior 5 +- 2 per cent, observed 4.5 +- 0.5: precision adds up
    precision = 1 / 2**2 + 1 / 0.5**2
    mean, deviation = (5 / 2**2 + 4.5 / 0.5**2) / precision, precision**-0.5
    assert 100 * drawn.values.mean() == pytest.approx(mean, abs=4 * deviation / 1000**0.5)
    assert 100 * drawn.values.std() == pytest.approx(deviation, rel=0.1)
    assert drawn.accepted == pytest.approx(1)
    assert identify(straight).left[0] == pytest.approx(deviation / 2, rel=1e-6)


def test_a_sample_of_nothing_is_refused(fitted: Fit) -> None:
    with pytest.raises(ValueError, match="at least one"):
        sample(fitted, 0, 1)

"""The update is Kalman's where that is exact, and careful where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.problem import Matrix
from optimize.uncertainty.update import update

SIZE = 4000
LINES = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, -1.0]])  # observations by numbers


def lines(numbers: Matrix) -> Matrix:
    return np.asarray(numbers @ LINES.T)


def prior(seed: int = 1, size: int = SIZE) -> Matrix:
    spread = np.array([1.0, 2.0, 0.5])
    drawn = np.random.default_rng(seed).standard_normal((size, 3))
    return np.asarray(drawn * spread + [1.0, 0.0, 2.0])


def test_a_straight_model_gives_kalmans_answer() -> None:
    numbers, observed, errors = prior(), np.array([3.0, -1.0]), np.array([0.5, 1.0])
    found = update(numbers, lines, observed, errors, np.random.default_rng(2))
    middle, spread = numbers.mean(axis=0), np.cov(numbers.T)
    gain = spread @ LINES.T @ np.linalg.inv(LINES @ spread @ LINES.T + np.diag(errors**2))
    wanted = middle + gain @ (observed - LINES @ middle)
    left = spread - gain @ LINES @ spread
    np.testing.assert_allclose(found.after.mean(axis=0), wanted, atol=0.03)
    np.testing.assert_allclose(np.cov(found.after.T), left, atol=0.05)
    np.testing.assert_allclose(found.moves.sum(axis=1), wanted - middle, atol=0.03)
    off = observed - LINES @ middle
    exact = off @ np.linalg.solve(LINES @ spread @ LINES.T + np.diag(errors**2), off)
    assert found.surprise == pytest.approx(exact, rel=1e-6)


def test_figures_without_precision_say_nothing() -> None:
    numbers = prior()
    rng = np.random.default_rng(1)
    found = update(numbers, lines, np.array([50.0, 50.0]), np.full(2, 1e6), rng)
    np.testing.assert_allclose(found.after, numbers, atol=1e-2)
    assert found.effective == pytest.approx(SIZE, rel=1e-6)


def test_numbers_that_the_observations_do_not_know_stay() -> None:
    strange = np.random.default_rng(5).standard_normal((SIZE, 20))
    together = np.concatenate([prior(), strange], axis=1)
    found = update(
        together,
        lambda numbers: lines(numbers[:, :3]),
        np.array([6.0, -5.0]),
        np.array([0.5, 0.5]),
        np.random.default_rng(1),
    )
    assert np.array_equal(found.after[:, 3:], together[:, 3:])


def test_shared_draws_count_once() -> None:
    few = np.random.default_rng(1).standard_normal((20, 1))[np.arange(400) % 20]
    made = few[:, 0] * 0.6 + np.random.default_rng(2).standard_normal(400)[:] * 0.8
    args = (np.array([2.0]), np.array([0.5]))
    for worth, moves in ((400.0, True), (20.0, False)):
        found = update(
            few,
            lambda numbers: made[:, None],
            *args,
            np.random.default_rng(3),
            independent=np.array([worth]),
        )
        assert bool(np.any(found.after != found.before)) == moves


def test_a_bent_model_is_followed_and_limits_hold() -> None:
    numbers = np.random.default_rng(1).uniform(0.5, 2.0, (SIZE, 1))
    found = update(
        numbers,
        lambda x: x**3,
        np.array([6.0]),
        np.array([0.2]),
        np.random.default_rng(1),
        0.5,
        2.0,
    )
    assert found.after.mean() == pytest.approx(6.0 ** (1 / 3), abs=0.03)
    assert found.after.min() >= 0.5 and found.after.max() <= 2.0


def test_an_update_that_cannot_be_is_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="errors above 0"):
        update(prior(), lines, np.zeros(2), np.array([1.0, 0.0]), rng)
    with pytest.raises(ValueError, match="three futures"):
        update(prior(size=2), lines, np.zeros(2), np.ones(2), rng)

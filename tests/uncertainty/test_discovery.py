"""Planted boxes are found, noise is not taken for one, and the figures are those held out."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.uncertainty.discovery import (
    LEAST,
    MOST_LIMITED,
    Box,
    best_box,
    discover,
    inflation,
    peeled,
    screened,
    significance,
)
from optimize.uncertainty.risk import share

SIZE, FEATURES = 1200, 10


def planted(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Failures where feature 2 is above 0.7 and feature 5 below 0.5, with a little noise."""
    random = np.random.default_rng(seed)
    x = random.random((SIZE, FEATURES))
    inside = (x[:, 2] > 0.7) & (x[:, 5] < 0.5)
    return x, inside ^ (random.random(SIZE) < 0.03)


def test_a_planted_box_is_found() -> None:
    x, fails = planted()
    found = discover(x, fails, np.arange(SIZE), share(fails), 1)
    assert found.trained + found.held_out == SIZE
    box = found.boxes[0]
    assert set(box.box.limits) == {2, 5}
    assert box.box.limits[2][0] == pytest.approx(0.7, abs=0.05)
    assert box.box.limits[5][1] == pytest.approx(0.5, abs=0.05)
    assert box.box.limits[2][1] == np.inf and box.box.limits[5][0] == -np.inf
    assert box.density.value > 0.85 and box.density.low < box.density.value < box.density.high
    assert box.coverage.value > 0.7
    assert max(box.p.values()) < 1e-6 and min(box.again.values()) == 1.0


def test_noise_is_no_box() -> None:
    random = np.random.default_rng(2)
    boxes = 0
    for seed in range(5):
        x, fails = random.random((400, 60)), random.random(400) < 0.4
        found = discover(x, fails, np.arange(400), share(fails), seed)
        boxes += len(found.boxes)
    assert boxes == 0


def test_the_same_seed_finds_the_same() -> None:
    x, fails = planted()
    one, two = (discover(x, fails, np.arange(SIZE), share(fails), 3) for _ in range(2))
    assert one == two


def test_peeling_narrows_and_keeps_within_its_means() -> None:
    x, fails = planted()
    sizes = []
    for box, inside in peeled(x, fails, int(LEAST * SIZE)):
        assert np.array_equal(box.holds(x), inside)
        assert len(box.limits) <= MOST_LIMITED
        sizes.append(int(inside.sum()))
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == len(sizes)
    assert sizes[-1] >= int(LEAST * SIZE)


def test_a_failure_in_the_middle_is_seen_although_the_means_are_alike() -> None:
    x = np.random.default_rng(3).random((1000, 4))
    fails = np.abs(x[:, 1] - 0.5) < 0.2
    assert screened(x, fails).tolist() == [1]
    low, high = best_box(x, fails, 1000).limits[1]
    assert (low, high) == pytest.approx((0.3, 0.7), abs=0.05)


def test_a_limit_without_meaning_is_not_significant() -> None:
    x, fails = planted()
    p = significance(Box({2: (0.7, np.inf), 5: (-np.inf, 0.5), 0: (0.2, np.inf)}), x, fails)
    assert p[2] < 1e-6 and p[5] < 1e-6 and p[0] > 0.01


def test_nothing_to_find_where_all_or_none_fail() -> None:
    x = np.random.default_rng(1).random((50, 3))
    assert screened(x, np.ones(50, dtype=bool)).size == 0
    assert not best_box(x, np.zeros(50, dtype=bool), 50).limits


def test_futures_of_one_set_are_no_evidence_of_their_own() -> None:
    """Features and the chance to fail are the sets' own, and have nothing to do with each other."""
    random = np.random.default_rng(5)
    groups, trials = np.repeat(np.arange(60), 10), 150
    found = np.zeros(4)
    for _ in range(trials):
        x = random.random(60)[groups][:, None]
        fails = random.random(600) < random.choice([0.02, 0.95], 60)[groups]
        box = Box({0: (0.85, np.inf)})
        found += [
            significance(box, x, fails)[0] < 0.05,
            significance(box, x, fails, groups)[0] < 0.05,
            len(screened(x, fails)),
            len(screened(x, fails, groups)),
        ]
    # As if every future were a witness of its own, chance is found telling; not by sets.
    alone, together, telling, told = found / trials
    assert alone > 0.2 and telling > 0.8
    assert together < 0.08 and told < 0.08


def test_groups_of_one_future_change_nothing() -> None:
    x, fails = planted()
    box, own = Box({2: (0.7, np.inf), 0: (0.2, np.inf)}), np.arange(SIZE)
    assert significance(box, x, fails, own) == pytest.approx(significance(box, x, fails))
    np.testing.assert_allclose(inflation(x, fails, own), 1.0)
    # What varies within a set as much as between sets is not inflated by them.
    assert inflation(x, fails, own // 10).max() < 1.3


def test_a_box_that_always_fails_keeps_its_doubt() -> None:
    x = np.random.default_rng(4).random((400, 5))
    found = discover(x, x[:, 1] > 0.8, np.arange(400), share(x[:, 1] > 0.8), 1)
    density = found.boxes[0].density
    assert density.value == 1.0 and density.low < 0.97

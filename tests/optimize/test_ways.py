"""What replaces a remainder times its price lies below it, whatever is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.bounds.atoms import squared, times
from optimize.bounds.ways import Priced, apart, best
from optimize.problem import Matrix

COUNT = 12


def ranges(random: np.random.Generator, around: float = 0.0) -> Matrix:
    ends = around + 2.0 * random.normal(size=(COUNT, 2))
    return np.sort(ends, axis=1)


def inside(random: np.random.Generator, limits: Matrix) -> np.ndarray:
    """A point of every range, often an end."""
    share = random.choice([0.0, 1.0, random.random()], size=len(limits))
    return np.asarray(limits[:, 0] + share * (limits[:, 1] - limits[:, 0]))


@given(st.integers(0, 10**6))
@settings(max_examples=100)
def test_the_way_lies_below_price_times_remainder(seed: int) -> None:
    random = np.random.default_rng(seed)
    same = random.random(COUNT) < 0.6
    alpha, y = ranges(random), ranges(random, 2.0 * random.normal())
    beta = np.where(same[:, None], alpha, ranges(random))
    c = ranges(random, 2.0 * random.normal())
    c[random.random(COUNT) < 0.3] = 1.0
    found = []
    for k, in_range in enumerate(c):
        product = squared(tuple(alpha[k])) if same[k] else times(tuple(alpha[k]), tuple(beta[k]))
        found.append(times((float(in_range[0]), float(in_range[1])), product))
    priced = Priced(y, alpha, beta, c, np.array(found))
    near = inside(random, y), inside(random, alpha), inside(random, beta)
    way = best(priced, same, *near, float(random.choice([0.0, 0.4, 3.0])))
    for _ in range(40):
        at, a, b = inside(random, y), inside(random, alpha), inside(random, beta)
        b = np.where(same, a, b)
        truth = at * inside(random, c) * a * b
        size = way.size(np.abs(at), np.abs(a), np.abs(b)) + np.abs(truth)
        assert np.all(way.value(at, a, b) <= truth + 1e-12 * size)


def test_without_caution_the_way_is_exact_where_it_should_be_high() -> None:
    """The tangent of a square, the corner of a product; c is known."""
    random = np.random.default_rng(1)
    alpha, y = ranges(random), ranges(random)
    same = np.arange(COUNT) % 2 == 0
    beta = np.where(same[:, None], alpha, ranges(random))
    one = np.ones((COUNT, 2))
    r = np.array(
        [
            squared(tuple(a)) if s else times(tuple(a), tuple(b))
            for a, b, s in zip(alpha, beta, same, strict=True)
        ]
    )
    at = y.mean(axis=1), np.where(same, alpha.mean(axis=1), alpha[:, 0]), beta[:, 0]
    b = np.where(same, at[1], at[2])
    way = best(Priced(y, alpha, beta, one, r), same, at[0], at[1], b, 0.0)
    assert way.value(at[0], at[1], b) == pytest.approx(at[0] * at[1] * b, rel=1e-9)


@given(st.integers(0, 10**6))
@settings(max_examples=100)
def test_pairs_lie_above_the_line_that_replaces_them(seed: int) -> None:
    random = np.random.default_rng(seed)
    pairs = random.normal(size=(COUNT, COUNT))
    pairs = pairs + pairs.T
    limits = ranges(random)
    limits[0] = limits[0, 0]  # one that is known
    level, constant = apart(pairs, limits, inside(random, limits))
    for _ in range(40):
        r = inside(random, limits)
        size = np.abs(r) @ np.abs(pairs) @ np.abs(r) + np.abs(level) @ np.abs(r)
        assert level @ r + constant <= 0.5 * r @ pairs @ r + 1e-12 * (size + abs(constant))

"""Quadratic programmes: PIQP and HiGHS agree, the check judges both, one replaces the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize import quadratic
from optimize.highs import Found, Lp, Working, separate_minima, solve_lp
from optimize.quadratic import KKT_TOLERANCE, by_piqp, kkt_error, solve_qp


def programme(seed: int, columns: int, rows: int, rank: int) -> Lp:
    """A feasible convex programme of which ``rank`` directions bend."""
    random = np.random.default_rng(seed)
    bend = random.normal(size=(rank, columns))
    a = random.normal(size=(rows, columns)) * (random.random((rows, columns)) < 0.5)
    inside = a @ random.uniform(-0.5, 0.5, columns)
    upper = inside + random.exponential(size=rows)
    lower = np.where(random.random(rows) < 0.3, upper - 2.0 * (upper - inside), -np.inf)
    ones = np.ones(columns)
    return Lp(random.normal(size=columns), a, lower, upper, -ones, ones, bend.T @ bend)


def value(problem: Lp, found: Found) -> float:
    assert problem.hessian is not None
    return float(problem.cost @ found.x + 0.5 * found.x @ problem.hessian @ found.x)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(0, 12), st.integers(1, 12))
def test_both_solvers_agree(seed: int, columns: int, rows: int, rank: int) -> None:
    problem = programme(seed, columns, rows, rank)
    found, other = by_piqp(problem), solve_lp(problem)
    assert found.optimal
    assert kkt_error(problem, found.x, found.row_dual) <= KKT_TOLERANCE
    assert value(problem, found) == pytest.approx(value(problem, other), abs=1e-6)


def test_scale_of_money_and_of_the_aim_do_not_matter() -> None:
    problem = programme(3, 8, 10, 8)
    assert problem.hessian is not None
    plain = solve_qp(problem)
    for size in (1e-6, 1e6):
        rows = np.geomspace(1e-4, 1e4, 10)
        scaled = Lp(
            size * problem.cost,
            problem.a * rows[:, None],
            problem.lower * rows,
            problem.upper * rows,
            problem.low,
            problem.high,
            size * problem.hessian,
        )
        found = solve_qp(scaled)
        assert found.optimal
        np.testing.assert_allclose(found.x, plain.x, atol=1e-6)
        np.testing.assert_allclose(
            found.row_dual * rows / size, plain.row_dual, atol=1e-5 * np.abs(plain.row_dual).max()
        )


def test_highs_stands_in_where_piqp_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = programme(5, 6, 8, 6)
    expected = solve_qp(problem)
    failed = Found(False, np.zeros(6), np.zeros(8))
    monkeypatch.setattr(quadratic, "by_piqp", lambda _: failed)
    found = solve_qp(problem)
    assert found.optimal
    np.testing.assert_allclose(found.x, expected.x, atol=1e-5)


def test_a_wrong_answer_is_not_called_optimal(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = programme(5, 6, 8, 6)
    failed = Found(False, np.zeros(6), np.zeros(8))
    monkeypatch.setattr(quadratic, "by_piqp", lambda _: failed)
    monkeypatch.setattr(quadratic, "solve_lp", lambda _: Found(True, np.zeros(6), np.zeros(8)))
    assert not solve_qp(problem).optimal


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(0, 12))
def test_what_is_left_out_does_not_matter(seed: int, columns: int, rows: int) -> None:
    """Also where the wrong columns are held at the wrong limits, and the wrong rows are idle."""
    problem = programme(seed, columns, rows, columns)
    plain = solve_qp(problem)
    random = np.random.default_rng(seed)
    guess = Working(random.integers(-1, 2, columns).astype(np.int8), random.random(rows) < 0.5)
    for working in (guess, plain.working):
        found = solve_qp(problem, working)
        assert found.optimal
        np.testing.assert_allclose(found.x, plain.x, atol=1e-6)
        np.testing.assert_allclose(found.row_dual, plain.row_dual, atol=1e-5)


def test_a_programme_like_one_before_is_solved_from_a_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = programme(5, 12, 12, 12)
    problem = replace(problem, cost=10.0 * problem.cost)  # so that limits matter
    plain = solve_qp(problem)
    assert plain.working is not None
    sizes = []

    def noted(part: Lp) -> Found:
        sizes.append(part.a.shape)
        return by_piqp(part)

    monkeypatch.setattr(quadratic, "by_piqp", noted)
    found = solve_qp(replace(problem, cost=problem.cost * 1.001), plain.working)
    assert found.optimal
    free, used = np.count_nonzero(plain.working.held == 0), np.count_nonzero(~plain.working.idle)
    assert sizes == [(used, free)]
    assert used < 12 and free < 12


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_columns_alike_share_their_smallest_value(seed: int) -> None:
    problem = programme(seed, 5, 4, 5)
    twice = np.array([0, 1, 2, 3, 4, 1, 3])
    problem = Lp(
        np.sign(problem.cost)[twice],
        problem.a[:, twice],
        problem.lower,
        problem.upper,
        problem.low[twice],
        problem.high[twice],
    )
    found = separate_minima(problem, [0, 1, 3, 5, 6])
    assert np.array_equal(np.isnan(found), [False, False, True, False, True, False, False])
    for index in (0, 1, 3, 5, 6):
        alone = replace(problem, cost=np.where(np.arange(7) == index, problem.cost, 0.0))
        assert found[index] == pytest.approx(solve_lp(alone).x[index], abs=1e-9)

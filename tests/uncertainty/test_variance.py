"""Sobol indices: those that are known, by SALib's own analysis, and with failed runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from SALib.analyze import sobol as salib

from optimize.problem import Matrix
from optimize.uncertainty.variance import Index, sobol
from tests.uncertainty.functions import Known, g_function, ishigami, of_g_function, of_ishigami

CASES = [(ishigami, of_ishigami(), "abc"), (g_function, of_g_function(), "abcdef")]


def within(found: Index, known: float, *place: int) -> bool:
    """Whether the interval holds what is known, allowing for one as narrow as rounding."""
    slack = 0.003
    return bool(found.low[place] - slack <= known <= found.high[place] + slack)


@pytest.mark.parametrize(("function", "known", "names"), CASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_known_indices_lie_within_their_intervals(
    function: Callable[[Matrix], Matrix], known: Known, names: str, seed: int
) -> None:
    design = sobol(names, 1024, seed, second=True)
    found = design.analysed(function(design.shares))
    assert (found.rows, found.failed) == (1024, 0)
    for j in range(len(names)):
        assert within(found.first, known.first[j], j, 0)
        assert within(found.total, known.total[j], j, 0)
        assert found.total.value[j, 0] == pytest.approx(known.total[j], abs=0.03)
    assert found.second is not None
    for pair, value in known.second.items():
        assert within(found.second, value, *pair, 0)
    assert np.isnan(found.second.value[1, 0, 0])


def test_the_order_of_factors_is_that_of_another_seed() -> None:
    ranks = []
    for seed in (1, 2):
        design = sobol("abcdef", 512, seed)
        ranks.append(design.analysed(g_function(design.shares)).ranked(0)[:4])
    assert ranks[0] == ranks[1] == (0, 1, 2, 3)


def test_the_estimates_are_those_of_salib() -> None:
    design = sobol("abc", 256, 3, second=True)
    outcomes = ishigami(design.shares)
    found = design.analysed(np.concatenate([outcomes, 5.0 - outcomes], axis=1))
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0.0, 1.0]] * 3}
    theirs = salib.analyze(problem, outcomes[:, 0], seed=1)
    for column in (0, 1):
        np.testing.assert_allclose(found.first.value[:, column], theirs["S1"], atol=1e-12)
        np.testing.assert_allclose(found.total.value[:, column], theirs["ST"], atol=1e-12)
    assert found.second is not None
    np.testing.assert_allclose(found.second.value[:, :, 0], theirs["S2"], atol=1e-12)
    # Two bootstraps of the same width: theirs is 1.96 standard deviations.
    width = 0.5 * (found.total.high - found.total.low)[:, 0]
    np.testing.assert_allclose(width, theirs["ST_conf"], rtol=0.35)


def test_a_row_with_a_failed_run_is_left_out_and_counted() -> None:
    design = sobol("abc", 256, 1)
    outcomes = ishigami(design.shares)
    outcomes[[3, design.step * 7]] = np.nan
    outcomes[design.step * 9] = np.inf
    found = design.analysed(outcomes)
    assert (found.rows, found.failed) == (253, 3)
    kept = np.delete(np.arange(256), [0, 7, 9])
    by_row = outcomes.reshape(256, -1)[kept]
    assert found.variance[0] == pytest.approx(by_row[:, [0, -1]].var())
    assert np.isfinite(found.total.value).all()


def test_what_does_not_vary_has_no_indices() -> None:
    design = sobol("abc", 64, 1, second=True)
    outcomes = np.concatenate([ishigami(design.shares), np.full((len(design.shares), 1), 7.0)], 1)
    found = design.analysed(outcomes)
    assert np.isfinite(found.first.value[:, 0]).all()
    assert np.isnan(found.first.value[:, 1]).all() and np.isnan(found.total.high[:, 1]).all()
    nothing = design.analysed(np.full_like(outcomes, np.nan))
    assert (nothing.rows, nothing.failed) == (0, 64)
    assert np.isnan(nothing.total.value).all()


def test_rows_are_rounded_up_to_a_power_of_two() -> None:
    assert sobol("ab", 1000, 1).shares.shape == (1024 * 4, 2)
    with pytest.raises(ValueError, match="at least"):
        sobol("", 8, 1)

"""Morris screening: effects of a plane, the order of a known function, failed runs."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.uncertainty.screening import MOVE, morris
from tests.uncertainty.functions import g_function, ishigami


def test_the_effects_of_a_plane_are_its_slopes() -> None:
    slopes = np.array([3.0, -2.0, 0.0, 0.5])
    design = morris("abcd", [1] * 4, 6, 1)
    found = design.analysed((design.shares @ slopes)[:, None])
    np.testing.assert_allclose(found.effect[:, 0], MOVE * np.abs(slopes), atol=1e-12)
    np.testing.assert_allclose(found.mean[:, 0], MOVE * slopes, atol=1e-12)
    np.testing.assert_allclose(found.deviation[:, 0], 0.0, atol=1e-12)
    assert found.leading(4) == (0, 1, 3)  # what does nothing is no leader


def test_the_order_of_a_known_function() -> None:
    design = morris("abcdef", [1] * 6, 40, 1)
    found = design.analysed(g_function(design.shares))
    assert found.leading(4) == (0, 1, 2, 3)
    assert np.all(found.effect[4:] < 0.05 * found.effect[0])
    again = morris("abc", [1] * 3, 40, 2)
    assert set(again.analysed(ishigami(again.shares)).leading(3)) == {0, 1, 2}


def test_every_outcome_has_its_leaders() -> None:
    design = morris("abcd", [1] * 4, 4, 1)
    large = 1000.0 * design.shares[:, 0] + 900.0 * design.shares[:, 1]
    found = design.analysed(np.stack([large, design.shares[:, 3]], axis=1))
    assert found.leading(2) == (0, 3)
    assert found.leading(2, [0]) == (0, 1)


def test_a_group_moves_as_one() -> None:
    design = morris(["pair", "single"], [2, 1], 8, 1)
    assert design.shares.shape == (8 * 3, 3)
    found = design.analysed(design.shares.sum(axis=1, keepdims=True))
    assert found.effect[1, 0] == pytest.approx(MOVE)
    # Its two move by MOVE in the same or in opposite directions.
    moves = np.abs(np.diff(design.shares.reshape(8, 3, 3), axis=1))[:, :, :2]
    assert np.all(np.isclose(moves[..., 0], moves[..., 1]))
    assert np.isnan(found.deviation[0, 0]) and np.isfinite(found.deviation[1, 0])


def test_a_trajectory_with_a_failed_run_is_left_out_and_counted() -> None:
    design = morris("abcd", [1] * 4, 6, 1)
    outcomes = design.shares @ np.array([[3.0], [-2.0], [0.0], [0.5]])
    outcomes[7] = np.nan
    found = design.analysed(outcomes)
    assert (found.trajectories, found.failed) == (5, 1)
    np.testing.assert_allclose(found.effect[:, 0], MOVE * np.array([3.0, 2.0, 0.0, 0.5]))
    nothing = design.analysed(np.full_like(outcomes, np.nan))
    assert nothing.failed == 6 and np.isnan(nothing.effect).all() and nothing.leading(3) == ()


def test_a_screening_needs_something_to_screen() -> None:
    with pytest.raises(ValueError, match="two factors"):
        morris("a", [1], 4, 1)

"""The mean of the worst share, and shares of futures, as they are defined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from optimize.uncertainty import WORST, Risk
from optimize.uncertainty.cvar import allowed, enough

LOSSES = hnp.arrays(float, st.integers(1, 40), elements=st.floats(-1e3, 1e3))
SHARES = st.floats(0.0, 1.0)


@given(LOSSES, SHARES)
def test_cvar_is_the_minimum_over_thresholds(losses: np.ndarray, level: float) -> None:
    risk = Risk(1.0, level)
    tail = risk.tail(len(losses))
    ways = [t + np.maximum(losses - t, 0.0).sum() / tail for t in losses]
    assert risk.value(losses[None])[0] == pytest.approx(min(ways), rel=1e-9, abs=1e-9)


@given(LOSSES)
def test_its_ends_are_the_mean_and_the_worst(losses: np.ndarray) -> None:
    assert Risk(1.0, 0.0).value(losses[None])[0] == pytest.approx(losses.mean(), abs=1e-9)
    assert Risk(1.0, WORST).value(losses[None])[0] == pytest.approx(losses.max(), abs=1e-9)
    assert Risk(0.0, 0.9).value(losses[None])[0] == pytest.approx(losses.mean(), abs=1e-9)


def test_cvar_of_known_futures() -> None:
    losses = np.arange(1.0, 11.0)
    assert Risk(1.0, 0.8).value(losses[None])[0] == pytest.approx(9.5)
    assert Risk(1.0, 0.75).value(losses[None])[0] == pytest.approx((10 + 9 + 0.5 * 8) / 2.5)
    assert Risk(0.5, 0.8).value(losses[None])[0] == pytest.approx(0.5 * 5.5 + 0.5 * 9.5)


@given(hnp.arrays(float, st.tuples(st.just(1), st.integers(1, 30), st.just(1))), SHARES)
def test_what_counts_is_not_above_zero_just_where_the_share_holds(
    breach: np.ndarray, share: float
) -> None:
    breach = np.nan_to_num(breach, nan=0.0)
    number = breach.shape[1]
    holds = int((breach <= 0.0).sum()) >= enough(share, number)
    assert bool(allowed(breach, share)[0, 0] <= 0.0) == holds


@pytest.mark.parametrize("wrong", [(-0.1, 0.9), (1.1, 0.9), (0.5, -0.1), (0.5, 1.5)])
def test_weights_and_levels_are_shares(wrong: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Risk(*wrong)

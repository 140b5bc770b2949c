"""Futures: drawn as stated, the same for the same seed, and each a run of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimize.calibration.parameters import Parameter
from optimize.uncertainty import Futures, Sets, Variation, draw, quantiles

YEARS = np.ones(6)
RATE = Parameter("rate", 1.0, 0.5, 1.4)
SHARE = Parameter("share", 0.2, 0.0, 0.3)


def test_the_same_seed_gives_a_column_the_same_draws_whatever_else_is_drawn() -> None:
    alone = draw(50, 3, [RATE]).values["rate"]
    weather = Variation("yield", 0.3, (4, 5), YEARS, 0.0, 1.6)
    together = draw(50, 3, [SHARE, RATE], [weather])
    assert np.array_equal(together.values["rate"], alone)
    assert not np.array_equal(draw(50, 4, [RATE]).values["rate"], alone)
    assert np.array_equal(draw(50, 3, (), [weather]).series["yield"], together.series["yield"])


@given(st.floats(0.0, 1.0), st.floats(0.01, 3.0), st.floats(0.01, 3.0), st.integers(0, 2**32 - 1))
def test_parameters_stay_in_their_range(
    default: float, below: float, above: float, seed: int
) -> None:
    parameter = Parameter("p", default, default - below, default + above)
    values = draw(20, seed, [parameter]).values["p"]
    assert np.all((parameter.low <= values) & (values <= parameter.high))


def test_a_parameter_is_normal_about_its_default_and_cut_off() -> None:
    symmetric = Parameter("p", 2.0, 1.0, 3.0)
    shares = (np.arange(100_000) + 0.5) / 100_000
    values = quantiles(symmetric, shares)
    assert values.mean() == pytest.approx(2.0, abs=1e-9)
    # Cut off at two deviations, a standard normal has the deviation 0.8796.
    assert values.std() == pytest.approx(0.5 * 0.87963, rel=1e-3)
    assert np.all(np.diff(values) > 0.0)


@pytest.mark.parametrize("form", ["normal", "lognormal"])
def test_weather_varies_as_stated_and_only_in_its_years(form: str) -> None:
    variation = Variation("y", 0.15, (2, 3), np.full(5, 0.8), 0.0, 3.0, form)  # type: ignore[arg-type]
    table = draw(40_000, 1, (), [variation]).series["y"]
    assert np.all(table[:, [0, 1, 4]] == 0.8)
    varied = table[:, 2:4]
    assert varied.mean() == pytest.approx(0.8, rel=5e-3)
    assert varied.std() / varied.mean() == pytest.approx(0.15, rel=1e-2)
    tied = np.asarray(np.corrcoef(varied.T))
    assert abs(tied[0, 1]) < 0.02


def test_no_variation_leaves_the_series_alone() -> None:
    calm = Variation("y", 0.0, (2, 3), YEARS, 0.0, 1.6)
    assert np.array_equal(draw(3, 1, (), [calm]).series["y"], np.ones((3, 6)))


def test_what_the_sample_ties_together_stays_together() -> None:
    sample = {"rate": np.array([0.6, 0.9, 1.2]), "share": np.array([0.06, 0.09, 0.12])}
    values = draw(200, 1, [RATE, SHARE], sample=Sets(sample)).values
    assert np.allclose(values["rate"], 10.0 * values["share"])
    held = draw(200, 1, [RATE, SHARE], sample=Sets(sample), held=["share"]).values
    assert np.array_equal(held["rate"], values["rate"])
    assert len(np.unique(held["share"])) == 200


def test_futures_know_their_set_of_the_sample() -> None:
    sample = {"rate": np.array([0.6, 0.9, 1.2])}
    drawn = draw(50, 1, [RATE, SHARE], sample=Sets(sample))
    assert drawn.sets is not None
    assert np.array_equal(drawn.values["rate"], sample["rate"][drawn.sets])
    some = drawn.picked([7, 3])
    assert some.sets is not None and some.sets.tolist() == drawn.sets[[7, 3]].tolist()
    assert draw(50, 1, [SHARE], sample=Sets(sample)).sets is None
    assert draw(50, 1, [RATE], sample=Sets(sample), held=["rate"]).sets is None


def test_futures_are_picked_by_number_or_mask() -> None:
    drawn = draw(5, 1, [RATE], [Variation("y", 0.2, (1,), YEARS, 0.0, 1.6)])
    some = drawn.picked([3, 1])
    assert some.number == 2 and np.array_equal(some.values["rate"], drawn.values["rate"][[3, 1]])
    assert np.array_equal(some.series["y"], drawn.series["y"][[3, 1]])
    assert drawn.picked(np.array([True, False, True, False, False])).number == 2


def test_no_futures_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        draw(0, 1, [RATE])
    assert Futures(1).values == {}


def test_halves_share_no_origin_and_leave_none_out() -> None:
    origin = np.repeat(np.arange(21), 3)
    sets = Sets({"rate": np.arange(63.0)}, {("yield", 2): -np.arange(63.0)}, origin)
    one, other = sets.half(False, 5), sets.half(True, 5)
    assert one.number + other.number == 63 and not set(one.origins) & set(other.origins)
    assert abs(len(set(one.origins)) - len(set(other.origins))) == 1
    for half in (one, other):
        np.testing.assert_array_equal(half.values["rate"], -half.points["yield", 2])
        np.testing.assert_array_equal(half.values["rate"] // 3, half.origins)
    assert set(Sets({"rate": np.arange(9.0)}).half(False, 1).values["rate"]) != set(range(9))

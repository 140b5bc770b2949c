"""A shock does what it says, from its year on, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize.uncertainty import Ensemble, Futures
from optimize.uncertainty.shocks import Change, Shock, ShockedResponse, paths
from scenarios.futures import ensemble, futures
from tests.uncertainty.county import w_county

COLUMNS = ("structure gap", "farmers income per head", "resident skilled people[industry]")
YEARS = [float(year) for year in range(2026, 2039)]
NONE = Shock("none")


def some(number: int = 3) -> Ensemble:
    county, stated, _ = w_county()
    drawn = futures(county, number, 1) if number > 1 else Futures(1)
    return ensemble(county, stated, drawn)


def under(shock: Shock, every: Ensemble) -> np.ndarray:
    county, _, _ = w_county()
    return paths(every, shock, county.past, COLUMNS, YEARS)


def test_no_shock_and_shocks_that_do_nothing_change_nothing() -> None:
    county, _, _ = w_county()
    every = some()
    plain = every.paths(county.past, COLUMNS, YEARS).data
    assert np.array_equal(under(NONE, every), plain)
    idle = Shock(
        "idle",
        (Change("yield index", "times", {2029: 1.0}),),
        (Change("attrition rate", "times", {2030: 1.0, 2031: 1.0}),),
        {2033: 1.0},
    )
    np.testing.assert_allclose(under(idle, every), plain, rtol=1e-12)


@pytest.mark.parametrize(
    "shock",
    [
        Shock("s", (Change("yield index", "sets", {2030: 0.5}),)),
        Shock("c", (), (Change("attrition rate", "times", {2030: 4.0}),)),
        Shock("m", money={2030: 0.0}),
    ],
)
def test_a_shock_changes_its_year_and_none_before(shock: Shock) -> None:
    every = some()
    changed = np.abs(under(shock, every) - under(NONE, every)).max(axis=(0, 2)) > 0.0
    # A figure at the end of a year knows the budget of the next one where it is a flow; these
    # are stocks and sums over the year.
    assert not changed[: YEARS.index(2030.0)].any()
    assert changed[YEARS.index(2030.0) :].all()


def test_money_that_does_not_come_is_a_plan_with_less() -> None:
    county, _, _ = w_county()
    every = some()
    cut = under(Shock("m", money=dict.fromkeys(range(2030, 2039), 0.5)), every)
    less = {
        lever: np.where(np.array(county.model.lookups[lever].x) >= 2030, 0.5, 1.0) * table
        for lever, table in county.past.items()
    }
    assert np.array_equal(cut, every.paths(less, COLUMNS, YEARS).data)


def test_a_constant_that_is_set_for_good_is_another_constant() -> None:
    every = some()
    always = Change("length of secondment", "sets", dict.fromkeys(range(2027, 2039), 0.25))
    county, _, _ = w_county()
    other = paths(every, NONE, county.past, COLUMNS, YEARS, {"length of secondment": 0.25})
    np.testing.assert_allclose(under(Shock("c", (), (always,)), every), other, rtol=1e-12)


def test_a_constant_changes_for_its_years_only() -> None:
    one = some(1)
    column = "resident skilled people[industry]"
    shock = Shock("c", (), (Change("attrition rate", "times", {2029: 4.0}),))
    county, _, _ = w_county()
    years = [2028.0, 2029.0, 2030.0]
    found = [paths(one, s, county.past, [column], years)[0, :, 0] for s in (shock, NONE)]
    left = found[0] / found[1]
    assert left[0] == 1.0 and left[1] < 0.85
    assert left[2] > left[1]  # the next year, people leave as before and come as before


def test_what_comes_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="after the shock"):
        under(Shock("s", (Change("yield index", "sets", {2026: 0.5}),)), some(1))


def test_the_response_is_that_of_the_paths_in_values_and_slopes() -> None:
    county, stated, _ = w_county()
    one = some(1)
    shock = Shock(
        "all",
        (Change("yield index", "sets", {2029: 0.5}),),
        (Change("attrition rate", "times", {2029: 4.0}),),
        {2031: 0.5},
    )
    response = ShockedResponse(one, stated.outcomes, shock)
    plan = stated.past_practice[None]
    (values,) = response.values(plan)
    gaps = [i for i, o in enumerate(stated.outcomes) if o.column == "structure gap"]
    times = [float(stated.outcomes[i].year) for i in gaps]
    found = paths(one, shock, county.past, ["structure gap"], times)[0, :, 0]
    np.testing.assert_allclose(values[gaps], found, rtol=1e-12)
    _, slopes = response.jacobian(plan)
    at = next(i for i, d in enumerate(stated.decisions) if plan[0, i] > 0.0 and d.year == 2031)
    moved = plan.repeat(2, axis=0)
    moved[:, at] += [-1.0, 1.0]
    low, high = response.values(moved)
    np.testing.assert_allclose(slopes[0, gaps, at], (high - low)[gaps] / 2.0, rtol=1e-5, atol=1e-12)
    with pytest.raises(ValueError, match="one future"):
        ShockedResponse(some(2), stated.outcomes, replace(shock, money=None))

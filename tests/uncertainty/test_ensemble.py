"""Many futures at once are what each of them is alone, in values and in derivatives."""

from __future__ import annotations

import numpy as np

from models import Runs, run
from optimize.uncertainty import Futures
from scenarios.futures import ensemble, futures, parameters
from tests.uncertainty.county import w_county


def test_one_future_without_a_difference_is_the_scenario() -> None:
    county, stated, response = w_county()
    plans = np.stack([stated.past_practice, 0.5 * stated.past_practice])
    found = ensemble(county, stated, Futures(1)).values(plans)
    assert np.array_equal(found[:, 0], response.values(plans))


def test_many_futures_are_what_each_is_alone() -> None:
    county, stated, _ = w_county()
    drawn = futures(county, 9, 1)
    plans = np.stack([stated.past_practice, 0.5 * stated.past_practice])
    together = ensemble(county, stated, drawn).values(plans)
    for number in (0, 8):
        alone = ensemble(county, stated, drawn.picked([number])).values(plans)
        np.testing.assert_allclose(together[:, number], alone[:, 0], rtol=1e-12)
    assert np.ptp(together[0, :, 0]) > 0.0


def test_a_future_is_a_run_of_the_model_from_its_start() -> None:
    county, stated, _ = w_county()
    drawn = futures(county, 3, 2)
    plan = stated.past_practice
    found = ensemble(county, stated, drawn).values(plan[None])[0]
    tables = {**county.past, **{name: table for name, table in drawn.series.items()}}
    out = run(county.model, Runs(drawn.values, tables), columns=["structure gap"])
    for index, outcome in enumerate(stated.outcomes):
        if outcome.column == "structure gap":
            place = list(out.times).index(outcome.year)
            np.testing.assert_allclose(found[:, index], out["structure gap"][:, place], rtol=1e-10)


def test_derivatives_are_those_of_small_changes() -> None:
    county, stated, _ = w_county()
    every = ensemble(county, stated, futures(county, 70, 1))
    plan = stated.past_practice
    values, slopes = every.jacobian(plan)
    assert np.array_equal(values, every.values(plan[None])[0])
    at = next(i for i, d in enumerate(stated.decisions) if plan[i] > 0.0 and d.year == 2029)
    moved = np.repeat(plan[None], 2, axis=0)
    moved[:, at] += [-0.5, 0.5]
    both = every.values(moved)
    difference = both[1] - both[0]
    size = np.abs(slopes[:, :, at]).max(axis=0) + 1e-9
    assert float(np.median(np.abs(difference - slopes[:, :, at]) / size)) < 1e-3


def test_paths_are_the_runs_of_every_future() -> None:
    county, stated, _ = w_county()
    drawn = futures(county, 4, 1)
    every = ensemble(county, stated, drawn)
    out = every.paths(county.past, ["structure gap"], [2027.0, 2035.0])
    values = every.values(stated.past_practice[None])[0]
    for place, year in enumerate((2027, 2035)):
        index = [(o.column, o.year) for o in stated.outcomes].index(("structure gap", year))
        np.testing.assert_allclose(out["structure gap"][:, place], values[:, index], rtol=1e-12)


def test_a_number_that_the_scenario_states_is_the_middle_of_its_range() -> None:
    county, _, _ = w_county()
    own = {p.column: p.default for p in parameters(county)}
    assert all(own[column] == county.model.constants[column] for column in own)

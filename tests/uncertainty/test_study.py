"""The study of a county: every factor in it, the same for the same seed, and what it says."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from models import blocks
from optimize.uncertainty import Futures
from scenarios.future_problems import FutureProblems
from scenarios.futures import futures, observed_sample, parameters
from scenarios.sensitivity.decisions import Decisions, Size, decisions
from scenarios.sensitivity.factors import OTHERS, By, factors, with_the_rest
from scenarios.sensitivity.study import Asked, Sensitivity, study
from scenarios.sensitivity.subject import OfPlan
from scenarios.sensitivity.tables import files
from tests.uncertainty.studied import shifted

GAP = ["structure gap"]


@cache
def small(seed: int = 1, by: By = By.variable) -> Sensitivity:
    asked = Asked(by, factors=5, samples=128, futures=120, trajectories=5, seed=seed)
    return study(OfPlan(shifted()), GAP, asked)


def test_every_uncertain_number_is_in_one_factor() -> None:
    county = shifted().county
    columns = sorted(parameter.column for parameter in parameters(county))
    for by in By:
        every = factors(county, by)
        assert sorted(p.column for f in every for p in f.parameters) == columns
        assert len({factor.name for factor in every}) == len(every)
        chosen = with_the_rest(every, [3, 0])
        assert [factor.name for factor in chosen] == [every[3].name, every[0].name, OTHERS]
        assert sum(f.elements for f in chosen) == sum(f.elements for f in every)
    known = {block.id for block in blocks.read()}
    named = {factor.name for factor in factors(county, By.block)}
    assert named - known == {"weather", "prices"}


def test_the_study_is_what_the_runs_say() -> None:
    found = small()
    base = shifted().simulated(Futures(1), GAP, [2035])[0, :, 0]
    np.testing.assert_array_equal(found.ends.base, base)
    assert (found.indices.rows, found.indices.failed) == (128, 0)
    assert (found.screening.trajectories, found.screening.failed) == (5, 0)
    # With all its weights at zero the assessment has no score: counted, and named.
    assert (found.ends.failed, found.ends.lost) == (1, ("assessment weight",))
    assert np.nansum(found.indices.first.value, axis=0).max() < 1.3
    assert np.all(found.indices.total.high >= found.indices.first.low)
    for drawn in found.samples.values():
        assert np.all(np.diff(drawn.quantiles, axis=0) >= 0.0)
        assert np.all((drawn.above >= 0.0) & (drawn.above <= 1.0))
    assert found.samples["observed"].pawn.noise.max() > found.samples["ranges"].pawn.noise.max()


def test_another_seed_ranks_the_factors_alike() -> None:
    first, again = (small(seed) for seed in (1, 2))
    for look in (0, 1):
        names = [[f.indices.names[d] for d in f.ranked(look)[:2]] for f in (first, again)]
        assert names[0][0] == names[1][0] == "base value added"
    assert files(first, None) != files(again, None)


def test_the_same_seed_gives_the_same_bytes() -> None:
    again = study(OfPlan(shifted()), GAP, small().asked)
    assert files(again, None) == files(small(), None)


def test_few_sets_stand_behind_the_sample_that_agrees_with_the_data() -> None:
    county = shifted().county
    drawn = futures(county, 500, 1)
    sets = drawn.sets
    sample = observed_sample(county)
    assert sets is not None and sample is not None
    assert len(np.unique(sets)) <= sample.number < 500
    for column, values in sample.values.items():
        if column in drawn.values:
            np.testing.assert_array_equal(drawn.values[column], values[sets])


def test_the_problem_of_the_future_that_is_as_stated_is_the_stated_one() -> None:
    studied = shifted()
    every = FutureProblems(studied.county, studied.problem, Futures(1))
    found, stated = every.problem(0), studied.problem
    assert {row.name: row.bound for row in found.rows} == pytest.approx(
        {row.name: row.bound for row in stated.rows}
    )
    for mine, theirs in zip(found.objective, stated.objective, strict=True):
        assert mine.coefficients == pytest.approx(theirs.coefficients)
    plan = studied.amounts[None]
    np.testing.assert_array_equal(
        every.response(0).values(plan)[0], every.ensemble.values(plan)[0, 0]
    )


@cache
def decided(stop: bool = False) -> Decisions:
    every = {factor.name: factor for factor in factors(shifted().county)}
    chosen = [every["base value added[industry]"], every["weather"]]
    return decisions(shifted(), chosen, Size(2, 3, 60), 1, should_stop=lambda: stop)


def test_the_best_plans_of_futures_beat_the_plan_where_it_keeps_the_rules() -> None:
    found = decided()
    assert found.judged is not None
    for one in found.sample.best:
        assert one.regret >= -1e-6 or one.broken
    np.testing.assert_allclose(found.base.sum(), 6000.0, rtol=1e-3)
    assert found.judged.plans == 2 + len(found.sample.best)
    assert found.judged.worth.every >= 0.0


def test_stopped_at_once_it_holds_nothing() -> None:
    found = decided(stop=True)
    assert found.stopped and len(found.sample.found) == 0

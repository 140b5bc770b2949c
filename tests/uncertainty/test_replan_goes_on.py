"""What was learnt goes on: two updates in a row, and the folder that holds the sets between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optimize.problem import Matrix
from optimize.uncertainty import Sets, draw
from optimize.uncertainty.risk import independent
from optimize.uncertainty.update import update
from scenarios.commands.planned import read_plans
from scenarios.county import County
from scenarios.findings import FindingsError
from scenarios.futures import futures, held, observed_sample
from scenarios.load import load
from scenarios.parameter_sets import read_sets, sets_text
from scenarios.problem import problem
from scenarios.replanning import learnt, read_observed
from scenarios.replanning.files import going_on
from scenarios.replanning.revision import remaining
from scenarios.report.tables import PLAN_COLUMNS, csv_text

LINE = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, -1.0]])  # two observations of three numbers
OBSERVED, ERRORS = np.array([2.0, -1.0]), np.array([0.5, 0.8])
FIRST = """
[replan]
until = 2027
[observed."farmers income per head"]
2027 = 18500
error = 0.02
[observed."GDP of the year"]
2027 = 640000
error = 0.02
"""
SECOND = """
[replan]
until = 2028
[observed."farmers income per head"]
2028 = 19500
error = 0.02
"""


def test_two_updates_in_a_row_are_one_with_both_observations() -> None:
    """Linear and Gaussian: the order of learning makes no difference but for the sample's noise."""
    random = np.random.default_rng(3)
    prior = random.standard_normal((6000, 3)) * [1.0, 2.0, 0.5] + [1.0, 0.0, 2.0]

    def at_once(numbers: Matrix) -> Matrix:
        return np.asarray(numbers @ LINE.T)

    together = update(prior, at_once, OBSERVED, ERRORS, np.random.default_rng(1)).after
    numbers = prior
    for place in (0, 1):
        numbers = update(
            numbers,
            lambda x, place=place: np.asarray(x @ LINE[[place]].T),  # type: ignore[misc]
            OBSERVED[[place]],
            ERRORS[[place]],
            np.random.default_rng(10 + place),
        ).after
    spread = together.std(axis=0)
    np.testing.assert_allclose(
        numbers.mean(axis=0), together.mean(axis=0), atol=0.06 * spread.max()
    )
    np.testing.assert_allclose(np.cov(numbers.T), np.cov(together.T), atol=0.06)
    assert np.all(spread < prior.std(axis=0) * 1.02)


def gone_on(run: Path, text: str, folder: Path) -> Path:
    """The scenario of the remaining years once figures are in, as ``replan`` writes it."""
    ((scenario, plan),) = read_plans([str(run)])
    assert plan is not None
    county, file = County(scenario), folder / "observed.toml"
    file.write_text(text, encoding="utf-8")
    known = read_observed(county, plan, file)
    found = learnt(county, problem(county), known, 200, 1)
    later = remaining(county, known.until, found.numbers, known)
    kept = {cell: amount for cell, amount in plan.items() if cell[0] > known.until}
    rows = csv_text(PLAN_COLUMNS, ((*cell, repr(amount)) for cell, amount in kept.items()))
    written = {**going_on(later, known, found, folder, file), "plan.csv": rows}
    for name, held_by in written.items():
        data = held_by.encode() if isinstance(held_by, str) else held_by
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def once(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gone_on(run_folder, FIRST, tmp_path_factory.mktemp("once"))


def spreads(sets: Sets) -> dict[object, float]:
    every = (*sets.values.items(), *sets.points.items())
    return {name: float(np.std(numbers)) for name, numbers in every}


def test_the_county_goes_on_with_what_it_knows_and_never_knows_less(
    once: Path, run_folder: Path, tmp_path: Path
) -> None:
    before, county = (
        County(load(run_folder / "resolved.toml")),
        County(load(once / "resolved.toml")),
    )
    sets = observed_sample(county)
    assert sets is not None and sets.number == 200 and held(county) == frozenset()
    assert {place for _, place in sets.points}  # the weather and prices of 2027 that may have been
    drawn = futures(before, 200, 1)
    for name, spread in spreads(sets).items():
        prior = drawn.values.get(name)  # type: ignore[call-overload]
        if prior is not None:
            assert spread <= 1.03 * prior.std() + 1e-12, name
    # The next prior is the last posterior, set for set, whatever the seed.
    again = futures(county, 200, 99)
    for column, values in sets.values.items():
        if column in again.values:
            np.testing.assert_array_equal(np.sort(again.values[column]), np.sort(values))
    assert again.sets is not None and len(np.unique(again.sets)) == len(np.unique(sets.origins))
    # A year later the spread is narrower still, and the sets have one more year of weather.
    twice = gone_on(once, SECOND, tmp_path)
    later = observed_sample(County(load(twice / "resolved.toml")))
    assert later is not None and len(later.points) > len(sets.points)
    now = spreads(later)
    for name, spread in spreads(sets).items():
        assert now[name] <= 1.03 * spread + 1e-12, name


def test_a_nearer_number_goes_before_the_sets(once: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = f'extends = "{(once / "resolved.toml").as_posix()}"\n[parameters]\n"job life" = 3.0\n'
    own.write_text(text, encoding="utf-8")
    county = County(load(own))
    assert held(county) == {"job life"}
    assert len(np.unique(futures(county, 50, 1).values["job life"])) > 40  # about its own range


def test_sets_read_back_as_they_were(once: Path, tmp_path: Path) -> None:
    county = County(load(once / "resolved.toml"))
    file = once / "parameter-sets.csv"
    sets, findings = read_sets(file, county.model)
    assert sets is not None and not findings
    assert sets_text(sets, county.model) == file.read_text(encoding="utf-8")


def test_all_that_is_wrong_with_sets_is_said(once: Path, tmp_path: Path) -> None:
    county = County(load(once / "resolved.toml"))
    file = tmp_path / "sets.csv"
    file.write_text("set,job life,no such,yield index@1066\n0,1,2,3\n1,x,2,3\n2,1\n", "utf-8")
    sets, findings = read_sets(file, county.model)
    assert sets is None and {(f.key, f.line) for f in findings} == {
        ("no such", 1),
        ("yield index@1066", 1),
        ("job life", 3),
        ("", 4),
    }
    file.write_text("job life\n1\n", "utf-8")
    assert [f.key for f in read_sets(file, county.model)[1]] == ["set"]
    file.write_text("set,job life\n7,1\n7,2\n7,3\n", "utf-8")
    assert [f.key for f in read_sets(file, county.model)[1]] == ["set"]
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('extends = "w-county"\n[uncertainty]\nsample = "none.csv"\n', "utf-8")
    with pytest.raises(FindingsError) as caught:
        load(wrong)
    assert [f.key for f in caught.value.findings] == ["uncertainty.sample"]


def test_an_ensemble_is_drawn_evenly_and_a_sample_at_random() -> None:
    values = {"rate": np.arange(40.0)}
    from tests.uncertainty.test_futures import RATE

    whole = draw(80, 1, [RATE], sample=Sets(values, {}, np.repeat(np.arange(8), 5))).values["rate"]
    assert np.array_equal(np.unique(whole, return_counts=True)[1], np.full(40, 2))
    chance = draw(80, 1, [RATE], sample=Sets(values)).values["rate"]
    assert np.ptp(np.unique(chance, return_counts=True)[1]) > 0


def test_alike_futures_tell_as_much_as_one() -> None:
    random, sets = np.random.default_rng(4), np.repeat(np.arange(50), 10)
    shared, own = random.standard_normal(50)[sets], random.standard_normal(500)
    found = independent(np.stack([shared, own, np.ones(500)], axis=1), sets)
    assert found[0] == pytest.approx(50.0)
    assert 300 < found[1] <= 500 and found[2] == 500

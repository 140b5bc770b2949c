"""The yearly agreement: amounts by indicator and year, against which the model counts."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.problem import Vector
from scenarios.agreement import AGREED_AMOUNT
from scenarios.county import County
from scenarios.load import load
from scenarios.resolved import resolved_text
from scenarios.scenario import Scenario

from .conftest import Write
from .test_resolved import assert_same

ALL = range(2021, 2036)


def achieved(scenario: Scenario, indicator: str) -> Vector:
    """What past practice achieves of the agreement at the end of each year."""
    county = County(scenario)
    out = county.simulate(county.past)
    whole = np.isclose(out.times % 1.0, 0.0)
    return np.asarray(out[f"achievement[{indicator}]"][0, whole], dtype=float)


@pytest.mark.parametrize(
    ("indicator", "amount"),
    [("jobs", 1210.0), ("sales", 24_000.0), ("workshops", 6.0), ("money paid", 6000.0)],
)
def test_an_amount_of_every_year_is_the_agreed_amount(
    write: Write, indicator: str, amount: float
) -> None:
    years = ", ".join(f"{year} = {amount}" for year in ALL)
    text = f'extends = "w-county"\n[agreement]\n"{indicator}" = {{ {years} }}\n'
    by_year = load(write("a.toml", text))
    parameter = AGREED_AMOUNT[indicator]
    as_parameter = load(
        write("b.toml", f'extends = "w-county"\n[parameters]\n"{parameter}" = {amount}\n')
    )
    np.testing.assert_allclose(
        achieved(by_year, indicator), achieved(as_parameter, indicator), rtol=1e-12
    )


def test_only_the_years_that_are_named_change(write: Write) -> None:
    text = 'extends = "w-county"\n[agreement]\nsales = { 2028 = "4 亿元" }\n'
    before, after = achieved(load(), "sales"), achieved(load(write("a.toml", text)), "sales")
    year = 2028 - round(load().model.initial_time)
    # Twice the amount: half of it is achieved. (A lower score changes little of later sales.)
    assert after[year] == pytest.approx(before[year] / 2, rel=1e-3)
    np.testing.assert_array_equal(before[:year], after[:year])
    np.testing.assert_allclose(before[year + 1 :], after[year + 1 :], rtol=1e-2)


def test_one_number_holds_in_all_plan_years_and_growth_is_a_parameter(write: Write) -> None:
    text = 'extends = "w-county"\n[agreement]\nstaff_exchanged = 54\n"farm income" = 0.04\n'
    own = load(write("a.toml", text))
    index = own.numbers.series["agreement index[staff exchanged]"]
    years = [round(x) for x in own.model.lookups["agreement index[staff exchanged]"].x]
    assert {year: value for year, value in zip(years, index, strict=True) if value != 1.0} == {
        year: 54 / 45 for year in own.plan.years
    }
    assert own.numbers.values["agreed income growth"] == 0.04


def test_it_counts_from_the_amount_of_the_county(write: Write) -> None:
    """Own figures and parameters change the agreed amount, not what was agreed for a year."""
    head = 'extends = "w-county"\n[agreement]\njobs = { 2028 = 1300 }\n'
    own = load(write("a.toml", head + '[parameters]\n"agreed jobs" = 1000\n'))
    years = [round(x) for x in own.model.lookups["agreement index[jobs]"].x]
    assert own.numbers.series["agreement index[jobs]"][years.index(2028)] == 1.3


def test_it_is_in_the_resolved_scenario(write: Write) -> None:
    text = 'extends = "w-county"\n[agreement]\njobs = { 2028 = 1300 }\nsales = "2.5 亿元"\n'
    own = load(write("a.toml", text))
    resolved = resolved_text(own, own.file.parent)
    assert "sales = 25000.0  # " in resolved and "jobs.2028 = 1300.0  # " in resolved
    again = load(write("b.toml", resolved))
    assert again.agreement == own.agreement
    assert_same(own, again)

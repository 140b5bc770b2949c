"""The behaviour that the paper reports must come out of the structure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models import Model, Runs, Trajectories, run

from .conftest import from_plan_start, steady

Vary = Callable[..., Trajectories]
SHELTER = "shelter level"
TEACHING = "yearly money for market building[agriculture]"
INSURANCE = "yearly money for insurance subsidy"
FARM_PROJECTS = "yearly money for productive projects[agriculture]"
INDUSTRY_PROJECTS = "yearly money for productive projects[industry]"
SERVICES_PROJECTS = "yearly money for productive projects[services]"
MECHANISM = "yearly money for mechanism and platform"
NORMAL_WEATHER = {"yield index": steady(1.0)}


def yearly(out: Trajectories, column: str, first: int = 2027) -> np.ndarray:
    """Values of one run at whole years from ``first`` on."""
    whole = (out.times >= first) & (out.times == np.round(out.times))
    return np.asarray(out[column][0, whole])


@pytest.fixture(scope="module")
def sheltered(vary: Vary) -> Trajectories:
    return vary(NORMAL_WEATHER)


@pytest.fixture(scope="module")
def lifted(vary: Vary) -> Trajectories:
    """The shelter ends overnight in 2028."""
    return vary({**NORMAL_WEATHER, SHELTER: lambda x, y: np.where(x >= 2028, 0.0, y)})


@pytest.fixture(scope="module")
def eased(vary: Vary) -> Trajectories:
    """The shelter ends over four years, with market building and insurance."""
    return vary(
        {
            **NORMAL_WEATHER,
            SHELTER: lambda x, y: np.where(x < 2028, y, np.clip(1 - (x - 2027) / 4, 0, 1)),
            TEACHING: from_plan_start(500.0),
            INSURANCE: from_plan_start(400.0),
        }
    )


def test_without_the_shelter_income_falls_and_produce_piles_up(
    sheltered: Trajectories, lifted: Trajectories
) -> None:
    for column, sign in (("farmers income per head", -1), ("unsold produce", 1)):
        change = yearly(lifted, column)[1:4] - yearly(sheltered, column)[1:4]
        assert np.all(sign * change > 0.0), column


def test_plant_glut_loss_plant_again(lifted: Trajectories) -> None:
    """Price and area swing: down, up again, and the area turns after the price."""
    price = yearly(lifted, "farm gate price in yuan per kg")
    area = yearly(lifted, "planted area")
    bottom, top = int(price.argmin()), int(price.argmin() + price[price.argmin() :].argmax())
    assert price[bottom] < 0.7 * price[0]
    assert price[top] > 1.5 * price[bottom]
    assert price[-1] < price[top]  # planted again, the price falls again
    assert area.argmin() > bottom
    assert area[-1] > 1.1 * area.min()


def test_easing_out_of_the_shelter_makes_the_worst_year_shallower(
    sheltered: Trajectories, lifted: Trajectories, eased: Trajectories
) -> None:
    column = "farmers income per head"
    normal = yearly(sheltered, column)
    overnight = (yearly(lifted, column) / normal).min()
    prepared = (yearly(eased, column) / normal).min()
    assert overnight < prepared < 1.0


def test_past_practice_tilts_the_structure(county: Model, vary: Vary) -> None:
    """The same money, balanced: more industry, a better motivated W; tenths of a point."""
    past = vary()
    moved = from_plan_start(1_400.0)
    total = sum(
        county.lookups[name].y for name in (FARM_PROJECTS, INDUSTRY_PROJECTS, SERVICES_PROJECTS)
    )
    balanced = vary(
        {
            FARM_PROJECTS: lambda x, y: np.where(x >= 2027, total - 2_800.0, y),
            INDUSTRY_PROJECTS: moved,
            SERVICES_PROJECTS: moved,
        }
    )
    gain = {
        column: yearly(balanced, column)[-1] - yearly(past, column)[-1]
        for column in (
            "share of value added[industry]",
            "share of value added[agriculture]",
            "productive capital[industry]",
            "motivation of W",
            "farm share of help",
            "structure gap",
        )
    }
    assert gain["share of value added[industry]"] > 0.0
    assert gain["share of value added[agriculture]"] < 0.0
    assert gain["productive capital[industry]"] > 0.0
    assert gain["motivation of W"] > 0.0
    assert gain["farm share of help"] < -0.2
    assert gain["structure gap"] < 0.0
    # Money of 1 % of GDP moves shares by tenths of a point, not by points.
    assert abs(gain["share of value added[industry]"]) < 0.02


def test_no_money_changes_little_of_a_county_this_size(
    county: Model, vary: Vary, levers: tuple[str, ...]
) -> None:
    past = vary()
    nothing = vary({lever: from_plan_start(0.0) for lever in levers})
    ratio = yearly(nothing, "GDP of the year")[-1] / yearly(past, "GDP of the year")[-1]
    assert 0.97 < ratio < 1.0


def test_the_best_share_for_platform_and_coordination_is_at_neither_end(county: Model) -> None:
    """The same 4,200 a year between projects and mechanism: useful works peak in between."""
    shares = np.linspace(0.0, 1.0, 41)
    table = county.lookups[MECHANISM]
    later = table.x >= 2027

    def path(lever: str, amounts: np.ndarray) -> np.ndarray:
        return np.where(later, amounts[:, None], county.lookups[lever].y)

    runs = Runs(
        lookups={
            MECHANISM: path(MECHANISM, 4_200.0 * shares),
            INDUSTRY_PROJECTS: path(INDUSTRY_PROJECTS, 2_100.0 * (1 - shares)),
            SERVICES_PROJECTS: path(SERVICES_PROJECTS, 2_100.0 * (1 - shares)),
            FARM_PROJECTS: path(FARM_PROJECTS, np.zeros_like(shares)),
        }
    )
    useful = run(county, runs, columns=["works finished to date"], times=[2035.0]).data[:, 0, 0]
    best = shares[int(useful.argmax())]
    assert 0.0 < best < 0.5
    assert useful.max() > 1.02 * useful[0]

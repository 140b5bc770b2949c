"""Extreme conditions stay finite and sensible; halving the step changes little."""

from __future__ import annotations

import numpy as np
import pytest

from models import Model, Runs, run

SECTORS = ("agriculture", "industry", "services")
# Yearly sums of income and value added fall below nil in a year of loss; no other stock may.
MAY_BE_A_LOSS = ("of the year", "achievement[farm income]")
HEADLINES = (
    "structure gap",
    "farmers income per head",
    "market capability",
    "assessment score",
    "GDP of the year",
    "gain of M of the year",
    "planted area",
    "unsold produce",
    "farm gate price in yuan per kg",
    "motivation of W",
    "match quality",
)


def by_sector(name: str, value: float) -> dict[str, float]:
    return {f"{name}[{sector}]": value for sector in SECTORS}


EXTREMES = {
    "no capital": by_sector("initial capital", 0.0),
    "no labour": by_sector("initial labour", 0.0),
    "no talent": by_sector("initial skilled people", 0.0)
    | by_sector("initial seconded experts", 0.0),
    "no farm capital": {"initial capital[agriculture]": 0.0},
    "price nil": {"base price": 0.0},
    "no harvest": {"normal yield": 0.0},
    "no potatoes": {"reference area": 0.0},
    "no savings": {"initial savings": 0.0},
    "no outlets": {"base open demand": 0.0},
    "no migration": {"mobility": 0.0, "placeable share": 0.0},
    "nobody insured": {"coverage without subsidy": 0.0, "highest coverage": 0.0},
    "everybody insured": {"coverage without subsidy": 1.0, "highest coverage": 1.0},
    "empty pool": {"initial insurance pool": 0.0, "premium rate": 0.0},
    "full drift to farming": {"base tilt": 1.0},
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_conditions(county: Model, name: str) -> None:
    out = run(county, Runs(values=EXTREMES[name]))
    assert np.all(np.isfinite(out.data)), [
        column for column in out.columns if not np.all(np.isfinite(out[column]))
    ]
    negative = [
        column
        for variable in county.variables.values()
        if variable.kind == "stock"
        for column in variable.columns
        if out[column].min() < -1e-6 and not any(sum_ in column for sum_ in MAY_BE_A_LOSS)
    ]
    assert negative == []


@pytest.mark.parametrize(
    "lever_name",
    [
        "productive projects[agriculture]",
        "productive projects[industry]",
        "insurance subsidy",
        "mechanism and platform",
        "labour cooperation",
        "public services",
        "talent[services]",
        "market building[agriculture]",
    ],
)
def test_all_money_in_one_place(county: Model, levers: tuple[str, ...], lever_name: str) -> None:
    tables = {}
    for lever in levers:
        table = county.lookups[lever]
        everything = 50_000.0 if lever.endswith(lever_name) else 0.0
        tables[lever] = np.where(table.x >= 2027, everything, table.y)
    out = run(county, Runs(lookups=tables))
    assert np.all(np.isfinite(out.data))
    for column in (
        "match quality",
        "market capability",
        "insurance coverage",
        "coordination capacity",
        "supply chain integration",
        "motivation of W",
    ):
        assert 0.0 <= out[column].min() <= out[column].max() <= 1.0, column


def test_no_price_no_planting_for_sale(county: Model) -> None:
    out = run(county, Runs(values={"base price": 0.0}), columns=["planted area"])
    area = out["planted area"][0]
    assert area[-1] < 0.2 * area[0]


def test_halving_the_step_changes_headlines_by_less_than_one_percent(county: Model) -> None:
    whole = run(county, Runs(), columns=HEADLINES, times=[2027.0, 2031.0, 2035.0])
    half = run(
        county,
        Runs(values={"TIME STEP": county.time_step / 2}),
        columns=HEADLINES,
        times=[2027.0, 2031.0, 2035.0],
    )
    change = np.abs(half.data / whole.data - 1.0).max(axis=(0, 1))
    assert dict(zip(HEADLINES, change, strict=True)) == pytest.approx(
        dict.fromkeys(HEADLINES, 0.0), abs=0.01
    )

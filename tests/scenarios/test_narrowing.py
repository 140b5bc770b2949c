"""A gap that narrows because farming shrinks is told from one that narrows by growth."""

from __future__ import annotations

import numpy as np
import pytest

from models import Runs, run
from scenarios.narrowing import ADDED, COLUMNS, careful, narrowing
from scenarios.words import LANGUAGES, Words
from tests.uncertainty.county import w_county

YEARS = (2034, 2035)
Path = dict[str, np.ndarray]


def path(gap: tuple[float, float], *added: tuple[float, float]) -> Path:
    """Gap and value added of agriculture, industry, services in both years."""
    values = map(np.array, (gap, *added))
    return dict(zip(COLUMNS, values, strict=True))


BASE = path((14.0, 14.0), (20.0, 20.0), (30.0, 30.0), (50.0, 50.0))


def test_farming_that_shrinks_alone_is_all_of_the_reason() -> None:
    other = path((14.0, 13.0), (20.0, 18.0), (30.0, 30.0), (50.0, 50.0))
    found = narrowing(BASE, other, YEARS)
    assert found is not None and found.years == (2035,)
    assert (found.gap, found.fall, found.own) == pytest.approx((1.0, 0.1, 1.0))
    for language in LANGUAGES:
        said = careful(found, "drought", Words(language))
        assert "2035" in said and "10.0%" in said and "100%" in said


def test_a_year_of_drought_shows_in_the_mean() -> None:
    other = path((12.0, 14.0), (15.0, 20.0), (30.0, 30.0), (50.0, 50.0))
    found = narrowing(BASE, other, YEARS)
    assert found is not None and found.years == YEARS
    assert (found.gap, found.fall) == pytest.approx((1.0, 0.125))


@pytest.mark.parametrize(
    "other",
    [
        path((13.0, 13.0), (20.0, 20.0), (33.0, 33.0), (50.0, 50.0)),  # industry grows
        path((13.0, 13.0), (19.9, 19.9), (35.0, 35.0), (55.0, 55.0)),  # mostly others grow
        path((13.0, 13.0), (18.0, 18.0), (27.0, 27.0), (45.0, 45.0)),  # all shrink alike
        path((14.5, 14.5), (18.0, 18.0), (30.0, 30.0), (50.0, 50.0)),  # the gap widens
        BASE,
    ],
)
def test_other_ways_give_no_warning(other: Path) -> None:
    assert narrowing(BASE, other, YEARS) is None


def test_drought_in_the_county_is_such_a_case_and_growth_of_industry_is_not() -> None:
    county, _, _ = w_county()
    years = list(range(2027, 2036))
    runs = []
    for change in ({}, {"yield index": 0.6}, {"base value added[industry]": 1.05}):
        model, numbers = county.model, county.scenario.numbers
        values, tables = dict(numbers.values), {**numbers.series, **county.past}
        for name, factor in change.items():
            if name in model.constants:
                values[name] = factor * values.get(name, model.constants[name])
            else:
                late = np.array(model.lookups[name].x) >= 2033
                tables[name] = np.where(late, factor, 1.0) * model.lookups[name].y
        out = run(model, Runs(values=values, lookups=tables), columns=COLUMNS, times=years)
        runs.append({column: np.asarray(out[column][0]) for column in COLUMNS})
    base, drought, industry = runs
    found = narrowing(base, drought, years)
    assert found is not None and found.fall > 0.01 and found.own > 0.5
    assert narrowing(base, industry, years) is None
    assert ADDED[0] == "value added[agriculture]"

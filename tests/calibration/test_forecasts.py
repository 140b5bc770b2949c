"""Forecasts are what they say: naive ones by hand, the model's from what was known."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.calibration import Growth, backtest, fit, leave_one_out
from optimize.calibration.backtest import _known_at, read_series

from .conftest import Few

GROWTH = tuple(f"productivity growth[{s}]" for s in ("agriculture", "industry", "services"))
COLUMNS = (
    *GROWTH,
    "revenue share",
    "jobs per completed money",
    "price flexibility",
    "contracting time",
)


def test_naive_forecasts_by_hand(few: Few) -> None:
    rows = [
        Growth("made up", "", "", "industry", year, growth, "")
        for year, growth in ((2020, 10.0), (2021, 20.0), (2022, 50.0))
    ]
    found = {(f.origin, f.year): f for f in backtest(fit(few(COLUMNS), starts=1), rows)}
    assert set(found) == {(2020, 2021), (2020, 2022), (2021, 2022)}
    assert found[2020, 2022].actual == pytest.approx(1.2 * 1.5)
    forecasts = found[2020, 2022].forecasts
    assert forecasts["no change"] == 1
    assert forecasts["last growth"] == pytest.approx(1.1**2)
    assert forecasts["linear trend"] == pytest.approx(1.3 / 1.1)
    levels = (1, 1.1, 1.32)
    slope = (levels[2] - levels[0]) / 2
    line = np.mean(levels) + 2 * slope
    assert found[2021, 2022].forecasts["linear trend"] == pytest.approx(line / 1.32)
    assert found[2021, 2022].error("no change") == pytest.approx(100 * (1 - 1 / 1.5))


def test_a_forecast_knows_nothing_later(few: Few) -> None:
    rows = [row for row in read_series() if row.series == "Inner Mongolia"]
    known = _known_at(few(COLUMNS), rows, 2021).observations
    assert all(o.assumed or o.known <= 2021 or "so far" in o.id for o in known)
    so_far = {o.id: o.observed for o in known if "so far" in o.id}
    assert so_far == {f"{row.sector} so far": row.growth for row in rows if row.year == 2021}


def test_one_step_leaves_an_observation_out_as_well_as_a_new_fit(few: Few) -> None:
    misfit = few(COLUMNS)
    whole = fit(misfit, starts=1)
    left = leave_one_out(whole)
    assert len(left.ids) == sum(not o.assumed for o in misfit.observations)
    for name in ("own revenue", "jobs for money", "glut", "agriculture growth"):
        place = [o.id for o in misfit.observations].index(name)
        again = fit(misfit.without(name), starts=1)
        true = misfit.residuals(again.z)[0, place]
        assert left.forecast[left.ids.index(name)] == pytest.approx(true, abs=0.03)


def test_leaving_out_never_fits_better(few: Few) -> None:
    left = leave_one_out(fit(few(COLUMNS), starts=1))
    assert np.all(np.abs(left.forecast) >= np.abs(left.fitted) - 1e-3)

"""Forecasts of what was known later, against naive ones, and each observation left out.

Both are shown as they are, also where the model loses. The defaults of ``variables.csv`` were
written by people who knew the years that are forecast here; that cannot be undone.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from models import Model, Runs, run
from optimize.calibration.expressions import parse
from optimize.calibration.fit import Fit, Progress, fit, gauss_newton
from optimize.calibration.misfit import Array, Misfit
from optimize.calibration.observations import FOLDER, Observation

SERIES = FOLDER / "calibration_series.csv"
MEASURE = "value added[{sector}]"

Method = Literal["model", "no change", "last growth", "linear trend"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True)
class Growth:
    """One row of the series: real growth of a sector in a year, per cent."""

    series: str
    zh: str
    en: str
    sector: str
    year: int
    growth: float
    source: str


@dataclass(frozen=True)
class Forecast:
    """Level of a sector in ``year`` against that of ``origin``, forecast and true."""

    series: str
    sector: str
    origin: int
    year: int
    actual: float
    forecasts: Mapping[Method, float]

    def error(self, method: Method) -> float:
        """Distance from the truth, per cent of it."""
        return 100 * abs(self.forecasts[method] / self.actual - 1)


@dataclass(frozen=True)
class LeftOut:
    """Residuals (k,) of the observations with a source: at the defaults, fitted, and forecast
    by a fit to all others."""

    ids: tuple[str, ...]
    before: Array
    fitted: Array
    forecast: Array


def read_series(path: str | Path = SERIES) -> tuple[Growth, ...]:
    """The growth series, as data."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Growth(
                row["series"],
                row["zh"],
                row["en"],
                row["sector"],
                int(row["year"]),
                float(row["growth"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def leave_one_out(whole: Fit) -> LeftOut:
    """Forecast each observation with a source from all others.

    One bounded Gauss-Newton step leads from the whole fit to the fit without it; the model
    itself is run there.
    """
    misfit = whole.misfit
    places = [j for j, o in enumerate(misfit.observations) if not o.assumed]
    points = []
    for j in places:
        rest = np.delete(np.arange(len(misfit.observations)), j)
        step = gauss_newton(misfit, whole.z, whole.residuals[rest], whole.jacobian[rest])
        points.append(whole.z + step)
    modelled = misfit.residuals(np.array(points))
    return LeftOut(
        tuple(misfit.observations[j].id for j in places),
        whole.residuals_before[places],
        whole.residuals[places],
        np.array([modelled[k, j] for k, j in enumerate(places)]),
    )


def backtest(
    whole: Fit, series: Sequence[Growth] | None = None, progress: Progress | None = None
) -> tuple[Forecast, ...]:
    """Forecast every later year of every series from every origin.

    For an origin the model is fitted to what was known then: the observations of that year or
    before, and the growth of the series so far in place of all later figures of growth.
    """
    rows = read_series() if series is None else series
    tasks = [
        (name, origin)
        for name in dict.fromkeys(row.series for row in rows)
        for origin in sorted({row.year for row in rows if row.series == name})[:-1]
    ]
    found: list[Forecast] = []
    for number, (name, origin) in enumerate(tasks):
        if progress is not None:
            progress("backtest", number, len(tasks))
        own = [row for row in rows if row.series == name]
        known = fit(_known_at(whole.misfit, own, origin), starts=1, begin=whole.z)
        found += _forecasts(known, own, origin)
    return tuple(found)


def _known_at(misfit: Misfit, rows: Sequence[Growth], origin: int) -> Misfit:
    """The observations of ``origin`` or before, and the mean growth of the series so far."""
    kept = [
        o for o in misfit.observations if o.assumed or (o.known <= origin and not _is_growth(o))
    ]
    for sector in dict.fromkeys(row.sector for row in rows):
        seen = [r.growth for r in rows if r.sector == sector and r.year <= origin]
        like = next(
            o
            for o in misfit.observations
            if _is_growth(o) and o.measure.columns == (MEASURE.format(sector=sector),)
        )
        kept.append(replace(like, id=f"{sector} so far", observed=float(np.mean(seen))))
    return misfit.with_observations(kept)


def _is_growth(observation: Observation) -> bool:
    """Whether it speaks of the growth of sectors, which the series give instead."""
    names = {column.partition("[")[0] for column in observation.measure.columns}
    return observation.form == "growth" and names == {"value added"}


def _forecasts(known: Fit, rows: Sequence[Growth], origin: int) -> list[Forecast]:
    later = sorted({row.year for row in rows if row.year > origin})
    found = []
    for sector in dict.fromkeys(row.sector for row in rows):
        growth = {row.year: row.growth for row in rows if row.sector == sector}
        seen = [1 + growth[year] / 100 for year in sorted(growth) if year <= origin]
        index = np.asarray(np.cumprod([1.0, *seen]), dtype=np.float64)
        ahead = [year - origin for year in later]
        model = _model_levels(known, sector, origin, ahead)
        for step, year, level in zip(ahead, later, model, strict=True):
            actual = float(np.prod([1 + growth[y] / 100 for y in range(origin + 1, year + 1)]))
            naive = _naive(index, step)
            found.append(
                Forecast(rows[0].series, sector, origin, year, actual, {"model": level, **naive})
            )
    return found


def _naive(index: Array, step: int) -> dict[Method, float]:
    """Levels ``step`` years on against the last of ``index`` (at least two years)."""
    slope, start = np.polyfit(np.arange(index.size), index, 1)
    return {
        "no change": 1.0,
        "last growth": float((index[-1] / index[-2]) ** step),
        "linear trend": float((start + slope * (index.size - 1 + step)) / index[-1]),
    }


def _model_levels(known: Fit, sector: str, origin: int, ahead: Sequence[int]) -> list[float]:
    """Levels of the fitted model so many years after the origin; before its first year it
    knows no years, so an earlier origin is forecast by its first ones."""
    misfit = known.misfit
    measure = parse(MEASURE.format(sector=sector), misfit.model)
    begin = max(float(origin), misfit.model.initial_time)
    values = dict(
        zip((p.column for p in misfit.parameters), misfit.natural(known.z).tolist(), strict=True)
    )
    return _levels(misfit.model, values, measure.columns, [begin, *(begin + h for h in ahead)])


def _levels(
    model: Model, values: Mapping[str, float], columns: Sequence[str], times: Sequence[float]
) -> list[float]:
    out = run(model, Runs(values=values), columns=list(columns), times=list(times))
    total = sum(out[column][0] for column in columns)
    return [float(level) for level in (total / total[0])[1:]]

"""The files of a calibration: values, sample, residuals, forecasts; the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator

from optimize.calibration import METHODS, POSTERIOR, VALUES, Calibration, Parameter
from scenarios.report.calibration import calibration_page
from scenarios.report.tables import csv_text
from scenarios.words import LANGUAGES, Words

UNTOUCHED = "untouched"
REPORT = {"en": "report.md", "zh": "report.zh.md"}


def calibration_files(answer: Calibration) -> dict[str, str]:
    """Text by name of file."""
    reports = {REPORT[lang]: calibration_page(answer, Words(lang)).markdown() for lang in LANGUAGES}
    return {
        VALUES: csv_text(VALUE_COLUMNS, _values(answer)),
        POSTERIOR: csv_text([p.column for p in answer.fit.misfit.parameters], _posterior(answer)),
        "residuals.csv": csv_text(RESIDUAL_COLUMNS, _residuals(answer)),
        "forecasts.csv": csv_text(FORECAST_COLUMNS, _forecasts(answer)),
        **reports,
    }


VALUE_COLUMNS = (
    "column",
    "low",
    "default",
    "calibrated",
    "high",
    "deviation_left_by_evidence",
    "deviation_left",
    "verdict",
)


def _values(answer: Calibration) -> Iterator[tuple[object, ...]]:
    fit, told = answer.fit, answer.identifiability
    for i, (p, value) in enumerate(
        zip(fit.misfit.parameters, fit.misfit.natural(fit.z).tolist(), strict=True)
    ):
        left = f"{told.left_by_evidence[i]:.3f}", f"{told.left[i]:.3f}"
        yield p.column, p.low, p.default, _inside(p, value, 6), p.high, *left, told.verdict(i)
    for p in answer.untouched:
        yield p.column, p.low, p.default, p.default, p.high, "1.000", "1.000", UNTOUCHED


def _posterior(answer: Calibration) -> Iterator[list[str]]:
    parameters = answer.fit.misfit.parameters
    for draw in answer.sample.values.tolist():
        yield [_inside(p, value, 4) for p, value in zip(parameters, draw, strict=True)]


def _inside(parameter: Parameter, value: float, figures: int) -> str:
    """A value with few figures that rounding does not carry out of its range."""
    text = f"{value:.{figures}g}"
    if parameter.low <= float(text) <= parameter.high:
        return text if "e" not in text else repr(float(text)).removesuffix(".0")
    return repr(min(max(value, parameter.low), parameter.high))


RESIDUAL_COLUMNS = (
    "observation",
    "unit",
    "observed",
    "spread",
    "scale",
    "at_default",
    "fitted",
    "residual_at_default",
    "residual_fitted",
    "residual_left_out",
    "source",
)


def _residuals(answer: Calibration) -> Iterator[tuple[object, ...]]:
    fit = answer.fit
    left_out = dict(zip(answer.left_out.ids, answer.left_out.forecast.tolist(), strict=True))
    for j, o in enumerate(fit.misfit.observations):
        modelled = f"{fit.modelled_before[j]:.5g}", f"{fit.modelled[j]:.5g}"
        residuals = f"{fit.residuals_before[j]:.3f}", f"{fit.residuals[j]:.3f}"
        without = "" if o.assumed else f"{left_out[o.id]:.3f}"
        facts = o.id, o.unit, o.observed, o.spread, o.scale
        yield *facts, *modelled, *residuals, without, o.source


FORECAST_COLUMNS = ("series", "sector", "origin", "year", "actual", *METHODS)


def _forecasts(answer: Calibration) -> Iterator[tuple[object, ...]]:
    for f in answer.forecasts:
        levels = (f"{f.forecasts[method]:.4f}" for method in METHODS)
        yield f.series, f.sector, f.origin, f.year, f"{f.actual:.4f}", *levels

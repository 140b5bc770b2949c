"""The whole calibration of a model: fit, what it tells, how it forecasts, the sample."""

from __future__ import annotations

from dataclasses import dataclass

from models import Model
from models.catalogue import Catalogue
from optimize.calibration.backtest import Forecast, Growth, LeftOut, backtest, leave_one_out
from optimize.calibration.backtest import read_series as read_growth
from optimize.calibration.fit import Fit, Progress, fit, touched
from optimize.calibration.identify import Identifiability, identify
from optimize.calibration.misfit import Misfit
from optimize.calibration.observations import read
from optimize.calibration.parameters import Parameter, uncertain
from optimize.calibration.sample import Sample, sample


@dataclass(frozen=True)
class Calibration:
    """``untouched``: the uncertain parameters that no observation depends on."""

    fit: Fit
    untouched: tuple[Parameter, ...]
    identifiability: Identifiability
    left_out: LeftOut
    series: tuple[Growth, ...]
    forecasts: tuple[Forecast, ...]
    sample: Sample


def calibrate(
    model: Model,
    catalogue: Catalogue,
    *,
    draws: int = 200,
    starts: int = 3,
    seed: int = 1,
    progress: Progress | None = None,
) -> Calibration:
    """Calibrate a model to ``calibration.csv``.

    Raises:
        ValueError: an observation does not fit the model.
    """
    everything = Misfit(model, uncertain(model, catalogue), read(model))
    free = touched(everything)
    found = fit(everything.with_parameters(free), starts=starts, seed=seed, progress=progress)
    series = read_growth()
    return Calibration(
        found,
        tuple(p for p in everything.parameters if p not in free),
        identify(found),
        leave_one_out(found),
        series,
        backtest(found, series, progress),
        sample(found, draws, seed, progress),
    )

"""Fits the model's uncertain numbers to what is observed, and says what that is worth.

    from optimize.calibration import calibrate

    answer = calibrate(load(), county(), draws=200, seed=1)
    answer.fit, answer.identifiability, answer.left_out, answer.forecasts, answer.sample

Observations are rows of ``models/calibration.csv``; ranges are those of ``variables.csv``.
"""

from .backtest import METHODS, Forecast, Growth, LeftOut, Method, backtest, leave_one_out
from .calibration import Calibration, calibrate
from .fit import Fit, Progress, fit, touched
from .grounded import POSTERIOR, RESULTS, VALUES, calibrated, grounded
from .identify import Identifiability, Verdict, identify
from .misfit import Misfit
from .observations import Observation
from .parameters import Parameter, uncertain
from .sample import Sample, sample

__all__ = [
    "METHODS",
    "POSTERIOR",
    "RESULTS",
    "VALUES",
    "Calibration",
    "Fit",
    "Forecast",
    "Growth",
    "Identifiability",
    "LeftOut",
    "Method",
    "Misfit",
    "Observation",
    "Parameter",
    "Progress",
    "Sample",
    "Verdict",
    "backtest",
    "calibrate",
    "calibrated",
    "fit",
    "grounded",
    "identify",
    "leave_one_out",
    "sample",
    "touched",
    "uncertain",
]

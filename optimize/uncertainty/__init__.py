"""What uncertainty does to a plan, and which plan stands it.

>>> futures = draw(500, seed=1, parameters=parameters)  # doctest: +SKIP
>>> ensemble = Ensemble(model, decisions, outcomes, {}, {}, futures)  # doctest: +SKIP
>>> ensemble.values(plans).shape  # plans, futures, outcomes  # doctest: +SKIP
"""

from optimize.uncertainty.cvar import WORST, Risk
from optimize.uncertainty.ensemble import Ensemble
from optimize.uncertainty.futures import Futures, Sets, Variation, draw, quantiles, stream
from optimize.uncertainty.measures import FutureMeasures
from optimize.uncertainty.robust import Robust, RobustAnswer, plan_for
from optimize.uncertainty.sample import Sample, Told

__all__ = [
    "WORST",
    "Ensemble",
    "FutureMeasures",
    "Futures",
    "Risk",
    "Robust",
    "RobustAnswer",
    "Sample",
    "Sets",
    "Told",
    "Variation",
    "draw",
    "plan_for",
    "quantiles",
    "stream",
]

"""What uncertainty does to a plan, and which plan stands it.

>>> futures = draw(500, seed=1, parameters=parameters)  # doctest: +SKIP
>>> ensemble = Ensemble(model, decisions, outcomes, {}, {}, futures)  # doctest: +SKIP
>>> ensemble.values(plans).shape  # plans, futures, outcomes  # doctest: +SKIP
"""

from optimize.uncertainty.ensemble import Ensemble
from optimize.uncertainty.futures import Futures, Variation, draw, quantiles, stream

__all__ = ["Ensemble", "Futures", "Variation", "draw", "quantiles", "stream"]

"""In which futures a plan fails, in words, with held-out evidence and a picture."""

from scenarios.discovery.criteria import Criterion, criteria
from scenarios.discovery.features import Feature, features_of
from scenarios.discovery.study import Failure, Study, studied

__all__ = [
    "Criterion",
    "Failure",
    "Feature",
    "Study",
    "criteria",
    "features_of",
    "studied",
]

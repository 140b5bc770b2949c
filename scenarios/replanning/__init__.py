"""A new year's figures: what they say, and the rest of the plan made anew."""

from scenarios.replanning.learning import Learnt, Moved, learnt
from scenarios.replanning.observed import Figure, Observed, read_observed
from scenarios.replanning.revision import Revision, revised

__all__ = [
    "Figure",
    "Learnt",
    "Moved",
    "Observed",
    "Revision",
    "learnt",
    "read_observed",
    "revised",
]

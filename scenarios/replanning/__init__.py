"""A new year's figures: what they say, and the rest of the plan made anew."""

from scenarios.replanning.learning import Learnt, Moved, learnt
from scenarios.replanning.observed import Figure, Observed, read_observed
from scenarios.replanning.projects import Move, Starts, read_starts
from scenarios.replanning.revision import NoneLeft, Revision, revised
from scenarios.replanning.unspent import Unspent, unspent

__all__ = [
    "Figure",
    "Learnt",
    "Move",
    "Moved",
    "NoneLeft",
    "Observed",
    "Revision",
    "Starts",
    "Unspent",
    "learnt",
    "read_observed",
    "read_starts",
    "revised",
    "unspent",
]

"""Plans under shocks: who regrets which plan, who falls below the floor, who gives up land."""

from scenarios.stress.candidates import Candidate, candidate, candidates, distinct
from scenarios.stress.library import StatedShock, read_shocks
from scenarios.stress.study import Stress, stressed

__all__ = [
    "Candidate",
    "StatedShock",
    "Stress",
    "candidate",
    "candidates",
    "distinct",
    "read_shocks",
    "stressed",
]

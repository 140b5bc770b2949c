"""What the county should do: rules, search, proof and explanation.

>>> answer = solve(problem, response, starts=8, seed=1)  # doctest: +SKIP

A :class:`Problem` is data: decisions, outcomes, aims and rules (:mod:`optimize.rules`). A
:class:`Response` tells what a plan does; :class:`CountyResponse` asks the model. The
:class:`Answer` holds the plan and how far to trust it.
"""

from optimize import rules
from optimize.explain import Unused, unused_instruments
from optimize.problem import (
    Answer,
    Decision,
    Outcome,
    Problem,
    Row,
    RuleReport,
    Starts,
    Term,
)
from optimize.response import CountyResponse, FunctionResponse, Response
from optimize.search import Progress, solve

__all__ = [
    "Answer",
    "CountyResponse",
    "Decision",
    "FunctionResponse",
    "Outcome",
    "Problem",
    "Progress",
    "Response",
    "Row",
    "RuleReport",
    "Starts",
    "Term",
    "Unused",
    "rules",
    "solve",
    "unused_instruments",
]

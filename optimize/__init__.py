"""What the county should do: rules, search, proof and explanation.

>>> answer = solve(problem, response, starts=8, seed=1)  # doctest: +SKIP

A :class:`Problem` is data: decisions, outcomes, aims and rules (:mod:`optimize.rules`). A
:class:`Response` tells what a plan does; :class:`CountyResponse` asks the model. The
:class:`Answer` holds the plan and how far to trust it.
"""

from optimize import rules
from optimize.climb import Progress
from optimize.explain import Unused, unused_instruments
from optimize.problem import (
    Answer,
    Choice,
    Chosen,
    Decision,
    Link,
    Outcome,
    Problem,
    Row,
    RuleReport,
    Starts,
    Term,
    WhyNot,
)
from optimize.response import CountyResponse, FunctionResponse, Response
from optimize.search import solve

__all__ = [
    "Answer",
    "Choice",
    "Chosen",
    "CountyResponse",
    "Decision",
    "FunctionResponse",
    "Link",
    "Outcome",
    "Problem",
    "Progress",
    "Response",
    "Row",
    "RuleReport",
    "Starts",
    "Term",
    "Unused",
    "WhyNot",
    "rules",
    "solve",
    "unused_instruments",
]

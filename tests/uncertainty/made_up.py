"""Futures with known answers, and a sample of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize import Decision, Outcome, Problem, Row, Term
from optimize.linear import LinearRules, linear_rules
from optimize.measures import Measures, measures
from optimize.uncertainty import FutureMeasures, Sample

Function = Callable[[NDArray[Any]], NDArray[Any]]  # plans (N, n) -> outcomes (N, S, m)


class Made:
    """Futures whose outcomes are a function."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def simulate(self, plans: NDArray[Any]) -> NDArray[Any]:
        return self.function(plans)


def stated(
    n: int,
    m: int,
    terms: tuple[Term, ...],
    outcome_rows: tuple[Row, ...] = (),
    budget: float | None = None,
    high: float = 10.0,
) -> tuple[Problem, LinearRules, Measures]:
    """A problem of n amounts and m outcomes of any meaning, with its rules and measures."""
    decisions = tuple(
        Decision(2027, "industry", f"tool {i}", f"lever {i}", 0.0, high) for i in range(n)
    )
    outcomes = tuple(Outcome(f"outcome {i}", 2027) for i in range(m))
    rows = list(outcome_rows)
    if budget is not None:
        whole = dict.fromkeys(range(n), 1.0)
        rows.append(Row("total_budget", "money", whole, "==", budget, "wanyuan"))
    problem = Problem(decisions, outcomes, terms, tuple(rows), np.zeros(n))
    return problem, linear_rules(problem), measures(problem, np.ones(m))


def sample(measure: Measures, function: Function, number: int) -> Sample:
    """S futures that measure alike."""
    return Sample(Made(function), FutureMeasures.stacked([measure] * number))

"""The problem of a scenario as it would stand in each of many futures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimize import CountyResponse
from optimize.problem import Matrix, Problem
from optimize.rules import RuleContext, build
from optimize.uncertainty import Ensemble, Futures
from scenarios.aims import RULED_BY, terms
from scenarios.county import County
from scenarios.futures import ensemble

OUTCOME_RULES = frozenset({*RULED_BY, "assessment_indicators"})


@dataclass(frozen=True)
class FutureProblems:
    """Aims and rules in every future: what they count against past practice, counts in it.

    The rules about money are those of ``stated``, the problem of the scenario as it is.
    """

    county: County
    stated: Problem
    futures: Futures

    @cached_property
    def ensemble(self) -> Ensemble:
        """The model in the futures."""
        return ensemble(self.county, self.stated, self.futures)

    @cached_property
    def past(self) -> Matrix:
        """Outcomes (S, m) of past practice."""
        return np.asarray(self.ensemble.values(self.stated.past_practice[None])[0])

    def problem(self, index: int) -> Problem:
        """The problem in one future.

        Raises:
            ArithmeticError: past practice brings nothing to measure an aim by, or no numbers.
        """
        scenario, past = self.county.scenario, self.past[index]
        rules = {
            name: rule.fields() for name, rule in scenario.rules.items() if name in OUTCOME_RULES
        }
        context = RuleContext(self.stated.decisions, self.stated.outcomes, past)
        try:
            aims = terms(scenario.objective, self.stated.outcomes, past)
        except ValueError as error:
            raise ArithmeticError(str(error)) from error
        money = tuple(row for row in self.stated.rows if row.on == "money")
        return replace(self.stated, objective=aims, rows=(*money, *build(rules, context)))

    def response(self, index: int) -> CountyResponse:
        """What plans bring in one future."""
        numbers = self.county.scenario.numbers
        one = self.futures.picked([index])
        return CountyResponse(
            self.county.model,
            self.stated.decisions,
            self.stated.outcomes,
            {**numbers.values, **{name: float(value[0]) for name, value in one.values.items()}},
            {
                **numbers.series,
                **numbers.past,
                **{name: table[0] for name, table in one.series.items()},
            },
        )

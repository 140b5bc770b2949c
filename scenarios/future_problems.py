"""The problem of a scenario as it would stand in each of many futures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimize import CountyResponse
from optimize.measures import Measures, measures
from optimize.problem import Matrix, Problem
from optimize.uncertainty import Ensemble, Futures
from scenarios.aims import NoBase
from scenarios.county import County
from scenarios.futures import ensemble
from scenarios.problem import in_future, response_of


@dataclass(frozen=True)
class FutureProblems:
    """Aims and rules in every future (see :func:`~scenarios.problem.in_future`)."""

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
        try:
            return in_future(self.county, self.stated, self.past[index])
        except NoBase as error:
            raise ArithmeticError(str(error)) from error

    def measures(self, index: int) -> Measures:
        """The aims and outcome rules in one future. Raises as :meth:`problem`."""
        return measures(self.problem(index), self.past[index])

    def response(self, index: int) -> CountyResponse:
        """What plans bring in one future."""
        return response_of(self.county, self.stated, self.futures.picked([index]))

"""A scenario on its model: its levers, its decisions, and what plans bring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from optimize.problem import Decision
from scenarios.levers import Place, levers
from scenarios.plan_csv import PlanTable
from scenarios.scenario import Scenario, Tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models import Model, Trajectories


@dataclass(frozen=True)
class County:
    """A scenario ready to be simulated. Money in 10,000 yuan."""

    scenario: Scenario

    @property
    def model(self) -> Model:
        """The scenario's model."""
        return self.scenario.model

    @property
    def past(self) -> Tables:
        """The levers' tables under past practice."""
        return self.scenario.numbers.past

    @cached_property
    def levers(self) -> Mapping[Place, str]:
        """Lever columns by sector and instrument."""
        return levers(self.model.lookups)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """One for each plan year, sector and instrument.

        What there is to spend limits them through the rules alone: a limit of their own would
        take the price of the money from the budget.
        """
        return tuple(
            Decision(year, sector, instrument, lever)
            for year in self.scenario.plan.years
            for (sector, instrument), lever in self.levers.items()
        )

    def past_money(self) -> dict[tuple[int, str, str], float]:
        """Past practice by year, sector and instrument, up to the last plan year."""
        last = self.scenario.plan.last_year
        return {
            (round(x), *place): float(y)
            for place, lever in self.levers.items()
            for x, y in zip(self.model.lookups[lever].x, self.past[lever], strict=True)
            if x <= last
        }

    def tables(self, plan: PlanTable) -> Tables:
        """Lever tables with the plan years replaced by ``plan`` (what it lacks is zero)."""
        years = self.scenario.plan.years
        laid = {}
        for place, lever in self.levers.items():
            values = np.array(self.past[lever], dtype=float)
            for i, x in enumerate(self.model.lookups[lever].x):
                if round(x) in years:
                    values[i] = plan.get((round(x), *place), 0.0)
            laid[lever] = values
        return laid

    def simulate(self, *plans: Tables, columns: Sequence[str] | None = None) -> Trajectories:
        """Run the model under each of the plans (lever tables); one run a plan."""
        from models import Runs, run

        together = {
            lever: np.stack([plan[lever] for plan in plans]) for lever in self.levers.values()
        }
        numbers = self.scenario.numbers
        runs = Runs(values=numbers.values, lookups={**numbers.series, **together})
        return run(self.model, runs, columns=columns)

"""What tells futures apart: the uncertain parameters, and weather and prices in a number each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimize.problem import Matrix
from optimize.uncertainty import Futures
from scenarios.county import County
from scenarios.words import Words, number, significant


@dataclass(frozen=True)
class Feature:
    """A parameter's ``value``, or the ``mean`` or the ``lowest`` year of an outside series."""

    column: str
    of: Literal["value", "mean", "lowest"]
    unit: str

    def label(self, words: Words) -> str:
        """What it is called."""
        name = words.name(self.column)
        return name if self.of == "value" else words.say(f"discover.of.{self.of}", name=name)

    def text(self, words: Words, value: float) -> str:
        """A value with its unit."""
        unit = words.unit(self.unit)
        bare = self.unit.strip().lower() == "dmnl"
        shown = number(value, significant(value, 3))
        if bare:
            return shown
        return f"{shown} × {unit}" if unit[:1].isdigit() else f"{shown} {unit}"


def features_of(county: County, drawn: Futures) -> tuple[tuple[Feature, ...], Matrix]:
    """The features that differ between futures, and their values (S, d)."""
    model = county.model
    years = county.scenario.plan.judged_years
    found: list[Feature] = []
    values = []
    for column, value in drawn.values.items():
        if np.ptp(value) > 0.0:
            unit = model.variables[column.partition("[")[0]].unit
            found.append(Feature(column, "value", unit))
            values.append(value)
    for column, table in drawn.series.items():
        points = [i for i, x in enumerate(model.lookups[column].x) if round(x) in years]
        here = table[:, points]
        if np.ptp(here, axis=0).max(initial=0.0) > 0.0:
            unit = model.variables[column.partition("[")[0]].unit
            found += [Feature(column, "mean", unit), Feature(column, "lowest", unit)]
            values += [here.mean(axis=1), here.min(axis=1)]
    return tuple(found), np.array(values).reshape(len(found), drawn.number).T

"""``optimize --from``: a search goes on from where another one ended or was stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from optimize.problem import Vector
from scenarios.commands.simulate import read
from scenarios.county import County

PLAN = "plan.csv"


def plan(fitted: County, begin: Path) -> Vector:
    """The amounts (n,) of the plan in the run folder ``begin``, or in a plan of that name.

    Raises:
        FindingsError: there is none, or it does not fit the scenario.
    """
    table = read(fitted, begin / PLAN if begin.is_dir() else begin)
    places = [(cell.year, cell.sector, cell.instrument) for cell in fitted.decisions]
    return np.array([table.get(place, 0.0) for place in places])

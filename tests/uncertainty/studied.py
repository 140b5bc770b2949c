"""A plan of W County that moves money from farming to industry, to be studied."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from optimize.problem import Vector
from scenarios.report.tables import PLAN_COLUMNS, csv_text
from scenarios.studied import Studied
from tests.uncertainty.county import w_county

MOVED = 500.0  # 10,000 yuan a year


@cache
def shifted() -> Studied:
    """Past practice, but for :data:`MOVED` a year."""
    county, stated, _ = w_county()
    return Studied(county, stated, _amounts(), given=True)


def _amounts() -> Vector:
    _, stated, _ = w_county()
    amounts = stated.past_practice.copy()
    for place, decision in enumerate(stated.decisions):
        if decision.instrument == "productive projects" and decision.sector != "services":
            amounts[place] += MOVED if decision.sector == "industry" else -MOVED
    return np.maximum(amounts, 0.0)


def plan_file(folder: Path) -> Path:
    """The plan as a plan.csv."""
    plan = shifted()
    rows = (
        (d.year, d.sector, d.instrument, float(amount))
        for d, amount in zip(plan.problem.decisions, plan.amounts, strict=True)
    )
    file = folder / "plan.csv"
    file.write_text(csv_text(PLAN_COLUMNS, rows), encoding="utf-8")
    return file

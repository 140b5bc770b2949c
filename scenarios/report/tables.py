"""The tidy tables of a run: ``plan.csv`` and ``outcomes.csv``, the same bytes each time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from scenarios.levers import ALL
from scenarios.report.project_sections import begun
from scenarios.report.result import PLANS, PlanName, Result, Yearly

PLAN_COLUMNS = ("year", "sector", "instrument", "amount")
PROJECT_COLUMNS = ("project", "start_year", "cost")
OUTCOME_COLUMNS = ("plan", "variable", "sector", "year", "value", "unit")
CONTROL = frozenset({"FINAL TIME", "INITIAL TIME", "TIME STEP", "SAVEPER", "Time", "TIME"})


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as csv with Unix line ends; floats at full precision."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def plan_rows(result: Result) -> Iterator[tuple[int, str, str, int | float]]:
    """Every decision: year, sector or ``all``, instrument, amount (10,000 yuan)."""
    for decision, amount in zip(result.problem.decisions, result.answer.amounts, strict=True):
        value = float(amount)
        whole = int(value) if value.is_integer() else value
        yield decision.year, decision.sector, decision.instrument, whole


def project_rows(result: Result) -> Iterator[tuple[str, int, int | float]]:
    """Every project that the plan begins: id, year of the start, cost (10,000 yuan)."""
    for start in begun(result):
        cost = start.project.cost
        yield start.project.plan.id, start.year, int(cost) if cost.is_integer() else cost


def outcome_rows(result: Result) -> Iterator[tuple[str, str, str, int, str, str]]:
    """Every column of the model at the end of every year, under every plan."""
    for plan in PLANS:
        path = result.paths.get(plan)
        if path is None:
            continue
        for index, column in enumerate(path.columns):
            variable, element = split(column)
            if variable in CONTROL:
                continue
            unit = result.units.get(variable, "")
            for year, value in zip(path.years, path.data[:, index].tolist(), strict=True):
                yield plan, variable, element, year, repr(value), unit


def split(column: str) -> tuple[str, str]:
    """``value added[industry]`` as variable and element; ``all`` without a subscript."""
    variable, bracket, element = column.partition("[")
    return variable.strip(), element.rstrip("]").strip() if bracket else ALL


def read_outcomes(file: Path) -> tuple[dict[PlanName, Yearly], dict[str, str]]:
    """The paths of the plans, and the unit of each variable, from ``outcomes.csv``."""
    values: dict[PlanName, dict[str, dict[int, float]]] = {}
    units: dict[str, str] = {}
    with file.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            element = row["sector"]
            column = row["variable"] if element == "all" else f"{row['variable']}[{element}]"
            plan: PlanName = row["plan"]  # type: ignore[assignment]  # checked where it is read
            by_year = values.setdefault(plan, {}).setdefault(column, {})
            by_year[int(row["year"])] = float(row["value"])
            units[row["variable"]] = row["unit"]
    paths = {}
    for plan, columns in values.items():
        years = tuple(next(iter(columns.values())))
        data = np.array([[columns[c][year] for c in columns] for year in years])
        paths[plan] = Yearly(years, tuple(columns), data)
    return paths, units


WORTH_COLUMNS = ("year", "sector", "instrument", "amount", "here", "elsewhere", "net")


def worth_rows(result: Result) -> Iterator[tuple[object, ...]]:
    """What 10,000 yuan more would improve, in points of the aim: see ``Worth``."""
    from optimize.explain.worth import worth

    for item, row in zip(worth(result.answer), plan_rows(result), strict=True):
        yield *row, repr(item.here), repr(item.elsewhere), repr(item.net)

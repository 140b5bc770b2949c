"""A made-up run, of the shape and size of a real one, for what only shows results."""

from __future__ import annotations

from itertools import product

import numpy as np

from optimize.problem import (
    Answer,
    Decision,
    Outcome,
    Problem,
    Row,
    RuleReport,
    Starts,
    Term,
    Vector,
)
from optimize.rules import SECTORS
from scenarios.report.result import ModelFacts, Parameter, PlanName, Result, Yearly

YEARS = tuple(range(2020, 2036))
PLAN_YEARS = tuple(range(2027, 2036))
PARAMETERS = tuple(
    Parameter(
        f"parameter {number}",
        "year",
        (1.0 + number,),
        (float(number),),
        (2.0 + number,),
        "assumption" if number < 41 else "M020",
    )
    for number in range(88)
)
SECTORED = ("productive projects", "talent", "market building")
UNSECTORED = {
    "insurance subsidy": "agriculture",
    "public services": "all",
    "labour cooperation": "all",
    "mechanism and platform": "all",
}
PAST = {
    ("agriculture", "productive projects"): 2900.0,
    ("industry", "productive projects"): 700.0,
    ("services", "productive projects"): 400.0,
    ("agriculture", "talent"): 180.0,
    ("industry", "talent"): 40.0,
    ("services", "talent"): 30.0,
    ("agriculture", "market building"): 120.0,
    ("industry", "market building"): 0.0,
    ("services", "market building"): 30.0,
    ("agriculture", "insurance subsidy"): 100.0,
    ("all", "public services"): 900.0,
    ("all", "labour cooperation"): 300.0,
    ("all", "mechanism and platform"): 200.0,
}
PLAN = {
    ("agriculture", "productive projects"): 1240.0,
    ("industry", "productive projects"): 1930.0,
    ("services", "productive projects"): 370.0,
    ("agriculture", "talent"): 210.0,
    ("industry", "talent"): 160.0,
    ("services", "talent"): 0.0,
    ("agriculture", "market building"): 540.0,
    ("industry", "market building"): 0.0,
    ("services", "market building"): 60.0,
    ("agriculture", "insurance subsidy"): 330.0,
    ("all", "public services"): 430.0,
    ("all", "labour cooperation"): 310.0,
    ("all", "mechanism and platform"): 320.0,
}
UNITS = {
    "value added of the year": "wanyuan",
    "share of value added": "Dmnl",
    "target share": "Dmnl",
    "structure gap": "percentage point",
    "farmers income per head": "yuan/person",
    "farmers income per head if dry": "yuan/person",
    "market capability": "Dmnl",
    "unsold produce": "tonne",
    "assessment score": "points",
    "gain of W of the year": "wanyuan",
    "gain of M of the year": "wanyuan",
    "jobs helped of the year": "person",
}


def decisions() -> tuple[Decision, ...]:
    places = [(s, i) for i, s in product(SECTORED, SECTORS)]
    places += [(sector, tool) for tool, sector in UNSECTORED.items()]
    return tuple(
        Decision(
            year,
            sector,
            tool,
            f"yearly money for {tool}" + (f"[{sector}]" if tool in SECTORED else ""),
        )
        for year in PLAN_YEARS
        for sector, tool in places
    )


def path(effort: float, balance: float) -> Yearly:
    """A county under so much cooperation, so well balanced (both 0 to 1)."""
    t = np.array(YEARS, dtype=float) - 2020
    late = np.clip(t - 6, 0, None) / 9
    columns: dict[str, Vector] = {}
    share_a = 0.232 - 0.0035 * t - 0.004 * balance * late + 0.0015 * effort * late
    share_s = 0.455 + 0.0016 * t + 0.001 * balance * late
    shares = {"agriculture": share_a, "industry": 1 - share_a - share_s, "services": share_s}
    targets = {"agriculture": 0.154, "industry": 0.434, "services": 0.412}
    value = 5.12e5 * 1.045**t * (1 + 0.012 * effort * late)
    for sector, share in shares.items():
        columns[f"value added of the year[{sector}]"] = share * value
        columns[f"share of value added[{sector}]"] = share
        columns[f"target share[{sector}]"] = np.full(len(t), targets[sector]) - 0.001 * t
    columns["structure gap"] = 50 * sum(
        np.abs(share - columns[f"target share[{s}]"]) for s, share in shares.items()
    )
    swing = 900 * np.sin(1.9 * t) * (1 - 0.3 * balance * late)
    columns["farmers income per head"] = (
        14200 * 1.05**t + swing + 260 * effort * late + 310 * balance * late
    )
    columns["farmers income per head if dry"] = (
        0.88 * columns["farmers income per head"] + 240 * balance * late
    )
    columns["market capability"] = 0.32 + 0.01 * t * effort + 0.16 * balance * late
    columns["unsold produce"] = np.clip(16000 - 11 * swing - 3000 * balance * late, 0, None)
    columns["assessment score"] = effort * (74 + 0.5 * t + 5 * balance * late)
    columns["gain of W of the year"] = effort * (5200 + 330 * t + 900 * balance * late)
    columns["gain of M of the year"] = effort * (2100 + 90 * t + 160 * balance * late)
    columns["jobs helped of the year"] = effort * (400 + 12 * t + 60 * balance * late)
    return Yearly(YEARS, tuple(columns), np.column_stack(list(columns.values())))


def rows(n: tuple[Decision, ...], outcomes: tuple[Outcome, ...]) -> tuple[Row, ...]:
    made = []
    for year in PLAN_YEARS:
        mine = [i for i, d in enumerate(n) if d.year == year]
        productive = {i: 0.4 if n[i].instrument == "productive projects" else -0.6 for i in mine}
        made += [
            Row("yearly_budget", "money", dict.fromkeys(mine, 1.0), "<=", 5900.0, "wanyuan", year),
            Row("productive_share", "money", productive, ">=", 0.0, "wanyuan", year),
            Row(
                "absorptive_capacity",
                "money",
                {i: 1.0 for i in mine if n[i].sector == "industry"},
                "<=",
                2500.0,
                "wanyuan",
                year,
                "industry",
            ),
            Row(
                "assessment_score",
                "outcome",
                {outcomes.index(Outcome("assessment score", year)): 1.0},
                ">=",
                76.0,
                "points",
                year,
                source="assumption",
            ),
        ]
    return tuple(made)


def made_up_result(status: str = "locally_optimal") -> Result:
    """The same run every time."""
    chosen = decisions()
    outcomes = tuple(
        Outcome(column, year)
        for column in ("structure gap", "assessment score", "farmers income per head")
        for year in PLAN_YEARS
    )
    paths: dict[PlanName, Yearly] = {
        "optimal": path(1.0, 1.0),
        "past_practice": path(1.0, 0.0),
        "no_cooperation": path(0.0, 0.0),
    }
    wave = {year: 1 + 0.03 * np.sin(year) for year in PLAN_YEARS}
    amounts = np.array([round(PLAN[d.sector, d.instrument] * wave[d.year]) for d in chosen])
    rules = rows(chosen, outcomes)
    values = np.array([paths["optimal"].at(o.column, [o.year])[0] for o in outcomes])
    quantity = {"money": amounts, "outcome": values}
    reports = []
    for row in rules:
        value = float(sum(c * quantity[row.on][i] for i, c in row.coefficients.items()))
        slack = row.bound - value if row.sense == "<=" else value - row.bound
        year = row.year or 0
        binding = row.rule == "yearly_budget" or (row.rule == "productive_share" and year != 2030)
        price = 2.4e-5 * 0.93 ** (year - 2027) if row.rule == "yearly_budget" else 0.0
        reports.append(RuleReport(row, value, slack, binding, price, 6400.0 if price else None))
    past = {
        (year, sector, tool): amount * min(1.0, 0.75 + 0.04 * (year - 2020))
        for year in range(2021, 2036)
        for (sector, tool), amount in PAST.items()
    }
    answer = Answer(
        status=status,  # type: ignore[arg-type]
        stop="done",
        amounts=amounts.astype(float),
        outcomes=values,
        objective=-0.31,
        parts={"balance": 5.21, "farmers_income": 100.8},
        kkt_residual=3.1e-7,
        max_violation=0.0,
        starts=Starts(8, 7, 2.1e-5, (*(-0.31 + 3e-6 * k for k in range(7)), -0.27)),
        rules=tuple(reports),
        gradient=np.array([-1e-5 if d.sector == "services" else -2.4e-5 for d in chosen]),
        reduced_costs=np.array([1.4e-5 if d.sector == "services" else 0.0 for d in chosen]),
        continuous=amounts.astype(float),
        objective_without_money=0.42,
        seconds={"search": 1.31, "polish": 0.2},
        conflict=("yearly_budget[2027]", "assessment_score[2027]") if "infe" in status else (),
    )
    problem = Problem(
        decisions=chosen,
        outcomes=outcomes,
        objective=(
            Term("balance", 1.0, {i: 1 / 9 for i in range(9)}, unit="percentage point"),
            Term("farmers_income", -0.1, {i: 1 / 9 for i in range(18, 27)}, unit="percent"),
        ),
        rows=rules,
        past_practice=np.array([past[d.year, d.sector, d.instrument] for d in chosen]),
    )
    return Result(
        scenario="w-county",
        title={"zh": "W县", "en": "W County"},
        problem=problem,
        answer=answer,
        paths=paths,
        past_money=past,
        units=UNITS,
        rules={
            "yearly_budget": {"on": True, "amount": 5900.0},
            "productive_share": {"on": True, "at_least": 0.6},
            "absorptive_capacity": {"on": True, "industry": 2500.0},
            "assessment_score": {"on": True, "at_least": 76.0},
        },
        model=ModelFacts("county.mdl", "0f" * 32, PARAMETERS),
        seed=1,
        versions={"xieheng": "0.1.0"},
        seconds={"read": 0.2, "search": 1.5},
    )

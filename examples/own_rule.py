"""A rule of one's own: stated as rows, shown as Pyomo writes it, solved, and its price told.

    python examples/own_rule.py

A rule is a function that yields rows over the money (or the outcomes) by index, as those of
``optimize.rules`` do. This one asks that training goes with building: in every year and
sector, talent gets at least a tenth of what productive projects get.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run from a checkout

from optimize import Row, rules, solve
from optimize.rules import constraints
from scenarios.county import County
from scenarios.load import load
from scenarios.problem import problem, response_of


def talent_with_projects(context: rules.RuleContext, *, share: float = 0.1) -> Iterator[Row]:
    """Talent of a sector and year is at least ``share`` of its productive money (10,000 yuan)."""
    for year in context.years:
        for sector in rules.SECTORS:
            talent = context.money(year, sector=sector, instrument="talent")
            built = context.money(year, sector=sector, instrument=rules.PRODUCTIVE)
            row = dict.fromkeys(talent, 1.0) | dict.fromkeys(built, -share)
            yield Row("talent_with_projects", "money", row, ">=", 0.0, "wanyuan", year, sector)


def main(starts: int = 4) -> float:
    """Solve W County without and with the rule; returns what the rule costs, in points."""
    county = County(load("w-county"))
    stated = problem(county)
    response = response_of(county, stated)
    past = response.values(stated.past_practice[None])[0]
    context = rules.RuleContext(stated.decisions, stated.outcomes, past)
    own = tuple(talent_with_projects(context))

    model = constraints.money_model(stated.decisions)
    written = constraints.add(model, own, dict(enumerate(model.money.values())))
    print(own[0].name, ":", written[own[0].name].expr)

    before = solve(stated, response, starts=starts)
    after = solve(
        replace(stated, rows=(*stated.rows, *own)),
        response,
        starts=starts,
        begin=[before.continuous],
    )
    for name, answer in (("without", before), ("with", after)):
        talent = sum(
            float(amount)
            for decision, amount in zip(stated.decisions, answer.amounts, strict=True)
            if decision.instrument == "talent"
        )
        print(f"{name:8} objective {answer.objective:.4f}, talent {talent:,.0f} ({answer.status})")
    priced = [
        report
        for report in after.rules
        if report.row.rule == "talent_with_projects" and report.binding
    ]
    print(f"the rule binds in {len(priced)} of {len(own)} rows")
    cost = after.objective - before.objective
    print(f"it costs {cost:.4f} points of the aim")
    return cost


if __name__ == "__main__":
    main()

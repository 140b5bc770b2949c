"""What is to be said of a plan that somebody brings: money, aim, and the rules that it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimize.problem import Problem, Row, Vector
from optimize.rules.sizes import too_small
from scenarios.words import Words, number

if TYPE_CHECKING:
    from scenarios.county import County
    from scenarios.plan_csv import PlanTable
    from scenarios.report.console import Page
    from scenarios.report.result import PlanName, Yearly

HOLDS = 1e-6  # relative violation below which a row holds, as for plans that are found


@dataclass(frozen=True)
class Broken:
    """Rows of one rule and subject that a plan breaks."""

    rows: tuple[Row, ...]
    amounts: tuple[float, ...]  # by which each is broken, in the unit of the rows

    def line(self, words: Words) -> str:
        """The rule, the years, and by how much in the worst of them."""
        from scenarios.report.rule_words import rule_name, with_unit

        worst = max(range(len(self.rows)), key=self.amounts.__getitem__)
        years = [row.year for row in self.rows if row.year is not None]
        key = "whole" if not years else "year" if len(years) == 1 else "years"
        return words.say(
            f"simulate.broken.{key}",
            rule=rule_name(words, self.rows[0], with_year=False),
            years=words.years(years),
            year=self.rows[worst].year,
            amount=with_unit(words, self.amounts[worst], self.rows[worst].unit),
        )


@dataclass(frozen=True)
class PlanVerdict:
    """A plan against the budget, past practice and the rules. Money in 10,000 yuan."""

    money: float
    budget: float  # of all plan years
    aim: float
    past_aim: float
    broken: tuple[Broken, ...]
    empty: tuple[int, ...]  # plan years without any amount

    def show(self, words: Words, page: Page) -> None:
        """Print it."""
        page.console.print()
        money, budget = words.money(self.money), words.money(self.budget)
        page.paragraph(words.say("simulate.money", money=money, budget=budget))
        aim, past = number(self.aim, 4), number(self.past_aim, 4)
        page.paragraph(words.say("simulate.aim", aim=aim, past=past))
        page.paragraph(words.say(f"simulate.{'breaks' if self.broken else 'keeps'}"))
        for group in self.broken:
            page.paragraph(group.line(words), first="- ")

    def record(self) -> dict[str, object]:
        """The same for a program."""
        return {
            "money": self.money,
            "budget": self.budget,
            "aim": self.aim,
            "past_practice_aim": self.past_aim,
            "broken": [
                {"name": row.name, "rule": row.rule, "year": row.year, "by": by, "unit": row.unit}
                for group in self.broken
                for row, by in zip(group.rows, group.amounts, strict=True)
            ],
        }


def plan_verdict(county: County, plan: PlanTable, paths: Mapping[PlanName, Yearly]) -> PlanVerdict:
    """Judge ``plan``, which is simulated in ``paths`` as ``optimal``."""
    from optimize.measures import measures
    from scenarios.problem import problem

    stated, years = problem(county), county.scenario.plan.years
    amounts = np.array([plan.get((d.year, d.sector, d.instrument), 0.0) for d in stated.decisions])
    own, past = (
        np.array([paths[name].at(o.column, [o.year])[0] for o in stated.outcomes])
        for name in ("optimal", "past_practice")
    )
    aims = measures(stated, past).objective(np.stack([own, past]))
    return PlanVerdict(
        money=float(amounts.sum()),
        budget=sum(county.scenario.money.budgets(years).values()),
        aim=float(aims[0]),
        past_aim=float(aims[1]),
        broken=broken(stated, amounts, own),
        empty=tuple(year for year in years if year not in {key[0] for key in plan}),
    )


def broken(stated: Problem, amounts: Vector, outcomes: Vector) -> tuple[Broken, ...]:
    """The rows that do not hold, by rule and subject, in the order of the problem."""
    groups: dict[tuple[str, str], list[tuple[Row, float]]] = {}
    for row in (*stated.rows, *too_small(stated, amounts)):
        quantities = amounts if row.on == "money" else outcomes
        if row.violation(quantities) > HOLDS:
            group = groups.setdefault((row.rule, row.subject), [])
            group.append((row, -row.slack(quantities)))
    return tuple(Broken(*zip(*group, strict=True)) for group in groups.values())

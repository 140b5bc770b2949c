"""Money of the years that are over that was not spent, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from optimize.rules.money import left_by
from scenarios.plan_csv import PlanTable
from scenarios.scenario import Scenario
from scenarios.schema import CarryOver, TotalBudget

Rule = Literal["carry_over", "yearly_budget", "total_budget"]
Part = Literal["budget", "planned", "spent", "left", "carried", "lost"]
PARTS: tuple[Part, ...] = ("budget", "planned", "spent", "left", "carried", "lost")


@dataclass(frozen=True)
class YearMoney:
    """One year's money, 10,000 yuan. ``left``: of its budget; ``carried`` may still be used, up to
    the end of ``lapses``, and ``lost`` may not. What a year before the plan left is its budget."""

    year: int
    budget: float
    planned: float
    spent: float
    left: float
    carried: float
    lost: float
    lapses: int | None


HUNDREDTH_OF_A_YUAN = 6  # digits of 10,000 yuan; what is below is rounding of sums


@dataclass(frozen=True)
class Unspent:
    """The years that are over, by the ``rule`` that says how long money may be used.

    ``over``: what was spent beyond all the money there was.
    """

    rule: Rule
    years: tuple[YearMoney, ...]
    over: float

    @property
    def carried(self) -> dict[int, float]:
        """What may still be used, by the year of its budget."""
        return {item.year: item.carried for item in self.years if item.carried > 0.0}

    def total(self, part: Part) -> float:
        """A column's sum."""
        return float(sum(getattr(item, part) for item in self.years))


def unspent(scenario: Scenario, until: int, plan: PlanTable, spent: PlanTable) -> Unspent:
    """What was budgeted, planned and spent up to the end of ``until``, and what is left of it."""
    rule, span = lasting(scenario)
    money = scenario.money
    past = tuple(year for year in scenario.plan.years if year <= until)
    budgets = {**money.left_over, **money.budgets(past)}
    planned, went = by_year(plan, past), by_year(spent, past)
    far = until + 1 - min(budgets) if span is None else span
    exact = left_by(budgets, went, far)
    left = {year: round(amount, HUNDREDTH_OF_A_YUAN) for year, amount in exact.items()}
    years = []
    for year in sorted(budgets):
        # Without a rule by year nothing lapses, and the total says what there is.
        still = span is not None and year + far > until
        lapses = year + far if still and left[year] else None
        carried = left[year] if still else 0.0
        lost = 0.0 if span is None else left[year] - carried
        cells = planned.get(year, 0.0), went.get(year, 0.0)
        years.append(YearMoney(year, budgets[year], *cells, left[year], carried, lost, lapses))
    over = sum(went.values()) - (sum(budgets.values()) - sum(exact.values()))
    return Unspent(rule, tuple(years), max(0.0, round(over, HUNDREDTH_OF_A_YUAN)))


def lasting(scenario: Scenario) -> tuple[Rule, int | None]:
    """The rule that says how long a year's money may be used, and for how many more years."""
    carry, yearly = scenario.rules.get("carry_over"), scenario.rules.get("yearly_budget")
    if isinstance(carry, CarryOver) and carry.on:
        return "carry_over", carry.years
    return ("yearly_budget", 0) if yearly is not None and yearly.on else ("total_budget", None)


def by_year(table: PlanTable, years: tuple[int, ...]) -> dict[int, float]:
    """The money of each year."""
    return {year: float(sum(x for (y, _, _), x in table.items() if y == year)) for year in years}


def used(scenario: Scenario, found: Unspent, plan: PlanTable) -> float:
    """How much of what is carried on a plan of the remaining years spends (10,000 yuan)."""
    _, span = lasting(scenario)
    years = scenario.plan.years
    budgets = {**found.carried, **scenario.money.budgets(years)}
    left = left_by(budgets, by_year(plan, years), span or 0)
    return float(sum(amount - left[year] for year, amount in found.carried.items()))


def after(scenario: Scenario, until: int, spent: PlanTable) -> Scenario:
    """The scenario whose money is what is left after ``until``: carried on, and of the total."""
    found = unspent(scenario, until, spent, spent)
    money = scenario.money.model_copy(update={"left_over": found.carried})
    rules = dict(scenario.rules)
    total = rules.get("total_budget")
    if isinstance(total, TotalBudget):
        left = max(0.0, total.amount - found.total("spent"))
        rules["total_budget"] = total.model_copy(update={"amount": left})
    return replace(scenario, money=money, rules=rules)

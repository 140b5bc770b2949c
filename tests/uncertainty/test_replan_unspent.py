"""Money that was not spent is carried on or lost as the scenario's rule says."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.county import County
from scenarios.load import load
from scenarios.problem import problem
from scenarios.replanning import Observed, unspent
from scenarios.replanning.revision import remaining
from scenarios.replanning.unspent import used
from scenarios.resolved import scenario_files
from scenarios.schema import TotalBudget

CARRY = "[rules.carry_over]\nyears = 2\n"
TOTAL = "[rules.yearly_budget]\non = false\n[rules.total_budget]\namount = 54000\n"
PLACE = ("all", "public services")
SPENT = {2027: 4600.0, 2028: 5000.0}  # of budgets of 5600 and 5700


def county(folder: Path, rules: str) -> County:
    """W County with other rules of money."""
    file = folder / "own.toml"
    file.write_text(f'extends = "w-county"\n{rules}', encoding="utf-8")
    return County(load(file))


def table(amounts: dict[int, float]) -> dict[tuple[int, str, str], float]:
    return {(year, *PLACE): amount for year, amount in amounts.items()}


def test_money_of_a_year_is_lost_without_carry_over(tmp_path: Path) -> None:
    scenario = county(tmp_path, "").scenario
    found = unspent(scenario, 2028, table({2027: 5600.0, 2028: 5600.0}), table(SPENT))
    assert (found.rule, found.carried, found.over) == ("yearly_budget", {}, 0.0)
    assert [(y.left, y.carried, y.lost) for y in found.years] == [(1000, 0, 1000), (700, 0, 700)]
    assert (found.total("planned"), found.total("spent")) == (11200.0, 9600.0)


def test_carried_money_is_there_for_the_rest_of_the_plan(tmp_path: Path) -> None:
    own = county(tmp_path, CARRY)
    # 1000 of 2027 pay first in 2028, so that 1700 of 2028 are left, usable until 2030.
    found = unspent(own.scenario, 2028, table(SPENT), table(SPENT))
    assert found.carried == {2028: 1700.0} and found.total("lost") == 0.0
    assert [y.lapses for y in found.years] == [None, 2030]
    later = remaining(own, 2028, own.scenario.numbers, Observed(2028, (), {}, table(SPENT)))
    assert later.scenario.money.left_over == {2028: 1700.0}
    bounds = {r.name: r.bound for r in problem(later).rows if r.rule == "carry_over"}
    assert bounds["carry_over[2029]"] == 5800.0 + 1700.0
    assert bounds["carry_over[2029-,2031]"] == 5800 + 5900 + 6000 + 1700.0
    # From 2031 on it has lapsed: the run from there lives on the budgets since 2029.
    assert bounds["carry_over[2031]"] == 5800 + 5900 + 6000
    assert used(later.scenario, found, table({2029: 1000.0, 2030: 500.0, 2031: 900.0})) == 1500.0
    assert used(later.scenario, found, table({2029: 5800.0})) == 1700.0  # the oldest first
    # What is told is what the folder holds: loaded again, the same money is there.
    (tmp_path / "run").mkdir()
    for name, held in scenario_files(later.scenario, tmp_path / "run").items():
        data = held.encode() if isinstance(held, str) else held
        (tmp_path / "run" / name).write_bytes(data)
    assert load(tmp_path / "run" / "resolved.toml").money.left_over == {2028: 1700.0}


def test_money_lapses_when_its_years_are_over(tmp_path: Path) -> None:
    scenario = county(tmp_path, CARRY).scenario
    spent = table({2027: 1000.0, 2028: 1000.0, 2029: 1000.0})
    found = unspent(scenario, 2029, spent, spent)
    # Of 5600 in 2027, 3000 were spent in three years; what is left of it has lapsed.
    assert [(y.carried, y.lost) for y in found.years] == [(0, 2600), (5700, 0), (5800, 0)]


def test_a_total_budget_keeps_what_was_not_spent(tmp_path: Path) -> None:
    own = county(tmp_path, TOTAL)
    found = unspent(own.scenario, 2028, table(SPENT), table(SPENT))
    assert (found.rule, found.carried, found.total("lost")) == ("total_budget", {}, 0.0)
    later = remaining(own, 2028, own.scenario.numbers, Observed(2028, (), {}, table(SPENT)))
    rule = later.scenario.rules["total_budget"]
    assert isinstance(rule, TotalBudget) and rule.amount == 54000.0 - 9600.0


@pytest.mark.parametrize("rules", ["", CARRY])
def test_money_that_nobody_had_is_pointed_out(rules: str, tmp_path: Path) -> None:
    scenario = county(tmp_path, rules).scenario
    spent = table({2027: 6000.0, 2028: 5700.0})
    assert unspent(scenario, 2028, spent, spent).over == 400.0

"""From a scenario to the problem: decisions, aims, rules, past practice."""

from __future__ import annotations

import csv
import re
from inspect import Parameter, signature

import numpy as np
import pytest

from optimize import rules
from optimize.linear import linear_rules
from scenarios import schema
from scenarios.aims import NoBase, terms
from scenarios.county import County
from scenarios.findings import FindingsError
from scenarios.load import load
from scenarios.problem import problem
from scenarios.resolved import resolved_text

from .conftest import Write


@pytest.fixture(scope="module")
def county() -> County:
    return County(load())


def test_one_decision_for_each_year_sector_and_instrument(county: County) -> None:
    decisions = county.decisions
    assert len(decisions) == len({(d.year, d.sector, d.instrument) for d in decisions}) == 9 * 13
    assert all(d.lever in county.model.lookups for d in decisions)


def test_no_decision_can_take_more_than_there_is_to_spend(county: County) -> None:
    """By the rules alone, so that the price of the money is the budget's."""
    stated = problem(county)
    budgets = county.scenario.money.budgets(county.scenario.plan.years)
    _, most = linear_rules(stated).ranges()
    assert not np.isfinite(stated.high).any()
    assert all(most[i] <= budgets[d.year] + 1e-6 for i, d in enumerate(stated.decisions))


def test_past_practice_is_the_table_of_the_planner(county: County) -> None:
    with county.scenario.past_practice_file.open(encoding="utf-8") as file:
        rows = {
            (int(row["year"]), row["sector"], row["instrument"]): float(row["amount"])
            for row in csv.DictReader(file)
        }
    assert county.past_money() == rows
    stated = problem(county)
    amounts = zip(stated.decisions, stated.past_practice, strict=True)
    assert all(rows[d.year, d.sector, d.instrument] == amount for d, amount in amounts)


def test_aims_count_in_per_cent_of_past_practice(county: County) -> None:
    stated = problem(county)
    past = county.simulate(county.past)
    times = list(past.times)
    outcomes = np.array([past[o.column][0, times.index(o.year)] for o in stated.outcomes])
    gaps = [past["structure gap"][0, times.index(y)] for y in county.scenario.plan.judged_years]
    for term in stated.objective:
        values = [c * outcomes[i] for i, c in term.coefficients.items()]
        if term.name == "balance":
            assert term.weight > 0
            assert sum(values) == pytest.approx(np.mean(gaps), rel=1e-12)
        else:
            assert term.weight < 0
            value = min(values) if term.kind == "worst" else sum(values)
            assert value == pytest.approx(100.0, rel=1e-12)


def test_a_per_cent_of_nothing_is_refused(county: County) -> None:
    outcomes = problem(county).outcomes
    with pytest.raises(NoBase) as caught:
        terms(county.scenario.objective, outcomes, np.zeros(len(outcomes)))
    assert caught.value.aim == "farmers_income"


def test_a_plan_changes_the_plan_years_only(county: County) -> None:
    none = county.tables({})
    for lever, past in county.past.items():
        years = county.model.lookups[lever].x
        np.testing.assert_array_equal(none[lever][years < 2027], past[years < 2027])
        assert not none[lever][(years >= 2027) & (years <= 2035)].any()
    again = county.tables(county.past_money())
    assert all(np.array_equal(again[lever], county.past[lever]) for lever in again)


def test_carried_over_money_raises_what_a_year_can_spend(write: Write) -> None:
    path = write("own.toml", 'extends = "w-county"\n[rules.carry_over]\nyears = 1\n')
    county = County(load(path))
    budgets = county.scenario.money.budgets(county.scenario.plan.years)
    bounds = {row.name: row.bound for row in problem(county).rows}
    assert bounds["carry_over[2027]"] == budgets[2027]
    assert bounds["carry_over[2030]"] == budgets[2029] + budgets[2030]
    assert "yearly_budget[2027]" not in bounds


def test_a_total_limits_all_years_together(write: Write) -> None:
    path = write("own.toml", 'extends = "w-county"\n[rules.total_budget]\namount = "1000 万元"\n')
    stated = problem(County(load(path)))
    (row,) = (row for row in stated.rows if row.rule == "total_budget")
    assert row.bound == 1000.0
    assert set(row.coefficients) == set(range(len(stated.decisions)))


def test_a_scenario_can_state_every_rule_and_no_field_that_it_lacks() -> None:
    known = {**rules.RULES, **rules.CHOICE_RULES}
    assert set(schema.RULES) == set(known)
    for id, form in schema.RULES.items():
        taken = signature(known[id]).parameters.values()
        if not any(parameter.kind is Parameter.VAR_KEYWORD for parameter in taken):
            assert set(form.model_fields) - {"on", "source"} <= {p.name for p in taken}, id


def test_a_rule_off_leaves_no_row(write: Write) -> None:
    path = write("own.toml", 'extends = "w-county"\n[rules.m_not_worse]\non = false\n')
    assert "m_not_worse" not in {row.rule for row in problem(County(load(path))).rows}
    assert "m_not_worse" in {row.rule for row in problem(County(load())).rows}


def test_rows_carry_their_source(county: County) -> None:
    sources = {row.rule: row.source for row in problem(county).rows}
    rules = county.scenario.rules
    assert sources == {name: rules[name].source for name in sources}


def test_a_lever_without_a_plan_year_is_refused(write: Write) -> None:
    text = load().model.path.read_text(encoding="utf-8")
    lever = text.index("yearly money for insurance subsidy(")
    end = text.index("~", lever)
    write("own.mdl", text[:lever] + re.sub(r",\(2035,\d+\)", "", text[lever:end]) + text[end:])
    path = write("own.toml", 'extends = "w-county"\n[scenario]\nmodel = "own.mdl"\n')
    with pytest.raises(FindingsError) as caught:
        load(path)
    (finding,) = caught.value.findings
    assert (finding.key, finding.reason.key) == (
        "yearly money for insurance subsidy",
        "finding.lever_years",
    )
    assert finding.line == text.count("\n", 0, lever) + 1


def test_a_model_without_the_outcome_is_refused(write: Write) -> None:
    text = (county_text := load().model.path.read_text(encoding="utf-8")).replace(
        "structure gap", "gap of structure"
    )
    assert text != county_text
    write("own.mdl", text)
    path = write("own.toml", 'extends = "w-county"\n[scenario]\nmodel = "own.mdl"\n')
    with pytest.raises(FindingsError) as caught:
        problem(County(load(path)))
    assert [(f.key, f.reason.key) for f in caught.value.findings] == [
        ("structure gap", "finding.no_path")
    ]


EVERY_RULE = """extends = "w-county"
[scenario]
name = "every-rule"
[rules.total_budget]
amount = "5.4 亿元"
[rules.carry_over]
years = 1
[rules.not_below_last_year]
on = false
[rules.productive_share_not_below_last_year]
[rules.yearly_change]
of = "last year"
at_most = 0.5
[rules.payment_profile]
shares = [0.6, 0.4]
[rules.sector_instrument_floor]
industry = { talent = 0.01 }
[rules.sector_instrument_ceiling]
agriculture = { "productive projects" = 0.5 }
[rules.assessment_score.at_least]
2027 = 90
2028 = 91
2029 = 92
2030 = 93
2031 = 94
2032 = 95
2033 = 95
2034 = 95
2035 = 95
[rules.assessment_indicators]
at_least = 0.5
jobs = 1.0
[rules.minimum_size]
at_least = "30 万元"
productive_projects = 200
"""


def test_a_scenario_states_every_rule_with_its_numbers(write: Write) -> None:
    loaded = load(write("own.toml", EVERY_RULE))
    rows = {row.name: row for row in problem(County(loaded)).rows}
    assert rows["assessment_score[2029]"].bound == 92.0
    assert rows["assessment_indicators[jobs,2030]"].bound == 1.0
    assert rows["assessment_indicators[sales,2030]"].bound == 0.5
    assert rows["total_budget"].bound == 54000.0
    talent = rows["sector_instrument_floor[industry: talent,2031]"]
    assert sorted(set(talent.coefficients.values())) == [-0.01, 0.99]
    (up,) = set(rows["yearly_change[services up,2030]"].coefficients.values()) - {1.0}
    assert up == -1.5
    stated = problem(County(loaded))
    least = {link.name: min(link.choices.values()) for link in stated.links if link.choices}
    assert least["minimum_size[industry: productive projects,2031]"] == -200.0
    assert least["minimum_size[all: public services,2031]"] == -30.0
    again = load(write("again.toml", resolved_text(loaded, loaded.file.parent)))
    assert {row.name: row for row in problem(County(again)).rows} == rows
    assert problem(County(again)).links == stated.links


def test_payments_go_on_from_the_years_before_the_plan(write: Write) -> None:
    """Two fifths of what 2026 agreed on, taken as what it paid, falls due in 2027."""
    county = County(load(write("own.toml", EVERY_RULE)))
    row = next(r for r in problem(county).rows if r.name == "payment_profile[industry,2027]")
    before = county.past_money()[2026, "industry", "productive projects"]
    assert row.bound == pytest.approx(0.4 * before / 0.6)
    assert list(row.coefficients.values()) == [pytest.approx(1.0 / 0.6)]


def test_the_rules_that_are_off_work_as_they_stand(write: Write) -> None:
    """What W County's file keeps behind ``#`` is right as soon as the marks are gone."""
    text = load().file.read_text(encoding="utf-8")
    marked = text.partition("Rules that are off")[2].partition("[search]")[0]
    own = 'extends = "w-county"\n' + marked.replace("# ", "", 1).replace("\n# ", "\n")
    loaded = load(write("own.toml", own))
    assert all(rule.on for rule in loaded.rules.values())
    assert set(loaded.rules) == {*rules.RULES, *rules.CHOICE_RULES}

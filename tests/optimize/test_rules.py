"""Every rule recomputed by hand for a small plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimize import Decision, Outcome, Row, rules
from optimize.rules.money import left_by
from optimize.rules.outcomes import (
    ASSESSMENT_SCORE,
    FARMERS_INCOME,
    FARMERS_INCOME_IF_DRY,
    GAIN_OF_M,
    GAIN_OF_W,
)

PLACES = (
    ("agriculture", "productive projects"),
    ("industry", "productive projects"),
    ("services", "talent"),
    ("agriculture", "insurance subsidy"),
    ("all", "public services"),
)
YEARS = (2027, 2028, 2029)
DECISIONS = tuple(Decision(y, s, i, f"{i}[{s}]") for y in YEARS for s, i in PLACES)
COLUMNS = (
    ASSESSMENT_SCORE,
    FARMERS_INCOME,
    FARMERS_INCOME_IF_DRY,
    GAIN_OF_W,
    GAIN_OF_M,
    "achievement[jobs]",
    "achievement[sales]",
)
OUTCOMES = tuple(Outcome(column, y) for column in COLUMNS for y in YEARS)
PAST = np.array([90.0, 95, 100, 30, 10, 20, 25, 5, 15, 5, 6, 7, 1, 2, 3, 0.7, 0.9, 1.2, 0, 0, 0])
LAST_YEAR = {
    ("agriculture", "productive projects"): 60.0,
    ("industry", "productive projects"): 10.0,
    ("all", "public services"): 30.0,
}
BUDGETS = {2027: 100.0, 2028: 110.0, 2029: 120.0}
HISTORY = {
    (2026, "agriculture", "productive projects"): 60.0,
    (2025, "agriculture", "productive projects"): 40.0,
    (2026, "industry", "productive projects"): 10.0,
}
CONTEXT = rules.RuleContext(DECISIONS, OUTCOMES, PAST, LAST_YEAR, BUDGETS, HISTORY)
#                 ag   in   se  ins  pub
PLAN = np.array([40.0, 20.0, 10.0, 5.0, 15.0,  # 90
                 30.0, 40.0, 10.0, 10.0, 20.0,  # 110
                 20.0, 50.0, 20.0, 0.0, 40.0])  # 130  # fmt: skip

FIELDS: dict[str, dict[str, Any]] = {
    "yearly_budget": {},
    "total_budget": {"amount": 330},
    "carry_over": {"years": 1},
    "not_below_last_year": {},
    "yearly_change": {"at_most": 0.2},
    "payment_profile": {"shares": [0.5, 0.25, 0.25]},
    "productive_share": {"at_least": 0.6},
    "productive_share_not_below_last_year": {},
    "sector_floor": {"industry": 0.25, "services": 0.15},
    "sector_ceiling": {"agriculture": 0.5},
    "instrument_floor": {"public services": 0.2},
    "instrument_ceiling": {"insurance subsidy": 0.05},
    "sector_instrument_floor": {"industry": {"productive projects": 0.3}},
    "sector_instrument_ceiling": {"services": {"talent": 0.1}},
    "absorptive_capacity": {"agriculture": 35, "industry": 45},
    "assessment_score": {"at_least": 92},
    "assessment_indicators": {"at_least": 0.0, "jobs": {2027: 0.8, 2028: 0.9, 2029: 1.0}},
    "farmers_worst_year": {"at_least_share_of_past_practice": 1.2},
    "farmers_not_worse": {},
    "w_not_worse": {},
    "m_not_worse": {},
}

# Slack of every row, by hand, at PLAN (money) and at PAST (outcomes).
BY_HAND: dict[str, list[float]] = {
    "yearly_budget": [10, 0, -10],
    "total_budget": [0],
    # spent 90, 110, 130 of 100, 110, 120: 2027; 2027-2028; 2027-2029; 2029 with 2028's rest
    "carry_over": [100 - 90, 210 - 200, 330 - 330, 230 - 130],
    "not_below_last_year": [90 - 100, 20, 20],
    # agriculture 45, 40, 20 from 60; industry 20, 40, 50 from 10; services 10, 10, 20 from 0
    "yearly_change": [
        *(20 + 15, 20 - 15, 22 + 5, 22 - 5, 24 + 20, 24 - 20),
        *(20 - 10, 20 + 10, 22 - 20, 22 + 20, 24 - 10, 24 + 10),
        *(20 - 10, 20 + 10, 22 - 0, 22 + 0, 24 - 10, 24 + 10),
    ],
    # agriculture commits (40 - 32.5), (30 - 15 - a quarter of 2026's 60 - what 2027 adds), ...;
    # services pays nothing in 2026 and carries no productive projects
    "payment_profile": [
        *(2 * (40 - 25), 2 * (30 - 15 - 7.5), 2 * (20 - 7.5 - 3.75)),
        *(2 * (20 - 2.5), 2 * (40 - 2.5 - 8.75), 2 * (50 - 8.75 - 14.375)),
    ],
    "productive_share": [60 - 54, 70 - 66, 70 - 78],
    "productive_share_not_below_last_year": [60 - 70, 70 - 66, 70 - 120 * 70 / 110],
    # tied to a sector: 75, 90, 90
    "sector_floor": [
        *(20 - 18.75, 40 - 22.5, 50 - 22.5),
        *(10 - 11.25, 10 - 13.5, 20 - 13.5),
    ],
    "sector_ceiling": [37.5 - 45, 45 - 40, 45 - 20],
    "instrument_floor": [15 - 18, 20 - 22, 40 - 26],
    "instrument_ceiling": [4.5 - 5, 5.5 - 10, 6.5 - 0],
    "absorptive_capacity": [35 - 40, 35 - 30, 35 - 20, 45 - 20, 45 - 40, 45 - 50],
    "sector_instrument_floor": [20 - 27, 40 - 33, 50 - 39],
    "sector_instrument_ceiling": [9 - 10, 11 - 10, 13 - 20],
    "assessment_score": [-2, 3, 8],
    "assessment_indicators": [0.7 - 0.8, 0.0, 0.2],
    "farmers_worst_year": [25 - 30, 5 - 6, 15 - 18],
    "farmers_not_worse": [0, 0, 0],
    "w_not_worse": [0],
    "m_not_worse": [0],
}


def rows_of(rule: str) -> tuple[Row, ...]:
    return rules.build({rule: {"on": True, "source": "a law", **FIELDS[rule]}}, CONTEXT)


def test_no_rule_is_left_out() -> None:
    assert set(FIELDS) == set(BY_HAND) == set(rules.RULES)


@pytest.mark.parametrize("rule", FIELDS)
def test_slack_by_hand(rule: str) -> None:
    rows = rows_of(rule)
    found = [row.slack(PLAN if row.on == "money" else PAST) for row in rows]
    np.testing.assert_allclose(found, BY_HAND[rule], atol=1e-12)
    assert len({row.name for row in rows}) == len(rows)
    assert all(row.rule == rule and row.source == "a law" and row.unit for row in rows)


@pytest.mark.parametrize("left", [{}, {2025: 30.0, 2026: 20.0}, {2026: 45.0}])
@pytest.mark.parametrize("span", [1, 2])
def test_carried_over_money_can_be_matched_with_budgets(left: dict[int, float], span: int) -> None:
    """Rows of ``carry_over`` hold exactly for plans that budgets can pay (an LP decides)."""
    from scipy.optimize import linprog

    random = np.random.default_rng(4)
    context = replace(CONTEXT, left_over=left)
    rows = rules.build({"yearly_budget": {}, "carry_over": {"years": span}}, context)
    assert {row.rule for row in rows} == {"carry_over"}
    supplies = {**left, **BUDGETS}
    # pay[b, y]: money of budget b spent in y, no later than span years after b
    pairs = [(b, y) for b in supplies for y in YEARS if b <= y <= b + span]
    from_budget = [[float(b == k) for b, _ in pairs] for k in supplies]
    into_year = [[float(y == k) for _, y in pairs] for k in YEARS]
    seen = set()
    for _ in range(200):
        totals = random.uniform(60.0, 200.0, size=3)
        plan = np.repeat(totals / 5.0, 5)
        zeros = np.zeros(len(pairs))
        paid = linprog(zeros, from_budget, list(supplies.values()), into_year, totals).status == 0
        assert all(row.slack(plan) >= -1e-9 for row in rows) == paid
        seen.add(paid)
    assert seen == {True, False}


def test_the_oldest_money_is_spent_first() -> None:
    budgets = {2027: 100.0, 2028: 100.0, 2029: 100.0}
    spent = {2027: 40.0, 2028: 90.0, 2029: 100.0}
    # 60 of 2027 pay for 2028, with 30 of 2028's own; 70 of 2028 pay for 2029.
    assert left_by(budgets, spent, 2) == {2027: 0.0, 2028: 0.0, 2029: 70.0}
    # Without carry-over every year lives on its own budget.
    assert left_by(budgets, spent, 0) == {2027: 60.0, 2028: 10.0, 2029: 0.0}
    assert left_by({2027: 10.0}, {2027: 30.0}, 1) == {2027: 0.0}


def test_rules_that_are_off_write_nothing() -> None:
    assert rules.build({"total_budget": {"on": False, "amount": 1}}, CONTEXT) == ()


@pytest.mark.parametrize(
    ("stated", "rule", "field"),
    [
        ({"yearly_budgets": {}}, "yearly_budgets", "on"),
        ({"yearly_budget": {"amount": {2027: 1}}}, "yearly_budget", "fields"),
        ({"assessment_score": {"at_least": {2027: 1}}}, "assessment_score", "at_least"),
        ({"assessment_indicators": {"roads": 1}}, "assessment_indicators", "roads"),
        ({"sector_instrument_floor": {"all": {"talent": 1}}}, "sector_instrument_floor", "all"),
        ({"sector_instrument_floor": {"industry": {"x": 1}}}, "sector_instrument_floor", "x"),
        ({"payment_profile": {"shares": [0.5, 0.4]}}, "payment_profile", "shares"),
        ({"payment_profile": {"shares": [0.0, 1.0]}}, "payment_profile", "shares"),
        ({"payment_profile": {"shares": [0.02, 0.98]}}, "payment_profile", "shares"),
        ({"sector_floor": {"mining": 0.1}}, "sector_floor", "mining"),
        ({"instrument_floor": {"roads": 0.1}}, "instrument_floor", "roads"),
        ({"productive_share": {"at_most": 0.1}}, "productive_share", "fields"),
        ({"yearly_change": {"of": "week"}}, "yearly_change", "of"),
        ({"carry_over": {"years": -1}}, "carry_over", "years"),
    ],
)
def test_what_cannot_be_written_is_refused(
    stated: dict[str, dict[str, Any]], rule: str, field: str
) -> None:
    with pytest.raises(rules.RuleError) as caught:
        rules.build(stated, CONTEXT)
    assert (caught.value.rule, caught.value.field) == (rule, field)
    assert caught.value.reason


def test_a_year_without_a_budget_has_no_productive_share() -> None:
    context = replace(CONTEXT, budgets={2027: 100.0, 2028: 0.0, 2029: 120.0})
    rows = rules.build({"productive_share_not_below_last_year": {}}, context)
    assert [row.year for row in rows] == [2027, 2029]
    assert rows[1].slack(PLAN) == pytest.approx(70 - 120 * 60 / 100)


def test_a_rule_about_levers_that_are_not_there_says_nothing() -> None:
    """One decision; the other sectors and instruments have none."""
    context = replace(CONTEXT, decisions=DECISIONS[:1], outcomes=(), past_outcomes=np.zeros(0))
    stated = {"yearly_change": {}, "instrument_ceiling": {"productive projects": 1.0}}
    rows = rules.build(stated, replace(context, last_year={}))
    assert [row.name for row in rows] == [
        "yearly_change[agriculture up,2027]",
        "yearly_change[agriculture down,2027]",
    ]
    with pytest.raises(rules.RuleError, match="no lever"):
        rules.build({"yearly_change": {"at_most": 0.01}}, replace(context, last_year=LAST_YEAR))


def test_only_plan_years_are_judged() -> None:
    later = (*OUTCOMES, Outcome(FARMERS_INCOME, 2030))
    past = np.append(PAST, 60.0)
    context = rules.RuleContext(DECISIONS, later, past, LAST_YEAR, BUDGETS)
    rows = rules.build({"farmers_not_worse": {}}, context)
    assert [(row.year, row.bound) for row in rows] == [(2027, 30), (2028, 10), (2029, 20)]


def test_an_outcome_that_was_not_asked_for_is_refused() -> None:
    bare = rules.RuleContext(DECISIONS, (), np.zeros(0), LAST_YEAR, BUDGETS)
    with pytest.raises(rules.RuleError, match="not among the outcomes"):
        rules.build({"w_not_worse": {}}, bare)


def test_change_relative_to_last_year() -> None:
    rows = rules.build({"yearly_change": {"at_most": 0.5, "of": "last year"}}, CONTEXT)
    found = {row.name: row.slack(PLAN) for row in rows}
    assert found["yearly_change[agriculture down,2027]"] == pytest.approx(45 - 0.5 * 60)
    assert found["yearly_change[agriculture down,2029]"] == pytest.approx(20 - 0.5 * 40)
    assert found["yearly_change[industry up,2028]"] == pytest.approx(1.5 * 20 - 40)

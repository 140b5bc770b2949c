"""Every rule on a small problem: two years, three sectors, and what each rule is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optimize import Decision, Outcome, Problem, Row, rules
from optimize.rules.outcomes import (
    ACHIEVEMENT,
    ASSESSMENT_SCORE,
    FARMERS_INCOME,
    FARMERS_INCOME_IF_DRY,
    GAIN_OF_M,
    GAIN_OF_W,
)

YEARS = (2027, 2028)
PLACES = (
    ("agriculture", "productive projects"),
    ("industry", "productive projects"),
    ("services", "productive projects"),
    ("industry", "talent"),
    ("agriculture", "insurance subsidy"),
    ("all", "public services"),
)
DECISIONS = tuple(Decision(y, s, i, f"{i}[{s}]") for y in YEARS for s, i in PLACES)
INDICATORS = ("jobs", "sales")
COLUMNS = (
    ASSESSMENT_SCORE,
    *(f"{ACHIEVEMENT}{indicator}]" for indicator in INDICATORS),
    FARMERS_INCOME,
    FARMERS_INCOME_IF_DRY,
    GAIN_OF_W,
    GAIN_OF_M,
)
OUTCOMES = tuple(Outcome(column, y) for column in COLUMNS for y in YEARS)
PAST = np.array([95.0, 100, 1, 1, 1, 1, 30, 31, 20, 21, 5, 6, 2, 3])
LAST_YEAR = {
    ("agriculture", "productive projects"): 60.0,
    ("industry", "productive projects"): 10.0,
    ("services", "productive projects"): 5.0,
    ("all", "public services"): 25.0,
}
HISTORY = {
    **{(2026, *place): amount for place, amount in LAST_YEAR.items()},
    (2025, "agriculture", "productive projects"): 50.0,
}
BUDGETS = {2027: 100.0, 2028: 110.0}
CONTEXT = rules.RuleContext(DECISIONS, OUTCOMES, PAST, LAST_YEAR, BUDGETS, HISTORY)

FIELDS: dict[str, Mapping[str, Any]] = {
    "yearly_budget": {},
    "total_budget": {"amount": 205},
    "carry_over": {"years": 1},
    "not_below_last_year": {},
    "yearly_change": {"at_most": 0.2},
    "payment_profile": {"shares": [0.5, 0.3, 0.2]},
    "productive_share": {"at_least": 0.6},
    "productive_share_not_below_last_year": {},
    "sector_floor": {"industry": 0.25, "services": 0.15},
    "sector_ceiling": {"agriculture": 0.5},
    "instrument_floor": {"public services": 0.2},
    "instrument_ceiling": {"insurance subsidy": 0.05},
    "sector_instrument_floor": {"industry": {"talent": 0.05}},
    "sector_instrument_ceiling": {"agriculture": {"productive projects": 0.4}},
    "absorptive_capacity": {"agriculture": 35, "industry": 45},
    "assessment_score": {"at_least": {2027: 92, 2028: 95}},
    "assessment_indicators": {"at_least": 1.0, "jobs": {2027: 0.8, 2028: 0.9}},
    "farmers_worst_year": {"at_least_share_of_past_practice": 0.9},
    "farmers_not_worse": {},
    "w_not_worse": {},
    "m_not_worse": {},
}


CHOICE_FIELDS: dict[str, Mapping[str, Any]] = {
    "minimum_size": {"at_least": 5, "productive projects": 20},
}


def chosen_of(stated: Mapping[str, Mapping[str, Any]]) -> Problem:
    """The small problem without rows, with the choices and links of some rules."""
    empty = Problem(DECISIONS, OUTCOMES, (), (), np.zeros(len(DECISIONS)))
    return rules.with_choices(empty, stated, CONTEXT)


def rows_of(rule: str) -> tuple[Row, ...]:
    """The rows of one rule on the small problem."""
    return rules.build({rule: {"on": True, "source": "a law", **FIELDS[rule]}}, CONTEXT)

"""Rules about what the plan brings about, through the response of the model.

``o[y]`` is an outcome sampled at the end of year ``y`` and ``p[y]`` the same outcome under
past practice, which fixes the bound.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimize.problem import Row
from optimize.rules.context import RuleContext
from optimize.rules.money import Amounts, by_year

ACHIEVEMENT = "achievement["  # by indicator: the part of the year's agreement that was reached
ASSESSMENT_SCORE = "assessment score"
FARMERS_INCOME = "farmers income per head"
FARMERS_INCOME_IF_DRY = "farmers income per head if dry"
GAIN_OF_W = "gain of W of the year"
GAIN_OF_M = "gain of M of the year"


def assessment_score(context: RuleContext, *, at_least: Amounts) -> Iterator[Row]:
    """The score of the assessment reaches the year's target: ``o[y] >= at_least[y]``.

    Source: the yearly assessment of East–West cooperation.
    """
    rule = "assessment_score"
    targets = by_year(rule, "at_least", at_least, context.years)
    for year, index in context.outcome(rule, ASSESSMENT_SCORE):
        yield Row(rule, "outcome", {index: 1.0}, ">=", targets[year], "points", year)


def assessment_indicators(
    context: RuleContext, *, at_least: Amounts = 1.0, **named: Amounts
) -> Iterator[Row]:
    """Every indicator of the assessment reaches a part of the year's agreement.

    ``o[y, k] >= target[k][y]``, where ``o`` is what was achieved as a share of the agreement;
    ``at_least`` holds for the indicators that are not named. Source: the yearly agreements,
    against which the assessment counts.
    """
    rule = "assessment_indicators"
    columns = dict.fromkeys(
        outcome.column for outcome in context.outcomes if outcome.column.startswith(ACHIEVEMENT)
    )
    known = tuple(indicator(column) for column in columns)
    for name in named:
        context.check_name(rule, name, known)
    for column, name in zip(columns, known, strict=True):
        field = name if name in named else "at_least"
        targets = by_year(rule, field, named.get(name, at_least), context.years)
        for year, index in context.outcome(rule, column):
            if targets[year] > 0.0:
                bound = targets[year]
                yield Row(rule, "outcome", {index: 1.0}, ">=", bound, "share", year, name)


def indicator(column: str) -> str:
    """The indicator that a column of achievement is about."""
    return column.removeprefix(ACHIEVEMENT).rstrip("]")


def farmers_worst_year(
    context: RuleContext, *, at_least_share_of_past_practice: float = 1.0
) -> Iterator[Row]:
    """Whichever year turns dry, it leaves farmers at least a share of what past practice would.

    ``o[y] >= share * p[y]`` for every year, in yuan a head, where ``o`` is the income if the
    very year ``y`` were dry: a plan must not rely on knowing which year will be.
    """
    for year, index in context.outcome("farmers_worst_year", FARMERS_INCOME_IF_DRY):
        bound = at_least_share_of_past_practice * float(context.past_outcomes[index])
        yield Row("farmers_worst_year", "outcome", {index: 1.0}, ">=", bound, "yuan/person", year)


def farmers_not_worse(context: RuleContext) -> Iterator[Row]:
    """Farmers' income is in no year below past practice's: ``o[y] >= p[y]``, in yuan a head."""
    for year, index in context.outcome("farmers_not_worse", FARMERS_INCOME):
        bound = float(context.past_outcomes[index])
        yield Row("farmers_not_worse", "outcome", {index: 1.0}, ">=", bound, "yuan/person", year)


def _sum_not_worse(rule: str, column: str, context: RuleContext) -> Row:
    known = [index for _, index in context.outcome(rule, column)]
    bound = sum(float(context.past_outcomes[index]) for index in known)
    return Row(rule, "outcome", dict.fromkeys(known, 1.0), ">=", bound, "wanyuan")


def w_not_worse(context: RuleContext) -> Iterator[Row]:
    """W County gains at least what past practice gives: ``sum(o[y]) >= sum(p[y])``."""
    yield _sum_not_worse("w_not_worse", GAIN_OF_W, context)


def m_not_worse(context: RuleContext) -> Iterator[Row]:
    """The partner gains at least what past practice gives: ``sum(o[y]) >= sum(p[y])``."""
    yield _sum_not_worse("m_not_worse", GAIN_OF_M, context)

"""The objective of a scenario as terms over outcomes; it is minimised.

Balance counts in percentage points of structure gap (mean of the plan years). The others count
in per cent of what past practice brings, so a weight says how many points of gap 1 % is worth;
more of them is better, so they enter with a negative sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from optimize.problem import Outcome, Term, Vector
from optimize.rules.outcomes import (
    ACHIEVEMENT,
    ASSESSMENT_SCORE,
    FARMERS_INCOME,
    FARMERS_INCOME_IF_DRY,
    GAIN_OF_M,
    GAIN_OF_W,
)
from scenarios.schema import Objective, Rule

STRUCTURE_GAP = "structure gap"

PAID_BY: Mapping[str, str] = {
    "balance": STRUCTURE_GAP,
    "farmers_income": FARMERS_INCOME,
    "farmers_worst_year": FARMERS_INCOME_IF_DRY,
    "partner_gain": GAIN_OF_M,
}
GROWTH = "growth"  # an aim of fronts only: value added of the three sectors
FRONTS: Mapping[str, str] = {**PAID_BY, GROWTH: "GDP of the year"}
RULED_BY = {
    "assessment_score": ASSESSMENT_SCORE,
    "farmers_worst_year": FARMERS_INCOME_IF_DRY,
    "farmers_not_worse": FARMERS_INCOME,
    "w_not_worse": GAIN_OF_W,
    "m_not_worse": GAIN_OF_M,
}


class NoBase(ValueError):
    """An aim in per cent of past practice, which brings none of it."""

    def __init__(self, aim: str) -> None:
        super().__init__(f"past practice brings nothing to measure {aim} by")
        self.aim = aim


def outcomes_needed(
    objective: Objective, rules: Mapping[str, Rule], years: Sequence[int], known: Iterable[str]
) -> tuple[Outcome, ...]:
    """The outcomes that some aim or rule looks at, in every plan year.

    ``known`` are the columns of the model, which says what indicators there are.
    """
    aims = [column for name, column in PAID_BY.items() if getattr(objective, name) > 0]
    limits = [column for rule, column in RULED_BY.items() if rule in rules and rules[rule].on]
    if "assessment_indicators" in rules and rules["assessment_indicators"].on:
        limits += [column for column in known if column.startswith(ACHIEVEMENT)]
    columns = dict.fromkeys([*aims, *limits])
    return tuple(Outcome(column, year) for column in columns for year in years)


def terms(objective: Objective, outcomes: Sequence[Outcome], past: Vector) -> tuple[Term, ...]:
    """The terms with a weight; ``past`` are the outcomes (m,) under past practice.

    Raises:
        NoBase: a per cent of past practice has no meaning because it brought none.
    """
    weights = {name: getattr(objective, name) for name in PAID_BY}
    return tuple(
        term(name, weight, outcomes, past) for name, weight in weights.items() if weight > 0
    )


def term(name: str, weight: float, outcomes: Sequence[Outcome], past: Vector) -> Term:
    """One aim of :data:`FRONTS` with its ``weight``, above 0. Raises NoBase."""
    years = [i for i, outcome in enumerate(outcomes) if outcome.column == FRONTS[name]]
    if name == "balance":
        return Term(
            name, weight, dict.fromkeys(years, 1.0 / len(years)), "mean", "percentage point"
        )
    values = [float(past[i]) for i in years]
    worst = name == "farmers_worst_year"
    # The worst year is the one that falls farthest below the same year of past practice.
    wholes = values if worst else [sum(values)] * len(years)
    if any(whole == 0.0 for whole in wholes):
        raise NoBase(name)
    per_cent = {i: 100.0 / abs(whole) for i, whole in zip(years, wholes, strict=True)}
    return Term(name, -weight, per_cent, "worst" if worst else "mean", "percent")

"""The plans that are put to the test: money tables, and the choices that come with them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from optimize.calibration.parameters import FIXED
from scenarios.county import County
from scenarios.language import Language
from scenarios.plan_csv import PlanTable
from scenarios.scenario import Tables
from scenarios.words import LANGUAGES, Words

TARGET_SWITCH = "use own target"  # says what is aimed at: all plans are measured by one aim

Kind = Literal["plan", "past_practice", "no_cooperation"]


@dataclass(frozen=True)
class Candidate:
    """A plan: ``tables`` of the levers, and ``values`` of the choices (reforms) that it makes."""

    name: str
    kind: Kind
    title: Mapping[Language, str]
    tables: Tables
    values: Mapping[str, float]


def candidate(base: County, county: County, money: PlanTable) -> Candidate:
    """The plan of a scenario, ready to be run in the county ``base``.

    Of the other scenario's numbers only the choices count: its county is that of ``base``.
    """
    own, model = county.scenario.numbers.values, base.model
    choices = {
        column: float(own[column])
        for column in model.constants
        if column.partition("[")[0] in chosen_numbers() and column in own
    }
    scenario = county.scenario
    titles = {language: scenario.title(language) for language in LANGUAGES}
    return Candidate(scenario.name, "plan", titles, base.tables(money), choices)


def distinct(plans: Sequence[Candidate]) -> list[Candidate]:
    """The plans with names and titles of their own: of those with the same, a number is added."""
    found: list[Candidate] = []
    for plan in plans:
        same = sum(other.name == plan.name for other in plans[: len(found)]) + 1
        if same > 1:
            titles = {language: f"{text} ({same})" for language, text in plan.title.items()}
            plan = replace(plan, name=f"{plan.name}-{same}", title=titles)
        found.append(plan)
    return found


def candidates(base: County) -> tuple[Candidate, Candidate]:
    """Past practice and no cooperation, which every plan is held against."""
    tables: dict[Kind, Tables] = {"past_practice": base.past, "no_cooperation": base.tables({})}
    found = [
        Candidate(
            kind,
            kind,
            {language: Words(language).say(f"plan.{kind}") for language in LANGUAGES},
            laid,
            {},
        )
        for kind, laid in tables.items()
    ]
    return found[0], found[1]


def chosen_numbers(path: Path = FIXED) -> frozenset[str]:
    """Ids of the parameters that are choices of the planner, not facts of the county."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        chosen = {row["id"] for row in csv.DictReader(file) if row["reason"] == "choice"}
    return frozenset(chosen - {TARGET_SWITCH})

"""A scenario that has been loaded and found right: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from optimize.problem import Vector
from scenarios.chain import Merged
from scenarios.language import Language
from scenarios.parameter_sets import ParameterSets
from scenarios.project_csv import LibraryProject
from scenarios.schema import (
    Identity,
    Objective,
    PlanYears,
    Projects,
    Purse,
    Rule,
    Search,
    Uncertainty,
)

if TYPE_CHECKING:
    from models import Model
    from models.catalogue import Catalogue
    from scenarios.figures import Figures

Tables = Mapping[str, Vector]  # lookup column -> its values, shape (P,)


@dataclass(frozen=True)
class Numbers:
    """What a scenario changes in its model.

    ``values``: constants by column, the county's own figures among them. ``series``: exogenous
    tables by column. ``past``: the tables of all levers under past practice (10,000 yuan).
    """

    values: Mapping[str, float]
    series: Tables
    past: Tables


@dataclass(frozen=True)
class Scenario:
    """A scenario as it is to be run. ``merged`` knows where each value was written."""

    file: Path
    identity: Identity
    plan: PlanYears
    money: Purse
    objective: Objective
    search: Search
    uncertainty: Uncertainty
    rules: Mapping[str, Rule]
    numbers: Numbers
    past_practice_file: Path
    model: Model
    catalogue: Catalogue
    figures: Figures | None
    merged: Merged
    # By indicator, in its own unit: the agreed amount of all plan years, or by year.
    agreement: Mapping[str, float | Mapping[int, float]]
    projects: Projects | None = None
    library: tuple[LibraryProject, ...] = ()  # the projects to choose from
    library_file: Path | None = None
    sets: ParameterSets | None = None  # what was learnt of its numbers

    @property
    def name(self) -> str:
        """The scenario's identifier."""
        return self.identity.name

    def title(self, language: Language) -> str:
        """What people call it."""
        return self.identity.title_zh if language == "zh" else self.identity.title_en

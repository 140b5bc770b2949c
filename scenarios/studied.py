"""A plan under study: what it brings in many futures, and what past practice brings in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Problem, Vector
from optimize.uncertainty import Futures
from scenarios.columns import named
from scenarios.county import County
from scenarios.futures import ensemble
from scenarios.language import Language
from scenarios.words import Words

Cube = NDArray[np.float64]
Basis = Literal["level", "change"]  # under the plan; the plan minus past practice
BASES: tuple[Basis, ...] = ("level", "change")

# What planners ask for first.
USUAL = (
    "structure gap",
    "farmers income per head",
    "farmers income per head if dry",
    "gain of M of the year",
)


@dataclass(frozen=True)
class Look:
    """One outcome by year: a column of the model, under the plan or as change it makes."""

    column: str
    basis: Basis
    unit: str
    share: bool = False  # shown in per cent
    known: bool = True  # names and units are those of variables.csv and the message table

    @property
    def scale(self) -> float:
        """From the model's unit to the one that is shown."""
        return 100.0 if self.share else 1.0

    def shown_unit(self, words: Words) -> str:
        """The unit as a reader writes it; a change of shares is in percentage points."""
        if not self.known:
            return words.unit(self.unit) or words.say("studied.no_unit")
        if self.share:
            return words.unit("percent" if self.basis == "level" else "percentage point")
        return words.unit(self.unit)

    def name(self, words: Words, *, inside: bool = False) -> str:
        """The variable, at the head of something or inside a sentence."""
        if not self.known:
            return self.column
        return words.name(self.column) if inside else words.title(self.column)

    def named(self, words: Words) -> str:
        """The variable with its unit."""
        unit = self.shown_unit(words)
        return words.say("figure.panel", name=self.name(words), unit=unit)

    def title(self, words: Words) -> str:
        """The same, and whether it is the change."""
        named = self.named(words)
        return named if self.basis == "level" else words.say("studied.change", name=named)


@dataclass(frozen=True)
class Studied:
    """A plan of a scenario."""

    county: County
    problem: Problem
    amounts: Vector  # (n,): 10,000 yuan by decision
    given: bool  # the plan was given; else it was just found

    @property
    def years(self) -> tuple[int, ...]:
        """The plan's years."""
        return tuple(self.county.scenario.plan.years)

    def title(self, language: Language) -> str:
        """The scenario's."""
        return self.county.scenario.title(language)

    @cached_property
    def levers(self) -> Mapping[str, Vector]:
        """The levers' tables (P,) under the plan."""
        places = [(d.year, d.sector, d.instrument) for d in self.problem.decisions]
        return self.county.tables(dict(zip(places, self.amounts.tolist(), strict=True)))

    def looks(self, columns: Sequence[str]) -> tuple[Look, ...]:
        """The outcomes to look at: all columns under the plan, then the changes of all."""
        model = self.county.model
        now = self.simulated(Futures(1), columns, self.years)[0]
        found = []
        for place, column in enumerate(columns):
            unit = model.variables[column.partition("[")[0]].unit
            level = now[place]
            share = unit.strip().lower() == "dmnl" and bool(
                level.min() >= 0.0 and 0.0 < level.max() <= 1.0
            )
            found.append((column, unit, share))
        return tuple(Look(c, basis, unit, share) for basis in BASES for c, unit, share in found)

    def simulated(self, futures: Futures, columns: Sequence[str], years: Sequence[int]) -> Cube:
        """Outcomes (S, 2 C, T): C columns under the plan, then their changes by the plan."""
        every = ensemble(self.county, self.problem, futures)
        times = [float(year) for year in years]
        plan, past = (
            np.stack([found[column] for column in columns], axis=1)
            for found in (
                every.paths(levers, columns, times) for levers in (self.levers, self.county.past)
            )
        )
        return np.concatenate([plan, plan - past], axis=1)


def columns_of(county: County, asked: Sequence[str]) -> list[str]:
    """The columns that ``asked`` names, in any spelling of either language; else the usual ones.

    Raises:
        FindingsError: every name that there is not.
    """
    model = county.model
    if not asked:
        return [column for column in USUAL if column in model.columns]
    known = [column for column in model.columns if column not in model.constants]
    return named(asked, known, county.scenario.catalogue, "--show")

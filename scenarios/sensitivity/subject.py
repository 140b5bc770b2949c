"""What is studied: a plan of a county, or any other model, and what a study asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from optimize.problem import Matrix
from optimize.uncertainty import Futures
from optimize.uncertainty.factors import Factor
from scenarios.futures import YIELDS, futures, observed_sample
from scenarios.language import Language
from scenarios.sensitivity.factors import PRICES, WEATHER, By, factors, label
from scenarios.studied import BASES, Basis, Cube, Look, Studied
from scenarios.words import Words

Sample = Literal["ranges", "observed"]
Kind = Literal["plan", "model"]


class Subject(Protocol):
    """Runs in futures, and the names of what comes out and of what is varied."""

    @property
    def kind(self) -> Kind:
        """Which words fit it."""

    @property
    def name(self) -> str:
        """What programs call it."""

    @property
    def years(self) -> tuple[float, ...]:
        """The times that are looked at; whole ones are integers."""

    @property
    def bases(self) -> tuple[Basis, ...]:
        """What is looked at of every outcome."""

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The samples that can be drawn."""

    def title(self, language: Language) -> str:
        """What people call it."""

    def when(self, time: float, words: Words) -> str:
        """A time as sentences say it: in 2035."""

    def factors(self, by: By) -> tuple[Factor, ...]:
        """What is varied."""

    def looks(self, columns: Sequence[str]) -> tuple[Look, ...]:
        """The outcomes: all columns on the first basis, then on the next."""

    def simulated(self, futures: Futures, columns: Sequence[str], years: Sequence[float]) -> Cube:
        """Outcomes (S, L, T) of the looks at ``columns``."""

    def drawn(self, number: int, seed: int, sample: Sample) -> Futures:
        """Futures of a sample."""

    def inputs(self, drawn: Futures) -> tuple[list[str], Matrix]:
        """Names and numbers (N, I) of what differs between futures."""

    def factor_label(self, name: str, by: By, words: Words, *, inside: bool = False) -> str:
        """What a factor is called, at the head of something or inside a sentence."""

    def source(self, column: str) -> str | None:
        """Where the range of a number comes from."""


@dataclass(frozen=True)
class OfPlan:
    """A plan of a county, beside past practice in the same futures."""

    studied: Studied
    kind: Kind = "plan"
    bases: tuple[Basis, ...] = BASES

    @property
    def name(self) -> str:
        """The scenario's identifier."""
        return self.studied.county.scenario.name

    @property
    def years(self) -> tuple[float, ...]:
        """The plan's years."""
        return self.studied.years

    @property
    def samples(self) -> tuple[Sample, ...]:
        """From the ranges; and one that agrees with what is observed, where there is one."""
        known = observed_sample(self.studied.county) is not None
        return ("ranges", "observed") if known else ("ranges",)

    def title(self, language: Language) -> str:
        """The scenario's."""
        return self.studied.title(language)

    def when(self, time: float, words: Words) -> str:
        """In a year."""
        return words.say("sensitivity.when.year", year=time)

    def factors(self, by: By) -> tuple[Factor, ...]:
        """The county's uncertain parameters, its weather, the prices elsewhere."""
        return factors(self.studied.county, by)

    def looks(self, columns: Sequence[str]) -> tuple[Look, ...]:
        """All columns under the plan, then the changes by it."""
        return self.studied.looks(columns)

    def simulated(self, futures: Futures, columns: Sequence[str], years: Sequence[float]) -> Cube:
        """Outcomes (S, 2 C, T): C columns under the plan, then their changes by the plan."""
        return self.studied.simulated(futures, columns, [int(year) for year in years])

    def drawn(self, number: int, seed: int, sample: Sample) -> Futures:
        """Futures of the county."""
        return futures(self.studied.county, number, seed, observed=sample == "observed")

    def inputs(self, drawn: Futures) -> tuple[list[str], Matrix]:
        """Every parameter; yields and prices as means over the plan's years."""
        names, table = list(drawn.values), list(drawn.values.values())
        for name, tables in split(self.studied, drawn).items():
            if tables:
                names.append(name)
                table.append(np.concatenate(tables, axis=1).mean(axis=1))
        return names, np.stack(table, axis=1)

    def factor_label(self, name: str, by: By, words: Words, *, inside: bool = False) -> str:
        """By ``variables.csv`` and the blocks of the model."""
        return label(name, by, self.studied.county, words, inside=inside)

    def source(self, column: str) -> str | None:
        """By ``variables.csv``."""
        row = self.studied.county.scenario.catalogue.row(column)
        return None if row is None else row.source


def split(studied: Studied, drawn: Futures) -> dict[str, list[Matrix]]:
    """Yields and prices (N, years) of the plan's years."""
    found: dict[str, list[Matrix]] = {WEATHER: [], PRICES: []}
    first, last = studied.years[0], studied.years[-1]
    for column, series in drawn.series.items():
        x = studied.county.model.lookups[column].x
        name = WEATHER if column.partition("[")[0] in YIELDS else PRICES
        found[name].append(series[:, (x >= first) & (x <= last)])
    return found

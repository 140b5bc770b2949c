"""What a plan changes: the few numbers that a planner asks for first.

Each is one figure over the plan's years (mean, worst, sum or last), of one model column,
for the plan, past practice and no cooperation. Differences are against past practice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimize.problem import Vector
from optimize.rules import SECTORS
from scenarios.report.result import PlanName, Result
from scenarios.words import Words, number, significant

Summary = Literal["mean", "worst", "sum", "last"]

SUMMARISE: dict[Summary, Callable[[Vector], float]] = {
    "mean": lambda values: float(np.mean(values)),
    "worst": lambda values: float(np.min(values)),
    "sum": lambda values: float(np.sum(values)),
    "last": lambda values: float(values[-1]),
}


@dataclass(frozen=True)
class Measure:
    """A model column (or the sum of some) and how its plan years become one number."""

    key: str
    columns: tuple[str, ...]
    summary: Summary
    unit: str
    scale: float = 1.0
    digits: int = 0


def _by_sector(variable: str) -> tuple[str, ...]:
    return tuple(f"{variable}[{s}]" for s in SECTORS)


MEASURES: tuple[Measure, ...] = (
    Measure("gap", ("structure gap",), "mean", "percentage point", digits=3),
    Measure("gap_last", ("structure gap",), "last", "percentage point", digits=3),
    *(
        Measure(f"share_{sector}", (f"share of value added[{sector}]",), "last", "percent", 100, 2)
        for sector in SECTORS
    ),
    Measure("value_added", _by_sector("value added of the year"), "last", "wanyuan"),
    Measure("income", ("farmers income per head",), "mean", "yuan"),
    Measure("income_if_dry", ("farmers income per head if dry",), "mean", "yuan"),
    Measure("market_mean", ("market capability",), "mean", "percent", 100, 1),
    Measure("market", ("market capability",), "last", "percent", 100, 1),
    Measure("unsold", ("unsold produce",), "mean", "tonne"),
    Measure("jobs", ("jobs helped of the year",), "sum", "person"),
    Measure("gain_w", ("gain of W of the year",), "sum", "wanyuan"),
    Measure("gain_m", ("gain of M of the year",), "sum", "wanyuan"),
    Measure("assessment", ("assessment score",), "mean", "score", digits=1),
)


@dataclass(frozen=True)
class Effect:
    """One measure under the plans that were simulated."""

    measure: Measure
    values: dict[PlanName, float]

    @property
    def change(self) -> float:
        """The plan against past practice."""
        return self.values["optimal"] - self.values["past_practice"]

    @property
    def direction(self) -> Literal["less", "same", "more"]:
        """Whether the plan has less of it than past practice, as much, or more."""
        size = max(abs(value) for value in self.values.values())
        if abs(self.change) <= 1e-9 * size:
            return "same"
        return "less" if self.change < 0 else "more"

    def text(self, plan: PlanName) -> str:
        """The value as a table shows it."""
        return number(self.values[plan], self.measure.digits)

    def change_text(self) -> str:
        """The change with its sign, with more decimals where it would read as nothing."""
        digits = self.measure.digits
        if 0 < abs(self.change) < 0.5 * 10.0**-digits:
            digits = min(significant(self.change, 1), digits + 2)
        return number(self.change, digits, signed=True)

    def label(self, words: Words, result: Result) -> str:
        """What the row of a table is called."""
        return words.say(f"effect.{self.measure.key}", last=result.plan_years[-1])


def effect(result: Result, key: str) -> Effect | None:
    """The measure ``key`` for all plans, or nothing if the model has no such column."""
    measure = next(m for m in MEASURES if m.key == key)
    if any(column not in path for path in result.paths.values() for column in measure.columns):
        return None
    return Effect(
        measure,
        {
            plan: measure.scale
            * SUMMARISE[measure.summary](
                np.sum([path.at(c, result.plan_years) for c in measure.columns], axis=0)
            )
            for plan, path in result.paths.items()
        },
    )


def effects(result: Result) -> tuple[Effect, ...]:
    """Every measure that the model has."""
    found = (effect(result, measure.key) for measure in MEASURES)
    return tuple(item for item in found if item is not None)


@dataclass(frozen=True)
class Shift:
    """Money that moves, a year on average (10,000 yuan), by where it is tied to."""

    gains: tuple[tuple[str, float], ...]  # largest first
    losses: tuple[tuple[str, float], ...]  # largest first, amounts positive

    @property
    def main_gains(self) -> tuple[tuple[str, float], ...]:
        """The gains worth a word: a twentieth of what moves, or more."""
        return tuple(item for item in self.gains if item[1] >= 0.05 * self.moved)

    @property
    def main_losses(self) -> tuple[tuple[str, float], ...]:
        """The losses worth a word: a twentieth of what moves, or more."""
        return tuple(item for item in self.losses if item[1] >= 0.05 * self.moved)

    @property
    def moved(self) -> float:
        """What is taken from one place and given to another."""
        return min(sum(a for _, a in self.gains), sum(a for _, a in self.losses))

    @property
    def extra(self) -> float:
        """What the plan spends more than past practice, negative if less (0 below half a unit)."""
        extra = sum(a for _, a in self.gains) - sum(a for _, a in self.losses)
        return extra if abs(extra) > 0.5 else 0.0


def shift(result: Result, *, by: Literal["sector", "instrument"] = "sector") -> Shift:
    """The plan's money against past practice's, over the plan's years."""
    years = frozenset(result.plan_years)
    change: dict[str, float] = {}
    for money, sign in ((result.plan_money, 1.0), (result.past_money, -1.0)):
        for (year, sector, instrument), amount in money.items():
            if year in years:
                place = sector if by == "sector" else instrument
                change[place] = change.get(place, 0.0) + sign * amount / len(years)
    ordered = sorted(change.items(), key=lambda item: -abs(item[1]))
    return Shift(
        gains=tuple((place, a) for place, a in ordered if a > 0.5),
        losses=tuple((place, -a) for place, a in ordered if a < -0.5),
    )

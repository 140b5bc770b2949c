"""How far alternatives lie apart, measure by measure, and which differences are the largest.

Measures have different units, so a difference counts in what all the money achieves for its
measure in the first alternative, the baseline: 1 is as much as the whole cooperation brings. Where
the money hardly touches a measure, a twentieth of its size stands in for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.comparison.alternatives import Alternative
from scenarios.comparison.bands import Spreads
from scenarios.report.effects import MEASURES, SUMMARISE, Measure
from scenarios.report.result import Yearly
from scenarios.words import Words, number, significant

MOST = 3  # differences that are put into words
FLOOR = 0.05  # of a measure's size, counts at least as what the money achieves
LEAST = 0.005  # of what the money achieves: smaller ones are no difference


@dataclass(frozen=True)
class Difference:
    """One alternative against the baseline in one measure."""

    measure: Measure
    alternative: int
    value: float
    base: float
    without: float  # the baseline's county without cooperation

    @property
    def change(self) -> float:
        """The alternative minus the baseline."""
        return self.value - self.base

    @property
    def share(self) -> float:
        """The size of the change as a share of what the money achieves; inf where it is nothing."""
        return _ratio(self.change, self.base - self.without)

    @property
    def weight(self) -> float:
        """What differences are ordered by: the share, or that of the measure's size if less."""
        return min(self.share, _ratio(self.change, FLOOR * self.base))


def _ratio(change: float, whole: float) -> float:
    if whole:
        return abs(change / whole)
    return float("inf") if change else 0.0


@dataclass(frozen=True)
class Comparison:
    """Alternatives, the first of which is the baseline, over the years that all of them plan."""

    alternatives: tuple[Alternative, ...]
    plan_years: tuple[int, ...]
    model_years: tuple[int, ...]
    measures: tuple[Measure, ...]
    values: np.ndarray  # (measures, alternatives)
    without: np.ndarray  # (measures,): the baseline's county without cooperation
    spreads: Spreads | None = None  # bands over many futures, where they were asked for

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All differences, the largest first."""
        found = []
        for row, measure in enumerate(self.measures):
            base, without = float(self.values[row, 0]), float(self.without[row])
            for index in range(1, len(self.alternatives)):
                value = float(self.values[row, index])
                found.append(Difference(measure, index, value, base, without))
        return tuple(sorted(found, key=lambda item: -item.weight))

    @property
    def largest(self) -> tuple[Difference, ...]:
        """The largest differences, each measure once."""
        chosen: dict[tuple[str, ...], Difference] = {}
        for item in self.differences:
            if item.weight >= LEAST:
                chosen.setdefault(item.measure.columns, item)
        return tuple(chosen.values())[:MOST]

    @property
    def letters(self) -> tuple[str, ...]:
        """A letter for each alternative, for narrow tables."""
        return tuple("ABCDEFG"[: len(self.alternatives)])

    def label(self, measure: Measure, words: Words) -> str:
        """What a measure is called, with its unit."""
        return words.say(
            "summary.effect",
            effect=words.say(f"effect.{measure.key}", last=self.plan_years[-1]),
            unit=words.unit(measure.unit),
        )


def compared(alternatives: Sequence[Alternative]) -> Comparison:
    """The comparison of at least two alternatives.

    Raises:
        ValueError: they have no plan year in common.
    """
    plan_years = _common([alternative.plan_years for alternative in alternatives])
    model_years = _common([alternative.path.years[1:] for alternative in alternatives])
    if not plan_years:
        raise ValueError("the alternatives have no plan year in common")
    known = [
        measure
        for measure in MEASURES
        if all(c in a.path and c in a.without for a in alternatives for c in measure.columns)
    ]
    return Comparison(
        tuple(alternatives),
        plan_years,
        tuple(year for year in model_years if year <= plan_years[-1]),
        tuple(known),
        np.array([[_value(m, a.path, plan_years) for a in alternatives] for m in known]),
        np.array([_value(m, alternatives[0].without, plan_years) for m in known]),
    )


def _common(spans: Sequence[Sequence[int]]) -> tuple[int, ...]:
    return tuple(sorted(set(spans[0]).intersection(*spans[1:])))


def _value(measure: Measure, path: Yearly, years: tuple[int, ...]) -> float:
    values = np.sum([path.at(column, years) for column in measure.columns], axis=0)
    return measure.scale * SUMMARISE[measure.summary](values)


def text(measure: Measure, value: float, *, signed: bool = False) -> str:
    """A value as the table shows it; a small change with more decimals, so that it is seen."""
    digits = measure.digits
    if signed and 0 < abs(value) < 0.5 * 10.0**-digits:
        digits = min(significant(value, 1), digits + 2)
    return number(value, digits, signed=signed)

"""``comparison.csv``: every outcome of every alternative, tidy."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.comparison.differences import Comparison

COLUMNS = ("alternative", "measure", "unit", "value", "change")


def rows(found: Comparison) -> Iterator[tuple[str, str, str, str, str]]:
    """Alternative, measure, unit, value, change against the baseline."""
    for index, alternative in enumerate(found.alternatives):
        for row, measure in enumerate(found.measures):
            value, base = float(found.values[row, index]), float(found.values[row, 0])
            yield alternative.name, measure.key, measure.unit, repr(value), repr(value - base)

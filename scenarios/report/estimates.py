"""How a figure found in a sample is written."""

from __future__ import annotations

from optimize.uncertainty.risk import Estimate
from scenarios.words import DASH, Words, number


def chance(words: Words, found: Estimate) -> str:
    """A share with its interval: 53% (47–59)."""
    low, high = (number(100 * x) for x in (found.low, found.high))
    return f"{words.percent(found.value, 0)} ({low}{DASH}{high})"

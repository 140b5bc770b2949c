"""Whether a county comes nearer to the target structure because its farming shrinks.

The structure gap looks at shares alone: a county whose fields fail has a smaller share of
agriculture, and so a smaller gap, although nobody gained. This tells such cases from the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimize.problem import Vector
from optimize.rules import SECTORS
from scenarios.aims import STRUCTURE_GAP
from scenarios.words import DASH, Words, number, significant

ADDED = tuple(f"value added[{sector}]" for sector in SECTORS)
COLUMNS = (STRUCTURE_GAP, *ADDED)
NARROWER = 0.01  # points of gap, or of a share: less is no difference
SMALLER = 0.001  # of agriculture's value added, likewise
MUCH = 0.5  # of the fall of agriculture's share, from which on its own fall is the reason


@dataclass(frozen=True)
class Narrowing:
    """A gap that is ``gap`` points smaller over ``years``, not least because farming shrinks.

    ``fall``: by which part agriculture's value added is smaller; ``own``: which part of the fall of
    its share that makes by itself, with the other sectors as they were.
    """

    years: tuple[int, ...]
    gap: float
    fall: float
    own: float


def narrowing(
    base: Mapping[str, Vector], other: Mapping[str, Vector], years: Sequence[int]
) -> Narrowing | None:
    """The case against a base, in the last of ``years`` or over all of them; None where it is none.

    Args:
        base: the columns of ``COLUMNS`` (T,) at the end of each year.
        other: the same of what is compared with it.
        years: T years.
    """
    for part in (slice(len(years) - 1, None), slice(None)):
        gap = float(np.mean(base[STRUCTURE_GAP][part]) - np.mean(other[STRUCTURE_GAP][part]))
        before, now = (
            np.array([float(np.sum(path[column][part])) for column in ADDED])
            for path in (base, other)
        )
        fall = 1.0 - now[0] / before[0]
        if gap < NARROWER or fall < SMALLER:
            continue
        share = before[0] / before.sum()
        fallen = share - now[0] / now.sum()
        if 100.0 * fallen < NARROWER:
            continue  # the others shrink as much
        alone = now[0] / (now[0] + before[1:].sum())
        own = (share - alone) / fallen
        if own >= MUCH:
            return Narrowing(tuple(years[part]), gap, float(fall), float(own))
    return None


def careful(found: Narrowing, name: str, words: Words) -> str:
    """The warning, for what is called ``name``; ``narrowing.read`` says how to read it."""
    first, last = found.years[0], found.years[-1]
    return words.say(
        "narrowing.careful",
        name=name,
        gap=number(found.gap, significant(found.gap, 2)),
        when=str(last) if first == last else f"{first}{DASH}{last}",
        fall=words.percent(found.fall, 1),
        own=words.percent(min(found.own, 1.0), 0),
    )

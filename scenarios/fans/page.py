"""A fan in words and tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.fans.bands import Fan
from scenarios.report.bands import LEVELS
from scenarios.report.blocks import Blocks
from scenarios.sensitivity.labels import band, outcome
from scenarios.studied import BASES
from scenarios.words import DASH, Words, number

COLUMNS = ("variable", "basis", "year", *(f"q{100 * level:g}" for level in LEVELS), "as_is", "unit")
SHOWN = (0, 2, 3, 4, -1)  # levels of the tables: 2.5, 25, 50, 75, 97.5 %


def rows(found: Fan) -> Iterator[tuple[object, ...]]:
    """The rows of ``fan.csv``, tidy: every variable, under the plan and as change, and year."""
    for place, look in enumerate(found.looks):
        for t, year in enumerate(found.years):
            numbers = (*found.quantiles[:, place, t], found.as_is[place, t])
            texts = (repr(float(value)) for value in numbers)
            yield look.column, look.basis, year, *texts, look.unit


def lead(found: Fan, words: Words) -> list[str]:
    """The widest band of each variable in the last year, and how often the plan is above."""
    said, size, year = [], len(found.looks) // 2, found.years[-1]
    for place, look in enumerate(found.looks[:size]):
        low, high = found.quantiles[[0, -1], place, -1]
        above = found.above[:, size + place]
        value, least, upper = (number(100.0 * float(v)) for v in above)
        said.append(
            words.say(
                "fan.lead",
                name=words.title(look.column),
                year=year,
                band=band(look, float(low), float(high), words),
                above=f"{value}% ({least}{DASH}{upper}%)",
            )
        )
    return said


def tables(found: Fan, words: Words) -> list[Blocks]:
    """Quantiles in the last year: under the plan, and of what it changes."""
    made = []
    for basis in BASES:
        section = Blocks(words.say(f"fan.section.{basis}", year=found.years[-1]))
        body = []
        for place, look in enumerate(found.looks):
            if look.basis != basis:
                continue
            chosen = found.quantiles[list(SHOWN), place, -1]
            most, signed = float(np.max(np.abs(chosen))), basis == "change"
            values = (*chosen, found.as_is[place, -1])
            cells = (outcome(look, float(v), most, signed=signed) for v in values)
            body.append([look.named(words), *cells])
        heads = [words.say("sensitivity.column.outcome")]
        heads += [f"{100 * LEVELS[place]:g}%" for place in SHOWN]
        section.table((*heads, words.say("sensitivity.column.now")), body)
        made.append(section)
    return made


def trust(found: Fan, words: Words) -> Blocks:
    """The sample behind the bands."""
    section = Blocks(words.say("sensitivity.section.trust"))
    sample = "observed" if found.observed else "ranges"
    futures = f"{found.futures:,}"
    section.item(words.say(f"sensitivity.trust.{sample}", futures=futures, failed=found.failed))
    section.item(words.say("fan.trust.shown", lines=len(found.lines)))
    section.item(words.say("sensitivity.trust.seed", seed=found.seed))
    return section


def record(found: Fan) -> dict[str, object]:
    """The fan for programs: quantiles by year."""
    from scenarios.report.run_json import finite

    made = finite(
        {
            "scenario": found.studied.county.scenario.name,
            "futures": found.futures,
            "failed": found.failed,
            "parameters": "observed" if found.observed else "ranges",
            "seed": found.seed,
            "levels": list(LEVELS),
            "years": list(found.years),
            "outcomes": [
                {
                    "variable": look.column,
                    "basis": look.basis,
                    "unit": look.unit,
                    "quantiles": found.quantiles[:, place].tolist(),
                    "as_is": found.as_is[place].tolist(),
                    "above_zero_in_the_last_year": found.above[:, place].tolist(),
                }
                for place, look in enumerate(found.looks)
            ],
        }
    )
    assert isinstance(made, dict)
    return made

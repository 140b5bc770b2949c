"""A fan put together in one language: its page, and what a run's report takes over."""

from __future__ import annotations

import numpy as np

from scenarios.fans import page
from scenarios.fans.bands import Fan
from scenarios.report.bands import LEVELS
from scenarios.report.blocks import Blocks, Table
from scenarios.report.study import Chapter, Drawing, Said
from scenarios.sensitivity.labels import outcome
from scenarios.words import Words

SHOWN = (0, 3, -1)  # levels of the table behind the chart: 2.5, 50, 97.5 %


def said(found: Fan, words: Words) -> Said:
    """Loads matplotlib."""
    title = words.say("fan.title", name=found.studied.title(words.language))
    drawing = _drawing(found, words, title)
    tables, trust = page.tables(found, words), page.trust(found, words)
    lead = tuple(page.lead(found, words))
    short = Blocks.listing(words.say("fan.section.short"), lead)
    return Said(
        title,
        found.studied.years,
        lead,
        (
            Chapter("charts", words.say("fan.part_of_page.charts"), (), (drawing,)),
            Chapter("tables", words.say("fan.part_of_page.tables"), (*tables, trust)),
        ),
        (Chapter("short", short.title, (short, trust), (drawing,)),),
    )


def _drawing(found: Fan, words: Words, caption: str) -> Drawing:
    from scenarios.fans import charts

    reading = page.lead(found, words)[0]
    body = []
    for place, look in enumerate(found.looks):
        for level in SHOWN:
            values = found.quantiles[level, place]
            most = float(np.max(np.abs(found.quantiles[:, place])))
            texts = (outcome(look, float(v), most, signed=look.basis == "change") for v in values)
            body.append((look.title(words), f"{100 * LEVELS[level]:g}%", *texts))
    heads = (words.say("sensitivity.column.outcome"), words.say("fan.column.level"))
    return Drawing(
        "fan",
        caption,
        reading,
        lambda: charts.draw(found, words, reading),
        Table((*heads, *map(str, found.years)), tuple(body), texts=(0,), whole=(1,)),
    )

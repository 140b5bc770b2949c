"""A study of shocks put together in one language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from scenarios.report.study import Chapter, Drawing, Said
from scenarios.stress import page
from scenarios.stress.study import Stress
from scenarios.words import Words


def said(study: Stress, words: Words, ahead: Mapping[str, float | None]) -> Said:
    """Loads matplotlib. ``ahead`` are the aims of whoever knows a shock beforehand."""
    from scenarios.stress import charts

    drawings = []
    for chart in (charts.regret, charts.cycle, charts.twice):
        name = chart.__name__
        reading = words.say(f"stress.reading.{name}")
        drawings.append(Drawing(name, reading, reading, partial(chart, study, words)))
    sections = [page.legend(study, words), page.regrets(study, words)]
    if ahead:
        sections.append(page.ahead(study, words, ahead))
    sections += [f(study, words) for f in (page.outcomes, page.floors, page.cycle)]
    return Said(
        words.say("stress.title"),
        tuple(study.years[1:]),
        tuple(page.sentences(study, words)),
        (
            Chapter("charts", words.say("compare.part.charts"), (), tuple(drawings)),
            Chapter("tables", words.say("stress.part.tables"), tuple(sections)),
            Chapter("shocks", words.say("stress.part.shocks"), (page.causes(study, words),)),
        ),
    )

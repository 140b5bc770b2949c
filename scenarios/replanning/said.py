"""A revision put together in one language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scenarios.replanning import carried, page
from scenarios.replanning.learning import Learnt
from scenarios.replanning.observed import Observed
from scenarios.replanning.revision import Revision
from scenarios.report.study import Chapter, Drawing, Said
from scenarios.words import Words


def said(revision: Revision, observed: Observed, found: Learnt, words: Words) -> Said:
    """Loads matplotlib."""
    years = tuple(revision.county.scenario.plan.years)
    sections = (
        page.money(revision, words),
        *carried.unspent(revision, words),
        *carried.projects(revision, words),
        page.figures(observed, found, words),
        page.moved(observed, found, words),
    )
    charts = tuple(_drawings(revision, observed, found, words))
    return Said(
        words.say("replan.title", first=years[0], last=years[-1]),
        years,
        tuple(page.sentences(revision, observed, found, words)),
        (
            Chapter("tables", words.say("replan.part.tables"), sections),
            Chapter("charts", words.say("compare.part.charts"), (), charts),
        ),
        status=words.say(f"status.{revision.answer.status}"),
    )


def _drawings(
    revision: Revision, observed: Observed, found: Learnt, words: Words
) -> Iterator[Drawing]:
    from scenarios.replanning import charts

    if observed.figures:
        reading = words.say("replan.figure.figures")
        draw = partial(charts.figures, observed, found, words)
        yield Drawing("figures", reading, reading, draw)
    reading = words.say("replan.figure.outcomes")
    yield Drawing("outcomes", reading, reading, partial(charts.outcomes, revision, words))

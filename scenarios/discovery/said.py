"""Failures of a plan put together in one language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scenarios.discovery import page
from scenarios.discovery.study import Study
from scenarios.report.study import Chapter, Drawing, Said
from scenarios.words import Words


def said(study: Study, words: Words, plan: str) -> Said:
    """Loads matplotlib. ``plan`` is what people call the plan's scenario."""
    sections = (page.sample(study, words), page.boxes(study, words))
    charts = tuple(_drawings(study, words))
    return Said(
        words.say("discover.title", name=plan),
        tuple(study.years),
        tuple(page.sentences(study, words)),
        (
            Chapter("boxes", words.say("discover.part.boxes"), sections),
            Chapter("charts", words.say("compare.part.charts"), (), charts),
        ),
    )


def _drawings(study: Study, words: Words) -> Iterator[Drawing]:
    """One for each criterion with a box."""
    from scenarios.discovery.charts import scatter

    for place, failure in enumerate(study.failures, 1):
        if failure.discovery.boxes:
            yield Drawing(
                f"bound-{place}" if failure.criterion.bound else failure.criterion.name,
                words.say("discover.figure", fails=failure.criterion.label(words)),
                page.sentence(study, words, failure),
                partial(scatter, study, words, failure),
            )

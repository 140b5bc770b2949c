"""What was discovered in words, for the terminal and for the page."""

from __future__ import annotations

import numpy as np

from optimize.uncertainty.discovery import RESAMPLES, FoundBox
from scenarios.discovery.features import Feature
from scenarios.discovery.study import Failure, Study
from scenarios.report.blocks import Blocks
from scenarios.report.estimates import chance
from scenarios.words import Words, number


def limit(words: Words, feature: Feature, ends: tuple[float, float]) -> str:
    """One side of a box in words."""
    low, high = ends
    name = feature.label(words)
    if not np.isfinite(low):
        return words.say("discover.below", name=name, value=feature.text(words, high))
    if not np.isfinite(high):
        return words.say("discover.above", name=name, value=feature.text(words, low))
    return words.say(
        "discover.between",
        name=name,
        low=feature.text(words, low),
        high=feature.text(words, high),
    )


def said(study: Study, words: Words, box: FoundBox) -> str:
    """A box as the beginning of a sentence: when this and that holds."""
    parts = [limit(words, study.features[i], box.box.limits[i]) for i in box.ranked]
    return words.say("discover.and").join(parts)


def sentence(study: Study, words: Words, failure: Failure) -> str:
    """How often a plan fails by one criterion, and when above all."""
    found = failure.discovery
    head = words.say(
        "discover.rate", fails=failure.criterion.label(words), rate=chance(words, found.rate)
    )
    if found.boxes:
        box = found.boxes[0]
        tail = words.say(
            "discover.box",
            when=said(study, words, box),
            density=chance(words, box.density),
            coverage=chance(words, box.coverage),
        )
    elif failure.searched:
        tail = words.say("discover.no_box")
    else:
        tail = words.say("discover.too_few")
    return words.join(head, tail)


def sentences(study: Study, words: Words) -> list[str]:
    """One for each criterion, the most frequent failure first."""
    ordered = sorted(study.failures, key=lambda item: -item.discovery.rate.value)
    return [sentence(study, words, item) for item in ordered]


def sample(study: Study, words: Words) -> Blocks:
    """Which futures were drawn and what the figures mean."""
    section = Blocks(words.say("discover.section.sample"))
    section.paragraph(
        words.say(
            "discover.sample",
            futures=study.futures,
            seed=study.seed,
            features=len(study.features),
            failed=study.failed,
            first=study.years[0],
            last=study.years[-1],
        )
    )
    return section


def boxes(study: Study, words: Words) -> Blocks:
    """Every box: its limits with their evidence, and what held-out futures say."""
    section = Blocks(words.say("discover.section.boxes"))
    section.paragraph(words.say("discover.boxes.how", resamples=RESAMPLES))
    for failure in study.failures:
        if not failure.discovery.boxes:
            continue
        label = failure.criterion.label(words)
        section.heading(label[:1].upper() + label[1:])
        for place, box in enumerate(failure.discovery.boxes, 1):
            section.paragraph(
                words.say(
                    "discover.box.figures",
                    place=place,
                    density=chance(words, box.density),
                    coverage=chance(words, box.coverage),
                    mass=chance(words, box.mass),
                )
            )
            rows = [
                [
                    limit(words, study.features[index], box.box.limits[index]),
                    "<0.001" if box.p[index] < 0.001 else number(box.p[index], 3),
                    words.percent(box.again[index], 0),
                ]
                for index in box.ranked
            ]
            section.table(
                [words.say(f"discover.column.{h}") for h in ("limit", "p", "again")], rows
            )
    return section

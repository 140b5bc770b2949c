"""Strips of causes put together in one language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scenarios.causes import chart, sections
from scenarios.causes.strip import Strip
from scenarios.report.study import Chapter, Drawing, Said
from scenarios.words import Words


def said(
    strips: Sequence[Strip], words: Words, title: str, plan_from: int | None, price: int | None
) -> Said:
    """Loads matplotlib. ``plan_from`` is the plan's first year, ``price`` the price base."""
    about = words.say("causes.about" if price else "causes.about_model", price_year=price)
    readings = tuple(sections.reading(strip, words) for strip in strips)

    def chapter(strip: Strip, reading: str) -> Chapter:
        name, caption = slug(strip.effect.column), sections.caption(strip, words)
        drawing = Drawing(
            name,
            caption,
            reading,
            lambda: chart.draw(strip, words, reading, about, plan_from),
            sections.data(strip, words),
        )
        return Chapter(name, caption, (sections.table(strip, words),), (drawing,))

    return Said(
        words.say("causes.title", name=title),
        (),
        readings,
        tuple(chapter(*each) for each in zip(strips, readings, strict=True)),
        under=about,
    )


def slug(column: str) -> str:
    """A column as the name of a file."""
    return re.sub(r"\W+", "-", column).strip("-")

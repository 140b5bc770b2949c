"""A comparison put together in one language."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.comparison import page
from scenarios.comparison.differences import Comparison
from scenarios.comparison.figures import drawings
from scenarios.report.study import Chapter, Said
from scenarios.words import Words


def said(
    found: Comparison, words: Words, shown: Sequence[str] = (), title: str | None = None
) -> Said:
    """Loads matplotlib. ``shown`` are columns drawn besides the usual ones."""
    base = found.alternatives[0]
    parts = (page.legend, page.table, *page.of_bands(found), page.money)
    sections = tuple(part(found, words) for part in parts)
    charts = tuple(drawings(found, words, shown))
    years = words.years(found.plan_years)
    return Said(
        title or words.say("compare.title", name=base.title[words.language]),
        found.plan_years,
        tuple(page.sentences(found, words)),
        (
            Chapter("tables", words.say("compare.part.tables"), sections),
            Chapter("charts", words.say("compare.part.charts"), (), charts),
        ),
        under=words.say("report.under", years=years, price_year=base.price_year),
    )

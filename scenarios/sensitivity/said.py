"""The study put together in one language: its page, and what a run's report takes over."""

from __future__ import annotations

from scenarios.report.blocks import Blocks
from scenarios.report.study import Chapter, Said
from scenarios.sensitivity import decision_page, page
from scenarios.sensitivity.decisions import Decisions
from scenarios.sensitivity.labels import Labels
from scenarios.sensitivity.study import Sensitivity
from scenarios.words import Words


def said(found: Sensitivity, decided: Decisions | None, words: Words) -> Said:
    """Loads matplotlib."""
    from scenarios.sensitivity import figures

    labels = Labels(found, words)
    columns = list(dict.fromkeys(look.column for look in found.looks))
    outcomes = [
        Chapter(
            f"outcome-{place}",
            labels.outcome(column),
            tuple(page.causes(labels, column)),
            figures.of_outcome(labels, column, place),
        )
        for place, column in enumerate(columns, start=1)
    ]
    whole = page.whole_distribution(labels)
    spread = Chapter(
        "spread",
        words.say("sensitivity.part_of_page.spread"),
        (*page.spread(labels), *([whole] if whole else [])),
    )
    decision = []
    if decided is not None:
        decision.append(
            Chapter(
                "decision",
                words.say("sensitivity.part_of_page.decision"),
                tuple(decision_page.sections(labels, decided)),
                figures.of_decision(labels, decided),
            )
        )
    trust = page.trust(labels, decided)
    lead = tuple(page.lead(labels, decided))
    title = words.say("sensitivity.title", name=found.studied.title(words.language))
    under = ""
    if found.studied.kind == "model":
        first, last = (labels.when(found.years[place]) for place in (0, -1))
        under = words.say("sensitivity.under.model", first=first, last=last)
    short = Blocks.listing(words.say("sensitivity.section.depends"), lead)
    return Said(
        title,
        tuple(int(year) for year in found.years),
        lead,
        (*outcomes, spread, *decision, Chapter("trust", trust.title, (trust,))),
        (
            Chapter("short", short.title, (short, *page.spread(labels))),
            *(Chapter(c.key, c.title, (), c.drawings[:1]) for c in outcomes[:2]),
            *decision,
            Chapter("trust", trust.title, (trust,)),
        ),
        under=under,
    )

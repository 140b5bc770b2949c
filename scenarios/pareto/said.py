"""A front put together in one language."""

from __future__ import annotations

from scenarios.pareto import page
from scenarios.pareto.study import Study
from scenarios.report.study import Chapter, Drawing, Said
from scenarios.words import Words


def said(study: Study, words: Words) -> Said:
    """Loads matplotlib."""
    from scenarios.pareto import charts

    drawings = (
        Drawing(
            "front",
            words.say("pareto.caption.front"),
            charts.front_reading(study, words),
            lambda: charts.front_chart(study, words),
        ),
        Drawing(
            "mix",
            words.say("pareto.caption.mix"),
            charts.mix_reading(study, words),
            lambda: charts.mix_chart(study, words),
        ),
    )
    return Said(
        words.say("pareto.title", scenario=study.result.title[words.language]),
        study.result.plan_years,
        tuple(page.sentences(study, words)),
        (
            Chapter("charts", words.say("compare.part.charts"), (), drawings),
            Chapter("points", words.say("pareto.part.points"), (page.table(study, words),)),
        ),
    )

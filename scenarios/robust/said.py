"""A robust plan beside the nominal one, put together in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scenarios.comparison import Comparison, compared, from_result
from scenarios.comparison import page as side_by_side
from scenarios.report.blocks import Blocks
from scenarios.report.study import Chapter, Drawing, Said
from scenarios.robust import page
from scenarios.robust.study import Study
from scenarios.words import Words


def said(study: Study, words: Words) -> Said:
    """Loads matplotlib."""
    result, both = study.robust, beside(study, words)
    shown = (side_by_side.legend, side_by_side.table, side_by_side.money)
    plans = tuple(section(both, words) for section in shown)
    method = (page.method(study, words),)
    charts = tuple(_drawings(study, both, words))
    return Said(
        words.say("robust.title", scenario=result.title[words.language]),
        result.plan_years,
        tuple(page.sentences(study, words)),
        (
            Chapter("judged", words.say("robust.part.judged"), tuple(judged(study, words))),
            Chapter("charts", words.say("compare.part.charts"), (), charts),
            Chapter("plans", words.say("robust.part.plans"), plans),
            Chapter("method", words.say("robust.part.method"), method),
        ),
        status=words.say(f"status.{result.answer.status}"),
    )


def judged(study: Study, words: Words) -> Iterator[Blocks]:
    """How both plans do on fresh futures."""
    yield page.aims(study, words)
    if study.told.rules:
        yield page.rules(study, words)
    if study.regrets is not None:
        yield page.regrets(study, words)


def beside(study: Study, words: Words) -> Comparison:
    """The two plans as alternatives, with the numbers as they are."""
    return compared(
        [
            replace(
                from_result(result),
                name=plan,
                title={words.language: words.say(f"robust.plan.{plan}")},
            )
            for plan, result in (("nominal", study.nominal), ("robust", study.robust))
        ]
    )


def _drawings(study: Study, both: Comparison, words: Words) -> Iterator[Drawing]:
    from scenarios.comparison.charts import allocation
    from scenarios.robust import charts

    yield Drawing(
        "gains",
        words.say("robust.caption.gains"),
        charts.gain_reading(study, words),
        lambda: charts.gain_chart(study, words),
    )
    if study.told.rules:
        yield Drawing(
            "rules",
            words.say("robust.caption.rules"),
            charts.rule_reading(study, words),
            lambda: charts.rule_chart(study, words),
        )
    title = words.say("compare.figure.allocation")
    yield Drawing(
        "money",
        words.say("robust.caption.money"),
        title,
        lambda: allocation(both, words, title),
    )

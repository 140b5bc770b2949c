"""Sections that explain an answer: worth by place, and contributions to the gain."""

from __future__ import annotations

import numpy as np

from scenarios.report.blocks import Blocks
from scenarios.report.result import Result
from scenarios.words import Words, number, significant

MILLIONTHS = 1e6


def place_name(words: Words, sector: str, instrument: str) -> str:
    """An instrument with its sector, unless it is tied to none."""
    if sector == "all":
        return words.title(instrument)
    name = words.title(instrument)
    return words.say("summary.unused.in", instrument=name, place=words.place(sector))


def worth(result: Result, words: Words) -> Blocks:
    """What one more 10,000 yuan does in each place, mean over the years, best first."""
    section = Blocks(words.say("explain.section.worth"))
    places: dict[tuple[str, str], list[int]] = {}
    for index, decision in enumerate(result.problem.decisions):
        places.setdefault((decision.sector, decision.instrument), []).append(index)
    here = -MILLIONTHS * result.answer.gradient
    if not here.any():
        section.paragraph(words.say("summary.price.unknown"))
        return section
    net = -MILLIONTHS * result.answer.reduced_costs
    order = sorted(places, key=lambda place: -float(here[places[place]].mean()))
    best, worst = int(np.argmax(here)), int(np.argmin(here))
    digits = significant(float(np.abs(here).max()), 3)

    def said(index: int) -> dict[str, object]:
        decision = result.problem.decisions[index]
        return {
            "place": place_name(words, decision.sector, decision.instrument),
            "year": decision.year,
            "worth": number(float(here[index]), digits),
        }

    section.paragraph(words.say("explain.worth.best", **said(best)))
    section.paragraph(words.say("explain.worth.worst", **said(worst)))
    section.table(
        (
            words.say("summary.column.instrument"),
            words.say("explain.column.here"),
            str(result.plan_years[0]),
            str(result.plan_years[-1]),
            words.say("explain.column.net"),
        ),
        [
            [
                place_name(words, *place),
                number(float(here[places[place]].mean()), digits),
                number(float(here[places[place][0]]), digits),
                number(float(here[places[place][-1]]), digits),
                number(float(net[places[place]].mean()), digits),
            ]
            for place in order
        ],
    )
    section.paragraph(words.say("explain.worth.how"))
    return section


def contributions(result: Result, words: Words) -> Blocks:
    """What each difference from past practice contributes to the gain over it."""
    section = Blocks(words.say("explain.section.contributions"))
    found = result.contributions
    if found is None or found.total == 0.0:
        section.paragraph(words.say("summary.price.unknown"))
        return section
    years = len(result.plan_years)
    change = (result.answer.amounts - result.problem.past_practice) / years
    places: dict[tuple[str, str], list[int]] = {}
    for index, decision in enumerate(result.problem.decisions):
        places.setdefault((decision.sector, decision.instrument), []).append(index)
    sums = {place: float(found.amounts[of].sum()) for place, of in places.items()}
    digits = min(6, significant(found.total, 3))
    text = number(found.total, digits)
    section.paragraph(words.say("explain.contributions.how", total=text))
    section.table(
        (
            words.say("explain.column.difference"),
            words.say("explain.column.money_change"),
            words.say("explain.column.contribution"),
            words.say("summary.column.share"),
        ),
        [
            [
                place_name(words, *place),
                number(float(change[places[place]].sum()), signed=True),
                number(sums[place], digits + 1, signed=True),
                words.percent(sums[place] / found.total, 1),
            ]
            for place in sorted(sums, key=lambda place: -sums[place])
        ]
        + [
            [
                words.say("summary.column.total"),
                number(float(change.sum()), signed=True),
                number(found.total, digits + 1, signed=True),
                words.percent(1.0, 1),
            ]
        ],
        foot=1,
    )
    return section

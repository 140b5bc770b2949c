"""Sections of the appendix: the plan in full, and the main outcomes year by year."""

from __future__ import annotations

import numpy as np

from scenarios.report.blocks import Blocks
from scenarios.report.effects import Measure, effects
from scenarios.report.explained import place_name
from scenarios.report.result import PLANS, Money, PlanName, Result
from scenarios.words import Words, number


def plan(result: Result, words: Words) -> Blocks:
    """Every amount of the plan, and past practice in the same years."""
    section = Blocks(words.say("report.section.amounts"))
    years = result.plan_years
    places = dict.fromkeys((d.sector, d.instrument) for d in result.problem.decisions)
    plans: tuple[tuple[PlanName, Money], ...] = (
        ("optimal", result.plan_money),
        ("past_practice", result.past_money),
    )
    section.table(
        (
            words.say("summary.column.instrument"),
            words.say("report.column.plan"),
            *map(str, years),
            words.say("summary.column.total"),
        ),
        [
            [place_name(words, *place), words.say(f"plan.{name}"), *map(number, amounts)]
            for place in places
            for name, money in plans
            for yearly in [[float(money.get((year, *place), 0.0)) for year in years]]
            for amounts in [[*yearly, sum(yearly)]]
        ],
        texts=(0, 1),
        whole=(1,),
    )
    return section


def outcomes(result: Result, words: Words) -> Blocks:
    """What the table of effects sums up, at the end of each plan year under every plan."""
    section = Blocks(words.say("report.section.outcomes"))
    section.paragraph(words.say("report.outcomes.all"))
    measures: dict[tuple[str, ...], Measure] = {}
    for item in effects(result):
        measures.setdefault(item.measure.columns, item.measure)
    section.table(
        (
            words.say("report.column.what"),
            words.say("report.column.plan"),
            *map(str, result.plan_years),
        ),
        [
            [
                words.say(
                    "summary.effect", effect=_name(measure, words), unit=words.unit(measure.unit)
                ),
                words.say(f"plan.{name}"),
                *(number(value, measure.digits) for value in _yearly(result, name, measure)),
            ]
            for measure in measures.values()
            for name in PLANS
            if name in result.paths
        ],
        texts=(0, 1),
        whole=(1,),
    )
    return section


def _name(measure: Measure, words: Words) -> str:
    if len(measure.columns) == 1:
        return words.title(measure.columns[0])
    return words.title(measure.columns[0].partition("[")[0])


def _yearly(result: Result, plan: PlanName, measure: Measure) -> list[float]:
    path = result.paths[plan]
    together = np.sum([path.at(column, result.plan_years) for column in measure.columns], axis=0)
    return [float(value) for value in measure.scale * together]

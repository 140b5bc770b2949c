"""Sections of the answer: the plan and what it does, as data for every kind of page."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.levers import WHERE
from scenarios.report.blocks import Blocks
from scenarios.report.effects import effect
from scenarios.report.effects import effects as effects_of
from scenarios.report.result import PLANS, Money, Result, total
from scenarios.words import Words, number, significant


def plan(result: Result, words: Words) -> Blocks:
    """Money by year and by what it is tied to, and the means of both plans."""
    section = Blocks(words.say("summary.section.plan"))
    years = result.plan_years

    def row(label: str, money: Money, of: Sequence[int]) -> list[str]:
        amounts = [total(money, years=of, sector=where) / len(of) for where in WHERE]
        return [label, *(number(amount) for amount in (*amounts, sum(amounts)))]

    section.table(
        (
            words.say("summary.column.year"),
            *(words.title(sector) for sector in WHERE[:-1]),
            words.say("summary.column.all"),
            words.say("summary.column.total"),
        ),
        [
            *(row(str(year), result.plan_money, [year]) for year in years),
            row(words.say("summary.column.mean"), result.plan_money, years),
            row(words.say("summary.column.past_mean"), result.past_money, years),
        ],
        strong=(5,),
        foot=2,
    )
    return section


def instruments(result: Result, words: Words) -> Blocks:
    """Money by instrument: first and last year, mean, share, and past practice's mean."""
    section = Blocks(words.say("summary.section.instruments"))
    years, money, past = result.plan_years, result.plan_money, result.past_money
    whole = total(money) or 1.0
    rows = []
    for tool in result.instruments:
        mean = total(money, years=years, instrument=tool) / len(years)
        before = total(past, years=years, instrument=tool) / len(years)
        rows.append(
            [
                words.title(tool),
                *(number(total(money, years=[y], instrument=tool)) for y in (years[0], years[-1])),
                number(mean),
                words.percent(mean * len(years) / whole, 0),
                number(before),
                number(mean - before, signed=True),
            ]
        )
    section.table(
        (
            words.say("summary.column.instrument"),
            str(years[0]),
            str(years[-1]),
            words.say("summary.column.mean"),
            words.say("summary.column.share"),
            words.say("summary.column.past_mean"),
            words.say("summary.column.change"),
        ),
        rows,
        strong=(3,),
    )
    return section


def effects(result: Result, words: Words) -> Blocks:
    section = Blocks(words.say("summary.section.effects"))
    section.table(
        (
            words.say("summary.column.effect"),
            *(words.say(f"plan.{plan}").replace(" ", "\n") for plan in PLANS),
            words.say("summary.column.change"),
        ),
        [
            [
                words.say(
                    "summary.effect",
                    effect=item.label(words, result),
                    unit=words.unit(item.measure.unit),
                ),
                item.text("optimal"),
                item.text("past_practice"),
                item.text("no_cooperation"),
                item.change_text(),
            ]
            for item in effects_of(result)
        ],
        strong=(1,),
    )
    section.paragraph(_aim(result, words))
    return section


def gains(result: Result, words: Words) -> Blocks:
    """What each partner has more than without cooperation, over the plan's years."""
    section = Blocks(words.say("report.section.gains"))
    rows = []
    for key in ("gain_w", "gain_m"):
        item = effect(result, key)
        if item is None:
            continue
        none = item.values["no_cooperation"]
        plan, past = (item.values[name] - none for name in ("optimal", "past_practice"))
        name = words.say(f"figure.partners.{key[-1]}")
        rows.append([name, *(number(value, signed=True) for value in (plan, past, plan - past))])
    if rows:
        section.table(
            (
                words.say("report.column.partner"),
                words.say("plan.optimal"),
                words.say("plan.past_practice"),
                words.say("summary.column.change"),
            ),
            rows,
            strong=(1,),
        )
        section.paragraph(words.say("report.gains.how", years=words.years(result.plan_years)))
    return section


def _aim(result: Result, words: Words) -> str:
    """The objective, part by part in natural units."""
    parts = []
    for term in result.problem.objective:
        value = result.answer.parts.get(term.name, float("nan"))
        key = f"term.{term.name}"
        way = "part" if term.unit != "percent" else "worst" if term.kind == "worst" else "percent"
        parts.append(
            words.say(
                f"summary.aim.{way}",
                name=words.say(key) if words.has(key) else term.name,
                value=number(value, 1 if term.unit == "percent" else 3),
                unit=words.unit(term.unit),
                weight=number(term.weight, significant(term.weight, 1)),
            )
        )
    joined = ("；" if words.chinese else "; ").join(parts)
    return words.join(
        words.say(
            "summary.aim",
            parts=joined,
            value=number(result.answer.objective, 4),
            judged=_judged(result, words),
        ),
        words.say("summary.aim.gap"),
    )


def _judged(result: Result, words: Words) -> str:
    """The years that the aim looks at, where they are not the plan's."""
    outcomes = result.problem.outcomes
    years = {outcomes[i].year for term in result.problem.objective for i in term.coefficients}
    if not years or years == set(result.plan_years):
        return ""
    return words.say("summary.aim.judged", years=words.years(years))

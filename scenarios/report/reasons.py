"""Sections of the answer: why the money goes where it goes, and how far to trust it."""

from __future__ import annotations

from collections import Counter

from optimize.rules.sizes import place
from scenarios.report import evidence, rule_words
from scenarios.report.blocks import Blocks
from scenarios.report.result import Result
from scenarios.words import DASH, Words, number, significant


def binding(result: Result, words: Words) -> Blocks:
    section = Blocks(words.say("summary.section.binds"))
    found = rule_words.binding(result, words)
    for item in found:
        section.item(item.line(words))
    if not found:
        section.paragraph(words.say("summary.binds.none"))
    section.paragraph(_sizes(result, words))
    return section


def _sizes(result: Result, words: Words) -> str:
    """What minimum sizes cost; of whole projects the section on projects tells."""
    chosen = result.answer.chosen
    if chosen is None or chosen.free_objective is None or result.library:
        return ""
    loss = result.answer.objective - chosen.free_objective
    achieved = result.answer.objective_without_money - chosen.free_objective
    if achieved <= 0.0:
        return ""
    return words.say(
        "sizes.cost",
        loss=number(loss, significant(loss, 2)),
        share=words.percent(loss / achieved, significant(100.0 * loss / achieved, 2)),
    )


def price(result: Result, words: Words) -> Blocks:
    """Shadow prices of the yearly money, in points of the objective."""
    from optimize.explain import CONFIRMED

    section = Blocks(words.say("summary.section.price"))
    prices = [
        report
        for report in result.answer.rules
        if report.row.rule in ("yearly_budget", "carry_over", "total_budget")
        and report.shadow_price is not None
        and report.shadow_price > 0
    ]
    if not prices:
        known = any(r.shadow_price is not None for r in result.answer.rules)
        section.paragraph(words.say(f"summary.price.{'none' if known else 'unknown'}"))
        return section
    best = max(prices, key=lambda report: report.shadow_price or 0.0)
    price = best.shadow_price or 0.0
    achieved = result.answer.objective_without_money - result.answer.objective
    # No farther than the price was confirmed to hold.
    more = 100.0 if best.valid_up_to is None else min(100.0, best.valid_up_to - best.row.bound)
    if achieved > 0 and best.row.year is not None:
        section.paragraph(
            words.say(
                "summary.price.sentence",
                year=best.row.year,
                amount=words.money(more),
                price=number(more * price, significant(more * price, 2)),
                share=words.percent(
                    more * price / achieved, significant(100 * more * price / achieved, 2)
                ),
            )
        )
    section.paragraph(words.say("summary.price.unit", within=words.percent(CONFIRMED, 0)))
    digits = significant(1e6 * price, 3)
    section.table(
        (
            words.say("summary.column.year"),
            words.say("summary.column.price"),
            words.say("summary.column.confirmed"),
        ),
        [
            [
                str(report.row.year or words.say("rule.all_years")),
                number(1e6 * (report.shadow_price or 0.0), digits),
                DASH if report.valid_up_to is None else number(report.valid_up_to),
            ]
            for report in prices
        ],
    )
    return section


def unused(result: Result, words: Words) -> Blocks:
    """How much less money would do in an instrument that gets none in any year."""
    from optimize.explain import unused_instruments

    section = Blocks(words.say("summary.section.unused"))
    answer = result.answer
    found = unused_instruments(
        result.problem, answer.amounts, answer.gradient, answer.reduced_costs
    )
    never = [item for item in found if item.years == result.plan_years]
    first = result.plan_years[0]
    places = Counter(d.instrument for d in result.problem.decisions if d.year == first)
    achieved = answer.objective_without_money - answer.objective
    losses = {left.group: left.loss for left in answer.chosen.why_not} if answer.chosen else {}
    for item in never:
        name = words.title(item.instrument)
        if places[item.instrument] > 1:
            name = words.say("summary.unused.in", instrument=name, place=words.place(item.sector))
        if (loss := losses.get(place(item.sector, item.instrument))) is not None and achieved > 0.0:
            share = words.percent(loss / achieved, significant(100.0 * loss / achieved, 2))
            section.item(words.say("sizes.why_not", name=name, share=share))
            continue
        harms = item.worth <= max(item.shortfall, 0.0)
        less = 0.0 if harms else item.shortfall / item.worth
        key = "line_harm" if harms else "line" if less >= 0.0005 else "line_equal"
        section.item(
            words.say(
                f"summary.unused.{key}",
                name=name,
                less=words.percent(less, 0 if less >= 0.1 else 1),
            )
        )
    if not never:
        section.paragraph(words.say("summary.unused.none"))
    return section


def trust(result: Result, words: Words) -> Blocks:
    """What was checked, how, and with which result."""
    section = Blocks(words.say("summary.section.trust"))
    section.paragraph(evidence.model(result, words))
    section.paragraph(words.say(f"status.{result.answer.status}"))
    if not result.answer.whole:
        section.paragraph(words.say("summary.not_whole"))
    section.table(("", ""), evidence.lines(result, words), texts=(0, 1), whole=(0,))
    return section


def conflict(result: Result, words: Words) -> Blocks:
    """The rules that leave no plan: proven to contradict, or broken by the nearest plan."""
    proven = result.answer.status == "infeasible_proven"
    section = Blocks(words.say(f"summary.section.{'conflict' if proven else 'unmet'}"))
    for name in rule_words.conflict(result, words, result.answer.conflict):
        section.item(name)
    return section

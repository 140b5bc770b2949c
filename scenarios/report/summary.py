"""The answer on the terminal: the plan, what it changes, why, and how far to trust it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from scenarios.language import Language
from scenarios.levers import WHERE
from scenarios.report import evidence
from scenarios.report.console import Page, can_show, encoding_of
from scenarios.report.effects import effects
from scenarios.report.headline import answer
from scenarios.report.result import PLANS, Money, Result, total
from scenarios.report.rule_words import binding, conflict
from scenarios.words import DASH, Words, number, significant

CHINESE = "协衡"


def print_summary(
    result: Result,
    language: Language,
    *,
    stream: TextIO | None = None,
    width: int | None = None,
    folder: Path | None = None,
    files: Sequence[str] = (),
) -> None:
    """Print the whole summary to ``stream`` (default: standard output).

    A console that cannot show Chinese gets English, and is told so. ``folder`` and ``files``
    say where the run was written.
    """
    print_answer(result, language, stream=stream, width=width)
    if result.feasible:
        print_proof(result, language, stream=stream, width=width, folder=folder, files=files)


def print_answer(
    result: Result,
    language: Language,
    *,
    stream: TextIO | None = None,
    width: int | None = None,
) -> None:
    """What to do and what it brings; it needs no verdict of the judge."""
    page, words = _page(language, stream, width)
    if words.language != language:
        page.paragraph(words.say("summary.no_chinese"), indent=0)
    _head(page, result, words)
    if not result.feasible:
        proven = result.answer.status == "infeasible_proven"
        page.heading(words.say(f"summary.section.{'conflict' if proven else 'unmet'}"))
        for name in conflict(result, words, result.answer.conflict):
            page.paragraph(name, first="- ")
        return
    page.console.print()
    page.paragraph(answer(result, words))
    _plan(page, result, words)
    _instruments(page, result, words)
    _effects(page, result, words)
    _binding(page, result, words)
    _price(page, result, words)
    _unused(page, result, words)


def print_proof(
    result: Result,
    language: Language,
    *,
    stream: TextIO | None = None,
    width: int | None = None,
    folder: Path | None = None,
    files: Sequence[str] = (),
) -> None:
    """How far to trust the answer, and where the run was written."""
    page, words = _page(language, stream, width)
    page.heading(words.say("summary.section.trust"))
    page.paragraph(evidence.model(result, words))
    page.paragraph(words.say(f"status.{result.answer.status}"))
    if not result.answer.whole:
        page.paragraph(words.say("summary.not_whole"))
    page.table(("", ""), evidence.lines(result, words), texts=(0, 1), whole=(0,), header=False)
    if folder is not None:
        page.heading(words.say("summary.section.files"))
        page.paragraph(str(folder))
        page.paragraph("  ".join(files), indent=4)


def _page(language: Language, stream: TextIO | None, width: int | None) -> tuple[Page, Words]:
    stream = stream if stream is not None else sys.stdout
    shown = language != "zh" or can_show(CHINESE, encoding_of(stream))
    return Page(stream, width), Words(language if shown else "en")


def _head(page: Page, result: Result, words: Words) -> None:
    page.title(
        words.say(
            "summary.title",
            scenario=result.title[words.language],
            years=words.years(result.plan_years),
        ),
        beside=words.say("summary.price", price_year=result.price_year),
    )
    if not result.feasible:
        page.paragraph(words.say(f"status.{result.answer.status}"), indent=0)
    if result.answer.stop != "done":
        page.paragraph(words.say(f"stop.{result.answer.stop}"), indent=0)


def _plan(page: Page, result: Result, words: Words) -> None:
    """Money by year and by what it is tied to, and the means of both plans."""
    page.heading(words.say("summary.section.plan"))
    years = result.plan_years

    def row(label: str, money: Money, of: Sequence[int]) -> list[str]:
        amounts = [total(money, years=of, sector=where) / len(of) for where in WHERE]
        return [label, *(number(amount) for amount in (*amounts, sum(amounts)))]

    page.table(
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


def _instruments(page: Page, result: Result, words: Words) -> None:
    """Money by instrument: first and last year, mean, share, and past practice's mean."""
    page.heading(words.say("summary.section.instruments"))
    years, plan, past = result.plan_years, result.plan_money, result.past_money
    whole = total(plan) or 1.0
    rows = []
    for tool in result.instruments:
        mean = total(plan, years=years, instrument=tool) / len(years)
        before = total(past, years=years, instrument=tool) / len(years)
        rows.append(
            [
                words.title(tool),
                *(number(total(plan, years=[y], instrument=tool)) for y in (years[0], years[-1])),
                number(mean),
                words.percent(mean * len(years) / whole, 0),
                number(before),
                number(mean - before, signed=True),
            ]
        )
    page.table(
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


def _effects(page: Page, result: Result, words: Words) -> None:
    page.heading(words.say("summary.section.effects"))
    page.table(
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
            for item in effects(result)
        ],
        strong=(1,),
    )
    page.console.print()
    page.paragraph(_aim(result, words))


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


def _binding(page: Page, result: Result, words: Words) -> None:
    page.heading(words.say("summary.section.binds"))
    found = binding(result, words)
    for item in found:
        page.paragraph(item.line(words), first="- ")
    if not found:
        page.paragraph(words.say("summary.binds.none"))


def _price(page: Page, result: Result, words: Words) -> None:
    """Shadow prices of the yearly money, in points of the objective."""
    from optimize.explain import CONFIRMED

    page.heading(words.say("summary.section.price"))
    prices = [
        report
        for report in result.answer.rules
        if report.row.rule in ("yearly_budget", "carry_over", "total_budget")
        and report.shadow_price is not None
        and report.shadow_price > 0
    ]
    if not prices:
        known = any(r.shadow_price is not None for r in result.answer.rules)
        page.paragraph(words.say(f"summary.price.{'none' if known else 'unknown'}"))
        return
    best = max(prices, key=lambda report: report.shadow_price or 0.0)
    price = best.shadow_price or 0.0
    achieved = result.answer.objective_without_money - result.answer.objective
    # No farther than the price was confirmed to hold.
    more = 100.0 if best.valid_up_to is None else min(100.0, best.valid_up_to - best.row.bound)
    if achieved > 0 and best.row.year is not None:
        page.paragraph(
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
    page.paragraph(words.say("summary.price.unit", within=words.percent(CONFIRMED, 0)))
    digits = significant(1e6 * price, 3)
    page.table(
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


def _unused(page: Page, result: Result, words: Words) -> None:
    """How much less money would do in an instrument that gets none in any year."""
    from optimize.explain import unused_instruments

    page.heading(words.say("summary.section.unused"))
    answer = result.answer
    found = unused_instruments(
        result.problem, answer.amounts, answer.gradient, answer.reduced_costs
    )
    never = [item for item in found if item.years == result.plan_years]
    first = result.plan_years[0]
    places = Counter(d.instrument for d in result.problem.decisions if d.year == first)
    for item in never:
        name = words.title(item.instrument)
        if places[item.instrument] > 1:
            name = words.say("summary.unused.in", instrument=name, place=words.place(item.sector))
        harms = item.worth <= item.shortfall
        less = 0.0 if harms else item.shortfall / item.worth
        key = "line_harm" if harms else "line" if less >= 0.0005 else "line_equal"
        page.paragraph(
            words.say(
                f"summary.unused.{key}",
                name=name,
                less=words.percent(less, 0 if less >= 0.1 else 1),
            ),
            first="- ",
        )
    if not never:
        page.paragraph(words.say("summary.unused.none"))

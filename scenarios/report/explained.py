"""Sections that explain an answer: worth by place, contributions, rule costs, freedom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimize.explain.easing import Eased
from optimize.explain.freedom import Freedom
from optimize.explain.rule_costs import RuleCost
from optimize.problem import Row, Vector
from scenarios.report.blocks import Blocks
from scenarios.report.result import Result
from scenarios.report.rule_words import rule_name, with_unit
from scenarios.words import DASH, Words, number, significant

GAP = "structure gap"
MILLIONTHS = 1e6


@dataclass(frozen=True)
class Explanation:
    """What re-solves around an answer found.

    ``freedom`` is by name of a sector, ``all`` or an instrument; ``outcomes`` (m,) are those of
    the continuous plan.
    """

    eased: tuple[Eased, ...]
    costs: tuple[RuleCost, ...]
    freedom: Mapping[str, Freedom]
    outcomes: Vector


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


def eased(result: Result, words: Words, found: Explanation) -> Blocks:
    """What a binding rule eased by a natural step is worth, in a sentence each."""
    section = Blocks(words.say("explain.section.eased"))
    for item in found.eased:
        row = _row(result, item.rule, item.subject)
        step, far = item.step, item.holds
        if item.share is not None:
            sign = 1.0 if row.sense == "<=" else -1.0
            limit, to, last = (words.percent(item.share + sign * by, 0) for by in (0.0, step, far))
            change = words.say("explain.eased.share", limit=limit, to=to, last=last)
        else:
            unit = item.unit
            change = words.say(
                "explain.eased.bound",
                by=with_unit(words, step, unit),
                last=with_unit(words, far, unit),
            )
        name, gap, moved = (
            rule_name(words, row, with_year=False),
            number(item.worth, significant(item.worth, 2)),
            most_moved(result, words, found.outcomes, item.after.outcomes),
        )
        section.item(
            words.say("explain.eased.line", rule=name, change=change, gain=gap, moved=moved)
        )
    if not found.eased:
        section.paragraph(words.say("summary.binds.none"))
    return section


def most_moved(result: Result, words: Words, before: Vector, after: Vector) -> str:
    """The structure gap's change and the outcome that moves most, in per cent of itself."""
    groups: dict[str, list[int]] = {}
    for index, outcome in enumerate(result.problem.outcomes):
        groups.setdefault(outcome.column, []).append(index)
    changes = {
        column: float(after[of].mean() / before[of].mean() - 1.0)
        for column, of in groups.items()
        if before[of].mean() != 0.0
    }
    gap = ""
    if GAP in groups:
        of = groups[GAP]
        moved = float(after[of].mean() - before[of].mean())
        gap = words.points(moved, signed=True)
    others = {column: change for column, change in changes.items() if column != GAP}
    if not others:
        return gap
    column = max(others, key=lambda name: abs(others[name]))
    change = 100.0 * others[column]
    name, _, element = column.partition("[")
    label = words.name(name.strip())
    if element:
        label = words.say("summary.unused.in", instrument=label, place=words.name(element[:-1]))
    percent = number(change, significant(change, 2), signed=True)
    return words.say("explain.eased.moved", gap=gap or DASH, name=label, change=percent)


def costs(result: Result, words: Words, found: Explanation) -> Blocks:
    """What the plan would gain without each rule, dearest first."""
    section = Blocks(words.say("explain.section.costs"))
    gain = result.answer.objective_without_money - result.answer.objective
    spent = float(result.answer.amounts.sum())
    rows = []
    for cost in found.costs:
        name = rule_name(words, _row(result, cost.rule, cost.subject or ""), with_year=False)
        if cost.subject is None:
            name = words.say(f"rule.{cost.rule}.name")
        if cost.cost is None or cost.money is None:
            rows.append([name, words.say("explain.costs.unlimited"), DASH, DASH])
            continue
        extra = cost.money - spent
        rows.append(
            [
                name,
                number(cost.cost, 4),
                words.percent(cost.cost / gain, 1) if gain > 0 else DASH,
                number(extra, signed=True) if abs(extra) > 1.0 else "0",
            ]
        )
    dearest = [c for c in found.costs if c.cost and abs((c.money or 0.0) - spent) <= 1.0]
    if dearest:
        section.paragraph(
            words.say(
                "explain.costs.dearest",
                rule=rule_name(words, _row(result, dearest[0].rule, ""), with_year=False)
                if dearest[0].subject
                else words.say(f"rule.{dearest[0].rule}.name"),
                cost=number(dearest[0].cost or 0.0, 3),
                share=words.percent((dearest[0].cost or 0.0) / gain, 1),
            )
        )
    section.table(
        (
            words.say("explain.column.rule"),
            words.say("explain.column.contribution"),
            words.say("explain.column.of_gain"),
            words.say("explain.column.extra_money"),
        ),
        rows,
    )
    section.paragraph(words.say("explain.costs.how"))
    return section


def freedom(result: Result, words: Words, found: Explanation) -> Blocks:
    """How far the money of each sector and instrument can move at little loss."""
    section = Blocks(words.say("explain.section.freedom"))
    years = len(result.plan_years)
    widest = max(found.freedom, key=lambda name: _width(found.freedom[name]), default=None)
    if widest is not None:
        item = found.freedom[widest]
        section.paragraph(
            words.say(
                "explain.freedom.widest",
                name=words.place(widest),
                low=words.money(item.low / years),
                high=words.money(item.high / years),
            )
        )
    section.table(
        (
            words.say("explain.column.place"),
            words.say("explain.column.least"),
            words.say("explain.column.plan"),
            words.say("explain.column.most"),
        ),
        [
            [
                words.say("place.all") if name == "all" else words.title(name),
                *(number(value / years) for value in (item.low, item.now, item.high)),
            ]
            for name, item in found.freedom.items()
        ],
    )
    section.paragraph(words.say("explain.freedom.how"))
    return section


def explanation(result: Result, words: Words, found: Explanation) -> Sequence[Blocks]:
    """The sections of the long explanation, in order."""
    return (
        worth(result, words),
        eased(result, words, found),
        costs(result, words, found),
        freedom(result, words, found),
        contributions(result, words),
    )


def _width(item: Freedom) -> float:
    return item.high - item.low


def _row(result: Result, rule: str, subject: str) -> Row:
    rows = [report.row for report in result.answer.rules if report.row.rule == rule]
    return next((row for row in rows if row.subject == subject), rows[0])

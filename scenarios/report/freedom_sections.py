"""Sections on what re-solves around the answer found: rules eased and left out, and freedom."""

from __future__ import annotations

from optimize.explain.freedom import Freedom
from optimize.explain.rule_costs import RuleCost
from optimize.problem import Row, Vector
from scenarios.report.blocks import Blocks
from scenarios.report.result import Explanation, Result
from scenarios.report.rule_words import rule_name, with_unit
from scenarios.words import DASH, Words, number, significant

GAP = "structure gap"
CHEAP = 0.01  # of the gain: a rule that costs less hardly matters


def sections(result: Result, words: Words) -> tuple[Blocks, ...]:
    """All of them, in order; none where nothing was re-solved."""
    found = result.explanation
    if found is None:
        return ()
    return (
        freedom(result, words, found),
        costs(result, words, found),
        eased(result, words, found),
    )


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
    for text in _costs_read(result, words, found):
        section.paragraph(text)
    gain, spent = _gain(result), float(result.answer.amounts.sum())
    rows = []
    for cost in found.costs:
        name = cost_name(result, words, cost)
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


def cost_name(result: Result, words: Words, cost: RuleCost) -> str:
    """What a line of costs is about: the whole rule, or its part."""
    if cost.subject is None:
        return words.say(f"rule.{cost.rule}.name")
    return rule_name(words, _row(result, cost.rule, cost.subject), with_year=False)


def _costs_read(result: Result, words: Words, found: Explanation) -> list[str]:
    """The dearest rule in a sentence, and how many whole rules hardly cost anything."""
    gain, spent = _gain(result), float(result.answer.amounts.sum())
    if gain <= 0.0:
        return []
    said = []
    dearest = [c for c in found.costs if c.cost and abs((c.money or 0.0) - spent) <= 1.0]
    if dearest:
        cost = dearest[0].cost or 0.0
        said.append(
            words.say(
                "explain.costs.dearest",
                rule=cost_name(result, words, dearest[0]),
                cost=number(cost, 3),
                share=words.percent(cost / gain, 1),
            )
        )
    whole = [c for c in found.costs if c.subject is None and c.cost is not None]
    cheap = [cost_name(result, words, c) for c in whole if (c.cost or 0.0) < CHEAP * gain]
    if cheap:
        said.append(
            words.say(
                "explain.costs.cheap",
                rules=words.listing(cheap),
                share=words.percent(CHEAP, 0),
            )
        )
    if any(not cost.settled for cost in found.costs):
        said.append(words.say("explain.costs.unsettled"))
    return said


def freedom(result: Result, words: Words, found: Explanation) -> Blocks:
    """How far the money of each sector and instrument can move at little loss."""
    section = Blocks(words.say("explain.section.freedom"))
    years, items = len(result.plan_years), found.freedom

    def read(key: str, name: str) -> None:
        item = items[name]
        low, high = (words.money(value / years) for value in (item.low, item.high))
        section.paragraph(words.say(key, name=words.place(name), low=low, high=high))

    if items:
        widest = max(items, key=lambda name: _width(items[name]))
        tightest = min(items, key=lambda name: _width(items[name]) / max(items[name].now, 1.0))
        read("explain.freedom.widest", widest)
        if tightest != widest:
            read("explain.freedom.tightest", tightest)
    section.table(
        (
            words.say("explain.column.place"),
            words.say("explain.column.least"),
            words.say("explain.column.plan"),
            words.say("explain.column.most"),
        ),
        [
            [
                freedom_name(words, name),
                *(number(value / years) for value in (item.low, item.now, item.high)),
            ]
            for name, item in items.items()
        ],
    )
    section.paragraph(words.say("explain.freedom.how"))
    return section


def freedom_name(words: Words, name: str) -> str:
    """A sector, what belongs to none, or an instrument."""
    text = words.say("place.all") if name == "all" else words.title(name)
    return text[:1].upper() + text[1:]


def _gain(result: Result) -> float:
    return result.answer.objective_without_money - result.answer.objective


def _width(item: Freedom) -> float:
    return item.high - item.low


def _row(result: Result, rule: str, subject: str) -> Row:
    rows = [report.row for report in result.answer.rules if report.row.rule == rule]
    return next((row for row in rows if row.subject == subject), rows[0])

"""The revision in words and tables, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimize.problem import Vector
from scenarios.levers import WHERE
from scenarios.replanning.carried import moved_projects, not_spent
from scenarios.replanning.learning import Learnt, Moved
from scenarios.replanning.observed import Observed
from scenarios.replanning.revision import Revision
from scenarios.report.blocks import Blocks
from scenarios.words import DASH, Words, number, significant

SHOWN = 12  # numbers in the table of what moved
CLEAR = 0.25  # standard deviations: less is not worth a word
ODD = 0.05  # chance below which the figures count as surprising


def sentences(revision: Revision, observed: Observed, found: Learnt, words: Words) -> list[str]:
    """What changes, and why."""
    said = [
        words.say(
            "replan.lead.aim",
            until=observed.until,
            first=observed.until + 1,
            old=number(revision.old_aim, 3),
            new=number(revision.new_aim, 3),
        ),
        _money(revision, words),
        words.say(
            "replan.lead.why",
            again=words.money(_moved(revision, revision.old, revision.again)),
            spent=words.money(_moved(revision, revision.again, revision.spent)),
            learnt=words.money(_moved(revision, revision.spent, revision.new)),
        ),
    ]
    if revision.broken:
        rules = dict.fromkeys(name.partition("[")[0] for name in revision.broken)
        names = words.listing(words.say(f"rule.{rule}.name") for rule in rules)
        said.insert(1, words.say("replan.lead.broken", rules=names))
    if lead := not_spent(revision, observed, words):
        said.append(lead)
    if lead := moved_projects(revision, words):
        said.append(lead)
    if revision.answer.stop != "done":
        said.insert(0, words.say(f"stop.{revision.answer.stop}"))
    if observed.figures:
        said.append(_learnt(observed, found, words))
        said.append(_surprise(observed, found, words))
    return said


def _moved(revision: Revision, one: Vector, other: Vector) -> float:
    """Money a year, on average, that goes elsewhere under the other plan."""
    years = len({decision.year for decision in revision.problem.decisions})
    gone = np.minimum(other - one, 0.0)
    come = np.maximum(other - one, 0.0)
    return float(max(come.sum(), -gone.sum())) / years


def _money(revision: Revision, words: Words) -> str:
    """Which sectors get more and which get less."""
    change = {where: _mean(revision, revision.new - revision.old, sector=where) for where in WHERE}
    gains = [(w, x) for w, x in change.items() if x > 0.5]
    losses = [(w, -x) for w, x in change.items() if x < -0.5]

    def listed(parts: Sequence[tuple[str, float]]) -> str:
        named = (
            words.say("replan.part", place=words.place(place), amount=words.money(amount))
            for place, amount in sorted(parts, key=lambda part: -part[1])
        )
        return words.listing(named)

    if not gains and not losses:
        return words.say("replan.lead.same")
    if not gains or not losses:
        key = "more" if gains else "less"
        return words.say(f"replan.lead.{key}", parts=listed(gains or losses))
    return words.say("replan.lead.money", gains=listed(gains), losses=listed(losses))


def _mean(revision: Revision, amounts: Vector, **of: str) -> float:
    """Yearly mean of the money that fits."""
    decisions = revision.problem.decisions
    years = len({decision.year for decision in decisions})
    chosen = [
        amount
        for decision, amount in zip(decisions, amounts, strict=True)
        if all(getattr(decision, name) == value for name, value in of.items())
    ]
    return float(sum(chosen)) / years


def _learnt(observed: Observed, found: Learnt, words: Words) -> str:
    """What the figures moved most, and which figure did it."""
    clear = [item for item in found.moved if abs(item.shift) >= CLEAR]
    if not clear:
        return words.say("replan.lead.nothing_moved", clear=CLEAR)
    first = clear[0]
    return words.say(
        "replan.lead.moved",
        number=len(clear),
        clear=CLEAR,
        name=name(first, words),
        before=short(first.before[1]),
        after=short(first.after[1]),
        cause=cause(first, observed, words),
    )


def _surprise(observed: Observed, found: Learnt, words: Words) -> str:
    """Whether the figures are such as the model expected."""
    from scipy.special import chdtrc  # slow to load

    count = len(observed.figures)
    chance = float(chdtrc(count, found.surprise))
    return words.say(
        "replan.lead.odd" if chance < ODD else "replan.lead.expected",
        chance=words.percent(chance, 1),
        futures=found.futures,
        effective=number(found.effective, 0 if found.effective >= 10 else 1),
    )


def name(item: Moved, words: Words) -> str:
    """A number's name, with the year where it has one."""
    label = words.name(item.column)
    return label if item.year is None else words.say("replan.of_year", name=label, year=item.year)


def cause(item: Moved, observed: Observed, words: Words) -> str:
    """The observation that moved a number most in the way it went."""
    part = int(np.argmax(item.by * np.sign(item.shift)))
    figure = observed.figures[part]
    return words.say("replan.of_year", name=words.name(figure.column), year=figure.year)


def short(value: float) -> str:
    """Four significant figures at most."""
    return number(value, significant(value, 4))


def band(values: Sequence[float] | Vector) -> str:
    """A middle with its 5 % and 95 % ends."""
    low, middle, high = (short(float(value)) for value in values)
    return f"{middle} ({low}{DASH}{high})"


def figures(observed: Observed, found: Learnt, words: Words) -> Blocks:
    """Each observation, and what was and is expected of it."""
    section = Blocks(words.say("replan.section.figures"))
    if not observed.figures:
        section.paragraph(words.say("replan.no_figures"))
        return section
    section.paragraph(words.say("replan.figures.how", futures=found.futures, failed=found.failed))
    for figure, before, now in zip(observed.figures, found.expected, found.now, strict=True):
        mark = words.say("replan.assumed") if figure.assumed else ""
        section.item(
            words.say(
                "replan.figure",
                name=words.say("replan.of_year", name=words.name(figure.column), year=figure.year),
                value=short(figure.value),
                error=f"{short(figure.error)}{mark}",
                before=band(before),
                after=band(now),
            )
        )
    return section


def moved(observed: Observed, found: Learnt, words: Words) -> Blocks:
    """The numbers that the observations moved most."""
    section = Blocks(words.say("replan.section.moved"))
    shown = [item for item in found.moved if abs(item.shift) >= CLEAR][:SHOWN]
    if not shown:
        section.paragraph(words.say("replan.lead.nothing_moved", clear=CLEAR))
        return section
    section.paragraph(words.say("replan.moved.how", clear=CLEAR))
    for item in shown:
        section.item(
            words.say(
                "replan.number",
                name=name(item, words),
                before=band(item.before),
                after=band(item.after),
                shift=number(item.shift, 2, signed=True),
                cause=cause(item, observed, words),
            )
        )
    return section


def money(revision: Revision, words: Words) -> Blocks:
    """Money a year by what it is tied to and by instrument, from step to step."""
    section = Blocks(words.say("replan.section.money"))
    section.paragraph(words.say("replan.money.how"))
    plans = (revision.old, revision.again, revision.spent, revision.new)
    tools = dict.fromkeys(decision.instrument for decision in revision.problem.decisions)

    def cells(**of: str) -> list[str]:
        return [number(_mean(revision, plan, **of)) for plan in plans]

    section.table(
        [words.say(f"replan.column.{h}") for h in ("money", "old", "again", "spent", "new")],
        [
            *([words.title(w), *cells(sector=w)] for w in WHERE),
            *([words.title(t), *cells(instrument=t)] for t in tools),
            [words.say("summary.column.total"), *cells()],
        ],
        foot=1,
    )
    return section

"""Sections about a plan that was edited by hand: what the edit costs, or why it cannot be kept."""

from __future__ import annotations

from collections.abc import Sequence

from optimize.edit import KEPT, Share
from scenarios.report import rule_words
from scenarios.report.blocks import Blocks
from scenarios.report.result import Edit, Result
from scenarios.words import Words, number, significant

WORTH_TELLING = 1e-6  # of what the money achieves: less is a difference of rounding
MOST_NAMES = 4  # of amounts kept in one year that are named


def cost(result: Result, words: Words) -> Blocks:
    """What the edit costs against the free optimum, group by group, and against past practice."""
    edit, answer = result.edit, result.answer
    assert edit is not None
    section = Blocks(words.say("edit.section"))
    lost = answer.objective - edit.free_objective
    gain = edit.objective_without_money - edit.free_objective
    kept = words.say("edit.kept", number=len(edit.kept), file=edit.file)
    if abs(lost) <= WORTH_TELLING * abs(gain):
        costs = words.say("edit.costs_nothing")
    else:
        share = lost / gain if gain > 0 else 0.0
        costs = words.say(
            f"edit.{'costs' if lost > 0 else 'gains'}",
            cost=words.points(abs(lost)),
            share=words.percent(abs(share), significant(100 * abs(share), 2)),
        )
    section.paragraph(words.join(kept, costs))
    better = edit.past_objective - answer.objective
    section.paragraph(
        words.say(
            "edit.aims",
            plan=number(answer.objective, 4),
            free=number(edit.free_objective, 4),
            past=number(edit.past_objective, 4),
            versus=words.say(f"edit.{'better' if better >= 0 else 'worse'}"),
            points=words.points(abs(better)),
        )
    )
    told = [share for share in edit.shares if abs(share.cost) > WORTH_TELLING * abs(gain)]
    if lost > 0 and len(told) > 1:
        section.paragraph(words.say("edit.shares"))
        section.table(
            tuple(words.say(f"edit.column.{name}") for name in ("what", "change", "cost", "part")),
            [_share(share, lost, words) for share in told],
        )
    elif edit.shares and lost > 0:
        section.item(_places(edit.shares[0], words))
    return section


def _share(share: Share, lost: float, words: Words) -> Sequence[str]:
    return (
        _places(share, words),
        number(share.change, 0, signed=True),
        words.points(share.cost, signed=True),
        words.percent(share.cost / lost, 0),
    )


def _places(share: Share, words: Words) -> str:
    if len(share.places) > 1:
        return words.say("edit.others", number=len(share.places))
    return place_name(words, *share.places[0])


def place_name(words: Words, sector: str, instrument: str) -> str:
    """An instrument of a sector, as in a sentence."""
    if sector == "all":
        return words.name(instrument)
    return words.say(
        "rule.in_sector", sector=words.place(sector), instrument=words.name(instrument)
    )


def refused(result: Result, words: Words) -> Blocks:
    """Why the amounts cannot be kept, and the nearest that can."""
    edit, answer = result.edit, result.answer
    assert edit is not None
    proven = answer.status == "infeasible_proven"
    section = Blocks(words.say("edit.refused_section"))
    section.paragraph(words.say("edit.asked", number=len(edit.kept), file=edit.file))
    section.paragraph(words.say(f"edit.refused.{'proven' if proven else 'unproven'}"))
    for line in rule_words.conflict(
        result, words, [name for name in answer.conflict if not name.startswith(KEPT)]
    ):
        section.item(line)
    for line in _own(result, words):
        section.item(line)
    if edit.nearest:
        _nearest(edit, section, words)
    return section


def _own(result: Result, words: Words) -> list[str]:
    """The kept amounts in the conflict, a line a year."""
    years: dict[int, list[str]] = {}
    for row in result.problem.rows:
        if row.rule == KEPT and row.name in result.answer.conflict and row.year is not None:
            sector, _, instrument = row.subject.partition(": ")
            name = place_name(words, sector, instrument)
            years.setdefault(row.year, []).append(f"{name} {number(row.bound, 0)}")
    return [
        words.say("edit.own", year=year, names=words.listing(names))
        if len(names) <= MOST_NAMES
        else words.say("edit.own_many", year=year, number=len(names))
        for year, names in sorted(years.items())
    ]


def _nearest(edit: Edit, section: Blocks, words: Words) -> None:
    moved = sum(abs(amount - edit.kept[key]) for key, amount in edit.nearest.items())
    section.paragraph(
        words.say("edit.nearest", number=len(edit.nearest), amount=words.money(moved))
    )
    section.table(
        tuple(
            words.say(f"edit.column.{name}") for name in ("year", "what", "yours", "near", "change")
        ),
        [
            (
                str(year),
                place_name(words, sector, instrument),
                number(edit.kept[year, sector, instrument], 0),
                number(amount, 0 if amount == round(amount) else 1),
                number(amount - edit.kept[year, sector, instrument], 0, signed=True),
            )
            for (year, sector, instrument), amount in sorted(edit.nearest.items())
        ],
        texts=(0, 1),
    )


def record(result: Result) -> dict[str, object] | None:
    """The edit for a program; None where nothing was edited."""
    edit = result.edit
    if edit is None:
        return None
    return {
        "file": edit.file,
        "kept": len(edit.kept),
        "free_objective": edit.free_objective,
        "past_practice_objective": edit.past_objective,
        "cost": result.answer.objective - edit.free_objective if result.feasible else None,
        "groups": [
            {
                "places": [list(place) for place in share.places],
                "change": share.change,
                "cost": share.cost,
            }
            for share in edit.shares
        ],
        "nearest": [
            {
                "year": year,
                "sector": sector,
                "instrument": instrument,
                "amount": amount,
                "instead_of": edit.kept[year, sector, instrument],
            }
            for (year, sector, instrument), amount in sorted(edit.nearest.items())
        ],
    }

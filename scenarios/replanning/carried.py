"""What goes on from the years that are over, in words and tables: money and projects."""

from __future__ import annotations

from scenarios.replanning.observed import Observed
from scenarios.replanning.projects import Fate, Move
from scenarios.replanning.revision import WORTH, Revision
from scenarios.replanning.unspent import PARTS
from scenarios.report.blocks import Blocks
from scenarios.words import DASH, Words, number

SOME = 0.5  # 10,000 yuan: less is a rounding of the plan
MOVED: tuple[Fate, ...] = ("put_off", "forward", "dropped", "added")


def not_spent(revision: Revision, observed: Observed, words: Words) -> str:
    """How much was not spent and what becomes of it; nothing where all went out."""
    found, first = revision.unspent, observed.until + 1
    behind = found.total("planned") - found.total("spent")
    lost, carried = found.total("lost"), found.total("carried")
    if found.over > SOME:
        return words.say("replan.unspent.over", over=words.money(found.over))
    if max(found.total("left"), behind) <= SOME:
        return ""
    said = [words.say("replan.unspent.not_spent", until=observed.until, behind=words.money(behind))]
    if behind <= SOME:
        said = [words.say("replan.unspent.not_planned", until=observed.until)]
    if found.rule == "total_budget":
        said.append(words.say("replan.unspent.in_total", left=words.money(found.total("left"))))
    elif carried > SOME:
        lapses = max(item.lapses or 0 for item in found.years)
        used = words.money(revision.used)
        about = {"carried": words.money(carried), "last": lapses, "used": used, "first": first}
        said.append(words.say("replan.unspent.carried", **about))
    if lost > SOME:
        said.append(words.say(f"replan.unspent.lost.{found.rule}", lost=words.money(lost)))
    return words.join(*said)


def unspent(revision: Revision, words: Words) -> tuple[Blocks, ...]:
    """The money of the years that are over; nothing where all of it went out as planned."""
    found = revision.unspent
    moved = any(abs(item.planned - item.spent) > SOME for item in found.years)
    if not moved and max(found.total("left"), found.over) <= SOME:
        return ()
    section = Blocks(words.say("replan.section.unspent"))
    section.paragraph(words.say(f"replan.unspent.rule.{found.rule}"))
    heads = ("year", *PARTS, "lapses")
    body = [
        [
            str(item.year),
            *(number(getattr(item, part)) for part in PARTS),
            DASH if item.lapses is None else str(item.lapses),
        ]
        for item in found.years
    ]
    sums = [*(number(found.total(part)) for part in PARTS), ""]
    section.table(
        [words.say(f"replan.unspent.column.{head}") for head in heads],
        [*body, [words.say("summary.column.total"), *sums]],
        foot=1,
    )
    return (section,)


def moved_projects(revision: Revision, words: Words) -> str:
    """How many projects stay, are put off, dropped or new; nothing without projects."""
    if not revision.moves:
        return ""
    count = {
        fate: sum(move.fate == fate for move in revision.moves)
        for fate in ("begun", "kept", *MOVED)
    }
    return words.say("replan.projects.lead", **count)


def projects(revision: Revision, words: Words) -> tuple[Blocks, ...]:
    """What becomes of every project; nothing without projects."""
    if not revision.moves:
        return ()
    section = Blocks(words.say("replan.section.projects"))
    section.paragraph(words.say("replan.projects.how", worth=words.percent(WORTH, 0)))
    library = {project.plan.id: project for project in revision.county.scenario.library}

    def order(move: Move) -> tuple[int, int]:
        return move.new or 9999, list(library).index(move.project)

    rows = []
    for move in sorted(revision.moves, key=order):
        project = library[move.project]
        name = project.zh if words.chinese else project.en[:1].upper() + project.en[1:]
        rows.append(
            [
                name,
                DASH if move.old is None else str(move.old),
                DASH if move.new is None else str(move.new),
                words.say(f"replan.fate.{move.fate}"),
                number(project.cost),
            ]
        )
    heads = ("project", "old", "new", "fate", "cost")
    section.table(
        [words.say(f"replan.projects.column.{head}") for head in heads],
        rows,
        texts=(0, 3),
        whole=(1, 2, 3),
    )
    return (section,)

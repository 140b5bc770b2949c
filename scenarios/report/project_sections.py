"""Which whole projects start when, what their being whole costs, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.project_csv import LibraryProject
from scenarios.report.blocks import Blocks
from scenarios.report.result import Result
from scenarios.words import Words, number, significant


@dataclass(frozen=True)
class Start:
    """A project that the plan begins in a year."""

    project: LibraryProject
    year: int


def begun(result: Result) -> tuple[Start, ...]:
    """The projects that the plan begins, by year and then as the library lists them."""
    chosen = result.answer.chosen
    if chosen is None:
        return ()
    known = {project.plan.id: project for project in result.library}
    choices = [result.problem.choices[i] for i in chosen.choices]
    order = list(known)
    starts = [
        Start(known[choice.group], choice.year)
        for choice in choices
        if choice.group in known and choice.year is not None
    ]
    return tuple(sorted(starts, key=lambda s: (s.year, order.index(s.project.plan.id))))


def name(words: Words, project: LibraryProject) -> str:
    """What a project is called."""
    return project.zh if words.chinese else project.en[:1].upper() + project.en[1:]


def projects(result: Result, words: Words) -> Blocks:
    """The projects of the plan, and beside them what is said of their choice."""
    section = Blocks(words.say("summary.section.projects"))
    starts = begun(result)
    section.table(
        (
            words.say("summary.column.start"),
            words.say("summary.column.project"),
            words.say("summary.column.place"),
            words.say("summary.column.cost"),
            words.say("summary.column.paid"),
        ),
        [
            [
                str(start.year),
                name(words, start.project),
                words.title(start.project.plan.sector),
                number(start.project.cost),
                "+".join(number(cost) for cost in start.project.plan.costs),
            ]
            for start in starts
        ],
        texts=(0, 1, 2),
        strong=(3,),
        whole=(0, 2),
    )
    section.paragraph(
        words.join(
            words.say(
                "projects.sum",
                starts=len(starts),
                cost=words.money(sum(start.project.cost for start in starts)),
                share=words.percent(
                    sum(start.project.cost for start in starts)
                    / (float(result.answer.amounts.sum()) or 1.0),
                    0,
                ),
            ),
            words.say(
                "projects.own_figures",
                operator=words.money(sum(start.project.operator for start in starts)),
                jobs=number(sum(start.project.jobs for start in starts)),
            ),
        )
    )
    section.paragraph(_whole(result, words))
    for text in _why_not(result, words):
        section.item(text)
    return section


def _gain(result: Result) -> float:
    """What the money achieves, in points of the objective."""
    return result.answer.objective_without_money - result.answer.objective


def _whole(result: Result, words: Words) -> str:
    """What it costs that projects are whole."""
    chosen, gain = result.answer.chosen, _gain(result)
    if chosen is None or chosen.free_objective is None or gain <= 0.0:
        return ""
    loss = result.answer.objective - chosen.free_objective
    share = loss / (gain + loss)
    return words.say(
        "projects.whole",
        loss=number(loss, significant(loss, 2)),
        share=words.percent(share, significant(100.0 * share, 2)),
    )


def _why_not(result: Result, words: Words) -> list[str]:
    """How far from being chosen the projects are that come nearest."""
    chosen, gain = result.answer.chosen, _gain(result)
    known = {project.plan.id: project for project in result.library}
    if chosen is None or gain <= 0.0:
        return []
    return [
        words.say(
            "projects.why_not",
            name=name(words, known[left.group]),
            share=words.percent(left.loss / gain, significant(100.0 * left.loss / gain, 2)),
        )
        for left in chosen.why_not
        if left.group in known
    ]


def choice_line(result: Result, words: Words) -> str:
    """How the choice of projects was found: for the lines of proof."""
    chosen = result.answer.chosen
    if chosen is None:
        return ""
    gap = chosen.mip_gap
    said = words.join(
        words.say("evidence.choice.value", sets=chosen.polished, trials=chosen.simulated),
        words.say(f"evidence.choice.{'settled' if chosen.settled else 'open'}"),
        ""
        if gap is None
        else words.say("evidence.choice.gap", gap=words.percent(gap, significant(100 * gap, 2))),
    )
    return said.rstrip(".。")

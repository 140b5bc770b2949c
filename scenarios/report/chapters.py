"""The report as chapters of sections and charts: the same for the web page and the document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from scenarios.report import (
    appendix,
    edit,
    explained,
    freedom_sections,
    plan_sections,
    project_sections,
    reasons,
)
from scenarios.report.assumptions import assumed, assumptions, versions
from scenarios.report.blocks import Blocks, Table
from scenarios.report.figure_data import figure_data
from scenarios.report.figures import Chart, charts
from scenarios.report.inline_svg import inline_svg
from scenarios.report.result import Result
from scenarios.report.risks import Risks
from scenarios.words import Words

TALL = 1.15  # height to width
APPENDIX = ("numbers", "parameters", "versions")  # the last chapters, by key


@dataclass(frozen=True)
class Picture:
    """A chart: its name, what it shows, its one-sentence reading, and the numbers behind it."""

    number: int  # in the report, from 1
    name: str  # of its files
    caption: str
    reading: str
    svg: str  # fit to stand inside a page
    data: Table | None

    @property
    def tall(self) -> bool:
        """Whether the chart is clearly higher than it is wide: a printed page is for it alone."""
        box = re.search(r'viewBox="\S+ \S+ (\S+) ([^"\s]+)"', self.svg)
        return box is not None and float(box[2]) > TALL * float(box[1])


@dataclass(frozen=True)
class Part:
    """A chapter: sections, then charts."""

    key: str
    title: str
    sections: tuple[Blocks, ...] = ()
    pictures: tuple[Picture, ...] = ()


def status(result: Result, words: Words) -> str:
    """What is claimed of the plan, and what stopped the search early."""
    stop = "" if result.answer.stop == "done" else words.say(f"stop.{result.answer.stop}")
    return f"{words.say(f'status.{result.answer.status}')} {stop}".strip()


def _caption(name: str, chart: Chart, result: Result, words: Words) -> str:
    """What a chart shows; where it has bands, also the sample that they come from."""
    caption = words.say(f"figure.{name}.caption")
    if result.bands is None or not chart.banded:
        return caption
    return words.say("bands.caption", caption=caption, sample=result.bands.sample(words))


def parts(
    result: Result, words: Words, drawings: Mapping[str, str], risks: Sequence[Risks] = ()
) -> tuple[Part, ...]:
    """The chapters, in order; ``drawings`` are the charts as SVG by name."""
    known, numbers = charts(result), count(1)

    def pictures(*names: str) -> tuple[Picture, ...]:
        found = []
        for name in names:
            if name in known and name in drawings:
                reading = known[name].reading(result, words)
                found.append(
                    Picture(
                        next(numbers),
                        name,
                        _caption(name, known[name], result, words),
                        reading,
                        inline_svg(name, drawings[name], reading),
                        figure_data(name, result, words),
                    )
                )
        return tuple(found)

    def of_risks() -> tuple[Picture, ...]:
        return tuple(
            Picture(
                next(numbers),
                figure.name,
                figure.caption,
                figure.reading,
                inline_svg(figure.name, figure.svg, figure.reading),
                figure.data,
            )
            for risk in risks
            for figure in risk.figures
        )

    def part(key: str, *sections: Blocks, of: tuple[Picture, ...] = ()) -> Part:
        return Part(key, words.say(f"report.part.{key}"), sections, of)

    made = [
        part(
            "plan",
            plan_sections.plan(result, words),
            *((edit.cost(result, words),) if result.edit is not None else ()),
            *((project_sections.projects(result, words),) if result.library else ()),
            plan_sections.instruments(result, words),
            of=pictures("allocation", "instruments"),
        ),
        part("effects", plan_sections.effects(result, words), of=pictures("structure", "farmers")),
        part("gains", plan_sections.gains(result, words), of=pictures("partners", "assessment")),
        part(
            "reasons",
            reasons.binding(result, words),
            reasons.price(result, words),
            reasons.unused(result, words),
            explained.worth(result, words),
            explained.contributions(result, words),
        ),
        part("freedom", *freedom_sections.sections(result, words)),
        part("risks", *(section for risk in risks for section in risk.sections), of=of_risks()),
        part("trust", reasons.trust(result, words), assumed(result, words)),
        part("numbers", appendix.plan(result, words), appendix.outcomes(result, words)),
        part("parameters", assumptions(result, words)),
        part("versions", versions(result, words)),
    ]
    return tuple(p for p in made if p.sections or p.pictures)

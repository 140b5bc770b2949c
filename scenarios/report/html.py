"""``report.html``: the whole answer in one file that opens anywhere and prints on A4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from scenarios.report import explained, plan_sections, project_sections, reasons
from scenarios.report.assumptions import assumptions, versions
from scenarios.report.blocks import Blocks, Heading, Item, Table
from scenarios.report.effects import effects
from scenarios.report.figure_data import figure_data
from scenarios.report.figures import charts
from scenarios.report.headline import answer
from scenarios.report.inline_svg import inline_svg
from scenarios.report.result import Result
from scenarios.words import Words

PAGE = Path(__file__).with_name("page")
KEY_NUMBERS = ("gap_last", "income", "jobs", "gain_m")  # the head of the report


@dataclass(frozen=True)
class Picture:
    """A chart in the page: the drawing, said in words, and the numbers behind it."""

    number: int  # in the report, from 1
    svg: str
    data: Table | None  # shown on request, if there is any


@dataclass(frozen=True)
class Part:
    """A chapter: sections, then charts."""

    key: str
    title: str
    sections: tuple[Blocks, ...] = ()
    pictures: tuple[Picture, ...] = ()


def report_html(result: Result, words: Words, drawings: Mapping[str, str]) -> str:
    """The report of ``result``; ``drawings`` are its charts as SVG by name."""
    stop = "" if result.answer.stop == "done" else words.say(f"stop.{result.answer.stop}")
    years = words.years(result.plan_years)
    return page_html(
        words,
        title=result.title[words.language],
        under=words.say("report.under", years=years, price_year=result.price_year),
        lead=[answer(result, words)],
        status=f"{words.say(f'status.{result.answer.status}')} {stop}".strip(),
        tiles=_tiles(result, words),
        parts=parts(result, words, drawings),
    )


def page_html(
    words: Words,
    *,
    title: str,
    under: str,
    lead: Sequence[str],
    parts: Sequence[Part],
    status: str = "",
    tiles: Sequence[Mapping[str, str]] = (),
) -> str:
    """A page of chapters that stands alone: its style and its font are inside."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from scenarios.report.web_font import embedded

    environment = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["table"] = lambda block: isinstance(block, Table)
    environment.tests["item"] = lambda block: isinstance(block, Item)
    environment.tests["heading"] = lambda block: isinstance(block, Heading)
    template = environment.get_template("report.html.j2")

    def render(font: str) -> str:
        return template.render(
            say=words.say,
            language="zh-CN" if words.chinese else "en",
            title=title,
            under=under,
            lead=lead,
            status=status,
            tiles=tiles,
            parts=parts,
            style=(PAGE / "report.css").read_text(encoding="utf-8"),
            font=font,
        )

    return render(embedded([render("")]))


def _tiles(result: Result, words: Words) -> list[dict[str, str]]:
    """The few numbers that stand at the head, each against past practice."""
    return [
        {
            "label": item.label(words, result),
            "value": item.text("optimal"),
            "unit": words.unit(item.measure.unit),
            "change": item.change_text(),
        }
        for item in effects(result)
        if item.measure.key in KEY_NUMBERS
    ]


def parts(result: Result, words: Words, drawings: Mapping[str, str]) -> tuple[Part, ...]:
    """The chapters of the report, in order."""
    known, numbers = charts(result), count(1)

    def pictures(*names: str) -> tuple[Picture, ...]:
        found = []
        for name in names:
            if name in known and name in drawings:
                reading = known[name].reading(result, words)
                svg = inline_svg(name, drawings[name], reading)
                found.append(Picture(next(numbers), svg, figure_data(name, result, words)))
        return tuple(found)

    def part(key: str, *sections: Blocks, of: tuple[str, ...] = ()) -> Part:
        return Part(key, words.say(f"report.part.{key}"), sections, pictures(*of))

    made = [
        part(
            "plan",
            plan_sections.plan(result, words),
            *((project_sections.projects(result, words),) if result.library else ()),
            plan_sections.instruments(result, words),
            of=("allocation", "instruments"),
        ),
        part("effects", plan_sections.effects(result, words), of=("structure", "farmers")),
        part("gains", of=("partners", "assessment")),
        part(
            "reasons",
            reasons.binding(result, words),
            reasons.price(result, words),
            reasons.unused(result, words),
            explained.worth(result, words),
            explained.contributions(result, words),
        ),
        part("trust", reasons.trust(result, words), assumptions(result, words)),
        part("versions", versions(result, words)),
    ]
    return tuple(p for p in made if p.sections or p.pictures)

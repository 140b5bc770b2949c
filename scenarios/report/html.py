"""``report.html``: the whole answer in one file that opens anywhere and prints on A4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scenarios.report.blocks import Heading, Item, Table
from scenarios.report.chapters import Part, parts, status
from scenarios.report.effects import effects
from scenarios.report.headline import lead
from scenarios.report.result import Result
from scenarios.report.risks import Risks
from scenarios.words import Words

PAGE = Path(__file__).with_name("page")
KEY_NUMBERS = ("gap_last", "income", "jobs", "gain_m")  # the head of the report


def report_html(
    result: Result, words: Words, drawings: Mapping[str, str], risks: Sequence[Risks] = ()
) -> str:
    """The report of ``result``; ``drawings`` are its charts as SVG by name."""
    years = words.years(result.plan_years)
    return page_html(
        words,
        title=result.title[words.language],
        under=words.say("report.under", years=years, price_year=result.price_year),
        lead=lead(result, words),
        status=status(result, words),
        tiles=_tiles(result, words),
        parts=parts(result, words, drawings, risks),
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

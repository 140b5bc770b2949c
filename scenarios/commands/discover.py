"""``discover``: in which futures a plan fails."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, not_writable
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scenarios.discovery import Failure, Study
    from scenarios.scenario import Scenario

FUTURES = 2000


def discover(
    words: Words,
    name: str | None = None,
    *,
    fails: Sequence[str] = (),
    futures: int | None = None,
    seed: int | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Look where a plan fails: that of a run folder, or of a scenario, which is optimised first.

    ``fails`` are criteria by name, or bounds on columns of the model; by default all by name.
    Ctrl-C leaves nothing behind.
    """
    folder = new_folder(out, "discover")
    from scenarios.commands.solving import solved
    from scenarios.commands.stress import read_plans
    from scenarios.county import County
    from scenarios.discovery import criteria, studied
    from scenarios.futures import futures as draw
    from scenarios.problem import problem

    ((scenario, money),) = read_plans([name or "w-county"])
    county = County(scenario)
    chosen = criteria(county, fails)
    amounts = solved(words, county).plan_money if money is None else money
    start = scenario.search.seed if seed is None else seed
    drawn = draw(county, FUTURES if futures is None else futures, start, observed=False)
    print(words.say("discover.running", futures=drawn.number), file=sys.stderr)
    study = studied(county, problem(county), county.tables(amounts), chosen, drawn, start)
    files = _write(words, scenario, study, folder)
    with until_the_reader_leaves():
        if json:
            from scenarios.discovery.tables import record

            print_json(record(study, scenario.name))
        else:
            _print(words, scenario, study, folder, files)
    return DONE


def _figures(words: Words, study: Study) -> Iterator[tuple[str, str, Figure]]:
    """Name, reading and drawing of every chart."""
    from scenarios.discovery.charts import scatter
    from scenarios.discovery.page import sentence

    for name, failure in _drawn(study):
        yield name, sentence(study, words, failure), scatter(study, words, failure)


def _drawn(study: Study) -> Iterator[tuple[str, Failure]]:
    """The criteria with a box, by the name of their chart."""
    for place, failure in enumerate(study.failures, 1):
        if failure.discovery.boxes:
            yield (
                f"bound-{place}" if failure.criterion.bound else failure.criterion.name,
                failure,
            )


def _write(words: Words, scenario: Scenario, study: Study, folder: Path) -> tuple[str, ...]:
    """The folder of the study, whole or not at all; the names of its files."""
    from scenarios.discovery import page, tables
    from scenarios.report import FIGURES, put, whole
    from scenarios.report.chapters import Part, Picture
    from scenarios.report.figures import written
    from scenarios.report.html import page_html
    from scenarios.report.inline_svg import inline_svg
    from scenarios.report.tables import csv_text

    numbers = count(1)
    captions = {
        name: words.say("discover.figure", fails=failure.criterion.label(words))
        for name, failure in _drawn(study)
    }
    try:
        with whole(folder) as staging:
            pictures = tuple(
                Picture(
                    next(numbers),
                    name,
                    captions[name],
                    reading,
                    inline_svg(name, svg, reading),
                    None,
                )
                for name, reading, svg in written(lambda: _figures(words, study), staging / FIGURES)
            )
            put(staging / "boxes.csv", csv_text(tables.COLUMNS, tables.rows(study)))
            put(staging / "futures.csv", csv_text(tables.FUTURES, tables.future_rows(study)))
            found = tables.record(study, scenario.name)
            put(staging / "discovery.json", json_text.dumps(found, indent=2) + "\n")
            sections = (page.sample(study, words), page.boxes(study, words))
            text = page_html(
                words,
                title=title(words, scenario),
                under=words.say("report.under", years=words.years(study.years), price_year=2020),
                lead=page.sentences(study, words),
                parts=(
                    Part("boxes", words.say("discover.part.boxes"), sections),
                    Part("charts", words.say("compare.part.charts"), (), pictures),
                ),
            )
            put(staging / "discovery.html", text)
            paths = (p for p in staging.rglob("*") if p.is_file())
            return tuple(sorted(path.relative_to(staging).as_posix() for path in paths))
    except OSError as error:
        raise not_writable(folder, error) from error


def title(words: Words, scenario: Scenario) -> str:
    """The head of the study."""
    identity = scenario.identity
    name = identity.title_zh if words.chinese else identity.title_en
    return words.say("discover.title", name=name)


def _print(
    words: Words, scenario: Scenario, study: Study, folder: Path, files: Sequence[str]
) -> None:
    from scenarios.discovery import page
    from scenarios.report.console import Page

    sheet = Page()
    sheet.title(title(words, scenario))
    for sentence in page.sentences(study, words):
        sheet.paragraph(sentence, first="- ")
    for section in (page.sample, page.boxes):
        section(study, words).show_section(sheet)
    sheet.heading(words.say("summary.section.files"))
    sheet.paragraph(str(folder))
    sheet.paragraph("  ".join(files), indent=4)

"""``discover``: in which futures a plan fails."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.unfinished import Unfinished, arrays_key, county_key
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.discovery import Study

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
    Ctrl-C leaves nothing behind but what is finished of runs and criteria, from which the same
    command goes on.
    """
    folder = new_folder(out, "discover")
    from scenarios.commands.planned import read_plans
    from scenarios.commands.solving import solved
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
    tables_of = county.tables(amounts)
    key = [county_key(county), arrays_key(tables_of), list(map(repr, chosen)), drawn.number, start]
    with Unfinished(words, folder, "discover", key) as pieces:
        study = studied(county, problem(county), tables_of, chosen, drawn, start, pieces)
        from scenarios.discovery import tables
        from scenarios.discovery.said import said
        from scenarios.report.tables import csv_text

        found = tables.record(study, scenario.name)
        texts = {
            "boxes.csv": csv_text(tables.COLUMNS, tables.rows(study)),
            "futures.csv": csv_text(tables.FUTURES, tables.future_rows(study)),
            "discovery.json": json_text.dumps(found, indent=2) + "\n",
        }
        told = said(study, words, scenario.title(words.language))
        files = write_study(told, words, folder, "discovery", texts)
        pieces.finish()
    with until_the_reader_leaves():
        if json:
            print_json(found)
        else:
            _print(words, told.title, study, folder, files)
    return DONE


def _print(words: Words, title: str, study: Study, folder: Path, files: Sequence[str]) -> None:
    from scenarios.discovery import page
    from scenarios.report.console import Page

    sheet = Page()
    sheet.title(title)
    for sentence in page.sentences(study, words):
        sheet.paragraph(sentence, first="- ")
    for section in (page.sample, page.boxes):
        section(study, words).show_section(sheet)
    sheet.files(words, folder, files)

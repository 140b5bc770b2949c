"""``fan``: how wide a plan's outcomes are open, in bands over many futures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.parts import Parts
from scenarios.commands.planned import add, planned, to_be_added
from scenarios.commands.unfinished import Unfinished, county_key
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.fans import Fan

NAME = "fan"
FUTURES, LINES = 1000, 8


def fan(
    words: Words,
    scenario: str | None,
    *,
    plan: Path | None = None,
    show: Sequence[str] = (),
    futures: int | None = None,
    lines: int | None = None,
    ranges: bool = False,
    report: bool = False,
    seed: int | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Draw the fans of a plan.

    Ctrl-C leaves nothing behind but the runs of many futures, from which the same command goes on.
    """
    named = Path(scenario).stem if scenario else "w-county"
    folder = new_folder(out, f"{named}-{NAME}")
    added = to_be_added(scenario, report)
    from scenarios.fans import fan as made
    from scenarios.fans import page
    from scenarios.studied import columns_of

    studied = planned(words, scenario, plan, seed)
    columns = columns_of(studied.county, show)
    number, drawn = futures or FUTURES, studied.county.scenario.search.seed
    key = [county_key(studied.county), studied.amounts.tolist(), columns, number, drawn, ranges]
    with Unfinished(words, folder, NAME, key) as pieces:
        with Parts(words, "fan.part") as tell:
            found = made(
                studied,
                columns,
                number,
                drawn,
                ranges=ranges,
                lines=LINES if lines is None else lines,
                progress=lambda done, total: tell("runs", done, total),
                pieces=pieces,
            )
        files = _write(words, found, folder, added)
        pieces.finish()
    with until_the_reader_leaves():
        if json:
            print_json({**page.record(found), "files": list(files)})
        else:
            _print(words, found, folder, files)
    return DONE


def _write(words: Words, found: Fan, folder: Path, added: Path | None) -> tuple[str, ...]:
    """The folder, whole or not at all; the names of its files."""
    from scenarios.fans import page
    from scenarios.fans.said import said
    from scenarios.report.tables import csv_text

    texts = {"fan.csv": csv_text(page.COLUMNS, page.rows(found))}
    names = write_study(said(found, words), words, folder, NAME, texts)
    add(words, added, NAME, lambda each: said(found, each))
    return names


def _print(words: Words, found: Fan, folder: Path, files: Sequence[str]) -> None:
    from scenarios.fans import page
    from scenarios.report.blocks import Blocks
    from scenarios.report.console import Page
    from scenarios.report.result import Result

    sheet = Page()
    sheet.title(
        words.say("fan.title", name=found.studied.title(words.language)),
        beside=words.say("summary.price", price_year=Result.price_year),
    )
    head = Blocks.listing(words.say("sensitivity.section.lead"), page.lead(found, words))
    for section in (head, *page.tables(found, words), page.trust(found, words)):
        section.show_section(sheet)
    sheet.files(words, folder, files)

"""``sensitivity``: which uncertain numbers matter for a plan, and for which plan is best."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, INTERRUPTED, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.parts import Parts
from scenarios.commands.planned import add, planned, to_be_added
from scenarios.commands.progress import Interrupt
from scenarios.commands.unfinished import Unfinished, county_key
from scenarios.findings import refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize.kept import Pieces
    from scenarios.sensitivity.decisions import Decisions
    from scenarios.sensitivity.study import Sensitivity
    from scenarios.studied import Studied

NAME = "sensitivity"


def sensitivity(
    words: Words,
    scenario: str | None,
    *,
    plan: Path | None = None,
    show: Sequence[str] = (),
    by: str = "element",
    factors: int | None = None,
    samples: int | None = None,
    second: bool = False,
    futures: int | None = None,
    decisions: bool = False,
    report: bool = False,
    seed: int | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Study a plan. Ctrl-C while plans are re-optimised writes what there is; before, nothing.

    Either way the same command goes on from what was finished.
    """
    named = Path(scenario).stem if scenario else "w-county"
    folder = new_folder(out, f"{named}-{NAME}")
    added = to_be_added(scenario, report)
    from scenarios.sensitivity.factors import By
    from scenarios.sensitivity.study import Asked, study
    from scenarios.studied import columns_of

    studied = planned(words, scenario, plan, seed)
    columns = columns_of(studied.county, show)
    if decisions and studied.problem.choices:
        raise refuse("--decisions", say("finding.decisions_of_projects"), say("hint.without_plan"))
    usual = Asked()
    asked = Asked(
        By(by),
        factors or usual.factors,
        samples or usual.samples,
        second,
        futures or usual.futures,
        seed=studied.county.scenario.search.seed,
    )
    decided = None
    key = [county_key(studied.county), studied.amounts.tolist(), columns, repr(asked)]
    with Unfinished(words, folder, NAME, key) as pieces:
        with Parts(words, "sensitivity.part") as tell:
            found = study(studied, columns, asked, tell, pieces)
            if decisions:
                decided = _decided(studied, found, tell, pieces)
        files = _write(words, found, decided, folder, added)
        if decided is None or not decided.stopped:
            pieces.finish()
    with until_the_reader_leaves():
        if json:
            from scenarios.sensitivity.record import record

            print_json({**record(found, decided), "files": list(files)})
        else:
            _print(words, found, decided, folder, files)
    if decided is not None and decided.stopped:
        print(words.say("sensitivity.stopped", folder=folder), file=sys.stderr)
        return INTERRUPTED
    return DONE


def _decided(studied: Studied, found: Sensitivity, tell: Parts, pieces: Pieces) -> Decisions:
    """The leading factors moved one at a time, and a sample of futures, re-optimised."""
    from scenarios.sensitivity.decisions import Size, decisions

    size = Size()
    changes = [place for place, look in enumerate(found.looks) if look.basis == "change"]
    leading = found.screening.leading(size.factors, changes)
    with Interrupt() as interrupt:
        return decisions(
            studied,
            [found.factors[place] for place in leading],
            size,
            found.asked.seed,
            progress=tell,
            should_stop=interrupt.asked,
            pieces=pieces,
        )


def _write(
    words: Words,
    found: Sensitivity,
    decided: Decisions | None,
    folder: Path,
    added: Path | None,
) -> tuple[str, ...]:
    """The folder of the study, whole or not at all; the names of its files."""
    import json

    from scenarios.sensitivity.record import record
    from scenarios.sensitivity.said import said
    from scenarios.sensitivity.tables import files

    texts = files(found, decided)
    text = json.dumps(record(found, decided), ensure_ascii=False, indent=2)
    texts[f"{NAME}.json"] = text + "\n"
    names = write_study(said(found, decided, words), words, folder, NAME, texts)
    add(words, added, NAME, lambda each: said(found, decided, each))
    return names


def _print(
    words: Words,
    found: Sensitivity,
    decided: Decisions | None,
    folder: Path,
    files: Sequence[str],
) -> None:
    from scenarios.report.blocks import Blocks
    from scenarios.report.console import Page
    from scenarios.report.result import Result
    from scenarios.sensitivity import decision_page, page
    from scenarios.sensitivity.labels import Labels

    labels, sheet = Labels(found, words), Page()
    sheet.title(
        words.say("sensitivity.title", name=found.studied.title(words.language)),
        beside=words.say("summary.price", price_year=Result.price_year),
    )
    head = Blocks.listing(words.say("sensitivity.section.lead"), page.lead(labels, decided))
    sections = [head, *page.spread(labels)]
    if decided is not None:
        sections += decision_page.sections(labels, decided)
    for section in (*sections, page.trust(labels, decided)):
        section.show_section(sheet)
    sheet.files(words, folder, files)

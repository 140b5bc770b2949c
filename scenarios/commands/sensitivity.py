"""``sensitivity``: which uncertain numbers matter for a plan, and for which plan is best."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.commands import DONE, INTERRUPTED, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.parts import Parts
from scenarios.commands.planned import add, planned, to_be_added
from scenarios.commands.progress import Interrupt
from scenarios.commands.sensitivity_model import Asked as OfModel
from scenarios.commands.unfinished import Unfinished, county_key
from scenarios.findings import Finding, FindingsError, refuse, say
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
    model: Path | None = None,
    of_model: Mapping[str, Any] | None = None,
    seed: int | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Study a plan, or any ``model``, whose own options are ``of_model``.

    Ctrl-C while plans are re-optimised writes what there is; before, nothing. Either way the
    same command goes on from what was finished.
    """
    given = {option: value for option, value in (of_model or {}).items() if value}
    if model is None and given:
        needs = [
            (f"--{option}", say("finding.needs", option=f"--{option}", needed="--model"))
            for option in given
        ]
        hint = say("hint.add_option", needed="--model FILE")
        raise FindingsError(Finding(None, option, reason, hint) for option, reason in needs)
    if model is not None:
        of_plan = {"SCENARIO": scenario, "--plan": plan, "--decisions": decisions}
        return _of_model(
            words,
            OfModel(model, **given),
            {**of_plan, "--report": report, "--by block": by == "block"},
            show,
            {"factors": factors, "samples": samples, "futures": futures, "seed": seed},
            {"by": by, "second": second},
            out,
            json,
        )
    named = Path(scenario).stem if scenario else "w-county"
    folder = new_folder(out, f"{named}-{NAME}")
    added = to_be_added(scenario, report)
    from scenarios.sensitivity.factors import By
    from scenarios.sensitivity.study import Asked, study
    from scenarios.sensitivity.subject import OfPlan
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
            found = study(OfPlan(studied), columns, asked, tell, pieces)
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
            print_study(words, found, decided, folder, files)
    if decided is not None and decided.stopped:
        print(words.say("sensitivity.stopped", folder=folder), file=sys.stderr)
        return INTERRUPTED
    return DONE


def _of_model(
    words: Words,
    asked: OfModel,
    of_plan: Mapping[str, object],
    show: Sequence[str],
    numbers: Mapping[str, int | None],
    ways: Mapping[str, object],
    out: Path | None,
    json: bool,
) -> int:
    """Study a model; options of a plan are refused, all at once."""
    wrong = [
        Finding(None, option, say("finding.not_of_a_model", option=option), say("hint.drop_option"))
        for option, value in of_plan.items()
        if value
    ]
    if wrong:
        raise FindingsError(wrong)
    from scenarios.commands.sensitivity_model import sensitivity_model
    from scenarios.sensitivity.factors import By

    given = {name: number for name, number in numbers.items() if number is not None}
    size = {**ways, **given, "by": By(str(ways["by"]))}
    return sensitivity_model(words, asked, show, size, out, json)


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
    from scenarios.sensitivity.said import said

    names = write_files(words, found, decided, folder)
    add(words, added, NAME, lambda each: said(found, decided, each))
    return names


def write_files(
    words: Words,
    found: Sensitivity,
    decided: Decisions | None,
    folder: Path,
    more: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """The folder of a study, whole or not at all; ``more`` are further files by name."""
    import json

    from scenarios.sensitivity.record import record
    from scenarios.sensitivity.said import said
    from scenarios.sensitivity.tables import files

    texts = {**files(found, decided), **(more or {})}
    text = json.dumps(record(found, decided), ensure_ascii=False, indent=2)
    texts[f"{NAME}.json"] = text + "\n"
    return write_study(said(found, decided, words), words, folder, NAME, texts)


def print_study(
    words: Words,
    found: Sensitivity,
    decided: Decisions | None,
    folder: Path,
    files: Sequence[str],
) -> None:
    """The study on the terminal."""
    from scenarios.report.blocks import Blocks
    from scenarios.report.console import Page
    from scenarios.report.result import Result
    from scenarios.sensitivity import decision_page, page
    from scenarios.sensitivity.labels import Labels

    labels, sheet = Labels(found, words), Page()
    price = words.say("summary.price", price_year=Result.price_year)
    sheet.title(
        words.say("sensitivity.title", name=found.studied.title(words.language)),
        beside=price if found.studied.kind == "plan" else "",
    )
    head = Blocks.listing(words.say("sensitivity.section.lead"), page.lead(labels, decided))
    sections = [head, *page.spread(labels)]
    if decided is not None:
        sections += decision_page.sections(labels, decided)
    for section in (*sections, page.trust(labels, decided)):
        section.show_section(sheet)
    sheet.files(words, folder, files)

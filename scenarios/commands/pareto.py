"""``pareto``: the front between aims of a scenario, with what one costs another."""

from __future__ import annotations

import json as to_json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scenarios.commands import DONE, INTERRUPTED, print_text, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.parts import Parts
from scenarios.commands.progress import Interrupt, Phases
from scenarios.commands.solving import infeasible, searched
from scenarios.commands.unfinished import Unfinished, county_key
from scenarios.findings import Finding, FindingsError, did_you_mean, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.pareto import Study
    from scenarios.scenario import Scenario

FEWEST, MOST = 2, 3  # aims


def pareto(
    words: Words,
    scenario: str | None,
    *,
    between: str,
    points: int = 15,
    out: Path | None = None,
    settings: Mapping[str, object] | None = None,
    json: bool = False,
) -> int:
    """Find a front, write and print it. Ctrl-C ends the search: the plans so far are saved.

    The same command then goes on from them.
    """
    phases, names = Phases(), _aims(between)
    with phases("scenario"):
        from scenarios.load import load

        loaded = load(scenario, settings)
        folder = new_folder(out, f"{loaded.name}-pareto")
    with Interrupt() as interrupt:
        from scenarios.aims import FRONTS

        work = searched(words, loaded, phases, interrupt, [FRONTS[name] for name in names])
        result, answer, response = work.result, work.answer, work.response
        if not result.feasible:
            return infeasible(words, result, json)
        stated = work.money_left
        print(words.say("pareto.begins", points=points), file=sys.stderr, flush=True)
        key = [county_key(work.county), names, points, answer.continuous.tolist()]
        with Unfinished(words, folder, "pareto", key) as pieces:
            with phases("front"), Parts(words, "pareto.progress") as tell:
                from optimize.pareto import front, natural
                from optimize.walker import Clock
                from scenarios.aims import term
                from scenarios.pareto import Study
                from scenarios.report.result import money_of

                (past,) = response.values(stated.past_practice[None])
                aims = [term(name, 1.0, stated.outcomes, past) for name in names]
                found = front(
                    stated,
                    response,
                    aims,
                    points,
                    begin=[answer.continuous],
                    seed=loaded.search.seed,
                    clock=Clock(should_stop=interrupt.asked),
                    progress=partial(tell, "plans"),
                    pieces=pieces,
                )
                interrupt.forget()
            if not found.points:
                print(words.say("optimize.stopped"), file=sys.stderr)
                return INTERRUPTED
            both = np.stack([answer.outcomes, past])
            recommended, before = np.stack([natural(aim, both) for aim in aims], axis=1)
            moneys = tuple(money_of(stated.decisions, point.amounts) for point in found.points)
            study = Study(result, found, moneys, recommended, before, loaded.search.seed)
            files, record = _written(words, phases, loaded, study, folder)
            if found.stop == "done":
                pieces.finish()
    with until_the_reader_leaves():
        if json:
            print_text(record)
        else:
            _print(words, study, folder, files)
    print(phases.sentence(words), file=sys.stderr)
    return DONE if found.stop == "done" else INTERRUPTED


def _aims(between: str) -> tuple[str, ...]:
    """The aims named; all problems at once."""
    from scenarios.aims import FRONTS

    names = [name.strip() for name in between.split(",") if name.strip()]
    findings = [
        Finding(
            None,
            "--between",
            say("finding.unknown_name", name=name),
            did_you_mean(name, {known: known for known in FRONTS}),
        )
        for name in names
        if name not in FRONTS
    ]
    if findings:
        raise FindingsError(findings)
    if not FEWEST <= len(set(names)) == len(names) <= MOST:
        raise refuse("--between", say("finding.between"), say("hint.between"))
    return tuple(names)


def _written(
    words: Words, phases: Phases, scenario: Scenario, study: Study, folder: Path
) -> tuple[tuple[str, ...], str]:
    """The names of the folder's files, and its record."""
    from scenarios.pareto import tables
    from scenarios.pareto.said import said
    from scenarios.report.tables import PLAN_COLUMNS, csv_text
    from scenarios.resolved import scenario_files

    plans = {
        f"plans/{number:02d}.csv": csv_text(PLAN_COLUMNS, tables.plan_rows(money))
        for number, money in enumerate(study.moneys, start=1)
    }
    front = csv_text(tables.columns(study), tables.rows(study))
    texts = {**scenario_files(scenario, folder), "front.csv": front, **plans}

    def record(files: tuple[str, ...]) -> str:
        made = tables.record(study, phases.seconds, files)
        return to_json.dumps(made, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    told, drawing = said(study, words), phases("figures")
    files = write_study(told, words, folder, "pareto", texts, record=record, drawing=drawing)
    return files, (folder / "run.json").read_text(encoding="utf-8")


def _print(words: Words, study: Study, folder: Path, files: tuple[str, ...]) -> None:
    from scenarios.pareto import page
    from scenarios.report.console import Page

    sheet, result = Page(), study.result
    sheet.title(
        words.say("pareto.title", scenario=result.title[words.language]),
        beside=words.say("summary.price", price_year=result.price_year),
    )
    for section in (page.exchange, page.table):
        section(study, words).show_section(sheet)
    few = [name for name in files if not name.startswith("plans/")]
    plans = f"plans/01.csv ... {len(study.moneys):02d}.csv"
    sheet.files(words, folder, [*few, plans])

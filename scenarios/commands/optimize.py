"""``optimize``: from a scenario to the run folder of its best plan."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import (
    DONE,
    INTERRUPTED,
    LIMIT,
    print_text,
    until_the_reader_leaves,
)
from scenarios.commands.background import background
from scenarios.commands.banding import asked_bands
from scenarios.commands.certifying import asked, certified, print_shapes
from scenarios.commands.crosschecking import crosschecked, solvers
from scenarios.commands.folders import new_folder
from scenarios.commands.progress import Interrupt, Phases, progress_bar
from scenarios.commands.run_folder import write
from scenarios.commands.solving import infeasible, settled
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Response
    from optimize.crosscheck import CrossCheck
    from scenarios.report import Result


def optimize(
    words: Words,
    scenario: str | None,
    *,
    out: Path | None = None,
    settings: Mapping[str, object] | None = None,
    explain: bool = False,
    certify: bool = False,
    target: str | None = None,
    seconds: float | None = None,
    fix: Path | None = None,
    begin: Path | None = None,
    crosscheck: Sequence[str] = (),
    docx: bool = False,
    bands: bool = False,
    futures: int | None = None,
    json: bool = False,
) -> int:
    """Solve a scenario (default: W County), judge the plan by PySD, write and print the answer.

    ``fix`` is a plan edited by hand, whose amounts are kept: see :mod:`scenarios.commands.edit`.
    ``explain`` re-solves around the answer: what each rule costs, and how free the plan is.
    ``begin`` is the run folder, or the plan, of a search that this one goes on from.
    ``bands`` are drawn in the charts, over so many ``futures``.
    ``crosscheck`` names other solvers that solve the problem, too.
    Ctrl-C during the search ends the search: the best plan so far is saved. Ctrl-C after it
    saves the answer without what was not finished; before it, it leaves nothing behind.
    """
    phases = Phases()
    number = asked_bands(bands, futures)
    others = solvers(crosscheck)
    wish = asked(certify, target, seconds, timed=bool(others))
    with phases("scenario"):
        from scenarios.load import load

        loaded = load(scenario, settings)
        folder = new_folder(out, loaded.name)
    with background() as workers, Interrupt() as interrupt:
        with phases("model"), interrupt.at_once():
            from scenarios.commands import edit, resume
            from scenarios.county import County
            from scenarios.problem import problem, response_of

            fitted = County(loaded)
            kept = None if fix is None else edit.read(fitted, fix)
            stated = problem(fitted)
            response = response_of(fitted, stated)
            earlier = () if begin is None else (resume.plan(fitted, begin),)
        with phases("search"), progress_bar(words) as progress:
            from optimize import solve

            way = settled(loaded.search, progress, interrupt)
            answer, changed = solve(stated, response, begin=earlier, **way), None
            if kept is not None and not answer.status.startswith("infeasible"):
                stated, answer, changed = edit.edited(stated, response, kept, answer, str(fix), way)
            interrupt.forget()
        proof = None
        if wish is not None and not answer.status.startswith("infeasible"):
            print(
                words.say("progress.certify_begins", seconds=f"{wish.seconds:g}"),
                file=sys.stderr,
                flush=True,
            )
            with phases("certify"):
                answer, proof = certified(stated, response, answer, wish, interrupt.asked)
            interrupt.forget()
        checks: tuple[CrossCheck, ...] = ()
        if others and answer.stop == "done" and not answer.status.startswith("infeasible"):
            with phases("crosscheck"):
                checks = crosschecked(
                    words, stated, response, answer, others, seconds, interrupt.asked
                )
            interrupt.forget()
        with phases("simulation"):
            from scenarios.commands.results import result_of, with_contributions

            result = result_of(fitted, stated, answer)
            result = replace(result, edit=changed, crosschecks=checks)
        if not result.feasible:
            return infeasible(words, replace(result, seconds=phases.seconds), json)
        if answer.stop == "done":
            with phases("explain"):
                result = with_contributions(result, response)
        from scenarios.report import print_answer, print_explanation, print_proof, run_json

        read = False
        with until_the_reader_leaves():
            if not json:  # the answer need not wait for charts and judge
                print_answer(result, words.language)
            read = True
        missing: list[str] = []
        if explain:
            result = with_explanation(words, phases, interrupt, result, response)
            if result.explanation is None:
                missing.append("explanation")
            elif not json:
                with until_the_reader_leaves():
                    print_explanation(result, words.language)
        run = write(words, workers, phases, interrupt, fitted, result, folder, proof, docx, number)
        missing += run.missing
    with until_the_reader_leaves():
        if json:
            print_text(run_json(run.result, run.files))
        else:
            print_proof(run.result, words.language, folder=folder, files=run.files)
        if proof is not None and wish is not None:
            print_shapes(words, proof, wish.target, json=json)
    if not read:
        print(words.say("optimize.written", folder=folder), file=sys.stderr)
    if missing:
        listed = words.listing(words.say(f"optimize.missing.{part}") for part in missing)
        how = "unfinished" if answer.stop == "done" else "cut_short"
        print(words.say(f"optimize.{how}", folder=folder, missing=listed), file=sys.stderr)
    print(phases.sentence(words), file=sys.stderr)
    stop = "interrupted" if missing and answer.stop == "done" else answer.stop
    if run.missing:
        stop = "interrupted"
    return {"done": DONE, "limit": LIMIT, "interrupted": INTERRUPTED}[stop]


def with_explanation(
    words: Words, phases: Phases, interrupt: Interrupt, result: Result, response: Response
) -> Result:
    """The result with its explanation; without it after Ctrl-C, or if the search was cut short.

    The prices of a plan that is not the best explain nothing.
    """
    from scenarios.commands.explaining import explained

    if result.answer.stop != "done":
        return result
    print(words.say("progress.explain_begins"), file=sys.stderr, flush=True)
    try:
        with phases("explain"):
            found = explained(result.problem, response, result.answer, interrupt.asked)
    except KeyboardInterrupt:
        return result
    finally:
        interrupt.forget()
    return replace(result, explanation=found)

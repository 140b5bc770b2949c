"""``optimize``: from a scenario to the run folder of its best plan."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import (
    DONE,
    INFEASIBLE,
    INTERRUPTED,
    LIMIT,
    print_text,
    until_the_reader_leaves,
)
from scenarios.commands.background import background, end_at_once, judge
from scenarios.commands.certifying import FILE, asked, certified, print_shapes
from scenarios.commands.crosschecking import crosschecked, solvers
from scenarios.commands.folders import new_folder, not_writable
from scenarios.commands.progress import Interrupt, Phases, progress_bar
from scenarios.commands.solving import settled
from scenarios.words import Words

if TYPE_CHECKING:
    from pandas import DataFrame

    from optimize import Response
    from optimize.bounds import Proof
    from optimize.crosscheck import CrossCheck
    from scenarios.county import County
    from scenarios.report import Drawn, Result


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
    json: bool = False,
) -> int:
    """Solve a scenario (default: W County), judge the plan by PySD, write and print the answer.

    ``fix`` is a plan edited by hand, whose amounts are kept: see :mod:`scenarios.commands.edit`.
    ``explain`` re-solves around the answer: what each rule costs, and how free the plan is.
    ``begin`` is the run folder, or the plan, of a search that this one goes on from.
    ``crosscheck`` names other solvers that solve the problem, too.
    Ctrl-C during the search ends the search: the best plan so far is saved. Ctrl-C after it
    saves the answer without what was not finished; before it, it leaves nothing behind.
    """
    phases = Phases()
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
        run = write(words, workers, phases, interrupt, fitted, result, folder, proof, docx)
        missing += run.missing
    with until_the_reader_leaves():
        if json:
            print_text(run_json(run.result, run.files))
        else:
            print_proof(run.result, words.language, folder=folder, files=run.files)
        if proof is not None:
            print_shapes(words, proof, json=json)
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


def infeasible(words: Words, result: Result, json: bool) -> int:
    """Say which rules are in conflict, or that no plan was found in time; nothing is written."""
    from scenarios.report import print_summary, run_json

    stop = result.answer.stop
    if json:
        print_text(run_json(result, ()))
    elif stop == "done":
        print_summary(result, words.language)
    else:
        print(words.say("optimize.stopped"))
    return {"done": INFEASIBLE, "limit": LIMIT, "interrupted": INTERRUPTED}[stop]


@dataclass(frozen=True)
class Written:
    """A run folder that was written."""

    files: tuple[str, ...]
    result: Result  # with PySD's verdict, if it came
    missing: tuple[str, ...]  # of "figures" and "reference", what Ctrl-C left out


def write(
    words: Words,
    workers: ProcessPoolExecutor,
    phases: Phases,
    interrupt: Interrupt,
    fitted: County,
    result: Result,
    folder: Path,
    proof: Proof | None = None,
    docx: bool = False,
) -> Written:
    """Draw while PySD judges in a process of its own; write the run folder whole.

    Ctrl-C leaves out charts and verdict that are not finished; a second one, the folder.
    """
    from models.rewrite import write_mdl
    from scenarios.commands.results import compared, with_futures
    from scenarios.report import (
        DOCUMENT,
        FIGURES,
        REPORT,
        WORKBOOK,
        draw_figures,
        fill,
        put,
        report_document,
        report_html,
        whole,
        write_workbook,
    )
    from scenarios.resolved import resolved_text, taken_along

    scenario, missing = fitted.scenario, ["figures", "reference"]
    drawn: Drawn | None = None
    tables, numbers = fitted.tables(result.plan_money), scenario.numbers
    try:
        with whole(folder) as staging, tempfile.TemporaryDirectory() as aside:
            judged = Path(aside) / "plan.mdl"
            write_mdl(fitted.model, judged, numbers.values, {**numbers.series, **tables})
            try:
                with interrupt.at_once():
                    verdict: Future[DataFrame] = workers.submit(judge, str(judged))
                    with phases("futures"):
                        result = with_futures(fitted, result)
                    with phases("figures"):
                        drawn = draw_figures(result, words.language, staging / FIGURES)
                    missing.remove("figures")
                    with phases("reference"):
                        result = compared(fitted, tables, result, verdict.result())
                    missing.remove("reference")
            except KeyboardInterrupt:
                interrupt.forget()
                end_at_once()
                if "figures" in missing:
                    shutil.rmtree(staging / FIGURES, ignore_errors=True)
            result = replace(result, seconds=dict(phases.seconds))
            with phases("files"):
                put(staging / REPORT, report_html(result, words, drawn.inline if drawn else {}))
                write_workbook(result, words, staging / WORKBOOK)
                if docx and drawn is not None:
                    figures, document = staging / FIGURES, staging / DOCUMENT
                    report_document(result, words, drawn.inline, figures, document)
                if proof is not None and proof.certificate is not None:
                    proof.certificate.save(staging / FILE)
                copies = taken_along(scenario)
                for name, content in copies.items():
                    (staging / name).write_bytes(content)
                text = resolved_text(scenario, folder, copies)
                copy = partial(shutil.copyfile, judged)
                files = fill(result, staging, resolved=text, write_model=copy)
    except OSError as error:
        raise not_writable(folder, error) from error
    return Written(files, result, tuple(missing))

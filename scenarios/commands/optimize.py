"""``optimize``: from a scenario to the run folder of its best plan."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from scenarios.commands import DONE, INFEASIBLE, INTERRUPTED, LIMIT, print_text
from scenarios.commands.background import background, judge, warm
from scenarios.commands.progress import Interrupt, Phases, progress_bar
from scenarios.findings import refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from pandas import DataFrame

    from scenarios.county import County
    from scenarios.report import Result


def optimize(
    words: Words,
    scenario: str | None,
    *,
    out: Path | None = None,
    settings: Mapping[str, object] | None = None,
    json: bool = False,
) -> int:
    """Solve a scenario (default: W County), judge the plan by PySD, write and print the answer.

    Ctrl-C during the search ends the search: the best plan so far is saved. Ctrl-C at any
    other time leaves nothing behind.
    """
    phases = Phases()
    with phases("scenario"):
        from scenarios.load import load

        loaded = load(scenario, settings)
        folder = out or Path("runs") / f"{loaded.name}-{time.strftime('%Y%m%d-%H%M%S')}"
        must_be_new(folder)
    with background() as workers:
        workers.submit(warm)
        with phases("model"):
            from scenarios.county import County
            from scenarios.problem import problem

            fitted = County(loaded)
            stated = problem(fitted)
        with phases("search"), Interrupt() as interrupt, progress_bar(words) as progress:
            from optimize import CountyResponse, solve

            response = CountyResponse(
                fitted.model,
                stated.decisions,
                stated.outcomes,
                loaded.numbers.values,
                {**loaded.numbers.series, **loaded.numbers.past},
            )
            answer = solve(
                stated,
                response,
                starts=loaded.search.starts,
                seed=loaded.search.seed,
                time_limit=loaded.search.time_limit,
                progress=progress,
                should_stop=interrupt.asked,
            )
        with phases("simulation"):
            from scenarios.commands.results import result_of

            result = result_of(fitted, stated, answer)
        if not result.feasible:
            return infeasible(words, replace(result, seconds=phases.seconds), json)
        from scenarios.report import print_answer, print_proof, run_json

        if not json:  # the answer need not wait for charts and judge
            print_answer(result, words.language)
            sys.stdout.flush()
        files, result = write(words, workers, phases, fitted, result, folder)
    if json:
        print_text(run_json(result, files))
    else:
        print_proof(result, words.language, folder=folder, files=files)
    print(phases.sentence(words), file=sys.stderr)
    return {"done": DONE, "limit": LIMIT, "interrupted": INTERRUPTED}[answer.stop]


def must_be_new(folder: Path) -> None:
    """A result is never written over what is there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse("--out", say("finding.output_exists"), say("hint.choose_folder"), folder)


def infeasible(words: Words, result: Result, json: bool) -> int:
    """Say which rules are in conflict, or that no plan was found in time; nothing is written."""
    from scenarios.report import print_summary, run_json

    if json:
        print_text(run_json(result, ()))
    else:
        print_summary(result, words.language)
    return INTERRUPTED if result.answer.stop == "interrupted" else INFEASIBLE


def write(
    words: Words,
    workers: ProcessPoolExecutor,
    phases: Phases,
    fitted: County,
    result: Result,
    folder: Path,
) -> tuple[tuple[str, ...], Result]:
    """Draw while PySD judges in a process of its own; write the run folder whole.

    Returns the names of the files, and the result with PySD's verdict.
    """
    from models.rewrite import write_mdl
    from scenarios.report import FIGURES, draw_figures, fill, whole
    from scenarios.resolved import resolved_text

    tables, numbers = fitted.tables(result.plan_money), fitted.scenario.numbers
    try:
        with whole(folder) as staging, tempfile.TemporaryDirectory() as aside:
            judged = Path(aside) / "plan.mdl"
            write_mdl(fitted.model, judged, numbers.values, {**numbers.series, **tables})
            verdict: Future[DataFrame] = workers.submit(judge, str(judged))
            with phases("figures"):
                draw_figures(result, words.language, staging / FIGURES)
            with phases("reference"):
                from scenarios.commands.results import compared

                result = compared(fitted, tables, result, verdict.result())
            with phases("files"):
                text = resolved_text(fitted.scenario, folder)
                result = replace(result, seconds=dict(phases.seconds))
                files = fill(result, staging, resolved=text, write_model=partial(copyfile, judged))
    except OSError as error:
        reason = say("finding.not_writable", error=error.strerror or str(error))
        raise refuse("--out", reason, say("hint.choose_folder"), folder) from error
    return files, result

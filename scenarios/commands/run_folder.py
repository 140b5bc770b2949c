"""The run folder of ``optimize``: drawn while PySD judges, and written whole."""

from __future__ import annotations

import shutil
import sys
import tempfile
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands.background import end_at_once, judge
from scenarios.commands.certifying import FILE
from scenarios.commands.folders import not_writable
from scenarios.commands.progress import Interrupt, Phases
from scenarios.words import Words

if TYPE_CHECKING:
    from pandas import DataFrame

    from optimize.bounds import Proof
    from scenarios.county import County
    from scenarios.report import Drawn, Result


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
    bands: int | None = None,
) -> Written:
    """Draw while PySD judges in a process of its own; write the run folder whole.

    ``bands`` is the number of futures whose bands the charts show, if any.

    Ctrl-C leaves out charts and verdict that are not finished; a second one, the folder.
    """
    from models.rewrite import write_mdl
    from scenarios.commands.results import compared, with_bands, with_futures
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
                        if bands is not None:
                            result = with_bands(fitted, result, bands)
                            if result.bands is None:
                                print(words.say("bands.none"), file=sys.stderr)
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

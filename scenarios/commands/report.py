"""``report``: the report of a run folder made again, in either language; nothing is solved."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from scenarios.commands import DONE, print_json
from scenarios.commands.folders import must_be_new, not_writable
from scenarios.words import Words


def report(
    words: Words,
    run: Path,
    *,
    docx: bool = False,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Write report, workbook and figures of ``run`` to a new folder, whole or not at all."""
    from scenarios.report import (
        DOCUMENT,
        FIGURES,
        REPORT,
        WORKBOOK,
        draw_figures,
        put,
        read_result,
        read_risks,
        report_document,
        report_html,
        whole,
        write_workbook,
    )

    result, risks = read_result(run), read_risks(run, words.language)
    folder = out or unused(run / f"report-{words.language}")
    must_be_new(folder)
    try:
        with whole(folder) as staging:
            drawn = draw_figures(result, words.language, staging / FIGURES)
            put(staging / REPORT, report_html(result, words, drawn.inline, risks))
            write_workbook(result, words, staging / WORKBOOK)
            if docx:
                drawings, figures = drawn.inline, staging / FIGURES
                report_document(result, words, drawings, figures, staging / DOCUMENT, risks)
            paths = (path for path in staging.rglob("*") if path.is_file())
            files = sorted(path.relative_to(staging).as_posix() for path in paths)
    except OSError as error:
        raise not_writable(folder, error) from error
    if json:
        print_json({"run": str(run), "folder": str(folder), "files": files})
    else:
        print(words.say("report.written", folder=folder), file=sys.stderr)
        print(folder / (DOCUMENT if docx else REPORT))
    return DONE


def unused(folder: Path) -> Path:
    """The folder, or the first of that name and a number that is not there."""
    names = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return folder if not folder.exists() else next(path for path in names if not path.exists())

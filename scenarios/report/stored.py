"""``result.json``: what a run found, kept so that its report can be made again.

With ``outcomes.csv`` beside it a run folder holds the whole :class:`Result`: no search and no
simulation is needed to show it again, in either language, by this or a later version.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from scenarios.findings import Finding, FindingsError, say
from scenarios.report.plain import built, plain
from scenarios.report.result import Result
from scenarios.report.tables import read_outcomes

RESULT = "result.json"
OUTCOMES = "outcomes.csv"
NEEDED = ("run.json", RESULT, OUTCOMES)


def result_text(result: Result) -> str:
    """The content of ``result.json``: everything but what ``outcomes.csv`` holds."""
    record = plain(replace(result, paths={}, units={}))
    del record["paths"], record["units"]
    return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def read_result(folder: Path) -> Result:
    """The result that a run folder holds.

    Raises:
        FindingsError: it is no run folder, or what it holds cannot be read.
    """
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        hint = say("hint.run_folder" if "run.json" in missing else "hint.older_run")
        raise FindingsError(
            Finding(folder, name, say("finding.not_in_folder"), hint) for name in missing
        )
    try:
        record = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        paths, units = read_outcomes(folder / OUTCOMES)
        return built(Result, record, paths=paths, units=units)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        reason = say("finding.broken_folder", error=f"{type(error).__name__}: {error}")
        raise FindingsError([Finding(folder, "", reason, say("hint.older_run"))]) from error

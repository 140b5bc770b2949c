"""The folder of a run, written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scenarios.report import bands
from scenarios.report.result import Result
from scenarios.report.run_json import run_json
from scenarios.report.stored import RESULT, result_text
from scenarios.report.tables import (
    OUTCOME_COLUMNS,
    PLAN_COLUMNS,
    PROJECT_COLUMNS,
    WORTH_COLUMNS,
    csv_text,
    outcome_rows,
    plan_rows,
    project_rows,
    worth_rows,
)

FIGURES = "figures"
REPORT = "report.html"
WORKBOOK = "plan.xlsx"


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder`` that becomes ``folder`` when the block ends well.

    Whatever ends the block early, Ctrl-C included, leaves nothing behind.

    Raises:
        FileExistsError: ``folder`` is a file, or a folder that is not empty.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(str(folder))
    above = [path for path in folder.parents if not path.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        staging.chmod(0o755)
        yield staging
        if folder.exists():
            folder.rmdir()
        staging.rename(folder)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        for parent in above:  # nearest first; only folders made here, and only if empty
            try:
                parent.rmdir()
            except OSError:
                break
        raise


def fill(
    result: Result,
    staging: Path,
    *,
    resolved: str,
    write_model: Callable[[Path], None],
) -> tuple[str, ...]:
    """Write everything but figures, report and workbook, which are expected to be there already.

    ``resolved`` is the text of ``resolved.toml``; ``write_model`` writes the model with the
    plan in it to a path. Returns the names of all files of the folder, as in ``run.json``.
    """
    put(staging / "plan.csv", csv_text(PLAN_COLUMNS, plan_rows(result)))
    put(staging / "worth.csv", csv_text(WORTH_COLUMNS, worth_rows(result)))
    if result.library:
        put(staging / "projects.csv", csv_text(PROJECT_COLUMNS, project_rows(result)))
    put(staging / "outcomes.csv", csv_text(OUTCOME_COLUMNS, outcome_rows(result)))
    if result.bands is not None:
        put(staging / bands.CSV, csv_text(bands.COLUMNS, bands.rows(result.bands, result.units)))
    put(staging / RESULT, result_text(result))
    put(staging / "resolved.toml", resolved)
    write_model(staging / "plan.mdl")
    names = [path.relative_to(staging).as_posix() for path in staging.rglob("*") if path.is_file()]
    files = tuple(sorted({*names, "run.json"}))
    put(staging / "run.json", run_json(result, files))
    return files


def put(file: Path, text: str) -> None:
    """Write ``text`` as UTF-8, with the line ends that it has."""
    file.write_text(text, encoding="utf-8", newline="")

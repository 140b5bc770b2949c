"""Tables that a command writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.findings import refuse, say

if TYPE_CHECKING:
    from pandas import DataFrame


def must_have_folder(path: Path, option: str = "--csv") -> None:
    """The folder of a table must be there; said before anything is computed."""
    if not path.parent.is_dir():
        reason = say("finding.no_folder", folder=path.parent)
        raise refuse(option, reason, say("hint.no_folder"), path)


def write_csv(frame: DataFrame, path: Path) -> None:
    """Write a wide table whole or not at all; its first column is ``time``."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        frame.to_csv(beside, index_label="time", lineterminator="\n")
        os.replace(beside, path)
    except OSError as error:
        reason = say("finding.not_writable", error=error.strerror or str(error))
        raise refuse("--csv", reason, say("hint.csv_path"), path) from error
    finally:
        beside.unlink(missing_ok=True)

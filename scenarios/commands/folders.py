"""The folder of a result: a new one, where one can be made."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.findings import FindingsError, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.report.study import Said


def new_folder(out: Path | None, name: str) -> Path:
    """The folder that is asked for, else ``runs/<name>-<time>``.

    Raises:
        FindingsError: it holds something already, or cannot be made.
    """
    folder = out or Path("runs") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    must_be_new(folder)
    return folder


def must_be_new(folder: Path) -> None:
    """A result is never written over what is there; and a folder can be made there."""
    from scenarios.report import whole

    hint = say("hint.choose_folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise refuse("--out", say("finding.output_exists"), hint, folder)
    for path in (folder, *folder.parents):
        if path.exists() and not path.is_dir():
            raise refuse("--out", say("finding.file_in_the_way"), hint, path)
    try:
        with whole(folder):
            raise Found
    except Found:
        return
    except OSError as error:
        raise not_writable(folder, error) from error


class Found(Exception):
    """Ends a trial that is not meant to leave anything."""


def not_writable(folder: Path, error: OSError) -> FindingsError:
    """What the system says against the run folder."""
    reason = say("finding.not_writable", error=error.strerror or str(error))
    return refuse("--out", reason, say("hint.choose_folder"), folder)


def write_study(
    said: Said, words: Words, folder: Path, page: str, files: Mapping[str, str | bytes], **more: Any
) -> tuple[str, ...]:
    """As :func:`scenarios.report.study.write_study`.

    Raises:
        FindingsError: the folder cannot be written.
    """
    from scenarios.report import study

    try:
        return study.write_study(said, words, folder, page, files, **more)
    except OSError as error:
        raise not_writable(folder, error) from error

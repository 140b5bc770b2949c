"""``new``: a scenario to begin with, as commented text or as a workbook to fill in."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from scenarios.chain import SCENARIOS
from scenarios.commands import DONE, print_json
from scenarios.findings import Finding, FindingsError, refuse, say
from scenarios.scenario import Scenario
from scenarios.toml_text import Keys
from scenarios.words import Words

NAME = re.compile(r"[\w.-]+")
FIGURES = "figures.csv"


def new(
    words: Words,
    name: str,
    *,
    county: str | None = None,
    xlsx: bool = False,
    figures: bool = False,
    json: bool = False,
) -> int:
    """Write ``name.toml`` (or ``name.xlsx``) into the current folder; never over a file.

    ``county`` is the scenario that it extends. ``figures`` adds a table of the county's own.
    """
    from scenarios.load import load

    _must_be_a_name(name)
    file = Path(f"{name}.xlsx" if xlsx else f"{name}.toml")
    table = Path(name, FIGURES) if figures and not xlsx else None
    _must_not_exist(file, *([table] if table else []))
    base = load(county)
    extends = _named(base)
    given = {
        "name": name,
        "title_zh": Words("zh").say("new.title", name=name),
        "title_en": Words("en").say("new.title", name=name),
    }
    if xlsx:
        from scenarios.input_workbook.writing import write_form

        keys: dict[Keys, str] = {("scenario", k): text for k, text in given.items()}
        keys["extends",] = extends
        whole_file(file, lambda path: write_form(path, base, keys, words, file.name))
    else:
        from scenarios.template import Template, figures_csv

        text = Template(base).text(extends, given, table.as_posix() if table else "")
        if table is not None:
            listed = figures_csv(base, words)
            table.parent.mkdir(exist_ok=True)
            whole_file(table, lambda path: path.write_text(listed, "utf-8-sig", newline=""))
        whole_file(file, lambda path: path.write_text(text, "utf-8", newline=""))
    written = [str(path) for path in (file, table) if path is not None]
    if json:
        print_json({"scenario": name, "extends": extends, "files": written})
        return DONE
    command = f"python cli.py optimize {file}"
    print(words.say("new.written", files=words.listing(written), command=command))
    return DONE


def _must_be_a_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise refuse("new", say("finding.bad_name", value=name), say("hint.new_name"))
    if (SCENARIOS / f"{name}.toml").exists():
        raise refuse("new", say("finding.shipped", name=name), say("hint.other_name"))


def _must_not_exist(*files: Path) -> None:
    found = [path for path in files if path.exists()]
    if found:
        reason, hint = say("finding.file_exists"), say("hint.other_name")
        raise FindingsError(Finding(path, "new", reason, hint) for path in found)


def _named(base: Scenario) -> str:
    """How a file in the current folder names the scenario that it extends."""
    if base.file.parent == SCENARIOS:
        return base.file.stem
    try:
        return Path(os.path.relpath(base.file)).as_posix()
    except ValueError:  # another drive
        return base.file.as_posix()


def whole_file(file: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole or not at all.

    Raises:
        FindingsError: it cannot be written there.
    """
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{file.stem}-", suffix=file.suffix, dir=file.parent
        )
        os.close(handle)
    except OSError as error:
        reason = say("finding.not_writable", error=error.strerror or str(error))
        raise refuse("new", reason, say("hint.other_name"), file) from error
    try:
        write(Path(name))
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

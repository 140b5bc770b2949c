"""Mistakes as planners make them, each told with file, place, reason and hint, all in one pass."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from scenarios.findings import Finding, FindingsError
from scenarios.load import load
from scenarios.toml_text import pieces
from scenarios.words import LANGUAGES, Words

from .test_input_workbook import cell_of, opened

CASES = tomllib.loads(Path(__file__).with_name("mistakes.toml").read_text(encoding="utf-8"))["case"]


def place(book: Any, written: str | int) -> str | int | None:
    """A line; or the cell that a key, or a key and a year, stands for."""
    if isinstance(written, int) or "!" in written:
        return written or None
    name, _, year = written.rpartition(" ")
    keys, column = (name, int(year)) if year.isdecimal() and name else (written, None)
    cell = cell_of(book, pieces(keys), column)
    return f"{cell.parent.title}!{cell.coordinate}"


def written(case: dict[str, Any], folder: Path) -> Any:
    """Write the files of a case; returns its workbook, if it has one."""
    for name, text in case.get("files", {}).items():
        encoding = case.get("encoding", "utf-8")
        if name.endswith(".toml") and not case["found"]:
            encoding = "utf-8"
        data = text if name.endswith(".toml") else text.lstrip("\n")
        (folder / name).write_bytes(data.encode(encoding))
    if "sheet" in case:
        book = openpyxl.Workbook()
        book.active.title = "甲"
        for row in case["sheet"]:
            book.active.append(row)
    elif "cells" in case:
        book = opened()
        for key, year, value in case["cells"]:
            sheet, _, cell = key.partition("!")
            if cell:
                book[sheet][cell] = value
            else:
                cell_of(book, pieces(key), int(year) if year else None).value = value
    else:
        return None
    book.save(folder / "own.xlsx")
    return book


def told(path: Path) -> tuple[Finding, ...]:
    try:
        load(path)
    except FindingsError as error:
        return error.findings
    return ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_mistake_has_its_place_reason_and_hint(
    case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    book = written(case, tmp_path)
    found = told(tmp_path / case["load"])
    got = {
        (f.file.name if f.file else "", f.line, f.key, f.reason.key.removeprefix("finding."))
        for f in found
    }
    asked = {
        (file, place(book, where), key, reason) for file, where, key, reason, _ in case["found"]
    }
    assert got == asked
    hints = {(f.line, f.key): f.hint.of(Words("zh")) for f in found if f.hint is not None}
    for _, where, key, _, hint in case["found"]:
        assert hint in hints[place(book, where), key]
    for language in LANGUAGES:
        for finding in found:
            text = finding.words(Words(language))
            assert finding.file is not None and finding.file.name in text and "{" not in text

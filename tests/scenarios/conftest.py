"""Scenario files to load: W County's, changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from scenarios.findings import Finding, FindingsError
from scenarios.load import load

Write = Callable[[str, str], Path]
Findings = Callable[[str], Sequence[Finding]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file beside the others and return its path."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def findings(write: Write) -> Findings:
    """What is wrong with W County changed by some TOML."""

    def found(text: str) -> Sequence[Finding]:
        path = write("changed.toml", f'extends = "w-county"\n{text}')
        with pytest.raises(FindingsError) as caught:
            load(path)
        return caught.value.findings

    return found

"""The command line as a person meets it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

CLI = Path(__file__).resolve().parents[2] / "cli.py"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def run_cli(folder: Path, *arguments: str, encoding: str = "utf-8") -> Ran:
    """Run a command in ``folder`` on a console of that encoding."""
    done = subprocess.run(
        [sys.executable, str(CLI), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "100"},
        capture_output=True,
    )
    return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in an empty folder."""

    def ran(*arguments: str, encoding: str = "utf-8") -> Ran:
        return run_cli(tmp_path, *arguments, encoding=encoding)

    return ran

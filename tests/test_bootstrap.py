"""Set-up on a bare Python: done once, redone when it was cut short, never silent when it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).resolve().parent.parent
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}


class Replaced(Exception):
    """Instead of becoming another process."""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout without packages, in which the process would be replaced."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    venv = tmp_path / ".venv"
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "UNFINISHED", venv / "xieheng-unfinished")
    monkeypatch.setattr(bootstrap, "MODULES", {"": ("no_such_module_anywhere",)})
    return tmp_path


def made(checkout: Path) -> None:
    """What a finished set-up leaves."""
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").touch()
    bootstrap.stamp("").write_text(bootstrap.fingerprint(), "ascii")


def test_nothing_happens_where_the_packages_are() -> None:
    before = (ROOT / ".venv").exists()
    bootstrap.ensure()
    bootstrap.ensure("test")
    assert (ROOT / ".venv").exists() == before


def test_a_finished_set_up_is_used_as_it_is(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(checkout)
    commands = []

    def replace(command: list[str]) -> None:
        commands.append(command)
        raise Replaced

    monkeypatch.setattr(bootstrap, "rerun", replace)
    with pytest.raises(Replaced):
        bootstrap.ensure(command=["cli.py", "check"])
    assert commands == [[str(checkout / ".venv" / "bin" / "python"), "cli.py", "check"]]


def test_other_requirements_ask_for_another_set_up(checkout: Path) -> None:
    made(checkout)
    assert bootstrap.installed("")
    assert not bootstrap.installed("test")
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert not bootstrap.installed("")


def test_without_a_network_it_says_so_and_starts_afresh_the_next_time(tmp_path: Path) -> None:
    for name in ("bootstrap.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    half = tmp_path / ".venv" / "half-made"
    half.mkdir(parents=True)
    (tmp_path / ".venv" / "xieheng-unfinished").touch()
    command = [sys.executable, "-S", "-c", "import bootstrap; bootstrap.ensure()"]
    run = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **OFFLINE, "PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert "Xieheng: first run" in run.stderr
    assert "协衡 首次运行" in run.stderr
    assert "hint: check the network" in run.stderr
    assert not half.exists()
    assert (tmp_path / ".venv" / "xieheng-unfinished").exists()
    assert not (tmp_path / ".venv" / "xieheng-installed").exists()

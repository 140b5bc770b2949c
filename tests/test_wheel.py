"""The wheel: what is in it, and that it runs by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return folder / build_wheel(str(folder))
    finally:
        os.chdir(before)


def test_no_general_name_reaches_site_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"xieheng"}
    carried = {name.split("/")[2] for name in names if name.startswith("xieheng/_app/")}
    assert carried == {"cli.py", "models", "optimize", "scenarios"}
    assert not [name for name in names if "__pycache__" in name or name.endswith("bootstrap.py")]


def test_it_carries_what_is_no_python(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "models/county-checks.mdl",
        "models/county.mdl",
        "models/variables.csv",
        "scenarios/w-county.toml",
        "scenarios/w-county/past-practice.csv",
        "scenarios/words.csv",
        "scenarios/fonts/OFL.txt",
    ):
        assert f"xieheng/_app/{name}" in names


def test_it_runs_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "xieheng", "check", "--json", "--lang", "en"]
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    assert str(site / "xieheng" / "_app" / "scenarios") in run.stdout.replace("\\\\", "\\")
    assert not (tmp_path / ".venv").exists()

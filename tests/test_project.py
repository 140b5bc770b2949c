"""What holds of the project as a whole."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("models", "optimize", "scenarios", "cli")  # each may import what stands before it
HEAVY = {"matplotlib", "numpy", "pandas", "pydantic", "pyomo", "pysd", "highspy", "xarray"}


def tracked() -> list[Path]:
    """The files of the project: as git knows them, or all of an unpacked archive."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        names = [name for name in listed.decode().split("\0") if name]
    else:
        folders = ("models", "optimize", "scenarios", "packaging", "tests", "benchmarks", "docs")
        files = [*ROOT.glob("*.*"), *(f for name in folders for f in (ROOT / name).rglob("*.*"))]
        names = [str(file.relative_to(ROOT)) for file in files if "__pycache__" not in file.parts]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def imports(file: Path) -> Iterator[str]:
    """Top-level names of everything that a file imports, anywhere in it."""
    package = file.relative_to(ROOT).parts[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield package if node.level else (node.module or "").partition(".")[0]


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_imports_upwards(layer: str) -> None:
    below = {*LAYERS[: LAYERS.index(layer) + 1], "bootstrap"}
    files = [ROOT / "cli.py"] if layer == "cli" else sorted((ROOT / layer).rglob("*.py"))
    assert files
    upward = {
        (file.relative_to(ROOT).as_posix(), name)
        for file in files
        for name in imports(file)
        if name in LAYERS and name not in below
    }
    assert not upward


def test_only_the_scripts_import_the_bootstrap() -> None:
    importers = {
        file.relative_to(ROOT).as_posix()
        for file in tracked()
        if file.suffix == ".py" and "bootstrap" in imports(file)
        if not file.name.startswith("test_")
    }
    assert importers == {"cli.py", "tests/__main__.py"}


def test_the_bootstrap_needs_nothing_but_python() -> None:
    assert set(imports(ROOT / "bootstrap.py")) <= set(sys.stdlib_module_names)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, runpy; sys.argv = ['cli.py', '--help']\n"
        "try: runpy.run_path('cli.py', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    loaded = set(out.splitlines()[-1].split())
    assert "typer" in loaded
    assert not loaded & HEAVY


def test_no_place_of_one_machine_and_no_registry() -> None:
    place = re.compile(r"(^|[^\w.-])/(?:root|home|tmp|Users)/[\w.-]")
    registry = re.compile(r"pypi\.org|index-url|mirrors?\.|tuna\.tsinghua|aliyun", re.IGNORECASE)
    found = []
    for file in tracked():
        if file.suffix in (".svg", ".png", ".otf", ".xlsx") or file == Path(__file__):
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if place.search(line) or registry.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found


def test_the_bootstrap_looks_for_what_the_project_needs() -> None:
    import bootstrap

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    everywhere = [text for text in project["dependencies"] if ";" not in text]  # else done without
    needed = {re.split(r"[<>=; ]", text)[0].removeprefix("python-") for text in everywhere}
    assert needed == {module.lower() for module in bootstrap.MODULES[""]}
    listed = project["optional-dependencies"]["test"]
    extra = {re.split(r"[<>=; ]", text)[0].removeprefix("pytest-") for text in listed}
    assert set(bootstrap.MODULES["test"]) <= extra

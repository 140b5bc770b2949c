"""What holds of the project as a whole."""

from __future__ import annotations

import ast
import re
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
    """The files of the project, as git knows them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


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
    }
    assert importers - {"tests/test_bootstrap.py"} == {"cli.py", "tests/__main__.py"}


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
    needed = {re.split(r"[<>=; ]", text)[0] for text in project["dependencies"]}
    assert needed == set(bootstrap.MODULES[""])
    extra = {re.split(r"[<>=; ]", text)[0] for text in project["optional-dependencies"]["test"]}
    assert set(bootstrap.MODULES["test"]) <= extra

"""A cache of lowered models of its own for each test session, and small model texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models import Model, load

CONTROLS = """
INITIAL TIME = 0 ~ year ~ |
FINAL TIME = 8 ~ year ~ |
TIME STEP = 0.25 ~ year ~ |
SAVEPER = TIME STEP ~ year ~ |
"""


@pytest.fixture(autouse=True)
def own_cache(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    folder = tmp_path_factory.getbasetemp() / "model-cache"
    monkeypatch.setenv("XIEHENG_CACHE", str(folder))
    yield folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write equations (with the control variables added) as a .mdl file."""

    def make(equations: str, controls: str = CONTROLS, name: str = "small.mdl") -> Path:
        path = tmp_path / name
        path.write_text("{UTF-8}\n" + equations + controls, encoding="utf-8")
        return path

    return make


@pytest.fixture
def small(write: Callable[..., Path]) -> Callable[..., Model]:
    """Load a model of a few equations."""

    def make(equations: str, controls: str = CONTROLS) -> Model:
        return load(write(equations, controls))

    return make

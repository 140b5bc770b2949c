"""A cache of lowered models of its own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.getbasetemp() / "benchmark-cache"
    monkeypatch.setenv("XIEHENG_CACHE", str(folder))

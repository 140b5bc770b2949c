"""``optimize --crosscheck``: what is asked for is checked before anything is solved."""

from __future__ import annotations

import importlib.util
from types import SimpleNamespace

import pytest

from scenarios.commands.crosschecking import solvers
from scenarios.findings import FindingsError
from scenarios.words import Words


def test_names_may_be_repeated_or_stand_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: SimpleNamespace(name=name))
    assert solvers(()) == ()
    assert solvers(("scip", "ipopt, SCIP")) == ("scip", "ipopt")


def test_what_is_unknown_or_not_installed_is_refused_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FindingsError) as caught:
        solvers(("ipopt,scipp",))
    for language, install in (("zh", "pip install casadi"), ("en", "run pip install casadi")):
        first, second = (f.words(Words(language)) for f in caught.value.findings)  # type: ignore[arg-type]
        assert install in first
        assert "scip" in second

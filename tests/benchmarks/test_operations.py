"""Operations of a model that was counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.operations import KINDS, costs_in_numpy, least_seconds, of_a_run
from models import load

TEXT = """{UTF-8}
stock = INTEG(inflow - outflow, start * 2 + 1) ~ ~ |
start = 3 ~ ~ |
rate = 0.1 ~ ~ |
double rate = rate + rate ~ ~ |
inflow = stock * double rate * season ~ ~ |
season = 1 + EXP(Time / 10) ~ ~ |
outflow = IF THEN ELSE(stock > 5, shape(stock / limit), MIN(stock, 1)) ~ ~ |
limit = 8 ~ ~ |
shape((0,0),(1,2)) ~ ~ |
told = stock ^ 1.5 - SQRT(stock) ~ ~ |
INITIAL TIME = 0 ~ ~ |
FINAL TIME = 8 ~ ~ |
TIME STEP = 0.5 ~ ~ |
SAVEPER = 2 ~ ~ |
"""
COMPUTED, MOVED, SAVED = 17, 16, 5  # points of time, steps between them, points that are kept


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XIEHENG_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "counted.mdl"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_one_run(path: Path) -> None:
    assert dict(of_a_run(load(path), ["told"])) == {
        # double rate once, start once; season a step; inflow - outflow and the Euler sum a move
        "add": 1 + 1 + COMPUTED + 2 * MOVED + SAVED,
        "mul": 1 + 2 * COMPUTED + MOVED,
        "div": 2 * COMPUTED,
        "exp": COMPUTED,
        "compare": COMPUTED,
        "select": COMPUTED,
        "lookup": COMPUTED,
        "extreme": COMPUTED,
        "pow": SAVED,
        "sqrt": SAVED,
    }


def test_what_all_runs_share_is_not_counted_for_each(path: Path) -> None:
    model = load(path)
    every = of_a_run(model, ["told"], ["start", "rate"])
    assert every["exp"] == 0  # season is of time alone
    assert every["add"] == 1 + 1 + 2 * MOVED + SAVED
    by_limit = of_a_run(model, ["told"], ["limit"])
    assert by_limit["add"] == 2 * MOVED + SAVED
    assert by_limit["mul"] == 2 * COMPUTED - COMPUTED + COMPUTED + MOVED
    assert of_a_run(model, ["limit"], ["limit"]) == {}


def test_every_kind_has_a_cost() -> None:
    costs = costs_in_numpy(repeats=1)
    assert set(costs) == set(KINDS) and min(costs.values()) > 0
    assert least_seconds({"add": 3, "pow": 1}, {"add": 1.0, "pow": 10.0}) == 13.0

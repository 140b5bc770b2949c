"""The models made for measuring are what their names say, and behave."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks import child, peers
from benchmarks.contest import Contestant, Missing, seconds_a_run
from benchmarks.tasks import MODELS, kernels, replicated, simulate, task
from models import Runs, load, run


def kinds(name: str) -> Counter[str]:
    return Counter(v.kind for v in load(MODELS / f"{name}.mdl").variables.values())


def test_sizes() -> None:
    assert kinds("small")["stock"] == 1
    world = kinds("world-sized")
    assert 12 <= world["stock"] <= 20 and 45 <= world["lookup"] <= 60
    assert 150 <= world["stock"] + world["auxiliary"] <= 250
    large = load(MODELS / "large.mdl")
    assert sum(slot.role == "equation" for slot in large.equations.slots) >= 300


@pytest.mark.parametrize("name", ["county", "small", "large", "world-sized"])
def test_values_change_every_outcome(name: str) -> None:
    job = task(name, 3)
    out = run(job.model, Runs(values=job.values), columns=job.outcomes)
    assert np.isfinite(out.data).all()
    for outcome in job.outcomes:
        assert np.ptp(out[outcome][:, -1]) > 0


def test_the_world_keeps_its_land_and_its_people_are_bounded() -> None:
    out = run(load(MODELS / "world-sized.mdl"))
    land = out["balance of land"][0]
    assert np.allclose(land, land[0], rtol=1e-12)
    assert out["population"].min() > 1e2 and out["population"].max() < 2e4
    assert out["fuel"].min() >= 0 and out["ore"].min() >= 0


def test_nobody_is_lost_between_regions() -> None:
    model = load(MODELS / "large.mdl")
    out = run(model)
    regions = [f"r{i}" for i in range(1, 13)]
    left = sum(out[f"departures[{region}]"] for region in regions)
    came = sum(out[f"arrivals[{region}]"] for region in regions)
    assert np.allclose(left, came, rtol=1e-12)


def test_copies_of_a_model_do_what_it_does() -> None:
    job = task("world-sized", 2)
    bigger = replicated(job.model, 3)
    assert len(bigger.equations.slots) == 3 * len(job.model.equations.slots)
    own = run(job.model, columns=["population"])["population"]
    out = run(bigger, columns=["population", "2: population"])
    assert np.array_equal(out["population"], own)
    assert np.array_equal(out["2: population"], own)


def test_a_peer_that_is_not_there_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for peer in (peers.pysimlin, peers.bptk):
        with pytest.raises(Missing, match="not installed"):
            peer(task("small", 1))


def test_time_is_told_by_the_run() -> None:
    asked: list[int] = []
    best = seconds_a_run([Contestant("one by one", asked.append, most=10)], 1000, 1, at_least=0)
    assert asked == [10] and best["one by one"] < 1
    assert seconds_a_run([Contestant("x", asked.append)], 1, 1, {"x": 3.0}) == {"x": 3.0}
    assert asked == [10]


def test_the_models_stand_beside_the_code() -> None:
    assert {path.stem for path in Path(MODELS).glob("*.mdl")} == {"small", "large", "world-sized"}


def test_memory_is_the_childs_and_not_the_parents() -> None:
    ballast = np.ones(40_000_000)  # 320 MB here, which a child must not report as its own
    found = child.measured("peak")["peak"]
    assert 1 << 20 < found < ballast.nbytes / 2


@pytest.mark.parametrize("name", ["county", "small", "world-sized"])
def test_the_kernels_that_are_timed_agree(name: str) -> None:
    job = task(name, 40)
    runs = Runs(values=job.values)
    own = simulate(job.model, runs, job.outcomes, "numpy").data
    for kernel in kernels():
        other = simulate(job.model, runs, job.outcomes, kernel).data
        assert (np.abs(own - other) / np.abs(own).max(axis=(0, 1))).max() < 1e-12

"""Machine code against NumPy: the same numbers, whatever the company, the blocks, the threads."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from models import Model, ModelError, Runs, best_kernel, load, run
from models.fused import machine, store

FOLDER = Path(__file__).parent / "mdl"
SMALL = sorted(FOLDER.glob("*.mdl"))
fused = pytest.mark.skipif(bool(machine.unavailable()), reason=machine.unavailable() or "compiler")


def scaled(found: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    """Largest difference relative to each column's largest value; nan must meet nan."""
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    endless = np.isinf(expected)
    assert np.array_equal(found[endless], expected[endless])
    finite = np.isfinite(expected)
    size = np.max(np.abs(expected), axis=(0, 1), keepdims=True, where=finite, initial=1e-300)
    return float(np.max(np.abs(found - expected) / size, where=finite, initial=0.0))


def perturbed(model: Model, runs: int, seed: int = 1) -> dict[str, NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    return {
        name: value * random.uniform(0.98, 1.02, runs)
        for name, value in model.constants.items()
        if model.slot[name] not in model.equations.structural
    }


def fusible(model: Model) -> Model:
    if best_kernel(model) == "numpy":
        pytest.skip("runs through NumPy")
    return model


@fused
@pytest.mark.parametrize("path", [*SMALL, None], ids=lambda path: path.stem if path else "county")
def test_same_numbers_as_numpy(path: Path | None) -> None:
    model = fusible(load(path))
    columns = [c for c in model.columns if not c.endswith("account error")]  # rounding alone
    values = perturbed(model, 11)
    for runs in (Runs(), Runs(values)):
        expected = run(model, runs, columns=columns, kernel="numpy")
        found = run(model, runs, columns=columns, kernel="fused")
        assert scaled(found.data, expected.data) < 1e-12


@fused
@pytest.mark.parametrize("path", [*SMALL, None], ids=lambda path: path.stem if path else "county")
def test_same_derivatives_as_the_complex_step(path: Path | None) -> None:
    model = fusible(load(path))
    random = np.random.default_rng(3)
    columns = [c for c in model.columns if not c.endswith("account error")]
    values = {
        name: value + 1e-20j * random.normal(size=9) * (1 + np.abs(value))
        for name, value in perturbed(model, 9).items()
    }
    tables = {
        name: table.y * random.uniform(0.99, 1.01, (9, 1)) + 1e-20j * random.normal(size=(9, 1))
        for name, table in model.lookups.items()
    }
    if not values and not tables:
        pytest.skip("nothing to vary")
    for runs in (Runs(values), Runs(lookups=tables), Runs(values, tables)):
        if not runs.values and not runs.lookups:
            continue
        expected = run(model, runs, columns=columns, kernel="numpy").data
        found = run(model, runs, columns=columns, kernel="fused").data
        assert scaled(found.real, expected.real) < 1e-12
        known = np.isfinite(expected.real) & np.isfinite(expected.imag)
        slopes = np.where(known, expected.imag, 0.0)
        assert scaled(np.where(known, found.imag, 0.0), slopes) < 1e-9


@fused
def test_company_blocks_and_threads_change_no_bit() -> None:
    model = load()
    columns = ["farmers income", "useful share"]
    values = perturbed(model, 45)
    whole = run(model, Runs(values), columns=columns, kernel="fused", workers=1)
    for block, workers in ((1, 1), (8, 2), (19, 3), (1000, None)):
        again = run(
            model, Runs(values), columns=columns, kernel="fused", block=block, workers=workers
        )
        assert np.array_equal(again.data, whole.data)
    for i in (0, 7, 8, 44):
        alone = run(
            model,
            Runs({name: value[i] for name, value in values.items()}),
            columns=columns,
            kernel="fused",
        )
        assert np.array_equal(alone.data[0], whole.data[i])


def test_numpy_threads_change_no_bit() -> None:
    model = load(FOLDER / "decay.mdl")
    values = perturbed(model, 50)
    whole = run(model, Runs(values), kernel="numpy")
    assert np.array_equal(
        run(model, Runs(values), kernel="numpy", block=7, workers=3).data, whole.data
    )


@fused
@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
def test_going_on_from_a_state(path: Path) -> None:
    model = fusible(load(path))
    middle = model.nominal_grid.time(model.nominal_grid.last // 2)
    for runs in (1, 3, 17):
        values = perturbed(model, runs) if runs > 1 else {}
        whole = run(model, Runs(values), keep_state_at=middle, kernel="fused")
        count = whole.state.runs if whole.state else 0
        rest = run(model, Runs(values, start=whole.state), kernel="fused")
        assert np.array_equal(rest.data, whole.data[:, whole.times >= middle], equal_nan=True)
        other = run(model, Runs(values, start=whole.state), kernel="numpy")
        assert count == len(whole) and scaled(rest.data, other.data) < 1e-12
        before = run(model, Runs(values), keep_state_at=middle, kernel="numpy")
        rest = run(model, Runs(values, start=before.state), kernel="fused")
        assert scaled(rest.data, whole.data[:, whole.times >= middle]) < 1e-12


@fused
def test_derivatives_go_on_from_a_state() -> None:
    model = load(FOLDER / "decay.mdl")
    durations = np.array([3.0, 3.5, 4.0]) + 1e-20j
    values: dict[str, ArrayLike] = {"delay time": durations, "rate[b]": 1.5}
    whole = run(model, Runs(values), keep_state_at=5.0, kernel="fused")
    rest = run(model, Runs(values, start=whole.state), kernel="fused")
    assert np.array_equal(rest.data, whole.data[:, whole.times >= 5.0])
    real = run(model, Runs({"rate[b]": 1.5}, start=whole.state), kernel="fused")
    assert np.array_equal(real["stock"][:, 0], whole["stock"][:, whole.times == 5.0][:, 0])
    assert np.all(real["stock"].imag != 0)


@fused
@pytest.mark.parametrize("runs", [1, 7, 203])
def test_derivatives_of_runs_that_start_from_states_of_their_own(runs: int) -> None:
    model = load()
    values = {"contracting time": np.linspace(0.3, 0.9, runs)}
    state = run(model, Runs(values), times=[2026], keep_state_at=2026.0).state
    lever = "yearly money for talent[industry]"
    money = np.repeat(np.array(model.lookups[lever].y, dtype=complex)[None], runs, axis=0)
    money[:, 8] += 1e-17j
    both = [
        run(
            model,
            Runs(values, {lever: money}, start=state),
            columns=["structure gap"],
            times=[2035],
            kernel=kernel,
        ).data.imag
        for kernel in ("numpy", "fused")
    ]
    assert np.all(both[0] != 0.0) and scaled(both[1], both[0]) < 1e-12


@fused
def test_what_numpy_reports_is_reported(small: Callable[..., Model]) -> None:
    model = small("short = 0.5 ~~|\ninflow = 1 ~~|\nlate = DELAY3(inflow, short) ~~|\n")
    run(model, kernel="fused")
    with pytest.raises(ModelError, match="shorter than the time step"):
        run(model, Runs({"short": [0.5, 0.1]}), kernel="fused")


def test_fused_asked_where_it_cannot_be() -> None:
    with pytest.raises(ModelError, match="cannot run as machine code"):
        run(load(FOLDER / "delay.mdl"), kernel="fused")


@fused
def test_large_jobs_are_compiled_and_small_ones_not(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(FOLDER / "decay.mdl")
    run(model, Runs({"delay time": [3.0, 4.0]}))
    assert not model._kernels
    monkeypatch.setattr("models.engine.WORTH_COMPILING", 100)
    run(model, Runs({"delay time": [3.0, 4.0]}))
    assert model._kernels


def test_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    for made in (machine._compiler, machine.unavailable):
        made.cache_clear()
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    try:
        model = load(FOLDER / "decay.mdl")
        monkeypatch.setattr("models.engine.WORTH_COMPILING", 1)
        assert best_kernel(model) == "numpy"
        assert np.array_equal(run(model).data, run(model, kernel="numpy").data)
        with pytest.raises(ModelError, match="llvmlite is not installed"):
            run(model, kernel="fused")
    finally:
        for made in (machine._compiler, machine.unavailable):
            made.cache_clear()


@fused
def test_damaged_or_foreign_code_is_compiled_anew(tmp_path: Path, own_cache: Path) -> None:
    expected = run(load(FOLDER / "long.mdl"), kernel="fused").data
    entries = list((own_cache / "code").glob("*.o"))
    assert entries
    for damage in (b"", b"\x00" * 64, None):
        for entry in entries:
            data = entry.read_bytes()
            if damage is None:
                data = data[:-40] + bytes(byte ^ 1 for byte in data[-40:])
            entry.write_bytes(data if damage is None else damage)
            assert store.fetch(entry.stem) is None
        again = run(load(FOLDER / "long.mdl"), kernel="fused").data
        assert np.array_equal(again, expected)
    if sys.platform != "win32":
        entry = max(entries, key=lambda path: path.stat().st_mtime)
        assert store.fetch(entry.stem) is not None
        entry.chmod(0o666)
        assert store.fetch(entry.stem) is None
        entry.chmod(0o600)


def test_old_code_is_pruned(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "folder", lambda: own_cache / "pruned")
    monkeypatch.setattr(store, "LIMIT", 3000)
    for i in range(5):
        store.keep(f"entry{i}", {"place": i}, b"x" * 1000)
    kept = sorted(path.stem for path in (own_cache / "pruned").iterdir())
    assert len(kept) == 2 and "entry4" in kept
    assert store.fetch("entry4") == ({"place": 4}, b"x" * 1000)


@fused
def test_cut_into_many_functions_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    values = perturbed(load(), 9)
    whole = run(load(), Runs(values), columns=["farmers income"], kernel="fused")
    monkeypatch.setattr("models.fused.assembly.SIZE", 20)
    monkeypatch.setattr(store, "fetch", lambda key: None)
    monkeypatch.setattr(store, "keep", lambda *entry: None)
    pieces = run(load(), Runs(values), columns=["farmers income"], kernel="fused")
    assert np.array_equal(pieces.data, whole.data)


@fused
@pytest.mark.skipif(sys.platform == "win32", reason="signals do not reach a test there")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_is_heard_and_leaves_nothing(workers: int) -> None:
    model = load()
    asked = {"columns": ["farmers income"], "times": [model.final_time], "kernel": "fused"}
    before = run(model, **asked).data  # type: ignore[arg-type]
    name = next(iter(model.constants))
    many = Runs({name: np.full(1_000_000, model.constants[name])})
    threads = set(threading.enumerate())
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run(model, many, workers=workers, **asked)  # type: ignore[arg-type]
    timer.join()
    for thread in set(threading.enumerate()) - threads:
        thread.join()  # they have nothing left to do
    assert np.array_equal(run(model, **asked).data, before)  # type: ignore[arg-type]

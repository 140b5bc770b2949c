"""Many runs at once are many runs, and a run that starts in the middle is its second half."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from models import Model, ModelError, Runs, load, run, stream

FOLDER = Path(__file__).parent / "mdl"


@pytest.fixture
def decay() -> Model:
    return load(FOLDER / "decay.mdl")


def _inputs(n: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    random = np.random.default_rng(7)
    values = {
        "initial stock": random.uniform(1, 6, n),
        "rate[b]": random.uniform(0.5, 2, n),
        "delay time": random.uniform(2, 5, n),
    }
    return values, {"effect": random.uniform(0.5, 2, (n, 3))}


def test_batch_equals_runs_one_by_one(decay: Model) -> None:
    values, lookups = _inputs(9)
    together = run(decay, Runs(values, lookups))
    for i in range(9):
        mine = Runs({k: v[i] for k, v in values.items()}, {k: v[i] for k, v in lookups.items()})
        assert np.array_equal(run(decay, mine).data[0], together.data[i])


@pytest.mark.parametrize("block", [1, 2, 5, 100])
def test_block_size_changes_nothing(decay: Model, block: int) -> None:
    values, lookups = _inputs(11)
    whole = run(decay, Runs(values, lookups))
    assert np.array_equal(run(decay, Runs(values, lookups), block=block).data, whole.data)


def test_runs_leave_no_trace(decay: Model) -> None:
    before = run(decay).data
    run(decay, Runs({"delay time": 1.5}, {"effect": [3.0, 3.0, 3.0]}))
    run(decay, Runs({"delay time": [1.5, 2.5]}))
    assert np.array_equal(run(decay).data, before)


def test_asking_for_less_gives_the_same_numbers(decay: Model) -> None:
    everything = run(decay)
    some = run(decay, columns=["later", "stock"], times=[1.0, 7.5])
    assert some.columns == ("later", "stock")
    assert np.array_equal(some["stock"][0], everything["stock"][0, [8, 60]])
    assert np.array_equal(some["later"][0], everything["later"][0, [8, 60]])


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.mdl")))
def test_going_on_from_the_middle(name: str) -> None:
    model = load(FOLDER / f"{name}.mdl")
    middle = model.nominal_grid.time(model.nominal_grid.last // 2)
    whole = run(model, keep_state_at=middle)
    assert whole.state is not None and whole.state.time == middle
    rest = run(model, Runs(start=whole.state))
    again = run(model, Runs(start=whole.state))
    after = whole.data[:, whole.times >= middle]
    assert np.array_equal(rest.data, after, equal_nan=True)
    assert np.array_equal(again.data, after, equal_nan=True)


def test_batch_going_on_from_one_past() -> None:
    model = load(FOLDER / "delay.mdl")
    start = run(model, keep_state_at=5.0).state
    widths = np.array([1.0, 2.0, 2.5])
    many = run(model, Runs({"steady time": widths}, start=start))
    for i, width in enumerate(widths):
        alone = run(model, Runs({"steady time": width}, start=start))
        assert np.array_equal(alone.data[0], many.data[i])


def test_batch_going_on_from_its_own_past() -> None:
    model = load(FOLDER / "delay.mdl")
    values = {"steady time": np.array([1.0, 2.0, 2.5, 1.5])}
    for block in (None, 3):
        whole = run(model, Runs(values), keep_state_at=5.0, block=block)
        rest = run(model, Runs(values, start=whole.state), block=block)
        assert np.array_equal(rest.data, whole.data[:, whole.times >= 5.0])
    for i, width in enumerate(values["steady time"]):
        assert np.array_equal(run(model, Runs({"steady time": width})).data[0], whole.data[i])


def test_state_of_another_model_is_refused(decay: Model) -> None:
    other = run(load(FOLDER / "long.mdl"), keep_state_at=2000.5).state
    with pytest.raises(ModelError, match="another model file"):
        run(decay, Runs(start=other))


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (Runs({"delay tme": 1.0}), "did you mean 'delay time'"),
        (Runs({"outflow": 1.0}), "is computed in the model"),
        (Runs({"rate": 1.0}), r"name an element: rate\[a\], rate\[b\]"),
        (Runs({"delay time": [1.0, 2.0], "initial stock": [1.0] * 3}), "do not fit together"),
        (Runs({}, {"effect": [1.0, 2.0]}), "lookup of 3 points"),
        (Runs({}, {"efect": [1.0, 2.0, 3.0]}), "did you mean 'effect'"),
        (Runs({"delay time": [[1.0]]}), "shape"),
        (Runs({"TIME STEP": [0.1, 0.2]}), "same in all runs"),
    ],
)
def test_wrong_inputs_are_refused_in_words(decay: Model, runs: Runs, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        run(decay, runs)


def test_wrong_times_and_columns_are_refused(decay: Model) -> None:
    with pytest.raises(ModelError, match="no step of this run"):
        run(decay, times=[0.3])
    with pytest.raises(ModelError, match="did you mean 'stock'"):
        run(decay, columns=["stok"])


def test_order_of_a_delay_cannot_be_set_by_a_run() -> None:
    model = load(FOLDER / "smooth.mdl")
    run(model, Runs({"order": 4.0}))
    with pytest.raises(ModelError, match="order of a delay"):
        run(model, Runs({"order": 5.0}))


def test_frames(decay: Model) -> None:
    out = run(decay, Runs({"delay time": [3.0, 4.0]}), columns=["stock", "rate[a]"], times=[0, 10])
    wide = out.frame(1)
    assert list(wide.columns) == ["stock", "rate[a]"] and wide.index.name == "time"
    tidy = out.tidy()
    assert len(tidy) == 8
    row = tidy[(tidy["run"] == 1) & (tidy["time"] == 10) & (tidy["variable"] == "stock")]
    assert row["value"].item() == out["stock"][1, 1]
    assert row["unit"].item() == "wanyuan"


def test_models_and_states_travel_between_processes() -> None:
    model = load(FOLDER / "delay.mdl")
    whole = run(model, Runs({"steady time": [1.0, 2.0]}), keep_state_at=4.0)
    other, start = pickle.loads(pickle.dumps((model, whole.state)))
    rest = run(other, Runs({"steady time": [1.0, 2.0]}, start=start))
    assert np.array_equal(rest.data, whole.data[:, whole.times >= 4.0])


@pytest.mark.parametrize("count", [0, -1])
def test_blocks_pieces_and_workers_are_at_least_one(decay: Model, count: int) -> None:
    values, lookups = _inputs(4)
    with pytest.raises(ModelError, match="is not 1 or more"):
        run(decay, Runs(values, lookups), kernel="numpy", block=count)
    with pytest.raises(ModelError, match="is not 1 or more"):
        run(decay, Runs(values, lookups), workers=count)
    with pytest.raises(ModelError, match="is not 1 or more"):
        list(stream(decay, Runs(values, lookups), piece=count))


def test_a_kernel_that_is_none_is_refused(decay: Model) -> None:
    with pytest.raises(ModelError, match="auto, numpy, fused"):
        run(decay, kernel="numba")  # type: ignore[arg-type]


def test_an_input_under_two_spellings_is_refused(decay: Model) -> None:
    with pytest.raises(ModelError, match="given twice"):
        run(decay, Runs({"delay time": 2.0, "Delay_Time": 3.0}))
    with pytest.raises(ModelError, match="given twice"):
        run(decay, Runs(lookups={"effect": [1.0, 1.0, 1.0], "EFFECT": [2.0, 2.0, 2.0]}))

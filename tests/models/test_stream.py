"""Streams: the same numbers in any pieces, bounded memory, whole or not at all, and going on."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models import (
    Interrupted,
    Model,
    ModelError,
    Runs,
    Trajectories,
    load,
    run,
    run_to_parquet,
    runs_from_parquet,
    runs_from_table,
    stream,
)
from models.pieces import taken

FOLDER = Path(__file__).parent / "mdl"
KEPT = ["stock", "later", "delay time"]


@pytest.fixture(scope="module")
def decay(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load(FOLDER / "decay.mdl")


def inputs(n: int, seed: int = 7) -> Runs:
    random = np.random.default_rng(seed)
    values = {"Initial_Stock": random.uniform(1, 6, n), "delay time": random.uniform(2, 5, n)}
    return Runs({**values, "rate[b]": 1.5}, {"effect": random.uniform(0.5, 2, (n, 3))})


def sample(batches: int, n: int = 10, seed: int = 7) -> Iterator[Runs]:
    for number in range(batches):
        yield inputs(n, seed + number)


@pytest.mark.parametrize("piece", [1, 3, 10, 23, 1000])
def test_pieces_change_nothing(decay: Model, piece: int) -> None:
    whole = run(decay, inputs(23), columns=KEPT)
    parts = list(stream(decay, inputs(23), columns=KEPT, piece=piece))
    assert max(map(len, parts)) == min(piece, 23)
    assert np.array_equal(np.concatenate([part.data for part in parts]), whole.data)


def test_a_stream_goes_on_from_states(decay: Model) -> None:
    whole = run(decay, inputs(9), keep_state_at=5.0)
    later = Runs(inputs(9).values, inputs(9).lookups, whole.state)
    parts = list(stream(decay, later, piece=4))
    joined = np.concatenate([part.data for part in parts])
    assert np.array_equal(joined, whole.data[:, whole.times >= 5.0])


def test_batches_come_one_at_a_time(decay: Model) -> None:
    drawn = []

    def sampled() -> Iterator[Runs]:
        for number in range(5):
            drawn.append(number)
            yield inputs(4, number)

    told: list[tuple[int, int | None]] = []
    out = stream(decay, sampled(), total=20, progress=lambda *now: told.append(now))
    assert len(next(out)) == 4 and drawn == [0] and told == []
    next(out)
    assert drawn == [0, 1] and told == [(4, 20)]
    assert len(list(out)) == 3 and told[-1] == (20, 20)


def peak(decay: Model, batches: int) -> int:
    """The most memory that a stream of so many batches takes beyond what was there before."""
    tracemalloc.start()
    try:
        for out in stream(decay, sample(batches, 200), columns=["stock"], piece=100):
            assert out.data.shape == (100, 81, 1)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_runs(decay: Model) -> None:
    peak(decay, 2)
    assert peak(decay, 30) < 1.2 * peak(decay, 3)


# -- Parquet ----------------------------------------------------------------------------


def table_of(path: Path) -> dict[str, np.ndarray]:
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pd.read_parquet(path)
    return {name: np.array(frame[name].tolist()) for name in frame.columns}


def test_a_dataset_is_tidy_and_typed(decay: Model, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    told: list[tuple[int, int | None]] = []
    path = tmp_path / "out.parquet"
    made = run_to_parquet(
        decay,
        inputs(23),
        path,
        columns=KEPT,
        times=[0, 2.5, 10],
        piece=8,
        progress=lambda *now: told.append(now),
    )
    assert made == 23 and told == [(8, 23), (16, 23), (23, 23)]
    schema = parquet.read_table(path).schema
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types == {
        "run": "int64",
        "time": "double",
        **dict.fromkeys([*KEPT, "initial stock", "rate[b]"], "double"),
        "effect": "list<element: double>",
    }
    assert schema.field("stock").metadata == {b"role": b"outcome", b"unit": b"wanyuan"}
    assert schema.field("delay time").metadata == {b"role": b"outcome input", b"unit": b"year"}
    rows = table_of(path)
    whole = run(decay, inputs(23), columns=KEPT, times=[0, 2.5, 10])
    assert np.array_equal(rows["run"], np.repeat(np.arange(23), 3))
    assert np.array_equal(rows["time"], np.tile([0, 2.5, 10], 23))
    for name in KEPT:
        assert np.array_equal(rows[name], whole[name].reshape(-1))
    given = inputs(23)
    assert np.array_equal(rows["initial stock"], np.repeat(given.values["Initial_Stock"], 3))
    assert np.array_equal(rows["effect"], np.repeat(given.lookups["effect"], 3, axis=0))
    assert [item.name for item in tmp_path.iterdir()] == ["out.parquet"]


def test_rows_run_again(decay: Model, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "out"
    run_to_parquet(decay, sample(3), path, columns=["stock"], piece=4)
    again = run(decay, runs_from_parquet(decay, path, [27, 3]), columns=["stock"])
    rows = table_of(path)
    for place, number in enumerate((27, 3)):
        assert np.array_equal(again["stock"][place], rows["stock"][rows["run"] == number])
    with pytest.raises(ModelError, match="has no run 30"):
        runs_from_parquet(decay, path, [30])
    with pytest.raises(ModelError, match="cannot be read"):
        runs_from_parquet(decay, tmp_path / "none", [0])


@pytest.mark.parametrize("piece", [1, 7, 100])
def test_pieces_change_no_row(decay: Model, tmp_path: Path, piece: int) -> None:
    run_to_parquet(decay, inputs(20), tmp_path / "a", columns=KEPT, piece=9)
    run_to_parquet(decay, inputs(20), tmp_path / "b", columns=KEPT, piece=piece)
    one, other = table_of(tmp_path / "a"), table_of(tmp_path / "b")
    assert list(one) == list(other)
    for name in one:
        assert np.array_equal(one[name], other[name])


def stopped(decay: Model, path: Path, after: int, seed: int = 7) -> Interrupted:
    """The interrupt of a stream that Ctrl-C stops after so many pieces."""
    pytest.importorskip("pyarrow")
    calls = 0

    def stop(done: int, total: int | None) -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        run_to_parquet(
            decay, sample(4, seed=seed), path, columns=KEPT, piece=5, total=40, progress=stop
        )
    return caught.value


def test_an_interrupted_stream_goes_on(
    decay: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out"
    error = stopped(decay, path, 3)
    assert (error.kept, error.total) == (15, 40)
    assert "15 of 40 runs are kept" in str(error)
    assert [item.name for item in tmp_path.iterdir()] == ["out.unfinished"]
    with pytest.raises(ModelError, match="go on from it"):
        run_to_parquet(decay, sample(4), path, columns=KEPT)
    ran = []

    def counted(model: Model, runs: Runs, **options: object) -> Trajectories:
        found = run(model, runs, **options)  # type: ignore[arg-type]
        ran.append(len(found))
        return found

    monkeypatch.setattr("models.unfinished.run", counted)
    (error.folder / "runs-000000000015-5-0.tmp").write_bytes(b"half")
    assert run_to_parquet(decay, sample(4), path, columns=KEPT, resume=True) == 40
    assert ran == [5] * 5
    run_to_parquet(decay, sample(4), tmp_path / "straight", columns=KEPT)
    one, other = table_of(path), table_of(tmp_path / "straight")
    for name in other:
        assert np.array_equal(one[name], other[name])
    assert sorted(item.name for item in tmp_path.iterdir()) == ["out", "straight"]


def test_going_on_with_something_else_is_refused(decay: Model, tmp_path: Path) -> None:
    path = tmp_path / "out"
    stopped(decay, path, 2)
    with pytest.raises(ModelError, match="the same seed"):
        run_to_parquet(decay, sample(4, seed=8), path, columns=KEPT, resume=True)
    with pytest.raises(ModelError, match="other columns"):
        run_to_parquet(decay, sample(4), path, columns=["stock"], resume=True)
    with pytest.raises(ModelError, match="more runs than the 5"):
        run_to_parquet(decay, taken(inputs(10), slice(5)), path, columns=KEPT, resume=True)
    assert run_to_parquet(decay, sample(4), path, columns=KEPT, resume=True) == 40


def test_what_cannot_be_kept_leaves_nothing(decay: Model, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    state = run(decay, keep_state_at=5.0).state
    for runs, words in [
        (Runs({"delay tme": 1.0}), "did you mean 'delay time'"),
        (Runs({"delay time": 1 + 1j}), "complex"),
        (Runs(start=state), "begin at INITIAL TIME"),
    ]:
        with pytest.raises(ModelError, match=words):
            run_to_parquet(decay, runs, tmp_path / "out")
    with pytest.raises(ModelError, match="has other inputs"):
        batches = [Runs({"delay time": 1.0}), Runs({"initial stock": 1.0})]
        run_to_parquet(decay, iter(batches), tmp_path / "other")
    assert [item.name for item in tmp_path.iterdir()] == ["other.unfinished"]
    (tmp_path / "there").mkdir()
    with pytest.raises(ModelError, match="already there"):
        run_to_parquet(decay, inputs(2), tmp_path / "there")
    with pytest.raises(ModelError, match="cannot be made"):
        run_to_parquet(decay, inputs(2), tmp_path / "no" / "out")


def test_without_pyarrow_it_says_what_to_install(
    decay: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ModelError, match=r"pip install \"xieheng\[parquet\]\""):
        run_to_parquet(decay, inputs(2), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_arrow_holds_one_piece(decay: Model, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")

    def most(batches: int) -> int:
        held = []
        run_to_parquet(
            decay,
            sample(batches, 200),
            tmp_path / str(batches),
            columns=["stock"],
            progress=lambda done, total: held.append(arrow.total_allocated_bytes()),
        )
        return int(max(held))

    assert most(20) <= most(2) + (1 << 16)


def test_random_draws_come_again(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    text = "a = 1 ~~|\nnoise = a * RANDOM UNIFORM(0, 1, 3) ~~|\nx = INTEG(noise, 0) ~~|\n"
    steps = "INITIAL TIME=0~~|\nFINAL TIME=3~~|\nTIME STEP=1~~|\nSAVEPER=1~~|\n"
    (tmp_path / "noise.mdl").write_text("{UTF-8}\n" + text + steps, encoding="utf-8")
    model = load(tmp_path / "noise.mdl")
    batch = Runs({"a": np.linspace(1, 2, 9)}, seed=5)
    whole = run(model, batch, columns=["x"])
    assert len(set(whole["x"][:, -1] / np.linspace(1, 2, 9))) == 9
    run_to_parquet(model, batch, tmp_path / "out", columns=["x"], piece=2)
    again = runs_from_parquet(model, tmp_path / "out", [7, 2])
    assert again.seed == 5
    assert np.array_equal(run(model, again, columns=["x"])["x"], whole["x"][[7, 2]])
    parts = stream(model, runs_from_table(model, tmp_path / "out"), columns=["x"])
    assert np.array_equal(np.concatenate([part["x"] for part in parts]), whole["x"])
    with pytest.raises(ModelError, match="numbers of its own"):
        run_to_parquet(model, Runs({"a": [1.0, 2.0]}, numbers=3), tmp_path / "other")


@pytest.mark.parametrize("about", ["[]", "7", "{}", "{", '{"piece": null, "kernel": "numpy"}'])
def test_a_folder_that_is_no_unfinished_run(decay: Model, tmp_path: Path, about: str) -> None:
    folder = tmp_path / "out.unfinished"
    folder.mkdir()
    (folder / "_about.json").write_text(about, "utf-8")
    with pytest.raises(ModelError, match="no unfinished run"):
        run_to_parquet(decay, inputs(3), tmp_path / "out", columns=KEPT, resume=True)

"""Tables of runs: a row a run, a column a number of the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import Model, ModelError, Runs, load, run, run_to_parquet, runs_from_table
from models.run_table import count_runs

FOLDER = Path(__file__).parent / "mdl"


@pytest.fixture
def decay() -> Model:
    return load(FOLDER / "decay.mdl")


def test_rows_are_runs(decay: Model, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("run,Delay_Time,effect@5,rate[b]\n0,3,1.5,1\n1,4,2,2\n2,5,2.5,3\n", "utf-8")
    batches = list(runs_from_table(decay, path, rows=2))
    assert count_runs(path) == 3 and len(batches) == 2
    whole = Runs(
        {"delay time": [3.0, 4.0, 5.0], "rate[b]": [1.0, 2.0, 3.0]},
        {"effect": [[1, 1.5, 1.5], [1, 2, 1.5], [1, 2.5, 1.5]]},
    )
    parts = [run(decay, batch).data for batch in batches]
    assert np.array_equal(np.concatenate(parts), run(decay, whole).data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_chinese_names(tmp_path: Path, encoding: str) -> None:
    model_file = tmp_path / "m.mdl"
    text = "{UTF-8}\n速度 = 2 ~~|\n库存 = INTEG(速度, 0) ~~|\n"
    steps = "INITIAL TIME=0~~|\nFINAL TIME=1~~|\nTIME STEP=1~~|\nSAVEPER=1~~|\n"
    model_file.write_text(text + steps, encoding="utf-8")
    (tmp_path / "in.csv").write_text("速度\n3\n", encoding=encoding)
    (only,) = runs_from_table(load(model_file), tmp_path / "in.csv")
    assert np.array_equal(np.asarray(only.values["速度"]), [3.0])


def test_parquet_tables_and_datasets(decay: Model, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pandas as pd

    frame = pd.DataFrame({"delay time": [3.0, 4.0, 5.0], "effect@0": [1.0, 2.0, 3.0]})
    frame.to_parquet(tmp_path / "in.parquet")
    runs = list(runs_from_table(decay, tmp_path / "in.parquet", rows=2))
    assert count_runs(tmp_path / "in.parquet") == 3
    assert sum(len(np.asarray(batch.values["delay time"])) for batch in runs) == 3
    run_to_parquet(decay, runs, tmp_path / "out", columns=["stock"], piece=2)
    again = list(runs_from_table(decay, tmp_path / "out", rows=7))
    merged = np.concatenate([np.asarray(batch.values["delay time"]) for batch in again])
    tables = np.concatenate([np.asarray(batch.lookups["effect"]) for batch in again])
    assert np.array_equal(merged, [3, 4, 5]) and np.array_equal(tables[:, 0], [1, 2, 3])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("delay tme\n1\n", r"in.csv:1: 'delay tme': no such number\n  hint: did you mean 'delay"),
        ("stock\n1\n", "not a constant or a lookup"),
        ("effect\n1\n", "effect@0"),
        ("effect@7\n1\n", "no point at 7"),
        ("delay time,Delay Time\n1,2\n", "stands here twice"),
        ("delay time\n1\nx\n", r"in.csv:3: 'delay time': 'x' is no number"),
        ("delay time,rate[b]\n1,2\n1,\n", r"in.csv:3: 'rate\[b\]': an empty cell"),
        ("delay time\n1,2\n", "in.csv:2: 2 cells instead of 1"),
        ("run,delay time\n1,2\n", "does not count the rows from 0"),
        ("run\n0\n", "changes nothing"),
        ("delay time\n", "lists no runs"),
        ("", "is empty"),
    ],
)
def test_wrong_tables_are_refused(decay: Model, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=words):
        list(runs_from_table(decay, tmp_path / "in.csv"))


def test_all_wrong_columns_at_once(decay: Model, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("delay tme,stock,effect@7\n1,2,3\n", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        list(runs_from_table(decay, tmp_path / "in.csv"))
    assert [problem.line for problem in caught.value.problems] == [1, 1, 1]
    with pytest.raises(ModelError, match="cannot be read"):
        list(runs_from_table(decay, tmp_path / "none.csv"))


def test_lists_of_unequal_length_are_refused(decay: Model, tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    path = tmp_path / "in.parquet"
    table = pa.table({"effect": [[1.0, 2.0, 3.0], [1.0, 2.0]]})
    pytest.importorskip("pyarrow.parquet").write_table(table, path)
    with pytest.raises(ModelError, match="list of y"):
        list(runs_from_table(decay, path))

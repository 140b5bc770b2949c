"""``simulate --model``: against other results, and many runs."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scenarios.commands.simulate_asked import split
from scenarios.words import Words

from .conftest import CLI, Run

DECAY = CLI.parent / "tests" / "models" / "mdl" / "decay.mdl"


@pytest.fixture
def decay(tmp_path: Path) -> Path:
    path = tmp_path / "decay.mdl"
    path.write_bytes(DECAY.read_bytes())
    return path


def test_lists_of_names() -> None:
    assert split('a, x[p,q] ,"b, c"') == ["a", "x[p,q]", '"b, c"']
    assert split(None) is None


def test_some_columns_and_times(run: Run, tmp_path: Path, decay: Path) -> None:
    wanted = ("--columns", "Stock,inflow[b]", "--times", "0,10")
    ran = run("simulate", "--model", "decay.mdl", "--csv", "out.csv", *wanted)
    assert ran.code == 0, ran.err
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["time", "stock", "inflow[b]"] and [row[0] for row in rows[1:]] == [
        "0.0",
        "10.0",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_equal_and_different_results(run: Run, tmp_path: Path, decay: Path, language: str) -> None:
    words = Words("zh" if language == "zh" else "en")
    assert run("simulate", "--model", "decay.mdl", "--csv", "out.csv").code == 0
    against = ("simulate", "--model", "decay.mdl", "--compare", "out.csv", "--lang", language)
    ran = run(*against)
    assert (ran.code, ran.err) == (0, "")
    assert words.say("compare_results.column.ours") not in ran.out
    text = decay.read_text(encoding="utf-8").replace("delay time = 4", "delay time = 4.004")
    decay.write_text(text, encoding="utf-8")
    ran = run(*against)
    assert ran.code == 5
    assert words.say("compare_results.column.ours") in ran.out
    (row,) = (
        line.split() for line in ran.out.splitlines() if line.strip().startswith("delay time")
    )
    assert row == ["delay", "time", "0", "0", "9.99e-04", "4.004", "4"]
    assert run(*against, "--tolerance", "0.01").code == 0
    record = json.loads(run(*against, "--json").out)
    assert record["equal"] is False
    assert {item["column"] for item in record["differences"]} >= {"delay time", "stock", "seen"}


def test_another_simulator(run: Run, decay: Path) -> None:
    ran = run("simulate", "--model", "decay.mdl", "--compare", "pysd", "--json")
    assert ran.code == 0, ran.err
    record = json.loads(ran.out)
    assert record["equal"] is True and record["columns"] == 14 and record["largest"] < 1e-12


@pytest.mark.parametrize("drawn", [False, True])
def test_random_numbers_are_named_as_a_reason(
    run: Run, tmp_path: Path, decay: Path, drawn: bool
) -> None:
    value = "RANDOM UNIFORM(1, 2, 0)" if drawn else "4.004"
    text = decay.read_text(encoding="utf-8")
    assert run("simulate", "--model", "decay.mdl", "--csv", "out.csv").code == 0
    changed = text.replace("inflow[part] =", f"noise = {value} ~~|\ninflow[part] = noise *", 1)
    assert changed != text
    decay.write_text(changed, encoding="utf-8")
    ran = run("simulate", "--model", "decay.mdl", "--compare", "out.csv", "--lang", "en")
    assert ran.code == 5, ran.err
    assert ("draws random numbers" in " ".join(ran.out.split())) is drawn


def test_many_runs(run: Run, tmp_path: Path, decay: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    (tmp_path / "in.csv").write_text("delay time,effect@5\n3,2\n4,2.5\n5,3\n", encoding="utf-8")
    asked = ("simulate", "--model", "decay.mdl", "--runs", "in.csv", "--out", "out.parquet")
    ran = run(*asked, "--columns", "stock", "--times", "0,10", "--lang", "en")
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert ran.err == "written: out.parquet; runs: 3\n"
    frame = pandas.read_parquet(tmp_path / "out.parquet")
    assert list(frame.columns) == ["run", "time", "stock", "delay time", "effect"]
    assert len(frame) == 6
    ran = run(*asked, "--lang", "en")
    assert ran.code == 2 and "already there" in ran.err
    assert not list(tmp_path.glob("*.unfinished"))


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent to a process by POSIX signals")
def test_interrupted_runs_go_on(run: Run, tmp_path: Path, decay: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    many = 400_000
    rows = "\n".join(f"{3 + number / many}" for number in range(many))
    (tmp_path / "in.csv").write_text(f"delay time\n{rows}\n", encoding="utf-8")
    asked = ["simulate", "--model", "decay.mdl", "--runs", "in.csv", "--out", "out"]
    asked += ["--columns", "stock", "--times", "10", "--lang", "en"]
    with subprocess.Popen(
        [sys.executable, str(CLI), *asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stderr=subprocess.PIPE,
    ) as process:
        while process.poll() is None and len(list(tmp_path.glob("out.unfinished/runs-*"))) < 2:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert b"are kept in out.unfinished: go on with --resume" in said
    assert not (tmp_path / "out").exists()
    assert run(*asked).code == 2
    assert run(*asked, "--resume").code == 0
    frame = pandas.read_parquet(tmp_path / "out")
    assert frame["run"].tolist() == list(range(many))
    assert frame["stock"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--runs", "in.csv"), ["--runs: --runs also needs --out"]),
        (("--tolerance", "1"), ["--model: --model also needs --csv", "--tolerance: "]),
        (("--csv", "x.csv", "--resume"), ["--resume: --resume also needs --runs"]),
        (("--csv", "x.csv", "--times", "1,y"), ["--times: a number is needed, not y"]),
        (("--csv", "x.csv", "--columns", "stok"), ["decay.mdl: stok: "]),
        (("--compare", "none.csv"), ["none.csv: cannot be read"]),
        (("--compare", "in.csv"), ["in.csv: no variable of the model stands in it"]),
        (("--runs", "in.csv", "--out", "o"), ["in.csv:1: odd: no such number"]),
    ],
)
def test_wrong_options(
    run: Run, tmp_path: Path, decay: Path, arguments: tuple[str, ...], said: list[str]
) -> None:
    (tmp_path / "in.csv").write_text("odd,even\n1,2\n2,3\n", encoding="utf-8")
    before = {path.name for path in tmp_path.iterdir()}
    ran = run("simulate", "--model", "decay.mdl", *arguments, "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    lines = [line for line in ran.err.splitlines() if not line.startswith("  ")]
    for start, line in zip(said, lines, strict=False):
        assert line.startswith(start)
    assert len(lines) >= len(said)
    assert {path.name for path in tmp_path.iterdir()} == before


def test_model_options_need_a_model(run: Run) -> None:
    ran = run("simulate", "--compare", "x.csv", "--lang", "en")
    assert ran.code == 2 and ran.err.startswith("--compare: --compare also needs --model")

"""The run folder: whole or not at all, the same bytes each time, valid JSON."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios.report import Reference, Result, Yearly, fill, run_json, whole
from scenarios.report.result import PLANS
from scenarios.report.tables import split
from tests.report.made_up import PLAN_YEARS, YEARS

DESIGN_KEYS = {
    "schema_version",
    "scenario",
    "status",
    "objective",
    "bound",
    "gap_of_gain",
    "kkt_residual",
    "max_violation",
    "starts",
    "reference",
    "rules",
    "seconds",
    "seed",
    "versions",
    "files",
}


def write_model(path: Path) -> None:
    path.write_text("{UTF-8}\n", encoding="utf-8")


def write(result: Result, folder: Path) -> None:
    with whole(folder) as staging:
        (staging / "figures").mkdir()
        (staging / "figures" / "a.svg").write_text("<svg/>", encoding="utf-8")
        fill(result, staging, resolved="[scenario]\n", write_model=write_model)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_everything_is_there_and_listed(result: Result, tmp_path: Path) -> None:
    write(result, tmp_path / "runs" / "x")
    folder = tmp_path / "runs" / "x"
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert found == set(record["files"])
    assert {"plan.csv", "outcomes.csv", "run.json", "plan.mdl", "resolved.toml"} <= found
    assert [p.name for p in folder.parent.iterdir()] == ["x"], "no staging folder is left"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_nothing(
    result: Result, tmp_path: Path, error: type[BaseException]
) -> None:
    def fail(path: Path) -> None:
        raise error

    with pytest.raises(error), whole(tmp_path / "runs" / "x") as staging:
        fill(result, staging, resolved="", write_model=fail)
    assert not list(tmp_path.iterdir())


def test_a_folder_with_content_is_never_touched(result: Result, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write(result, tmp_path / "x")
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_filled(result: Result, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    write(result, tmp_path / "x")
    assert (tmp_path / "x" / "run.json").exists()


def test_the_same_run_gives_the_same_bytes(result: Result, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(result, tmp_path / name)
    for file in ("plan.csv", "outcomes.csv", "run.json", "resolved.toml"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
        assert b"\r" not in (tmp_path / "a" / file).read_bytes()


def test_the_plan_reads_back(result: Result, tmp_path: Path) -> None:
    write(result, tmp_path / "x")
    found = {
        (int(row["year"]), row["sector"], row["instrument"]): float(row["amount"])
        for row in rows(tmp_path / "x" / "plan.csv")
    }
    assert found == result.plan_money


def test_the_outcomes_read_back_exactly(result: Result, tmp_path: Path) -> None:
    write(result, tmp_path / "x")
    found = rows(tmp_path / "x" / "outcomes.csv")
    columns = result.paths["optimal"].columns
    assert len(found) == len(PLANS) * len(YEARS) * len(columns)
    by_key = {(r["plan"], r["variable"], r["sector"], int(r["year"])): r for r in found}
    for plan, path in result.paths.items():
        for column in columns:
            for year, value in zip(path.years, path[column], strict=True):
                row = by_key[(plan, *split(column), year)]
                assert float(row["value"]) == value
                assert row["unit"] == result.units[row["variable"]]


def test_run_json_holds_what_the_design_promises(result: Result) -> None:
    known = replace(result, reference=Reference("PySD 3.14.1", 3e-13))
    record = json.loads(run_json(known, ["run.json"]))
    assert set(record) >= DESIGN_KEYS
    assert {"number", "agreeing", "spread"} <= set(record["starts"])
    assert set(record["reference"]) == {"engine", "max_relative_difference"}
    for rule in record["rules"]:
        assert {"name", "bound", "value", "binding", "shadow_price", "unit"} <= set(rule)
    assert len(record["rules"]) == 4 * len(PLAN_YEARS)
    assert set(record["objective"]["parts"]) == {"balance", "farmers_income"}


def test_what_is_not_finite_becomes_null(result: Result) -> None:
    strange = replace(result.answer, kkt_residual=float("nan"), bound=float("-inf"))
    text = run_json(replace(result, answer=strange, seconds={"read": np.float64(0.5)}), [])
    record = json.loads(text, parse_constant=pytest.fail)
    assert record["kkt_residual"] is None
    assert record["bound"] is None
    assert record["seconds"]["read"] == 0.5


def test_years_are_sampled_from_any_saved_step() -> None:
    class Saved:
        times = np.arange(2020, 2023.01, 0.125)
        columns = ("a", "b")
        data = np.stack([np.arange(25.0), -np.arange(25.0)], axis=1)[None]

    path = Yearly.sampled(Saved())
    assert path.years == (2020, 2021, 2022, 2023)
    assert path["a"].tolist() == [0.0, 8.0, 16.0, 24.0]
    assert path.at("b", [2021]).tolist() == [-8.0]
    with pytest.raises(KeyError):
        path["c"]

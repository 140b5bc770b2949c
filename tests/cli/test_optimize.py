"""``optimize`` from end to end, on a county that decides two years."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from models.reference import reference_run
from scenarios.county import County
from scenarios.load import load
from scenarios.problem import problem

from .conftest import CLI, Ran, Run, run_cli

CTRL_C = getattr(signal, "CTRL_C_EVENT", signal.SIGINT)  # Windows has its own
FILES = {
    *("plan.csv", "outcomes.csv", "run.json", "plan.mdl"),
    *("resolved.toml", "past-practice.csv"),
}
SHORT = """extends = "w-county"
[scenario]
name = "short"
[plan]
first_year = 2034
judged_until = 2035
[money]
budget = "6400 万元"
[search]
starts = 2
"""


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A run for programs, in English."""
    folder = tmp_path_factory.mktemp("english")
    (folder / "short.toml").write_text(SHORT, encoding="utf-8")
    asked = ("optimize", "short", "--out", "run", "--docx", "--json", "--lang", "en")
    return folder, run_cli(folder, *asked)


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The same run for people, in Chinese on a GBK console."""
    folder = tmp_path_factory.mktemp("chinese")
    (folder / "short.toml").write_text(SHORT, encoding="utf-8")
    return folder, run_cli(folder, "optimize", "short", "--lang", "zh", encoding="gbk")


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a csv file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_run_folder_is_whole(english: tuple[Path, Ran]) -> None:
    folder, ran = english
    assert ran.code == 0, ran.err
    run = folder / "run"
    record = json.loads(ran.out)
    assert record == json.loads((run / "run.json").read_text(encoding="utf-8"))
    written = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    assert written == set(record["files"])
    assert written >= {*FILES, "result.json", "report.docx"}
    assert len([name for name in written if name.endswith(".svg")]) >= 4
    assert {path.name for path in folder.iterdir()} == {"short.toml", "run"}


def test_the_plan_keeps_every_rule_and_pysd_agrees(english: tuple[Path, Ran]) -> None:
    folder, ran = english
    record = json.loads(ran.out)
    assert record["status"] in ("certified", "bounded", "locally_optimal")
    assert record["reference"]["max_relative_difference"] < 1e-9
    plan = rows(folder / "run" / "plan.csv")
    for year in ("2034", "2035"):
        amounts = [float(row["amount"]) for row in plan if row["year"] == year]
        assert len(amounts) == 13
        assert sum(amounts) <= 6400
        productive = [
            float(row["amount"])
            for row in plan
            if row["year"] == year and row["instrument"] == "productive projects"
        ]
        assert sum(productive) >= 0.6 * sum(amounts) - 1e-6


def test_the_written_model_by_itself_gives_the_optimal_rows(english: tuple[Path, Ran]) -> None:
    folder, _ = english
    table = reference_run(str(folder / "run" / "plan.mdl"))
    outcomes = [row for row in rows(folder / "run" / "outcomes.csv") if row["plan"] == "optimal"]
    assert {int(row["year"]) for row in outcomes} >= {2034, 2035}
    years = [float(time) for time in table.index]
    for row in outcomes:
        column = row["variable"]
        if row["sector"] != "all" or column not in table:
            column = f"{column}[{row['sector']}]"
        value = float(table[column].to_numpy()[years.index(float(row["year"]))])
        assert float(row["value"]) == pytest.approx(value, rel=1e-6, abs=1e-9), row


def test_the_resolved_scenario_runs_again(english: tuple[Path, Ran]) -> None:
    folder, _ = english
    again = load(folder / "run" / "resolved.toml")
    before = load(folder / "short.toml")
    assert problem(County(again)).rows == problem(County(before)).rows


def test_the_report_made_again_is_the_same_page(english: tuple[Path, Ran]) -> None:
    folder, _ = english
    run = folder / "run"
    ran = run_cli(folder, "report", "run", "--docx", "--out", "again", "--lang", "en")
    assert ran.code == 0, ran.err
    again = folder / "again"
    assert (again / "report.html").read_bytes() == (run / "report.html").read_bytes()
    assert (again / "report.docx").stat().st_size > 0
    shutil.rmtree(again)
    ran = run_cli(folder, "report", "short.toml", "--lang", "zh")
    assert ran.code == 2 and "run.json" in ran.err and not again.exists()


def test_the_causes_of_a_variable_under_the_plan_of_a_run(english: tuple[Path, Ran]) -> None:
    folder, _ = english
    asked = ("explain", "run", "--variable", "农民人均收入", "--out", "causes", "--json")
    ran = run_cli(folder, *asked)
    assert ran.code == 0, ran.err
    (found,) = json.loads(ran.out)["variables"]
    outcomes = rows(folder / "run" / "outcomes.csv")
    for name, value in found["values"].items():
        (row,) = (
            row
            for row in outcomes
            if (row["plan"], row["variable"], row["year"]) == (name, found["variable"], "2035")
        )
        assert value == pytest.approx(float(row["value"]), rel=1e-9)
    shutil.rmtree(folder / "causes")


def test_the_run_folder_can_be_moved(english: tuple[Path, Ran], tmp_path: Path) -> None:
    moved = Path(shutil.copytree(english[0] / "run", tmp_path / "far" / "away"))
    again = load(moved / "resolved.toml")
    assert again.past_practice_file == (moved / "past-practice.csv").resolve()


def test_the_same_seed_gives_the_same_bytes(
    english: tuple[Path, Ran], chinese: tuple[Path, Ran]
) -> None:
    one = english[0] / "run"
    (other,) = (chinese[0] / "runs").iterdir()
    assert other.name.startswith("short-")
    for name in ("plan.csv", "outcomes.csv", "plan.mdl"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_a_chinese_console_shows_the_plan(chinese: tuple[Path, Ran]) -> None:
    _, ran = chinese
    assert ran.code == 0, ran.err
    assert "农业" in ran.out
    assert "?" not in ran.out
    assert "PySD" in ran.err


def test_rules_that_contradict_each_other(run: Run, tmp_path: Path) -> None:
    more = "[rules.productive_share]\nat_least = 0.85\n[rules.instrument_floor]\n"
    more += '"public services" = 0.3\n'
    (tmp_path / "short.toml").write_text(SHORT + more, encoding="utf-8")
    ran = run("optimize", "short", "--json", "--lang", "en")
    assert ran.code == 3
    record = json.loads(ran.out)
    assert record["status"] == "infeasible_proven"
    assert record["objective"]["value"] is None
    assert any(name.startswith("instrument_floor") for name in record["conflict"])
    assert [path.name for path in tmp_path.iterdir()] == ["short.toml"]


def test_a_folder_that_is_not_empty_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    ran = run("optimize", "--out", "mine", "--lang", "en")
    assert ran.code == 2
    assert ran.err.startswith("mine: --out: the folder exists")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_a_time_limit_saves_the_best_plan(run: Run, tmp_path: Path) -> None:
    ran = run("optimize", "--starts", "40", "--time-limit", "1", "--out", "run", "--json")
    record = json.loads(ran.out)
    assert record["stop"] == "limit"
    assert ran.code == 4, ran.err
    found = not record["status"].startswith("infeasible")  # a slow machine may find none
    assert (tmp_path / "run" / "plan.csv").exists() == found
    assert (record["objective"]["value"] is not None) == found
    assert record["conflict"] == []


def test_ctrl_c_during_the_search_saves_the_best_plan(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, str(CLI), "optimize", "--starts", "40", "--out", "run", "--lang", "en"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("searching")
    process.send_signal(CTRL_C)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130, err
    record = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert record["stop"] == "interrupted"
    assert {path.name for path in tmp_path.iterdir()} == {"run"}


def test_ctrl_c_after_the_search_saves_the_answer(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(SHORT, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(CLI), "optimize", "short", "--out", "run", "--lang", "en"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    assert process.stdout is not None
    process.stdout.readline()  # the answer is there; charts and PySD's verdict are not
    process.send_signal(CTRL_C)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130, err
    assert "without" in err
    assert "Traceback" not in err
    run = tmp_path / "run"
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert (record["stop"], record["reference"]) == ("done", None)
    written = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    assert written == set(record["files"])
    assert written >= FILES


def test_a_reader_who_leaves_does_not_lose_the_run(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(SHORT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(CLI), "optimize", "short", "--out", "run", "--lang", "en"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 0, err
    assert "the result is in run" in err
    assert (tmp_path / "run" / "run.json").exists()


def less(row: dict[str, str]) -> float:
    """Somewhat less than the amount of a row."""
    return max(0.0, float(row["amount"]) - 20.0)


def test_an_edited_plan_is_completed_and_priced(
    english: tuple[Path, Ran], run: Run, tmp_path: Path
) -> None:
    """The plan of a run, given back with two amounts changed and some lines left out."""
    (tmp_path / "short.toml").write_text(SHORT, encoding="utf-8")
    plan = rows(english[0] / "run" / "plan.csv")
    talent = [row for row in plan if row["instrument"] == "talent"]
    lines = [f"{r['year']};{r['sector']};{r['instrument']};{less(r)}" for r in talent]
    text = "\n".join(["年份;产业;手段;金额", *lines])
    (tmp_path / "edit.csv").write_text(text, encoding="utf-8-sig")
    ran = run("optimize", "short", "--fix", "edit.csv", "--out", "run", "--json")
    assert ran.code == 0, ran.err
    record = json.loads(ran.out)
    completed = rows(tmp_path / "run" / "plan.csv")
    kept = [float(row["amount"]) for row in completed if row["instrument"] == "talent"]
    assert kept == [less(row) for row in talent]
    free = json.loads(english[1].out)["objective"]["value"]
    assert record["edit"]["free_objective"] == pytest.approx(free, abs=1e-6)
    assert record["edit"]["cost"] == pytest.approx(record["objective"]["value"] - free, abs=1e-6)
    assert record["edit"]["cost"] > 0
    assert sum(group["cost"] for group in record["edit"]["groups"]) == pytest.approx(
        record["edit"]["cost"], rel=1e-6
    )


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "最接近的可行改动"), ("en", "The nearest edit")]
)
def test_an_impossible_edit_is_mended(run: Run, tmp_path: Path, lang: str, words: str) -> None:
    (tmp_path / "short.toml").write_text(SHORT, encoding="utf-8")
    text = "year,sector,instrument,amount\n2034,all,mechanism and platform,1000\n"
    (tmp_path / "edit.csv").write_text(text, encoding="utf-8")
    ran = run("optimize", "short", "--fix", "edit.csv", "--lang", lang)
    assert ran.code == 3
    assert words in ran.out and "320" in ran.out  # 5 % of 6,400
    (tmp_path / "edit.csv").write_text(text + "2050,all,roads,x\n", encoding="utf-8")
    wrong = run("optimize", "short", "--fix", "edit.csv", "--lang", lang)
    assert wrong.code == 2
    assert wrong.err.count("edit.csv:3") == 3


LIBRARY = """id,zh,en,sector,instrument,cost_1,cost_2,operator,life,gestation,needs,jobs,source
mill,磨坊,mill,industry,productive projects,900,1400,100,15,2,,80,assumption
farm,农场,farm,agriculture,productive projects,1300,700,50,15,1,,40,assumption
shop,商店,shop,services,productive projects,400,,20,10,1,,10,assumption
second-shop,二店,second shop,services,productive projects,400,,20,10,1,shop,10,assumption
"""
PROJECTS = """
[projects]
library = "library.csv"
small_budgets = { "productive projects" = 0.4 }
"""


def test_whole_projects_are_chosen_written_and_paid(tmp_path: Path) -> None:
    (tmp_path / "library.csv").write_text(LIBRARY, encoding="utf-8")
    (tmp_path / "whole.toml").write_text(SHORT + PROJECTS, encoding="utf-8")
    ran = run_cli(tmp_path, "optimize", "whole", "--out", "run", "--json", "--lang", "zh")
    assert ran.code == 0, ran.err
    record = json.loads(ran.out)
    chosen = rows(tmp_path / "run" / "projects.csv")
    told = [(p["project"], str(p["start_year"])) for p in record["projects"]["chosen"]]
    assert [(row["project"], row["start_year"]) for row in chosen] == told
    assert record["projects"]["loss_of_whole_projects"] >= 0.0
    paid: dict[tuple[str, str], float] = {}
    costs = {row["id"]: row for row in csv.DictReader(LIBRARY.splitlines())}
    for row in chosen:
        project = costs[row["project"]]
        for later, column in enumerate(("cost_1", "cost_2")):
            key = (str(int(row["start_year"]) + later), project["sector"])
            paid[key] = paid.get(key, 0.0) + float(project[column] or 0.0)
    whole: dict[str, list[float]] = {}
    for row in rows(tmp_path / "run" / "plan.csv"):
        amount = float(row["amount"])
        assert amount.is_integer()
        if row["instrument"] == "productive projects":
            least = paid.get((row["year"], row["sector"]), 0.0)
            assert amount >= least
            whole.setdefault(row["year"], []).append(amount - least)
    assert all(sum(loose) <= 0.4 * 6400.0 for loose in whole.values())
    starts = {row["project"]: int(row["start_year"]) for row in chosen}
    assert "second-shop" not in starts or starts["shop"] < starts["second-shop"]
    again = load(tmp_path / "run" / "resolved.toml")
    assert {project.plan.id for project in again.library} == set(costs)

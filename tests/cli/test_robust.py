"""``robust`` and ``pareto`` from end to end, on a plan of two years."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from .conftest import Ran, Run, run_cli
from .test_optimize import SHORT

FEW = ("--futures", "12", "--fresh", "100")


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def robust(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A robust plan for programs."""
    folder = tmp_path_factory.mktemp("robust")
    (folder / "short.toml").write_text(SHORT, encoding="utf-8")
    return folder, run_cli(folder, "robust", "short", *FEW, "--out", "run", "--json")


@pytest.fixture(scope="module")
def pareto(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A front, in Chinese."""
    folder = tmp_path_factory.mktemp("pareto")
    (folder / "short.toml").write_text(SHORT, encoding="utf-8")
    asked = ("pareto", "short", "--between", "balance,partner_gain", "--points", "5")
    return folder, run_cli(folder, *asked, "--out", "run", "--lang", "zh")


def test_a_robust_plan_is_judged_beside_the_nominal_one(robust: tuple[Path, Ran]) -> None:
    folder, ran = robust
    assert ran.code == 0, ran.err
    record = json.loads(ran.out)
    assert record == json.loads((folder / "run" / "run.json").read_text(encoding="utf-8"))
    judged = record["judged"]
    assert judged["futures"] == 100
    value = judged["value_of_the_stochastic_solution"]["aim"]
    assert value["low"] <= value["value"] <= value["high"]
    told = {"pays": value["low"] > 0.0, "costs": value["high"] < 0.0}
    assert told.get(judged["verdict"], value["low"] <= 0.0 <= value["high"])
    for plan in judged["plans"].values():
        for found in (plan["mean"], plan["cvar"], *plan["holds"].values()):
            assert found["low"] <= found["value"] <= found["high"]
        assert plan["mean"]["value"] <= plan["cvar"]["value"]
    past = judged["plans"]["past_practice"]["holds"]
    assert past["farmers_not_worse"]["value"] == past["farmers_worst_year"]["value"] == 1.0
    assert record["reference"]["max_relative_difference"] < 1e-9
    assert set(record["files"]) == {
        path.relative_to(folder / "run").as_posix()
        for path in (folder / "run").rglob("*")
        if path.is_file()
    }


def test_its_tables_tell_the_same(robust: tuple[Path, Ran]) -> None:
    folder, ran = robust
    judged = json.loads(ran.out)["judged"]["plans"]
    rows = {(r["plan"], r["measure"]): r for r in table(folder / "run" / "judgement.csv")}
    futures = table(folder / "run" / "futures.csv")
    for plan in ("nominal", "robust", "past_practice"):
        mean = float(rows[plan, "mean"]["value"])
        assert mean == judged[plan]["mean"]["value"]
        mine = [row for row in futures if row["plan"] == plan]
        assert len(mine) == 100
        assert sum(float(row["aim"]) for row in mine) / 100 == pytest.approx(mean)
        held = sum(int(row["farmers_not_worse"]) for row in mine) / 100
        assert held == pytest.approx(judged[plan]["holds"]["farmers_not_worse"]["value"])


def test_a_robust_plan_goes_where_any_plan_goes(robust: tuple[Path, Ran]) -> None:
    folder, _ = robust
    plan = str(Path("run") / "plan.csv")
    ran = run_cli(folder, "simulate", "short", "--plan", plan, "--json")
    assert ran.code == 0, ran.err
    broken = json.loads(ran.out).get("broken", [])
    about_money = ("budget", "share", "floor", "ceiling", "capacity")
    assert not [r for r in broken if any(word in r["rule"] for word in about_money)]
    ran = run_cli(folder, "compare", "run", "run", "--json", "--out", "both")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["alternatives"] == ["short", "short"]
    page = (folder / "both" / "comparison.html").read_text(encoding="utf-8")
    assert "robust plan" in page or "稳健方案" in page
    amounts = {
        (r["year"], r["sector"], r["instrument"]): float(r["amount"])
        for r in table(folder / "run" / "plan.csv")
    }
    assert amounts and all(value == round(value) for value in amounts.values())


def test_a_front_of_plans_with_prices(pareto: tuple[Path, Ran]) -> None:
    folder, ran = pareto
    assert ran.code == 0, ran.err
    assert "推荐方案" in ran.out and "目标之间的取舍" in ran.out
    record = json.loads((folder / "run" / "run.json").read_text(encoding="utf-8"))
    points = record["points"]
    assert 3 <= len(points) <= 5
    gaps = [point["values"][0] for point in points]
    gains = [point["values"][1] for point in points]
    assert gaps[0] < gaps[-1] and gains[0] < gains[-1]
    rates = [point["rates"][0] for point in points[1:-1]]
    assert all(rate is None or rate >= 0.0 for rate in rates)
    assert record["past_practice"][1] == pytest.approx(100.0)
    assert len(table(folder / "run" / "front.csv")) == len(points)
    plan = folder / "run" / points[0]["plan"]
    assert {row["sector"] for row in table(plan)} >= {"agriculture", "industry", "services"}
    page = (folder / "run" / "pareto.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pareto", "--between", "balanse,growth"), "balance"),
        (("pareto", "--between", "balance"), "two or three"),
        (("pareto", "--between", "balance,balance"), "two or three"),
        (("robust", "--futures", "3"), "10 to"),
        (("robust", "--lambda", "2", "--hold", "-1"), "--hold"),
        (("robust", "--fresh", "5"), "--fresh"),
    ],
)
def test_what_has_no_meaning_is_refused(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = run(*arguments, "--lang", "en")
    assert ran.code == 2
    assert said in ran.err
    assert not list(tmp_path.iterdir())

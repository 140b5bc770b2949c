"""Replanning: figures are read, learnt from and planned with; the folder is one to go on from."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from optimize.measures import measures
from scenarios.commands.planned import read_plans
from scenarios.commands.replan import replan
from scenarios.county import County
from scenarios.findings import FindingsError
from scenarios.plan_csv import PlanTable
from scenarios.problem import problem, response_of
from scenarios.replanning import learnt, read_observed
from scenarios.replanning.learning import with_spending
from scenarios.words import Words

FIGURES = """
[replan]
until = 2028
[spent]
share = { 2028 = 0.8 }
[exogenous]
"yield index" = { 2028 = 0.7 }
[observed."农民人均收入"]
2028 = 18000
error = 0.03
[observed."GDP of the year"]
2028 = 690000
"""


def followed(folder: Path) -> tuple[County, PlanTable]:
    ((scenario, plan),) = read_plans([str(folder)])
    assert plan is not None
    return County(scenario), plan


def file(folder: Path, text: str) -> Path:
    path = folder / "observed.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_figures_are_read_in_either_language(run_folder: Path, tmp_path: Path) -> None:
    county, plan = followed(run_folder)
    found = read_observed(county, plan, file(tmp_path, FIGURES))
    assert found.until == 2028 and found.exogenous == {"yield index": {2028: 0.7}}
    income, gdp = found.figures
    assert (income.column, income.error, income.assumed) == (
        "farmers income per head",
        540.0,
        False,
    )
    assert (gdp.column, gdp.error, gdp.assumed) == ("GDP of the year", 0.05 * 690000, True)
    for cell, amount in found.spent.items():
        assert amount == pytest.approx(plan[cell] * (0.8 if cell[0] == 2028 else 1.0))
    went = with_spending(county, found)
    lever = county.levers["all", "public services"]
    at = [round(x) for x in county.model.lookups[lever].x].index(2028)
    assert went[lever][at] == pytest.approx(0.8 * plan[2028, "all", "public services"])
    assert went[lever][at + 1] == county.past[lever][at + 1]


def test_what_is_spent_can_stand_in_a_table(run_folder: Path, tmp_path: Path) -> None:
    county, plan = followed(run_folder)
    rows = ["year,sector,instrument,amount", "2027,all,public services,500"]
    (tmp_path / "spent.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = '[replan]\nuntil = 2027\n[spent]\nfile = "spent.csv"\n'
    found = read_observed(county, plan, file(tmp_path, text))
    assert sum(found.spent.values()) == 500.0 and len(found.spent) == len(county.levers)


@pytest.mark.parametrize("until", [2027, 2029])
def test_the_template_says_nothing_until_it_is_filled_in(
    run_folder: Path, tmp_path: Path, until: int
) -> None:
    path = tmp_path / "figures.toml"
    assert replan(Words("zh"), str(run_folder), template=path, until=until) == 0
    text = path.read_text(encoding="utf-8")
    assert tomllib.loads(text)["replan"]["until"] == until and "元/人" in text
    county, plan = followed(run_folder)
    with pytest.raises(FindingsError) as caught:
        read_observed(county, plan, path)
    assert [f.reason.key for f in caught.value.findings] == ["finding.nothing_observed"]
    lines = text.splitlines()
    at = lines.index('[observed."farmers income per head"]') + 1
    lines[at] = lines[at].removeprefix("# ").partition("=")[0] + "= 20000"
    path.write_text("\n".join(lines), encoding="utf-8")
    (figure,) = read_observed(county, plan, path).figures
    assert (figure.value, figure.year) == (20000.0, 2027)


def test_all_that_is_wrong_with_the_figures_is_said_at_once(
    run_folder: Path, tmp_path: Path
) -> None:
    county, plan = followed(run_folder)
    text = (
        '[replan]\nuntil = 2028\n[spent]\nshare = { 2030 = 1.0 }\nfile = "none.csv"\n'
        '[exogenous]\n"yield index" = { 2029 = 1.0 }\n[observed."no such thing"]\n2028 = 1\n'
        '[observed."planted area"]\n2031 = 5\nerror = 2.0\n[observed."unsold produce"]\n2028 = 0\n'
        "[more]\nx = 1\n"
    )
    with pytest.raises(FindingsError) as caught:
        read_observed(county, plan, file(tmp_path, text))
    keys = {finding.key for finding in caught.value.findings}
    assert {"more", "spent.file", "spent", 'observed."no such thing"'} <= keys
    assert {'exogenous."yield index".2029', 'observed."planted area".error'} <= keys
    assert 'observed."unsold produce".2028' in keys
    for wrong in ("", "[replan]\nuntil = 2035\n", "[replan]\nuntil = 2026\n"):
        with pytest.raises(FindingsError):
            read_observed(county, plan, file(tmp_path, wrong))


def test_a_figure_moves_what_it_depends_on_towards_it(run_folder: Path, tmp_path: Path) -> None:
    county, plan = followed(run_folder)
    name = "farm gate price of the year in yuan per kg"
    text = f'[replan]\nuntil = 2028\n[observed."{name}"]\n2028 = 0.9\nerror = 0.05\n'
    known = read_observed(county, plan, file(tmp_path, text))
    found = learnt(county, problem(county), known, 400, 1)
    before, now = found.expected[0], found.now[0]
    assert abs(now[1] - 0.9) < 0.5 * abs(before[1] - 0.9)
    assert now[2] - now[0] < 0.7 * (before[2] - before[0])
    price = next(m for m in found.moved if (m.column, m.year) == ("market price index", 2028))
    assert price.shift < -0.2 and price.by.sum() < -0.2 and price.after[1] < price.before[1]
    own = county.model.lookups["market price index"]
    at = [round(x) for x in own.x].index(2028)
    assert found.numbers.series["market price index"][at] < own.y[at]
    assert 1.0 <= found.effective < 400 and found.failed == 0
    same = learnt(county, problem(county), known, 400, 1)
    assert np.array_equal(same.now, found.now) and same.numbers.values == found.numbers.values


def test_the_rest_is_planned_anew_and_the_folder_goes_on(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    observed = file(tmp_path, FIGURES)
    done = replan(Words("en"), str(run_folder), observed, futures=200, out=out, json=True)
    assert done == 0
    record = json.loads(capsys.readouterr().out)
    assert record["aim"]["new_plan"] < record["aim"]["old_plan"]
    assert record["max_violation"] < 1e-3 and record["futures"] == 200
    assert (out / "replan.html").read_text(encoding="utf-8").count("<svg") == 2
    with (out / "changes.csv").open(encoding="utf-8") as rows:
        changes = list(csv.DictReader(rows))
    assert {row["year"] for row in changes} == {str(year) for year in range(2029, 2036)}
    county, plan = followed(out)
    assert county.scenario.plan.years == tuple(range(2029, 2036))
    assert {int(year) for year, _, _ in plan} == set(county.scenario.plan.years)
    lever = county.levers["all", "public services"]
    at = [round(x) for x in county.model.lookups[lever].x].index(2028)
    _, old = followed(run_folder)
    assert county.past[lever][at] == pytest.approx(0.8 * old[2028, "all", "public services"])
    assert county.scenario.numbers.series["yield index"][at] == 0.7
    # The folder's county stands where the revision did: the same aim for the same plan.
    stated = problem(county)
    amounts = np.array([plan[d.year, d.sector, d.instrument] for d in stated.decisions])
    values = response_of(county, stated).values(amounts[None])
    reached = measures(stated, values[0]).objective(values)[0]
    assert reached == pytest.approx(record["aim"]["new_plan"], rel=1e-9)
    (tmp_path / "next").mkdir()
    text = "[replan]\nuntil = 2029\n[spent]\nshare = { 2029 = 0.9 }\n"
    again = read_observed(county, plan, file(tmp_path / "next", text))
    assert again.until == 2029 and {cell[0] for cell in again.spent} == {2029}


def test_asking_for_nothing_or_for_no_run_is_refused(run_folder: Path, tmp_path: Path) -> None:
    words = Words("en")
    refused: tuple[Callable[[], int], ...] = (
        lambda: replan(words, str(run_folder)),
        lambda: replan(words, str(tmp_path / "none"), template=tmp_path / "t.toml"),
        lambda: replan(words, str(run_folder), template=tmp_path / "t.toml", until=2035),
        lambda: replan(words, str(run_folder), tmp_path / "no.toml", out=tmp_path / "x"),
    )
    for wrong in refused:
        with pytest.raises(FindingsError):
            wrong()
    assert not (tmp_path / "x").exists()

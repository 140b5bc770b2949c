"""The project library: read, refused as a whole, laid on the county."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import load as load_model
from models.model import COUNTY
from scenarios.catalogue import catalogue
from scenarios.county import County
from scenarios.findings import Finding, FindingsError
from scenarios.levers import levers
from scenarios.load import load
from scenarios.problem import problem
from scenarios.project_csv import LibraryProject, read_library
from scenarios.resolved import resolved_text
from scenarios.words import Words

HEAD = (
    "id,zh,en,sector,instrument,cost_1,cost_2,cost_3,operator,life,gestation,"
    "earliest,latest,needs,excludes,jobs,starts,source,note\n"
)


def read(path: Path, text: str) -> tuple[tuple[LibraryProject, ...], list[Finding]]:
    path.write_text(HEAD + text, encoding="utf-8")
    return read_library(path, catalogue(COUNTY), levers(load_model().lookups))


def test_the_shipped_library_is_right_and_says_where_figures_come_from() -> None:
    scenario = load("w-county-projects")
    assert 15 <= len(scenario.library) <= 25
    ids = {project.plan.id for project in scenario.library}
    assert len(ids) == len(scenario.library)
    for project in scenario.library:
        assert project.cost > 0.0 and project.source and project.zh and project.en
        assert {*project.plan.needs, *project.plan.excludes} <= ids - {project.plan.id}


def test_a_line_in_either_language(tmp_path: Path) -> None:
    line = "mill,磨坊,mill,工业,产业项目,40,,20,5,10,1.5,2028,,,,7,2,assumption,\n"
    found, findings = read(tmp_path / "p.csv", line)
    assert not findings
    plan = found[0].plan
    assert (plan.sector, plan.instrument) == ("industry", "productive projects")
    assert plan.costs == (40.0, 0.0, 20.0) and plan.earliest == 2028 and plan.starts == 2
    assert (found[0].operator, found[0].gestation, found[0].jobs) == (5.0, 1.5, 7.0)


def test_an_english_name_is_no_duty(tmp_path: Path) -> None:
    line = "mill,磨坊,,工业,产业项目,40,,20,5,10,1.5,2028,,,,7,2,assumption,\n"
    (found,), findings = read(tmp_path / "p.csv", line)
    assert not findings and (found.zh, found.en) == ("磨坊", "磨坊")


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = (
        "a,甲,a,agriculture,talents,40,,,0,10,1,,,,,0,1,assumption,\n"
        "b,乙,b,industry,insurance subsidy,0,,,0,10,1,,,,,0,1,assumption,\n"
        "c,丙,c,industry,talent,many,,,0,10,1,next,,nobody,,0,1.5,,\n"
        "a,丁,d,industry,talent,40,,,0,10,1,,,a,,0,1,assumption,\n"
        "e,戊,e,industry,talent,40,,,-1,10,1,,,e x,,0,1,assumption,\n"
        "f,己,f,industry,talent,40\n"
    )
    _, findings = read(tmp_path / "p.csv", text)
    told = {(finding.line, finding.key, finding.reason.key) for finding in findings}
    assert told >= {
        (2, "instrument", "finding.unknown_name"),
        (3, "sector", "finding.no_lever"),
        (3, "cost_1", "finding.not_above"),
        (4, "cost_1", "finding.not_number"),
        (4, "earliest", "finding.not_whole"),
        (4, "starts", "finding.not_whole"),
        (4, "source", "finding.missing"),
        (5, "id", "finding.project_twice"),
        (6, "operator", "finding.too_small"),
        (7, "", "finding.fields"),
    }
    for language in ("zh", "en"):
        assert all(finding.words(Words(language)) for finding in findings)


def test_needs_name_other_projects(tmp_path: Path) -> None:
    text = (
        "a,甲,a,industry,talent,40,,,0,10,1,,,a,,0,1,assumption,\n"
        "b,乙,b,industry,talent,40,,,0,10,1,,,,c,0,1,assumption,\n"
    )
    _, findings = read(tmp_path / "p.csv", text)
    assert [(f.line, f.key, f.reason.key) for f in findings] == [
        (2, "needs", "finding.project_itself"),
        (3, "excludes", "finding.unknown_project"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('leave_out = ["oat-parc"]', "finding.unknown_project"),
        ("small_budgets = { talents = 0.1 }", "finding.unknown_instrument"),
        ("small_budgets = { talent = 2 }", "finding.too_large"),
        ('library = "none.csv"', "finding.no_such_file"),
        ("of = 1", "finding.unknown_key"),
    ],
)
def test_wrong_settings(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'extends = "w-county-projects"\n[projects]\n{text}\n', encoding="utf-8")
    with pytest.raises(FindingsError) as raised:
        load(file)
    assert [finding.reason.key for finding in raised.value.findings] == [reason]


def test_left_out_and_switched_off(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    lines = 'extends = "w-county-projects"\n[projects]\nleave_out = ["feed-mill"]\n'
    file.write_text(lines, encoding="utf-8")
    one = load(file)
    assert "feed-mill" not in {project.plan.id for project in one.library}
    groups = {choice.group for choice in problem(County(one)).choices}
    assert groups == {project.plan.id for project in one.library}
    file.write_text(lines + "on = false\n", encoding="utf-8")
    assert problem(County(load(file))).choices == ()


def test_the_resolved_scenario_has_the_same_library(tmp_path: Path) -> None:
    scenario = load("w-county-projects")
    file = tmp_path / "again.toml"
    file.write_text(resolved_text(scenario, tmp_path), encoding="utf-8")
    again = load(file)
    assert again.library == scenario.library and again.projects is not None
    assert scenario.projects is not None
    assert again.projects.small_budgets == scenario.projects.small_budgets

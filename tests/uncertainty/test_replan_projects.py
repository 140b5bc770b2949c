"""Projects when the plan is made anew: what has begun stays, the others are chosen again."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest

from optimize import Answer, CountyResponse, Problem, solve
from optimize.problem import Vector
from scenarios.county import County
from scenarios.findings import FindingsError
from scenarios.load import load
from scenarios.problem import problem
from scenarios.replanning import Observed, learnt, read_observed, read_starts, revised
from scenarios.replanning.page import sentences
from scenarios.replanning.projects import moves
from scenarios.replanning.revision import remaining
from scenarios.replanning.tables import starts as rows
from scenarios.words import Words

STARTS = {
    "potato-park": (2027,),  # 900, then 550
    "potato-storage": (2027, 2028),  # 420, then 180; twice is as often as it may begin
    "cold-chain": (2030,),
}
PLACE = ("agriculture", "productive projects")
FIGURES = """
[replan]
until = 2028
[started]
potato-storage = { 2028 = false }
cold-chain = { 2028 = true }
[observed."farmers income per head"]
2028 = 20000
"""


@cache
def county() -> County:
    """W County with its library, to 2031; the plan that was followed is past practice."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "short.toml"
        plan = "[plan]\nlast_year = 2031\njudged_until = 2032\n"
        file.write_text(f'extends = "w-county-projects"\n{plan}', encoding="utf-8")
        return County(load(file))


def observed(folder: Path, text: str) -> Observed:
    file = folder / "observed.toml"
    file.write_text(text, encoding="utf-8")
    return read_observed(county(), county().past_money(), file, STARTS)


def test_fates_by_hand() -> None:
    old = {"a": (2027,), "b": (2028,), "c": (2030, 2031), "d": (2029,), "e": (2032,)}
    new = {"b": (2031,), "c": (2030,), "d": (2028,), "f": (2029,), "e": (2032,)}
    found = [(m.project, m.old, m.new, m.fate) for m in moves(old, {"a": (2027,)}, new)]
    assert found == [
        ("a", 2027, 2027, "begun"),
        ("b", 2028, 2031, "put_off"),
        ("c", 2030, 2030, "kept"),
        ("c", 2031, None, "dropped"),
        ("d", 2029, 2028, "forward"),
        ("e", 2032, 2032, "kept"),
        ("f", None, 2029, "added"),
    ]


def test_what_did_not_begin_was_not_paid(tmp_path: Path) -> None:
    known, plan = observed(tmp_path, FIGURES), county().past_money()
    assert known.started == {
        "potato-park": (2027,),
        "potato-storage": (2027,),
        "cold-chain": (2028,),
    }
    assert known.spent[2028, *PLACE] == pytest.approx(plan[2028, *PLACE] - 420.0)
    (cold,) = (p.plan for p in county().scenario.library if p.plan.id == "cold-chain")
    there = (2028, cold.sector, cold.instrument)
    assert known.spent[there] == pytest.approx(plan[there] + cold.costs[0])
    # An amount that the file states is what was spent, whatever began.
    stated = FIGURES + '[spent.amount.agriculture]\n"productive projects" = { 2028 = 77 }\n'
    assert observed(tmp_path, stated).spent[2028, *PLACE] == 77.0


def test_what_has_begun_is_paid_on_and_starts_no_more(tmp_path: Path) -> None:
    known = observed(tmp_path, FIGURES)
    later = remaining(county(), 2028, county().scenario.numbers, known)
    assert later.scenario.projects is not None
    assert later.scenario.projects.begun == {
        "potato-park": [2027],
        "potato-storage": [2027],
        "cold-chain": [2028],
    }
    stated = problem(later)
    groups = {choice.group for choice in stated.choices}
    assert "potato-park" not in groups and "potato-storage" in groups
    (cold,) = (p.plan for p in county().scenario.library if p.plan.id == "cold-chain")
    due = {
        (link.year, link.subject): link.bound
        for link in stated.links
        if link.rule == "project_payments" and link.bound
    }
    assert due[2029, f"{cold.sector}: {cold.instrument}"] == cold.costs[1]


def test_too_many_starts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as caught:
        observed(tmp_path, "[replan]\nuntil = 2028\n[started]\npotato-park = { 2028 = true }\n")
    assert [f.key for f in caught.value.findings] == ["started.potato-park"]


def test_the_others_are_chosen_anew(tmp_path: Path) -> None:
    figures = FIGURES[: FIGURES.index("[started]")] + FIGURES[FIGURES.index("[observed") :]
    known, plan = observed(tmp_path, figures), county().past_money()
    found = learnt(county(), problem(county()), known, 50, 1)

    def quick(stated: Problem, response: CountyResponse, begin: Vector) -> Answer:
        return solve(stated, response, starts=1, begin=(begin,), should_stop=lambda: True)

    revision = revised(county(), plan, known, found, quick, STARTS)
    assert revision.answer.chosen is not None
    by_fate = {(m.project, m.fate) for m in revision.moves}
    assert {("potato-park", "begun"), ("potato-storage", "begun")} <= by_fate
    assert all(year > 2028 for years in revision.starts.values() for year in years)
    told = [move for move in revision.moves if move.new is not None and move.new > 2028]
    assert sorted((m.project, m.new) for m in told) == sorted(
        (id, year) for id, years in revision.starts.items() for year in years
    )
    said = " ".join(sentences(revision, known, found, Words("zh")))
    assert "已按计划开工" in said
    file = tmp_path / "projects.csv"
    listed = rows(revision.starts, county().scenario.library)
    text = "".join(f"{id},{year},{cost}\n" for id, year, cost in listed)
    file.write_text("project,start_year,cost\n" + text, encoding="utf-8")
    again, findings = read_starts(file, county().scenario.library)
    assert not findings and dict(again) == dict(revision.starts)


def test_a_table_of_starts_is_read_with_all_its_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "projects.csv"
    file.write_text("project,start_year,cost\nno-such,2027,1\ncold-chain,soon,1\n", "utf-8")
    _, findings = read_starts(file, county().scenario.library)
    assert [(f.key, f.line) for f in findings] == [("project", 2), ("start_year", 3)]

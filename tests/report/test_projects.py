"""The section on whole projects."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from optimize import Choice, Chosen, WhyNot
from optimize.projects import Project
from scenarios.language import Language
from scenarios.project_csv import LibraryProject
from scenarios.report.console import Page
from scenarios.report.project_sections import begun, projects
from scenarios.report.result import Result
from scenarios.words import Words
from tests.report.made_up import made_up_result


def with_library(result: Result) -> Result:
    """Two starts of one project and one project left out."""
    place = ("industry", "productive projects")
    park = Project("park", *place, (1500.0, 1000.0), starts=2)
    mill = Project("mill", *place, (900.0,))
    library = (
        LibraryProject(park, "协作产业园标准厂房", "factory floors of a cooperation park",
                       1000.0, 20.0, 2.0, 260.0, "assumption", ""),
        LibraryProject(mill, "磨坊", "mill", 0.0, 10.0, 1.0, 5.0, "assumption", ""),
    )  # fmt: skip
    choices = tuple(Choice(p.plan.id, year) for p in library for year in (2027, 2030))
    left = (WhyNot("mill", (0, 2), 0.01),)
    chosen = Chosen((0, 1), 0.012, 9, 80, True, result.answer.objective - 0.02, left)
    problem = replace(result.problem, choices=choices)
    answer = replace(result.answer, chosen=chosen)
    return replace(result, problem=problem, answer=answer, library=library)


@pytest.mark.parametrize(
    ("language", "name"), [("zh", "协作产业园标准厂房"), ("en", "Factory floors of a")]
)
def test_every_start_is_shown_on_a_narrow_console(language: Language, name: str) -> None:
    result = with_library(made_up_result())
    assert [(s.project.plan.id, s.year) for s in begun(result)] == [("park", 2027), ("park", 2030)]
    stream = io.StringIO()
    projects(result, Words(language)).show_section(Page(stream, 80))
    text = stream.getvalue()
    rows = [line for line in text.splitlines() if "1,500+1,000" in line]
    assert len(rows) == 2 and text.count(name) == 2
    assert all(year in text for year in ("2027", "2030"))
    assert ("磨坊" if language == "zh" else "Not chosen: Mill") in text

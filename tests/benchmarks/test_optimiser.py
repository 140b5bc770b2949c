"""The benchmark of the search: larger problems are the same county, and the table is honest."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.larger import SIZES, county, in_parts, yearly
from benchmarks.optimiser import OURS, Row, cells, findings, lost
from benchmarks.searches import PENALTY, OutOfTime, Task, Trail, slsqp
from benchmarks.table import Table
from tests.optimize.county import county_problem


def test_rules_of_parts_of_years_are_the_yearly_ones() -> None:
    problem, _ = county_problem()
    finer = in_parts(problem, 4)
    plan = problem.past_practice * np.linspace(0.5, 1.5, len(problem.decisions))
    for one, other in zip(problem.rows, finer.rows, strict=True):
        assert (one.name, one.sense, one.bound) == (other.name, other.sense, other.bound)
        if one.on == "money":
            assert math.isclose(one.value(plan), other.value(yearly(plan, 4)), rel_tol=1e-12)
    times = [decision.time for decision in finer.decisions[:4]]
    assert times == [2027.0, 2027.25, 2027.5, 2027.75]


def test_a_year_is_worth_what_its_parts_are() -> None:
    """The derivative by a year's rate is the sum of those by the rates of its parts."""
    size = 312
    problem, response = county(size)
    years, parts = SIZES[size]
    assert len(problem.decisions) == size and len({d.year for d in problem.decisions}) == years
    plan = problem.past_practice
    moves = np.repeat(np.eye(size // parts), parts, axis=1)  # all parts of one year's decision
    _, slopes = response.jacobian(plan[None])
    picked = [0, 5, 40, size // parts - 1]
    moved = response.simulate(plan + 1e-20j * moves[picked]).imag / 1e-20
    expected = slopes[0] @ moves[picked].T
    np.testing.assert_allclose(moved.T, expected, rtol=1e-9, atol=1e-12 * np.abs(expected).max())


def test_a_breach_is_charged_and_time_ends_a_search() -> None:
    problem, response = county_problem()
    task = Task(problem, response)
    kept = task.start[None]
    outcomes = response.values(kept)
    objective = float(task.measure.objective(outcomes)[0])
    breach = float(np.maximum(task.measure.excess(outcomes), 0.0).sum())
    assert math.isclose(task.charged(kept, outcomes)[0], objective + task.weight * breach)
    assert task.charged(2.0 * kept, outcomes)[0] > objective + 0.1 * task.weight / PENALTY
    trail = Trail(task, 0.0)
    try:
        slsqp(trail)
    except OutOfTime:
        pass
    else:
        raise AssertionError("the search went on")
    assert len(trail.events) == 1


def test_the_table_says_who_was_there_first() -> None:
    mine = Row(117, OURS, 2.0, 3.0, "itself", 0.0, 2.0, [(0.5, 0.6, 1.5), (1.0, 1.2, 1.0)])
    other = replace(mine, method="Powell (SciPy)", trail=[(9.0, 9.0, 1.2)], ended="time")
    better = replace(mine, method="Ipopt (CasADi)", trail=[(9.0, 9.0, 0.9)])
    assert math.isclose(lost(other, 1.0), 0.2)
    assert cells(mine, 1.0)[5] == "1 s"
    assert cells(other, 1.0)[5] == "not reached"
    assert "at most 0.0e+00" in findings([mine, other])[0]
    assert "at most 9.1e-02" in findings([mine, better])[0]
    assert "did not get there" in findings([mine, other])[1]


def test_the_page_holds_what_was_printed(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("Who is first", "As it says.", ("who", "time"), (6, 8), ["a machine"])
    table.head()
    table.add("one", "2 s")
    table.findings.append("One is.")
    table.note("Once only.")
    table.note("Once only.")
    table.tell()
    assert capsys.readouterr().out.splitlines() == [
        "who     time",
        "one     2 s",
        "- One is.",
        "- Once only.",
    ]
    lines = table.page().splitlines()
    assert lines[0] == "# Who is first"
    assert lines[lines.index("| who | time |") + 1 :][:2] == ["| --- | --- |", "| one | 2 s |"]
    assert lines.index("- One is.") < lines.index("| who | time |") < lines.index("- Once only.")

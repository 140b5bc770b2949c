"""Projects as choices and links, by hand and as text."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from optimize import Decision, Outcome, Problem
from optimize.projects import Project, possible, with_projects
from optimize.rules import constraints

GOLDEN = Path(__file__).with_name("projects.lp")
PLACES = (("agriculture", "productive projects"), ("industry", "productive projects"))
YEARS = (2027, 2028, 2029)
DECISIONS = tuple(Decision(y, s, i, f"{i}[{s}]") for y in YEARS for s, i in PLACES)
LIBRARY = (
    Project("park", "agriculture", "productive projects", (30.0, 20.0)),
    Project("mill", "industry", "productive projects", (40.0,), earliest=2028, needs=("park",)),
    Project("shop", "industry", "productive projects", (10.0,), latest=2027, excludes=("mill",)),
)


def stated() -> Problem:
    empty = Problem(DECISIONS, (Outcome("gap", 2029),), (), (), np.zeros(len(DECISIONS)))
    budgets = dict.fromkeys(YEARS, 100.0)
    return with_projects(empty, LIBRARY, {"productive projects": 0.25}, budgets)


def broken(chosen: set[str], money: dict[tuple[int, str], float]) -> set[str]:
    """The rules whose rows break when these choices are made."""
    problem = stated()
    done = {i for i, choice in enumerate(problem.choices) if choice.name in chosen}
    amounts = np.array([money.get((d.year, d.sector), 0.0) for d in problem.decisions])
    rows = [link.row(done) for link in problem.links]
    return {row.rule for row in rows if row.slack(amounts) < 0.0}


def test_starts_end_where_payments_leave_the_plan() -> None:
    assert [possible(project, YEARS) for project in LIBRARY] == [
        (2027, 2028),
        (2028, 2029),
        (2027,),
    ]


def test_links_by_hand() -> None:
    paid = {(2027, "agriculture"): 30.0, (2028, "agriculture"): 20.0, (2028, "industry"): 40.0}
    both = {"park[2027]", "mill[2028]"}
    assert broken(both, paid) == set()
    assert broken(both, {**paid, (2028, "agriculture"): 19.0}) == {"project_payments"}
    assert broken(both, {**paid, (2029, "industry"): 25.0}) == set()
    assert broken(both, {**paid, (2029, "industry"): 26.0}) == {"project_small_money"}
    # The park must have started in an earlier year than the mill.
    later = {(2028, "agriculture"): 30.0, (2029, "agriculture"): 20.0, (2028, "industry"): 40.0}
    assert broken({"park[2028]", "mill[2028]"}, later) == {"project_needs"}
    twice = {(2027, "agriculture"): 30.0, (2028, "agriculture"): 50.0, (2029, "agriculture"): 20.0}
    assert broken({"park[2027]", "park[2028]"}, twice) == {"project_starts"}
    shop = {**paid, (2027, "industry"): 10.0}
    assert broken({*both, "shop[2027]"}, shop) == {"project_exclusions"}


def test_golden_text() -> None:
    """``projects.lp`` shows the links as Pyomo writes them."""
    import pyomo.environ as pyo
    from pyomo.repn.plugins.lp_writer import LPWriter

    problem = stated()
    model = constraints.mixed_model(problem)
    money, chosen = list(model.money.values()), list(model.chosen.values())
    constraints.add_links(model, problem.links, money, chosen, np.full(len(money), 100.0))
    model.objective = pyo.Objective(expr=0.0)
    text = io.StringIO()
    LPWriter().write(model, text, symbolic_solver_labels=True)
    assert text.getvalue() == GOLDEN.read_text(encoding="utf-8")


def test_what_has_begun_is_paid_on_and_counts_as_started() -> None:
    empty = Problem(DECISIONS, (Outcome("gap", 2029),), (), (), np.zeros(len(DECISIONS)))
    budgets, small = dict.fromkeys(YEARS, 100.0), {"productive projects": 0.25}
    problem = with_projects(empty, LIBRARY, small, budgets, {"park": [2026], "shop": []})
    # The park started in 2026: its second payment is due, and the mill need not wait for it.
    assert {c.name for c in problem.choices} == {"mill[2028]", "mill[2029]", "shop[2027]"}
    assert {link.rule for link in problem.links}.isdisjoint({"project_needs"})
    rows = problem.having_chosen(()).rows
    (due,) = (row for row in rows if row.rule == "project_payments")
    assert (due.year, due.bound, due.sense) == (2027, 20.0, ">=")
    loose = {row.year: row.bound for row in rows if row.rule == "project_small_money"}
    assert loose == {2027: 45.0, 2028: 25.0, 2029: 25.0}
    # With the shop begun, too, the mill that it excludes is closed: only payments are left.
    rest = with_projects(empty, LIBRARY, small, budgets, {"park": [2026], "shop": [2026]})
    assert rest.choices == () and rest.links == ()
    assert {row.rule for row in rest.rows} == {"project_payments", "project_small_money"}


def test_a_project_that_may_start_again_has_fewer_starts_left() -> None:
    cellar = Project("cellar", "agriculture", "productive projects", (5.0,), starts=2)
    empty = Problem(DECISIONS, (Outcome("gap", 2029),), (), (), np.zeros(len(DECISIONS)))
    problem = with_projects(empty, (cellar,), {}, {}, {"cellar": [2026]})
    (starts,) = (link for link in problem.links if link.rule == "project_starts")
    assert starts.bound == 1.0 and len(problem.choices) == 3

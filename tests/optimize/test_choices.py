"""Yes-or-no choices: against all sets of them, their rows, the ends of a search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize import Answer, Link, Problem, Progress, solve
from tests.optimize.library import library, sets
from tests.optimize.test_sizes import water


def broken(problem: Problem, answer: Answer) -> list[str]:
    """Rows and links that the answer breaks, recomputed from its amounts and choices."""
    assert answer.chosen is not None
    chosen = answer.chosen.choices
    rows = [*problem.rows, *(link.row(chosen) for link in problem.links)]
    found = []
    for row in rows:
        quantities = answer.amounts if row.on == "money" else answer.outcomes
        if row.slack(quantities) < -1e-6 * max(1.0, abs(row.bound)):
            found.append(row.name)
    return found


@pytest.mark.parametrize(("projects", "starts", "seed"), [(5, 1, 0), (3, 2, 1), (3, 2, 4)])
def test_the_best_of_all_sets_is_found(projects: int, starts: int, seed: int) -> None:
    problem, response = library(projects, 3, starts, seed, worst=seed == 1)
    answer = solve(problem, response, unit=None)
    assert answer.chosen is not None
    best = min(
        (found.objective, chosen)
        for chosen in sets(problem)
        if (found := solve(problem.having_chosen(chosen), response, starts=1, unit=None)).status
        in ("locally_optimal", "feasible")
    )
    gain = answer.objective_without_money - answer.objective
    assert answer.chosen.choices == best[1]
    assert abs(answer.objective - best[0]) <= 1e-6 * gain
    assert answer.chosen.free_objective is not None
    assert answer.chosen.free_objective < answer.objective
    assert answer.status == "locally_optimal" and answer.chosen.settled
    # What is left out is as much worse as its best set is.
    for left in answer.chosen.why_not:
        members = {i for i, c in enumerate(problem.choices) if c.group == left.group}
        assert members & set(left.chosen) and not members & set(answer.chosen.choices)
        forced = solve(problem.having_chosen(left.chosen), response, starts=1, unit=None)
        assert left.loss == pytest.approx(forced.objective - answer.objective, abs=1e-3 * gain)


def test_whole_money_keeps_links_and_rules() -> None:
    problem, response = library(4, 3, 2, 2)
    answer = solve(problem, response)
    assert np.all(answer.amounts == np.round(answer.amounts))
    assert broken(problem, answer) == []
    assert answer.chosen is not None and answer.chosen.mip_gap is not None


def test_links_that_leave_no_set_are_named() -> None:
    problem, response = water(4.5)
    three = Link("at_least", {}, dict.fromkeys(range(4), 1.0), ">=", 3.0, "")
    answer = solve(replace(problem, links=(*problem.links, three)), response)
    assert answer.status == "infeasible_proven"
    assert "at_least" in answer.conflict and "total_budget" in answer.conflict


def test_a_search_cut_short_keeps_links_and_rules() -> None:
    problem, response = library(6, 4, 3, 3)
    none = solve(problem, response, time_limit=0.0)
    assert none.stop == "limit" and set(broken(problem, none)) <= {"use"}
    found: list[Progress] = []

    def hear(progress: Progress) -> None:
        if progress.phase == "choice" and progress.objective is not None:
            found.append(progress)

    some = solve(problem, response, progress=hear, should_stop=lambda: bool(found))
    assert some.stop == "interrupted" and some.status == "feasible"
    assert broken(problem, some) == []


def test_the_same_seed_gives_the_same_choices() -> None:
    problem, response = library(4, 3, 2, 5)
    one, two = solve(problem, response), solve(problem, response)
    assert one.chosen == two.chosen
    np.testing.assert_array_equal(one.amounts, two.amounts)


def test_two_hundred_projects_with_ten_starts() -> None:
    """2,000 choices, stopped by the clock: a plan that keeps everything, and its MIP's gap."""
    problem, response = library(200, 11, 10, 7, room=8.0)
    assert len(problem.choices) == 2000
    answer = solve(problem, response, starts=2, time_limit=12.0)
    assert answer.status in ("feasible", "locally_optimal") and broken(problem, answer) == []
    assert answer.chosen is not None and len(answer.chosen.choices) > 0
    assert answer.chosen.mip_gap is not None and np.isfinite(answer.chosen.mip_gap)
    assert answer.objective < answer.objective_without_money

"""Minimum sizes: the links say what the sentence says, and every plan keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from optimize import Answer, Decision, FunctionResponse, Problem, Row, rules, solve
from optimize.edit import KEPT, conflict, keeping, nearest
from optimize.projects import Project, with_projects
from optimize.rules.sizes import RULE, sizes, too_small
from scenarios.commands.plan_verdict import broken
from scenarios.words import Words
from tests.optimize.analytic import separable
from tests.optimize.small import BUDGETS, CONTEXT, DECISIONS, chosen_of

WORTH = np.array([1.0, 0.9, 0.8, 0.3])


def sized(problem: Problem, **fields: float) -> Problem:
    """``problem`` with minimum sizes."""
    context = rules.RuleContext(problem.decisions, problem.outcomes, np.zeros(1))
    return rules.with_choices(problem, {RULE: fields}, context)


def water(least: float, worth: np.ndarray = WORTH) -> tuple[Problem, FunctionResponse]:
    """Water filling with 10 to share out, where an amount is 0 or at least ``least``."""
    problem, response = separable(worth, 10.0)
    return sized(problem, at_least=least), response


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(
    fields=st.fixed_dictionaries(
        {"at_least": st.integers(0, 30)},
        optional={"productive projects": st.integers(0, 60), "talent": st.integers(0, 20)},
    ),
    amounts=st.tuples(*(st.one_of(st.just(0), st.integers(0, 60)) for _ in DECISIONS)),
)
def test_links_say_what_the_sentence_says(
    fields: Mapping[str, int], amounts: tuple[int, ...]
) -> None:
    """Some choices keep all links exactly when every amount is nothing or at least its size."""
    problem = chosen_of({RULE: fields})
    least = [fields.get(d.instrument, fields["at_least"]) for d in DECISIONS]
    true = all(a == 0 or a >= size for a, size in zip(amounts, least, strict=True))
    money = np.array(amounts, dtype=float)

    def kept(number: int) -> bool:
        links = [k for k in problem.links if number in (k.unless, *k.choices)]
        return any(
            all(k.unless in done or k.row(done).slack(money) >= 0.0 for k in links)
            for done in ((), (number,))
        )

    assert all(kept(number) for number in range(len(problem.choices))) == true
    assert (len(too_small(problem, money)) == 0) == true


def test_an_instrument_that_is_not_there_is_refused() -> None:
    with pytest.raises(rules.RuleError) as caught:
        chosen_of({RULE: {"roads": 5}})
    assert (caught.value.rule, caught.value.field) == (RULE, "roads")
    with pytest.raises(rules.RuleError, match="unexpected keyword"):
        rules.build({"yearly_budget": {"roads": 5}}, CONTEXT)
    assert chosen_of({RULE: {"on": False}}).choices == ()


def obeys(answer: Answer, problem: Problem) -> bool:
    """Whether every amount is nothing or at least its size, and the rows about it hold."""
    some = [row for _, row in sizes(problem)]
    return all(
        row.value(answer.amounts) == 0.0 or row.slack(answer.amounts) >= -1e-9 for row in some
    )


@settings(max_examples=6, deadline=None, database=None, derandomize=True)
@given(
    worth=st.lists(st.integers(1, 20), min_size=3, max_size=4),
    least=st.integers(1, 11),
    whole=st.booleans(),
)
def test_the_plan_obeys_and_no_set_of_choices_is_better(
    worth: list[int], least: int, whole: bool
) -> None:
    assume(len(set(worth)) == len(worth))
    problem, response = water(least, np.array(worth) / 10.0)
    answer = solve(problem, response, unit=1.0 if whole else None, starts=3)
    assert obeys(answer, problem) and answer.chosen is not None
    best = min(
        found.objective
        for flags in product((False, True), repeat=len(worth))
        if not (
            found := solve(
                problem.having_chosen({i for i, flag in enumerate(flags) if flag}),
                response,
                unit=None,
                starts=2,
            )
        ).status.startswith("infeasible")
    )
    gain = answer.objective_without_money - best
    assert answer.objective >= best - 1e-6 * abs(gain)
    if not whole:
        assert answer.objective <= best + 1e-4 * abs(gain)


def test_two_amounts_of_worth_are_level_at_the_margin() -> None:
    """Two amounts of 4.5 or more fit into 10: the two of most worth."""
    problem, response = water(4.5)
    answer = solve(problem, response, unit=None)
    assert answer.chosen is not None and answer.chosen.choices == (0, 1)
    np.testing.assert_allclose(
        answer.amounts, [(10 * 1.0 + 0.1) / 1.9, (10 * 0.9 - 0.1) / 1.9, 0.0, 0.0], atol=1e-4
    )
    (third,) = (r for r in answer.rules if r.row.subject == "services: talent = 0")
    # The first 10,000 yuan there would be worth 0.8, and costs what it is worth elsewhere.
    assert third.shadow_price == pytest.approx(0.8 - 1.9 / 12.0, rel=1e-3)


def test_a_rule_that_asks_for_less_than_the_size_is_in_conflict_with_it() -> None:
    """Ten at most, of which all four get some: no size above 2.5 can be kept."""
    problem, response = water(3.0)
    floors = tuple(
        Row("floor", "money", {i: 1.0}, ">=", 1.0, "wanyuan", subject=str(i)) for i in range(4)
    )
    answer = solve(replace(problem, rows=(*problem.rows, *floors)), response)
    assert answer.status == "infeasible_proven"
    assert {name.split("[")[0] for name in answer.conflict} == {"floor", RULE, "total_budget"}
    alone = {r.gives[0].row.rule: r.gives for r in answer.repairs if r.way == "alone"}
    # The budget rises to 12, or one size falls by 2, from what a floor asks for.
    assert sum(give.by for give in alone["total_budget"]) == pytest.approx(2.0)
    assert sum(give.by for give in alone[RULE]) == pytest.approx(2.0)
    assert alone[RULE][0].row.bound == 3.0


def test_an_amount_kept_below_its_size_is_named_and_mended() -> None:
    problem, response = water(3.0)
    free = solve(problem, response, unit=None)
    kept = {3: 1.0, 0: 4.0}
    answer = solve(keeping(problem, kept), response)
    assert answer.status == "infeasible_proven"
    named = {row.rule for row in conflict(problem, kept)}
    assert named == {KEPT, RULE}
    plan = nearest(problem, response, kept, free.continuous)
    assert plan[0] == pytest.approx(4.0) and plan[3] == pytest.approx(0.0)
    more = nearest(problem, response, {3: 2.5, 0: 4.0}, free.continuous)
    assert more[3] == pytest.approx(3.0) and more[0] == pytest.approx(4.0)


def test_beside_whole_projects_the_rule_is_about_the_money_beyond_them() -> None:
    place = ("agriculture", "productive projects")
    decisions = tuple(Decision(year, *place, "lever") for year in (2027, 2028))
    empty = Problem(decisions, (), (), (), np.zeros(2))
    library = (Project("park", *place, (30.0, 20.0)),)
    budgets = {2027: 100.0, 2028: 100.0}
    context = rules.RuleContext(decisions, (), np.zeros(0), budgets=budgets)
    stated = with_projects(empty, library, {"productive projects": 0.25}, budgets)
    problem = rules.with_choices(stated, {RULE: {"at_least": 10.0}}, context)
    assert [choice.name for choice in problem.choices] == [
        "park[2027]",
        "agriculture: productive projects[2027]",
        "agriculture: productive projects[2028]",
    ]

    def breaks(chosen: set[int], *amounts: float) -> set[str]:
        rows = problem.having_chosen(chosen).rows
        return {row.rule for row in rows if row.slack(np.array(amounts)) < 0.0}

    assert breaks({0}, 30.0, 20.0) == set()  # smaller than 10 beyond the park: nothing
    assert breaks({0}, 35.0, 20.0) == {RULE}
    assert breaks({0, 1}, 35.0, 20.0) == {RULE}
    assert breaks({0, 1}, 40.0, 20.0) == set()
    assert breaks({0, 1}, 60.0, 20.0) == {"project_small_money"}
    assert too_small(problem, np.array([35.0, 20.0])) == ()


def test_what_projects_under_way_are_paid_is_no_size_of_its_own() -> None:
    place = ("agriculture", "productive projects")
    decisions = tuple(Decision(year, *place, "lever") for year in (2027, 2028))
    empty = Problem(decisions, (), (), (), np.zeros(2))
    library = (Project("park", *place, (30.0, 20.0)),)
    context = rules.RuleContext(decisions, (), np.zeros(0))
    stated = with_projects(empty, library, {}, {}, {"park": [2026]})
    problem = rules.with_choices(stated, {RULE: {"at_least": 10.0}}, context)

    def breaks(chosen: set[int], *amounts: float) -> set[str]:
        rows = problem.having_chosen(chosen).rows
        return {row.rule for row in rows if row.slack(np.array(amounts)) < 0.0}

    assert breaks(set(), 20.0, 0.0) == set()  # the park's second payment, and nothing beyond
    assert "project_payments" in breaks(set(), 0.0, 0.0)
    assert breaks({0}, 25.0, 0.0) == {RULE} and breaks({0}, 30.0, 0.0) == set()
    assert too_small(problem, np.array([25.0, 0.0])) == ()


def test_a_row_of_every_plan_year() -> None:
    problem = chosen_of({RULE: {"at_least": 5}})
    assert len(problem.choices) == len(DECISIONS)
    assert {link.year for link in problem.links} == set(BUDGETS)
    assert len({link.name for link in problem.links}) == len(problem.links)


def test_a_plan_by_hand_below_the_size_is_told() -> None:
    problem, _ = water(3.0)
    (group,) = broken(problem, np.array([4.0, 0.0, 3.0, 1.0]), np.zeros(1))
    assert [row.rule for row in group.rows] == [RULE] and group.amounts == (2.0,)
    assert "最低规模" in group.line(Words("zh")) and "2 万元" in group.line(Words("zh"))

"""Reality Checks: what passes, what fails and when, what is refused; those of the county."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from models import ModelError, load, run
from models.checks import check_model
from models.model import COUNTY
from models.reality import Verdict, check_reality, checks_beside
from models.reference import largest_relative_difference, reference_run

FACTORY = """r: a, b ~~|
workers = INTEG(hiring - quits, 100) ~ person ~ |
hiring = 5 ~ person/year ~ |
quits = workers / stay ~ person/year ~ |
stay = 10 ~ year ~ |
production = workers * productivity ~ thing/year ~ |
productivity = 2 ~ thing/person/year ~ |
store = INTEG(production - 150, 10) ~ thing ~ |
curve((0,0),(10,5)) ~ Dmnl ~ |
read = curve(Time / year) ~ Dmnl ~ |
year = 1 ~ year ~ |
twice[r] = productivity * 2 ~ thing/person/year ~ |
"""
Judge = Callable[[str], list[Verdict]]


@pytest.fixture
def judge(write: Callable[..., Path]) -> Judge:
    """Verdicts on statements about a small factory."""
    return lambda text: list(check_reality(load(write(FACTORY + text))))


@pytest.mark.parametrize(
    ("statement", "asked"),
    [
        (":THE CONDITION: workers = 0 :IMPLIES: production = 0", 33),
        (":THE CONDITION: 0 = workers :implies: production = 0", 33),
        (":THE CONDITION: Time >= 2 :IMPLIES: store > 50", 25),
        (":THE CONDITION: workers < 50 :AND: Time > 3 :IMPLIES: production <= 100", 20),
        (":THE CONDITION: hiring = quits :OR: hiring = 2 * quits :IMPLIES: workers >= 100", 66),
        (":THE CONDITION: :NOT: (workers > 40 :OR: Time < 1) :IMPLIES: production <= 80", 29),
        (":THE CONDITION: curve = 3 :IMPLIES: read = 3", 33),
        (":THE CONDITION: productivity = 2 * productivity :IMPLIES: twice[a] = 8", 33),
        (":THE CONDITION: workers <= 1e9 :IMPLIES: workers = INITIAL(workers) :OR: Time > 0", 33),
        (":THE CONDITION: production = RC STEP(production, 0) :IMPLIES: store <= 22.5", 32),
        (
            ":THE CONDITION: stay = RC STEP(stay, 0.1, 2) "
            ":IMPLIES: workers <= RC STEP CHECK(0, workers, 1, 2)",
            25,
        ),
        (
            ":THE CONDITION: hiring = RC STEP(hiring, 9, 2, 1) "
            ":IMPLIES: workers >= RC COMPARE CHECK('base', workers, 0, 1)",
            25,
        ),
        (":THE CONDITION: hiring = RC COMPARE('base', hiring, 2) :IMPLIES: hiring = 10", 32),
    ],
)
def test_what_holds_passes(judge: Judge, statement: str, asked: int) -> None:
    (verdict,) = judge(f"claim {statement} ~~|\n")
    assert (verdict.outcome, verdict.asked) == ("passed", asked), str(verdict)


def test_a_failure_says_when_and_by_how_much(judge: Judge) -> None:
    (verdict,) = judge(
        "claim :THE CONDITION: workers = 0 :IMPLIES: production = 0 :AND: store >= 0 ~~|\n"
    )
    assert (verdict.outcome, verdict.time) == ("failed", 0.25)
    assert (verdict.left, verdict.right) == (10 - 150 * 0.25, 0.0)
    assert verdict.comparison == "store >= 0"
    assert verdict.line == 2 + FACTORY.count("\n")


def test_a_condition_that_never_comes_is_not_a_pass(judge: Judge) -> None:
    (verdict,) = judge("claim :THE CONDITION: Time > 99 :IMPLIES: workers = 7 ~~|\n")
    assert (verdict.outcome, verdict.asked) == ("not triggered", 0)


def test_test_inputs_and_subscripts(judge: Judge) -> None:
    verdicts = judge(
        "idle :TEST INPUT: productivity = RC STEP(productivity, 0) ~~|\n"
        "slow[r] :TEST INPUT: twice[r] = 1 ~~|\n"
        "one[r] :THE CONDITION: idle :IMPLIES: twice[r] = 0 ~~|\n"
        "two[r] :THE CONDITION: slow[r] :IMPLIES: twice[a] + twice[b] = 5 ~~|\n"
        "three :THE CONDITION: slow[a] :AND: slow[b] :IMPLIES: SUM(twice[r!]) = 3 ~~|\n"
    )
    assert [(item.name, item.outcome) for item in verdicts] == [
        ("one[a]", "passed"),
        ("one[b]", "passed"),
        ("two[a]", "passed"),
        ("two[b]", "passed"),
        ("three", "failed"),
    ]
    assert (verdicts[-1].left, verdicts[-1].right) == (2.0, 3.0)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("RC STEP(productivity, 0.5, 2, 3)", lambda s: 1.0),
        ("RC RAMP(productivity, 3, 4, 2, 3)", lambda s: 2 * (3 * s / 4 + 1 - s / 4)),
        ("RC DECAY(productivity, 2, 2, 3)", lambda s: 2 * math.exp(-s / 2)),
        ("RC GROW(productivity, 0.1, 2, 3)", lambda s: 2 * math.exp(0.1 * s)),
        ("RC COMPARE('base', productivity, 4, 2, 3)", lambda s: 8.0),
    ],
)
def test_trajectories_of_the_rc_functions(
    judge: Judge, call: str, expected: Callable[[float], float]
) -> None:
    """Two years of the normal value, three of the new one, then the normal one again."""
    for time in (0.0, 1.75, 2.0, 3.0, 4.75, 5.0, 8.0):
        value = expected(time - 2) if 2 <= time < 5 else 2.0
        text = f"claim :THE CONDITION: productivity = {call} :AND: Time = {time} :IMPLIES: "
        (verdict,) = judge(f"{text} productivity = {value!r} ~~|\n")
        # The consequence is asked for from the start of the trajectory on, not before.
        assert verdict.outcome == ("passed" if time >= 2 else "not triggered"), (time, verdict)


def test_the_start_is_rc_start_time_where_the_model_has_one(judge: Judge) -> None:
    text = "claim :THE CONDITION: hiring = RC STEP(hiring, 0) :IMPLIES: workers <= 100 ~~|\n"
    assert judge(text)[0].asked == 32  # from INITIAL TIME + TIME STEP on
    assert judge("RC START TIME = 4 ~ year ~ |\n" + text)[0].asked == 17


def test_grace_asks_nothing_yet(judge: Judge) -> None:
    claim = (
        "claim :THE CONDITION: hiring = RC STEP(hiring, 0, 1) "
        ":IMPLIES: workers < RC COMPARE CHECK('base', workers, {}, 0.9, 1) ~~|\n"
    )
    assert judge(claim.format(4))[0].outcome == "passed"
    assert judge(claim.format(0))[0].outcome == "failed"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (":THE CONDITION: workers = 1 :IMPLIES: store :CROSSING: > 0", "CROSSING"),
        (":THE CONDITION: workers = 1 :IMPLIES: store > :AT LEAST ONCE: 0", "AT LEAST ONCE"),
        (":THE CONDITION: workers = 1", "one :IMPLIES:"),
        (":THE CONDITION: workers = 1 :IMPLIES: store", "made of comparisons"),
        (":THE CONDITION: workers + 1 :IMPLIES: store = 0", "comparisons and test inputs"),
        (":THE CONDITION: nobody :IMPLIES: store = 0", "no test input"),
        (":THE CONDITION: nobody = 0 :IMPLIES: store = 0", "not defined"),
        (":THE CONDITION: workers = SMOOTH(hiring, 3) :IMPLIES: store = 0", "memory"),
        (":THE CONDITION: workers = 1 :AND: workers = 2 :IMPLIES: store = 0", "two values"),
        (":THE CONDITION: quits = hiring :AND: hiring = quits :IMPLIES: store = 0", "circle"),
        (
            ":THE CONDITION: workers = RC COMPARE('old', workers, 1) :IMPLIES: store = 0",
            "not at hand",
        ),
        (":THE CONDITION: workers = RC STEP CHECK(0, workers, 1) :IMPLIES: store = 0", "belong in"),
        (":THE CONDITION: workers = RC STEP(workers) :IMPLIES: store = 0", "1 arguments"),
        (":THE CONDITION: workers = RC JUMP(workers, 1) :IMPLIES: store = 0", "no such function"),
        (":THE CONDITION: workers = 1 +* 2 :IMPLIES: store = 0", "not understood"),
    ],
)
def test_what_vensim_does_not_define_is_refused(judge: Judge, statement: str, words: str) -> None:
    (verdict,) = judge(f"claim {statement} ~~|\n")
    assert verdict.outcome == "refused" and words in verdict.reason, str(verdict)


def test_a_model_with_reality_checks_runs_as_if_it_had_none(write: Callable[..., Path]) -> None:
    plain = write(FACTORY, name="plain.mdl")
    checked = write(
        FACTORY + "no one :TEST INPUT: workers = 0 ~~|\n"
        "claim :THE CONDITION: no one :IMPLIES: production <= RC STEP CHECK(0, store, 1) ~~|\n",
        name="checked.mdl",
    )
    table = reference_run(str(checked))
    assert largest_relative_difference(table, reference_run(str(plain))) == 0.0
    assert largest_relative_difference(run(load(checked)).frame(), table) < 1e-9


def test_checks_may_stand_in_a_file_beside_the_model(write: Callable[..., Path]) -> None:
    path = write(FACTORY)
    beside = path.with_name("small-checks.mdl")
    assert checks_beside(path) is None
    beside.write_text("{UTF-8}\nc :THE CONDITION: workers = 0 :IMPLIES: quits = 0 ~~|\n", "utf-8")
    (verdict,) = check_reality(load(path))
    assert (verdict.outcome, verdict.file, verdict.line) == ("passed", str(beside), 2)
    beside.write_text("{UTF-8}\nworkers = 0 ~~|\n", "utf-8")
    with pytest.raises(ModelError, match="Reality Checks only"):
        check_reality(load(path))


def test_the_county_is_in_order() -> None:
    checks = check_model(load())
    assert [str(item) for item in checks.verdicts if item.outcome != "passed"] == []
    assert len({item.line for item in checks.verdicts}) >= 15
    assert checks.in_order and not checks.units and not checks.without_comment


@pytest.mark.parametrize(
    ("right", "wrong", "broken"),
    [
        (
            "misspending[sector] = contracting[sector] * (1 - useful share)",
            "misspending[sector] = contracting[sector]",
            "every yuan is somewhere",
        ),
        (
            "possible placements = labour cooperation money / cost of a placement",
            "possible placements = 100 + labour cooperation money / cost of a placement",
            "no labour money no placements",
        ),
        (
            "claims due = insured area * ",
            "claims due = planted area * ",
            "nobody insured no claims",
        ),
        (
            "open supply = potato production - sheltered sales",
            "open supply = potato production",
            "every tonne is somewhere",
        ),
    ],
)
def test_a_wrong_equation_breaks_a_check(
    tmp_path: Path, right: str, wrong: str, broken: str
) -> None:
    text = COUNTY.read_text(encoding="utf-8")
    assert text.count(right) == 1
    path = tmp_path / COUNTY.name
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    beside = checks_beside(COUNTY)
    assert beside is not None
    (tmp_path / beside.name).write_bytes(beside.read_bytes())
    failed = {item.name for item in check_reality(load(path)) if item.outcome == "failed"}
    assert broken in failed

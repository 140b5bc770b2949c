"""Units: their arithmetic, every rule with an equation that keeps it and one that breaks it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from models.model import COUNTY
from models.source import read
from models.units import Unit, UnitTable, unit_table
from models.units_check import UnitFinding, check_units
from models.vensim import parse

BASE = """r: a, b, c ~~|
money = 1 ~ yuan ~ |
more = 2 ~ yuan ~ |
rate = 3 ~ yuan/year ~ |
people = 4 ~ person ~ |
share = 0.5 ~ Dmnl ~ |
delay = 5 ~ year ~ |
side[r] = 6 ~ m ~ |
curve((0,0),(1,1)) ~ yuan ~ |
"""


def found_in(path: Path) -> list[UnitFinding]:
    source = read(path)
    return check_units(parse(path, source), source, path.name)


@pytest.fixture
def findings(write: Callable[..., Path]) -> Callable[[str], list[UnitFinding]]:
    """What is wrong with some equations beside those of ``BASE``."""
    return lambda text: found_in(write(BASE + text))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("wanyuan/person/year", "wanyuan/person/year"),
        ("wanyuan/(person*year)", "wanyuan/person/year"),
        ("1/year", "1/year"),
        ("percentage point", "percentage point"),
        ("m*m/s^2", "m^2/s^2"),
        ("(a/b)*(b/a)", "Dmnl"),
        ("Dmnl", "Dmnl"),
        ("dimensionless/1", "Dmnl"),
        ("Person * people", "Person^2"),
        ("m^-1*m^0.5", "1/m^0.5"),
    ],
)
def test_units_are_read(text: str, meant: str) -> None:
    assert str(unit_table("").read(text)) == meant


@pytest.mark.parametrize("text", ["a//b", "(a", "a)", "a^b", "/a", "10/year", "a*"])
def test_texts_that_are_no_units(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        UnitTable().read(text)


def test_units_multiply_like_powers() -> None:
    table = UnitTable()
    speed, time = table.read("m/s"), table.read("s")
    assert speed * time == table.read("m")
    assert speed / speed == Unit()
    assert (speed ** Fraction(2)) ** Fraction(1, 2) == speed


def test_synonyms_come_from_the_settings_of_the_file() -> None:
    settings = "///---\\\\\\\n:L\x7f<%^E!@\n22:$,Dollar,Dollars\n22:yuan,RMB\n15:0\n"
    table = unit_table("x = 1 ~ RMB ~ |\n\\\\\\---///\n" + settings)
    assert table.read("RMB/dollars") == table.read("yuan/$")
    assert table.read("person") != table.read("people")  # not listed here
    assert table.read("person") == table.read("Person")
    fresh = unit_table("")
    assert fresh.read("person") == fresh.read("People")


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("x = money + more ~ yuan ~|", "x = money + rate ~ yuan ~|", "sum"),
        ("x = money - 0 ~ yuan ~|", "x = money - 1 ~ yuan ~|", "sum"),
        ("x = 2 * money ~ yuan ~|", "x = 2 * rate ~ yuan ~|", "equation"),
        ("x = 7 ~ yuan ~|", "x = 7 * share ~ yuan ~|", "equation"),
        ("x = money / people ~ yuan/person ~|", "x = money / people ~ yuan ~|", "equation"),
        ("x = share + 1 ~ Dmnl ~|", "x = people + 1 ~ person ~|", "sum"),
        ("x = money^2 ~ yuan*yuan ~|", "x = money^2 ~ yuan ~|", "equation"),
        ("x = (money/more)^share ~ Dmnl ~|", "x = money^share ~ yuan ~|", "power"),
        ("x = share^(money/more) ~ Dmnl ~|", "x = share^money ~ Dmnl ~|", "exponent"),
        ("x = SQRT(money * more) ~ yuan ~|", "x = SQRT(money) ~ yuan ~|", "equation"),
        ("x = EXP(Time/delay) ~ Dmnl ~|", "x = EXP(Time) ~ Dmnl ~|", "argument"),
        ("x = LN(money/more) ~ Dmnl ~|", "x = LN(money) ~ Dmnl ~|", "argument"),
        ("x = MAX(0, money) ~ yuan ~|", "x = MAX(1, money) ~ yuan ~|", "argument"),
        ("x = MIN(money, more) ~ yuan ~|", "x = MIN(money, rate) ~ yuan ~|", "argument"),
        (
            "x = IF THEN ELSE(money > more, money, 0) ~ yuan ~|",
            "x = IF THEN ELSE(money > more, money, rate) ~ yuan ~|",
            "argument",
        ),
        (
            "x = IF THEN ELSE(money > 0 :AND: people < 0, 1, 2) ~ Dmnl ~|",
            "x = IF THEN ELSE(money > people, 1, 2) ~ Dmnl ~|",
            "comparison",
        ),
        ("x = INTEG(rate, money) ~ yuan ~|", "x = INTEG(money, money) ~ yuan ~|", "flow"),
        ("x = INTEG(rate, 100) ~ yuan ~|", "x = INTEG(rate, people) ~ yuan ~|", "initial"),
        ("x = SMOOTH(money, delay) ~ yuan ~|", "x = SMOOTH(money, 3) ~ yuan ~|", "argument"),
        (
            "x = DELAY3(rate, delay) ~ yuan/year ~|",
            "x = DELAY3(rate, money) ~ yuan/year ~|",
            "argument",
        ),
        (
            "x = SMOOTHI(money, delay, 9) ~ yuan ~|",
            "x = SMOOTHI(money, delay, people) ~ yuan ~|",
            "argument",
        ),
        ("x = curve(share) ~ yuan ~|", "x = curve(money) ~ yuan ~|", "lookup"),
        (
            "x = ZIDZ(money, people) ~ yuan/person ~|",
            "x = ZIDZ(money, people) ~ yuan ~|",
            "equation",
        ),
        (
            "x = XIDZ(money, people, money/people) ~ yuan/person ~|",
            "x = XIDZ(money, people, money) ~ yuan/person ~|",
            "argument",
        ),
        ("x = SUM(side[r!]) ~ m ~|", "x = SUM(side[r!]) ~ m^3 ~|", "equation"),
        ("x = PROD(side[r!]) ~ m^3 ~|", "x = PROD(side[r!]) ~ m ~|", "equation"),
        ("x = VMAX(side[r!]) ~ m ~|", "x = VMAX(side[r!]) ~ yuan ~|", "equation"),
        ("x = STEP(money, delay) ~ yuan ~|", "x = STEP(money, people) ~ yuan ~|", "argument"),
        (
            "x = RAMP(rate, delay, delay) ~ yuan ~|",
            "x = RAMP(money, delay, delay) ~ yuan ~|",
            "equation",
        ),
        ("x = PULSE(delay, delay) ~ Dmnl ~|", "x = PULSE(delay, delay) ~ yuan ~|", "equation"),
        ("x = INTEGER(money) ~ yuan ~|", "x = INTEGER(money) ~ Dmnl ~|", "equation"),
        ("x = MODULO(money, more) ~ yuan ~|", "x = MODULO(money, people) ~ yuan ~|", "argument"),
        ("x = -money ~ yuan ~|", "x = -money ~ person ~|", "equation"),
        ("x = Time - delay ~ year ~|", "x = Time - share ~ year ~|", "sum"),
        (
            "x = TREND(money, delay, 0) ~ 1/year ~|",
            "x = TREND(money, delay, 0) ~ Dmnl ~|",
            "equation",
        ),
        ("x = money ~ yuan [0,?] ~|", "x = money ~ yuan//2 ~|", "unit"),
        (
            "x = ACTIVE INITIAL(money, 5) ~ yuan ~|",
            "x = ACTIVE INITIAL(money, people) ~ yuan ~|",
            "argument",
        ),
    ],
)
def test_each_rule(
    findings: Callable[[str], list[UnitFinding]], right: str, wrong: str, rule: str
) -> None:
    assert findings(right) == []
    broken = findings(wrong)
    assert [(finding.rule, finding.variable, finding.line) for finding in broken] == [
        (rule, "x", BASE.count("\n") + 2)
    ]


def test_a_finding_names_both_sides_and_what_is_missing(
    findings: Callable[[str], list[UnitFinding]],
) -> None:
    (finding,) = findings("x =\n\tmoney * share ~ yuan/year ~|")
    assert (finding.expected, finding.found) == ("yuan/year", "yuan")
    assert (finding.part, finding.factor, finding.hint) == ("money * share", "1/year", "factor")
    (finding,) = findings("x = people + 1 ~ person ~|")
    assert (finding.part, finding.hint) == ("1", "number")


def test_one_mistake_is_one_finding(findings: Callable[[str], list[UnitFinding]]) -> None:
    assert len(findings("x = (money + people) * rate / delay ~ yuan ~|")) == 1


def test_a_variable_without_units_fits_anything(
    findings: Callable[[str], list[UnitFinding]],
) -> None:
    assert findings("y = 3 ~~|\nx = y * money + people * y ~ yuan ~|") == []


def test_the_county_is_clean_and_a_planted_error_is_found_on_its_line(tmp_path: Path) -> None:
    assert found_in(COUNTY) == []
    text = COUNTY.read_text(encoding="utf-8")
    right, wrong = (
        "potato production = planted area * potato yield",
        "potato production = planted area",
    )
    assert text.count(right) == 1
    path = tmp_path / "planted.mdl"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    (finding,) = found_in(path)
    assert finding.line == text[: text.index(right)].count("\n") + 1
    assert (finding.variable, finding.expected, finding.found) == (
        "potato production",
        "tonne/year",
        "mu",
    )


@pytest.mark.parametrize("wrong", [False, True])
def test_a_second_checker_agrees(tmp_path: Path, wrong: bool) -> None:
    """pysimlin's own unit checker; it guesses units where there are none, ours does not."""
    simlin = pytest.importorskip("simlin", reason="pysimlin has no wheel for this platform")
    text = COUNTY.read_text(encoding="utf-8")
    if wrong:
        text = text.replace("open supply = potato production", "open supply = planted area")
    path = tmp_path / "county.mdl"
    path.write_text(text, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = simlin.load(path)
        theirs = [*model.check(), *model.check_units()]
    assert bool(theirs) == bool(found_in(path)) == wrong

"""Messages are complete in both languages, and numbers read as they should."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import county
from optimize.rules import RULES
from scenarios.language import Language
from scenarios.report import fonts
from scenarios.words import (
    LANGUAGES,
    MESSAGES,
    MINUS,
    UnknownMessage,
    Words,
    messages,
    number,
    placeholders,
)

AMOUNTS = st.floats(-1e8, 1e8, allow_nan=False)
SCALE = {
    "万元": 1.0,
    "亿元": 1e4,
    "million yuan": 1e2,
    "billion yuan": 1e5,
}


def read(text: str) -> float:
    """The number that a written number stands for."""
    return float(text.replace(",", "").replace(MINUS, "-"))


def test_keys_are_sorted_unique_and_one_a_line() -> None:
    with MESSAGES.open(encoding="utf-8", newline="") as file:
        keys = [row["key"] for row in csv.DictReader(file)]
    assert keys == sorted(set(keys))
    assert len(MESSAGES.read_text(encoding="utf-8").splitlines()) == len(keys) + 1


def test_both_languages_say_the_same_things() -> None:
    for key, row in messages().items():
        assert row["zh"].strip(), key
        assert row["en"].strip(), key
        assert placeholders(row["zh"]) == placeholders(row["en"]), key


def test_chinese_fits_a_gbk_console_and_the_charts_font() -> None:
    for row in messages().values():
        row["zh"].encode("gbk")
        for text in row.values():
            fonts.check(text)


def test_every_name_of_a_variable_can_be_drawn() -> None:
    for row in county().rows.values():
        fonts.check(row.zh + row.en)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_words(rule: str, language: Language) -> None:
    words = Words(language)
    assert words.say(f"rule.{rule}.name")
    assert words.say(f"rule.{rule}.sentence", limit="60%", subject="x")


def test_an_unknown_message_is_an_error() -> None:
    with pytest.raises(UnknownMessage):
        Words("en").say("no such message")


@given(AMOUNTS, st.sampled_from(LANGUAGES))
def test_money_reads_back_to_three_figures(amount: float, language: Language) -> None:
    value, unit = Words(language).money(amount).split(" ", 1)
    assert read(value) * SCALE[unit] == pytest.approx(amount, rel=6e-3, abs=0.06)


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (0, "0 万元", "0 million yuan"),
        (12.34, "12.3 万元", "0.123 million yuan"),
        (-5900, "−5,900 万元", "−59 million yuan"),
        (9999.6, "1.00 亿元", "100 million yuan"),
        (12345, "1.23 亿元", "123 million yuan"),
        (512000, "51.2 亿元", "5.12 billion yuan"),
    ],
)
def test_money_as_offices_write_it(amount: float, zh: str, en: str) -> None:
    assert Words("zh").money(amount) == zh
    assert Words("en").money(amount) == en


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(0, 6))
def test_numbers_read_back(value: float, digits: int) -> None:
    assert read(number(value, digits)) == pytest.approx(round(value, digits), rel=1e-12)


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_signs_are_shown_when_asked_and_zero_has_none(value: float, digits: int) -> None:
    text = number(value, digits, signed=True)
    assert text.startswith("+") == (round(value, digits) > 0)
    assert text.startswith(MINUS) == (round(value, digits) < 0)


def test_what_is_no_number_is_a_dash() -> None:
    assert number(float("nan")) == number(float("inf")) == "–"


@given(st.sets(st.integers(2000, 2100), min_size=1))
def test_years_read_back(years: set[int]) -> None:
    found = set()
    for part in Words("en").years(years).split(", "):
        first, _, last = part.partition("–")
        found |= set(range(int(first), int(last or first) + 1))
    assert found == years


def test_points_of_a_small_effect_still_say_something() -> None:
    assert Words("en").points(0.3) == "0.30 percentage points"
    assert Words("zh").points(-0.00234, signed=True) == "−0.0023 个百分点"


def test_lists_in_sentences() -> None:
    assert Words("zh").listing(["农业", "工业", "服务业"]) == "农业、工业和服务业"
    assert Words("en").listing(["a", "b", "c"]) == "a, b and c"
    assert Words("en").listing([]) == ""

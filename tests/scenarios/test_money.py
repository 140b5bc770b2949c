"""Amounts of money as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.money import parse_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5500", 5500.0),
        ("5,500", 5500.0),
        ("5，500 万元", 5500.0),
        ("5500万元", 5500.0),
        ("3.5 亿元", 35000.0),
        ("  0.35 亿元 ", 3500.0),
        ("800000 元", 80.0),
        ("55 million yuan", 5500.0),
        ("0.055 billion  yuan", 5500.0),
        ("12 wanyuan", 12.0),
        ("-3 万元", -3.0),
    ],
)
def test_amounts_with_units(text: str, amount: float) -> None:
    assert parse_money(text) == amount


@pytest.mark.parametrize("text", ["", "abc", "万元", "5 dollars", "1.2.3", "5500 万", "1e3"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_money(text)


@given(st.integers(0, 10**9))
def test_whole_amounts_are_exact_in_every_unit(amount: int) -> None:
    assert parse_money(f"{amount} 万元") == amount
    assert parse_money(f"{amount * 10_000} 元") == amount
    assert parse_money(f"{amount:,}") == amount

"""Amounts of money as planners write them: a number of 10,000 yuan, or text with a unit."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

# Yuan in one unit. Without a unit a number is in 10,000 yuan.
YUAN = {
    "元": 1,
    "万元": 10**4,
    "百万元": 10**6,
    "千万元": 10**7,
    "亿元": 10**8,
    "": 10**4,
    "yuan": 1,
    "wanyuan": 10**4,
    "million yuan": 10**6,
    "billion yuan": 10**9,
}
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?%?")
AMOUNT = re.compile(r"([+-]?[0-9][0-9,]*(?:\.[0-9]+)?)\s*(.*)", re.DOTALL)


def parse_money(text: str) -> float:
    """The amount in 10,000 yuan of text such as ``"3.5 亿元"``, ``"5,500 万元"``.

    Raises:
        ValueError: no number, or a unit that is not money.
    """
    match = AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise ValueError(text)
    unit = " ".join(match[2].lower().split())
    if unit not in YUAN:
        raise ValueError(text)
    # In decimals, so that "5500 万元" is exactly 5500 and "8.63 亿元" exactly 86300.
    return float(Decimal(match[1].replace(",", "")) * YUAN[unit] / YUAN[""])


def parse_number(text: str) -> float:
    """A finite number as tables have it: ``5600``, ``5,600``, ``５６００``, ``60%``, ``1e-3``.

    Raises:
        ValueError: anything else.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    number = float(plain.removesuffix("%"))
    if not math.isfinite(number) or "_" in plain:
        raise ValueError(text)
    return float(Decimal(plain.removesuffix("%")) / 100) if plain.endswith("%") else number


def parse_amount(text: str) -> float:
    """A cell with money, in 10,000 yuan: a number, or text with a unit.

    Raises:
        ValueError: anything else.
    """
    try:
        if not text.rstrip().endswith(("%", "％")):
            return parse_number(text)
    except ValueError:
        pass
    return parse_money(text)

"""Amounts of money as planners write them: a number of 10,000 yuan, or text with a unit."""

from __future__ import annotations

import re

# Yuan in one unit. Without a unit a number is in 10,000 yuan.
YUAN = {
    "元": 1.0,
    "万元": 1e4,
    "百万元": 1e6,
    "千万元": 1e7,
    "亿元": 1e8,
    "": 1e4,
    "yuan": 1.0,
    "wanyuan": 1e4,
    "million yuan": 1e6,
    "billion yuan": 1e9,
}
AMOUNT = re.compile(r"([+-]?[0-9][0-9,，]*(?:\.[0-9]+)?)\s*(.*)", re.DOTALL)


def parse_money(text: str) -> float:
    """The amount in 10,000 yuan of text such as ``"3.5 亿元"``, ``"5,500 万元"``.

    Raises:
        ValueError: no number, or a unit that is not money.
    """
    match = AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    unit = " ".join(match[2].lower().split())
    if unit not in YUAN:
        raise ValueError(text)
    number = float(match[1].replace(",", "").replace("，", ""))
    # Whole factors one way or the other, so that "5500 万元" is exactly 5500.
    yuan = YUAN[unit]
    return number * (yuan / 1e4) if yuan >= 1e4 else number / (1e4 / yuan)

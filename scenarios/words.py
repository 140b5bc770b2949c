"""Everything a planner reads: one message table, two languages, and how numbers are written.

Sentences are rows of ``words.csv`` (``key,zh,en``); names of sectors, instruments and model
variables are rows of ``models/variables.csv``. Money comes in 10,000 yuan (万元) at constant
prices. Chinese writes it as 万元 or 亿元, as offices do; English tables use "10,000 yuan", the
unit of Chinese yearbooks, and English sentences "million yuan".
"""

from __future__ import annotations

import csv
import math
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scenarios.language import Language

LANGUAGES: tuple[Language, ...] = ("zh", "en")

MESSAGES = Path(__file__).with_name("words.csv")
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


class UnknownMessage(KeyError):
    """A key that ``words.csv`` does not have: a mistake in the program, not of the user."""


@cache
def messages() -> Mapping[str, Mapping[Language, str]]:
    """The message table: key -> language -> text."""
    with MESSAGES.open(encoding="utf-8-sig", newline="") as file:
        return {row["key"]: {"zh": row["zh"], "en": row["en"]} for row in csv.DictReader(file)}


def placeholders(template: str) -> frozenset[str]:
    """Names in braces in a message."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


@dataclass(frozen=True)
class Words:
    """Messages, names and numbers in one language."""

    language: Language

    @property
    def chinese(self) -> bool:
        """Whether this is the Chinese side of the table."""
        return self.language == "zh"

    def has(self, key: str) -> bool:
        """Whether the message table has ``key``."""
        return key in messages()

    def say(self, key: str, **values: object) -> str:
        """The message ``key`` with its placeholders filled in.

        Raises:
            UnknownMessage: the message table has no such key.
        """
        row = messages().get(key)
        if row is None:
            raise UnknownMessage(key)
        return row[self.language].format(**values)

    def name(self, identifier: str) -> str:
        """The name of a sector, instrument or model variable; the identifier if it has none."""
        from models.catalogue import label  # not at the top: --help must not load a simulator

        return label(identifier, self.language)

    def place(self, place: str) -> str:
        """What money is tied to in a sentence: a sector, or the whole county for ``all``."""
        return self.say("place.all") if place == "all" else self.name(place)

    def title(self, identifier: str) -> str:
        """The same as :meth:`name`, to stand at the head of something."""
        name = self.name(identifier)
        return name[:1].upper() + name[1:]

    def unit(self, unit: str) -> str:
        """A unit of the model, e.g. ``wanyuan``, as a reader writes it."""
        key = f"unit.{unit.strip().lower()}"
        return self.say(key) if self.has(key) else unit

    def source(self, source: str) -> str:
        """A source of ``variables.csv``, the program's own words in the reader's language."""
        for own in ("assumption", "calibrated"):
            source = source.replace(own, self.say(f"report.{own}"))
        return source

    def listing(self, items: Iterable[str]) -> str:
        """Items as a list in a sentence: 甲、乙和丙; a, b and c."""
        items = list(items)
        if len(items) < 2:
            return "".join(items)
        head = ("、" if self.chinese else ", ").join(items[:-1])
        return f"{head}{'和' if self.chinese else ' and '}{items[-1]}"

    def join(self, *sentences: str) -> str:
        """Whole sentences one after the other."""
        return ("" if self.chinese else " ").join(s for s in sentences if s)

    def money(self, amount: float, *, signed: bool = False) -> str:
        """Money of a sentence; ``amount`` in 10,000 yuan.

        Chinese: 1,234 万元, 1.23 亿元. English: 12.3 million yuan, 1.23 billion yuan.
        """
        size = abs(amount)
        if self.chinese:
            large = size >= 9999.5
            value, unit = (amount / 1e4, "亿元") if large else (amount, "万元")
            digits = min(significant(value, 3), 2 if large else 1)
        else:
            large = size >= 99_950
            value, unit = (
                (amount / 1e5, "billion yuan") if large else (amount / 1e2, "million yuan")
            )
            digits = significant(value, 3)
        digits = 0 if value == round(value) else digits
        return f"{number(value, digits, signed=signed)} {unit}"

    def points(self, value: float, *, signed: bool = False) -> str:
        """A difference of shares, given in percentage points, with the unit."""
        text = number(value, points_digits(value), signed=signed)
        one = text.strip("+" + MINUS) == "1"
        return f"{text} {'个百分点' if self.chinese else 'percentage point' + 's' * (not one)}"

    def percent(self, share: float, digits: int = 1) -> str:
        """A share (1 = all) as a percentage."""
        return f"{number(100 * share, digits)}%"

    def years(self, years: Iterable[int]) -> str:
        """Years merged into ranges: 2027–2029, 2031."""
        spans: list[list[int]] = []
        for year in sorted(set(years)):
            if spans and year == spans[-1][1] + 1:
                spans[-1][1] = year
            else:
                spans.append([year, year])
        texts = [str(a) if a == b else f"{a}{DASH}{b}" for a, b in spans]
        return ("、" if self.chinese else ", ").join(texts)


def number(value: float, digits: int = 0, *, signed: bool = False) -> str:
    """A number with thousands separators and a true minus sign; never "−0".

    ``signed`` writes the plus sign too. Not finite gives an en dash.
    """
    if not math.isfinite(value):
        return DASH
    rounded = round(value, digits) + 0.0
    text = f"{abs(rounded):,.{max(digits, 0)}f}"
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if signed and rounded > 0 else text


def significant(value: float, figures: int) -> int:
    """Decimals needed to write ``value`` with so many significant figures, 0 to 9."""
    if value == 0 or not math.isfinite(value):
        return 0
    power = int(f"{value:.{figures - 1}e}".partition("e")[2])
    return max(0, min(9, figures - 1 - power))


def points_digits(value: float) -> int:
    """Decimals for percentage points: two, more only where two would say nothing."""
    return 2 if abs(value) >= 0.095 or value == 0 else min(significant(value, 2), 5)

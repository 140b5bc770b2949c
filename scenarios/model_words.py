"""What the engine says of a model, in Chinese: its own words are English and know no language.

``model_words.csv`` has a row for every sentence of ``models``; ``{}`` stands for what it fills
in, and ``{0}``, ``{1}`` where Chinese takes another order. A test finds sentences without a row.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scenarios.findings import Message
from scenarios.words import Words

TABLE = Path(__file__).with_name("model_words.csv")
PLACE = "{}"
SHORT = 16  # letters: a form with fewer of its own fits sentences that it does not mean


@dataclass(frozen=True)
class Said(Message):
    """A sentence of the engine; ``key`` is its English."""

    def of(self, words: Words) -> str:
        """The sentence in the language of ``words``."""
        return chinese(self.key) if words.chinese else self.key


@cache
def sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    """English forms and their Chinese, those with the most letters of their own first."""
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["en"], row["zh"]) for row in csv.DictReader(file)]
    rows.sort(key=lambda row: -len(row[0].replace(PLACE, "")))
    return tuple(
        (re.compile("(.+)".join(map(re.escape, english.split(PLACE))), re.DOTALL), text)
        for english, text in rows
    )


def chinese(text: str) -> str:
    """A sentence in Chinese, and what it quotes where that is one, too; else as it is."""
    for form, translated in sentences():
        match = form.fullmatch(text)
        if match is None:
            continue
        parts = [chinese(part) for part in match.groups()]
        said = len(text) - sum(map(len, match.groups()))
        if said >= SHORT or not any(_english(part) for part in parts):
            return translated.format(*parts)
    return text


def _english(text: str) -> bool:
    """Whether this reads as a sentence and not as a name."""
    return re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", text) is not None

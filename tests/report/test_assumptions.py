"""Parameters and documents as the report lists them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenarios.language import Language
from scenarios.report import ModelFacts, Parameter, Result
from scenarios.report.assumptions import assumed, assumptions
from scenarios.report.blocks import Table
from scenarios.report.result import Source
from scenarios.words import Words

SECTORS = ("agriculture", "industry", "services")
BY_SECTOR = Parameter(
    "crowd in ratio", "Dmnl", (0.3, 1.0, 0.8), (0.1, 0.2, 0.2), (0.3, 2.0, 1.5), "M016", SECTORS
)
ALIKE = Parameter("wage gap", "Dmnl", (0.5, 0.5, 0.5), (0.1,), (0.9,), "assumption", SECTORS)
DOCUMENT = Source(
    "W015", "武川县年鉴", "武川县", "2013", ("crowd in ratio",), "Yearbook of Wuchuan"
)
NAMED = {
    "zh": ("农业 0.3；工业 1；服务业 0.8", "农业 0.1 – 0.3；工业 0.2 – 2；服务业 0.2 – 1.5"),
    "en": (
        "agriculture 0.3; industry 1; services 0.8",
        "agriculture 0.1 – 0.3; industry 0.2 – 2; services 0.2 – 1.5",
    ),
}


def rows(result: Result, words: Words, *, documents: bool) -> list[tuple[str, ...]]:
    facts = ModelFacts("county.mdl", "0f" * 32, (BY_SECTOR, ALIKE), (DOCUMENT,))
    made = (assumed if documents else assumptions)(replace(result, model=facts), words)
    (table,) = (block for block in made.content if isinstance(block, Table))
    return list(table.rows)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_numbers_stand_with_their_elements(result: Result, language: Language) -> None:
    first, second = rows(result, Words(language), documents=False)
    assert (first[2], first[3]) == NAMED[language]
    assert (second[2], second[3]) == ("0.5", "0.1 – 0.9")  # all alike: once


def test_a_chinese_document_has_both_titles_in_english(result: Result) -> None:
    for language, title in (("zh", "武川县年鉴"), ("en", "Yearbook of Wuchuan (武川县年鉴)")):
        words = Words("zh" if language == "zh" else "en")
        (row,) = rows(result, words, documents=True)
        assert row[1] == title

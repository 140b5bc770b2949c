"""Every figure says where it comes from, and the evidence it names is there."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import models
from models.catalogue import chinese_notes
from scenarios.report.assumptions import OWN

FOLDER = Path(models.__file__).parent
ROW = re.compile(r"\b[WRPKNLIVMB]\d{3}\b")
WORDS = {"assumption", "calibrated", "definition", "model"}


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_source_is_a_known_word_or_a_row_of_the_evidence() -> None:
    evidence = {row["id"] for row in table("evidence.csv")}
    for row in table("variables.csv"):
        source = row["source"]
        assert source in WORDS or source in evidence, (row["id"], source)
        assert set(ROW.findall(row["note"])) <= evidence, (row["id"], row["note"])


def test_every_default_lies_in_its_range() -> None:
    for row in table("variables.csv"):
        if row["kind"] != "parameter":
            continue
        texts = [row[key].split(";") for key in ("low", "default", "high")]
        for low, default, high in zip(*texts, strict=True):
            assert float(low) <= float(default) <= float(high), row["id"]


def test_evidence_rows_are_whole() -> None:
    for row in table("evidence.csv"):
        assert all(row[key] for key in ("id", "entity", "indicator", "year", "value")), row
        assert row["confidence"] in {"high", "medium", "low"}, row
        assert row["title"], row


def test_documents_that_parameters_rest_on_have_an_english_title() -> None:
    used = {row["source"] for row in table("variables.csv") if row["kind"] == "parameter"}
    named = {row["title"] for row in table("evidence.csv") if row["id"] in used} - {*OWN}
    english = {row["title"]: row["en"] for row in table("titles.csv")}
    assert named <= set(english) <= {row["title"] for row in table("evidence.csv")}
    assert all((text and text.isascii()) or "é" in text for text in english.values())


def test_notes_have_a_chinese_side() -> None:
    known = chinese_notes()
    notes = {row["note"] for row in table("variables.csv") if row["kind"] == "parameter"}
    assert notes - {""} <= set(known) and all(known.values())
    assert set(known) <= {row["note"] for row in table("variables.csv")}

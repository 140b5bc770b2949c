"""What other commands found of a plan's risks stands in every report made afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.findings import FindingsError
from scenarios.report import Result, RiskFigure, Risks, put_risks, read_risks, report_html
from scenarios.report.blocks import Blocks, Table
from scenarios.report.chapters import parts
from scenarios.words import Words

SVG = '<svg viewBox="0 0 1 1"><text>a</text></svg>'


def found(title: str) -> Risks:
    section = Blocks(title)
    section.heading("h")
    section.paragraph("p < q")
    section.item("i")
    section.table(("a", "b"), [("x", "1")], strong=(1,))
    table = section.content[-1]
    assert isinstance(table, Table)
    return Risks((section,), (RiskFigure("robust-bands", "c", "r", SVG, b"png", table),))


def test_both_languages_read_back(tmp_path: Path) -> None:
    assert read_risks(tmp_path, "zh") == ()
    put_risks(tmp_path, "robust", {"zh": found("甲"), "en": found("A")})
    put_risks(tmp_path, "sensitivity", {"zh": Risks((Blocks("乙"),)), "en": Risks((Blocks("B"),))})
    first, second = read_risks(tmp_path, "zh")
    assert first == found("甲")
    assert [section.title for section in second.sections] == ["乙"]
    put_risks(tmp_path, "robust", {"zh": Risks((Blocks("丙"),))})
    assert read_risks(tmp_path, "zh")[0].sections[0].title == "丙"
    assert read_risks(tmp_path, "en")[0] == found("A")


def test_they_are_a_chapter_of_the_report(result: Result, tmp_path: Path) -> None:
    words = Words("en")
    assert "risks" not in [part.key for part in parts(result, words, {})]
    (chapter,) = (p for p in parts(result, words, {}, [found("A")]) if p.key == "risks")
    assert [section.title for section in chapter.sections] == ["A"]
    assert isinstance(chapter.pictures[0].data, Table)
    text = report_html(result, words, {}, [found("A")])
    assert "p &lt; q" in text and 'aria-label="r"' in text


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "risks").mkdir()
    (tmp_path / "risks" / "robust.zh.json").write_text('{"sections": [1]}', encoding="utf-8")
    with pytest.raises(FindingsError) as caught:
        read_risks(tmp_path, "zh")
    assert caught.value.findings[0].file == tmp_path / "risks" / "robust.zh.json"

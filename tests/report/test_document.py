"""The Word document: the report's chapters, numbers and charts in the form that offices expect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scenarios.language import Language
from scenarios.report import Drawn, Result, report_document
from scenarios.report.blocks import Table
from scenarios.report.chapters import APPENDIX, parts
from scenarios.report.document_form import HEADINGS, W, chinese_number
from scenarios.report.document_table import PADDING, widths_of
from scenarios.words import LANGUAGES, Words


@pytest.fixture(scope="module", params=LANGUAGES)
def made(
    request: pytest.FixtureRequest,
    result: Result,
    drawn: Mapping[Language, tuple[Path, Drawn]],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Words, Any, dict[str, str]]:
    """The language, the document read again, and the charts in it."""
    from docx import Document

    words = Words(request.param)
    file = tmp_path_factory.mktemp("document") / "report.docx"
    figures, charts = drawn[words.language]
    report_document(result, words, charts.inline, figures, file)
    return words, Document(str(file)), dict(charts.inline)


def test_every_chapter_has_its_heading_in_order(
    made: tuple[Words, Any, dict[str, str]], result: Result
) -> None:
    words, document, drawings = made
    heads = [p.text for p in document.paragraphs if p.style.name == HEADINGS[0]]
    chapters = parts(result, words, drawings)
    titles = [words.say("report.part.answer"), *(part.title for part in chapters)]
    assert len(heads) == len(titles)
    for number, (head, title) in enumerate(zip(heads, titles, strict=True), start=1):
        assert head.endswith(title)
        if words.chinese and number <= len(titles) - len(APPENDIX):
            assert head == f"{chinese_number(number)}、{title}"


def test_every_table_and_chart_is_there_with_a_caption(
    made: tuple[Words, Any, dict[str, str]], result: Result
) -> None:
    words, document, drawings = made
    chapters = parts(result, words, drawings)
    tables = [
        block
        for part in chapters
        for section in part.sections
        for block in section.content
        if isinstance(block, Table)
    ]
    assert len(document.tables) == len(tables)
    for found, table in zip(document.tables, tables, strict=True):
        rows = [[cell.text for cell in row.cells] for row in found.rows]
        wanted = [*([list(table.columns)] if table.header else []), *map(list, table.rows)]
        assert rows == [[cell.replace("\n", " ") for cell in row] for row in wanted]
    pictures = document.element.body.findall(f".//{{{W}}}drawing")
    assert len(pictures) == len(drawings) == len(document.inline_shapes)
    properties = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert properties == [p.reading for part in chapters for p in part.pictures]
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    assert len(captions) == len(tables) + len(drawings)


def test_paper_fonts_and_page_numbers(made: tuple[Words, Any, dict[str, str]]) -> None:
    words, document, _ = made
    section = document.sections[0]
    size = (round(section.page_width.mm), round(section.page_height.mm))
    assert size == (210, 297)
    margins = [
        round(side.mm)
        for side in (
            section.top_margin,
            section.bottom_margin,
            section.left_margin,
            section.right_margin,
        )
    ]
    fonts = {
        name: document.styles[name].element.rPr.rFonts.get(f"{{{W}}}eastAsia")
        for name in ("Normal", "Title", *HEADINGS)
    }
    assert all(fonts.values())
    for name in fonts:
        slots = document.styles[name].element.rPr.rFonts.attrib
        assert not [slot for slot in slots if "Theme" in slot]
    if words.chinese:
        assert margins == [37, 35, 28, 26]  # GB/T 9704-2012
        assert list(fonts.values()) == ["仿宋", "方正小标宋简体", "黑体", "楷体", "仿宋"]
        assert document.styles["Normal"].font.size.pt == 16.0
    for footer in (section.footer, *([section.even_page_footer] if words.chinese else [])):
        codes = footer._element.findall(f".//{{{W}}}fldSimple")
        assert [code.get(f"{{{W}}}instr") for code in codes] == ["PAGE"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (34, "三十四")],
)
def test_chinese_numbers(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_columns_fill_the_page_and_numbers_stay_whole() -> None:
    wide = Table(
        ("项目", "说明", *map(str, range(2027, 2036))),
        (("很长的名称" * 4, "更长的说明" * 8, *["12,345"] * 9),),
        texts=(0, 1),
    )
    widths = widths_of(wide, 156.0, 7.0)
    assert sum(widths) == pytest.approx(156.0)
    half = 0.5 * 7.0 * 25.4 / 72.0
    assert min(widths[2:]) >= 6 * half + PADDING

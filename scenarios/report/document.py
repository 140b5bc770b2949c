"""``report.docx``: the report as a Word document, to be edited, printed and passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.report.blocks import Blocks, Heading, Item, Table
from scenarios.report.chapters import APPENDIX, Part, Picture, parts, status
from scenarios.report.document_form import (
    BODY,
    CAPTION,
    CHINESE,
    ENGLISH,
    HEADINGS,
    SUBTITLE,
    TITLE,
    Form,
    indented,
    numbered,
    shaped,
)
from scenarios.report.document_form import field as word_field
from scenarios.report.document_table import add_table
from scenarios.report.headline import lead
from scenarios.report.result import Result
from scenarios.report.risks import Risks, figures_of
from scenarios.words import Words

if TYPE_CHECKING:
    from docx.document import Document

DOCUMENT = "report.docx"


@dataclass(frozen=True)
class Head:
    """What stands before the chapters."""

    title: str
    under: str
    lead: Sequence[str]


@dataclass
class _Writer:
    """A document that is being written, and the numbers given so far."""

    words: Words
    form: Form
    document: Document
    tables: count[int] = field(default_factory=lambda: count(1))

    def paragraph(self, text: str) -> None:
        indented(self.document.add_paragraph(text, style=BODY), self.form)

    def heading(self, text: str, level: int) -> None:
        made = self.document.add_paragraph(text, style=HEADINGS[level - 1])
        if self.form is CHINESE:
            indented(made, self.form)

    def caption(self, kind: str, number: int, text: str, *, above: bool) -> None:
        """``kind`` is ``figure`` or ``table``; Word counts them by the field."""
        made = self.document.add_paragraph(style=CAPTION)
        made.paragraph_format.keep_with_next = above
        label = self.words.say(f"report.{kind}", number="").rstrip()
        made.add_run(label if self.words.chinese else f"{label} ")
        word_field(made, f"SEQ {label} \\* ARABIC", str(number))
        made.add_run(f"  {text}")

    def table(self, table: Table, caption: str) -> None:
        self.caption("table", next(self.tables), caption, above=True)
        add_table(self.document, table, self.form)

    def section(self, section: Blocks, chapter: str) -> None:
        """Text, lists and tables; a table is named by the nearest heading above it."""
        named, headings, items = section.title, count(1), 0
        for block in section.content:
            items = items + 1 if isinstance(block, Item) else 0
            if isinstance(block, Heading):
                named = block.text
                self.heading(numbered(self.form, 3, next(headings), block.text), 3)
            elif isinstance(block, Item):
                self.item(items, block.text)
            elif isinstance(block, Table):
                self.table(block, named or chapter)
            else:
                self.paragraph(block)

    def item(self, number: int, text: str) -> None:
        if self.form is CHINESE:
            self.paragraph(numbered(self.form, 4, number, text))
        else:
            self.document.add_paragraph(text, style="List Bullet")

    def picture(self, picture: Picture, png: bytes) -> None:
        """The chart, centred, with its reading for those who cannot see it, and its caption."""
        from io import BytesIO

        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm

        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = paragraph.paragraph_format
        shape.keep_with_next, shape.line_spacing = True, 1.0
        drawn = paragraph.add_run().add_picture(BytesIO(png), width=Mm(0.92 * self.form.width))
        drawn._inline.docPr.set("descr", picture.reading)
        self.caption("figure", picture.number, picture.caption, above=False)


def report_document(
    result: Result,
    words: Words,
    drawings: Mapping[str, str],
    figures: Path,
    file: Path,
    risks: Sequence[Risks] = (),
) -> None:
    """Write the report of ``result``; ``figures`` is the folder of the charts as PNG files."""
    years = words.years(result.plan_years)
    under = words.say("report.under", years=years, price_year=result.price_year)
    head = Head(
        result.title[words.language],
        words.say("report.document", years=years),
        (
            *lead(result, words),
            *(words.say("sentence", text=text) for text in (status(result, words), under)),
        ),
    )
    pngs = {name: (figures / f"{name}.png").read_bytes() for name in drawings}
    chapters = parts(result, words, drawings, risks)
    write_document(words, head, chapters, {**pngs, **figures_of(risks)}, file)


def write_document(
    words: Words, head: Head, parts: Sequence[Part], drawings: Mapping[str, bytes], file: Path
) -> None:
    """Write the chapters of a report; ``drawings`` are the charts as PNG files by name."""
    form = CHINESE if words.chinese else ENGLISH
    document = shaped(form)
    writer = _Writer(words, form, document)
    document.add_paragraph(head.title, style=TITLE)
    document.add_paragraph(head.under, style=SUBTITLE)
    numbers = count(1)
    writer.heading(numbered(form, 1, next(numbers), words.say("report.part.answer")), 1)
    for text in head.lead:
        writer.paragraph(text)
    appended = False
    for part in parts:
        if part.key in APPENDIX:
            if not appended:
                document.add_page_break()  # type: ignore[no-untyped-call]
            appended = True
            writer.heading(part.title, 1)
        else:
            writer.heading(numbered(form, 1, next(numbers), part.title), 1)
        headed = [section for section in part.sections if not _only_a_table(section)]
        for section in part.sections:
            if section in headed and len(part.sections) > 1:
                number = headed.index(section) + 1
                title = section.title
                title = numbered(form, 2, number, title) if len(headed) > 1 else title
                writer.heading(title, 2)
            writer.section(section, part.title)
        for picture in part.pictures:
            if picture.name in drawings:
                writer.picture(picture, drawings[picture.name])
    _about(document, head, words)
    document.save(str(file))


def _only_a_table(section: Blocks) -> bool:
    """Whether the caption of a table says all that a heading would."""
    return len(section.content) == 1 and isinstance(section.content[0], Table)


def _about(document: Document, head: Head, words: Words) -> None:
    """Who made it and what it is called; no user's name."""
    from datetime import UTC, datetime

    about = document.core_properties
    about.author, about.title, about.comments = "Xieheng", head.title, ""
    about.last_modified_by, about.language = "Xieheng", "zh-CN" if words.chinese else "en"
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)

"""How a Word document looks: paper, fonts, headings and page numbers, in both languages.

The Chinese form is that of official documents (GB/T 9704-2012): A4 with margins of 37, 35, 28
and 26 mm, the title in 22 points of Xiaobiaosong, text in 16 points of Fangsong at 22 lines a
page, headings in Heiti and Kaiti, page numbers outside between dashes. Machines that lack
Xiaobiaosong, which Windows does not bring, are told to take Songti in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.text.paragraph import Paragraph

BODY, TITLE, SUBTITLE, CAPTION = "Normal", "Title", "Subtitle", "Caption"
CELL, CELL_HEAD = "Table cell", "Table head"
HEADINGS = ("Heading 1", "Heading 2", "Heading 3")
DIGITS = "零一二三四五六七八九"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Face:
    """The font of a style: for Chinese and for Latin characters, its size, and whether bold."""

    chinese: str
    latin: str
    points: float
    bold: bool = False


@dataclass(frozen=True)
class Form:
    """A language's form. Margins (top, bottom, left, right) and indents in mm, spaces in points."""

    language: str  # as Word names it
    margins: tuple[float, float, float, float]
    faces: Mapping[str, Face]
    line: float | None  # exact distance of lines, or single spacing
    indent: float  # characters at the head of a paragraph
    after: float  # space below a paragraph

    @property
    def width(self) -> float:
        """Of the text, in mm."""
        return 210.0 - self.margins[2] - self.margins[3]


CHINESE = Form(
    language="zh-CN",
    margins=(37.0, 35.0, 28.0, 26.0),
    faces={
        TITLE: Face("方正小标宋简体", "Times New Roman", 22.0),
        SUBTITLE: Face("楷体", "Times New Roman", 16.0),
        BODY: Face("仿宋", "Times New Roman", 16.0),
        HEADINGS[0]: Face("黑体", "Times New Roman", 16.0),
        HEADINGS[1]: Face("楷体", "Times New Roman", 16.0),
        HEADINGS[2]: Face("仿宋", "Times New Roman", 16.0, bold=True),
        CAPTION: Face("黑体", "Times New Roman", 12.0),
        CELL: Face("仿宋", "Times New Roman", 10.5),
        CELL_HEAD: Face("黑体", "Times New Roman", 10.5),
        "Footer": Face("宋体", "宋体", 14.0),
    },
    line=28.9,  # 22 lines on 225 mm
    indent=2.0,
    after=0.0,
)
ENGLISH = Form(
    language="en-GB",
    margins=(25.0, 25.0, 25.0, 25.0),
    faces={
        TITLE: Face("宋体", "Times New Roman", 20.0, bold=True),
        SUBTITLE: Face("宋体", "Times New Roman", 13.0),
        BODY: Face("宋体", "Times New Roman", 11.5),
        HEADINGS[0]: Face("黑体", "Arial", 14.0, bold=True),
        HEADINGS[1]: Face("黑体", "Arial", 12.0, bold=True),
        HEADINGS[2]: Face("黑体", "Arial", 11.0, bold=True),
        CAPTION: Face("黑体", "Arial", 9.5, bold=True),
        CELL: Face("宋体", "Times New Roman", 9.5),
        CELL_HEAD: Face("黑体", "Arial", 8.5, bold=True),
        "Footer": Face("宋体", "Times New Roman", 10.0),
    },
    line=None,
    indent=0.0,
    after=6.0,
)
INSTEAD = {"方正小标宋简体": "宋体"}  # for a machine that lacks the font


def shaped(form: Form) -> Document:
    """An empty document of that form."""
    from docx import Document as new_document

    document = new_document()
    _page(document.sections[0], form)
    for name, face in form.faces.items():
        _style(document, name, face, form)
    document.styles.element.find(f".//{{{W}}}rPrDefault//{{{W}}}lang").attrib.update(
        {f"{{{W}}}val": "en-GB", f"{{{W}}}eastAsia": "zh-CN"}
    )
    _page_numbers(document, form)
    _fonts_instead(document)
    return document


def _page(section: Section, form: Form) -> None:
    from docx.shared import Mm

    top, bottom, left, right = form.margins
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.footer_distance = Mm(bottom - 12.0)  # the number's foot, 7 mm and a line below the text


def _style(document: Document, name: str, face: Face, form: Form) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt, RGBColor

    known = [style.name for style in document.styles]
    style: Any = (
        document.styles[name]
        if name in known
        else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    font, shape = style.font, style.paragraph_format
    font.size, font.bold, font.italic = Pt(face.points), face.bold, False
    font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):  # a theme's font would go before the named one
        del fonts.attrib[key]
    for slot, family in (("ascii", face.latin), ("hAnsi", face.latin), ("eastAsia", face.chinese)):
        fonts.set(f"{{{W}}}{slot}", family)
    for border in style.element.findall(f".//{{{W}}}pBdr"):
        border.getparent().remove(border)
    shape.space_before = shape.space_after = Pt(0)
    in_table = name in (CELL, CELL_HEAD)
    if form.line is not None and not in_table and name not in ("Footer", CAPTION):
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(form.line)
    else:
        shape.line_spacing = 1.0
    if in_table:
        shape.space_before = shape.space_after = Pt(1.5)
    elif name == BODY:
        shape.space_after = Pt(form.after)
        shape.widow_control = True
    elif name in HEADINGS:
        shape.keep_with_next = True
        if form.line is None:
            shape.space_before, shape.space_after = Pt(12), Pt(4)
    elif name in (TITLE, SUBTITLE, CAPTION):
        shape.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if name == TITLE:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(36)
            shape.space_after = Pt(12)
        elif name == CAPTION:
            shape.space_before = shape.space_after = Pt(4)
        else:
            shape.space_after = Pt(12)


def indented(paragraph: Paragraph, form: Form) -> Paragraph:
    """A paragraph whose first line stands in by the characters that the form asks for."""
    from docx.shared import Pt

    paragraph.paragraph_format.first_line_indent = Pt(form.indent * form.faces[BODY].points)
    return paragraph


def field(paragraph: Paragraph, code: str, shown: str) -> None:
    """A field that Word works out, with what it shows until then."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement("w:fldSimple")
    element.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = shown
    run.append(text)
    element.append(run)
    paragraph._p.append(element)


def _page_numbers(document: Document, form: Form) -> None:
    """Outside, between dashes, in Chinese; in the middle in English."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    section = document.sections[0]
    chinese = form is CHINESE
    document.settings.odd_and_even_pages_header_footer = chinese
    sides = [(section.footer, WD_ALIGN_PARAGRAPH.RIGHT if chinese else WD_ALIGN_PARAGRAPH.CENTER)]
    if chinese:
        sides.append((section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, side in sides:
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        paragraph.style = "Footer"
        if chinese:
            one = Pt(form.faces["Footer"].points)
            paragraph.paragraph_format.left_indent = one
            paragraph.paragraph_format.right_indent = one
            paragraph.add_run("— ")
        field(paragraph, "PAGE", "1")
        if chinese:
            paragraph.add_run(" —")


def _fonts_instead(document: Document) -> None:
    """Say in the font table what stands in for a font that a machine lacks."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from lxml import etree

    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table = etree.fromstring(part.blob)
    for name, other in INSTEAD.items():
        font = etree.SubElement(table, f"{{{W}}}font", {f"{{{W}}}name": name})
        etree.SubElement(font, f"{{{W}}}altName", {f"{{{W}}}val": other})
    part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def numbered(form: Form, level: int, number: int, text: str) -> str:
    """A heading with its number: 一、 （一） 1. in Chinese; the caller counts in English."""
    if form is not CHINESE:
        return text
    if level == 1:
        return f"{chinese_number(number)}、{text}"
    if level == 2:
        return f"（{chinese_number(number)}）{text}"
    return f"{number}．{text}" if level == 3 else f"（{number}）{text}"


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese numerals: 九, 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones or not tens else "")

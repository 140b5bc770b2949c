"""The report page stands alone, says everything in words, and shows the numbers of the run."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scenarios.language import Language
from scenarios.report import Drawn, Result, report_html
from scenarios.report.explained import place_name
from scenarios.report.figures import charts
from scenarios.report.inline_svg import inline_svg
from scenarios.words import LANGUAGES, Words
from tests.report.made_up import PLAN_YEARS

VOID = frozenset({"meta", "br", "link", "img"})
ADDRESSES = ("src", "href", "xlink:href", "data", "action", "poster", "srcset")


class Page(HTMLParser):
    """Elements with their attributes; every tag must be closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


@pytest.fixture(scope="module", params=LANGUAGES)
def report(
    request: pytest.FixtureRequest, result: Result, drawn: Mapping[Language, tuple[Path, Drawn]]
) -> tuple[Language, str]:
    language: Language = request.param
    return language, report_html(result, Words(language), drawn[language][1].inline)


def test_it_loads_nothing_from_elsewhere(report: tuple[Language, str]) -> None:
    _, text = report
    for tag, attributes in Page(text).elements:
        assert tag not in ("script", "link", "iframe", "object", "embed")
        for name in ADDRESSES:
            address = attributes.get(name, "#")
            assert address.startswith(("#", "data:")), (tag, name, address)
    assert "@import" not in text
    assert text.count("url(") == text.count("url(#") + text.count('url("data:font/otf;base64,')


def test_language_and_every_chart_in_words(report: tuple[Language, str]) -> None:
    language, text = report
    elements = Page(text).elements
    assert dict(elements)["html"]["lang"].startswith(language)
    drawings = [attributes for tag, attributes in elements if tag == "svg"]
    assert len(drawings) == len(charts())
    assert all(a["role"] == "img" and len(a["aria-label"]) > 10 for a in drawings)
    assert sum(tag == "text" for tag, _ in elements) > 100  # texts are texts, not outlines


def test_ids_are_unique_and_references_lead_somewhere(report: tuple[Language, str]) -> None:
    elements = Page(report[1]).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in elements:
        address = attributes.get("xlink:href", "")
        assert not address or address[1:] in ids


def test_the_plan_is_shown_in_full(report: tuple[Language, str], result: Result) -> None:
    rows = Page(report[1]).rows
    for year in PLAN_YEARS:
        money = sum(amount for key, amount in result.plan_money.items() if key[0] == year)
        assert [str(year), f"{money:,.0f}"] in [[row[0], row[-1]] for row in rows if row]


def test_the_numbers_behind_the_charts_are_those_of_the_tables(
    report: tuple[Language, str], result: Result
) -> None:
    language, text = report
    rows = Page(text).rows
    years = result.model_years
    for plan, path in result.paths.items():
        wanted = [f"{value:,.1f}" for value in path.at("assessment score", years)]
        name = Words(language).say(f"plan.{plan}")
        assert [name, *wanted] in [row[1:] for row in rows]
    own = Words(language).say("plan.optimal")
    for (year, sector, tool), amount in result.plan_money.items():
        head = [place_name(Words(language), sector, tool), own]
        row = next(row for row in rows if row[:2] == head)
        assert row[2 + PLAN_YEARS.index(year)] == f"{amount:,.0f}"


def test_every_chart_is_numbered_and_has_its_numbers(report: tuple[Language, str]) -> None:
    language, text = report
    elements = Page(text).elements
    assert sum(tag == "figcaption" for tag, _ in elements) == len(charts())
    assert sum(tag == "details" for tag, _ in elements) == len(charts())
    for number in range(1, len(charts()) + 1):
        assert Words(language).say("report.figure", number=number) in text


def test_hostile_titles_stay_text(result: Result) -> None:
    from dataclasses import replace

    title = '<script>alert("x")</script>'
    made = replace(result, title={"zh": title, "en": title})
    text = report_html(made, Words("en"), {})
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_charts_keep_their_ids_apart(result: Result, tmp_path: Path) -> None:
    svg = '<svg width="1" xmlns:xlink="x"><g id="a"/><use xlink:href="#a"/></svg>'
    found = inline_svg("one", svg, 'say "it"')
    assert 'id="one-a"' in found and 'href="#one-a"' in found
    assert "&quot;it&quot;" in found and 'width="1"' not in found

"""The committed pages, tables and diagrams are those of the model as it is now."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ElementTree
from io import StringIO
from types import ModuleType

import pytest

from docs.build import DOCS, contents
from docs.generator import loop_diagram, stock_diagram
from docs.generator.structure import LANGUAGES, Lang, rows, structure
from models import Model, load
from models.catalogue import county as catalogue
from models.stated import named_loops

SVG = "{http://www.w3.org/2000/svg}"
PAGES = ("model.md", "model.zh.md")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """What the generator makes of the model; plots are left out, since they hold no facts."""
    return contents(with_plots=False)


@pytest.fixture(scope="module")
def county() -> Model:
    return load()


def test_the_committed_files_are_current(made: dict[str, str]) -> None:
    old = [
        name
        for name, text in made.items()
        if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    assert old == [], "run: python docs/build.py"


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_has_its_row_and_every_link_leads_somewhere(
    made: dict[str, str], county: Model, page: str
) -> None:
    text = made[page]
    places = re.findall(r'<a id="([^"]+)">', text)
    assert len(places) == len(set(places)) == len(county.variables)
    assert {link for link in re.findall(r'href="#([^"]+)"', text)} <= set(places)
    headings = {
        re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-")
        for head in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for link in re.findall(r"\]\(#([^)]+)\)", text):
        assert link in headings or link in places, link


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(made: dict[str, str], page: str) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#L\d+)?\)", made[page]):
        assert (DOCS / link).exists(), link


@pytest.mark.parametrize("page", PAGES)
def test_every_parameter_stands_with_its_source(
    made: dict[str, str], county: Model, page: str
) -> None:
    found = {
        match.group(1): line
        for line in made[page].splitlines()
        if (match := re.search(r'<a id="(v-[^"]+)"></a>', line))
    }
    for row in catalogue().rows.values():
        if row.kind == "parameter" and row.id in county.variables:
            line = found["v-" + row.id.lower().replace(" ", "-")]
            assert line.rstrip(" |").split(" | ")[-1], row.id


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["stocks", "loops"])
def test_diagrams_hold_real_text_inside_the_page(
    made: dict[str, str], name: str, lang: str
) -> None:
    root = ElementTree.fromstring(made[f"diagrams/{name}.{lang}.svg"])
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    texts = root.findall(f".//{SVG}text")
    assert len(texts) > 80
    for text in texts:
        assert 0 < float(text.attrib["x"]) < width and 0 < float(text.attrib["y"]) < height
    assert "sans-serif" in root.attrib["font-family"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("diagram", [stock_diagram, loop_diagram], ids=["stocks", "loops"])
def test_no_labels_overlap_and_no_arrow_runs_through_a_label(
    diagram: ModuleType, lang: Lang
) -> None:
    assert diagram.draw(structure(), lang).collisions() == []


def test_every_mark_is_that_of_a_named_loop() -> None:
    marked = {row["name"] for row in rows("loop_places.csv") if row["what"] == "mark"}
    assert marked <= {named.id for named in named_loops()}
    assert len(marked) >= 12


def test_the_loop_table_lists_named_loops_and_the_whole_set(made: dict[str, str]) -> None:
    table = list(csv.DictReader(StringIO(made["loops.csv"])))
    named = [row for row in table if row["name"]]
    assert [row["id"] for row in named] == [loop.id for loop in named_loops()]
    assert all(row["nature"] == loop.nature for row, loop in zip(named, named_loops(), strict=True))
    assert len(table) > len(named) + 50


def test_no_place_in_the_pages_is_left_open(made: dict[str, str]) -> None:
    for page in PAGES:
        assert "{{" not in made[page] and "nan" not in made[page].split()

"""A study as a folder of tables, charts and a page; or as a chapter of a run's report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.language import Language
from scenarios.report.blocks import Blocks, Table
from scenarios.report.chapters import Part, Picture
from scenarios.report.figures import written
from scenarios.report.html import page_html
from scenarios.report.inline_svg import inline_svg
from scenarios.report.result import Result
from scenarios.report.risks import RiskFigure, Risks, put_risks
from scenarios.report.run_folder import FIGURES, put, whole
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawing:
    """A figure: the name of its files, what it shows, its reading, how it is drawn, its numbers."""

    name: str
    caption: str
    reading: str
    draw: Callable[[], Figure]
    data: Table


@dataclass(frozen=True)
class Chapter:
    """A part of the page."""

    key: str
    title: str
    sections: tuple[Blocks, ...]
    drawings: tuple[Drawing, ...] = ()


@dataclass(frozen=True)
class Said:
    """A study in one language; ``risks`` are what a run's report takes over."""

    title: str
    years: tuple[int, ...]
    lead: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    risks: tuple[Chapter, ...]


def write_study(
    said: Said, words: Words, folder: Path, name: str, files: Mapping[str, str]
) -> tuple[str, ...]:
    """The folder, whole or not at all: ``files`` by name, charts, and the page ``name``.html.

    Returns the names of its files. Raises OSError where it cannot be written.
    """
    every = [drawing for chapter in said.chapters for drawing in chapter.drawings]
    numbers = count(1)
    with whole(folder) as staging:
        for file, text in files.items():
            put(staging / file, text)
        svgs = {
            key: svg
            for key, _, svg in written(
                lambda: ((d.name, d.reading, d.draw()) for d in every), staging / FIGURES
            )
        }

        def pictures(drawings: Sequence[Drawing]) -> tuple[Picture, ...]:
            return tuple(
                Picture(
                    next(numbers),
                    d.name,
                    d.caption,
                    d.reading,
                    inline_svg(d.name, svgs[d.name], d.reading),
                    d.data,
                )
                for d in drawings
            )

        text = page_html(
            words,
            title=said.title,
            under=words.say(
                "report.under", years=words.years(said.years), price_year=Result.price_year
            ),
            lead=said.lead,
            parts=[Part(c.key, c.title, c.sections, pictures(c.drawings)) for c in said.chapters],
        )
        put(staging / f"{name}.html", text)
        paths = (path for path in staging.rglob("*") if path.is_file())
        return tuple(sorted(path.relative_to(staging).as_posix() for path in paths))


def add_to_run(run: Path, name: str, says: Mapping[Language, Said]) -> None:
    """Add a study to a run folder, for the chapter on risks of every report made from it."""
    found: dict[Language, Risks] = {}
    for language, said in says.items():
        drawings = [drawing for chapter in said.risks for drawing in chapter.drawings]
        with tempfile.TemporaryDirectory() as aside:
            drawn = _drawn(drawings, Path(aside))
        sections = tuple(section for chapter in said.risks for section in chapter.sections)
        found[language] = Risks(sections, drawn)
    put_risks(run, name, found)


def _drawn(drawings: Sequence[Drawing], folder: Path) -> tuple[RiskFigure, ...]:
    svgs = written(lambda: ((d.name, d.reading, d.draw()) for d in drawings), folder)
    return tuple(
        RiskFigure(
            d.name, d.caption, d.reading, svg, (folder / f"{d.name}.png").read_bytes(), d.data
        )
        for d, (_, _, svg) in zip(drawings, svgs, strict=True)
    )

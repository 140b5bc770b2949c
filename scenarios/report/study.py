"""A study as a folder of tables, charts and a page; or as a chapter of a run's report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
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
    data: Table | None = None


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
    risks: tuple[Chapter, ...] = ()
    status: str = ""  # what is claimed of the plan that the study found
    under: str = ""  # the line under the title, instead of the years and the price base

    def below(self, words: Words) -> str:
        """The line under the title."""
        years = words.years(self.years)
        return self.under or words.say("report.under", years=years, price_year=Result.price_year)


def write_study(
    said: Said,
    words: Words,
    folder: Path,
    page: str,
    files: Mapping[str, str | bytes],
    *,
    record: Callable[[tuple[str, ...]], str] | None = None,
    drawing: AbstractContextManager[object] | None = None,
) -> tuple[str, ...]:
    """The folder, whole or not at all: ``files`` by name, charts, and the page ``page``.html.

    ``record`` makes ``run.json`` from the names of all files; ``drawing`` is a block in which
    charts are drawn, such as one that takes the time. Returns the names. Raises OSError where
    the folder cannot be written.
    """
    every = [drawing for chapter in said.chapters for drawing in chapter.drawings]
    numbers = count(1)
    with whole(folder) as staging:
        for name, content in files.items():
            _put(staging / name, content)
        with drawing or nullcontext():
            charts = written(
                lambda: ((d.name, d.reading, d.draw()) for d in every), staging / FIGURES
            )
            svgs = {name: svg for name, _, svg in charts} if every else {}

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
            under=said.below(words),
            lead=said.lead,
            status=said.status,
            parts=[Part(c.key, c.title, c.sections, pictures(c.drawings)) for c in said.chapters],
        )
        put(staging / f"{page}.html", text)
        paths = (path for path in staging.rglob("*") if path.is_file())
        names = {path.relative_to(staging).as_posix() for path in paths}
        if record is None:
            return tuple(sorted(names))
        found = tuple(sorted({*names, "run.json"}))
        put(staging / "run.json", record(found))
        return found


def _put(file: Path, content: str | bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        put(file, content)


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

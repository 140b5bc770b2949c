"""All charts of a run, and how they are written."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.language import Language
from scenarios.report.bands import Basis
from scenarios.report.result import Result
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WRITING: Mapping[str, Any] = {  # no dates or versions inside, so the same bytes each time
    "svg": {"metadata": {"Date": None}},
    "png": {"metadata": {"Software": None}, "dpi": 200, "pil_kwargs": {"compress_level": 3}},
}


@dataclass(frozen=True)
class Chart:
    """How one chart is drawn, its reading in one sentence, and the model columns it needs.

    ``banded`` are the outcomes that it can show bands of.
    """

    draw: Callable[[Result, Words], Figure]
    reading: Callable[[Result, Words], str]
    columns: tuple[str, ...] = ()
    banded: tuple[tuple[str, Basis], ...] = ()


@dataclass(frozen=True)
class Drawn:
    """What was written: names of files; and each chart as SVG whose texts are texts."""

    files: tuple[str, ...]
    inline: Mapping[str, str]


def charts(result: Result | None = None) -> dict[str, Chart]:
    """Every chart by the name of its files, in the order of a report. Loads matplotlib.

    With a ``result``, those that its model has the columns for.
    """
    from scenarios.report import (
        allocation,
        assessment,
        by_instrument,
        farmers,
        partners,
        structure,
    )

    drawn = {
        "allocation": Chart(allocation.draw, allocation.reading),
        "structure": Chart(structure.draw, structure.reading, structure.COLUMNS, structure.BANDED),
        "farmers": Chart(farmers.draw, farmers.reading, farmers.COLUMNS, farmers.BANDED),
        "instruments": Chart(by_instrument.draw, by_instrument.reading),
        "partners": Chart(partners.draw, partners.reading, partners.COLUMNS, partners.BANDED),
        "assessment": Chart(
            assessment.draw, assessment.reading, (assessment.COLUMN,), assessment.BANDED
        ),
    }
    return {
        name: chart
        for name, chart in drawn.items()
        if result is None or all(c in path for path in result.paths.values() for c in chart.columns)
    }


def banded(result: Result) -> tuple[tuple[str, Basis], ...]:
    """The outcomes whose bands the charts of ``result`` can show. Loads matplotlib."""
    asked = [one for chart in charts(result).values() for one in chart.banded]
    return tuple(one for one in asked if all(one[0] in path for path in result.paths.values()))


def draw_figures(result: Result, language: Language, folder: Path) -> Drawn:
    """Draw the charts of ``result`` into ``folder`` as .svg and .png.

    A pure function of ``result`` (the same bytes each time), fit for another process.

    Raises:
        scenarios.report.fonts.MissingGlyph: a text has a character that the font lacks.
    """
    words = Words(language)

    def drawn() -> Iterator[tuple[str, str, Figure]]:
        for name, chart in charts(result).items():
            yield name, chart.reading(result, words), chart.draw(result, words)

    inline = {name: svg for name, _, svg in written(drawn, folder)}
    files = (f"{name}.{ending}" for name in inline for ending in WRITING)
    return Drawn(tuple(files), inline)


def written(
    drawn: Callable[[], Iterable[tuple[str, str, Figure]]], folder: Path
) -> Iterator[tuple[str, str, str]]:
    """Draw and write charts, given by name and reading; the third is SVG whose texts are texts.

    Raises:
        scenarios.report.fonts.MissingGlyph: a text has a character that the font lacks.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    from scenarios.report import fonts, style

    folder.mkdir(parents=True, exist_ok=True)
    with style.drawing():
        for name, reading, figure in drawn():
            FigureCanvasAgg(figure)
            for ending, options in WRITING.items():
                figure.savefig(folder / f"{name}.{ending}", **options)
            with mpl.rc_context({"svg.fonttype": "none"}):
                text = io.StringIO()
                figure.savefig(text, format="svg", **WRITING["svg"])
            for label in figure.findobj(Text):
                fonts.check(label.get_text())
            yield name, reading, text.getvalue()

"""All charts of a run, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.language import Language
from scenarios.report.result import Result
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WRITING: Mapping[str, Any] = {  # no dates or versions inside, so the same bytes each time
    "svg": {"metadata": {"Date": None}},
    "png": {"metadata": {"Software": None}, "dpi": 200, "pil_kwargs": {"compress_level": 3}},
}


def charts(result: Result | None = None) -> dict[str, Callable[[Result, Words], Figure]]:
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

    drawn: dict[str, tuple[Callable[[Result, Words], Figure], tuple[str, ...]]] = {
        "allocation": (allocation.draw, ()),
        "structure": (structure.draw, structure.COLUMNS),
        "farmers": (farmers.draw, farmers.COLUMNS),
        "instruments": (by_instrument.draw, ()),
        "partners": (partners.draw, partners.COLUMNS),
        "assessment": (assessment.draw, (assessment.COLUMN,)),
    }
    return {
        name: draw
        for name, (draw, columns) in drawn.items()
        if result is None or all(c in path for path in result.paths.values() for c in columns)
    }


def draw_figures(result: Result, language: Language, folder: Path) -> tuple[str, ...]:
    """Draw the charts of ``result`` into ``folder`` as .svg and .png; returns the files' names.

    A pure function of ``result`` (the same bytes each time), fit for another process.

    Raises:
        scenarios.report.fonts.MissingGlyph: a text has a character that the font lacks.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    from scenarios.report import fonts, style

    folder.mkdir(parents=True, exist_ok=True)
    words, written = Words(language), []
    with style.drawing():
        for name, draw in charts(result).items():
            figure = draw(result, words)
            FigureCanvasAgg(figure)
            for ending, options in WRITING.items():
                file = folder / f"{name}.{ending}"
                figure.savefig(file, **options)
                written.append(file.name)
            for text in figure.findobj(Text):
                fonts.check(text.get_text())
    return tuple(written)

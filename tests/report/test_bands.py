"""Charts with bands: what they are is said, they are kept with the run, nothing overlaps."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios.fans.of_run import MINUS
from scenarios.language import Language
from scenarios.report import Drawn, Result, draw_figures, fill, read_result, report_html, style
from scenarios.report.bands import Band, Bands
from scenarios.report.figure_data import figure_data
from scenarios.report.figures import banded, charts
from scenarios.words import LANGUAGES, Words
from tests.report.test_figures import must_stay_on_the_page_and_apart

both_languages = pytest.mark.parametrize("language", LANGUAGES)
BANDED = [name for name, chart in charts().items() if chart.banded]
WIDTH = 0.04  # of the plan's values, one standard deviation


@pytest.fixture(scope="module")
def wide(result: Result) -> Result:
    """The made-up run with bands about its own values."""
    years, rng = result.model_years, np.random.default_rng(1)
    made = []
    for column, basis in banded(result):
        middle = result.paths["optimal"].at(column, years)
        if basis != "level":
            middle = middle - result.paths[MINUS[basis]].at(column, years)
        values = middle * (1.0 + WIDTH * rng.standard_normal((50, len(years))))
        made.append(Band.of(column, basis, values, 4))
    return replace(result, bands=Bands(years, 52, 2, True, 7, tuple(made)))


@both_languages
@pytest.mark.parametrize("name", BANDED)
def test_texts_stay_on_the_page_and_apart(wide: Result, language: Language, name: str) -> None:
    with style.drawing():
        figure = charts()[name].draw(wide, Words(language))
        must_stay_on_the_page_and_apart(figure)
    shown = "".join(text.get_text() for text in figure.texts).replace("\n", "").replace(" ", "")
    assert wide.bands is not None
    assert wide.bands.sample(Words(language)).replace(" ", "") in shown
    assert any(axes.collections for axes in figure.axes)


def test_charts_over_the_years_are_the_banded_ones(result: Result) -> None:
    assert BANDED == ["structure", "farmers", "partners", "assessment"]
    assert {column for column, _ in banded(result)} <= set(result.paths["optimal"].columns)


def test_without_bands_nothing_is_said_of_them(
    result: Result,
    wide: Result,
    drawn: Mapping[Language, tuple[Path, Drawn]],
    tmp_path: Path,
) -> None:
    plainly, banded = drawn["en"][1].inline, draw_figures(wide, "en", tmp_path / "charts").inline
    for one, inline, said in ((result, plainly, False), (wide, banded, True)):
        assert ("52 futures" in report_html(one, Words("en"), inline)) == said
        folder = tmp_path / str(said)
        folder.mkdir()
        files = fill(one, folder, resolved="", write_model=lambda file: file.touch())
        assert ("bands.csv" in files) == said
    for name in ("allocation", "instruments"):  # money is decided, not uncertain
        assert banded[name] == plainly[name]


def test_a_run_keeps_its_bands(wide: Result, tmp_path: Path) -> None:
    fill(wide, tmp_path, resolved="", write_model=lambda file: file.touch())
    assert read_result(tmp_path).bands == wide.bands
    with (tmp_path / "bands.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert wide.bands is not None
    assert len(rows) == len(wide.bands.bands) * len(wide.bands.years)
    for row in rows:
        quantiles = [float(value) for name, value in row.items() if name.startswith("q")]
        assert quantiles == sorted(quantiles)
    assert {row["basis"] for row in rows} == {"level", "change", "gain"}


@both_languages
def test_the_numbers_stand_below_the_chart(wide: Result, language: Language) -> None:
    words = Words(language)
    for name in BANDED:
        table = figure_data(name, wide, words)
        ends = [row for row in table.rows if "2.5%" in row[1] or "97.5%" in row[1]]
        assert ends and len({len(row) for row in table.rows}) == 1

"""Charts: every one drawn in both languages, nothing missing, clipped or overlapping."""

from __future__ import annotations

import pickle
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from scenarios.language import Language
from scenarios.report import Result, Yearly, draw_figures, fonts, style
from scenarios.report.figures import charts
from scenarios.report.line_breaks import balanced, lines
from scenarios.words import LANGUAGES, Words

PNG = b"\x89PNG\r\n\x1a\n"
both_languages = pytest.mark.parametrize("language", LANGUAGES)
every_chart = pytest.mark.parametrize("name", charts())


def shown_texts(figure: Figure) -> list[Text]:
    """Texts that are drawn: matplotlib keeps tick labels outside the view, but not on paper."""
    unseen = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            outside = [t for t in axis.get_major_ticks() if not low <= t.get_loc() <= high]
            unseen |= {label for tick in outside for label in (tick.label1, tick.label2)}
    return [
        text
        for text in figure.findobj(Text)
        if isinstance(text, Text)
        and text.get_visible()
        and text.get_text().strip()
        and text not in unseen
    ]


@both_languages
def test_every_chart_is_written_twice(result: Result, language: Language, tmp_path: Path) -> None:
    names = draw_figures(result, language, tmp_path).files
    assert set(names) == {f"{name}.{kind}" for name in charts() for kind in ("svg", "png")}
    for name in names:
        content = (tmp_path / name).read_bytes()
        if name.endswith(".png"):
            assert content.startswith(PNG)
        else:
            assert ET.fromstring(content).tag.endswith("svg")


def test_a_model_without_the_columns_has_fewer_charts(result: Result, tmp_path: Path) -> None:
    paths = {
        plan: Yearly(path.years, ("structure gap",), path["structure gap"][:, None])
        for plan, path in result.paths.items()
    }
    names = draw_figures(replace(result, paths=paths), "en", tmp_path).files
    assert {name.partition(".")[0] for name in names} == {"allocation", "instruments"}


def test_drawing_is_a_pure_function(result: Result, tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    copy = pickle.loads(pickle.dumps(result))
    draw_figures(result, "zh", tmp_path / "a")
    names = draw_figures(copy, "zh", tmp_path / "b").files
    assert dict(mpl.rcParams) == before
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def must_stay_on_the_page_and_apart(figure: Figure) -> None:
    """Texts of a figure are not cut off and do not overlap."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    page = figure.bbox
    boxes = []
    for text in shown_texts(figure):
        box = text.get_window_extent(renderer)
        assert page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1, text.get_text()
        assert page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1, text.get_text()
        boxes.append((text, box.padded(-1.5)))
    for (a, first), (b, second) in combinations(boxes, 2):
        labels_on_data = isinstance(a, Annotation) and isinstance(b, Annotation)
        crossing = first.overlaps(second)
        assert not crossing or labels_on_data, (a.get_text(), b.get_text())


@every_chart
@both_languages
def test_texts_stay_on_the_page_and_apart(result: Result, language: Language, name: str) -> None:
    with style.drawing():
        must_stay_on_the_page_and_apart(charts()[name].draw(result, Words(language)))


def planned_only(result: Result, years: range) -> Result:
    """The same run, as if it had decided only these years."""
    kept = [i for i, d in enumerate(result.problem.decisions) if d.year in years]
    decisions = tuple(result.problem.decisions[i] for i in kept)
    return replace(
        result,
        problem=replace(result.problem, decisions=decisions),
        answer=replace(result.answer, amounts=result.answer.amounts[kept]),
    )


@every_chart
@pytest.mark.parametrize("years", [range(2027, 2028), range(2027, 2030), range(2033, 2036)])
def test_short_plans_are_drawn_too(result: Result, name: str, years: range) -> None:
    with style.drawing():
        figure = charts()[name].draw(planned_only(result, years), Words("zh"))
        FigureCanvasAgg(figure).draw()  # type: ignore[no-untyped-call]


@every_chart
def test_a_plan_equal_to_past_practice_is_drawn_too(result: Result, name: str) -> None:
    paths = {**result.paths, "optimal": result.paths["past_practice"]}
    answer = replace(result.answer, amounts=result.problem.past_practice)
    with style.drawing():
        figure = charts()[name].draw(replace(result, paths=paths, answer=answer), Words("en"))
        FigureCanvasAgg(figure).draw()  # type: ignore[no-untyped-call]


@every_chart
@both_languages
def test_title_unit_and_source_are_there(result: Result, language: Language, name: str) -> None:
    words = Words(language)
    with style.drawing():
        figure = charts()[name].draw(result, words)
    everything = "".join(t.get_text() for t in figure.texts).replace("\n", "").replace(" ", "")
    assert str(result.price_year) in everything
    assert result.model.sha256[:8] in everything
    assert str(result.model.assumptions) in everything
    assert any(c.isdigit() for c in figure.texts[0].get_text()), "the title holds its number"


def test_a_missing_glyph_is_an_error() -> None:
    with pytest.raises(fonts.MissingGlyph, match=r"U\+1F600"):
        fonts.check("a 😀")


def test_a_missing_glyph_stops_the_drawing(result: Result, tmp_path: Path) -> None:
    with pytest.raises((fonts.MissingGlyph, UserWarning)):
        draw_figures(replace(result, title={"zh": "😀", "en": "😀"}), "zh", tmp_path)


def test_the_font_has_all_of_gb2312() -> None:
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                fonts.check(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8), st.floats(0.1, 20))
def test_labels_end_apart_and_in_order(places: list[float], gap: float) -> None:
    moved = style.apart(places, gap)
    order = np.argsort(places, kind="stable")
    assert np.all(np.diff(np.array(moved)[order]) >= gap - 1e-9)
    assert np.mean(moved) == pytest.approx(np.mean(places))


@given(st.text("农业工业，。（）abc 12.5 万元", max_size=60), st.integers(8, 40))
def test_lines_lose_nothing_and_keep_punctuation_in_place(text: str, limit: int) -> None:
    for broken in (lines(text, limit, len), balanced(text, limit, len)):
        assert "".join(broken).replace(" ", "") == text.replace(" ", "")
        for line in broken[1:]:
            assert not line or line[0] not in "，。）"

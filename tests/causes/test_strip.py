"""The causes strip: links, signs and numbers are those of the model, in words and on paper."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from models import Model, Runs, load, run
from models.links import column_links
from scenarios.causes import Strip, sections, strip
from scenarios.causes.chart import draw
from scenarios.commands.causes import causes, names_a_variable
from scenarios.commands.explain import explain
from scenarios.findings import FindingsError
from scenarios.language import Language
from scenarios.report import style
from scenarios.words import LANGUAGES, Words

both_languages = pytest.mark.parametrize("language", LANGUAGES)
TANK = """{UTF-8}
level[tank] = INTEG(filling[tank] - leak[tank], full * 0.5) ~ litre ~ |
tank: left, right ~ ~ |
filling[tank] = inflow * valve(level[tank] / full) ~ litre/hour ~ |
leak[tank] = level[tank] / emptying ~ litre/hour ~ |
valve((0, 1), (1, 0)) ~ Dmnl ~ |
inflow = 8 ~ litre/hour ~ |
full = 10 ~ litre ~ |
emptying = 4 ~ hour ~ |
FINAL TIME = 6 ~ hour ~ |
INITIAL TIME = 0 ~ hour ~ |
SAVEPER = 1 ~ hour ~ |
TIME STEP = 0.25 ~ hour ~ |
"""


@pytest.fixture
def tank(tmp_path: Path) -> Path:
    file = tmp_path / "tank.mdl"
    file.write_text(TANK, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def county() -> Model:
    return load()


def of(model: Model, *columns: str, **runs: Runs) -> tuple[Strip, ...]:
    return strip(model, columns, runs or {"model": Runs()})


def test_signs_and_ways_are_those_of_the_equations(tank: Path) -> None:
    level, filling = of(load(tank), "level[left]", "filling[left]")
    found = {c.line.column: (c.kind, c.sign) for c in level.causes}
    assert found["filling[left]"] == ("rate", "+")
    assert found["leak[left]"] == ("rate", "-")
    assert found["full"][0] == "initial"
    assert level.number == 2 and level.file == "tank.mdl"
    signs = {c.line.column: c.sign for c in filling.causes}
    assert (signs["inflow"], signs["level[left]"]) == ("+", "-")
    assert [c.line.role for c in filling.causes if c.line.column == "valve"] == ["table"]
    assert [c.line.column for c in filling.moving] == ["level[left]"]


def test_every_link_of_a_column_and_no_other_is_a_cause(county: Model) -> None:
    columns = ("market capability", "value added[industry]", "assessment score")
    for found in of(county, *columns):
        wanted = {link.cause for link in column_links(county) if link.effect == found.effect.column}
        assert {cause.line.column for cause in found.causes} == wanted


def test_values_are_those_of_each_run_until_the_time_asked(county: Model) -> None:
    dear = Runs({"contracting time": 1.0})
    (found,) = strip(county, ["structure gap"], {"a": Runs(), "b": dear}, until=2030.0)
    out = run(county, Runs({"contracting time": [county.constants["contracting time"], 1.0]}))
    kept = out.times <= 2030.0
    assert found.times[-1] == 2030.0
    for line in (found.effect, *(cause.line for cause in found.moving)):
        assert line.values is not None
        wanted = np.broadcast_to(out[line.column], (2, len(out.times)))[:, kept]
        assert np.array_equal(line.values, wanted)


def test_a_lever_is_a_series_of_time(county: Model) -> None:
    lever = next(name for name in county.lookups if name.startswith("yearly money for talent"))
    effect = next(link.effect for link in column_links(county) if link.cause == lever)
    table = county.lookups[lever]
    more = Runs(lookups={lever: 2.0 * table.y})
    kinds = {"yearly money for talent": "lever"}
    (found,) = strip(county, [effect], {"a": Runs(), "b": more}, kinds)
    (line,) = (cause.line for cause in found.moving if cause.line.column == lever)
    assert line.values is not None
    assert np.allclose(line.values[1], 2.0 * line.values[0])
    assert np.allclose(line.values[0], np.interp(found.times, table.x, table.y))


@both_languages
def test_it_is_written_with_every_number(
    tank: Path, tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    words, out = Words(language), tmp_path / "out"
    assert causes(words, None, ["LEVEL", "leak[right]"], model=tank, out=out) == 0
    printed = capsys.readouterr().out
    assert "tank.mdl" in printed and str(out) in printed
    names = {path.name for path in (out / "figures").iterdir()}
    assert names == {
        f"{name}.{kind}"
        for name in ("level-left", "level-right", "leak-right")
        for kind in ("svg", "png")
    }
    page = (out / "causes.html").read_text(encoding="utf-8")
    assert page.count("<svg") == page.count("aria-label") == page.count("<details>") == 3
    with (out / "causes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    level = run(load(tank), columns=["level[left]"])["level[left]"][0]
    found = [
        float(row["value"])
        for row in rows
        if (row["effect"], row["role"]) == ("level[left]", "effect")
    ]
    assert found == level.tolist()


@both_languages
@pytest.mark.parametrize("column", ["market capability", "assessment score", "structure gap"])
def test_no_panel_lies_on_another_or_off_the_page(
    county: Model, language: Language, column: str
) -> None:
    words = Words(language)
    (found,) = of(county, column, optimal=Runs(), past_practice=Runs(), no_cooperation=Runs())
    with style.drawing():
        said = sections.reading(found, words)
        figure = draw(found, words, said, words.say("causes.about", price_year=2020), 2027)
    boxes = [axes.get_position() for axes in figure.axes]
    assert len(boxes) == 1 + len(found.moving)
    source = max(text.get_position()[1] for text in figure.texts[2:3])
    for index, box in enumerate(boxes):
        assert source < box.y0 and box.y1 < 1.0 and box.x0 > 0.0 and box.x1 < 1.0
        assert not any(box.overlaps(other) for other in boxes[:index])


def test_a_variable_may_stand_in_place_of_the_scenario() -> None:
    assert names_a_variable("Market Capability") and names_a_variable("农户市场能力")
    assert not names_a_variable("w-county") and not names_a_variable("drouhgt")
    with pytest.raises(FindingsError) as caught:
        names_a_variable("market capabilitty")
    assert caught.value.findings[0].hint is not None
    assert caught.value.findings[0].hint.values == {"name": "market capability"}


def test_what_is_meant_has_causes() -> None:
    """A misspelt name is rather that of a variable than of a number that nothing acts on."""
    with pytest.raises(FindingsError) as caught:
        explain(Words("zh"), None, variables=["市场能力"])
    (finding,) = caught.value.findings
    assert finding.hint is not None and "农户市场能力" in finding.hint.of(Words("zh"))


def test_mistakes_are_said_and_leave_nothing(tank: Path, tmp_path: Path) -> None:
    words, out = Words("en"), tmp_path / "out"
    with pytest.raises(FindingsError) as caught:
        causes(words, None, ["levle", "lake"], model=tank, out=out)
    assert [f.key for f in caught.value.findings] == ["--variable", "--variable"]
    with pytest.raises(FindingsError):
        causes(words, "w-county", ["level"], model=tank, out=out)
    with pytest.raises(FindingsError) as caught:
        causes(words, str(tmp_path), ["structure gap"], out=out)
    assert [f.key for f in caught.value.findings] == ["resolved.toml", "plan.csv"]
    with pytest.raises(FindingsError) as caught:
        explain(words, None, out=out)
    assert caught.value.findings[0].key == "--out"
    assert not out.exists()

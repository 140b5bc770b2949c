"""Alternatives side by side: read back as they were written, ranked, said and drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios.commands.compare import compare
from scenarios.comparison import Alternative, compared, from_folder, from_result
from scenarios.comparison.figures import drawings
from scenarios.comparison.page import FAR, largest, money, sentences, table
from scenarios.findings import FindingsError
from scenarios.language import Language
from scenarios.report import Result, Yearly, fill
from scenarios.words import LANGUAGES, Words
from tests.report.made_up import made_up_result

RESOLVED = '[scenario]\nname = "x"\ntitle_zh = "甲"\ntitle_en = "Alpha"\n'
both_languages = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def result() -> Result:
    return made_up_result()


def changed(result: Result, column: str, by: float) -> Alternative:
    """The plan's path with one column moved in the plan years."""
    path = result.paths["optimal"]
    data = path.data.copy()
    rows = [path.years.index(year) for year in result.plan_years]
    data[rows, path.columns.index(column)] += by
    other = replace(result, paths={**result.paths, "optimal": replace(path, data=data)})
    return replace(from_result(other), title={"zh": "乙", "en": "Beta"})


def folder_of(result: Result, folder: Path) -> Path:
    folder.mkdir()
    fill(result, folder, resolved=RESOLVED, write_model=lambda file: file.touch())
    return folder


def test_a_run_folder_holds_the_alternative_that_was_found(result: Result, tmp_path: Path) -> None:
    read, found = from_folder(folder_of(result, tmp_path / "run")), from_result(result)
    assert read.title == {"zh": "甲", "en": "Alpha"}
    assert (read.plan_years, read.status) == (found.plan_years, found.status)
    assert {key: float(amount) for key, amount in found.money.items()} == dict(read.money)
    assert set(read.path.columns) == set(found.path.columns)
    for column in found.path.columns:
        assert np.array_equal(read.path[column], found.path[column])


def test_what_is_missing_or_broken_is_said(result: Result, tmp_path: Path) -> None:
    folder = folder_of(result, tmp_path / "run")
    (folder / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FindingsError) as caught:
        from_folder(folder)
    assert [f.reason.key for f in caught.value.findings] == ["finding.broken_folder"]
    (folder / "plan.csv").unlink()
    (folder / "run.json").unlink()
    with pytest.raises(FindingsError) as caught:
        from_folder(folder)
    assert [f.key for f in caught.value.findings] == ["run.json", "plan.csv"]


def test_the_largest_difference_comes_first(result: Result) -> None:
    column = "farmers income per head"
    found = compared([from_result(result), changed(result, column, -900.0)])
    first = found.differences[0]
    assert first.measure.columns == (column,)
    assert first.change == pytest.approx(-900.0)
    assert all(item.change == 0 for item in found.differences if item.measure.columns != (column,))
    assert [item.measure.columns for item in found.largest] == [(column,)]


@both_languages
def test_it_is_said_with_names_and_numbers(result: Result, language: Language) -> None:
    words = Words(language)
    other = changed(result, "farmers income per head", -900.0)
    found = compared([from_result(result), other])
    sentence = sentences(found, words)[0]
    assert "900" in sentence and other.title[language] in sentence
    first = found.differences[0]
    achieved = abs(first.base - first.without)
    assert first.share == pytest.approx(900.0 / achieved)
    assert (words.percent(first.share, 0) in sentence) == (first.share <= FAR)
    same = compared([from_result(result), from_result(result)])
    assert sentences(same, words) == [words.say("compare.largest.none")]
    assert len(largest(found, words).content) == 1
    shown = table(found, words).content[0]
    assert "−900" in str(shown)
    assert money(found, words).content


@both_languages
def test_the_numbers_of_a_figure_are_those_of_the_paths(result: Result, language: Language) -> None:
    words, column = Words(language), "gain of W of the year"
    base, other = from_result(result), changed(result, "farmers income per head", -900.0)
    made = {drawing.name: drawing for drawing in drawings(compared([base, other]), words)}
    assert "900" in made["farmers"].reading
    assert made["partners"].reading == words.say("compare.reading.none", year=2035)
    gain = base.path.at(column, result.model_years) - base.without.at(column, result.model_years)
    partners, money = made["partners"].data, made["allocation"].data
    assert partners is not None and money is not None
    shown = partners.rows[0][2:]
    assert [float(text.replace(",", "")) for text in shown] == pytest.approx(gain, abs=0.5)
    whole = money.rows[0][-1]
    assert whole == f"{sum(base.money.values()) / 9:,.0f}"


def test_plans_without_a_common_year_are_refused(result: Result) -> None:
    base = from_result(result)
    with pytest.raises(ValueError, match="no plan year"):
        compared([base, replace(base, plan_years=(2050,))])


def test_years_in_common_count(result: Result) -> None:
    base = from_result(result)
    path = base.path
    short = replace(base, path=Yearly(path.years[:-2], path.columns, path.data[:-2]))
    found = compared([base, replace(short, plan_years=base.plan_years[:-2])])
    assert found.plan_years == base.plan_years[:-2]
    assert found.model_years[-1] == base.plan_years[-3]


@both_languages
def test_the_command_writes_everything(
    result: Result, language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = folder_of(result, tmp_path / "a"), folder_of(result, tmp_path / "b")
    out = tmp_path / "out"
    names = [str(one), str(two)]
    assert compare(Words(language), names, show=["market capability"], out=out) == 0
    printed = capsys.readouterr().out
    assert Words(language).say("compare.largest.none").split()[0] in printed
    page = (out / "comparison.html").read_text(encoding="utf-8")
    drawn = len(list((out / "figures").glob("*.svg")))
    assert page.count("<svg") == page.count("<details>") == page.count("aria-label") == drawn >= 6
    rows = (out / "comparison.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "alternative,measure,unit,value,change"
    assert (out / "figures" / "shown.png").exists()


def test_all_mistakes_at_once(result: Result, tmp_path: Path) -> None:
    words = Words("en")
    with pytest.raises(FindingsError):
        compare(words, ["w-county"], out=tmp_path / "x")
    with pytest.raises(FindingsError) as caught:
        compare(words, ["no such", "neither"], out=tmp_path / "x")
    assert len(caught.value.findings) == 2
    one = str(folder_of(result, tmp_path / "a"))
    with pytest.raises(FindingsError) as caught:
        compare(words, [one, one], show=["market capabilty", "nonsense"], out=tmp_path / "x")
    assert [f.key for f in caught.value.findings] == ["--show", "--show"]
    assert not (tmp_path / "x").exists()

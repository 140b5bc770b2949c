"""Bands of runs and comparisons: the fan's own numbers, differences within a future, failures."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from optimize.uncertainty import Futures
from scenarios.commands.compare import compare
from scenarios.commands.simulate import simulate
from scenarios.comparison import Alternative, compared
from scenarios.comparison.band_charts import multiples
from scenarios.comparison.bands import Spreads, rows, spreads
from scenarios.comparison.charts import panels
from scenarios.comparison.figures import GROUPS
from scenarios.fans import bands_of, fan
from scenarios.findings import FindingsError
from scenarios.language import Language
from scenarios.report import Result, Yearly, fill, style
from scenarios.report.bands import Bands, Basis
from scenarios.report.result import PlanName
from scenarios.resolved import resolved_text
from scenarios.scenario import Tables
from scenarios.words import LANGUAGES, Words
from tests.report.made_up import made_up_result
from tests.report.test_figures import must_stay_on_the_page_and_apart
from tests.uncertainty.studied import plan_file, shifted

GAP, INCOME, GAIN = "structure gap", "farmers income per head", "gain of W of the year"
ASKED: tuple[tuple[str, Basis], ...] = ((GAP, "level"), (INCOME, "change"), (GAIN, "gain"))
NUMBER, SEED = 60, 1


def plans() -> dict[PlanName, Tables]:
    county = shifted().county
    return {
        "optimal": shifted().levers,
        "past_practice": county.past,
        "no_cooperation": county.tables({}),
    }


def made(years: tuple[int, ...]) -> Bands:
    return bands_of(shifted().county, shifted().problem, plans(), ASKED, years, NUMBER, SEED)


def test_bands_of_a_run_are_those_of_the_fan() -> None:
    wide = fan(shifted(), [GAP, INCOME], NUMBER, SEED)
    found = made((2021, *wide.years))  # the history as well: it is run again, from its beginning
    gap, change = found.bands[0], found.bands[1]
    np.testing.assert_allclose(np.array(gap.quantiles)[:, 1:], wide.quantiles[:, 0], rtol=1e-12)
    np.testing.assert_allclose(
        np.array(change.quantiles)[:, 1:], wide.quantiles[:, 3], rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(np.array(gap.lines)[:, 1:], wide.lines[:5, 0], rtol=1e-12)


def test_what_the_plan_changes_is_nothing_before_it_begins() -> None:
    found = made((2024, 2026, 2030))
    for band in found.bands[1:]:
        quantiles = np.array(band.quantiles)
        np.testing.assert_allclose(quantiles[:, :2], 0.0, atol=1e-9)
        assert quantiles[0, 2] < quantiles[-1, 2]
    assert found.failed == 0 and found.observed and found.futures == NUMBER


def test_failed_runs_are_counted_and_in_no_band(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = made((2030,))

    def broken(*arguments: object, **more: object) -> Futures:
        from scenarios.futures import futures

        drawn = futures(*arguments, **more)  # type: ignore[arg-type]
        column = next(iter(drawn.values))
        values = drawn.values[column].copy()
        values[3] = np.nan
        return replace(drawn, values={**drawn.values, column: values})

    monkeypatch.setattr("scenarios.fans.bands.futures", broken)
    found = made((2030,))
    assert found.failed == 1 and whole.failed == 0
    assert "1" in found.sample(Words("zh")) and "1 runs failed" in found.sample(Words("en"))
    assert np.isfinite([band.quantiles for band in found.bands]).all()
    assert found.bands[0].lines[3] != whole.bands[0].lines[3]  # the failed one is passed over


def wide_of_two() -> Spreads:
    county = shifted().county
    tables = [county.past, shifted().levers]
    asked = [(GAP, False), (GAIN, True)]
    return spreads([], [county, county], tables, asked, (2026, 2035), NUMBER, SEED)


def test_alternatives_share_their_futures() -> None:
    found, alone = wide_of_two(), fan(shifted(), [GAP], NUMBER, SEED)
    gap = found.of(GAP, False)
    np.testing.assert_array_equal(gap.against[0], 0.0)  # the baseline against itself
    np.testing.assert_allclose(gap.own[1, :, 1], alone.quantiles[:, 0, -1], rtol=1e-12)
    # Paired: the change is far narrower than two apart would be.
    np.testing.assert_allclose(gap.against[1, :, 1], alone.quantiles[:, 1, -1], rtol=1e-9)
    np.testing.assert_allclose(found.of(GAIN, True).own[:, :, 0], 0.0, atol=1e-9)


def test_a_number_of_futures_needs_bands(tmp_path: Path) -> None:
    words = Words("en")
    commands: list[Callable[[], int]] = [
        partial(simulate, words, None, futures=50),
        partial(simulate, words, None, out=tmp_path / "out"),
        partial(compare, words, ["a", "b"], futures=50),
    ]
    for command in commands:
        with pytest.raises(FindingsError) as caught:
            command()
        assert [finding.reason.key for finding in caught.value.findings] == ["finding.needs"]


def test_simulate_writes_the_bands_of_a_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, texts = plan_file(tmp_path), []
    for language in LANGUAGES:
        out, words = tmp_path / language, Words(language)
        assert simulate(words, None, plan=plan, bands=True, futures=30, out=out) == 0
        texts.append((out / "bands.csv").read_bytes())
        assert words.say("compare.section.bands", year=2035) in capsys.readouterr().out
        page = (out / "simulate.html").read_text(encoding="utf-8")
        assert ("30 种未来" if words.chinese else "30 futures") in page
    assert texts[0] == texts[1]
    with (tmp_path / "zh" / "bands.csv").open(encoding="utf-8", newline="") as handle:
        table = list(csv.DictReader(handle))
    assert {row["alternative"] for row in table} == {"past_practice", "plan", "no_cooperation"}
    assert {row["unit"] for row in table if row["variable"] == INCOME} == {"yuan/person"}
    figures = {file.stem for file in (tmp_path / "zh" / "figures").glob("*.png")}
    assert figures == {
        "allocation",
        "structure",
        "outcomes",
        "farmers",
        "partners",
        "indicators",
    }


def stored(folder: Path, name: str, levers: Tables) -> Path:
    """A run folder of W County whose plan is in ``levers``."""
    county, problem = shifted().county, shifted().problem
    shown: dict[PlanName, Tables] = {**plans(), "optimal": levers}
    runs = county.simulate(*shown.values())
    paths = {plan: Yearly.sampled(runs, place) for place, plan in enumerate(shown)}
    units = {variable.name: variable.unit for variable in county.model.variables.values()}
    made: Result = replace(made_up_result(), problem=problem, paths=paths, units=units, rules={})
    amounts = shifted().amounts if levers is shifted().levers else problem.past_practice
    none = np.zeros_like(amounts)
    answer = replace(made.answer, amounts=amounts, rules=(), gradient=none, reduced_costs=none)
    made = replace(made, answer=answer)
    folder = folder / name
    folder.mkdir()
    text = resolved_text(county.scenario, folder, {})
    fill(made, folder, resolved=text, write_model=lambda file: file.touch())
    return folder


def test_compare_draws_the_bands_of_run_folders(tmp_path: Path) -> None:
    tables = [shifted().county.past, shifted().levers, shifted().county.past]
    runs = [str(stored(tmp_path, f"run-{i}", levers)) for i, levers in enumerate(tables)]
    out = tmp_path / "out"
    assert compare(Words("zh"), runs, bands=True, futures=40, out=out) == 0
    with (out / "bands.csv").open(encoding="utf-8", newline="") as handle:
        table = [row for row in csv.DictReader(handle) if row["variable"] == GAP]
    last = [row for row in table if row["year"] == "2035" and row["basis"] != "level"]
    wide = fan(shifted(), [GAP], 40, SEED)
    assert len(last) == 2
    assert float(last[0]["q97.5"]) == pytest.approx(wide.quantiles[-1, 1, -1], rel=1e-9)
    assert float(last[1]["q97.5"]) == 0.0  # the same plan as the baseline
    assert (out / "figures" / "farmers.png").is_file()
    assert len(list(rows([], wide_of_two(), {}))) == 0  # no alternative, no row


@pytest.mark.parametrize(("number", "language"), [(2, "zh"), (7, "en")])
def test_texts_of_many_alternatives_stay_apart(number: int, language: Language) -> None:
    words, county = Words(language), shifted().county
    runs = county.simulate(*plans().values())
    paths = {name: Yearly.sampled(runs, place) for place, name in enumerate(plans())}
    units = {variable.name: variable.unit for variable in county.model.variables.values()}
    title = {each: county.scenario.title(each) for each in LANGUAGES}
    none, years = paths["no_cooperation"], county.scenario.plan.years
    one = Alternative("a", title, "feasible", years, 2020, {}, paths["optimal"], none, units)
    found = compared([one] * number)
    asked = [(column, False) for column in GROUPS["farmers"]]
    tables = [shifted().levers] * number
    wide = spreads([one] * number, [county] * number, tables, asked, found.model_years, 20, SEED)
    shown = panels(found, words, GROUPS["farmers"])
    with style.drawing():
        figure = multiples(found, wide, words, shown, "title", "about")
        must_stay_on_the_page_and_apart(figure)
    assert figure.get_figheight() < 12.0  # else a printed page makes it illegible
    assert len(figure.axes) == 3 * (2 * number - 1)

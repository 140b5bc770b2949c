"""The study of shocks: who regrets what, stated shocks, and the command."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from scenarios.commands.planned import read_plans
from scenarios.commands.stress import stress
from scenarios.county import County
from scenarios.findings import FindingsError
from scenarios.futures import futures
from scenarios.language import Language
from scenarios.replanning import Observed
from scenarios.replanning.revision import remaining
from scenarios.stress import (
    Stress,
    candidate,
    candidates,
    distinct,
    read_shocks,
    stressed,
)
from scenarios.stress.figures import rows
from scenarios.stress.knowing import knowing
from scenarios.stress.measures import MEASURES
from scenarios.words import LANGUAGES, Words
from tests.uncertainty.county import w_county

OWN = """
[hail]
title_zh = "{year}年冰雹"
title_en = "hail in {year}"
source = "assumption"
begins = [2028, 2030]
times = { "单产指数" = [0.8] }
"""


@cache
def study() -> Stress:
    county, stated, _ = w_county()
    shocks = read_shocks(county, None, ["shelter-ends-2028", "funds-halved"])
    plans = candidates(county)
    return stressed(county, stated, plans, shocks, futures(county, 12, 1), 1)


def test_every_shipped_shock_is_stated_with_words_and_a_source() -> None:
    county, _, _ = w_county()
    shocks = read_shocks(county)
    assert {s.family for s in shocks} == {
        "shelter-ends",
        "drought",
        "price-slump",
        "funds-halved",
        "partner-leaves",
        "talent-leaves",
    }
    assert [s.shock.years[0] for s in shocks if s.family == "shelter-ends"] == [*range(2027, 2033)]
    for item in shocks:
        assert item.source and all(item.title.values()) and all(item.note.values())
        assert "{" not in item.title["zh"]


def test_a_shipped_shock_begins_no_earlier_than_the_plan() -> None:
    county, _, _ = w_county()
    numbers = county.scenario.numbers
    later = remaining(county, 2030, numbers, Observed(2030, (), {}, county.past_money()))
    begins: dict[str, list[int]] = {}
    for item in read_shocks(later):
        begins.setdefault(item.family, []).append(item.shock.years[0])
    assert begins.pop("shelter-ends") == [2031, 2032]
    assert len(begins) == 5 and all(years == [2031] for years in begins.values())


def test_somebody_is_best_and_past_practice_is_its_own_floor() -> None:
    found = study()
    for grid in (found.stated, found.sample):
        assert np.all(grid.regrets.min(axis=1) == 0.0)
        assert not grid.short[:, 0].any()
        assert grid.short[:, 1].any()  # no cooperation
    assert found.sample.futures == 12 and found.failed == 0
    assert found.stated.values.shape == (3, 2, 1 + len(MEASURES), 1)


def test_the_same_seed_gives_the_same_figures() -> None:
    study.cache_clear()
    again = list(rows(study()))
    study.cache_clear()
    assert list(rows(study())) == again


def test_the_money_of_nobody_can_be_halved() -> None:
    found = study()
    assert found.names[2] == "funds-halved-2029"
    assert np.array_equal(found.sample.values[2, 1], found.sample.values[0, 1])
    assert not np.array_equal(found.sample.values[2, 0], found.sample.values[0, 0])


def test_the_end_of_the_shelter_makes_the_cycle_of_the_paper() -> None:
    found = study()
    area, margin, _ = found.lines[1, 0]
    least = int(np.argmin(margin))
    assert margin[least] < 0.0 < margin[0] and margin[least:].max() > 0.5 * margin[0]
    assert np.argmin(area) > least and area.min() < 0.8 * area[0] and area[-1] > 1.1 * area.min()


def test_reforms_come_with_a_plan_but_no_other_number_does() -> None:
    county, _, _ = w_county()
    ((scenario, _),) = read_plans(["mechanism"])
    found = candidate(county, County(scenario), {})
    assert found.values == {"third party assessment": 1.0, "lowering of barriers": 0.25}


def test_two_plans_of_one_scenario_are_told_apart() -> None:
    county, _, _ = w_county()
    past, none = candidates(county)
    found = distinct([past, none, past])
    assert [plan.name for plan in found] == ["past_practice", "no_cooperation", "past_practice-2"]
    assert found[2].title["en"].endswith(" (2)") and found[2].tables is past.tables


def test_who_knows_of_a_shock_does_no_worse() -> None:
    county, stated, _ = w_county()
    (item,) = read_shocks(county, None, ["shelter-ends-2028"])
    answer = knowing(county, stated, item.shock, 1, 1, [stated.past_practice])
    assert not answer.status.startswith("infeasible")
    assert answer.objective < study().stated.values[1, 0, 0, 0]


def test_own_shocks_add_to_the_shipped_ones(tmp_path: Path) -> None:
    county, _, _ = w_county()
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    found = read_shocks(county, file, ["hail", "drought-2029"])
    assert [s.shock.name for s in found] == ["drought-2029", "hail-2028", "hail-2030"]
    assert found[1].title["zh"] == "2028年冰雹"
    (change,) = found[1].shock.series
    assert (change.column, change.form, change.by_year) == ("yield index", "times", {2028: 0.8})


def test_all_that_is_wrong_with_shocks_is_said_at_once(tmp_path: Path) -> None:
    county, _, _ = w_county()
    file = tmp_path / "own.toml"
    file.write_text(
        '[a]\ntitle_zh = "x"\ntitle_en = "x"\nsource = "assumption"\nbegins = [2020]\n'
        "money = [0.5]\n"
        '[b]\ntitle_zh = "x"\ntitle_en = "x"\nsource = "assumption"\nbegins = [2028]\n'
        '[c]\ntitle_zh = "x"\ntitle_en = "x"\nsource = "assumption"\nbegins = [2028]\n'
        'sets = { "yeild index" = [0.5], "shelter level" = [2.0] }\n'
        '[d]\ntitle_zh = "x"\nbegins = [2028]\nmoney = [-1]\n',
        encoding="utf-8",
    )
    with pytest.raises(FindingsError) as caught:
        read_shocks(county, file, ["nothing like it"])
    keys = [finding.key for finding in caught.value.findings]
    assert {"a.begins", "b", 'c.sets."yeild index"', 'c.sets."shelter level"'} <= set(keys)
    assert {"d.title_en", "d.source", "d.money.0", "--shock"} <= set(keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_writes_everything(
    run_folder: Path, language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, out = Words(language), tmp_path / "out"
    options = {"only": ["shelter-ends-2028"], "futures": 8, "json": language == "en"}
    assert stress(words, [str(run_folder)], out=out, **options) == 0  # type: ignore[arg-type]
    printed = capsys.readouterr().out
    page = (out / "stress.html").read_text(encoding="utf-8")
    assert page.count("<svg") == len(list((out / "figures").glob("*.svg"))) == 3
    table = (out / "stress.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "shock,plan,quantity,unit,stated,estimate,low,high,futures"
    assert len(table) == 1 + 2 * 3 * (2 * (1 + len(MEASURES)) + 2 + 6)
    if language == "zh":
        assert words.say("stress.title") in printed
        return
    record = json.loads(printed)
    assert (record["futures"], record["failed_futures"], record["interval"]) == (8, 0, 0.95)


def test_plans_that_do_not_fit_are_refused(run_folder: Path, tmp_path: Path) -> None:
    words = Words("en")
    with pytest.raises(FindingsError):
        stress(words, ["w-county"] * 6, out=tmp_path / "x")
    with pytest.raises(FindingsError) as caught:
        stress(words, ["no such", str(tmp_path)], out=tmp_path / "x")
    assert len(caught.value.findings) == 3
    short = tmp_path / "short.toml"
    short.write_text('extends = "w-county"\n[plan]\nlast_year = 2034\n', encoding="utf-8")
    with pytest.raises(FindingsError) as caught:
        stress(words, [str(run_folder), str(short)], out=tmp_path / "x")
    assert [f.reason.key for f in caught.value.findings] == ["finding.other_years"]
    assert not (tmp_path / "x").exists()


def test_a_per_cent_of_past_practice_is_that_of_each_future() -> None:
    """Without a shock past practice brings all per cents of itself, in every future."""
    found, (county, _, _) = study(), w_county()
    past = found.sample.values[0, 0]  # no shock, past practice: (M, S)
    gap = 1 + next(i for i, m in enumerate(MEASURES) if m.key == "gap")
    asked = county.scenario.objective
    of_itself = 100.0 * (asked.farmers_income + asked.farmers_worst_year + asked.partner_gain)
    np.testing.assert_allclose(past[0], asked.balance * past[gap] - of_itself, rtol=1e-9)

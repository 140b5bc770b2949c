"""When the county's plan fails: criteria, features and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from scenarios.commands.discover import discover
from scenarios.discovery import criteria, features_of, studied
from scenarios.findings import FindingsError
from scenarios.futures import futures
from scenarios.language import Language
from scenarios.words import LANGUAGES, Words
from tests.uncertainty.county import w_county

SURE = "potato margin of the year<1e9"


def test_features_are_what_differs_between_futures() -> None:
    county, _, _ = w_county()
    drawn = futures(county, 40, 1, observed=False)
    features, values = features_of(county, drawn)
    assert values.shape == (40, len(features))
    assert np.all(np.ptp(values, axis=0) > 0.0)
    named = {(feature.column, feature.of): i for i, feature in enumerate(features)}
    lowest = values[:, named["yield index", "lowest"]]
    assert np.all(lowest <= values[:, named["yield index", "mean"]])
    points = [i for i, x in enumerate(county.model.lookups["yield index"].x) if x >= 2027]
    assert np.array_equal(lowest, drawn.series["yield index"][:, points].min(axis=1))


def test_criteria_measure_how_far_from_failing() -> None:
    county, _, _ = w_county()
    found = {item.name: item for item in criteria(county)}
    assert set(found) == {"farmers", "gap", "w", "m", "score"}
    past = np.full((1, 12), 100.0)
    assert found["farmers"].margin(1.02 * past, past) == pytest.approx(2.0)
    assert found["gap"].margin(past + 1.0, past) == pytest.approx(-1.0)
    score = past.copy()
    score[0, 3] = 90.0
    score[0, 11] = 0.0  # after the plan, which no rule is about
    assert found["score"].margin(score, past) == pytest.approx(-5.0)
    (own,) = criteria(county, ["农户市场能力 > 0.3"])
    assert own.column == "market capability"
    assert own.margin(np.array([[0.2, 0.4]]), past) == pytest.approx(-0.1)


def test_the_plan_that_is_past_practice_never_fails_against_it() -> None:
    county, stated, _ = w_county()
    drawn = futures(county, 50, 1, observed=False)
    asked = criteria(county, ["farmers", "gap", "w", SURE])
    found = studied(county, stated, county.past, asked, drawn, 1)
    rates = {f.criterion.name: f.discovery.rate.value for f in found.failures}
    assert rates == {"farmers": 0.0, "gap": 0.0, "w": 0.0, SURE: 1.0}
    assert not any(failure.searched or failure.discovery.boxes for failure in found.failures)


def test_a_dear_crop_is_found_to_be_what_farmers_lose_by(tmp_path: Path, run_folder: Path) -> None:
    out = tmp_path / "out"
    loses = "potato margin of the year<0"
    found = discover(Words("en"), str(run_folder), fails=[loses], futures=1200, out=out)
    assert found == 0
    record = json.loads((out / "discovery.json").read_text(encoding="utf-8"))
    (criterion,) = record["criteria"]
    limits = criterion["boxes"][0]["limits"]
    assert "cash cost per mu" in [limit["column"] for limit in limits if limit["high"] is None]
    assert criterion["boxes"][0]["density"]["low"] > criterion["fails"]["value"]
    assert (out / "figures" / "bound-1.png").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_writes_everything(
    run_folder: Path, language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, out = Words(language), tmp_path / "out"
    as_json = language == "en"
    assert discover(words, str(run_folder), futures=120, out=out, json=as_json) == 0
    printed = capsys.readouterr().out
    assert (out / "discovery.html").exists()
    rows = (out / "futures.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "future,criterion,margin,fails" and len(rows) == 1 + 5 * 120
    if not as_json:
        assert words.say("discover.section.boxes") in printed
        return
    assert {c["name"] for c in json.loads(printed)["criteria"]} >= {"farmers", "score"}


def test_criteria_that_are_none_are_refused_at_once(run_folder: Path, tmp_path: Path) -> None:
    asked = ["farmer", "no such column<1", "structure gap>1e1e"]
    with pytest.raises(FindingsError) as caught:
        discover(Words("en"), str(run_folder), fails=asked, out=tmp_path / "x")
    assert [f.key for f in caught.value.findings] == ["--fails"] * 3
    assert not (tmp_path / "x").exists()

"""``sensitivity`` and ``fan`` as commands: folders, figures and words in both languages."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from scenarios.commands.fan import fan
from scenarios.commands.sensitivity import sensitivity
from scenarios.fans import fan as bands
from scenarios.fans.said import said
from scenarios.findings import FindingsError
from scenarios.language import Language
from scenarios.report.risks import read_risks
from scenarios.report.study import add_to_run
from scenarios.sensitivity.decisions import Size
from scenarios.words import LANGUAGES, Words
from tests.uncertainty.studied import plan_file, shifted

GAP = ["structure gap"]
SMALL = {"by": "variable", "factors": 5, "samples": 32, "futures": 60}
both_languages = pytest.mark.parametrize("language", LANGUAGES)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few re-optimised plans."""
    monkeypatch.setattr("scenarios.sensitivity.decisions.Size", lambda: Size(2, 3, 60))


@both_languages
@pytest.mark.usefixtures("few")
def test_sensitivity_writes_everything(
    language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, out, plan = Words(language), tmp_path / "out", plan_file(tmp_path)
    whole = language == "zh"  # plans re-optimised, and pairs of factors
    options = {**SMALL, "show": GAP, "decisions": whole, "second": whole}
    assert sensitivity(words, None, plan=plan, out=out, **options) == 0  # type: ignore[arg-type]
    printed = capsys.readouterr().out
    assert words.say("sensitivity.lead.reading")[:12] in printed
    assert words.title("structure gap") in printed
    figures = {path.stem for path in (out / "figures").glob("*.png")}
    assert {"tornado-1", "indices-1"} <= figures and ("moves" in figures) == whole
    page = (out / "sensitivity.html").read_text(encoding="utf-8")
    assert page.count("<svg") == page.count("<details") == len(figures)
    assert "http://" not in page.replace("http://www.w3.org", "")
    record = json.loads((out / "sensitivity.json").read_text(encoding="utf-8"))
    assert [o["basis"] for o in record["outcomes"]] == ["level", "change"]
    orders = {row["order"] for row in rows(out / "indices.csv")}
    assert orders == {"first", "total"} | ({"second"} if whole else set())
    assert {row["sample"] for row in rows(out / "spread.csv")} == {"ranges", "observed"}
    if whole:
        assert record["decision"]["futures"]["asked"] == 3
        ends = rows(out / "decision_ends.csv")
        assert {row["sector"] for row in ends} == {"agriculture", "industry", "services", "all"}
        assert rows(out / "knowing.csv")[-1]["input"] == "everything"


@both_languages
def test_fan_writes_everything(
    language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, plan = Words(language), plan_file(tmp_path)
    show = ["结构差距" if language == "en" else "structure gap", "farmers income per head"]
    for name in ("one", "two"):
        out = tmp_path / name
        assert fan(words, None, plan=plan, show=show, futures=60, out=out, json=name == "two") == 0
    printed = capsys.readouterr().out
    text, _, record = printed.partition("\n{\n")
    assert words.title("structure gap") in text
    found = json.loads("{\n" + record)
    assert found["futures"] == 60 and found["parameters"] == "observed"
    bytes_of = [(tmp_path / name / "fan.csv").read_bytes() for name in ("one", "two")]
    assert bytes_of[0] == bytes_of[1]
    table = rows(tmp_path / "one" / "fan.csv")
    assert {row["variable"] for row in table} == {"structure gap", "farmers income per head"}
    assert all(float(row["q2.5"]) <= float(row["q50"]) <= float(row["q97.5"]) for row in table)
    page = (tmp_path / "one" / "fan.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert (tmp_path / "one" / "figures" / "fan.png").exists()


def test_wrong_names_are_all_said_and_nothing_is_left(tmp_path: Path) -> None:
    words, plan = Words("en"), plan_file(tmp_path)
    for command in (sensitivity, fan):
        with pytest.raises(FindingsError) as caught:
            command(words, None, plan=plan, show=["structur gap", "nonsense"], out=tmp_path / "x")
        assert [finding.key for finding in caught.value.findings] == ["--show", "--show"]
        with pytest.raises(FindingsError):
            command(words, None, plan=tmp_path / "no.csv", out=tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_only_the_plan_of_a_run_folder_can_go_into_its_report(tmp_path: Path) -> None:
    words, plan = Words("en"), plan_file(tmp_path)
    for command in (sensitivity, fan):
        with pytest.raises(FindingsError) as caught:
            command(words, None, plan=plan, report=True, out=tmp_path / "x")
        assert [finding.key for finding in caught.value.findings] == ["--report"]


def test_a_fan_goes_into_the_report_of_a_run(tmp_path: Path) -> None:
    found = bands(shifted(), GAP, 40, 1)
    add_to_run(tmp_path, "fan", {tongue: said(found, Words(tongue)) for tongue in LANGUAGES})
    for tongue in LANGUAGES:
        (risks,) = read_risks(tmp_path, tongue)
        (figure,) = risks.figures
        assert figure.svg.startswith("<?xml") and figure.png and figure.data is not None
        assert Words(tongue).say("fan.section.short") == risks.sections[0].title

"""A new scenario runs as it is, every line of it can be used, and nothing is written over."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.commands.new import new
from scenarios.findings import FindingsError
from scenarios.load import load
from scenarios.words import Words

from .test_resolved import assert_same

ZH, EN = Words("zh"), Words("en")
COMMENTED = re.compile(r'^# ((?:\[rules|"?[\w ,\[\]-]+"? = ).*)$', re.MULTILINE)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("county", ["w-county", "shangdu", "w-county-projects"])
def test_it_says_only_what_it_is_called(here: Path, county: str) -> None:
    assert new(ZH, "huade", county=county) == 0
    own, base = load("huade"), load(county)
    assert (own.name, own.identity.title_zh) == ("huade", "huade东西部协作资金方案")
    assert_same(own, replace(base, identity=own.identity))
    assert own.library == base.library


@pytest.mark.parametrize("county", ["w-county", "shangdu"])
def test_every_line_of_it_can_be_used(here: Path, county: str) -> None:
    """Without their #, the lines say what the base says; rules that were not in force are."""
    assert new(EN, "huade", county=county) == 0
    file = here / "huade.toml"
    text = file.read_text(encoding="utf-8")
    before, _, after = text.partition("# [projects]\n")  # its library is not there
    text = before + after[after.index("[parameters]") :]
    used, number = COMMENTED.subn(r"\1", text)
    assert number > 100
    file.write_text(used, encoding="utf-8")
    own, base = load(file), load(county)
    assert own.agreement and set(own.rules) > set(base.rules)
    assert_same(replace(own, rules=base.rules), replace(base, identity=own.identity))
    for name, rule in base.rules.items():
        assert own.rules[name] == rule


def test_a_table_of_figures_is_filled_in_with_a_spreadsheet(here: Path) -> None:
    assert new(ZH, "huade", figures=True) == 0
    table = here / "huade" / "figures.csv"
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("参数名称,单位,现用值") and len(lines) > 50
    place = next(i for i, line in enumerate(lines) if line.endswith(",residents"))
    empty = ",,,,,,residents"
    assert lines[place].endswith(empty)
    lines[place] = lines[place].removesuffix(empty) + ',"96,000",70000,,R007,,residents'
    table.write_bytes("\r\n".join(lines).encode("gbk"))  # as Excel saves it
    own = load("huade")
    assert own.numbers.values == {"residents": 96000.0}
    assert own.catalogue.rows["residents"].high == load().catalogue.rows["residents"].high


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("taken", "finding.file_exists"),
        ("w-county", "finding.shipped"),
        ("a b", "finding.bad_name"),
        ("../up", "finding.bad_name"),
    ],
)
@pytest.mark.parametrize("xlsx", [True, False])
def test_what_cannot_be_written_is_refused(here: Path, name: str, reason: str, xlsx: bool) -> None:
    for suffix in ("toml", "xlsx"):
        (here / f"taken.{suffix}").write_text("mine", encoding="utf-8")
    before = sorted(here.iterdir())
    with pytest.raises(FindingsError) as caught:
        new(EN, name, xlsx=xlsx)
    assert [f.reason.key for f in caught.value.findings] == [reason]
    assert sorted(here.iterdir()) == before
    assert (here / "taken.toml").read_text(encoding="utf-8") == "mine"


def test_it_can_build_on_a_county_of_ones_own(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(EN, "huade", county="shangdu") == 0
    capsys.readouterr()
    assert new(EN, "huade-dry", county="huade", json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"scenario": "huade-dry", "extends": "huade.toml", "files": ["huade-dry.toml"]}
    assert load("huade-dry").numbers.values == load("shangdu").numbers.values

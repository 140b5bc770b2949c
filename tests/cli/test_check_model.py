"""``check --model`` tells what is wrong with a Vensim file, in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.model import COUNTY

TANK = """{UTF-8}
water = INTEG(inflow, 5) ~ litre ~ What is in the tank.|
inflow = 2 ~ litre/minute ~ What the tap gives.|
tap shut :THE CONDITION: inflow = 0 :IMPLIES: water = 5 ~~|
FINAL TIME = 4 ~ minute ~ |
INITIAL TIME = 0 ~ minute ~ |
SAVEPER = 1 ~ minute ~ |
TIME STEP = 1 ~ minute ~ |
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_county_is_in_order(run: Any, language: str) -> None:
    ran = run("check", "--model", str(COUNTY), "--lang", language)
    assert ran.code == 0, ran.out
    assert ("未通过 0" if language == "zh" else " 0 failed") in ran.out


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("litre/minute", "litre", 2),  # the flow of the stock
        ("water = 5 ~~|", "water > 5 ~~|", 4),  # a check that fails
        ("inflow = 0", "leak = 0", 4),  # one that cannot be run
    ],
)
def test_each_finding_has_its_line(
    run: Any, tmp_path: Path, language: str, right: str, wrong: str, line: int
) -> None:
    path = tmp_path / "tank.mdl"
    path.write_text(TANK, encoding="utf-8")
    assert run("check", "--model", "tank.mdl", "--lang", language).code == 0
    path.write_text(TANK.replace(right, wrong), encoding="utf-8")
    ran = run("check", "--model", "tank.mdl", "--lang", language)
    assert ran.code == 2
    assert f"tank.mdl:{line}: " in ran.out
    record = json.loads(run("check", "--model", "tank.mdl", "--json").out)
    assert [finding["line"] for finding in record["findings"]] == [line]


def test_missing_units_are_findings_and_missing_comments_are_told(run: Any, tmp_path: Path) -> None:
    text = TANK.replace("~ litre ~ What is in the tank.", "~ ~ ")
    (tmp_path / "tank.mdl").write_text(text, encoding="utf-8")
    ran = run("check", "--model", "tank.mdl", "--lang", "en")
    assert ran.code == 2
    assert "without units: 1 (line in brackets): water (2)" in ran.out
    assert "without a comment: 1 (line in brackets): water (2)" in ran.out

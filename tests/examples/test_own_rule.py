"""The examples run and show what they say."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

OWN_RULE = Path(__file__).resolve().parents[2] / "examples" / "own_rule.py"


def test_an_own_rule_is_kept_and_has_its_price(capsys: pytest.CaptureFixture[str]) -> None:
    found = runpy.run_path(str(OWN_RULE))
    cost = found["main"](starts=1)
    said = capsys.readouterr().out
    assert cost > 0.0
    assert "talent_with_projects[agriculture,2027] :" in said
    assert "money[2027,agriculture,talent]" in said
    assert said.count("locally_optimal") == 2
    assert "binds in 0" not in said

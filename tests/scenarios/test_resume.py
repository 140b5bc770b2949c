"""``optimize --from``: the plan of an earlier run, as amounts of the problem's decisions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.commands.resume import plan
from scenarios.county import County
from scenarios.findings import FindingsError
from scenarios.load import load

HEAD = "year,sector,instrument,amount\n"


@pytest.fixture(scope="module")
def county() -> County:
    return County(load("w-county"))


def test_a_run_folder_or_its_plan(county: County, tmp_path: Path) -> None:
    """What the plan does not list is zero; the order of lines is nobody's concern."""
    last, first = county.decisions[-1], county.decisions[0]
    lines = [f"{d.year},{d.sector},{d.instrument}" for d in (last, first)]
    text = f"{HEAD}{lines[0]},30\n{lines[1]},7\n"
    (tmp_path / "plan.csv").write_text(text, encoding="utf-8")
    for place in (tmp_path, tmp_path / "plan.csv"):
        amounts = plan(county, place)
        assert (amounts[-1], amounts[0], amounts.sum()) == (30.0, 7.0, 37.0)
        assert amounts.shape == (len(county.decisions),)
        assert amounts.dtype == np.float64


def test_a_folder_without_a_plan_or_with_a_wrong_one(county: County, tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as missing:
        plan(county, tmp_path)
    assert "plan.csv" in str(missing.value)
    (tmp_path / "plan.csv").write_text(HEAD + "1066,all,roads,5\n", encoding="utf-8")
    with pytest.raises(FindingsError):
        plan(county, tmp_path)

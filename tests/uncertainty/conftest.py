"""A run folder without the search that would make one: past practice, a tenth of it moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.county import County
from scenarios.load import load
from scenarios.report.tables import PLAN_COLUMNS, csv_text
from scenarios.resolved import resolved_text, taken_along


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``resolved.toml`` and ``plan.csv``; its searches take two starts."""
    folder = tmp_path_factory.mktemp("run")
    scenario = load("w-county", {"starts": 2})
    copies = taken_along(scenario)
    for name, held in copies.items():
        (folder / name).write_bytes(held)
    (folder / "resolved.toml").write_text(resolved_text(scenario, folder, copies), encoding="utf-8")
    amounts = {
        cell: amount for cell, amount in County(scenario).past_money().items() if cell[0] >= 2027
    }
    for year in scenario.plan.years:
        moved = 0.1 * amounts[year, "agriculture", "productive projects"]
        amounts[year, "agriculture", "productive projects"] -= moved
        amounts[year, "industry", "productive projects"] += moved
    rows = ((*cell, repr(amount)) for cell, amount in amounts.items())
    (folder / "plan.csv").write_text(csv_text(PLAN_COLUMNS, rows), encoding="utf-8")
    return folder

"""``explain`` from end to end, and what ``optimize`` says where no plan is possible."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from .conftest import Run, run_cli
from .test_optimize import SHORT

TOO_MUCH = """[rules.productive_share]
at_least = 0.7
[rules.instrument_floor]
"public services" = 0.35
"""


def test_explain_gives_every_part_as_numbers_that_fit(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(SHORT, encoding="utf-8")
    ran = run_cli(tmp_path, "explain", "short", "--json")
    assert ran.code == 0, ran.err
    record = json.loads(ran.out)
    shared = record["contributions"]
    parts = sum(item["improvement"] for item in shared["decisions"])
    assert parts == pytest.approx(shared["total"], rel=1e-3)
    assert record["rule_costs"]
    assert all(cost["cost"] is None or cost["cost"] >= 0.0 for cost in record["rule_costs"])
    for name, item in record["freedom"].items():
        assert item["low"] <= item["plan"] <= item["high"], name
    assert all(item["worth"] > 0.0 for item in record["eased"])
    assert len(record["worth"]) == 2 * 13


MINIMUM = """[rules.minimum_size]
at_least = 150
"productive projects" = 500
"""


def test_a_run_can_be_explained_and_keeps_minimum_sizes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(SHORT + MINIMUM, encoding="utf-8")
    ran = run("optimize", "short", "--explain", "--out", "run", "--json", "--lang", "zh")
    assert ran.code == 0, ran.err
    record = json.loads(ran.out)
    with (tmp_path / "run" / "plan.csv").open(encoding="utf-8", newline="") as lines:
        amounts = [(row["instrument"], float(row["amount"])) for row in csv.DictReader(lines)]
    assert all(
        amount == 0.0 or amount >= (500.0 if name == "productive projects" else 150.0)
        for name, amount in amounts
    )
    assert record["choices"]["number"] == len(amounts) == 26
    assert record["choices"]["made"] == sum(amount > 0.0 for _, amount in amounts)
    assert record["projects"] is None
    told = record["explanation"]
    assert told["rule_costs"] and set(told["freedom"]) >= {"agriculture", "all", "talent"}
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "方案有多大余地，规则各要多大代价" in page


@pytest.mark.parametrize(("language", "said"), [("zh", "只改一条"), ("en", "One rule alone")])
def test_no_plan_ends_with_the_smallest_repair(
    run: Run, tmp_path: Path, language: str, said: str
) -> None:
    (tmp_path / "short.toml").write_text(SHORT + TOO_MUCH, encoding="utf-8")
    ran = run("optimize", "short", "--lang", language)
    assert ran.code == 3
    assert said in ran.out
    assert "65.0%" in ran.out  # what is left of 100 % for productive projects

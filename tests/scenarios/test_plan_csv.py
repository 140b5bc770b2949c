"""Plans as tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import load as load_model
from models.model import COUNTY
from scenarios.catalogue import catalogue
from scenarios.findings import Finding
from scenarios.levers import levers
from scenarios.plan_csv import PlanTable, read_plan

YEARS = range(2027, 2036)


def read(path: Path, text: str, encoding: str = "utf-8") -> tuple[PlanTable, list[Finding]]:
    """Read a table with the usual header."""
    path.write_bytes(text.encode(encoding))
    return read_plan(path, catalogue(COUNTY), YEARS, levers(load_model().lookups))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.csv"


HEAD = "year,sector,instrument,amount\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_names_in_either_language_and_encoding(path: Path, encoding: str) -> None:
    text = HEAD + "2027,农业,产业项目,3000\n2028, industry ,productive_projects,12.5\n\n"
    plan, findings = read(path, text, encoding)
    assert not findings
    assert plan == {
        (2027, "agriculture", "productive projects"): 3000.0,
        (2028, "industry", "productive projects"): 12.5,
    }


@pytest.mark.parametrize(
    ("line", "key", "reason"),
    [
        ("2026,industry,talent,1", "year", "year_outside"),
        ("soon,industry,talent,1", "year", "not_whole"),
        ("2027,mining,talent,1", "sector", "unknown_name"),
        ("2027,industry,talents,1", "instrument", "unknown_name"),
        ("2027,industry,insurance subsidy,1", "sector", "no_lever"),
        ("2027,all,talent,1", "sector", "no_lever"),
        ("2027,industry,talent,1 万", "amount", "not_number"),
        ("2027,industry,talent,nan", "amount", "not_number"),
        ("2027,industry,talent,-1", "amount", "too_small"),
        ("2027,industry,talent", "", "fields"),
        ("2027,industry,talent,2,176", "", "fields"),
        ("2027,industry,talent,", "amount", "not_number"),
        ("2028,services,talent,2", "", "twice"),
    ],
)
def test_a_wrong_line_is_named(path: Path, line: str, key: str, reason: str) -> None:
    plan, findings = read(path, HEAD + "2028,services,talent,1\n" + line + "\n")
    assert plan == {(2028, "services", "talent"): 1.0}
    (finding,) = findings
    assert (finding.file, finding.line, finding.key) == (path, 3, key)
    assert finding.reason.key == f"finding.{reason}"


def test_wrong_columns(path: Path) -> None:
    _, findings = read(path, "year,sector,tool,amount,note\n")
    assert [(f.key, f.reason.key) for f in findings] == [
        ("instrument", "finding.no_column"),
        ("tool", "finding.unknown_column"),
    ]


def test_an_empty_or_missing_file(path: Path) -> None:
    assert [f.reason.key for f in read(path, "")[1]] == ["finding.no_column"] * 4
    path.unlink()
    assert [f.reason.key for f in read_plan(path, catalogue(COUNTY), YEARS, ())[1]] == [
        "finding.no_file"
    ]

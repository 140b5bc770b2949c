"""Plans as tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import load as load_model
from models.model import COUNTY
from scenarios.catalogue import catalogue
from scenarios.findings import Finding
from scenarios.levers import levers
from scenarios.plan_csv import PlanTable, read_edit, read_plan

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
        ("2027,industry,talent,1 万", "amount", "not_money"),
        ("2027,industry,talent,nan", "amount", "not_money"),
        ("2027,industry,talent,-1", "amount", "too_small"),
        ("2027,industry,talent", "", "fields"),
        ("2027,industry,talent,2,176", "", "fields"),
        ("2027,industry,talent,", "amount", "missing"),
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


def edit(path: Path, text: str, encoding: str = "utf-8") -> tuple[PlanTable, list[Finding]]:
    """Read an edited plan."""
    path.write_bytes(text.encode(encoding))
    return read_edit(path, catalogue(COUNTY), YEARS, levers(load_model().lookups))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_what_a_spreadsheet_writes_is_read(path: Path, encoding: str, mark: str) -> None:
    lines = [
        "年份,产业,手段,金额（万元）,以往做法（万元）,,",
        "2027,农业,产业项目,3000,3100,,",
        ",,,,,,",
    ]
    kept, findings = edit(path, "\r\n".join(lines).replace(",", mark), encoding)
    assert (kept, findings) == ({(2027, "agriculture", "productive projects"): 3000.0}, [])


def test_only_what_is_marked_is_kept(path: Path) -> None:
    head = "year,sector,instrument,amount,fixed\n"
    text = head + "2027,industry,talent,5,yes\n2028,industry,talent,6,\n2029,industry,talent,,no\n"
    assert edit(path, text) == ({(2027, "industry", "talent"): 5.0}, [])
    assert len(read(path, text.replace(",,no", ",7,no"))[0]) == 3  # simulate takes all of them
    _, findings = edit(path, head + "2027,industry,talent,,yes\n2028,industry,talent,1,maybe\n")
    assert [(f.key, f.line, f.reason.key) for f in findings] == [
        ("amount", 2, "finding.missing"),
        ("fixed", 3, "finding.not_yes"),
    ]


def test_an_empty_amount_is_free_and_nothing_kept_is_a_mistake(path: Path) -> None:
    text = HEAD + "2027,industry,talent,\n2028,industry,talent,8\n"
    assert edit(path, text) == ({(2028, "industry", "talent"): 8.0}, [])
    assert [f.reason.key for f in edit(path, HEAD)[1]] == ["finding.nothing_fixed"]

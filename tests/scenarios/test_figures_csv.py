"""A county's own figures: values, ranges and sources of one file; every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.chain import SCENARIOS
from scenarios.findings import FindingsError
from scenarios.load import load
from scenarios.resolved import resolved_text, taken_along

from .conftest import Write

HEADER = "id,default,low,high,source,note\n"
SCENARIO = 'extends = "w-county"\n[scenario]\nfigures = "figures.csv"\n'


def test_values_ranges_and_sources_are_the_countys() -> None:
    shangdu, w = load("shangdu"), load("w-county")
    assert shangdu.numbers.values["base value added[industry]"] == 193100
    assert shangdu.numbers.values["residents"] == 192000
    row, base = shangdu.catalogue.rows["residents"], w.catalogue.rows["residents"]
    assert (row.low, row.source) == ((157000.0,), "R008")
    assert (row.zh, row.unit, base.source) == (base.zh, base.unit, "W015")
    untouched = shangdu.catalogue.rows["attrition_rate"]
    assert untouched == w.catalogue.rows["attrition_rate"]


def test_a_scenario_overrides_within_the_countys_range(write: Write) -> None:
    write("figures.csv", HEADER + "residents,192000,157000,231000,R008,\n")
    inside = write("a.toml", SCENARIO + "[parameters]\nresidents = 200000\n")
    assert load(inside).numbers.values["residents"] == 200000
    outside = write("b.toml", SCENARIO + "[parameters]\nresidents = 100000\n")
    with pytest.raises(FindingsError) as caught:
        load(outside)
    assert [f.reason.key for f in caught.value.findings] == ["finding.out_of_range"]


def test_names_may_be_chinese_and_one_number_serves_all_elements(write: Write) -> None:
    write("figures.csv", "\ufeff" + HEADER + "期初公共服务质量,0.4,0.3,0.7,assumption,\n")
    values = load(write("a.toml", SCENARIO)).numbers.values
    elements = ("education", "health", "villages")
    assert [values[f"initial service quality[{e}]"] for e in elements] == [0.4] * 3


def test_all_mistakes_at_once(write: Write) -> None:
    write(
        "figures.csv",
        HEADER
        + "resident,1,0,2,R1,\n"  # 2: unknown
        + "residents,9,10,20,R1,\n"  # 3: below its range
        + "attrition rate,x,0,1,R1,\n"  # 4: no number
        + "initial labour,1;2,0,9,R1,\n"  # 5: two numbers for three elements
        + "mobility,0.3,0.1,0.6,,\n"  # 6: no source
        + "job life,5,2,10\n",  # 7: cells missing
    )
    with pytest.raises(FindingsError) as caught:
        load(write("a.toml", SCENARIO))
    found = {(f.line, f.reason.key.removeprefix("finding.")) for f in caught.value.findings}
    assert found == {
        (2, "unknown_name"),
        (3, "out_of_range"),
        (4, "not_number"),
        (5, "numbers"),
        (6, "no_source"),
        (7, "fields"),
    }
    assert all(f.hint is not None for f in caught.value.findings)


def test_a_run_folder_can_be_run_again(tmp_path: Path) -> None:
    scenario = load("shangdu")
    copies = taken_along(scenario)
    for name, content in copies.items():
        (tmp_path / name).write_bytes(content)
    text = resolved_text(scenario, tmp_path, copies)
    assert 'figures = "figures.csv"' in text
    (origin,) = (line for line in text.splitlines() if line.startswith("residents ="))
    assert origin.startswith("residents = 192000.0  # ")
    assert origin.endswith("scenarios/shangdu/figures.csv:6")
    (tmp_path / "resolved.toml").write_text(text, encoding="utf-8")
    again = load(tmp_path / "resolved.toml")
    assert again.numbers.values.items() >= scenario.numbers.values.items()
    assert again.catalogue.rows["residents"] == scenario.catalogue.rows["residents"]


def test_every_source_of_the_shipped_county_is_evidence() -> None:
    import csv

    with (SCENARIOS.parent / "models" / "evidence.csv").open(encoding="utf-8") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    with (SCENARIOS / "shangdu" / "figures.csv").open(encoding="utf-8") as file:
        sources = {row["source"] for row in csv.DictReader(file)}
    assert sources - known <= {"assumption", "calibrated"}

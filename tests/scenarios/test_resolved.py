"""The resolved scenario says where every value comes from, and loads as the same scenario."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.model import COUNTY
from scenarios.county import County
from scenarios.load import load
from scenarios.problem import problem
from scenarios.resolved import resolved_text, taken_along
from scenarios.scenario import Scenario
from scenarios.toml_text import key, key_lines, value

from .conftest import Write

YEARS = range(2027, 2036)
SHARES = st.floats(0.0, 1.0)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "search": st.fixed_dictionaries(
            {}, optional={"seed": st.integers(0, 99), "starts": st.integers(1, 20)}
        ),
        "money": st.fixed_dictionaries(
            {
                "budget": st.floats(1.0, 9e3)
                | st.just("5500 万元")
                | st.fixed_dictionaries(
                    {str(year): st.floats(0, 9e3) for year in range(2027, 2036)}
                )
            }
        ),
        "objective": st.fixed_dictionaries({"balance": st.floats(0.1, 9.0)}),
        "parameters": st.fixed_dictionaries(
            {},
            optional={
                "base_tilt": st.floats(0.0, 0.4),
                "base absorption capacity": st.fixed_dictionaries(
                    {}, optional={"services": st.floats(2500.0, 3500.0)}
                ).filter(bool),
            },
        ),
        "exogenous": st.just(
            {
                "shelter level": {"2030": 0.5, "2035": 0},
                "product price index[sheep]": {"2029": 0.62},
            }
        ),
        "rules": st.fixed_dictionaries(
            {},
            optional={
                "productive_share": st.fixed_dictionaries({"at_least": SHARES}),
                "sector_floor": st.fixed_dictionaries(
                    {"on": st.booleans(), "industry": st.floats(0.0, 0.6)}
                ),
                "instrument_ceiling": st.fixed_dictionaries(
                    {"labour cooperation": SHARES, "source": st.text(max_size=8)}
                ),
                "carry_over": st.just({"years": 1}),
            },
        ),
    },
)


def toml(document: dict[str, object]) -> str:
    """A document as TOML, a line a top-level entry."""
    return "".join(f"{key(name)} = {value(item)}\n" for name, item in document.items())


def assert_same(one: Scenario, other: Scenario) -> None:
    """Both state the same problem."""
    assert one.identity == other.identity
    assert one.plan.years == other.plan.years
    assert one.money.budgets(one.plan.years) == other.money.budgets(one.plan.years)
    assert (one.objective, one.search) == (other.objective, other.search)
    assert {name: rule.fields() for name, rule in one.rules.items()} == {
        name: rule.fields() for name, rule in other.rules.items()
    }
    nominal = one.model.constants
    assert {**nominal, **one.numbers.values} == {**nominal, **other.numbers.values}
    for table in other.numbers.series:
        own = one.numbers.series.get(table, one.model.lookups[table].y)
        np.testing.assert_array_equal(own, other.numbers.series[table])
    for lever in one.numbers.past:
        np.testing.assert_array_equal(one.numbers.past[lever], other.numbers.past[lever])


@settings(max_examples=12)
@given(CHANGES)
def test_it_loads_as_the_same_scenario(changes: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / "changed.toml"
        changed.write_text('extends = "w-county"\n' + toml(changes), encoding="utf-8")
        scenario = load(changed)
        resolved = Path(folder) / "runs" / "resolved.toml"
        resolved.parent.mkdir()
        resolved.write_text(resolved_text(scenario, resolved.parent), encoding="utf-8")
        assert_same(scenario, load(resolved))


def test_what_is_taken_along_makes_it_independent(write: Write, tmp_path: Path) -> None:
    own, far = tmp_path / "own", tmp_path / "far"
    own.mkdir()
    far.mkdir()
    shutil.copy(COUNTY, own / "mine.mdl")
    shutil.copy(COUNTY.with_name("variables.csv"), own)
    path = write("own/own.toml", 'extends = "w-county"\n[scenario]\nmodel = "mine.mdl"\n')
    scenario = load(path)
    copies = taken_along(scenario)
    assert set(copies) == {"past-practice.csv", "model.mdl", "variables.csv"}
    for name, content in copies.items():
        (far / name).write_bytes(content)
    (far / "resolved.toml").write_text(resolved_text(scenario, own, copies), encoding="utf-8")
    shutil.rmtree(own)
    again = load(far / "resolved.toml")
    assert again.model.sha256 == scenario.model.sha256
    assert again.past_practice_file.parent == far.resolve()
    assert problem(County(again)).rows == problem(County(scenario)).rows


def test_every_value_has_its_origin(write: Write) -> None:
    path = write("own.toml", 'extends = "w-county"\n\n[parameters]\nbase_tilt = 0.3\n')
    text = resolved_text(load(path, {"seed": 9}))
    lines = [line for line in text.splitlines() if " = " in line]
    assert all("  # " in line for line in lines)
    origins = {line.partition(" = ")[0]: line.rpartition("  # ")[2] for line in lines}
    assert origins['"base tilt"'].endswith("own.toml:4")
    assert origins["seed"] == "command line"
    assert origins["time_limit"] == "default"
    assert re.search(r"w-county\.toml:\d+$", origins["first_year"])
    assert origins['"third party assessment"'] == "variables.csv"


@given(st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
))  # fmt: skip
def test_a_written_value_reads_back(thing: object) -> None:
    assert tomllib.loads(f"x = {value(thing)}") == {"x": thing}


def test_lines_of_keys() -> None:
    text = "a = 1 # b = 2\n[c.\"d e\"]\n\nf.g = 2\n'h' = 3\n"
    assert key_lines(text) == {
        ("a",): 1,
        ("c", "d e"): 2,
        ("c", "d e", "f", "g"): 4,
        ("c", "d e", "h"): 5,
    }

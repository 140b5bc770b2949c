"""The cache, rewriting a model file, and the catalogue beside it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models import Model, ModelError, Runs, load, run
from models.catalogue import check_catalogue, read
from models.checks import check_model
from models.reference import reference_run, relative_differences
from models.rewrite import write_mdl

FOLDER = Path(__file__).parent / "mdl"
ROOT = Path(__file__).parents[2]


def test_a_second_load_needs_no_translator(own_cache: Path) -> None:
    first = run(load(FOLDER / "decay.mdl"))
    code = (
        "import sys; from models import load, run; "
        f"out = run(load({str(FOLDER / 'decay.mdl')!r})); "
        "assert 'pysd' not in sys.modules and 'pandas' not in sys.modules; "
        "print(repr(float(out['stock'][0, -1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) == first["stock"][0, -1]


@pytest.mark.parametrize("damage", ["", "{}", "half", "null"])
def test_a_damaged_cache_is_read_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setenv("XIEHENG_CACHE", str(tmp_path / "cache"))
    first = run(load(FOLDER / "long.mdl")).data
    (entry,) = (tmp_path / "cache").glob("*.json")
    text = entry.read_text(encoding="utf-8")
    entry.write_text(text[: len(text) // 2] if damage == "half" else damage, encoding="utf-8")
    assert np.array_equal(run(load(FOLDER / "long.mdl")).data, first)
    assert entry.read_text(encoding="utf-8") == text


def test_an_unwritable_cache_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    monkeypatch.setenv("XIEHENG_CACHE", str(blocker / "cache"))
    assert load(FOLDER / "long.mdl").final_time == 2020


def test_rewritten_numbers_come_back(tmp_path: Path) -> None:
    model = load(FOLDER / "subscripts.mdl")
    values = {
        "birth rate[south]": 1 / 3,
        "initial people[east,age2]": 1e-7,
        "everywhere[north]": 2.5,
        "death rate[east]": 0.2,
        "except[south]": -1e22,
        "FINAL TIME": 8.0,
    }
    lookups = {"effect[south]": [0.1, 0.7], "shared": [0.0, np.pi, 1.0]}
    path = write_mdl(model, tmp_path / "new.mdl", values, lookups)
    again = load(path)
    for name, value in values.items():
        assert {**again.constants, "FINAL TIME": again.final_time}[name] == value
    for name in model.constants.keys() - values.keys():
        assert again.constants[name] == model.constants[name]
    for name, table in model.lookups.items():
        assert np.array_equal(again.lookups[name].y, lookups.get(name, table.y))
        assert np.array_equal(again.lookups[name].x, table.x)
    mine = run(model, Runs(values, lookups)).data
    assert np.array_equal(run(again).data, mine)
    assert relative_differences(run(again).frame(), reference_run(str(path))).max() < 1e-9


def test_rewriting_nothing_changes_nothing(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.mdl"):
        new = write_mdl(load(path), tmp_path / path.name)
        assert new.read_bytes() == path.read_bytes()


def test_rewriting_keeps_units_comments_and_the_rest(tmp_path: Path) -> None:
    text = (
        "{UTF-8}\r\n\r\nrange: a, b\r\n\t~\r\n\t~ 范围 |\r\n"
        "f[range]([(0,0)-(2,9)],(0,1),(2,3))\r\n\t~ 1/year\r\n\t~ 表 |\r\n"
        "c[range] = 4\r\n\t~ m [0,?]\r\n\t~ Two of them. |\r\n"
        "d[range] :EXCEPT: [b] = 4 ~~|\r\n"
        "INITIAL TIME=0~~|\r\nFINAL TIME=1~~|\r\nTIME STEP=1~~|\r\nSAVEPER=1~~|\r\n"
        "\\\\\\---/// Sketch information\r\n*View c = 4\r\n"
    )
    path = tmp_path / "old.mdl"
    path.write_bytes(text.encode())
    model = load(path)
    new = write_mdl(model, tmp_path / "new.mdl", {"c[b]": 5}, {"f[b]": [1, 7.5]})
    expected = text.replace("c[range] = 4", "c[range] = 4.0, 5.0").replace(
        "f[range]([(0,0)-(2,9)],(0,1),(2,3))",
        "f[a]([(0,0)-(2,9)],(0.0,1.0),(2.0,3.0))\t~~|\nf[b]([(0,0)-(2,9)],(0.0,1.0),(2.0,7.5))",
    )
    assert new.read_bytes().decode() == expected
    again = load(new)
    assert again.variables["f"].comment == "表" and again.variables["c"].unit == "m"
    assert again.constants["c[a]"] == 4 and again.constants["c[b]"] == 5


def test_rewriting_refuses_what_is_no_number_of_the_model(tmp_path: Path) -> None:
    model = load(FOLDER / "decay.mdl")
    for values, lookups in [
        ({"nothing": 1.0}, {}),
        ({"outflow": 1.0}, {}),
        ({"delay time": np.inf}, {}),
        ({}, {"effect": [1.0]}),
    ]:
        with pytest.raises(ModelError):
            write_mdl(model, tmp_path / "new.mdl", values, lookups)
    assert not (tmp_path / "new.mdl").exists()


CATALOGUE = """id,zh,en,unit,kind,default,low,high,source,note
rate,速率,rate,1/year,parameter,1;2,0,5,assumption,
delay time,延迟,delay,year,parameter,4,1,8,M001,
initial stock,初值,initial stock,wanyuan,parameter,3,0,9,M001,
stock,存量,stock,wanyuan,stock,,,,M001,
effect,作用,effect,Dmnl,lever,,,,M001,
a,甲,a,,element,,,,definition,
"""


def test_catalogue_rows(tmp_path: Path) -> None:
    path = tmp_path / "variables.csv"
    path.write_text(CATALOGUE, encoding="utf-8")
    table = read(path)
    model = load(FOLDER / "decay.mdl")
    assert check_catalogue(model, table) == []
    assert table.label("rate[a]", "zh") == "速率（甲）"
    assert table.label("Rate[a]", "en") == "rate (a)"
    assert table.label("unknown thing") == "unknown thing"
    assert table.range_of("rate[b]", model) == (0.0, 5.0)
    row = table.row("rate[b]")
    assert row is not None and row.default == (1.0, 2.0) and row.line == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1;2,0,5", "1;3,0,5", "default 3.0 of rate[b] is 2.0"),
        ("1;2,0,5", "1;2;3,0,5", "3 numbers as default of 2 elements"),
        ("4,1,8", "4,5,8", "lies outside"),
        ("4,1,8", ",1,8", "has no default"),
        ("year,parameter,4", "month,parameter,4", "unit 'month' is 'year'"),
        ("1,8,M001", "1,8,", "has no source"),
        ("延迟", "", "no Chinese"),
        ("stock,存量", "stok,存量", "is no variable"),
        ("stock,存量", "stok,存量", "has no row"),
    ],
)
def test_catalogue_faults_are_found(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "variables.csv"
    path.write_text(CATALOGUE.replace(old, new), encoding="utf-8")
    findings = check_catalogue(load(FOLDER / "decay.mdl"), read(path))
    assert any(words in str(finding) for finding in findings)


def test_catalogue_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "variables.csv"
    path.write_text(CATALOGUE.replace("4,1,8", "four,1,8") + "rate,,,,,,,,,\n", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        read(path)
    assert [problem.line for problem in caught.value.problems] == [3, 8]


def test_county_catalogue_and_model_agree() -> None:
    model = load()
    assert [str(finding) for finding in check_catalogue(model)] == []
    checks = check_model(model)
    assert checks.in_order and not checks.units and not checks.without_comment


def test_unexplained_equations_are_found(small: Callable[..., Model]) -> None:
    checks = check_model(small("x = 1 ~ year ~ |\ny = 2 ~ ~ Two. |\n"))
    assert [(item.name, item.line) for item in checks.without_comment] == [("x", 2)]
    assert [(item.name, item.line) for item in checks.without_unit] == [("y", 3)]
    assert not checks.in_order

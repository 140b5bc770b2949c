"""Every function against PySD, on every variable at every step."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from models import Runs, load, run
from models.model import COUNTY
from models.reference import largest_relative_difference, reference_run, relative_differences
from models.source import key

FOLDER = Path(__file__).parent / "mdl"
SMALL = sorted(FOLDER.glob("*.mdl"))


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
def test_every_variable_at_every_step(path: Path) -> None:
    reference = reference_run(str(path))
    model = load(path)
    out = run(model)
    assert set(map(str.lower, out.columns)) == {str(c).lower() for c in reference.columns}
    worst = relative_differences(out.frame(), reference)
    assert worst.max() < 1e-9, worst.nlargest(5)


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
def test_arrays_give_the_bits_of_floats(path: Path) -> None:
    model = load(path)
    alone = run(model)
    if not model.constants:
        pytest.skip("nothing to vary")
    for name, value in model.constants.items():
        if model.slot[name] in model.equations.structural:
            continue
        together = run(model, Runs(values={name: [value] * 3}), block=2)
        assert np.array_equal(together.data, np.repeat(alone.data, 3, axis=0), equal_nan=True)


def test_county_model_equals_pysd_on_every_variable() -> None:
    reference = reference_run(str(COUNTY))
    out = run(load())
    assert largest_relative_difference(out.frame(), reference) < 1e-9


def test_reference_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "decay.mdl"
    path.write_bytes((Path(__file__).parent / "mdl" / "decay.mdl").read_bytes())
    reference_run(str(path))
    assert [item.name for item in tmp_path.iterdir()] == ["decay.mdl"]


def test_tables_that_differ_are_told_apart() -> None:
    model = load(SMALL[0])
    table = run(model).frame()
    other = table.copy()
    other["a"] = other["a"] * 1.01
    assert largest_relative_difference(table, table) == 0.0
    assert largest_relative_difference(table, other) == pytest.approx(0.01 / 1.01)
    noise = table.assign(a=1e-11), table.assign(a=-1e-11)
    assert largest_relative_difference(*noise) < 1e-10
    with pytest.raises(ValueError, match="columns differ"):
        relative_differences(table, other.drop(columns="a"))
    with pytest.raises(ValueError, match="times differ"):
        relative_differences(table, other.iloc[:-1])


@pytest.mark.parametrize(
    "path",
    [*(FOLDER / f"{name}.mdl" for name in ("long", "decay", "logic", "inputs")), COUNTY],
    ids=lambda path: path.stem,
)
def test_second_engine_agrees_where_it_runs(path: Path) -> None:
    simlin = pytest.importorskip("simlin", reason="pysimlin has no wheel for this platform")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its loop analysis
        table = simlin.load(path).run().results
    names = {key(str(column)): column for column in table.columns}
    out = run(load(path))
    shared = [column for column in out.columns if key(column) in names]
    assert len(shared) > 0.9 * len(out.columns) - 4  # it may leave the four controls out
    theirs = table[[names[key(column)] for column in shared]].set_axis(shared, axis=1)
    theirs.index = out.frame().index
    assert largest_relative_difference(out.frame()[shared], theirs) < 1e-9

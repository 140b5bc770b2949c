"""Comparing with results from elsewhere: formats, names, digits, and what counts as different."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models import Model, ModelError, Runs, compare, load, read_recorded, run, simulated_by

FOLDER = Path(__file__).parent / "mdl"


@pytest.fixture
def decay() -> Model:
    return load(FOLDER / "decay.mdl")


def across(model: Model, separator: str, digits: int, **inputs: float) -> str:
    """A table as Vensim exports it with time down: names in its own spelling, constants once."""
    out = run(model, Runs(inputs))
    names = [f'"{name}"' if "[" not in name else name.upper() for name in out.columns]
    names = [name.replace(" ", "_") for name in names]
    names = [f'"{name}"' if separator in name else name for name in names]
    lines = [separator.join(["Time", *names])]
    for row, time in enumerate(out.times):
        cells = [f"{out[name][0, row]:.{digits}g}" for name in out.columns]
        constant = [name in model.constants for name in out.columns]
        shown = ["" if fixed and row else cell for fixed, cell in zip(constant, cells, strict=True)]
        lines.append(separator.join([f"{time:.{digits}g}", *shown]))
    return "\n".join(lines) + "\n"


def down(model: Model, digits: int) -> str:
    """The same with time across."""
    out = run(model)
    lines = ["\t".join(["Time", *(f"{time:.{digits}g}" for time in out.times)])]
    for name in out.columns:
        lines.append("\t".join([name, *(f"{value:.{digits}g}" for value in out[name][0])]))
    return "\n".join(lines) + "\n"


def dat(model: Model) -> str:
    out = run(model)
    lines = []
    for name in out.columns:
        points = [(time, value) for time, value in zip(out.times, out[name][0], strict=True)]
        kept = points[:1] if name in model.constants else points
        lines += [name, *(f"{time:g}\t{value:.6g}" for time, value in kept)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("kind", ["across.tab", "across.csv", "down.tab", "blocks.dat"])
@pytest.mark.parametrize("name", ["decay", "subscripts", "long"])
def test_vensims_tables_agree_to_what_they_print(tmp_path: Path, name: str, kind: str) -> None:
    model = load(FOLDER / f"{name}.mdl")
    path = tmp_path / kind
    shape, _, ending = kind.partition(".")
    text = dat(model) if shape == "blocks" else down(model, 6)
    if shape == "across":
        text = across(model, "," if ending == "csv" else "\t", 6)
    path.write_text(text, encoding="utf-8")
    found = compare(model, read_recorded(path))
    assert found.equal and found.columns == len(model.columns)
    assert found.tolerance == 1e-5 and 0 < found.largest < 1e-5
    assert not found.only_ours and not found.only_theirs and not found.strange_times


def test_line_ends_of_any_system(decay: Model, tmp_path: Path) -> None:
    text = across(decay, "\t", 6)
    for end in ("\r", "\r\n"):
        (tmp_path / "out.tab").write_bytes(text.replace("\n", end).encode())
        assert compare(decay, read_recorded(tmp_path / "out.tab")).equal


def test_own_results_agree_to_the_last_bit(decay: Model, tmp_path: Path) -> None:
    run(decay).frame().to_csv(tmp_path / "own.csv")
    found = compare(decay, read_recorded(tmp_path / "own.csv"))
    assert found.equal and found.largest == 0.0 and found.tolerance == 1e-9
    assert found.values == 14 * 81


def test_a_difference_is_found_where_it_is(decay: Model, tmp_path: Path) -> None:
    frame = run(decay).frame()
    time = frame.index.to_numpy()
    frame["stock"] += 1e-3 * (time == 2.5) - 3e-3 * (time == 5.0)
    frame["seen"] *= 1 + 1e-7 * (time == 7.0)
    frame["more"] = 1.0
    frame.drop(columns=["later"]).to_csv(tmp_path / "other.csv")
    found = compare(decay, read_recorded(tmp_path / "other.csv"))
    assert not found.equal
    worst, slight = found.differences
    size = float(frame["stock"].max())
    assert (worst.column, worst.first, worst.at) == ("stock", 2.5, 5.0)
    assert worst.relative == pytest.approx(3e-3 / size)
    assert worst.ours - worst.theirs == pytest.approx(3e-3)
    assert (slight.column, slight.first) == ("seen", 7.0)
    assert (found.only_ours, found.only_theirs) == (("later",), ("more",))
    recorded = read_recorded(tmp_path / "other.csv")
    assert [d.column for d in compare(decay, recorded, tolerance=1e-6).differences] == ["stock"]
    assert compare(decay, recorded, tolerance=1e-3).equal


def test_a_missing_value_is_no_agreement(small: Callable[..., Model]) -> None:
    from models.recorded import Recorded

    model = small("a = 2 ~~|\nroot = SQRT(a - 3) ~~|\n")
    series = {"a": ((0.0,), (2.0,)), "root": ((0.0, 1.0), (float("nan"), 1.0))}
    recorded = Recorded("made", series, {"a": "a", "root": "root"}, 17)
    (only,) = compare(model, recorded).differences
    assert (only.column, only.first, only.relative) == ("root", 1.0, np.inf)


def test_times_that_are_no_steps_are_told(decay: Model, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Time,initial stock\n0,3\n0.3,3\n10.125,3\n", encoding="utf-8")
    found = compare(decay, read_recorded(path), tolerance=1e-9)
    assert found.strange_times == (0.3, 10.125) and not found.equal


def test_times_are_read_to_their_digits(tmp_path: Path) -> None:
    model = load()  # steps of 0.125 from 2020: Vensim prints 2020.125 as 2020.13
    out = run(model, columns=["planted area"], times=[2020.125, 2020.25, 2027.375])
    lines = [f"{t:.6g}\t{v:.6g}" for t, v in zip(out.times, out.data[0, :, 0], strict=True)]
    assert lines[0].startswith("2020.1")
    (tmp_path / "short.tab").write_text("\n".join(["Time\tPlanted Area", *lines, ""]), "utf-8")
    found = compare(model, read_recorded(tmp_path / "short.tab"))
    assert found.equal and found.values == 3 and 0.0 < found.largest < 1e-5


@pytest.mark.parametrize("engine", ["pysd", "simlin"])
def test_other_simulators(engine: str) -> None:
    if engine == "simlin":
        pytest.importorskip("simlin", reason="pysimlin has no wheel for this platform")
    found = compare(load(FOLDER / "decay.mdl"), simulated_by(engine, FOLDER / "decay.mdl"))
    assert found.equal and found.tolerance == 1e-9 and found.columns >= 12


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.csv", "Time,other\n0,1\n", "no variable of the model"),
        ("x.csv", "", "holds no series"),
        ("x.xyz", "", "not a table of series"),
        ("x.dat", "stock\n0\t1\n1\tx\n", r"x.dat:3: 'stock': '1\tx' is no time and value"),
        ("x.vdf", "no", "not readable as Vensim's .vdf"),
    ],
)
def test_wrong_files_are_refused(
    decay: Model, tmp_path: Path, name: str, text: str, words: str
) -> None:
    if name.endswith(".vdf"):
        pytest.importorskip("simlin", reason="pysimlin has no wheel for this platform")
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=words):
        compare(decay, read_recorded(tmp_path / name))
    with pytest.raises(ModelError, match="cannot be read"):
        read_recorded(tmp_path / f"none-{name.replace('xyz', 'csv')}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_names_are_read_as_spreadsheets_write_them(
    small: Callable[..., Model], tmp_path: Path, encoding: str
) -> None:
    model = small("存量 = INTEG(1, 2) ~~|\n")
    path = tmp_path / "other.csv"
    run(model).frame().to_csv(path, encoding=encoding)
    found = compare(model, read_recorded(path))
    assert found.equal
    assert "存量" not in found.only_ours


def test_two_times_at_one_step_are_strange(small: Callable[..., Model], tmp_path: Path) -> None:
    """Times are matched in one pass, so that long records cost no more than their length."""
    model = small("x = INTEG(1, 2) ~~|\n")
    step = model.nominal_grid.step
    path = tmp_path / "other.csv"
    path.write_text(f"Time,x\n0,2\n{step},{2 + step}\n{step * (1 + 1e-7)!r},{2 + step}\n", "utf-8")
    found = compare(model, read_recorded(path))
    assert found.strange_times == (step * (1 + 1e-7),)
    assert not found.differences


def test_a_column_that_stands_twice_must_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Time,x,X\n0,1,1\n1,2,2\n", "utf-8")
    assert read_recorded(path).series["x"] == ((0.0, 1.0), (1.0, 2.0))
    path.write_text("Time,x,X\n0,1,1\n1,2,3\n", "utf-8")
    with pytest.raises(ModelError, match="stands here twice"):
        read_recorded(path)


@pytest.mark.parametrize("value", ["inf", "-inf", "nan"])
def test_a_number_gone_wrong_elsewhere_is_a_difference(
    decay: Model, tmp_path: Path, value: str
) -> None:
    """An empty cell is not known; infinity and NaN are what the other simulator found."""
    path = tmp_path / "other.csv"
    run(decay).frame().to_csv(path)
    lines = path.read_text().splitlines()
    cells = lines[2].split(",")
    cells[1] = value
    path.write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]))
    assert not compare(decay, read_recorded(path)).equal
    cells[1] = ""
    path.write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]))
    assert compare(decay, read_recorded(path)).equal

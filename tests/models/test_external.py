"""Numbers, series and subscripts from tables beside the model: as PySD reads them, or refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import ModelError, Runs, load, run
from models.fused.kernel import refusal
from models.grammar import NA
from models.reference import reference_run, relative_differences
from models.rewrite import write_mdl

openpyxl = pytest.importorskip("openpyxl")
Write = Callable[..., Path]

EQUATIONS = """
region: GET XLS SUBSCRIPT('book.xlsx', 'names', 'A2', 'A4', '') ~~|
age: young, old ~~|
plain = GET XLS CONSTANTS('book.xlsx', 'numbers', 'B2') ~~|
row[region] = GET DIRECT CONSTANTS('book.xlsx', 'numbers', 'B3') ~~|
column[region] = GET XLS CONSTANTS('book.xlsx', 'numbers', 'F2*') ~~|
table[region, age] = GET XLS CONSTANTS('book.xlsx', 'numbers', 'B5') ~~|
turned[region, age] = GET XLS CONSTANTS('book.xlsx', 'numbers', 'B9*') ~~|
named[age] = GET XLS CONSTANTS('book.xlsx', 'numbers', 'rates') ~~|
from text = GET DIRECT CONSTANTS('numbers.csv', ',', 'B2') ~~|
from tab[age] = GET DIRECT CONSTANTS('numbers.tab', '', 'A3') ~~|
level := GET XLS DATA('book.xlsx', 'series', 'A', 'B2') ~~|
between :INTERPOLATE: := GET DIRECT DATA('book.xlsx', 'series', 'A', 'B2') ~~|
next one :LOOK FORWARD: := GET XLS DATA('book.xlsx', 'series', 'A', 'B2') ~~|
last one :HOLD BACKWARD: := GET XLS DATA('book.xlsx', 'series', 'A', 'B2') ~~|
exactly :RAW: := GET XLS DATA('book.xlsx', 'series', 'A', 'C2') ~~|
across[age] := GET XLS DATA('book.xlsx', 'series', '9', 'B10') ~~|
by name := GET XLS DATA('book.xlsx', 'series', 'years', 'levels') ~~|
gaps := GET XLS DATA('book.xlsx', 'series', 'A', 'C2') ~~|
held gaps :HOLD BACKWARD: := GET XLS DATA('book.xlsx', 'series', 'A', 'C2') ~~|
csv series[age] := GET DIRECT DATA('series.csv', ',', 'A', 'B2') ~~|
effect(GET XLS LOOKUPS('book.xlsx', 'series', 'A', 'B2')) ~~|
effects[age](GET DIRECT LOOKUPS('book.xlsx', 'series', '9', 'B10')) ~~|
derived := 2 * level + gaps ~~|
response[age] = effects[age](Time / 2) + effect(3 * Time) ~~|
stock[region] = INTEG(row[region] * level - table[region, old] * stock[region], column[region]) ~~|
"""


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    row: Any
    names: Any = book.active
    names.title = "names"
    for row in (["region"], ["North"], ["South"], ["Far East"]):
        names.append(row)
    numbers: Any = book.create_sheet("numbers")
    for row in (
        ["", "a", "b", "c", "", "x"],
        ["plain", 1.25, None, None, None, 7.5],
        ["row", 0.1, 0.2, 0.3, None, 8.5],
        ["", None, None, None, None, 9.5],
        ["table", 1, 2],
        ["", 3, 4],
        ["", 5, 6],
        [""],
        ["turned", 1.5, 2.5, 3.5],
        ["", 4.5, 5.5, 6.5],
    ):
        numbers.append(row)
    series: Any = book.create_sheet("series")
    for row in (
        ["time", "level", "gaps"],
        [0, 10, 5],
        [2, 14, None],
        [3, 8, 1.5],
        [6.5, 9, None],
        [7, 30, 2.5],
        [],
        [],
        ["time", 0, 1, 4, 8],
        ["young", 1, 2, 3, 5],
        ["old", 9, 7, 4, 1],
    ):
        series.append(row)
    defined = openpyxl.workbook.defined_name.DefinedName
    for name, place in (
        ("rates", "numbers!$B$5:$C$5"),
        ("years", "series!$A$2:$A$6"),
        ("levels", "series!$B$2:$B$6"),
    ):
        book.defined_names[name] = defined(name, attr_text=place)
    book.save(tmp_path / "book.xlsx")
    (tmp_path / "numbers.csv").write_text("a,b\n1,2.75\n", encoding="utf-8")
    (tmp_path / "numbers.tab").write_text("a\tb\n1\t2\n0.5\t0.75\n", encoding="utf-8")
    (tmp_path / "series.csv").write_text("t,y,o\n0,1,2\n4,3,1\n9,5,8\n", encoding="utf-8")
    return tmp_path


def test_every_cell_as_pysd_reads_it(tables: Path, write: Write) -> None:
    path = write(EQUATIONS)
    model = load(path)
    out = run(model)
    reference = reference_run(str(path))
    # Raw data between points are missing: nan to PySD, -2^109 to Vensim, which can be told.
    worst = relative_differences(out.frame(), reference.fillna(NA))
    assert worst.max() < 1e-12, worst.nlargest(5)
    assert model.constants["turned[North,old]"] == 4.5
    assert model.constants["row[Far East]"] == 0.3
    exactly = dict(zip(out.times, out["exactly"][0], strict=True))
    assert [t for t, value in exactly.items() if value != NA] == [0, 3, 7]
    assert set(model.equations.files) == {
        "book.xlsx", "numbers.csv", "numbers.tab", "series.csv"
    }  # fmt: skip


def test_the_rules_between_points(tables: Path, write: Write) -> None:
    out = run(load(write(EQUATIONS)))
    at = {time: place for place, time in enumerate(out.times)}
    for name, values in {  # at 1, 2, 2.5, 7.5
        "between": (12.0, 14.0, 11.0, 30.0),
        "next one": (14.0, 14.0, 8.0, 30.0),
        "last one": (10.0, 14.0, 14.0, 30.0),
    }.items():
        assert [out[name][0, at[t]] for t in (1.0, 2.0, 2.5, 7.5)] == list(values), name


def test_names_that_the_settings_of_the_file_explain(tables: Path, write: Write) -> None:
    path = write(
        "kind: data, table, number ~~|\nage: young, old ~~|\n"
        "x[data, age]:INTERPOLATE::= GET DIRECT DATA('?book', 'series', 'A', 'B2') ~~|\n"
        "x[table, age] = GET DIRECT CONSTANTS('?book', 'numbers', 'B5') ~~|\n"
        "x[number, age] = 2, 4 ~~|\n"
        "f[young](GET XLS LOOKUPS('?book', 'series', 'A', 'B2')) ~~|\n"
        "f[old] = GET XLS LOOKUPS('?book', 'series', '9', 'B11') ~~|\n"
        "y[age] = f[age](Time) + x[number, age] ~~|\n"
    )
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\\\\\\---/// Sketch\n///---\\\\\\\n30:?book=book.xlsx\n", "utf-8")
    out = run(load(path), times=[2.0])
    found = {name: out[name][0, 0] for name in out.columns}
    assert (found["x[data,young]"], found["x[table,old]"], found["x[number,old]"]) == (14, 2, 4)
    assert (found["y[young]"], found["y[old]"]) == (14 + 2, 6 + 4)
    assert set(load(path).equations.files) == {"book.xlsx"}


def test_a_changed_table_gives_the_new_answer(tables: Path, write: Write) -> None:
    path = write("x = GET XLS CONSTANTS('book.xlsx', 'numbers', 'B2') ~~|\ny = x * 2 ~~|\n")
    first = load(path)
    assert run(first)["y"][0, 0] == 2.5
    book = openpyxl.load_workbook(tables / "book.xlsx")
    book["numbers"]["B2"] = 4.0
    book.save(tables / "book.xlsx")
    second = load(path)
    assert run(second)["y"][0, 0] == 8.0
    assert first.sha256 != second.sha256
    (tables / "book.xlsx").unlink()
    with pytest.raises(ModelError, match="no such file") as caught:
        load(path)
    assert caught.value.line == 2 and caught.value.variable == "x"


def test_an_unchanged_table_needs_no_reading(
    tables: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("x := GET DIRECT DATA('series.csv', ',', 'A', 'B2') ~~|\n")
    first = run(load(path))
    monkeypatch.setattr("models.model._lower", None)
    assert np.array_equal(run(load(path)).data, first.data)


def test_a_series_is_replaced_like_a_lookup(tables: Path, write: Write) -> None:
    path = write(EQUATIONS)
    model = load(path)
    assert list(model.lookups["last one"].x) == [0, 2, 3, 6.5, 7]
    rows = np.array([[1.0, 2, 3, 4, 5], [6.0, 7, 8, 9, 10]])
    out = run(model, Runs(lookups={"last one": rows, "between": rows}), block=1)
    place = list(out.times).index(2.5)
    assert out["last one"][:, place].tolist() == [2, 7]
    assert out["between"][:, place].tolist() == [2.5, 7.5]
    with pytest.raises(ModelError, match="another file"):
        write_mdl(model, path.with_name("new.mdl"), lookups={"between": rows[0]})
    new = write_mdl(model, path.with_name("new.mdl"), {"plain": 3.5, "row[South]": 0.7})
    again = load(new)
    assert [again.constants[name] for name in ("plain", "row[North]", "row[South]")] == [
        3.5, 0.1, 0.7,
    ]  # fmt: skip


def test_batches_give_the_bits_of_single_runs(tables: Path, write: Write) -> None:
    model = load(write(EQUATIONS))
    together = run(model, Runs(values={"plain": [1.25, 1.25, 1.25]}), block=2)
    alone = run(model)
    assert np.array_equal(together.data, np.repeat(alone.data, 3, axis=0), equal_nan=True)
    if not refusal(model):  # machine code, where this platform has it
        fused = run(model, Runs(values={"plain": [1.25, 1.25, 1.25]}), kernel="fused")
        assert np.allclose(fused.data, together.data, rtol=1e-12, atol=0, equal_nan=True)


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ("= GET XLS CONSTANTS('none.xlsx', 'numbers', 'B2')", "no such file"),
        ("= GET XLS CONSTANTS('book.xlsx', 'nowhere', 'B2')", "nowhere"),
        ("= GET XLS CONSTANTS('book.xlsx', 'numbers', 'A2')", "no number"),
        ("= GET XLS CONSTANTS('book.xlsx', 'numbers', 'ZZ99')", "empty"),
        ("= GET XLS CONSTANTS('book.xlsx', 'numbers', 'absent')", "absent"),
        ("= GET XLS CONSTANTS('?book', 'numbers', 'B2')", "indirect"),
        ("= GET XLS CONSTANTS('http://127.0.0.1/book.xlsx', 'numbers', 'B2')", "relative"),
        ("= GET XLS CONSTANTS('//server/share/book.xlsx', 'numbers', 'B2')", "relative"),
        ("= GET XLS CONSTANTS('\\\\\\\\server\\\\book.xlsx', 'numbers', 'B2')", "relative"),
        ("= GET XLS CONSTANTS('C:\\\\book.xlsx', 'numbers', 'B2')", "relative"),
        ("= GET XLS CONSTANTS('/etc/book.csv', ',', 'B2')", "relative"),
        ("= GET DIRECT CONSTANTS('book.gz', ',', 'B2')", "kind"),
        ("= GET DIRECT CONSTANTS('numbers.csv', '(,+)+', 'B2')", "separator"),
        ("= 2 * GET XLS CONSTANTS('book.xlsx', 'numbers', 'B2')", "not supported"),
        ("= GET XLS DATA('book.xlsx', 'series', 'A', 'B2')", "'='"),
        (":= GET XLS DATA('book.xlsx', 'series', 'H', 'H2')", "empty|cannot be read"),
        (":SOMEHOW: := GET XLS DATA('book.xlsx', 'series', 'A', 'B2')", "no way to read"),
        ("= GET XLS CONSTANTS('broken.xlsx', 'numbers', 'B2')", "cannot be read"),
        ("= GET XLS CONSTANTS('far.xlsx', 'Sheet', 'B2')", "cells"),
    ],
)
def test_refused_with_line_variable_and_function(
    tables: Path, write: Write, right: str, words: str
) -> None:
    (tables / "broken.xlsx").write_bytes(b"PK\3\4 not a workbook")
    far = openpyxl.Workbook()
    far.active["XFD1"] = 1
    far.active["A1048576"] = 1
    far.save(tables / "far.xlsx")
    with pytest.raises(ModelError, match=words) as caught:
        load(write(f"a = 1 ~~|\nx {right} ~~|\n"))
    assert (caught.value.line, caught.value.variable) == (3, "x")
    assert caught.value.hint
    if "no way" not in words:
        assert caught.value.function.startswith("GET ")


def test_a_workbook_that_unpacks_to_gigabytes_is_not_read(tables: Path, write: Write) -> None:
    with zipfile.ZipFile(tables / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (257 << 20))
    with pytest.raises(ModelError, match="unpacks to more"):
        load(write("x = GET XLS CONSTANTS('book.xlsx', 'numbers', 'B2') ~~|\n"))


def test_series_of_an_earlier_run(tmp_path: Path, write: Write) -> None:
    path = write(
        "age: young, old ~~|\n"
        "price ~~|\n"
        "sold[age]:HOLD BACKWARD: ~~|\n"
        "income = price * SUM(sold[age!]) ~~|\n"
    )
    table = tmp_path / "run.csv"
    table.write_text(
        'Time,Price,"sold[young]","Sold[old]",other\n0,1,10,20,5\n4,3,,22,5\n8,5,14,24,5\n',
        encoding="utf-8",
    )
    with pytest.raises(ModelError, match="--data") as caught:
        load(path)
    assert [(p.line, p.variable) for p in caught.value.problems] == [(3, "price"), (4, "sold")]
    model = load(path, data=[table])
    out = run(model)
    place = list(out.times).index(6.0)
    assert out["price"][0, place] == 4.0
    assert out["income"][0, place] == 4.0 * (10 + 22)
    turned = tmp_path / "turned.tab"
    turned.write_text(
        "Time\t0\t4\t8\nprice\t1\t3\t5\nsold[young]\t10\t\t14\nsold[old]\t20\t22\t24\n",
        encoding="utf-8",
    )
    assert np.array_equal(run(load(path, data=[turned])).data, out.data)
    table.write_text(table.read_text(encoding="utf-8").replace("8,5,", "8,7,"), encoding="utf-8")
    changed = load(path, data=[table])
    assert run(changed)["price"][0, place] == 5.0 and changed.sha256 != model.sha256


def test_series_of_a_run_as_pysd_reads_them(tmp_path: Path, write: Write) -> None:
    path = write("price:INTERPOLATE: ~~|\nahead:LOOK FORWARD: ~~|\nsum = price + ahead ~~|\n")
    table = tmp_path / "run.tab"
    table.write_text("Time\tprice\tahead\n0\t1\t2\n3\t4\t8\n5\t0.5\t-2\n", encoding="utf-8")
    out = run(load(path, data=[table])).frame()
    assert relative_differences(out, reference_run(str(path), data=[str(table)])).max() < 1e-12


def test_data_files_that_do_not_fit(tmp_path: Path, write: Write) -> None:
    path = write("price ~~|\n")
    table = tmp_path / "run.csv"
    table.write_text("Time,cost\n0,1\n", encoding="utf-8")
    with pytest.raises(ModelError, match="'price' is not in"):
        load(path, data=[table])
    table.write_text("Time,price\n0,abc\n", encoding="utf-8")
    with pytest.raises(ModelError, match="'abc' is no number") as caught:
        load(path, data=[table])
    assert caught.value.file == str(table) and caught.value.line == 2
    with pytest.raises(ModelError, match="cannot be read"):
        load(path, data=[tmp_path / "none.csv"])
    with pytest.raises(ModelError, match="not a table"):
        load(path, data=[path])
    with pytest.raises(ModelError, match="nothing to take"):
        table.write_text("Time,price\n0,1\n", encoding="utf-8")
        load(write("x = 1 ~~|\n"), data=[table])

"""XMILE: as PySD reads it where it reads it right, by hand where it does not, or refused."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models import Model, ModelError, Runs, load, run
from models.checks import check_model
from models.reference import largest_relative_difference, reference_run, relative_differences
from models.rewrite import write_mdl
from models.source import key

FOLDER = Path(__file__).parent / "xmile"
FILES = sorted(FOLDER.iterdir())
SPECS = "<sim_specs><start>0</start><stop>6</stop><dt>0.5</dt></sim_specs>"
HEAD = '<xmile xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" version="1.0">\n'
Xmile = Callable[..., Path]


@pytest.fixture
def xmile(tmp_path: Path) -> Xmile:
    """Write variables (the first one on line 3) as an XMILE file."""

    def make(variables: str, above: str = SPECS, head: str = HEAD) -> Path:
        path = tmp_path / "small.xmile"
        text = f"{head}{above}<model><variables>\n{variables}\n</variables></model></xmile>\n"
        path.write_text(text, encoding="utf-8")
        return path

    return make


def values(model: Model, column: str, *times: float) -> list[float]:
    out = run(model, times=times, columns=[column])
    return [float(value) for value in out[column][0]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_as_pysd_has_it(path: Path) -> None:
    out = run(load(path))
    reference = reference_run(str(path))
    worst = relative_differences(out.frame(), reference)
    assert len(worst) > 10 and worst.max() < 1e-12, worst.nlargest(5)


def test_second_engine_agrees_where_it_runs(xmile: Xmile) -> None:
    simlin = pytest.importorskip("simlin", reason="pysimlin has no wheel for this platform")
    own = '<dimensions><dim name="D"/></dimensions>'
    path = xmile(
        '<stock name="s"><eqn>10</eqn><inflow>growth</inflow><outflow>loss</outflow></stock>'
        '<flow name="growth"><eqn>s * effect</eqn></flow>'
        '<flow name="loss"><eqn>if time mod 2 &lt; 1 then 1 else SUM(parts[*])</eqn></flow>'
        '<aux name="effect"><eqn>s / 10</eqn>'
        '<gf><xscale min="0" max="4"/><ypts>0.1,0.3,0.2,0.05,0</ypts></gf></aux>'
        f'<aux name="parts">{own}<element subscript="a"><eqn>0.25</eqn></element>'
        '<element subscript="b"><eqn>time / 8</eqn></element></aux>'
        f'<stock name="kept">{own}<eqn>1</eqn><inflow>in</inflow></stock>'
        f'<flow name="in">{own}<eqn>parts[D] - kept[D] / 4</eqn></flow>'
        '<aux name="inputs"><eqn>STEP(2, 3) + RAMP(0.5, 2, 4) + PULSE(6, 3)</eqn></aux>'
        '<aux name="maths"><eqn>MAX(SQRT(time), 1) ^ 2 + LOG10(time + 1) + ABS(-3) * PI</eqn></aux>'
        '<aux name="safe"><eqn>SAFEDIV(3, time - 2) + SMTH1(time, 2) + INIT(s)</eqn></aux>',
        above=SPECS
        + '<dimensions><dim name="D"><elem name="a"/><elem name="b"/></dim></dimensions>',
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = simlin.load(path).run().results
    names = {key(str(column)): column for column in table.columns}
    frame = run(load(path)).frame()
    shared = [column for column in frame.columns if key(str(column)) in names]
    assert len(shared) >= 12, (sorted(names), list(frame.columns))
    theirs = table[[names[key(str(column))] for column in shared]].set_axis(shared, axis=1)
    theirs.index = frame.index
    worst = relative_differences(frame[shared], theirs)
    assert worst.max() < 1e-9, worst.nlargest(8)


def test_batches_give_the_bits_of_single_runs() -> None:
    model = load(FOLDER / "functions.xmile")
    alone = run(model)
    together = run(model, Runs(values={"lifetime": [4.0, 4.0, 4.0]}), block=2)
    assert np.array_equal(together.data, np.repeat(alone.data, 3, axis=0), equal_nan=True)


def test_lines_units_and_comments() -> None:
    model = load(FOLDER / "functions.xmile")
    rabbits = model.variables["Rabbits"]
    assert (rabbits.line, rabbits.unit, rabbits.kind) == (10, "rabbits", "stock")
    assert rabbits.comment == "Two flows in, one out."
    assert model.variables["table"].kind == "lookup"
    assert (model.initial_time, model.final_time, model.time_step) == (1, 9, 0.25)
    assert check_model(model).units is not None
    with pytest.raises(ModelError, match=r"only \.mdl"):
        write_mdl(model, FOLDER / "no.mdl")


def test_edge_rules_of_graphical_functions(xmile: Xmile) -> None:
    """Both judges take a table that stands in a variable for a continuous one, always."""
    points = "<xpts>1,2,4</xpts><ypts>1,3,2</ypts></gf></aux>"
    model = load(
        xmile(
            f'<aux name="plain"><eqn>TIME</eqn><gf>{points}'
            f'<aux name="beyond"><eqn>TIME</eqn><gf type="extrapolate">{points}'
            f'<aux name="held"><eqn>TIME</eqn><gf type="discrete">{points}'
            f'<aux name="table"><gf type="extrapolate">{points}'
            '<aux name="called"><eqn>table(TIME) + LOOKUP(table, 0) + LOOKUP(held, 6)</eqn></aux>'
        )
    )
    at = (0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
    assert values(model, "plain", *at) == [1, 1, 2, 3, 2.5, 2, 2]
    assert values(model, "beyond", *at) == [-1, 1, 2, 3, 2.5, 2, 1]
    assert values(model, "held", *at) == [1, 1, 1, 3, 3, 2, 2]
    assert values(model, "called", *at) == [-1 + 1, 2, 3, 4, 3.5, 3, 2]
    new = run(model, Runs(lookups={"table": [[1, 3, 2], [2, 2, 2]]}), columns=["called"])
    assert new["called"][:, 0].tolist() == [0, 6]


def test_what_pysd_does_not_read(xmile: Xmile) -> None:
    dims = (
        '<dimensions><dim name="D"><elem name="a"/><elem name="b"/></dim>'
        '<dim name="N" size="3"/></dimensions>'
    )
    own = '<dimensions><dim name="D"/></dimensions>'
    both = '<dimensions><dim name="D"/><dim name="N"/></dimensions>'
    model = load(
        xmile(
            f'<aux name="x">{both}<eqn>2</eqn></aux>'
            f'<aux name="y">{own}<element subscript="a"><eqn>TIME</eqn>'
            "<gf><xpts>0,2</xpts><ypts>0,10</ypts></gf></element>"
            '<element subscript="b"><eqn>7</eqn></element></aux>'
            f'<stock name="s">{own}<element subscript="a"><eqn>1</eqn></element>'
            '<element subscript="b"><eqn>5</eqn></element><inflow>in</inflow></stock>'
            f'<flow name="in">{own}<eqn>SUM(x[D, *])</eqn></flow>'
            '<aux name="sums"><eqn>SUM(x[*,*]) + SUM(y) + MAX(y[*]) - MIN(y)</eqn></aux>'
            '<aux name="words"><eqn>if 7 MOD 4 = 3 then notes else 0</eqn></aux>'
            '<aux name="notes"><eqn>LOG10(1000) + DT + STOPTIME + STARTTIME + PI</eqn></aux>',
            above=SPECS + dims,
        )
    )
    assert values(model, "s[b]", 0, 1) == [5, 11]
    assert values(model, "y[a]", 0, 1, 2, 3) == [0, 5, 10, 10]
    assert values(model, "sums", 0, 2) == [12 + 7 + 7 - 0, 12 + 17 + 10 - 7]
    assert values(model, "words", 0) == pytest.approx([3 + 0.5 + 6 + np.pi])


def test_signs_and_powers(xmile: Xmile) -> None:
    text = "".join(
        f'<aux name="{name}"><eqn>{equation}</eqn></aux>'
        for name, equation in (("a", "(-2)^2"), ("b", "-2^2"), ("c", "2^-1"), ("d", "2^3^2"))
    )
    model = load(xmile(text))
    assert [values(model, name, 0)[0] for name in "abcd"] == [4, -4, 0.5, 512]


def test_any_namespace_and_none(xmile: Xmile) -> None:
    variable = '<aux name="x"><eqn>3 * TIME</eqn></aux>'
    for head in ("<xmile>", '<xmile xmlns="http://www.systemdynamics.org/XMILE">'):
        assert values(load(xmile(variable, head=head)), "x", 1) == [3]


@pytest.mark.parametrize(
    ("variables", "name", "words"),
    [
        ('<aux name="x"><eqn>3 +</eqn></aux>', "x", "not understood"),
        ('<aux name="x"><eqn/></aux>', "x", "no equation"),
        ('<aux name="x"><eqn>nothing_such</eqn></aux>', "x", "not defined"),
        ('<aux name="x"><eqn>1<b>0</b></eqn></aux>', "x", "other tags"),
        ('<aux name="x"><eqn>SMTH1(1)</eqn></aux>', "x", "arguments"),
        ('<aux name="x"><eqn>PREVIOUS(x, 1)</eqn></aux>', "x", "not supported"),
        ('<aux name="x"><eqn>LOOKUP(y, 1)</eqn></aux>', "x", "no graphical function"),
        ('<aux name="x"><eqn>1</eqn><init_eqn>2</init_eqn></aux>', "x", "start"),
        ('<stock name="x"><eqn>1</eqn><conveyor><len>3</len></conveyor></stock>', "x", "conveyor"),
        ('<module name="x"/>', "x", "modules"),
        ("<aux><eqn>1</eqn></aux>", "", "without a name"),
        ('<gf name="x"><xpts>1,2</xpts><ypts>1,b</ypts></gf>', "x", "'b' is no number"),
        ('<gf name="x"><xpts>1,2,3</xpts><ypts>1,2</ypts></gf>', "x", "3 points x, 2 points y"),
        ('<gf name="x"><ypts>1,2</ypts></gf>', "x", "neither"),
        ('<gf name="x" type="odd"><xpts>1</xpts><ypts>1</ypts></gf>', "x", "unknown type"),
        ('<gf name="x"><xpts>1,1</xpts><ypts>1,2</ypts></gf>', "x", "same x"),
    ],
)
def test_refused_with_line_and_variable(
    xmile: Xmile, variables: str, name: str, words: str
) -> None:
    with pytest.raises(ModelError, match=words) as caught:
        load(xmile(f'<aux name="fine"><eqn>1</eqn></aux>\n{variables}'))
    assert {(p.line, p.variable) for p in caught.value.problems} == {(4, name)}
    assert caught.value.hint


def test_everything_at_once(xmile: Xmile) -> None:
    text = '<aux name="x"><eqn>3 +</eqn></aux>\n\n<flow name="y"><eqn>* 2</eqn></flow>'
    with pytest.raises(ModelError) as caught:
        load(xmile(text))
    assert [(p.line, p.variable) for p in caught.value.problems] == [(3, "x"), (5, "y")]


def test_specs_that_do_not_fit(xmile: Xmile) -> None:
    aux = '<aux name="x"><eqn>1</eqn></aux>'
    for above, words in (
        ("", "no <sim_specs>"),
        (SPECS.replace("<sim_specs>", '<sim_specs method="RK4">'), "integration by RK4"),
        (SPECS.replace("0.5", ""), "not understood"),
        (SPECS + "<model/>", "second model"),
        (SPECS + '<dimensions><dim name="D" size="99999999"/></dimensions>', "elements"),
    ):
        with pytest.raises(ModelError, match=words):
            load(xmile(aux, above=above))


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "1111111111">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    ("declared", "used"),
    [
        (BOMB, "&i;"),
        ('<!DOCTYPE x [<!ENTITY f SYSTEM "secret.txt">]>', "&f;"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "1"),
        ("", "&undefined;"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused(
    tmp_path: Path, declared: str, used: str, encoding: str
) -> None:
    (tmp_path / "secret.txt").write_text("424242", encoding="utf-8")
    path = tmp_path / "bad.xmile"
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{declared}{HEAD}{SPECS}<model><variables>'
        f'<aux name="x"><eqn>{used}</eqn></aux></variables></model></xmile>'
    )
    path.write_bytes(text.encode(encoding))
    with pytest.raises(ModelError) as caught:
        load(path)
    assert "424242" not in str(caught.value)


def test_damaged_files_end_in_a_clear_error(tmp_path: Path) -> None:
    """Cut short, and with bytes overwritten: a model or a ModelError, nothing else."""
    whole = (FOLDER / "functions.xmile").read_bytes()
    chance = random.Random(4)
    path = tmp_path / "damaged.xmile"
    refused = 0
    for _ in range(60):
        text = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(max(1, len(text)))
            text[place : place + 1] = bytes([chance.choice(b"<>()[]&;\"'*^-09az,\xff\0")])
        path.write_bytes(bytes(text))
        try:
            load(path)
        except ModelError as error:
            refused += 1
            assert str(path) in str(error)
    assert refused > 30
    for broken in (b"", b"\0", b"<xmile>", b"<a/>", b"<xmile " * 999, b"<a>" * 9999):
        path.write_bytes(broken)
        with pytest.raises(ModelError):
            load(path)
    deep = "(" * 3000 + "1" + ")" * 3000
    path.write_text(
        f'{HEAD}{SPECS}<model><variables><aux name="x"><eqn>{deep}</eqn></aux>'
        "</variables></model></xmile>"
    )
    with pytest.raises(ModelError, match="too deeply"):
        load(path)


def test_the_same_model_in_both_languages(tmp_path: Path, xmile: Xmile) -> None:
    vensim = tmp_path / "same.mdl"
    vensim.write_text(
        "{UTF-8}\nstock = INTEG(a - stock / 3, 2) ~~|\na = f(Time) ~~|\nf((0,1),(3,5),(9,2)) ~~|\n"
        "INITIAL TIME=0~~|FINAL TIME=6~~|TIME STEP=0.5~~|SAVEPER=0.5~~|\n",
        encoding="utf-8",
    )
    other = xmile(
        '<stock name="stock"><eqn>2</eqn><inflow>a</inflow><outflow>out</outflow></stock>'
        '<flow name="a"><eqn>f(TIME)</eqn></flow><flow name="out"><eqn>stock / 3</eqn></flow>'
        '<gf name="f"><xpts>0,3,9</xpts><ypts>1,5,2</ypts></gf>'
    )
    left = run(load(vensim), columns=["stock", "a"]).frame()
    right = run(load(other), columns=["stock", "a"]).frame()
    assert largest_relative_difference(left, right) < 1e-15

"""Vensim's language beyond single equations: macros, mappings, vectors, allocation, signs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Model, ModelError, Runs, load, run
from models import vector_kernels as kernels
from models.grammar import NA
from models.reference import reference_run

Small = Callable[..., Model]
Write = Callable[..., Path]


def value(model: Model, column: str) -> float:
    return float(run(model, columns=[column]).data[0, 0, 0])


def test_signs_and_powers_are_vensims(small: Small, write: Write) -> None:
    text = "a = (-2) ^ 2 ~~|\nb = -2 ^ 2 ~~|\nc = 2 ^ -2 ~~|\nd = 2 ^ 3 ^ 2 ~~|\ne = -a ^ 2 ~~|\n"
    model = small(text + "f = 007 - -3 ~~|\n")
    found = [value(model, name) for name in "abcdef"]
    assert found == [4.0, -4.0, 0.25, 512.0, -16.0, 10.0]
    # PySD drops the brackets of (-2)^2; Vensim's own output of -2^2 is -4
    assert reference_run(str(write(text)))["a"].iloc[0] == -4.0


def test_missing_values_can_be_told(small: Small, write: Write) -> None:
    text = "x = :NA: ~~|\ny = IF THEN ELSE(x = :NA:, 1, 2) ~~|\n"
    model = small(text + "r: a, b ~~|\nz[r] = 1, :NA: ~~|\n")
    assert value(model, "x") == value(model, "z[b]") == NA == -(2.0**109)
    assert value(model, "y") == 1
    # PySD takes nan for it, which is not equal to itself: the test never holds
    assert reference_run(str(write(text)))["y"].iloc[0] == 2


def test_and_binds_tighter_than_or(small: Small) -> None:
    model = small("x = IF THEN ELSE(1 :OR: 0 :AND: 0, 1, 0) ~~|\n")
    assert value(model, "x") == 1


MACROS = (
    ":MACRO: HOLD(flow, tau : content, seen)\n"
    "HOLD = level / tau ~~|\n"
    "level = INTEG(flow - level / tau, flow * tau) ~~|\n"
    "content = level + TIME STEP$ * 0 ~~|\n"
    "seen = SMOOTH3(flow, tau) ~~|\n"
    ":END OF MACRO:\n"
    ":MACRO: TWICE(x)\nTWICE = HOLD(HOLD(x, 2), 3) ~~|\n:END OF MACRO:\n"
)


def test_calls_of_a_macro_do_not_meet(small: Small) -> None:
    model = small(
        MACROS + "level = STEP(4, 1) + 1 ~~|\nx = HOLD(level, 2 : kept, smooth) ~~|\n"
        "own = INTEG(level - own / 2, level * 2) ~~|\nother = HOLD(5, 3) ~~|\n"
        "r: a, b ~~|\ntau[r] = 2, 4 ~~|\neach[r] = HOLD(level, tau[r]) ~~|\n"
        "deep = TWICE(level) ~~|\nouter = INTEG(x - outer / 3, x * 3) ~~|\n"
    )
    out = run(model)
    assert np.array_equal(out["kept"], out["own"])
    assert np.array_equal(out["x"], out["own"] / 2)
    assert np.array_equal(out["each[a]"], out["x"])
    assert not np.array_equal(out["each[b]"], out["x"])
    assert np.allclose(out["other"], 5, rtol=1e-14)
    assert np.array_equal(out["deep"], out["outer"] / 3)
    assert "level" in model.columns and len([c for c in model.columns if "level" in c]) == 1
    many = run(model, Runs(values={"tau[a]": [2.0, 3.0, 2.0]}), block=2)
    assert np.array_equal(many["each[a]"][0], out["x"][0])
    assert not np.array_equal(many["each[a]"][1], out["x"][0])


def test_macros_take_lookups_and_orders(small: Small) -> None:
    model = small(
        ":MACRO: READ(f, x, n)\nREAD = f(x) + SMOOTH N(f(x), 2, f(x), n) + g(x) ~~|\n"
        "g((0,0),(10,5)) ~~|\n:END OF MACRO:\n"
        "f((0,0),(10,20)) ~~|\nlength = 3 ~~|\ny = READ(f, 4, length) ~~|\n"
    )
    assert value(model, "y") == pytest.approx(8 + 8 + 2)
    with pytest.raises(ModelError, match="order of a delay"):
        run(model, Runs(values={"length": 2.0}))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (":MACRO: M(a)\nM = b ~~|\n:END OF MACRO:\n\ny = M(3) ~~|\n", 3, "'b' is not defined"),
        (":MACRO: M(a)\nM = b ~~|\n:END OF MACRO:\n\ny = M(3) ~~|\n", 3, "on line 6 by 'y'"),
        (":MACRO: M(a)\nM = M(a) ~~|\n:END OF MACRO:\ny = M(3) ~~|\n", 3, "calls itself"),
        (":MACRO: M(a)\nM = a ~~|\n:END OF MACRO:\ny = M(3, 4) ~~|\n", 5, "2 arguments where 1"),
        (":MACRO: M(a)\nM = a ~~|\n:END OF MACRO:\ny = M(3 : z) ~~|\n", 5, "0 outputs"),
        (":MACRO: M(a)\nN = a ~~|\n:END OF MACRO:\ny = M(3) ~~|\n", 5, "defines no 'm'"),
        (":MACRO: M(a)\nM = a + ~~|\n:END OF MACRO:\ny = M(3) ~~|\n", 3, "not understood"),
        (":MACRO: M(a)\nM = a ~~|\ny = M(3) ~~|\n", 0, "END OF MACRO"),
        ("r: a, b ~~|\nx[a] = VECTOR SORT ORDER(r, 1) ~~|\n", 3, "last subscript"),
        ("x = RANDOM UNIFORM(0, 1) ~~|\n", 2, "2 arguments where 3 belong"),
        ("x = GET TIME VALUE(2, 0, 1) ~~|\n", 2, "clock"),
        ("x = LOOKUP FORWARD(3, 1) ~~|\n", 2, "no lookup"),
        ("x = QUEUE FIFO(3, 1) ~~|\n", 2, "not supported"),
    ],
)
def test_refused_where_it_stands(write: Write, text: str, line: int, words: str) -> None:
    with pytest.raises(ModelError, match=words) as caught:
        load(write(text))
    assert caught.value.line == line


def test_mappings_element_by_element(small: Small) -> None:
    model = small(
        "north: n1, n2, n3 -> (south: s3, s1, s2), (region: r2, r1, r1) ~~|\n"
        "south: s1, s2, s3 ~~|\nregion: r1, r2 ~~|\ncoast: s2, s3 ~~|\n"
        "part: p1, p2 -> (south: coast, s1) ~~|\n"
        "x[north] = 1, 2, 3 ~~|\nz[part] = 7, 8 ~~|\n"
        "y[south] = x[north] ~~|\nw[coast] = x[north] ~~|\nv[south] = z[part] ~~|\n"
        "u[region] = x[north] ~~|\n"
    )
    shown = {name: [value(model, c) for c in model.variables[name].columns] for name in "ywvu"}
    assert shown == {"y": [2, 3, 1], "w": [3, 1], "v": [8, 7, 7], "u": [2, 1]}


def test_lookup_functions(small: Small) -> None:
    model = small(
        "f([(0,0)-(2,2),(0.5,1)],(0,1),(1,1),(2,2)) ~~|\nold(0, 1, 2, 1, 1, 2) ~~|\n"
        "at = 1.5 ~~|\na = LOOKUP FORWARD(f, at) ~~|\nb = LOOKUP BACKWARD(f, at) ~~|\n"
        "c = LOOKUP EXTRAPOLATE(f, 4 * at) ~~|\nd = LOOKUP INVERT(f, at) ~~|\n"
        "e = LOOKUP AREA(f, -at, at + 1.5) ~~|\ng = old(at) - f(at) ~~|\n"
    )
    rows = run(model, Runs(values={"at": [1.5, 1.0, 0.25]}))
    assert rows["a"][:, 0].tolist() == [2, 1, 1]
    assert rows["b"][:, 0].tolist() == [1, 1, 1]
    assert rows["c"][:, 0].tolist() == [6, 4, 1]
    assert rows["d"][:, 0].tolist() == [1.5, 0, 0]
    # 1 from -at to 1, then the slope to (2, 2), then 2 as far as at + 1.5
    assert rows["e"][:, 0].tolist() == [1.5 + 1 + 1.5 + 2, 1 + 1 + 1.5 + 1, 0.25 + 1 + 0.75 * 1.375]
    assert rows["g"][:, 0].tolist() == [0, 0, 0]
    for run_, at in enumerate([1.5, 1.0, 0.25]):
        alone = run(model, Runs(values={"at": at}))
        assert np.array_equal(alone.data[0], rows.data[run_])


def test_net_present_value(small: Small) -> None:
    model = small("v = NPV(100, 0.1, 0, 1) ~~|\n")
    out = run(model)["v"][0]
    # payments of 100 * 0.25 each quarter, discounted by 1 / (1 + 0.1 * 0.25) a quarter
    worth = 25 * np.cumsum(1.025 ** -np.arange(len(out), dtype=float))
    assert np.allclose(out, worth, rtol=1e-13)


def test_final_time_may_move_or_be_computed(small: Small) -> None:
    controls = "INITIAL TIME = 2 ~~|\nTIME STEP = 1/3 ~~|\nSAVEPER = TIME STEP * 3 ~~|\n"
    model = small("x = INTEG(1, 0) ~~|\n", controls + "FINAL TIME = MAX(5, 4) ~~|\n")
    assert run(model).times == pytest.approx([2, 3, 4, 5])
    model = small(
        "x = INTEG(1, 0) ~~|\n", controls + "FINAL TIME = IF THEN ELSE(x > 3.9, Time, 100) ~~|\n"
    )
    assert run(model).times == pytest.approx([2, 3, 4, 5, 6])


# -- vectors and allocation -------------------------------------------------------------

ALLOCATION = (
    "claimant: one, two, three ~~|\nsetting: ptype, ppriority, pwidth, pextra ~~|\n"
    "request[claimant] = 3, 6, 4 ~~|\nsupply = 6 ~~|\n"
    "profile[claimant, setting] = {}; ~~|\n"
    "given[claimant] = ALLOCATE AVAILABLE(request[claimant], profile[claimant, ptype], supply)"
    " ~~|\n"
)


@pytest.mark.parametrize("curve", [1, 2, 3, 4])
def test_allocation_clears_and_agrees_with_pysd(small: Small, write: Write, curve: int) -> None:
    rows = f"{curve},5,2,0; {curve},6,1,0; {curve},4.5,3,0"
    text = ALLOCATION.format(rows)
    out = run(small(text), Runs(values={"supply": [6.0, 0.0, 0.1, 12.9, 20.0]}))
    given_ = out.data[:, 0, [out.columns.index(f"given[{c}]") for c in ("one", "two", "three")]]
    assert np.allclose(given_.sum(axis=1), [6, 0, 0.1, 12.9, 13], rtol=1e-12)
    assert np.all(given_ >= 0) and np.all(given_ <= [3, 6, 4])
    reference = reference_run(str(write(text)))
    theirs = [reference[f"given[{c}]"].iloc[0] for c in ("one", "two", "three")]
    assert given_[0] == pytest.approx(theirs, rel=1e-5)  # PySD searches to 1e-8 of the level


def test_equal_claims_share_alike_and_a_far_priority_goes_first(small: Small) -> None:
    model = small(ALLOCATION.format("1,5,1,0; 1,5,1,0; 1,9,1,0"))
    found = [value(model, f"given[{name}]") for name in ("one", "two", "three")]
    assert found == pytest.approx([2 / 3, 4 / 3, 4])


def test_the_first_curve_shares_in_proportion(small: Small) -> None:
    model = small(ALLOCATION.format("0,5,1,0; 0,5,1,0; 0,9,1,0"))
    found = [value(model, f"given[{name}]") for name in ("one", "two", "three")]
    assert found == pytest.approx([18 / 13, 36 / 13, 24 / 13])
    with pytest.raises(ModelError, match="priority curve"):
        run(small(ALLOCATION.format("0,5,1,0; 1,5,1,0; 0,9,1,0")))


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(-9, 9)), min_size=1, max_size=6),
    st.floats(0.1, 8),
    st.floats(0, 120),
)
def test_priority_hands_out_what_there_is(
    claims: list[tuple[float, float]], width: float, supply: float
) -> None:
    request, priority = (np.array(part)[:, None] for part in zip(*claims, strict=True))
    with np.errstate(all="ignore"):  # as in every run
        handed = kernels.allocate_by_priority(request, priority, np.array([[width], [supply]]))
    assert handed.sum() == pytest.approx(min(supply, request.sum()), abs=1e-9)
    assert np.all(handed >= 0) and np.all(handed <= request + 1e-12)
    for (mine, high), got in zip(claims, handed[:, 0], strict=True):
        for (other, low), theirs in zip(claims, handed[:, 0], strict=True):
            if high - low >= width and theirs > 1e-9 and other > 0:
                assert got == pytest.approx(mine, abs=1e-9)  # the first is full by then


@pytest.mark.parametrize("curve", [1, 2, 3, 4])
def test_allocation_has_its_derivative(small: Small, curve: int) -> None:
    model = small(ALLOCATION.format(f"{curve},5,2,0; {curve},5.5,1,0; {curve},4.5,3,0"))
    names = ["supply", "request[one]", "profile[two,ppriority]", "profile[three,pwidth]"]
    for name in names:
        base = model.constants[name]
        step = run(model, Runs(values={name: [base + 1e-20j]})).data[0, 0].imag / 1e-20
        away = run(model, Runs(values={name: [base - 1e-5, base + 1e-5]})).data[:, 0]
        assert np.allclose(step, (away[1] - away[0]) / 2e-5, rtol=1e-6, atol=1e-8), name


def test_matrices_have_inverses_where_they_can(small: Small) -> None:
    model = small(
        "r: a, b ~~|\nc: d, e ~~|\nm[r, c] = 2, 1; 1, 3; ~~|\n"
        "i[r, c] = INVERT MATRIX(m[r, c]) ~~|\n"
    )
    out = run(model, Runs(values={"m[a,d]": [2.0, 1 / 3]}), columns=["i"])
    assert out.data[0, 0] == pytest.approx([0.6, -0.2, -0.2, 0.4])
    assert np.all(~np.isfinite(out.data[1, 0]))


def test_elements_counted_on_from_one(small: Small) -> None:
    model = small(
        "r: a, b, c ~~|\ns: d, e ~~|\nx[r, s] = 1,2;3,4;5,6; ~~|\nn[r] = 0, 2, 9 ~~|\n"
        "y[r] = VECTOR ELM MAP(x[a, e], n[r]) ~~|\n"
    )
    assert [value(model, f"y[{e}]") for e in "abc"] == [2, 4, NA]


def test_selection_errors_are_said(small: Small) -> None:
    model = small("r: a, b ~~|\nx[r] = 0, 0 ~~|\ny = VECTOR SELECT(x[r!], x[r!], 5, 0, 1) ~~|\n")
    with pytest.raises(ModelError, match="nothing is selected"):
        run(model)

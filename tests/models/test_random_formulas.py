"""Random equations: both kernels give the same numbers, or both none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Model, Runs, run
from models.equations import Equations, Expr, Slot, Table, Variable
from models.fused import machine

pytestmark = pytest.mark.skipif(
    bool(machine.unavailable()), reason=machine.unavailable() or "compiler"
)
CONSTANTS = 3
_TABLE = Table("", "t", (-2.0, -1.0, 0.5, 3.0), (1.0, -2.0, 4.0, 4.5))
_LONG = Table("", "t", tuple(float(i) for i in range(-6, 7)), tuple(i * i / 3 for i in range(13)))

numbers = st.sampled_from([0.0, 1.0, 2.0, 0.5, -1.5, 3.25, 1e-7, 40.0]).map(lambda x: ("num", x))
leaves = st.one_of(
    numbers,
    st.integers(0, CONSTANTS - 1).map(lambda i: ("slot", i)),
    st.just(("slot", CONSTANTS)),  # the state
    st.just(("time",)),
    st.just(("step",)),
)


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def fn(names: list[str], count: int) -> st.SearchStrategy[Any]:
        return st.tuples(st.just("fn"), st.sampled_from(names), *[inner] * count)

    def chain(parts: list[Expr]) -> st.SearchStrategy[Any]:
        size = len(parts) - 1
        texts = [st.text(level, min_size=size, max_size=size) for level in ("+-", "*/")]
        return st.one_of(texts).map(lambda text: ("chain", text, tuple(parts)))

    compared = st.tuples(
        st.just("cmp"), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner
    )
    condition = st.one_of(
        compared,
        st.tuples(st.sampled_from(["and", "or"]), compared, compared),
        st.tuples(st.just("not"), compared),
    )
    folded = st.tuples(
        st.just("fold"),
        st.sampled_from(["sum", "product", "least", "most"]),
        st.lists(inner, min_size=1, max_size=4).map(tuple),
    )
    return st.one_of(
        st.lists(inner, min_size=2, max_size=4).flatmap(chain),
        st.tuples(st.just("neg"), inner),
        st.tuples(st.just("pow"), inner, st.one_of(numbers, inner)),
        st.tuples(st.just("if"), condition, inner, inner),
        folded,
        st.tuples(st.just("lookup"), st.integers(0, 1), inner),
        fn(["exp", "ln", "sqrt", "abs", "integer", "sin", "arctan", "tanh", "arcsin"], 1),
        fn(["min", "max", "zidz", "modulo", "quantum", "step", "pulse", "log"], 2),
        fn(["xidz", "ramp"], 3),
        fn(["pulse train"], 4),
    )


formulas = st.recursive(leaves, _grown, max_leaves=8)


def _model(flow: Expr, shown: Expr) -> Model:
    """A state that moves by ``flow``, beside a column that shows another formula."""
    names = [f"c{i}" for i in range(CONSTANTS)]
    slots = [Slot(name, name, "constant", ("num", 1.5)) for name in names]
    step: Expr = ("chain", "*", (flow, ("step",)))
    slots.append(
        Slot("x", "x", "state", None, ("num", 1.0), ("chain", "+", (("slot", CONSTANTS), step)))
    )
    slots.append(Slot("y", "y", "equation", shown))
    controls = {"initial_time": 0.0, "final_time": 2.0, "time_step": 0.5, "saveper": 0.5}
    for name, value in controls.items():
        slots.append(Slot(name, name, "constant", ("num", value)))
    variables = {
        slot.variable: Variable(slot.variable, "", "", 0, "auxiliary", (slot.column,))
        for slot in slots
    }
    found = {name: CONSTANTS + 2 + i for i, name in enumerate(controls)}
    equations = Equations(tuple(slots), (_TABLE, _LONG), variables, controls=found)
    return Model(Path("random.mdl"), "random", equations)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(formulas, formulas, st.integers(0, 2**32))
def test_both_kernels_give_the_same(flow: Expr, shown: Expr, seed: int) -> None:
    model = _model(flow, shown)
    random = np.random.default_rng(seed)
    values = {f"c{i}": random.choice([-2.0, 0.0, 0.3, 1.0, 2.5], 9) for i in range(CONSTANTS)}
    expected = run(model, Runs(values), columns=["x", "y"], kernel="numpy").data
    found = run(model, Runs(values), columns=["x", "y"], kernel="fused").data
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    close = np.isclose(found, expected, rtol=1e-12, atol=1e-300, equal_nan=True)
    if not close.all():  # a difference of two nearly equal numbers, or a step at a border
        largest = np.max(np.abs(expected), where=np.isfinite(expected), initial=1.0)
        assert np.allclose(found, expected, rtol=1e-12, atol=1e-12 * largest, equal_nan=True)

"""exp, ln and powers of the machine code against NumPy's, on ordinary and special numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.fused import elementary, machine
from models.fused.writer import LANES, WIDE, Writer

pytestmark = pytest.mark.skipif(
    bool(machine.unavailable()), reason=machine.unavailable() or "compiler"
)
Floats = NDArray[np.float64]
_POSITIVE = [0.0, 1.0, 2.0, 0.5, 3.0, np.inf, 5e-324, 2.0**-1022, 1e-310, np.finfo(float).max]
_LARGE = [708.0, 709.7, 745.0, 746.0, 1e300, 2.0**53 + 1, 1e-20, 1 / 3, 7.5]
SPECIAL = np.array([*_POSITIVE, *_LARGE])
SPECIAL = np.concatenate([SPECIAL, -SPECIAL, [np.nan]])


def _entry(name: str, arguments: int) -> str:
    """A module's entry that applies a function to W numbers of each array behind ``%io``."""
    w = Writer()
    shift = w.integer("mul", "%lane", 8)
    given = [w.load(w.load("%io", 8 * i, "ptr"), shift, WIDE) for i in range(arguments)]
    listed = ", ".join(f"{WIDE} {text}" for text in given)
    made = w.put(f"call fastcc {WIDE} @{name}({listed}, ptr %ctx)")
    w.store(w.load("%io", 16, "ptr"), shift, WIDE, made)
    w.do("ret void")
    return w.function("define void @simulate(ptr %ctx, ptr %io, i64 %lane, i64 %groups)")


def _vectors(name: str, arguments: int) -> Callable[..., Floats]:
    text = elementary.functions() + _entry(name, arguments) + elementary.ATTRIBUTES
    code = machine.Code(machine.compile_object(text))
    context = np.array([ctypes.addressof(machine.addresses())], dtype=np.int64)

    def call(*numbers: Floats) -> Floats:
        size = len(numbers[0])
        padded = [np.resize(x, -(-size // LANES) * LANES) for x in numbers]
        made = np.empty_like(padded[0])
        places = [padded[0].ctypes.data, padded[-1].ctypes.data, made.ctypes.data]
        io = np.array(places, dtype=np.int64)
        for lane in range(0, len(made), LANES):
            code.call(context.ctypes.data, io.ctypes.data, lane, 1)
        return made[:size]

    return call


@cache
def _power() -> Callable[..., Floats]:
    return _vectors("vpow", 2)


@pytest.fixture(scope="module")
def functions() -> dict[str, Callable[..., Floats]]:
    return {"exp": _vectors("vexp", 1), "log": _vectors("vlog", 1), "power": _power()}


def _apart(found: Floats, expected: Floats) -> float:
    """Largest difference in units of the last place; nan, infinite and signs must be equal."""
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    known = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found[known]), np.signbit(expected[known]))
    endless = np.isinf(expected)
    assert np.array_equal(found[endless], expected[endless])
    finite = np.isfinite(expected)
    units = np.abs(found[finite] - expected[finite]) / np.spacing(np.abs(expected[finite]))
    return float(np.max(units, initial=0.0))


@pytest.mark.parametrize("span", [1.0, 40.0, 707.9])
def test_exp(functions: dict[str, Callable[..., Floats]], span: float) -> None:
    x = np.random.default_rng(1).uniform(-span, span, 40_000)
    assert _apart(functions["exp"](x), np.exp(x)) <= 1.0


@pytest.mark.parametrize("span", [1e-9, 0.7, 30.0, 700.0])
def test_ln(functions: dict[str, Callable[..., Floats]], span: float) -> None:
    x = np.exp(np.random.default_rng(2).uniform(-span, span, 40_000))
    assert _apart(functions["log"](x), np.log(x)) <= 1.0


@pytest.mark.parametrize(
    ("base", "exponent"), [(2.0, 3.0), (300.0, 2.3), (5.0, 140.0), (1e-6, 9.0)]
)
def test_power(functions: dict[str, Callable[..., Floats]], base: float, exponent: float) -> None:
    random = np.random.default_rng(3)
    x = np.exp(random.uniform(-base, base, 40_000))
    y = random.uniform(-exponent, exponent, 40_000)
    assert _apart(functions["power"](x, y), np.power(x, y)) <= 2.0


def test_special_numbers(functions: dict[str, Callable[..., Floats]]) -> None:
    x, y = (np.ascontiguousarray(part.ravel()) for part in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        assert _apart(functions["exp"](SPECIAL), np.exp(SPECIAL)) <= 1.0
        assert _apart(functions["log"](SPECIAL), np.log(SPECIAL)) <= 1.0
        assert _apart(functions["power"](x, y), np.power(x, y)) <= 2.0


@given(st.lists(st.tuples(st.floats(), st.floats()), min_size=LANES, max_size=LANES))
def test_a_lane_does_not_see_its_neighbours(pairs: list[tuple[float, float]]) -> None:
    power = _power()
    x, y = (np.array(part) for part in zip(*pairs, strict=True))
    together = power(x, y)
    for i in range(LANES):
        alone = power(np.full(LANES, x[i]), np.full(LANES, y[i]))
        assert np.array_equal(alone[:1], together[i : i + 1], equal_nan=True)
    with np.errstate(all="ignore"):
        assert _apart(together, np.power(x, y)) <= 2.0

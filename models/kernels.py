"""The functions that compiled programs call, once for floats and once for arrays.

``SCALAR`` serves runs of plain floats, ``REAL`` batches of float64 arrays ``(N,)`` in
which shared values stay numpy scalars, and ``COMPLEX`` batches for complex-step
differentiation: there every comparison looks at real parts only, so the imaginary part
carries the derivative of the branch that is taken.

Transcendental functions are NumPy's in all three, because the C library's differ from
them in the last bit, and a run must not depend on the company it is run in.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import lookup_kernels, noise, vector_kernels
from .errors import ModelError, Problem
from .limits import MOST_UNDER_WAY

SMALL = 1e-6  # what Vensim counts as zero in XIDZ, PULSE and the like

Number = Any  # float, numpy scalar or array (N,)


def delay_order(asked: Number, step: Number, *durations: Number) -> Number:
    """Stages of a delay: one less for every stage too many for its shortest time."""
    shortest = durations[0]
    for duration in durations[1:]:
        shortest = np.minimum(np.real(shortest), np.real(duration))
    order = asked + 0.0 * np.real(shortest)
    for _ in range(int(asked)):
        order = np.where(order * step > np.real(shortest), order - 1.0, order)
    if np.any(order < 1):
        raise ModelError(
            Problem(
                "the time of a delay is shorter than the time step",
                function="DELAY",
                hint="make TIME STEP smaller, or the delay longer",
            )
        )
    return float(order) if np.ndim(order) == 0 else order


# -- plain floats -----------------------------------------------------------------------


def _float(function: Callable[..., Any]) -> Callable[..., float]:
    def call(*arguments: float) -> float:
        return float(function(*arguments))

    return call


def _powers(bases: tuple[float, ...], exponents: tuple[float, ...]) -> list[float]:
    found: list[float] = np.power(bases, exponents).tolist()
    return found


def _quantum(a: float, b: float) -> float:
    return a if b < SMALL else b * float(int(a / b))


def _ramp(t: float, slope: float, start: float, finish: float) -> float:
    return slope * (min(finish, t) - start) if t + SMALL > start else 0.0


def _pulse(t: float, start: float, width: float) -> float:
    return 1.0 if start - SMALL <= t < start + width else 0.0


def _pulse_train(t: float, start: float, interval: float, width: float, end: float) -> float:
    if interval == 0:
        return _pulse(t, start, width)
    if start <= t < end:
        return 1.0 if (t - start + SMALL) % interval < width else 0.0
    return 0.0


def interpolate(x: float, table: tuple[list[float], list[Any]]) -> Any:
    """Linear between the points, flat beyond them; of numbers or of arrays."""
    xs, ys = table
    if x < xs[0]:
        return ys[0]
    if x >= xs[-1]:
        return ys[-1]
    if x != x:
        return x
    j = bisect_right(xs, x) - 1
    if x == xs[j]:  # a year on its point: in a batch ``ys`` are arrays, worth leaving alone
        return ys[j]
    return (ys[j + 1] - ys[j]) / (xs[j + 1] - xs[j]) * (x - xs[j]) + ys[j]


def _product(values: Iterable[float]) -> Number:
    result: Number = 1.0
    for value in values:
        result = result * value
    return result


def _total(values: Iterable[float]) -> Number:
    result: Number = 0.0
    for value in values:
        result = result + value
    return result


def _smaller(a: float, b: float) -> float:
    return a if a <= b or a != a else b


def _larger(a: float, b: float) -> float:
    return a if a >= b or a != a else b


def _folded(function: Callable[[Any, Any], Any]) -> Callable[[Iterable[Any]], Any]:
    def fold(values: Iterable[Any]) -> Any:
        items = iter(values)
        result = next(items)
        for item in items:
            result = function(result, item)
        return result

    return fold


def _copy(pipe: deque[float]) -> deque[float]:
    return deque(pipe, maxlen=pipe.maxlen)


def _check_length(length: int) -> None:
    if length > MOST_UNDER_WAY:
        raise ModelError(
            Problem(
                f"its time comes to more than {MOST_UNDER_WAY} time steps",
                function="DELAY FIXED",
                hint="is the unit of the delay that of TIME STEP?",
            )
        )


def _fixed_pipe(initial: float, duration: float, step: float) -> deque[float]:
    length = round(max(duration / step, 1) + SMALL)
    _check_length(length)
    return deque([initial] * length, maxlen=length)


_UNARY: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "arcsin": np.arcsin,
    "arccos": np.arccos,
    "arctan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
}

SCALAR: dict[str, Any] = {
    **{name: _float(function) for name, function in _UNARY.items()},
    "ln": _float(np.log),
    "log": lambda x, base: float(np.log(x) / np.log(base)),
    "sqrt": math.sqrt,
    "power": _float(np.power),
    "powers": _powers,
    "quantum": _quantum,
    "modulo": lambda x, m: x - _quantum(x, m),
    "ramp": _ramp,
    "pulse": _pulse,
    "pulse_train": _pulse_train,
    "lookup": interpolate,
    "total": _total,
    "product": _product,
    "least": _folded(_smaller),
    "most": _folded(_larger),
    "delay_order": delay_order,
    "pipe": _fixed_pipe,
    "copy": _copy,
    "inf": math.inf,
    "nan": math.nan,
    **lookup_kernels.ALONE,
    **noise.ALONE,
    **vector_kernels.ALONE,
}

# -- arrays -----------------------------------------------------------------------------


class ArrayTable:
    """A lookup in a batch: ``y`` is (P,) for all runs, or (P, N), one column a run."""

    __slots__ = ("shared", "slope", "x", "xs", "y", "ys")

    def __init__(self, x: NDArray[np.float64], y: NDArray[Any]) -> None:
        self.x = x
        self.xs: list[float] = x.tolist()
        self.y = y
        self.ys = list(y)
        self.shared = y.ndim == 1
        self.slope: NDArray[Any] | None = None

    def slopes(self) -> NDArray[Any]:
        """Slope after each point; 0 after the last."""
        if self.slope is None:
            self.slope = np.zeros_like(self.y)
            gap = np.diff(self.x)
            self.slope[:-1] = np.diff(self.y, axis=0) / (gap if self.shared else gap[:, None])
        return self.slope


def _lookup(x: Number, table: ArrayTable) -> Number:
    if x.__class__ is not np.ndarray:
        return interpolate(x, (table.xs, table.ys))
    at = x.real
    index = np.searchsorted(table.x, at, side="right") - 1
    low, high = table.xs[0], table.xs[-1]
    if x.dtype.kind == "c":
        inside = np.where(at < low, low, np.where(at > high, high, x))
    else:
        inside = np.clip(x, low, high)
    np.maximum(index, 0, out=index)
    if table.shared:
        return table.slopes()[index] * (inside - table.x[index]) + table.y[index]
    run = np.arange(len(x))
    return table.slopes()[index, run] * (inside - table.x[index]) + table.y[index, run]


def _select(condition: Any, a: Number, b: Number) -> Number:
    if condition.__class__ is np.ndarray:
        return np.where(condition, a, b)
    return a if condition else b


def _truncate(x: Number) -> Number:
    return np.trunc(np.real(x)) + 0.0  # + 0.0 makes -0.0 plain 0.0


def _array_quantum(a: Number, b: Number) -> Number:
    return _select(np.real(b) < SMALL, a, b * _truncate(np.divide(a, b)))


def _xidz(a: Number, b: Number, otherwise: Number) -> Number:
    if b.__class__ is np.ndarray:
        return np.where(abs(b.real) < SMALL, otherwise, a / b)
    return otherwise if abs(b) < SMALL else a / b


def _array_ramp(t: Number, slope: Number, start: Number, finish: Number) -> Number:
    top = _smaller_complex(finish, t)
    return _select(t + SMALL > np.real(start), slope * (top - start), 0.0)


def _array_pulse(t: Number, start: Number, width: Number) -> Number:
    start, width = np.real(start), np.real(width)
    return _select((start - SMALL <= t) & (t < start + width), 1.0, 0.0)


def _array_pulse_train(
    t: Number, start: Number, interval: Number, width: Number, end: Number
) -> Number:
    start, interval, width, end = (np.real(part) for part in (start, interval, width, end))
    phase = np.mod(t - start + SMALL, _select(interval == 0, 1.0, interval))
    on = (start <= t) & (t < end) & (phase < width)
    return _select(interval == 0, _array_pulse(t, start, width), _select(on, 1.0, 0.0))


class Pipe:
    """What is under way in a DELAY FIXED; runs may differ in how long it takes."""

    __slots__ = ("behind", "items")

    def __init__(self, items: Iterable[Number], behind: NDArray[np.int64] | None) -> None:
        self.items: deque[Number] = deque(items)
        self.behind = behind  # per run: entries to skip from the oldest, or None

    def __getitem__(self, _oldest: int) -> Number:
        if self.behind is None:
            return self.items[0]
        rows = np.broadcast_arrays(*self.items, self.behind)[:-1]
        return np.array(rows)[self.behind, np.arange(len(self.behind))]

    def append(self, value: Number) -> None:
        self.items.append(value)
        self.items.popleft()


def _array_pipe(initial: Number, duration: Number, step: Number) -> Pipe:
    length = np.rint(np.maximum(np.real(duration) / step, 1.0) + SMALL).astype(np.int64)
    longest = int(np.max(length))
    _check_length(longest)
    behind = None if np.all(length == longest) else longest - length
    return Pipe([initial] * longest, behind)


def _is_complex(a: Number, b: Number = 0.0) -> bool:
    return (a.__class__ is np.ndarray and a.dtype.kind == "c") or (
        b.__class__ is np.ndarray and b.dtype.kind == "c"
    )


def _smaller_complex(a: Number, b: Number) -> Number:
    if not _is_complex(a, b):
        return np.minimum(a, b)
    left = a.real
    return np.where((left <= b.real) | (left != left), a, b)


def _larger_complex(a: Number, b: Number) -> Number:
    if not _is_complex(a, b):
        return np.maximum(a, b)
    left = a.real
    return np.where((left >= b.real) | (left != left), a, b)


def _where_real(function: Callable[[Any], Any]) -> Callable[[Number], Number]:
    """A function of positive numbers: nan below 0 for complex numbers, too."""

    def call(x: Number) -> Number:
        value = function(x)
        return np.where(x.real < 0, np.nan, value) if _is_complex(x) else value

    return call


def _complex_power(a: Number, b: Number) -> Number:
    value = np.power(a, b)
    if not _is_complex(a, b) or not np.any(a.real < 0):
        return value
    return np.where((a.real < 0) & (b.real != np.trunc(b.real)), np.nan, value)


def _complex_abs(x: Number) -> Number:
    return np.where(x.real < 0, -x, x) if _is_complex(x) else np.abs(x)


REAL: dict[str, Any] = {
    **_UNARY,
    "ln": np.log,
    "log": lambda x, base: np.log(x) / np.log(base),
    "sqrt": np.sqrt,
    "power": np.power,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "absolute": np.abs,
    "truncate": _truncate,
    "quantum": _array_quantum,
    "modulo": lambda x, m: x - _array_quantum(x, m),
    "xidz": _xidz,
    "ramp": _array_ramp,
    "pulse": _array_pulse,
    "pulse_train": _array_pulse_train,
    "lookup": _lookup,
    "select": _select,
    "negate": np.logical_not,
    "total": _total,
    "product": _product,
    "least": _folded(np.minimum),
    "most": _folded(np.maximum),
    "delay_order": delay_order,
    "pipe": _array_pipe,
    "copy": lambda pipe: Pipe(pipe.items, pipe.behind),
    "float64": np.float64,
    "inf": math.inf,
    "nan": math.nan,
    **lookup_kernels.TOGETHER,
    **noise.TOGETHER,
    **vector_kernels.TOGETHER,
}

COMPLEX: dict[str, Any] = {
    **REAL,
    "ln": _where_real(np.log),
    "log": lambda x, base: _where_real(np.log)(x) / _where_real(np.log)(base),
    "sqrt": _where_real(np.sqrt),
    "power": _complex_power,
    "minimum": _smaller_complex,
    "maximum": _larger_complex,
    "absolute": _complex_abs,
    "least": _folded(_smaller_complex),
    "most": _folded(_larger_complex),
}

"""How much arithmetic a run is, and what that much costs in bare loops on this machine.

Counted are the operations of the lowered equations by kind, each as often as a run performs
it. A kind costs what a bare loop over arrays that stay in the cache takes for one element:
in NumPy one call of the ufunc, in C one ``for`` loop, compiled as :mod:`benchmarks.as_c` is.
Reading and writing the operands is part of it, and C's exp and powers are the library's, one
number at a time. So this is the price of doing the operations one loop after another, and no
bound: a kernel that keeps values in registers, or has vector powers, goes below it.
Choosing the branch of an IF is one operation and both branches are counted, as a batch computes
both.
"""

from __future__ import annotations

import ctypes
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models import Model
from models.equations import Expr, slots_of
from models.plan import Statement

from . import as_c

_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "abs": ("add",),
    "exp": ("exp",),
    "ln": ("log",),
    "log": ("log", "log", "div"),
    "sqrt": ("sqrt",),
    "sin": ("sin",),
    "cos": ("sin",),
    "tan": ("sin",),
    "arcsin": ("atan",),
    "arccos": ("atan",),
    "arctan": ("atan",),
    "sinh": ("exp",),
    "cosh": ("exp",),
    "tanh": ("exp",),
    "power": ("pow",),
    "min": ("extreme",),
    "max": ("extreme",),
    "integer": ("round",),
    "quantum": ("div", "round", "mul", "compare", "select"),
    "modulo": ("div", "round", "mul", "compare", "select", "add"),
    "zidz": ("div", "compare", "select"),
    "xidz": ("div", "compare", "select"),
    "step": ("compare", "select"),
    "ramp": ("compare", "select", "extreme", "add", "mul"),
    "pulse": ("compare", "compare", "select"),
    "pulse train": ("compare", "compare", "compare", "div", "round", "select"),
    "delay order": ("compare", "select"),
}
_CHAIN = {"+": "add", "-": "add", "*": "mul", "/": "div"}
_FOLDS = {"sum": "add", "product": "mul", "least": "extreme", "most": "extreme"}


class Count:
    """Operations of expressions, of those alone whose operands differ between the runs.

    ``varying`` tells of a slot whether runs differ in it; without it all operations count.
    """

    def __init__(self, varying: Callable[[int], bool] | None = None) -> None:
        self.varying = varying
        self.found: Counter[str] = Counter()

    def add(self, expr: Expr) -> bool:
        """Count an expression; whether runs differ in its value."""
        kind = expr[0]
        if kind in ("slot", "delayed"):
            return self.varying is None or self.varying(expr[1])
        if kind in ("num", "time", "step"):
            return self.varying is None
        if kind == "chain" or kind == "fold":
            parts = [self.add(part) for part in expr[2]]
            names = list(expr[1]) if kind == "chain" else [expr[1]] * (len(parts) - 1)
            differs = parts[0]
            for name, part in zip(names, parts[1:], strict=True):
                differs = differs or part
                self._took((_CHAIN if kind == "chain" else _FOLDS)[name], differs)
            return differs
        inner = [self.add(part) for part in expr[1:] if isinstance(part, tuple)]
        differs = any(inner)
        for name in self._kinds(expr):
            self._took(name, differs)
        return differs

    def _took(self, kind: str, differs: bool) -> None:
        if differs:
            self.found[kind] += 1

    @staticmethod
    def _kinds(expr: Expr) -> tuple[str, ...]:
        kind = expr[0]
        if kind == "fn":
            return _FUNCTIONS[expr[1]]
        if kind == "pow":
            cheap = {("num", 2.0): "mul", ("num", 0.5): "sqrt"}
            return (cheap.get(expr[2], "pow"),)
        alone = {"neg": "add", "lookup": "lookup", "if": "select"}
        return (alone.get(kind, "compare"),)


def of_a_run(
    model: Model, columns: Sequence[str], varied: Iterable[str] | None = None
) -> Counter[str]:
    """Operations of one run that keeps these columns.

    With ``varied``, only those that a batch in which these constants differ must do for each
    run: the rest is computed once for all runs.
    """
    plan = as_c.plan_of(model, columns)
    grid = model.nominal_grid
    varying = None
    if varied is not None:
        differ = _differing(model, varied)
        varying = differ.__contains__
    times = (
        (plan.derived, 1),
        (plan.before, 1),
        (plan.stepping, grid.last + 1),
        (plan.saving, len(grid.saved)),
        (plan.moving, grid.last),
    )
    total: Counter[str] = Counter()
    for lines, often in times:
        for kind, number in _of_lines(lines, varying).items():
            total[kind] += number * often
    return total


def _of_lines(lines: Sequence[Statement], varying: Callable[[int], bool] | None) -> Counter[str]:
    count = Count(varying)
    for _, expr in lines:
        count.add(expr)
    return count.found


def _differing(model: Model, varied: Iterable[str]) -> set[int]:
    """The slots in which runs differ when these constants do."""
    slots = model.equations.slots
    readers: dict[int, list[int]] = {}
    for index, slot in enumerate(slots):
        for expr in (slot.expr, slot.initial, slot.following):
            for other in slots_of(expr):
                readers.setdefault(other, []).append(index)
    pending = [model.slot[name] for name in varied]
    found = set(pending)
    while pending:
        for reader in readers.get(pending.pop(), ()):
            if reader not in found:
                found.add(reader)
                pending.append(reader)
    return found


# -- what an operation costs ------------------------------------------------------------

_LENGTH = 2048  # doubles of an array: three of them fit the first cache, twelve the second
_POINTS = 7  # of the lookup

_X = np.linspace(0.5, 1.8, _POINTS)
_Y = np.sqrt(_X)
_MASK = np.arange(_LENGTH) % 3 == 0

_NUMPY: dict[str, Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], object]]
_NUMPY = {
    "add": lambda a, b, out: np.add(a, b, out=out),
    "mul": lambda a, b, out: np.multiply(a, b, out=out),
    "div": lambda a, b, out: np.divide(a, b, out=out),
    "pow": lambda a, b, out: np.power(a, b, out=out),
    "exp": lambda a, b, out: np.exp(a, out=out),
    "log": lambda a, b, out: np.log(a, out=out),
    "sqrt": lambda a, b, out: np.sqrt(a, out=out),
    "sin": lambda a, b, out: np.sin(a, out=out),
    "atan": lambda a, b, out: np.arctan(a, out=out),
    "extreme": lambda a, b, out: np.minimum(a, b, out=out),
    "compare": lambda a, b, out: np.less(a, b),
    "select": lambda a, b, out: np.where(_MASK, a, b),
    "lookup": lambda a, b, out: np.interp(a, _X, _Y),
    "round": lambda a, b, out: np.trunc(a, out=out),
}

_C = {
    "add": "a[i] + b[i]",
    "mul": "a[i] * b[i]",
    "div": "a[i] / b[i]",
    "pow": "pow(a[i], b[i])",
    "exp": "exp(a[i])",
    "log": "log(a[i])",
    "sqrt": "sqrt(a[i])",
    "sin": "sin(a[i])",
    "atan": "atan(a[i])",
    "extreme": "a[i] <= b[i] ? a[i] : b[i]",
    "compare": "a[i] < b[i]",
    "select": "mask[i] ? a[i] : b[i]",
    "lookup": "lookup(a[i])",
    "round": "trunc(a[i])",
}


KINDS = tuple(_C)


def _c_source() -> str:
    x, y = (", ".join(map(repr, values.tolist())) for values in (_X, _Y))
    loops = "".join(
        f"void {kind}_(long times, const double *restrict a, const double *restrict b,"
        " const char *restrict mask, double *restrict out) {\n"
        "for (long r = 0; r < times; r++) {\n"
        f"for (long i = 0; i < {_LENGTH}; i++) out[i] = {text};\n"
        '__asm__ volatile("" ::: "memory"); }}\n'
        for kind, text in _C.items()
    )
    return (
        f"#include <math.h>\nstatic const double X[] = {{{x}}}, Y[] = {{{y}}};\n"
        "static inline double lookup(double x) { int j = 0;"
        f"if (x < X[0]) return Y[0]; if (x >= X[{_POINTS - 1}]) return Y[{_POINTS - 1}];"
        "while (x >= X[j + 1]) j++;"
        "return (Y[j + 1] - Y[j]) / (X[j + 1] - X[j]) * (x - X[j]) + Y[j]; }\n" + loops
    )


def _operands() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(1)
    return rng.uniform(0.5, 1.8, _LENGTH), rng.uniform(0.5, 1.8, _LENGTH), np.empty(_LENGTH)


def _least(call: Callable[[], object], often: int, repeats: int) -> float:
    best = float("inf")
    for _ in range(repeats):
        begin = time.process_time()
        for _ in range(often):
            call()
        best = min(best, time.process_time() - begin)
    return best / often


def costs_in_numpy(repeats: int = 15) -> dict[str, float]:
    """Seconds an element, by kind."""
    a, b, out = _operands()
    return {
        kind: _least(lambda call=call: call(a, b, out), 50, repeats) / _LENGTH  # type: ignore[misc]
        for kind, call in _NUMPY.items()
    }


def costs_in_c(repeats: int = 15) -> dict[str, float]:
    """Seconds an element, by kind.

    Raises:
        NoCompiler: there is no C compiler.
    """
    library = as_c.compiled(_c_source())
    a, b, out = _operands()
    mask = _MASK.astype(np.int8)
    pointers = [value.ctypes.data_as(ctypes.c_void_p) for value in (a, b, mask, out)]
    often = 50
    found = {}
    for kind in _C:
        loop = getattr(library, f"{kind}_")
        spent = _least(lambda loop=loop: loop(ctypes.c_long(often), *pointers), 1, repeats)  # type: ignore[misc]
        found[kind] = spent / often / _LENGTH
    return found


def least_seconds(operations: Mapping[str, int], costs: Mapping[str, float]) -> float:
    """What operations cost in bare loops."""
    return sum(number * costs[kind] for kind, number in operations.items())

"""The lowered model as plain C, compiled by the machine's own compiler.

What a careful programmer would write by hand: one function with a variable for each number,
one loop over the steps, tables as constants. One core, one run at a time. Random functions
and whatever else C has no counterpart for are refused.
"""

from __future__ import annotations

import ctypes
import math
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import Model
from models.equations import Expr, Table
from models.kernels import SMALL
from models.plan import Plan, Statement, planned

FLAGS = ("-O3", "-march=native")

_PLAIN = {
    "exp": "exp",
    "ln": "log",
    "sqrt": "sqrt",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "abs": "fabs",
    "integer": "trunc",
    "power": "pow",
    "min": "smaller",
    "max": "larger",
    "quantum": "quantum",
    "modulo": "modulo",
    "xidz": "xidz",
}
_ON_TIME = {"step": "step", "ramp": "ramp", "pulse": "pulse", "pulse train": "pulse_train"}
_FOLDS = {"sum": " + ", "product": " * "}

_PRELUDE = f"""\
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALL {SMALL!r}

static inline double smaller(double a, double b) {{ return a <= b || a != a ? a : b; }}
static inline double larger(double a, double b) {{ return a >= b || a != a ? a : b; }}
static inline double quantum(double a, double b) {{ return b < SMALL ? a : b * trunc(a / b); }}
static inline double modulo(double a, double b) {{ return a - quantum(a, b); }}
static inline double xidz(double a, double b, double c) {{ return fabs(b) < SMALL ? c : a / b; }}
static inline double step(double t, double dt, double height, double at) {{
    return t + dt / 2 > at ? height : 0.0;
}}
static inline double ramp(double t, double slope, double from, double to) {{
    return t + SMALL > from ? slope * (smaller(to, t) - from) : 0.0;
}}
static inline double pulse(double t, double from, double width) {{
    return from - SMALL <= t && t < from + width ? 1.0 : 0.0;
}}
static inline double pulse_train(double t, double from, double gap, double width, double end) {{
    if (gap == 0) return pulse(t, from, width);
    double phase = fmod(t - from + SMALL, gap);
    return from <= t && t < end && phase < width ? 1.0 : 0.0;
}}
static inline double delay_order(double asked, double dt, double shortest) {{
    for (int i = (int)asked; i > 0; i--)
        if (asked * dt > shortest) asked -= 1;
    return asked;
}}
static inline double lookup(double x, int n, const double *xs, const double *ys,
                            const double *slope) {{
    int j = 0;
    if (!(x >= xs[0])) return x != x ? x : ys[0];
    if (x >= xs[n - 1]) return ys[n - 1];
    if (n > 16) {{
        int high = n - 1;
        while (high - j > 1) {{
            int mid = (j + high) / 2;
            if (xs[mid] <= x) j = mid; else high = mid;
        }}
    }} else
        while (x >= xs[j + 1]) j++;
    return slope[j] * (x - xs[j]) + ys[j];
}}
"""


class NoCompiler(Exception):
    """There is no C compiler on this machine."""


class Untranslatable(Exception):
    """An expression that has no counterpart here; its text is the function's name."""


def source(model: Model, columns: Sequence[str]) -> str:
    """C of a model, with ``simulate`` for one run and ``batch`` for many.

    Raises:
        Untranslatable: the model uses what is not written in C here.
    """
    plan = plan_of(model, columns)
    emitter = _Emitter()
    body = _body(model, plan, columns, emitter)
    tables = "".join(
        _table(index, model.equations.tables[index]) for index in sorted(emitter.tables)
    )
    return f"{_PRELUDE}\n{tables}\n{body}\n{_batch(len(plan.constants))}"


def plan_of(model: Model, columns: Sequence[str]) -> Plan:
    """What a run computes that keeps these columns, and when: as our own kernels have it."""
    return planned(model.network, [model.slot[column] for column in columns], all_states=False)


class _Emitter:
    """Expressions as C."""

    def __init__(self) -> None:
        self.tables: set[int] = set()

    def text(self, expr: Expr) -> str:
        kind = expr[0]
        if kind == "num":
            return _number(expr[1])
        if kind == "slot":
            return f"v{expr[1]}"
        if kind == "delayed":
            return f"q{expr[1]}[h{expr[1]}]"
        if kind == "time":
            return "t"
        if kind == "step":
            return "dt"
        if kind == "chain":
            pieces = [self.text(expr[2][0])]
            for operator, part in zip(expr[1], expr[2][1:], strict=True):
                pieces += [operator, self.text(part)]
            return f"({' '.join(pieces)})"
        if kind == "neg":
            return f"(-{self.text(expr[1])})"
        if kind == "pow":
            return self._power(expr[1], expr[2])
        if kind == "lookup":
            self.tables.add(expr[1])
            name = f"{expr[1]}"
            return f"lookup({self.text(expr[2])}, N{name}, X{name}, Y{name}, S{name})"
        if kind == "fold":
            return self._fold(expr[1], [self.text(part) for part in expr[2]])
        if kind == "cmp":
            return f"({self.text(expr[2])} {expr[1]} {self.text(expr[3])})"
        if kind in ("and", "or"):
            sign = "&&" if kind == "and" else "||"
            return f"({self.text(expr[1])} {sign} {self.text(expr[2])})"
        if kind == "not":
            return f"(!{self.text(expr[1])})"
        if kind == "if":
            condition, yes, no = (self.text(part) for part in expr[1:])
            return f"({condition} ? {yes} : {no})"
        if kind == "fn":
            return self._function(expr[1], [self.text(part) for part in expr[2:]])
        raise Untranslatable(kind)

    def _power(self, base: Expr, exponent: Expr) -> str:
        if exponent == ("num", 2.0):
            return f"({self.text(base)} * {self.text(base)})"
        if exponent == ("num", 0.5):
            return f"sqrt({self.text(base)})"
        return f"pow({self.text(base)}, {self.text(exponent)})"

    @staticmethod
    def _fold(name: str, parts: list[str]) -> str:
        if name in _FOLDS:
            return f"({_FOLDS[name].join(parts)})"
        found = parts[0]
        for part in parts[1:]:
            found = f"{'smaller' if name == 'least' else 'larger'}({found}, {part})"
        return found

    @staticmethod
    def _function(name: str, texts: list[str]) -> str:
        if name == "zidz":
            return f"xidz({texts[0]}, {texts[1]}, 0.0)"
        if name == "log":
            return f"(log({texts[0]}) / log({texts[1]}))"
        if name == "delay order":
            shortest = texts[2]
            for text in texts[3:]:
                shortest = f"smaller({shortest}, {text})"
            return f"delay_order({texts[0]}, {texts[1]}, {shortest})"
        if name in _ON_TIME:
            if name == "ramp" and len(texts) == 2:
                texts = [*texts, "t"]
            clock = ["t", "dt"] if name == "step" else ["t"]
            return f"{_ON_TIME[name]}({', '.join([*clock, *texts])})"
        if name in _PLAIN:
            return f"{_PLAIN[name]}({', '.join(texts)})"
        raise Untranslatable(name)


def _number(value: float) -> str:
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "(-INFINITY)"
    return repr(value) if value >= 0 else f"({value!r})"


def _table(index: int, table: Table) -> str:
    x, y = np.array(table.x), np.array(table.y)
    with np.errstate(all="ignore"):  # two points at one place: never between them
        slope = np.append(np.diff(y) / np.diff(x), 0.0)
    rows = {"X": x, "Y": y, "S": slope}
    lines = [f"enum {{ N{index} = {len(x)} }};"]
    for letter, values in rows.items():
        listed = ", ".join(_number(value) for value in values.tolist())
        lines.append(f"static const double {letter}{index}[] = {{{listed}}};")
    return "\n".join(lines) + "\n"


def _body(model: Model, plan: Plan, columns: Sequence[str], emitter: _Emitter) -> str:
    def lines(found: Sequence[Statement]) -> list[str]:
        return [f"double v{index} = {emitter.text(expr)};" for index, expr in found]

    slots = model.equations.slots
    pipes = [index for index in plan.states if slots[index].role == "pipe"]
    states = [index for index in plan.states if slots[index].role == "state"]
    begin: list[str] = []
    for index, expr in plan.before:
        if index in pipes:
            duration = slots[index].following
            assert duration is not None
            begin += [
                f"n{index} = lrint(larger({emitter.text(duration)} / dt, 1.0) + SMALL);",
                f"q{index} = malloc(n{index} * sizeof(double)); h{index} = 0;",
                f"{{ double q = {emitter.text(expr)};"
                f" for (long i = 0; i < n{index}; i++) q{index}[i] = q; }}",
            ]
        elif index in states:
            begin.append(f"v{index} = {emitter.text(expr)};")
        else:
            begin.append(f"double v{index} = {emitter.text(expr)};")
    held = [f"double v{index};" for index in states]
    held += [f"double *q{index}; long n{index}, h{index};" for index in pipes]
    shift = [f"double m{index} = {emitter.text(expr)};" for index, expr in plan.moving]
    settle = [
        f"q{index}[h{index}] = m{index}; h{index} = (h{index} + 1) % n{index};"
        if index in pipes
        else f"v{index} = m{index};"
        for index, _ in plan.moving
    ]
    put = [f"out[{place}] = v{model.slot[column]};" for place, column in enumerate(columns)]
    text = [
        "void simulate(const double *K, double t0, double dt, long last, const char *saved,"
        " double *out) {",
        *(f"double v{index} = K[{place}];" for place, index in enumerate(plan.constants)),
        "double t = t0;",
        *lines(plan.derived),
        *held,
        "{",
        *begin,
        "}",
        "for (long k = 0; k <= last; k++) {",
        "t = t0 + k * dt;",
        *lines(plan.stepping),
        "if (saved[k]) {",
        *lines(plan.saving),
        *put,
        f"out += {len(columns)};",
        "}",
        "if (k == last) break;",
        *shift,
        *settle,
        "}",
        *(f"free(q{index});" for index in pipes),
        "}",
    ]
    return "\n".join(text)


def _batch(constants: int) -> str:
    return f"""
void batch(long runs, const double *K, long varied, const long *which, const double *values,
           double t0, double dt, long last, const char *saved, long size, double *out) {{
    double mine[{max(1, constants)}];
    memcpy(mine, K, sizeof(mine));
    for (long r = 0; r < runs; r++) {{
        for (long j = 0; j < varied; j++) mine[which[j]] = values[r * varied + j];
        simulate(mine, t0, dt, last, saved, out + r * size);
    }}
}}
"""


def compiler() -> str | None:
    """The machine's C compiler, if it has one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def compiled(text: str, flags: Sequence[str] = FLAGS) -> ctypes.CDLL:
    """A shared library made from C source.

    Raises:
        NoCompiler: there is none.
        subprocess.CalledProcessError: it did not like the source.
    """
    program = compiler()
    if program is None:
        raise NoCompiler
    with tempfile.TemporaryDirectory() as folder:
        file, library = Path(folder) / "model.c", Path(folder) / "model.so"
        file.write_text(text, encoding="utf-8")
        command = [program, *flags, "-shared", "-fPIC", "-o", str(library), str(file), "-lm"]
        subprocess.run(command, check=True, capture_output=True)
        return ctypes.CDLL(str(library))


@dataclass(frozen=True)
class Compiled:
    """A model in machine code that keeps some columns."""

    model: Model
    columns: tuple[str, ...]
    plan: Plan
    library: ctypes.CDLL

    @staticmethod
    def of(model: Model, columns: Sequence[str]) -> Compiled:
        """Translate and compile; raises as :func:`source` and :func:`compiled` do."""
        text = source(model, columns)
        return Compiled(model, tuple(columns), plan_of(model, columns), compiled(text))

    def bound(
        self, values: Mapping[str, NDArray[np.float64]]
    ) -> Callable[[int], NDArray[np.float64]]:
        """A call that does the first n of the runs in which constants have these values (N,).

        Its result is (n, T, V), in memory that the next call uses again.
        """
        grid, slots = self.model.nominal_grid, self.model.equations.slots
        place = {index: at for at, index in enumerate(self.plan.constants)}
        constants = np.zeros(max(1, len(place)))
        for index, at in place.items():
            expr = slots[index].expr
            assert expr is not None
            constants[at] = expr[1]
        given = {
            place[self.model.slot[name]]: value
            for name, value in values.items()
            if self.model.slot[name] in place
        }
        runs = max([len(value) for value in values.values()], default=1)
        rows = np.empty((runs, len(given)))
        for at, value in enumerate(given.values()):
            rows[:, at] = value
        which = np.array(list(given), dtype=np.int64)
        saved = np.zeros(grid.last + 1, dtype=np.int8)
        saved[list(grid.saved)] = 1
        times = int(saved.sum())
        out = np.empty((runs, times, len(self.columns)))
        whole, number, place_of = ctypes.c_long, ctypes.c_double, ctypes.c_void_p
        arguments = (
            constants.ctypes.data_as(place_of),
            whole(len(given)),
            which.ctypes.data_as(place_of),
            rows.ctypes.data_as(place_of),
            number(grid.initial),
            number(grid.step),
            whole(grid.last),
            saved.ctypes.data_as(place_of),
            whole(times * len(self.columns)),
            out.ctypes.data_as(place_of),
        )
        batch = self.library.batch

        def simulate(count: int) -> NDArray[np.float64]:
            batch(whole(count), *arguments)
            return out[:count]

        return simulate

    def run(self, values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """All runs in which constants have these values (N,): (N, T, V)."""
        runs = max([len(value) for value in values.values()], default=1)
        return self.bound(values)(runs)

"""Expressions as LLVM text: values and, where inputs carry them, their derivatives.

A number is a value and a slope (None: zero). Slopes follow the complex step's rules: what is
compared are values; MIN, MAX and IF take the slope of the side they take; INTEGER has none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..equations import Expr
from ..kernels import SMALL
from . import support
from .elementary import library_offset
from .workspace import FAILED, LINE, Workspace
from .writer import LANES, WIDE, Value, Writer, number

_SIGNS = {"<": "olt", "<=": "ole", ">": "ogt", ">=": "oge", "==": "oeq", "!=": "une"}
_LONG = 40  # as in models.emit: longer folds begin from 0 or 1
ZERO = number(0.0)
ONE = number(1.0)


@dataclass(frozen=True)
class Dual:
    """A number: its value, and its derivative in the lane's direction."""

    value: Value
    slope: Value | None = None


Lookup = Callable[["Formulas", int, Expr], Dual]


class Formulas(Writer):
    """Writes the body of one function over the lines of a workspace."""

    def __init__(self, workspace: Workspace, lookup: Lookup) -> None:
        super().__init__()
        self.workspace = workspace
        self.lookup = lookup
        self.known: dict[int, Dual] = {}
        self.sought: set[int] = set()  # groups of tables whose place was found

    def load_line(self, offset: int) -> Value:
        return Value(self.load("%ws", offset, WIDE, LINE), True)

    def store_line(self, offset: int, value: Value) -> None:
        self.store("%ws", offset, WIDE, self.wide(value), LINE)

    def slot(self, index: int) -> Dual:
        found = self.known.get(index)
        if found is None and index in self.workspace.shared:
            text = self.load("%ws", self.workspace.values[index], "double")
            found = self.known[index] = Dual(Value(text, False))
        if found is None:
            slope = self.workspace.slopes.get(index)
            found = self.known[index] = Dual(
                self.load_line(self.workspace.values[index]),
                None if slope is None else self.load_line(slope),
            )
        return found

    # -- derivatives ----------------------------------------------------------------------

    def _sum(self, a: Value | None, b: Value | None) -> Value | None:
        if a is None or b is None:
            return a or b
        return self.add(a, b)

    def _less(self, a: Value | None, b: Value | None) -> Value | None:
        if b is None:
            return a
        return self.neg(b) if a is None else self.sub(a, b)

    def _scaled(self, a: Value | None, b: Value) -> Value | None:
        return None if a is None else self.mul(a, b)

    def _chosen(self, condition: Value, a: Value | None, b: Value | None) -> Value | None:
        if a is None and b is None:
            return None
        return self.select(condition, a or ZERO, b or ZERO)

    def choose(self, condition: Value, a: Dual, b: Dual) -> Dual:
        return Dual(
            self.select(condition, a.value, b.value), self._chosen(condition, a.slope, b.slope)
        )

    def _moved(self, slope: Value | None, factor: Callable[[], Value]) -> Value | None:
        """slope * factor, and 0 where the slope is 0, whatever the factor."""
        if slope is None:
            return None
        still = self.compare("oeq", slope, ZERO)
        return self.select(still, ZERO, self.mul(slope, factor()))

    # -- arithmetic -----------------------------------------------------------------------

    def plus(self, a: Dual, b: Dual) -> Dual:
        return Dual(self.add(a.value, b.value), self._sum(a.slope, b.slope))

    def minus(self, a: Dual, b: Dual) -> Dual:
        return Dual(self.sub(a.value, b.value), self._less(a.slope, b.slope))

    def times(self, a: Dual, b: Dual) -> Dual:
        slope = self._sum(self._scaled(b.slope, a.value), self._scaled(a.slope, b.value))
        return Dual(self.mul(a.value, b.value), slope)

    def over(self, a: Dual, b: Dual) -> Dual:
        value = self.div(a.value, b.value)
        above = self._less(a.slope, self._scaled(b.slope, value))
        return Dual(value, None if above is None else self.div(above, b.value))

    def folded(self, operators: str, items: Sequence[Dual]) -> Dual:
        steps = {"+": self.plus, "-": self.minus, "*": self.times, "/": self.over}
        result = items[0]
        for operator, item in zip(operators, items[1:], strict=True):
            result = steps[operator](result, item)
        return result

    def smaller(self, a: Dual, b: Dual, sign: str = "ole") -> Dual:
        """The smaller one; nan if either is. ``sign`` "oge": the larger one."""
        first = self.both(
            "or", self.compare(sign, a.value, b.value), self.compare("uno", a.value, a.value)
        )
        return self.choose(first, a, b)

    def power(self, base: Dual, exponent: Dual) -> Dual:
        x, y = base.value, exponent.value
        value = self._call("vpow", x, y)
        by_base = None
        if base.slope is not None:
            # y x**(y - 1): by a division, except at 0
            at_zero = self.select(
                self.compare("oeq", y, ONE),
                ONE,
                self.select(self.compare("ogt", y, ONE), ZERO, number(float("inf"))),
            )
            factor = self.select(
                self.compare("oeq", x, ZERO), at_zero, self.mul(self.div(value, x), y)
            )
            by_base = self._moved(base.slope, lambda: factor)
        by_exponent = None
        if exponent.slope is not None:
            log = self._call("vlog", self.unary("fabs", x))
            grows = self.select(self.compare("oeq", value, ZERO), ZERO, self.mul(value, log))
            by_exponent = self._moved(exponent.slope, lambda: grows)
        return Dual(value, self._sum(by_base, by_exponent))

    def root(self, a: Dual) -> Dual:
        value = self.unary("sqrt", a.value)
        return Dual(value, self._moved(a.slope, lambda: self.div(number(0.5), value)))

    def logarithm(self, a: Dual) -> Dual:
        value = self._call("vlog", a.value)
        return Dual(value, self._moved(a.slope, lambda: self.div(ONE, a.value)))

    def _call(self, name: str, *arguments: Value) -> Value:
        listed = ", ".join(f"{WIDE} {self.wide(a)}" for a in arguments)
        made = self.put(f"call fastcc {WIDE} @{name}({listed}, ptr %ctx)")
        if any(a.wide for a in arguments):
            return Value(made, True)
        return Value(self.put(f"extractelement {WIDE} {made}, i64 0"), False)

    def library(self, name: str, *arguments: Value) -> Value:
        """A function of the C library, for each lane, or once for all."""
        table = self.load("%ctx", 0, "ptr")
        function = self.load(table, library_offset(name), "ptr")
        if not any(a.wide for a in arguments):
            listed = ", ".join(f"double {a.text}" for a in arguments)
            return Value(self.put(f"call double {function}({listed})"), False)
        listed = ", ".join(f"{WIDE} {self.wide(a)}" for a in arguments)
        call = (
            f"call fastcc {WIDE} @lanes{len(arguments)}(ptr {function}, {listed},"
            f" {WIDE} zeroinitializer, i{LANES} -1)"
        )
        return Value(self.put(call), True)

    def whole(self, a: Value) -> Value:
        return self.add(self.unary("trunc", a), ZERO)  # + 0.0 makes -0.0 plain 0.0

    # -- expressions ----------------------------------------------------------------------

    def time(self) -> Value:
        return Value("%t", False)

    def step(self) -> Value:
        return Value("%dt", False)

    def number(self, expr: Expr) -> Dual:
        """An expression as a number."""
        kind = expr[0]
        if kind == "num":
            return Dual(number(expr[1]))
        if kind == "slot":
            return self.slot(expr[1])
        if kind == "time":
            return Dual(self.time())
        if kind == "step":
            return Dual(self.step())
        if kind == "chain":
            return self.folded(expr[1], [self.number(part) for part in expr[2]])
        if kind == "neg":
            a = self.number(expr[1])
            return Dual(self.neg(a.value), None if a.slope is None else self.neg(a.slope))
        if kind == "pow":
            return self.raised(expr[1], expr[2])
        if kind == "if":
            condition = self.truth(expr[1])
            return self.choose(condition, self.number(expr[2]), self.number(expr[3]))
        if kind == "fold":
            return self.fold(expr[1], [self.number(part) for part in expr[2]])
        if kind == "lookup":
            return self.lookup(self, expr[1], expr[2])
        if kind == "fn":
            return self.function_of(expr[1], expr[2:])
        truth = self.truth(expr)
        return Dual(self.select(truth, ONE, ZERO))

    def truth(self, expr: Expr) -> Value:
        """An expression as a condition."""
        kind = expr[0]
        if kind == "cmp":
            a, b = self.number(expr[2]).value, self.number(expr[3]).value
            return self.compare(_SIGNS[expr[1]], a, b)
        if kind in ("and", "or"):
            return self.both(kind, self.truth(expr[1]), self.truth(expr[2]))
        if kind == "not":
            return self.negate(self.truth(expr[1]))
        return self.compare("une", self.number(expr).value, ZERO)

    def raised(self, base: Expr, exponent: Expr) -> Dual:
        a = self.number(base)
        if exponent == ("num", 2.0):
            return self.times(a, a)
        if exponent == ("num", 0.5):
            return self.root(a)
        return self.power(a, self.number(exponent))

    def fold(self, name: str, items: list[Dual]) -> Dual:
        if name in ("sum", "product"):
            sign = "+" if name == "sum" else "*"
            if len(items) > _LONG:
                items = [Dual(ZERO if name == "sum" else ONE), *items]
            return self.folded(sign * (len(items) - 1), items)
        result = items[0]
        for item in items[1:]:
            result = self.smaller(result, item, "ole" if name == "least" else "oge")
        return result

    def function_of(self, name: str, arguments: tuple[Expr, ...]) -> Dual:
        items = [self.number(argument) for argument in arguments]
        a = items[0]
        if name in support.LIBRARY:
            return self.circular(name, a)
        if name == "exp":
            value = self._call("vexp", a.value)
            return Dual(value, self._moved(a.slope, lambda: value))
        if name == "ln":
            return self.logarithm(a)
        if name == "log":
            return self.over(self.logarithm(a), self.logarithm(items[1]))
        if name == "sqrt":
            return self.root(a)
        if name == "power":
            return self.power(a, items[1])
        if name == "abs":
            below = self.compare("olt", a.value, ZERO)
            slope = None if a.slope is None else self.select(below, self.neg(a.slope), a.slope)
            return Dual(self.unary("fabs", a.value), slope)
        if name == "integer":
            return Dual(self.whole(a.value))
        if name in ("min", "max"):
            return self.smaller(a, items[1], "ole" if name == "min" else "oge")
        if name in ("zidz", "xidz"):
            small = self.compare("olt", self.unary("fabs", items[1].value), number(SMALL))
            otherwise = items[2] if name == "xidz" else Dual(ZERO)
            return self.choose(small, otherwise, self.over(a, items[1]))
        if name == "quantum":
            return self.quantum(a, items[1])
        if name == "modulo":
            return self.minus(a, self.quantum(a, items[1]))
        if name == "delay order":
            return self.delay_order(int(arguments[0][1]), items[1].value, items[2:])
        return self.timed(name, items)

    def quantum(self, a: Dual, b: Dual) -> Dual:
        small = self.compare("olt", b.value, number(SMALL))
        times = Dual(self.whole(self.div(a.value, b.value)))
        return self.choose(small, a, self.times(b, times))

    def circular(self, name: str, a: Dual) -> Dual:
        value = self.library(support.LIBRARY[name], a.value)
        if a.slope is None:
            return Dual(value)
        x = a.value

        def factor() -> Value:
            square = self.mul(x, x)
            if name == "sin":
                return self.library("cos", x)
            if name == "cos":
                return self.neg(self.library("sin", x))
            if name == "tan":
                return self.add(ONE, self.mul(value, value))
            if name == "tanh":
                return self.sub(ONE, self.mul(value, value))
            if name == "sinh":
                return self.library("cosh", x)
            if name == "cosh":
                return self.library("sinh", x)
            if name == "arctan":
                return self.div(ONE, self.add(ONE, square))
            root = self.unary("sqrt", self.sub(ONE, square))
            return self.div(ONE if name == "arcsin" else number(-1.0), root)

        return Dual(value, self._moved(a.slope, factor))

    def timed(self, name: str, items: list[Dual]) -> Dual:
        t = Dual(self.time())
        first = items[0].value
        if name == "step":
            near = self.add(t.value, self.div(self.step(), number(2.0)))
            return self.choose(self.compare("ogt", near, items[1].value), items[0], Dual(ZERO))
        if name == "ramp":
            top = self.smaller(items[2] if len(items) > 2 else t, t)
            begun = self.compare("ogt", self.add(t.value, number(SMALL)), items[1].value)
            return self.choose(begun, self.times(items[0], self.minus(top, items[1])), Dual(ZERO))
        if name == "pulse":
            return Dual(self.pulse(first, items[1].value))
        interval, width, end = (item.value for item in items[1:])
        once = self.compare("oeq", interval, ZERO)
        since = self.add(self.sub(t.value, first), number(SMALL))
        phase = self.modulo(since, self.select(once, ONE, interval))
        begun = self.compare("ole", first, t.value)
        running = self.both("and", begun, self.compare("olt", t.value, end))
        on = self.both("and", running, self.compare("olt", phase, width))
        train = self.select(on, ONE, ZERO)
        return Dual(self.select(once, self.pulse(first, width), train))

    def pulse(self, start: Value, width: Value) -> Value:
        t = self.time()
        begun = self.compare("ole", self.sub(start, number(SMALL)), t)
        on = self.both("and", begun, self.compare("olt", t, self.add(start, width)))
        return self.select(on, ONE, ZERO)

    def modulo(self, a: Value, b: Value) -> Value:
        """a modulo b with the sign of b, as Python's."""
        rest = self.library("fmod", a, b)
        other = self.both("xor", self.compare("olt", rest, ZERO), self.compare("olt", b, ZERO))
        wrong = self.both("and", other, self.compare("une", rest, ZERO))
        return self.select(wrong, self.add(rest, b), rest)

    def delay_order(self, asked: int, step: Value, durations: list[Dual]) -> Dual:
        """As :func:`models.kernels.delay_order`; an order below 1 fails the call."""
        shortest = Dual(durations[0].value)
        for item in durations[1:]:
            shortest = self.smaller(shortest, Dual(item.value))
        order = self.add(number(float(asked)), self.mul(ZERO, shortest.value))
        for _ in range(asked):
            long = self.compare("ogt", self.mul(order, step), shortest.value)
            order = self.select(long, self.sub(order, ONE), order)
        wrong = self.any(self.compare("olt", order, ONE))
        bad, good = self.label(), self.label()
        self.branch(wrong, bad, good)
        self.start(bad)
        self.store("%ctx", FAILED, "i64", "1")
        self.go(good)
        self.start(good)
        return Dual(order)

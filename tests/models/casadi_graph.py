"""The lowered equations as a CasADi graph: derivatives by another program's differentiation."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import casadi as ca
import numpy as np
from numpy.typing import NDArray

from models import Model
from models.equations import Expr
from models.program import Network


def _whole(x: Any) -> Any:
    return ca.if_else(x < 0, ca.ceil(x), ca.floor(x))


_PLAIN: dict[str, Callable[..., Any]] = {
    "exp": ca.exp,
    "ln": ca.log,
    "sqrt": ca.sqrt,
    "sin": ca.sin,
    "cos": ca.cos,
    "tan": ca.tan,
    "arcsin": ca.asin,
    "arccos": ca.acos,
    "arctan": ca.atan,
    "sinh": ca.sinh,
    "cosh": ca.cosh,
    "tanh": ca.tanh,
    "abs": ca.fabs,
    "integer": _whole,
    "quantum": lambda a, b: b * _whole(a / b),
    "modulo": lambda a, b: a - b * _whole(a / b),
    "min": lambda a, b: ca.if_else(a <= b, a, b),
    "max": lambda a, b: ca.if_else(a >= b, a, b),
    "log": lambda x, base: ca.log(x) / ca.log(base),
    "power": lambda a, b: a**b,
    "zidz": lambda a, b: ca.if_else(ca.fabs(b) < 1e-6, 0, a / ca.if_else(b == 0, 1, b)),
    "xidz": lambda a, b, c: ca.if_else(ca.fabs(b) < 1e-6, c, a / ca.if_else(b == 0, 1, b)),
}

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class Graph:
    """A model's run as functions of its constants and lookup points.

    ``final(names)`` differentiates columns at the last step by some of the constants.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.network = Network(model.equations)
        slots = model.equations.slots
        self.constants = [i for i, slot in enumerate(slots) if slot.role == "constant"]
        self.tables = [ca.SX.sym(f"y{i}", len(t.x)) for i, t in enumerate(model.equations.tables)]
        self.given = ca.SX.sym("p", len(self.constants))
        self.time = ca.SX.sym("t")
        self.states = self.network.states()
        if any(slots[i].role == "pipe" for i in self.states):
            raise NotImplementedError("DELAY FIXED")
        self.held = ca.SX.sym("s", len(self.states))

    def nominal(self) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
        """The constants and the points of the tables, as the model has them."""
        slots, tables = self.model.equations.slots, self.model.equations.tables
        values = [float((slots[i].expr or (0, 0.0))[1]) for i in self.constants]
        return np.array(values), [np.array(table.y) for table in tables]

    def run(self, columns: list[str]) -> Any:
        """The function (constants, *tables) -> columns at the last step."""
        slots, grid = self.model.equations.slots, self.model.nominal_grid
        wanted = [self.model.slot[column] for column in columns]
        arguments = [self.held, self.given, *self.tables, self.time]
        steps = [slots[i].following or ("slot", i) for i in self.states]
        starting = self._values(self.states, starting=True)
        begin = ca.Function("begin", [self.given, *self.tables, self.time], [starting])
        step = ca.Function("step", arguments, [self._expressions(steps)])
        show = ca.Function("show", arguments, [self._values(wanted, starting=False)])
        given = ca.MX.sym("p", len(self.constants))
        tables = [ca.MX.sym(f"y{i}", table.numel()) for i, table in enumerate(self.tables)]
        held = begin(given, *tables, grid.initial)
        for k in range(grid.last):
            held = step(held, given, *tables, grid.time(k))
        found = show(held, given, *tables, grid.time(grid.last))
        return ca.Function("run", [given, *tables], [found])

    def _values(self, wanted: list[int], starting: bool) -> Any:
        known = self._known(wanted, starting)
        return ca.vertcat(*(known[index] for index in wanted))

    def _expressions(self, expressions: list[Expr]) -> Any:
        from models.equations import slots_of, staged

        running = [staged(expr, False) for expr in expressions]
        read = [index for expr in running for index in slots_of(expr)]
        known = self._known(read, starting=False)
        return ca.vertcat(*(self._made(expr, known) for expr in running))

    def _known(self, wanted: list[int], starting: bool) -> dict[int, Any]:
        slots = self.model.equations.slots
        known: dict[int, Any] = dict(zip(self.constants, ca.vertsplit(self.given), strict=True))
        if not starting:
            known |= dict(zip(self.states, ca.vertsplit(self.held), strict=True))
        for index in self.network.order(wanted, starting=starting):
            if index in known:
                continue
            side = self.network.starting if starting else self.network.running
            expr = side[index]
            assert expr is not None, slots[index]
            known[index] = self._made(expr, known)
        return known

    def _made(self, expr: Expr, known: dict[int, Any]) -> Any:
        def made(part: Expr) -> Any:
            return self._made(part, known)

        kind = expr[0]
        if kind == "num":
            return ca.SX(expr[1])
        if kind == "slot":
            return known[expr[1]]
        if kind == "time":
            return self.time
        if kind == "step":
            return ca.SX(self.model.time_step)
        if kind == "neg":
            return -made(expr[1])
        if kind == "pow":
            return made(expr[1]) ** made(expr[2])
        if kind == "chain":
            total = made(expr[2][0])
            for sign, part in zip(expr[1], expr[2][1:], strict=True):
                total = _ARITHMETIC[sign](total, made(part))
            return total
        if kind == "if":
            return ca.if_else(made(expr[1]), made(expr[2]), made(expr[3]))
        if kind == "cmp":
            a, b = made(expr[2]), made(expr[3])
            return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b}.get(
                expr[1], a != b
            )
        if kind in ("and", "or"):
            both = ca.logic_and if kind == "and" else ca.logic_or
            return both(made(expr[1]), made(expr[2]))
        if kind == "not":
            return ca.logic_not(made(expr[1]))
        if kind == "fold":
            return self._fold(expr[1], [made(part) for part in expr[2]])
        if kind == "lookup":
            return self._lookup(expr[1], made(expr[2]))
        if kind == "fn":
            return self._function(expr[1], [made(part) for part in expr[2:]])
        raise NotImplementedError(kind)

    def _fold(self, name: str, parts: list[Any]) -> Any:
        total = parts[0]
        for part in parts[1:]:
            if name in ("sum", "product"):
                total = total + part if name == "sum" else total * part
            else:
                total = _PLAIN["min" if name == "least" else "max"](total, part)
        return total

    def _lookup(self, table: int, x: Any) -> Any:
        xs, y = self.model.equations.tables[table].x, self.tables[table]
        value = y[len(xs) - 1]
        for j in range(len(xs) - 2, -1, -1):
            slope = (y[j + 1] - y[j]) / (xs[j + 1] - xs[j])
            value = ca.if_else(x < xs[j + 1], slope * (x - xs[j]) + y[j], value)
        return ca.if_else(x < xs[0], y[0], value)

    def _function(self, name: str, parts: list[Any]) -> Any:
        t, dt = self.time, self.model.time_step
        if name == "step":
            return ca.if_else(t + dt / 2 > parts[1], parts[0], 0)
        if name == "ramp":
            end = parts[2] if len(parts) > 2 else t
            return ca.if_else(t + 1e-6 > parts[1], parts[0] * (ca.fmin(end, t) - parts[1]), 0)
        if name == "pulse":
            return ca.if_else(
                ca.logic_and(parts[0] - 1e-6 <= t, t < parts[0] + parts[1]), ca.SX(1), 0
            )
        if name == "delay order":  # of the delays here, all longer than their steps
            return parts[0]
        if name not in _PLAIN:
            raise NotImplementedError(name)
        return _PLAIN[name](*parts)

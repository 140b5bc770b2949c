"""The lowered equations as a CasADi graph: another program evaluates and differentiates them.

Nothing is written anew: the expressions are those of :mod:`models.equations`, which every
engine here runs.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Sequence
from typing import Any

import casadi as ca
import numpy as np
from numpy.typing import NDArray

from models import Model
from models.equations import Expr, slots_of
from models.plan import planned


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


class NotInGraph(ValueError):
    """The model has something that the graph does not know."""


class Graph:
    """What a model computes in one step, as CasADi expressions of its states and the time.

    Constants (by position in ``constants``) and points of tables are symbols too, ``given`` and
    ``tables``, unless numbers are handed over. A look-up in one of the tables ``levers`` becomes
    an input of the step of its own, listed in ``inputs`` with the expression where it looks.
    """

    def __init__(
        self,
        model: Model,
        *,
        given: NDArray[np.float64] | None = None,
        tables: Sequence[NDArray[np.float64]] | None = None,
        levers: Collection[int] = (),
    ) -> None:
        self.model = model
        self.network = model.network
        self.slots = model.equations.slots
        self.constants = [i for i, slot in enumerate(self.slots) if slot.role == "constant"]
        every = model.equations.tables
        self.given = ca.SX.sym("p", len(self.constants)) if given is None else ca.SX(given)
        self.tables = (
            [ca.SX.sym(f"y{i}", len(table.x)) for i, table in enumerate(every)]
            if tables is None
            else [ca.SX(y) for y in tables]
        )
        self.levers = frozenset(levers)
        self.inputs: list[tuple[int, Any, Any]] = []  # table, where it looks, the input itself
        self.time = ca.SX.sym("t")

    def nominal(self) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
        """The constants and the points of the tables, as the model has them."""
        values = [float((self.slots[i].expr or (0, 0.0))[1]) for i in self.constants]
        return np.array(values), [np.array(table.y) for table in self.model.equations.tables]

    def states_of(self, columns: Sequence[int]) -> list[int]:
        """The states (slots) that the columns depend on, through any number of steps.

        Raises NotInGraph for DELAY FIXED.
        """
        states = list(planned(self.network, columns, False).states)
        for index in states:
            if self.slots[index].role == "pipe":
                raise NotInGraph("DELAY FIXED")
        return states

    def following(self, held: dict[int, Any]) -> Any:
        """The next values of the states ``held`` (expressions by slot), in their order."""
        rules = [self.network.step_of(index) or ("slot", index) for index in held]
        known = self._known([slot for rule in rules for slot in slots_of(rule)], held, False)
        return ca.vertcat(*(self._made(rule, known) for rule in rules))

    def shown(self, wanted: Sequence[int], held: dict[int, Any]) -> Any:
        """The values of slots at the states ``held``."""
        known = self._known(wanted, held, False)
        return ca.vertcat(*(known[index] for index in wanted))

    def beginning(self, wanted: Sequence[int]) -> Any:
        """The values of slots before the first step."""
        known = self._known(wanted, {}, True)
        return ca.vertcat(*(known[index] for index in wanted))

    def _known(self, wanted: Sequence[int], held: dict[int, Any], starting: bool) -> dict[int, Any]:
        known: dict[int, Any] = dict(zip(self.constants, ca.vertsplit(self.given), strict=True))
        known |= held
        side = self.network.starting if starting else self.network.running
        for index in self.network.order(wanted, starting=starting):
            if index not in known:
                expr = side[index]
                assert expr is not None, self.slots[index]
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
        raise NotInGraph(kind)

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
        if table in self.levers:
            return self._input(table, x)
        value = y[len(xs) - 1]
        for j in range(len(xs) - 2, -1, -1):
            slope = (y[j + 1] - y[j]) / (xs[j + 1] - xs[j])
            value = ca.if_else(x < xs[j + 1], slope * (x - xs[j]) + y[j], value)
        return ca.if_else(x < xs[0], y[0], value)

    def _input(self, table: int, x: Any) -> Any:
        """The step's input from a lever's table; the same look-up is the same input."""
        for number, at, made in self.inputs:
            if number == table and ca.is_equal(at, x, 50):
                return made
        made = ca.SX.sym(f"u{len(self.inputs)}")
        self.inputs.append((table, x, made))
        return made

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
        if name == "delay order":  # as models.kernels.delay_order
            order, step, *durations = parts
            shortest = self._fold("least", durations)
            for _ in range(int(order)):
                parts[0] = ca.if_else(parts[0] * step > shortest, parts[0] - 1, parts[0])
            return parts[0]
        if name not in _PLAIN:
            raise NotInGraph(name.upper())
        return _PLAIN[name](*parts)

"""One Reality Check as a run: the model with some variables forced, and what must follow.

A forced variable takes its new value wherever it is read. What its own equation would have
given lives on unseen, so that ``production = RC STEP(production, 0)`` can start from it; a
stock integrates on from the value that was forced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import terms
from .engine import run
from .equations import Equations, Expr, Slot, Table
from .expressions import Expressions
from .functions import spelled
from .model import Model
from .reality_conditions import Forced, Part
from .reality_functions import Trajectory, is_rc, trajectory
from .refusal import Refusal
from .source import key

TOLERANCE = 1e-9  # relative, and absolute below 1: rounding is no failure
_SLACK = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_STATEFUL = ("Smooth", "Delay", "Trend", "Forecast", "Sample", "Initial", "Integ")


@dataclass(frozen=True)
class Evidence:
    """How an experiment went.

    ``asked`` counts the steps at which the consequence was looked at. If it did not hold,
    ``time`` is the first such time, ``comparison`` the part of the consequence that failed
    and ``left`` and ``right`` its two values.
    """

    asked: int
    time: float | None = None
    comparison: str = ""
    left: float = 0.0
    right: float = 0.0


class Experiment:
    """Builds and runs one experiment; used once.

    Args:
        model: the model as it stands.
        lowering: the lowering that made the model's equations; left as it was found.
        names: variables by key as their author wrote them.
    """

    def __init__(self, model: Model, lowering: Expressions, names: Mapping[str, str]) -> None:
        self.model, self.lowering, self.names = model, lowering, names
        self.equations = model.equations
        self.outputs: list[str] = []  # the comparisons of the consequence, in words
        self.force: dict[int, Expr] = {}
        self.force_table: dict[int, Expr] = {}
        self.hidden: dict[int, int] = {}
        self.when: list[Expr] = []
        self.settled: set[int] = set()

    def judge(self, parts: Sequence[Part], consequence: Any, bound: Mapping[str, str]) -> Evidence:
        """Force the parts, run, and look at the consequence at every step.

        Raises:
            Refusal: something in it cannot be run.
            ModelError: with the variables forced, equations read each other in a circle.
        """
        slots, tables = len(self.lowering.slots), len(self.lowering.tables)
        try:
            for part in parts:
                if isinstance(part, Forced):
                    self._force(part)
                else:
                    left = self.lowering.number(part.left, part.bound)
                    right = self.lowering.number(part.right, part.bound)
                    self.when.append(("cmp", _SLACK[part.operator], left, right))
            holds = self._consequence(consequence, bound)
            self._output("holds", ("if", holds, ("num", 1.0), ("num", 0.0)))
            asked: Expr = ("num", 1.0)
            for condition in self.when:
                asked = ("if", condition, asked, ("num", 0.0))
            self._output("asked", asked)
            changed = self._changed()
        finally:
            del self.lowering.slots[slots:]
            del self.lowering.tables[tables:]
        return self._run(changed)

    # -- forcing -----------------------------------------------------------------------

    def _force(self, part: Forced) -> None:
        name = key(part.variable.reference)
        lookup = name in self.lowering.table_place
        places = (self.lowering.table_place if lookup else self.lowering.place)[name]
        given = part.variable.subscripts.subscripts if part.variable.subscripts else []
        index = self.lowering.element(name, places, given, part.bound)
        if stateful := _stateful(part.value):
            raise Refusal(
                "a test input may not use functions with a memory",
                stateful,
                "make it a variable of the model and use that",
            )
        if lookup:
            self._force_table(index, part)
            return
        if index in self.equations.structural:
            raise Refusal("sets the order of a delay and cannot be forced")
        if part.operator == "=" and index in self.settled:
            raise Refusal("is given two values at once", "", "force it once")
        own = self._own(index)
        before = self.force.get(index, ("slot", own))
        made = len(self.lowering.slots)
        if is_rc(part.value):
            if part.operator != "=":
                raise Refusal("an RC function of a condition stands after '='", "", "write '='")
            new = self._trajectory(part.value, part.bound, check=False)
            self.when.append(new.begun)
            value: Expr = ("if", new.asked, new.value, before)
        else:
            value = self.lowering.number(part.value, part.bound)
            if part.operator != "=":
                fine: Expr = ("cmp", part.operator, before, value)
                value = ("if", fine, before, value)
        if part.operator == "=":
            self.settled.add(index)
        # The variable itself, read in its own test input, is what its equation gives.
        self.force[index] = _swapped(value, index, own)
        for place in range(made, len(self.lowering.slots)):
            self.lowering.slots[place] = _mapped(self.lowering.slots[place], index, own)

    def _force_table(self, index: int, part: Forced) -> None:
        if part.operator != "=" or is_rc(part.value) or index in self.force_table:
            raise Refusal(
                "a lookup can only be given one value for every argument", "", "write 'lookup = x'"
            )
        self.force_table[index] = self.lowering.number(part.value, part.bound)

    def _own(self, index: int) -> int:
        """The slot that goes on with the variable's own equation."""
        if index not in self.hidden:
            slot = self.lowering.slots[index]
            self.lowering.slots.append(replace(slot, column=""))
            self.hidden[index] = len(self.lowering.slots) - 1
        return self.hidden[index]

    def _trajectory(self, tree: Any, bound: Mapping[str, str], *, check: bool) -> Trajectory:
        return trajectory(
            self.lowering,
            tree,
            bound,
            check=check,
            controls=self.equations.controls,
            base=self._in_base_run,
        )

    def _in_base_run(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        expr = self.lowering.number(tree, bound)
        column = self.equations.slots[expr[1]].column if expr[0] == "slot" else ""
        if not column:
            raise Refusal("takes a variable of the model", spelled("rc_compare"), "name one")
        out = run(self.model, columns=[column], times=_times(self.model))
        x, y = tuple(out.times.tolist()), tuple(out[column][0].tolist())
        self.lowering.tables.append(Table("", self.equations.slots[expr[1]].variable, x, y))
        return ("lookup", len(self.lowering.tables) - 1, ("time",))

    # -- the consequence ---------------------------------------------------------------

    def _consequence(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        if type(tree).__name__ != "LogicStructure":
            raise Refusal(
                "a consequence is made of comparisons", ":IMPLIES:", "compare with a value"
            )
        operators = [item.upper() for item in tree.operators]
        if operators[-1] in _SLACK:
            return self._comparison(tree, operators[-1], bound)
        parts = [self._consequence(argument, bound) for argument in tree.arguments]
        if operators[-1] == ":NOT:":
            return ("not", parts[0])
        if len(set(operators)) > 1:
            raise Refusal(
                ":AND: and :OR: stand side by side without brackets", ":AND:", "add brackets"
            )
        joined = parts[0]
        for part in parts[1:]:
            joined = ("and" if operators[0] == ":AND:" else "or", joined, part)
        return joined

    def _comparison(self, tree: Any, operator: str, bound: Mapping[str, str]) -> Expr:
        sides: list[Expr] = []
        asked: list[Expr] = []
        for side in tree.arguments:
            if is_rc(side):
                path = self._trajectory(side, bound, check=True)
                sides.append(path.value)
                asked.append(path.asked)
            else:
                sides.append(self.lowering.number(side, bound))
        number = len(self.outputs)
        self.outputs.append(terms.text(tree, self.names))
        left = self._output(f"left {number}", sides[0])
        right = self._output(f"right {number}", sides[1])
        holds = _compared(operator, left, right)
        for condition in asked:
            holds = ("or", ("not", condition), holds)
        self._output(f"part {number}", ("if", holds, ("num", 1.0), ("num", 0.0)))
        return holds

    def _output(self, name: str, expr: Expr) -> Expr:
        owner = next(iter(self.equations.variables))
        self.lowering.slots.append(Slot(f":{name}:", owner, "equation", expr))
        return ("slot", len(self.lowering.slots) - 1)

    # -- running -----------------------------------------------------------------------

    def _changed(self) -> Equations:
        slots = list(self.lowering.slots)
        for index, expr in self.force.items():
            slots[index] = replace(
                slots[index], role="equation", expr=expr, initial=None, following=None
            )
        if self.force_table:
            slots = [
                replace(
                    slot,
                    expr=_without_tables(slot.expr, self.force_table),
                    initial=_without_tables(slot.initial, self.force_table),
                    following=_without_tables(slot.following, self.force_table),
                )
                for slot in slots
            ]
        return replace(self.equations, slots=tuple(slots), tables=tuple(self.lowering.tables))

    def _run(self, changed: Equations) -> Evidence:
        model = Model(self.model.path, self.model.sha256, changed, self.model.data)
        model.network.order(range(len(changed.slots)), starting=False)
        names = ["holds", "asked"]
        for number in range(len(self.outputs)):
            names += [f"{name} {number}" for name in ("left", "right", "part")]
        out = run(model, columns=[f":{name}:" for name in names], times=_times(model))
        asked = out[":asked:"][0] != 0
        wrong = np.flatnonzero(asked & (out[":holds:"][0] == 0))
        count = int(np.count_nonzero(asked))
        if len(wrong) == 0:
            return Evidence(count)
        step = int(wrong[0])
        failed = [n for n in range(len(self.outputs)) if out[f":part {n}:"][0, step] == 0]
        number = failed[0] if failed else 0
        return Evidence(
            count,
            float(out.times[step]),
            self.outputs[number],
            float(out[f":left {number}:"][0, step]),
            float(out[f":right {number}:"][0, step]),
        )


def _times(model: Model) -> list[float]:
    grid = model.grid()
    return [grid.time(k) for k in range(grid.last + 1)]


def _compared(operator: str, left: Expr, right: Expr) -> Expr:
    """A comparison of a consequence: equality, and the edge of <= and >=, up to rounding."""
    if operator in ("<", ">"):
        return ("cmp", operator, left, right)
    sizes: Expr = ("fn", "max", ("fn", "abs", left), ("fn", "abs", right))
    slack: Expr = ("chain", "*", (("num", TOLERANCE), ("fn", "max", ("num", 1.0), sizes)))
    gap: Expr = ("chain", "-", (left, right))
    if operator in ("=", "<>"):
        near: Expr = ("cmp", "<=", ("fn", "abs", gap), slack)
        return near if operator == "=" else ("not", near)
    above: Expr = gap if operator == "<=" else ("neg", gap)
    return ("cmp", "<=", above, slack)


def _swapped(expr: Any, old: int, new: int) -> Any:
    """The expression with one slot read in place of another."""
    if expr == ("slot", old):
        return ("slot", new)
    if isinstance(expr, tuple):
        return tuple(_swapped(part, old, new) for part in expr)
    return expr


def _mapped(slot: Slot, old: int, new: int) -> Slot:
    return replace(
        slot,
        expr=_swapped(slot.expr, old, new),
        initial=_swapped(slot.initial, old, new),
        following=_swapped(slot.following, old, new),
    )


def _without_tables(expr: Any, forced: Mapping[int, Expr]) -> Any:
    if isinstance(expr, tuple):
        if expr and expr[0] == "lookup" and expr[1] in forced:
            return forced[expr[1]]
        return tuple(_without_tables(part, forced) for part in expr)
    return expr


def _stateful(tree: Any) -> str:
    """The first function with a memory in a tree, or ""."""
    kind = type(tree).__name__
    if kind.startswith(_STATEFUL):
        return spelled(kind.removesuffix("Structure"))
    inside = list(getattr(tree, "arguments", ()))
    return next((found for part in inside if (found := _stateful(part))), "")

"""Syntax trees -> scalar equations: every element of every variable gets its own slot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .equations import Equations, Expr, Kind, Slot, Table, Variable
from .errors import ModelError, Problem
from .expressions import Expressions, Refusal
from .folding import value_of
from .functions import HINTS, spelled
from .source import Source
from .subscripts import Subscripts
from .vensim import Definition, Parsed

CONTROLS = ("initial_time", "final_time", "time_step", "saveper")
_NAN: Expr = ("num", math.nan)


def lower(parsed: Parsed, source: Source, path: Path) -> Equations:
    """Write a parsed model out as scalar equations.

    Raises:
        ModelError: everything in the model that is not supported, each with its line.
    """
    return Lowering(parsed, source, path).equations()


class Lowering(Expressions):
    """One pass over the definitions; ``slots`` and ``tables`` grow as it goes."""

    def __init__(self, parsed: Parsed, source: Source, path: Path) -> None:
        self.path = str(path)
        self.source = source
        self.problems: list[Problem] = []
        try:
            subscripts = Subscripts(parsed.ranges)
        except (ValueError, KeyError) as error:
            raise ModelError(Problem(f"subscript ranges: {error}", self.path)) from error
        super().__init__(parsed, subscripts)

    def equations(self) -> Equations:
        by_name: dict[str, list[Definition]] = {}
        for definition in self.parsed.definitions:
            by_name.setdefault(definition.key, []).append(definition)
        labels = {name: self._declare(name, found) for name, found in by_name.items()}
        self._demand_controls(by_name)
        for definition in self.parsed.definitions:
            self.current = definition
            if definition.lookup:
                self._lower_table(definition)
            else:
                self._lower_equations(definition)
        if not self.problems:
            self._fix_orders()
        if self.problems:
            self.problems.sort(key=lambda problem: problem.line)
            raise ModelError(list(dict.fromkeys(self.problems)))
        return Equations(
            tuple(self.slots),
            tuple(self.tables),
            self._variables(by_name, labels),
            tuple(sorted(self.structural)),
            self.parsed.left_aside,
            {name: self.place[name][()] for name in CONTROLS},
        )

    # -- declaring ---------------------------------------------------------------------

    def _declare(self, name: str, found: Sequence[Definition]) -> tuple[str, ...]:
        """Give every element of a variable its slot or table; return the columns."""
        lookup = found[0].lookup
        label = found[0].name
        elements: list[tuple[str, ...]] = []
        for definition in found:
            self.current = definition
            if definition.lookup != lookup or len(definition.subscripts) != len(
                found[0].subscripts
            ):
                self._problem("defined in ways that do not fit together", "", "")
            try:
                covered = [
                    chosen
                    for _, chosen in self.subscripts.tuples(
                        definition.subscripts, definition.excepted
                    )
                ]
            except ValueError as error:
                self._problem(str(error), "", "define the subscript range")
                continue
            for chosen in covered:
                if chosen in elements:
                    column = self.subscripts.label(label, chosen)
                    self._problem(f"defined twice ({column})", "", "keep one of the definitions")
                else:
                    elements.append(chosen)
        position = self.subscripts.position
        elements.sort(key=lambda chosen: tuple(position(element) for element in chosen))
        columns = tuple(self.subscripts.label(label, chosen) for chosen in elements)
        target = self.table_place if lookup else self.place
        target[name] = {}
        for chosen, column in zip(elements, columns, strict=True):
            if lookup:
                target[name][chosen] = len(self.tables)
                self.tables.append(Table(column, name, (), ()))
            else:
                target[name][chosen] = len(self.slots)
                self.slots.append(Slot(column, name, "constant", _NAN))
        return columns

    def _demand_controls(self, by_name: Mapping[str, object]) -> None:
        missing = [name for name in CONTROLS if name not in by_name]
        for name in missing:
            self.problems.append(
                Problem(
                    f"the model has no {spelled(name)}",
                    self.path,
                    hint="every Vensim model defines INITIAL TIME, FINAL TIME, TIME STEP, SAVEPER",
                )
            )
        if missing:
            raise ModelError(self.problems)

    def _variables(
        self, by_name: Mapping[str, Sequence[Definition]], labels: Mapping[str, tuple[str, ...]]
    ) -> dict[str, Variable]:
        texts: dict[str, tuple[str, str]] = {}
        for entry in self.source.entries:
            if not entry.macro:
                unit, comment = texts.get(entry.key, ("", ""))
                texts[entry.key] = (entry.unit or unit, entry.comment or comment)
        made = {}
        for name, found in by_name.items():
            unit, comment = texts.get(name, ("", ""))
            made[name] = Variable(
                found[0].name,
                _without_limits(unit),
                comment,
                found[0].line,
                self._kind(name),
                labels[name],
                tuple(definition.line for definition in found),
                tuple(self._block(definition, found[0].name) for definition in found),
            )
        return made

    def _block(self, definition: Definition, label: str) -> tuple[str, ...]:
        covered = self.subscripts.tuples(definition.subscripts, definition.excepted)
        return tuple(self.subscripts.label(label, chosen) for _, chosen in covered)

    def _kind(self, name: str) -> Kind:
        if name in CONTROLS:
            return "control"
        if name in self.table_place:
            return "lookup"
        slots = [self.slots[index] for index in self.place[name].values()]
        if any(slot.role == "state" and slot.following is not None for slot in slots):
            return "stock"
        return "constant" if all(slot.role == "constant" for slot in slots) else "auxiliary"

    # -- definitions -------------------------------------------------------------------

    def _lower_table(self, definition: Definition) -> None:
        table = definition.tree
        if type(table).__name__ != "LookupsStructure":
            self._problem("its values stand in another file", "GET LOOKUPS", HINTS["get lookups"])
            return
        x, y = self._points(table)
        if len(set(x)) != len(x):
            self._problem("two points of the lookup have the same x", "", "move one of them")
        for _, chosen in self.subscripts.tuples(definition.subscripts, definition.excepted):
            index = self.table_place[definition.key][chosen]
            self.tables[index] = Table(self.tables[index].column, definition.key, x, y)

    def _lower_equations(self, definition: Definition) -> None:
        tree = definition.tree
        values = tree.reshape(-1) if type(tree).__name__ == "ndarray" else None
        try:
            covered = list(self.subscripts.tuples(definition.subscripts, definition.excepted))
            if values is not None:
                size = math.prod(
                    len(self.subscripts.members(name)) for name in definition.subscripts
                )
                if len(values) != size:
                    raise Refusal(
                        f"{len(values)} numbers for {size} elements", "", "give one for each"
                    )
            for place, chosen in covered:
                index = self.place[definition.key][chosen]
                bound = self.subscripts.bind(definition.subscripts, chosen)
                if values is not None:
                    made = self._slot(index, ("num", float(values[place])))
                elif type(tree).__name__ == "IntegStructure":
                    made = self._stock(index, tree, bound)
                else:
                    made = self._slot(index, self.number(tree, bound))
                self.slots[index] = made
        except Refusal as refusal:
            self._problem(refusal.reason, refusal.function, refusal.hint)
        except (ValueError, KeyError) as error:
            self._problem(str(error), "", "")

    def _slot(self, index: int, expr: Expr) -> Slot:
        slot = self.slots[index]
        value = value_of(expr)
        if value is not None:
            return Slot(slot.column, slot.variable, "constant", ("num", value))
        return Slot(slot.column, slot.variable, "equation", expr)

    def _stock(self, index: int, tree: Any, bound: Mapping[str, str]) -> Slot:
        slot = self.slots[index]
        flow = self.number(tree.flow, bound)
        return Slot(
            slot.column,
            slot.variable,
            "state",
            initial=self.number(tree.initial, bound),
            following=("chain", "+", (("slot", index), ("chain", "*", (flow, ("step",))))),
        )

    def _problem(self, reason: str, function: str, hint: str) -> None:
        definition = self.current
        self.problems.append(
            Problem(
                reason,
                self.path,
                definition.line if definition else 0,
                definition.name if definition else "",
                function,
                hint,
            )
        )

    def _fix_orders(self) -> None:
        for order in self.orders.values():
            slot = self.slots[order.slot]
            self.slots[order.slot] = Slot(
                slot.column, slot.variable, "state", None, order.expression(), None
            )


def _without_limits(unit: str) -> str:
    return unit.rsplit("[", 1)[0].strip() if unit.endswith("]") else unit

"""Syntax trees -> scalar equations: every element of every variable gets its own slot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .equations import Equations, Expr, Kind, Slot, Table, Variable
from .errors import ModelError, Problem
from .folding import value_of
from .functions import spelled
from .macros import MacroCalls
from .refusal import Refusal
from .run_data import Points, RunData
from .series import TIME, read_table, rule_of
from .shallow import flatten
from .source import Source, key
from .subscripts import Subscripts
from .vensim import Definition, Output, Parsed

CONTROLS = ("initial_time", "final_time", "time_step", "saveper")
_NAN: Expr = ("num", math.nan)


def lower(parsed: Parsed, source: Source, path: Path, data: Sequence[RunData] = ()) -> Equations:
    """Write a parsed model out as scalar equations.

    Args:
        data: where data variables without an equation find their series, the first one that
            has it.

    Raises:
        ModelError: everything in the model that is not supported, each with its line.
    """
    return Lowering(parsed, source, path, data).equations()


class Lowering(MacroCalls):
    """One pass over the definitions; ``slots`` and ``tables`` grow as it goes."""

    def __init__(
        self, parsed: Parsed, source: Source, path: Path, data: Sequence[RunData] = ()
    ) -> None:
        self.path = str(path)
        self.source = source
        self.data = data
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
            if definition.lookup:
                self.current = definition
                self.lower_definition(definition)
        for definition in self.parsed.definitions:
            if not definition.lookup:
                self.current = definition
                self.lower_definition(definition)
        if not self.problems:
            self._fix_orders()
            try:
                flatten(self)
            except Refusal as refusal:
                self.current = None
                self._problem(refusal.reason, refusal.function, refusal.hint)
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
            dict(sorted(self.parsed.files.digests.items())),
            self.noise or (),
        )

    # -- declaring ---------------------------------------------------------------------

    def _declare(self, name: str, found: Sequence[Definition]) -> tuple[str, ...]:
        """Give every element of a variable its slot or table; return the columns."""
        lookup = found[0].lookup
        label = found[0].name
        given: dict[tuple[str, ...], None] = {}
        for definition in found:
            self.current = definition
            if definition.lookup != lookup or len(definition.subscripts) != len(
                found[0].subscripts
            ):
                self._problem("defined in ways that do not fit together", "", "")
            try:
                self.demand_room(definition.subscripts)
                covered = [
                    chosen
                    for _, chosen in self.subscripts.tuples(
                        definition.subscripts, definition.excepted
                    )
                ]
            except ValueError as error:
                self._problem(str(error), "", "define the subscript range")
                continue
            except Refusal as refusal:
                self._problem(refusal.reason, refusal.function, refusal.hint)
                continue
            for chosen in covered:
                if chosen in given:
                    column = self.subscripts.label(label, chosen)
                    self._problem(f"defined twice ({column})", "", "keep one of the definitions")
                else:
                    given[chosen] = None
        position = self.subscripts.position
        elements = sorted(given, key=lambda chosen: tuple(map(position, chosen)))
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

    def lower_definition(self, definition: Definition) -> None:
        if definition.lookup:
            self._lower_table(definition)
        else:
            self._lower_equations(definition)

    def _lower_table(self, definition: Definition) -> None:
        try:
            if type(definition.tree).__name__ == "GetLookupsStructure":
                sizes = self._sizes(definition)
                each = self.parsed.files.lookups(definition.tree, sizes, definition.text)
            else:
                if type(definition.tree).__name__ != "LookupsStructure":
                    raise Refusal("no table of a lookup", "", "list its points, or GET LOOKUPS")
                points = self._points(definition.tree)
                if len(set(points[0])) != len(points[0]):
                    raise Refusal("two points of the lookup have the same x", "", "move one")
                each = [points]
            covered = self.subscripts.tuples(definition.subscripts, definition.excepted)
            for place, chosen in covered:
                index = self.scope.tables[definition.key][chosen]
                x, y = each[place if len(each) > 1 else 0]
                self.tables[index] = Table(
                    self.tables[index].column, self.tables[index].variable, x, y
                )
                self.table_rule[index] = getattr(definition.tree, "type", "interpolate")
        except Refusal as refusal:
            self._problem(refusal.reason, refusal.function, refusal.hint)

    def _sizes(self, definition: Definition) -> list[int]:
        return [len(self.subscripts.members(name)) for name in definition.subscripts]

    def _lower_series(self, definition: Definition) -> None:
        """A data variable: a table of its own for each element, read at the time."""
        rule = rule_of(definition.keyword)
        files, tree = self.parsed.files, definition.tree
        each = None
        if type(tree).__name__ == "GetDataStructure":
            each = files.series(tree, self._sizes(definition), rule, definition.text)
        covered = self.subscripts.tuples(definition.subscripts, definition.excepted)
        for place, chosen in covered:
            index = self.scope.place[definition.key][chosen]
            slot = self.slots[index]
            x, y = each[place] if each is not None else self._run_data(slot.column)
            self.tables.append(Table(slot.column, definition.key, x, y))
            read = read_table(self, len(self.tables) - 1, rule, TIME)
            self.slots[index] = Slot(slot.column, slot.variable, "equation", read)

    def _run_data(self, column: str) -> Points:
        for table in self.data:
            if key(column) in table.series:
                return table.series[key(column)]
        listed = ", ".join(str(table.path) for table in self.data)
        raise Refusal(
            f"a data variable, whose values stand outside the model file; '{column}' is not in "
            + (listed or "any file, for none was given"),
            "",
            "give a table with its series: --data FILE.tab or .csv, load(path, data=[...])",
        )

    def _lower_equations(self, definition: Definition) -> None:
        tree = definition.tree
        kind = type(tree).__name__
        values = tree.reshape(-1) if kind == "ndarray" else None
        try:
            if kind in ("GetDataStructure", "DataStructure"):
                if definition.keyword is None:
                    raise Refusal("data in an equation with '='", "GET DATA", "write ':='")
                self._lower_series(definition)
                return
            if kind == "GetConstantsStructure":
                sizes = self._sizes(definition)
                values = self.parsed.files.constants(tree, sizes, definition.text)
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
                index = self.scope.place[definition.key][chosen]
                bound = self.subscripts.bind(definition.subscripts, chosen)
                if values is not None:
                    made = self._slot(index, ("num", float(values[place])))
                elif isinstance(tree, Output):
                    made = self._slot(index, self.output(tree.call, bound, tree.place))
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
        following: Expr = ("chain", "+", (("slot", index), ("chain", "*", (flow, ("step",)))))
        if tree.non_negative:  # of XMILE; cut off after the step, as PySD does
            following = ("fn", "max", following, ("num", 0.0))
        initial = self.number(tree.initial, bound)
        return Slot(slot.column, slot.variable, "state", initial=initial, following=following)

    def _problem(self, reason: str, function: str, hint: str) -> None:
        definition = self.current
        called = self.scope.called_at
        self.problems.append(
            Problem(
                f"{reason} ({called})" if called else reason,
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

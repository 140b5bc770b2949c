"""Macro calls: every call has the macro's equations for itself, in slots of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .equations import Expr, Slot, Table
from .expressions import Expressions
from .functions import spelled
from .grammar import called
from .limits import MOST_CALLS
from .refusal import Refusal
from .scopes import Argument, Scope
from .subscripts import Subscripts
from .vensim import Definition, Parsed

_NOTHING: Expr = ("num", float("nan"))


class MacroCalls(Expressions):
    """Lowering of macro calls; an element of a subscripted variable makes a call of its own."""

    def __init__(self, parsed: Parsed, subscripts: Subscripts) -> None:
        super().__init__(parsed, subscripts)
        self.macros = {macro.name: macro for macro in parsed.macros}
        self._calls: dict[tuple[object, ...], Scope] = {}

    def lower_definition(self, definition: Definition) -> None:
        """Lower an equation or a lookup in the present scope."""
        raise NotImplementedError

    def macro_call(self, tree: Any, bound: Mapping[str, str]) -> Expr | None:
        macro = self.macros.get(called(tree.function.reference))
        if macro is None:
            return None
        return self.output(tree, bound, 0)

    def output(self, call: Any, bound: Mapping[str, str], place: int) -> Expr:
        """One of the outputs of a macro call, counted from its own value."""
        macro = self.macros[called(call.function.reference)]
        name = spelled(macro.name)
        if place >= len(macro.outputs):
            raise Refusal(f"it has {len(macro.outputs) - 1} outputs", name, "")
        scope = self._scope(call, bound)
        slots = scope.place.get(macro.outputs[place], {})
        if () not in slots:
            raise Refusal(
                f"the macro defines no '{macro.outputs[place]}'", name, "write its equation"
            )
        return ("slot", slots[()])

    def _scope(self, call: Any, bound: Mapping[str, str]) -> Scope:
        """The scope of a call; the same one for each of its outputs."""
        identity = id(call), id(self.scope), *sorted(bound.items())
        found = self._calls.get(identity)
        if found is not None:
            return found
        macro = self.macros[called(call.function.reference)]
        name = spelled(macro.name)
        if len(call.arguments) != len(macro.inputs):
            raise Refusal(
                f"{len(call.arguments)} arguments where {len(macro.inputs)} belong", name, ""
            )
        if len(self._calls) >= MOST_CALLS:
            raise Refusal(f"macros are called more than {MOST_CALLS} times", name, "")
        outer: Scope | None = self.scope
        while outer is not None:
            if outer.macro is macro:
                raise Refusal("the macro calls itself", name, "write a stock or a delay")
            outer = outer.caller
        place = f" on line {self.current.line} by '{self.current.name}'" if self.current else ""
        scope = self._calls[identity] = Scope(
            arguments={
                given: Argument(tree, bound, self.scope, self.current)
                for given, tree in zip(macro.inputs, call.arguments, strict=True)
            },
            macro=macro,
            caller=self.scope,
            owner=self.owner,
            called_at=f"in the macro {name}, called{place}{self.scope.called_at and '; '}"
            f"{self.scope.called_at}",
        )
        self._expand(scope)
        return scope

    def _expand(self, scope: Scope) -> None:
        assert scope.macro is not None
        covered: list[Definition] = []
        for definition in scope.macro.definitions:
            target = scope.tables if definition.lookup else scope.place
            other = scope.place if definition.lookup else scope.tables
            elements = target.setdefault(definition.key, {})
            self.demand_room(definition.subscripts)
            found = self.subscripts.tuples(definition.subscripts, definition.excepted)
            for _, chosen in found:
                if chosen in elements or definition.key in other:
                    raise Refusal(
                        f"the macro defines '{definition.name}' twice",
                        spelled(scope.macro.name),
                        "keep one of the definitions",
                    )
                if definition.lookup:
                    self.tables.append(Table("", scope.owner, (), ()))
                    elements[chosen] = len(self.tables) - 1
                else:
                    elements[chosen] = self.slot(Slot("", scope.owner, "constant", _NOTHING))
            covered.append(definition)
        # lookups and numbers first: a delay's order may be one, and tables are read by rules
        covered.sort(key=lambda item: not (item.lookup or isinstance(item.tree, int | float)))
        for definition in covered:
            with self.within(scope, definition):
                self.lower_definition(definition)

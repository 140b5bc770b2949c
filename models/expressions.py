"""One syntax tree -> one expression, for one element of its variable."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

from . import delays
from .equations import Expr, Slot, Table
from .folding import value_of
from .functions import FOLDS, GENERAL_HINT, HINTS, PLAIN, spelled
from .refusal import Refusal
from .series import Rule, read_table
from .source import key
from .subscripts import Subscripts
from .vensim import Definition, Parsed

_LOGIC = ("cmp", "and", "or", "not")
_COMPARE = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NEGATIVE_BASE = re.compile(r"\(\s*-\s*[\d.]+([eE][+-]?\d+)?\s*\)\s*\^")


class Expressions:
    """Trees to expressions; states of SMOOTH and its kind become slots on the way."""

    def __init__(self, parsed: Parsed, subscripts: Subscripts) -> None:
        self.parsed = parsed
        self.subscripts = subscripts
        self.slots: list[Slot] = []
        self.tables: list[Table] = []
        self.place: dict[str, dict[tuple[str, ...], int]] = {}  # variable -> element -> slot
        self.table_place: dict[str, dict[tuple[str, ...], int]] = {}
        self.table_rule: dict[int, Rule] = {}  # how a table is read; missing: plainly
        self.structural: set[int] = set()
        self.orders: dict[int, delays.Order] = {}
        self.current: Definition | None = None

    # -- slots inside functions --------------------------------------------------------

    def state(self, initial: Expr, following: Expr | None = None) -> int:
        """A state without a column of its own (a stage of SMOOTH3, say)."""
        return self._inner(Slot("", self._owner, "state", None, initial, following))

    def pipe(self, expr: Expr, initial: Expr, duration: Expr) -> int:
        return self._inner(Slot("", self._owner, "pipe", expr, initial, duration))

    def named(self, expr: Expr) -> Expr:
        """The expression, or a slot holding it when it would be computed twice."""
        if expr[0] in ("num", "slot", "time", "step"):
            return expr
        return ("slot", self._inner(Slot("", self._owner, "equation", expr)))

    def _inner(self, slot: Slot) -> int:
        self.slots.append(slot)
        return len(self.slots) - 1

    @property
    def _owner(self) -> str:
        return self.current.key if self.current else ""

    def fill(self, index: int, following: Expr) -> None:
        """Give a state its step, once its own slot number is known."""
        slot = self.slots[index]
        self.slots[index] = Slot(
            slot.column, slot.variable, slot.role, slot.expr, slot.initial, following
        )

    def order_of(self, tree: Any, bound: Mapping[str, str], function: str) -> int:
        """The order of a delay or smooth: a whole number known before any run."""
        expr = self.number(tree, bound)
        seen: set[int] = set()
        value = value_of(expr, self._constant_value, seen)
        if value is None or value < 1:
            raise Refusal(
                "the order is not a number that is known before the run",
                function,
                "write the order as a number of at least 1",
            )
        self.structural |= seen
        return int(value)

    def _constant_value(self, index: int) -> float | None:
        slot = self.slots[index]
        for definition in self.parsed.definitions:  # it may stand further down in the file
            if definition.key == slot.variable and isinstance(definition.tree, int | float):
                return float(definition.tree)
        return None

    # -- expressions -------------------------------------------------------------------

    def number(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        """A tree as an expression whose value is a number (a condition counts 1 or 0)."""
        expr = self._expr(tree, bound)
        return ("if", expr, ("num", 1.0), ("num", 0.0)) if expr[0] in _LOGIC else expr

    def truth(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        """A tree as a condition (a number holds unless it is 0)."""
        expr = self._expr(tree, bound)
        return expr if expr[0] in _LOGIC else ("cmp", "!=", expr, ("num", 0.0))

    def _expr(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        kind = type(tree).__name__
        if isinstance(tree, int | float):
            if math.isnan(tree):
                raise Refusal("missing values are not supported", ":NA:", "use a number")
            return ("num", float(tree))
        handler: Callable[[Any, Mapping[str, str]], Expr] | None = {
            "ReferenceStructure": self._reference,
            "ArithmeticStructure": self._arithmetic,
            "LogicStructure": self._logic,
            "CallStructure": self._call,
            "GameStructure": lambda game, bound: self._expr(game.expression, bound),
            "InlineLookupsStructure": self._inline_lookup,
        }.get(kind)
        if handler is not None:
            return handler(tree, bound)
        if kind in delays.HANDLERS:
            return delays.HANDLERS[kind](self, tree, bound)
        name = {
            "GetDataStructure": "get data",
            "GetConstantsStructure": "get constants",
            "GetLookupsStructure": "get lookups",
            "AllocateAvailableStructure": "allocate_available",
            "AllocateByPriorityStructure": "allocate_by_priority",
        }.get(kind, kind)
        raise Refusal("not supported", spelled(name), HINTS.get(name, GENERAL_HINT))

    def _reference(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        name = key(tree.reference)
        given = tree.subscripts.subscripts if tree.subscripts else []
        if name == "time" and name not in self.place:
            return ("time",)
        if name in self.place:
            return ("slot", self.element(name, self.place[name], given, bound))
        if name in self.table_place:
            raise Refusal(
                f"the lookup '{tree.reference}' stands without an argument",
                "",
                f"write {tree.reference}(x)",
            )
        if name in bound:
            return ("num", float(self.subscripts.position(bound[name])))
        if name in self.subscripts.elements:
            return ("num", float(self.subscripts.position(name)))
        raise Refusal(f"'{tree.reference}' is not defined", "", "define it or correct its name")

    def element(
        self,
        name: str,
        places: Mapping[tuple[str, ...], int],
        given: Sequence[str],
        bound: Mapping[str, str],
    ) -> int:
        """The slot or table that a name with subscripts means."""
        chosen = tuple(self.subscripts.resolve(item, bound, given) for item in given)
        if chosen in places:
            return places[chosen]
        shown = self.subscripts.label(name.replace("_", " "), chosen)
        dimensions = len(next(iter(places), ()))
        if len(chosen) != dimensions:
            raise Refusal(
                f"'{name.replace('_', ' ')}' has {dimensions} subscripts, here it has "
                f"{len(chosen)}",
                "",
                "write every subscript",
            )
        raise Refusal(f"'{shown}' is not defined", "", "define it for every element that is read")

    def _arithmetic(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        operators, arguments = tree.operators, tree.arguments
        if operators == ["negative"]:
            return ("neg", self.number(arguments[0], bound))
        if operators[0] == "^":
            if _NEGATIVE_BASE.search(self.current.text if self.current else ""):
                raise Refusal(
                    "a negative number in brackets is the base of ^, and PySD reads it "
                    "without the brackets",
                    "^",
                    "write POWER(-2, 2), or name the number",
                )
            if isinstance(arguments[0], int | float) and arguments[0] < 0:
                rest = self._powers([-arguments[0], *arguments[1:]], bound)
                return ("neg", rest)  # -2^2 is -4 in Vensim
            return self._powers(arguments, bound)
        parts = [self.number(argument, bound) for argument in arguments]
        return ("chain", "".join(operators), tuple(parts))

    def _powers(self, arguments: Sequence[Any], bound: Mapping[str, str]) -> Expr:
        """``a^b^c`` is ``a^(b^c)``, as PySD has it."""
        parts = [self.number(argument, bound) for argument in arguments]
        result = parts.pop()
        while parts:
            result = ("pow", parts.pop(), result)
        return result

    def _logic(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        operator = tree.operators[-1].upper()
        if operator == ":NOT:":
            return ("not", self.truth(tree.arguments[0], bound))
        if operator in _COMPARE:
            left, right = (self.number(argument, bound) for argument in tree.arguments)
            return ("cmp", _COMPARE[operator], left, right)
        parts = [self.truth(argument, bound) for argument in tree.arguments]
        names = [{":AND:": "and", ":OR:": "or"}[item.upper()] for item in tree.operators]
        if len(set(names)) > 1:
            raise Refusal(
                ":AND: and :OR: stand side by side without brackets", ":AND:", "add brackets"
            )
        result = parts[0]
        for name, part in zip(names, parts[1:], strict=True):
            result = (name, result, part)
        return result

    def _call(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        name, arguments = tree.function.reference, tree.arguments
        table = self.table_place.get(key(name))
        if table is not None:
            given = tree.function.subscripts.subscripts if tree.function.subscripts else []
            if len(arguments) != 1:
                raise Refusal("a lookup takes one argument", name, "")
            index = self.element(key(name), table, given, bound)
            rule = self.table_rule.get(index, "interpolate")
            return read_table(self, index, rule, self.number(arguments[0], bound))
        if name in FOLDS:
            return self._fold(name, arguments, bound)
        if name == "if_then_else" and len(arguments) == 3:
            condition = self.truth(arguments[0], bound)
            return (
                "if",
                condition,
                self.number(arguments[1], bound),
                self.number(arguments[2], bound),
            )
        if name == "active_initial" and len(arguments) == 2:
            return (
                "active",
                self.number(arguments[0], bound),
                self.number(arguments[1], bound),
            )
        if name == "elmcount" and len(arguments) == 1:
            return ("num", float(len(self.subscripts.members(arguments[0].reference))))
        if name in PLAIN:
            inner, counts = PLAIN[name]
            if len(arguments) not in counts:
                raise Refusal(
                    f"{len(arguments)} arguments where {' or '.join(map(str, counts))} belong",
                    spelled(name),
                    "",
                )
            return ("fn", inner, *(self.number(argument, bound) for argument in arguments))
        raise Refusal("not supported", spelled(name), HINTS.get(name, GENERAL_HINT))

    def _fold(self, name: str, arguments: Sequence[Any], bound: Mapping[str, str]) -> Expr:
        if len(arguments) != 1:
            raise Refusal("takes one argument", spelled(name), "")
        marked = list(dict.fromkeys(_marked(arguments[0])))
        if not marked:
            raise Refusal(
                "no subscript in it is marked with '!'", spelled(name), "write e.g. x[sector!]"
            )
        parts = []
        for chosen in product(*(self.subscripts.members(item) for item in marked)):
            inner = {**bound, **self.subscripts.bind(marked, chosen)}
            parts.append(self.number(arguments[0], inner))
        return ("fold", FOLDS[name], tuple(parts))

    def _inline_lookup(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        x, y = self._points(tree.lookups)
        self.tables.append(Table("", self._owner, x, y))
        index = len(self.tables) - 1
        return read_table(self, index, tree.lookups.type, self.number(tree.argument, bound))

    @staticmethod
    def _points(table: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return tuple(float(x) for x in table.x), tuple(float(y) for y in table.y)


def _marked(tree: Any) -> list[str]:
    """The subscripts marked with ``!`` in a tree, those of inner folds left out."""
    kind = type(tree).__name__
    if kind == "SubscriptsReferenceStructure":
        return [name for name in tree.subscripts if name.endswith("!")]
    if kind == "CallStructure":
        inside = [] if tree.function.reference in FOLDS else list(tree.arguments)
        return [name for part in [tree.function, *inside] for name in _marked(part)]
    if isinstance(tree, list | tuple):
        return [name for part in tree for name in _marked(part)]
    if hasattr(tree, "__dict__"):
        return [name for part in vars(tree).values() for name in _marked(part)]
    return []

"""One syntax tree -> one expression, for one element of its variable."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any

from . import delays, randoms, vectors
from .equations import Expr, Slot, Table
from .folding import value_of
from .functions import FOLDS, GENERAL_HINT, HINTS, LOOKUPS, PLAIN, RULES, spelled
from .limits import MOST_NUMBERS, MOST_STAGES, MOST_TERMS, too_many_numbers
from .refusal import Refusal
from .scopes import Scope
from .series import Rule, read_table
from .source import key
from .subscripts import Subscripts
from .vensim import Definition, Parsed

_LOGIC = ("cmp", "and", "or", "not")
_COMPARE = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

# what a macro sees of the model without writing $ after it
SEEN_IN_MACROS = ("time", "time_step", "initial_time", "final_time", "saveper")


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
        self.terms = 0  # of sums and their kind, written out
        self.orders: dict[tuple[int, int], delays.Order] = {}
        self.vectors: dict[tuple[object, ...], Expr] = {}
        self.noise: tuple[int, int] | None = None
        self.draws: dict[str, int] = {}
        self.current: Definition | None = None
        self.scope = self.main = Scope(self.place, self.table_place)

    # -- slots inside functions --------------------------------------------------------

    def state(self, initial: Expr, following: Expr | None = None) -> int:
        """A state without a column of its own (a stage of SMOOTH3, say)."""
        return self.slot(Slot("", self.owner, "state", None, initial, following))

    def pipe(self, expr: Expr, initial: Expr, duration: Expr) -> int:
        return self.slot(Slot("", self.owner, "pipe", expr, initial, duration))

    def named(self, expr: Expr) -> Expr:
        """The expression, or a slot holding it when it would be computed twice."""
        if expr[0] in ("num", "slot", "time", "step"):
            return expr
        return ("slot", self.slot(Slot("", self.owner, "equation", expr)))

    def slot(self, slot: Slot) -> int:
        if len(self.slots) >= MOST_NUMBERS:
            raise too_many_numbers()
        self.slots.append(slot)
        return len(self.slots) - 1

    def demand_room(self, subscripts: Sequence[str]) -> None:
        """Refuse a left side with more elements than the model may have, before they are made.

        Raises:
            Refusal: there would be more than ``MOST_NUMBERS``.
        """
        size = math.prod(len(self.subscripts.members(name)) for name in subscripts)
        if len(self.slots) + len(self.tables) + size > MOST_NUMBERS:
            raise too_many_numbers()

    def inner_table(self, table: Any) -> int:
        """A table without a name of its own."""
        x, y = self._points(table)
        self.tables.append(Table("", self.owner, x, y))
        return len(self.tables) - 1

    @property
    def owner(self) -> str:
        return self.scope.owner or (self.current.key if self.current else "")

    @contextmanager
    def within(self, scope: Scope, current: Definition | None) -> Iterator[None]:
        """Go on in another scope: inside a macro, or back where a macro was called."""
        before = self.scope, self.current
        self.scope, self.current = scope, current
        try:
            yield
        finally:
            self.scope, self.current = before

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
        if value > MOST_STAGES:
            raise Refusal(f"the order is above {MOST_STAGES}", function, "take DELAY FIXED")
        self.structural |= seen
        return int(value)

    def _constant_value(self, index: int) -> float | None:
        slot = self.slots[index]
        value = value_of(slot.expr) if slot.role == "constant" and slot.expr else None
        if value is not None and value == value:
            return value
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
        if kind in vectors.STRUCTURES:
            return vectors.lower(self, *vectors.STRUCTURES[kind], tree, bound)
        name = {
            "GetDataStructure": "get data",
            "GetConstantsStructure": "get constants",
            "GetLookupsStructure": "get lookups",
        }.get(kind, kind)
        raise Refusal("not supported", spelled(name), HINTS.get(name, GENERAL_HINT))

    def _reference(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        name = key(tree.reference)
        given = tree.subscripts.subscripts if tree.subscripts else []
        scope = self.scope
        if name in scope.arguments:
            if given:
                raise Refusal(f"the input '{name}' of a macro has no subscripts", "", "")
            argument = scope.arguments[name]
            if argument.value is None:
                with self.within(argument.scope, argument.current):
                    argument.value = self.named(self.number(argument.tree, argument.bound))
            return argument.value
        if scope is not self.main and (name.endswith("$") or name in SEEN_IN_MACROS):
            with self.within(self.main, self.current):
                outside = type(tree)(name.rstrip("$").rstrip("_"), tree.subscripts)
                return self._reference(outside, bound)
        if name == "time" and name not in scope.place:
            return ("time",)
        if name in scope.place:
            return ("slot", self.element(name, scope.place[name], given, bound))
        if name in scope.tables:
            raise Refusal(
                f"the lookup '{tree.reference}' stands without an argument",
                "",
                f"write {tree.reference}(x)",
            )
        if name in bound:
            return ("num", float(self.subscripts.position(bound[name])))
        if name in self.subscripts.elements:
            return ("num", float(self.subscripts.position(name)))
        shown = tree.reference.replace("_", " ")
        raise Refusal(f"'{shown}' is not defined", "", "define it or correct its name")

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

    def elements_of(self, tree: Any, bound: Mapping[str, str]) -> tuple[list[int], int] | None:
        """All slots of the variable a reference names, row by row, and where its own one is."""
        name = key(getattr(tree, "reference", ""))
        places = self.scope.place.get(name)
        if places is None:
            return None
        given = tree.subscripts.subscripts if tree.subscripts else []
        ordered = [places[chosen] for chosen in sorted(places, key=self._row)]
        return ordered, ordered.index(self.element(name, places, given, bound))

    def _row(self, chosen: Sequence[str]) -> tuple[int, ...]:
        return tuple(self.subscripts.position(element) for element in chosen)

    def _time_value(self, arguments: Sequence[Any], bound: Mapping[str, str]) -> Expr:
        """GET TIME VALUE as far as it comes from the model's own time."""
        if len(arguments) != 3:
            raise Refusal(f"{len(arguments)} arguments where 3 belong", "GET TIME VALUE", "")
        relative, offset, measure = (self.number(part, bound) for part in arguments)
        known = value_of(relative), value_of(measure)
        if known not in ((0.0, 0.0), (1.0, 0.0)):
            raise Refusal(
                "only the model's own time is known (first argument 0 or 1, third 0); the "
                "computer's clock would make every run another one",
                "GET TIME VALUE",
                "use Time itself",
            )
        start: Expr = ("time",)
        if known[0] == 1.0:
            start = ("slot", self.main.place["initial_time"][()])
        return ("chain", "+", (start, offset))

    def _arithmetic(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        operators, arguments = tree.operators, tree.arguments
        if operators == ["negative"]:
            return ("neg", self.number(arguments[0], bound))
        if operators[0] == "^":
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
        first, *rest = (self.truth(argument, bound) for argument in tree.arguments)
        groups = [[first]]  # :AND: binds tighter than :OR:
        for item, part in zip(tree.operators, rest, strict=True):
            if item.upper() == ":AND:":
                groups[-1].append(part)
            else:
                groups.append([part])
        return _joined("or", [_joined("and", group) for group in groups])

    def table_of(self, tree: Any, bound: Mapping[str, str]) -> int | None:
        """The table that a reference means, or None if it means none."""
        name = key(tree.reference)
        given = tree.subscripts.subscripts if tree.subscripts else []
        argument = self.scope.arguments.get(name)
        if argument is not None and type(argument.tree).__name__ == "ReferenceStructure":
            with self.within(argument.scope, argument.current):
                return self.table_of(argument.tree, argument.bound)
        if name.endswith("$") and self.scope is not self.main:
            with self.within(self.main, self.current):
                return self.table_of(
                    type(tree)(name.rstrip("$").rstrip("_"), tree.subscripts), bound
                )
        table = self.scope.tables.get(name)
        return None if table is None else self.element(name, table, given, bound)

    def _call(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        name, arguments = tree.function.reference, tree.arguments
        index = self.table_of(tree.function, bound)
        if index is not None:
            if len(arguments) != 1:
                raise Refusal("a lookup takes one argument", name, "")
            rule = self.table_rule.get(index, "interpolate")
            return read_table(self, index, rule, self.number(arguments[0], bound))
        made = self.macro_call(tree, bound)
        if made is not None:
            return made
        if name in LOOKUPS or name in RULES:
            return self._lookup_call(name, arguments, bound)
        if name in FOLDS:
            return self._fold(name, arguments, bound)
        if name in vectors.CALLS:
            return vectors.lower(self, name, vectors.CALLS[name], tree, bound)
        if name in randoms.NAMES:
            return randoms.lower(self, name, arguments, bound)
        if name == "npv":
            return delays.net_present_value(self, arguments, bound)
        if name == "get_time_value":
            return self._time_value(arguments, bound)
        if name == "pi" and not arguments:
            return ("num", math.pi)
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

    def macro_call(self, tree: Any, bound: Mapping[str, str]) -> Expr | None:
        """The value of a macro call, or None if it calls no macro."""
        return None

    def _lookup_call(self, name: str, arguments: Sequence[Any], bound: Mapping[str, str]) -> Expr:
        """LOOKUP FORWARD and its kind: the table first, then numbers."""
        kind, count = LOOKUPS.get(name, ("", 1))
        table = arguments[0] if arguments else None
        index = self.table_of(table, bound) if hasattr(table, "reference") else None
        if index is None:
            raise Refusal("its first argument is no lookup", spelled(name), "name a lookup")
        if len(arguments) != count + 1:
            raise Refusal(f"{len(arguments)} arguments where {count + 1} belong", spelled(name), "")
        numbers = [self.number(part, bound) for part in arguments[1:]]
        if name in RULES:
            return read_table(self, index, RULES[name], numbers[0])
        return (kind, index, *numbers)

    def _fold(self, name: str, arguments: Sequence[Any], bound: Mapping[str, str]) -> Expr:
        if len(arguments) != 1:
            raise Refusal("takes one argument", spelled(name), "")
        ranges = list(dict.fromkeys(marked(arguments[0])))
        if not ranges:
            raise Refusal(
                "no subscript in it is marked with '!'", spelled(name), "write e.g. x[sector!]"
            )
        members = [self.subscripts.members(item) for item in ranges]
        self.terms += math.prod(map(len, members))
        if self.terms > MOST_TERMS:
            raise Refusal(
                f"written out, the sums of the model have more than {MOST_TERMS} terms",
                spelled(name),
                "sum over fewer ranges at once",
            )
        parts = []
        for chosen in product(*members):
            inner = {**bound, **self.subscripts.bind(ranges, chosen)}
            parts.append(self.number(arguments[0], inner))
        return ("fold", FOLDS[name], tuple(parts))

    def _inline_lookup(self, tree: Any, bound: Mapping[str, str]) -> Expr:
        index = self.inner_table(tree.lookups)
        return read_table(self, index, tree.lookups.type, self.number(tree.argument, bound))

    @staticmethod
    def _points(table: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return tuple(float(x) for x in table.x), tuple(float(y) for y in table.y)


def _joined(kind: str, parts: Sequence[Expr]) -> Expr:
    """Conditions joined from left to right, in halves, so that many are not nested deep."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return (kind, _joined(kind, parts[:half]), _joined(kind, parts[half:]))


def marked(tree: Any) -> list[str]:
    """The subscripts marked with ``!`` in a tree, those of inner folds left out."""
    kind = type(tree).__name__
    if kind == "SubscriptsReferenceStructure":
        return [name for name in tree.subscripts if name.endswith("!")]
    if kind == "CallStructure":
        folds = tree.function.reference in FOLDS or tree.function.reference == "vector_select"
        inside = [] if folds else list(tree.arguments)
        return [name for part in [tree.function, *inside] for name in marked(part)]
    if isinstance(tree, list | tuple):
        return [name for part in tree for name in marked(part)]
    if hasattr(tree, "__dict__"):
        return [name for part in vars(tree).values() for name in marked(part)]
    return []

"""Where the kernel keeps what outlives one function: lines of W doubles, and which values
have derivatives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..equations import Expr, parts, slots_of, tables_of
from ..plan import Plan
from .writer import LANES

LINE = 8 * LANES  # bytes

# The first line: words that are no values.
LANE = 0  # number of the first run of the group

# Words of the context that a call is given.
(
    LIBRARY,
    T0,
    DT,
    FIRST,
    LAST,
    KEEP,
    ROWS,
    OUT,
    STRIDE,
    CONSTANTS,
    TABLES,
    START,
    KEPT,
    STOP,
    FAILED,
) = (8 * i for i in range(15))
CONTEXT_WORDS = 15


@dataclass(frozen=True)
class Mode:
    """Which inputs carry derivatives (none: a run of plain numbers), and whether the places
    where tables are read are the same in all runs (see :func:`shared_slots`)."""

    constants: bool = False
    tables: bool = False
    start: bool = False
    shared: bool = True

    @property
    def dual(self) -> bool:
        return self.constants or self.tables or self.start

    def key(self) -> str:
        return "".join(
            "01"[flag] for flag in (self.constants, self.tables, self.start, self.shared)
        )


@dataclass
class Workspace:
    """Lines by what they hold; the first two are the header and zeros."""

    lines: int = 2
    values: dict[int, int] = field(default_factory=dict)  # slot -> byte offset
    slopes: dict[int, int] = field(default_factory=dict)  # slot -> byte offset
    pairs: list[tuple[int, int]] = field(default_factory=list)  # next line -> state's line
    zero: int = LINE
    shared: frozenset[int] = frozenset()  # slots with one value for all lanes

    def line(self, count: int = 1) -> int:
        """Byte offset of fresh lines."""
        offset = self.lines * LINE
        self.lines += count
        return offset

    def hold(self, slot: int, active: bool) -> None:
        if slot not in self.values:
            self.values[slot] = self.line()
            if active:
                self.slopes[slot] = self.line()


def shared_slots(plan: Plan) -> frozenset[int]:
    """Slots that time and constants decide, and that decide where a table is read.

    A budget year, for example. As long as no run changes the constants among them, they are
    computed once for all lanes, and such a table is searched once for all lanes.
    """
    statements = [*plan.derived, *plan.before, *plan.stepping, *plan.saving]
    reading: dict[int, set[int]] = {}
    moving = set(plan.states)  # and what reads a state or a table
    for index, expr in statements:
        reading.setdefault(index, set()).update(slots_of(expr))
        if any(True for _ in tables_of(expr)):
            moving.add(index)
    while fresh := {i for i, read in reading.items() if i not in moving and read & moving}:
        moving |= fresh
    found: set[int] = set()
    for _, expr in (*statements, *plan.moving):
        for argument in _arguments(expr):
            slots = set(slots_of(argument))
            if not slots & moving:
                found |= slots
    while fresh := {other for i in found for other in reading.get(i, ())} - found:
        found |= fresh
    return frozenset(found)


def _arguments(expr: Expr) -> Iterable[Expr]:
    """Where an expression reads tables."""
    pending = [expr]
    while pending:
        item = pending.pop()
        if item[0] == "lookup":
            yield item[2]
        pending += parts(item)


def active_slots(plan: Plan, mode: Mode, shared: frozenset[int]) -> set[int]:
    """Slots that may have a derivative: they depend on an input that has one."""
    if not mode.dual:
        return set()
    active = set(plan.constants) - shared if mode.constants else set()
    if mode.start:
        active.update(plan.states)

    def spreads(statements: Iterable[tuple[int, Expr]]) -> bool:
        grown = False
        for index, expr in statements:
            if index not in active and (
                any(slot in active for slot in slots_of(expr))
                or (mode.tables and any(True for _ in tables_of(expr)))
            ):
                active.add(index)
                grown = True
        return grown

    statements = [*plan.derived, *plan.before, *plan.stepping, *plan.saving, *plan.moving]
    while spreads(statements):
        pass
    return active


def chunks(statements: Iterable[tuple[int, Expr]], size: int) -> list[list[tuple[int, Expr]]]:
    """Statements in pieces of about ``size`` operations each."""
    result: list[list[tuple[int, Expr]]] = []
    room = 0
    for index, expr in statements:
        cost = _operations(expr)
        if not result or cost > room:
            result.append([])
            room = size
        result[-1].append((index, expr))
        room -= cost
    return result


def _operations(expr: Expr) -> int:
    count = 0
    pending: list[object] = [expr]
    while pending:
        item = pending.pop()
        if isinstance(item, tuple):
            count += 1
            pending += item
    return count


def tables_used(plan: Plan) -> list[int]:
    lists = (plan.derived, plan.before, plan.stepping, plan.saving, plan.moving)
    return sorted({table for part in lists for _, expr in part for table in tables_of(expr)})


def reads(statements: Iterable[tuple[int, Expr]]) -> set[int]:
    return {slot for _, expr in statements for slot in slots_of(expr)}

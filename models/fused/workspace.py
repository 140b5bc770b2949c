"""Where the kernel keeps what outlives one function: lines of W doubles, and which values
have derivatives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..equations import Expr, slots_of, tables_of
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
    """Which inputs carry derivatives; none of them is a run of plain numbers."""

    constants: bool = False
    tables: bool = False
    start: bool = False

    @property
    def dual(self) -> bool:
        return self.constants or self.tables or self.start

    def key(self) -> str:
        return "".join("01"[flag] for flag in (self.constants, self.tables, self.start))


@dataclass
class Workspace:
    """Lines by what they hold; the first two are the header and zeros."""

    lines: int = 2
    values: dict[int, int] = field(default_factory=dict)  # slot -> byte offset
    slopes: dict[int, int] = field(default_factory=dict)  # slot -> byte offset
    pairs: list[tuple[int, int]] = field(default_factory=list)  # next line -> state's line
    zero: int = LINE

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


def active_slots(plan: Plan, mode: Mode) -> set[int]:
    """Slots that may have a derivative: they depend on an input that has one."""
    if not mode.dual:
        return set()
    active = set(plan.constants) if mode.constants else set()
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

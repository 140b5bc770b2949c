"""Scalar equations: a model after its subscripts were written out.

An expression is a nested tuple whose first item names its kind:

    ("num", 2.5)  ("slot", 7)  ("time",)  ("step",)
    ("chain", "+-", (a, b, c))           a + b - c, left to right
    ("neg", a)  ("pow", a, b)
    ("cmp", "<", a, b)  ("and", a, b)  ("or", a, b)  ("not", a)
    ("if", condition, a, b)
    ("fn", "min", a, b)                  a function of numbers
    ("fold", "sum", (a, b, ...))         over the elements of a range
    ("lookup", table, x)                 linear, flat beyond the ends
    ("lookup invert", table, y)          the first x where the lookup is y
    ("lookup area", table, x1, x2)       the area under it
    ("vector", "sort order", (a, ...), (b,))   numbers from groups of numbers: see models.vectors
    ("item", a, 2)                       one of them, from 0
    ("active", a, initial)               ACTIVE INITIAL
    ("delayed", slot)                    what leaves a DELAY FIXED

Everything is plain data, so that a lowered model can be kept as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Expr = tuple[Any, ...]
Role = Literal["constant", "equation", "state", "pipe"]
Kind = Literal["stock", "auxiliary", "constant", "lookup", "control"]


@dataclass(frozen=True)
class Slot:
    """One number of the model at one time.

    ``role`` says how it comes about: a ``constant`` is given, an ``equation`` is computed
    in every step, a ``state`` starts at ``initial`` and steps to ``following`` (never, if
    None), a ``pipe`` (DELAY FIXED) starts at ``initial`` and hands on ``expr`` after the
    time ``following``, which is read once.
    """

    column: str  # "" for slots that stand inside a function such as SMOOTH3
    variable: str  # key of the variable it belongs to
    role: Role
    expr: Expr | None = None
    initial: Expr | None = None
    following: Expr | None = None


@dataclass(frozen=True)
class Table:
    """A lookup: ``y`` at ``x``; ``column`` is "" for a table written inside an equation."""

    column: str
    variable: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Variable:
    """A variable of the model as its author wrote it.

    ``columns`` are its elements, e.g. ``stock[a]`` and ``stock[b]``, in subscript order.
    It may have several definitions: ``lines`` says where, ``blocks`` which columns each one
    covers, in the order in which numbers are listed there.
    """

    name: str
    unit: str
    comment: str
    line: int
    kind: Kind
    columns: tuple[str, ...]
    lines: tuple[int, ...] = ()
    blocks: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Equations:
    """A lowered model: slots, tables, variables by key, and what was left aside."""

    slots: tuple[Slot, ...]
    tables: tuple[Table, ...]
    variables: dict[str, Variable]
    structural: tuple[int, ...] = ()  # constants that fix the order of a delay
    left_aside: tuple[str, ...] = ()  # reality checks: read, not run
    controls: dict[str, int] = field(default_factory=dict)  # key -> slot
    files: dict[str, str] = field(default_factory=dict)  # tables it was read from -> SHA-256
    noise: tuple[int, ...] = ()  # slots of the seed and the run's number, if anything is random

    def dump(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Equations:
    """The inverse of :meth:`Equations.dump`.

    Raises:
        ValueError, KeyError, TypeError: the text is not such a dump.
    """
    data = json.loads(text)
    return Equations(
        slots=tuple(
            Slot(
                str(row["column"]),
                str(row["variable"]),
                row["role"],
                _tuples(row["expr"]),
                _tuples(row["initial"]),
                _tuples(row["following"]),
            )
            for row in data["slots"]
        ),
        tables=tuple(
            Table(row["column"], row["variable"], tuple(row["x"]), tuple(row["y"]))
            for row in data["tables"]
        ),
        variables={
            name: Variable(
                row["name"],
                row["unit"],
                row["comment"],
                int(row["line"]),
                row["kind"],
                tuple(row["columns"]),
                tuple(row["lines"]),
                tuple(tuple(block) for block in row["blocks"]),
            )
            for name, row in data["variables"].items()
        },
        structural=tuple(data["structural"]),
        left_aside=tuple(data["left_aside"]),
        controls={name: int(slot) for name, slot in data["controls"].items()},
        files={str(name): str(digest) for name, digest in data["files"].items()},
        noise=tuple(data["noise"]),
    )


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def parts(expr: Expr) -> Iterator[Expr]:
    """The expressions directly inside an expression, from left to right."""
    for part in expr[1:]:
        if isinstance(part, tuple):
            if part and isinstance(part[0], str):
                yield part
            else:
                yield from part


def slots_of(expr: Expr | None) -> Iterator[int]:
    """Every slot that an expression reads (both branches of ACTIVE INITIAL)."""
    if expr is None:
        return
    if expr[0] in ("slot", "delayed"):
        yield expr[1]
    for part in parts(expr):
        yield from slots_of(part)


def tables_of(expr: Expr) -> Iterator[int]:
    """Every table that an expression looks up."""
    if expr[0].startswith("lookup"):
        yield expr[1]
    for part in parts(expr):
        yield from tables_of(part)


def reads_time(expr: Expr) -> bool:
    """Whether an expression depends on time by itself."""
    if expr[0] == "time":
        return True
    if expr[0] == "fn" and expr[1] in ("step", "ramp", "pulse", "pulse train", "uniform"):
        return True
    return any(map(reads_time, parts(expr)))


def staged(expr: Expr, initial: bool) -> Expr:
    """Choose the side of every ACTIVE INITIAL: the initial one or the running one."""
    if expr[0] == "active":
        return staged(expr[2] if initial else expr[1], initial)
    return tuple(
        (
            staged(part, initial)
            if part and isinstance(part[0], str)
            else tuple(staged(item, initial) for item in part)
        )
        if isinstance(part, tuple)
        else part
        for part in expr
    )

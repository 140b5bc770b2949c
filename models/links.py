"""Causal links: who acts on whom, read off the lowered equations.

A link goes from a cause to an effect that reads it. Between elements (columns) a function
such as SMOOTH hides states of its own; a path through these is one link. A stock's inflows
and outflows are links into the stock: of these it keeps the memory, so such a link is a
``rate``. What a stock reads at the start only is an ``initial`` link, no part of any loop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .equations import Expr, slots_of, tables_of
from .model import Model

Kind = Literal["now", "rate", "initial"]
Node = tuple[Literal["slot", "table"], int]
_known: dict[str, tuple[Link, ...]] = {}  # by the model text's hash


@dataclass(frozen=True, order=True)
class Link:
    """``cause`` acts on ``effect``, both variables or both columns.

    ``kind`` is ``now`` (the effect follows at once), ``rate`` (the effect accumulates or
    smooths the cause) or ``initial`` (the cause sets where the effect starts).
    """

    cause: str
    effect: str
    kind: Kind


def column_links(model: Model) -> tuple[Link, ...]:
    """Every link between columns (tables included), in the order of the effects."""
    found = _known.get(model.sha256)
    if found is None:
        found = _known[model.sha256] = tuple(_columns(model))
    return found


def links(model: Model) -> tuple[Link, ...]:
    """Every link between variables, in the order of the file.

    Elements are set aside: ``wage`` acts on ``wage ratio`` once. A pair that is linked in
    more than one way appears with the strongest kind: ``now``, then ``rate``, then
    ``initial``.
    """
    strength: Mapping[Kind, int] = {"now": 0, "rate": 1, "initial": 2}
    owner = owners(model)
    found: dict[tuple[str, str], Kind] = {}
    for link in column_links(model):
        pair = owner[link.cause], owner[link.effect]
        if pair not in found or strength[link.kind] < strength[found[pair]]:
            found[pair] = link.kind
    place = {name: i for i, name in enumerate(model.variables)}
    ordered = sorted(found, key=lambda pair: (place[pair[1]], place[pair[0]]))
    return tuple(Link(cause, effect, found[cause, effect]) for cause, effect in ordered)


def owners(model: Model) -> Mapping[str, str]:
    """Column -> name of its variable, tables included."""
    return {
        column: variable.name
        for variable in model.variables.values()
        for column in variable.columns
    }


def reads(model: Model) -> Iterator[tuple[Node, int, Kind, Expr]]:
    """Every slot or table that a slot reads: (cause, effect, kind, the expression that reads).

    A stock's own step is ``stock + rate * step``: it reads itself, whatever flows.
    """
    network = model.network
    for index, slot in enumerate(model.equations.slots):
        if slot.role == "equation":
            expr = network.running[index]
            assert expr is not None
            yield from _each(index, "now", expr)
        elif slot.role in ("state", "pipe"):
            step = network.step_of(index)
            if step is not None:
                yield from _each(index, "rate", step)
            for expr in (network.starting[index], slot.following if slot.role == "pipe" else None):
                if expr is not None:
                    yield from _each(index, "initial", expr)


def _each(index: int, kind: Kind, expr: Expr) -> Iterator[tuple[Node, int, Kind, Expr]]:
    for other in dict.fromkeys(slots_of(expr)):
        yield ("slot", other), index, kind, expr
    for table in dict.fromkeys(tables_of(expr)):
        yield ("table", table), index, kind, expr


def _columns(model: Model) -> Iterator[Link]:
    slots = model.equations.slots
    into: dict[int, list[tuple[Node, Kind]]] = {}
    for cause, effect, kind, expr in reads(model):
        if cause == ("slot", effect) and kind == "rate" and not reads_itself(expr, effect):
            continue
        into.setdefault(effect, []).append((cause, kind))
    for index, slot in enumerate(slots):
        if not slot.column:
            continue
        found: dict[tuple[str, Kind], None] = {}
        queue: deque[tuple[int, Kind | None]] = deque([(index, None)])
        seen: set[tuple[int, Kind | None]] = set()
        while queue:
            here, through = queue.popleft()
            if (here, through) in seen:
                continue
            seen.add((here, through))
            for cause, kind in into.get(here, ()):
                together = _together(through, kind)
                name = name_of(model, cause)
                if name:
                    found[name, together] = None
                elif cause[0] == "slot":
                    queue.append((cause[1], together))
        now = {name for name, kind in found if kind != "initial"}
        for name, kind in found:
            if kind != "initial" or name not in now:
                yield Link(name, slot.column, kind)


def _together(outer: Kind | None, inner: Kind) -> Kind:
    kinds = (outer, inner)
    return "initial" if "initial" in kinds else "rate" if "rate" in kinds else "now"


def name_of(model: Model, node: Node) -> str:
    """The column of a slot or table; "" for those inside a function or an equation."""
    kind, index = node
    return (model.equations.slots if kind == "slot" else model.equations.tables)[index].column


def reads_itself(step: Expr, index: int) -> bool:
    """Whether a stock's rate depends on the stock: ``step`` is ``stock + rate * TIME STEP``."""
    if step[0] == "chain" and step[1] == "+" and step[2][0] == ("slot", index):
        return index in slots_of(step[2][1])
    return True

"""Calls that read a whole vector: every element of the left side takes its item of the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from .equations import Expr
from .functions import spelled
from .refusal import Refusal
from .source import key

if TYPE_CHECKING:
    from .expressions import Expressions

Bound = Mapping[str, str]


class VectorRefusal(ValueError):
    """Why a call cannot be lowered, and a hint."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


def _last(lowering: Expressions, back: int = 1) -> str:
    """The key of a range on the left side, counted from its last subscript."""
    current = lowering.current
    names = current.subscripts if current else ()
    if len(names) < back or not lowering.subscripts.is_range(names[-back]):
        raise VectorRefusal(
            "the left side has no range in its last subscript"
            if back == 1
            else "the left side has no ranges in its last two subscripts",
            "write the equation for the whole range at once",
        )
    return key(names[-back])


def _elements(
    lowering: Expressions, tree: Any, bound: Bound, ranges: Sequence[str]
) -> tuple[Expr, ...]:
    """A tree for every element of the ranges, in C order."""
    listed = (lowering.subscripts.members(name) for name in ranges)
    return tuple(
        lowering.number(tree, {**bound, **dict(zip(ranges, chosen, strict=True))})
        for chosen in product(*listed)
    )


def _item(
    lowering: Expressions,
    tree: Any,
    bound: Bound,
    ranges: Sequence[str],
    name: str,
    groups: Callable[[], Sequence[tuple[Expr, ...]]],
) -> Expr:
    """The item of the bound elements; the vector is computed in one slot for all of them."""
    rest = sorted((name, element) for name, element in bound.items() if name not in ranges)
    identity = id(tree), id(lowering.scope), *rest
    slot = lowering.vectors.get(identity)
    if slot is None:
        slot = lowering.vectors[identity] = lowering.named(("vector", name, *groups()))
    index = 0
    for range_ in ranges:
        members = lowering.subscripts.members(range_)
        index = index * len(members) + members.index(bound[range_])
    return ("item", slot, index)


def _ordered(lowering: Expressions, tree: Any, bound: Bound) -> Expr:
    """VECTOR SORT ORDER and VECTOR RANK."""
    vector, direction = _take(tree.arguments, 2)
    last = _last(lowering)
    name = "sort order" if tree.function.reference == "vector_sort_order" else "rank"
    return _item(
        lowering,
        tree,
        bound,
        [last],
        name,
        lambda: [_elements(lowering, vector, bound, [last]), (lowering.number(direction, bound),)],
    )


def _reordered(lowering: Expressions, tree: Any, bound: Bound) -> Expr:
    vector, order = _take(tree.arguments, 2)
    last = _last(lowering)
    return _item(
        lowering,
        tree,
        bound,
        [last],
        "pick",
        lambda: [
            _elements(lowering, vector, bound, [last]),
            _elements(lowering, order, bound, [last]),
        ],
    )


def _selected(lowering: Expressions, tree: Any, bound: Bound) -> Expr:
    from .expressions import marked

    selection, rows, missing, action, error = _take(tree.arguments, 5)
    ranges = list(dict.fromkeys([*marked(selection), *marked(rows)]))
    if not ranges:
        raise VectorRefusal("no subscript in it is marked with '!'", "write e.g. x[sector!]")
    groups = ([], [])  # type: tuple[list[Expr], list[Expr]]
    for chosen in product(*(lowering.subscripts.members(name) for name in ranges)):
        inner = {**bound, **lowering.subscripts.bind(ranges, chosen)}
        groups[0].append(lowering.number(selection, inner))
        groups[1].append(lowering.number(rows, inner))
    settings = tuple(lowering.number(part, bound) for part in (missing, action, error))
    return ("item", ("vector", "select elements", *map(tuple, groups), settings), 0)


def _mapped(lowering: Expressions, tree: Any, bound: Bound) -> Expr:
    """VECTOR ELM MAP: so many elements after the one named, row by row."""
    base, offset = _take(tree.arguments, 2)
    found = lowering.elements_of(base, bound)
    if found is None:
        raise VectorRefusal("its first argument is no variable")
    slots, first = found
    place: Expr = ("chain", "+", (("num", float(first)), lowering.number(offset, bound)))
    vector = tuple(("slot", slot) for slot in slots)
    return ("item", ("vector", "pick", vector, (place,)), 0)


def _inverted(lowering: Expressions, tree: Any, bound: Bound) -> Expr:
    if len(tree.arguments) not in (1, 2):
        raise VectorRefusal(f"{len(tree.arguments)} arguments where 1 or 2 belong")
    ranges = [_last(lowering, 2), _last(lowering)]
    if len(lowering.subscripts.members(ranges[0])) != len(lowering.subscripts.members(ranges[1])):
        raise VectorRefusal("the matrix is not square")
    return _item(
        lowering,
        tree,
        bound,
        ranges,
        "inverse",
        lambda: [_elements(lowering, tree.arguments[0], bound, ranges)],
    )


def _by_priority(lowering: Expressions, tree: Any, bound: Bound) -> Expr:
    last = _last(lowering)
    return _item(
        lowering,
        tree,
        bound,
        [last],
        "allocate by priority",
        lambda: [
            _elements(lowering, tree.request, bound, [last]),
            _elements(lowering, tree.priority, bound, [last]),
            (lowering.number(tree.width, bound), lowering.number(tree.supply, bound)),
        ],
    )


def _available(lowering: Expressions, tree: Any, bound: Bound) -> Expr:
    last = _last(lowering)
    members = lowering.subscripts.members(last)

    def groups() -> list[tuple[Expr, ...]]:
        curves: list[list[Expr]] = [[], [], []]
        for element in members:
            found = lowering.elements_of(tree.pp, {**bound, last: element})
            if found is None or found[1] + 3 > len(found[0]):
                raise VectorRefusal(
                    "its second argument is no variable of four priority settings",
                    "write e.g. priority[branch, ptype], with ptype, ppriority, pwidth, pextra",
                )
            for place, curve in enumerate(curves):
                curve.append(("slot", found[0][found[1] + place]))
        requests = _elements(lowering, tree.request, bound, [last])
        return [requests, *map(tuple, curves), (lowering.number(tree.avail, bound),)]

    return _item(lowering, tree, bound, [last], "allocate available", groups)


def _take(arguments: Sequence[Any], count: int) -> Sequence[Any]:
    if len(arguments) != count:
        raise VectorRefusal(f"{len(arguments)} arguments where {count} belong")
    return arguments


Handler = Callable[["Expressions", Any, Bound], Expr]
CALLS: dict[str, Handler] = {
    "vector_sort_order": _ordered,
    "vector_rank": _ordered,
    "vector_reorder": _reordered,
    "vector_select": _selected,
    "vector_elm_map": _mapped,
    "invert_matrix": _inverted,
}
STRUCTURES: dict[str, tuple[str, Handler]] = {
    "AllocateAvailableStructure": ("allocate_available", _available),
    "AllocateByPriorityStructure": ("allocate_by_priority", _by_priority),
}


def lower(lowering: Expressions, name: str, handler: Handler, tree: Any, bound: Bound) -> Expr:
    """Lower a call of a whole vector.

    Raises:
        Refusal: the call does not fit its left side, or its arguments do not.
    """
    try:
        return handler(lowering, tree, bound)
    except VectorRefusal as refusal:
        raise Refusal(str(refusal), spelled(name), refusal.hint) from refusal

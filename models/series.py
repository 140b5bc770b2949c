"""How a table is read between its points and beyond them.

The plain lookup is linear between the points and flat beyond them, which is Vensim's rule for
lookups and for data that are interpolated. The other rules are written here with plain
lookups of point numbers, so that every engine has them, and each table can be replaced
in a run like any other lookup:

    interpolate     linear, flat beyond the ends
    extrapolate     linear, the first and the last piece go on beyond the ends (XMILE)
    hold_backward   the last point passed (XMILE calls it discrete)
    look_forward    the next point
    raw             a value at a point, missing (NaN) elsewhere
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, cast, get_args

from .equations import Expr, Table
from .grammar import NA
from .refusal import Refusal

Rule = Literal["interpolate", "extrapolate", "hold_backward", "look_forward", "raw"]
TIME: Expr = ("time",)
# Times that differ by less than this share of a step are the same: 0.1 * 3 meets 0.3.
_SLACK: Expr = ("chain", "*", (("num", 1e-6), ("step",)))
_NONE: Expr = ("num", 0.0)


class Tables(Protocol):
    """Where tables and named expressions go: the lowering under way."""

    tables: list[Table]

    def named(self, expr: Expr) -> Expr: ...


def rule_of(keyword: str | None) -> Rule:
    """The rule of a data variable's keyword; linear where there is none.

    Raises:
        Refusal: there is no such keyword.
    """
    word = (keyword or "interpolate").lower()
    if word not in get_args(Rule) or word == "extrapolate":
        raise Refusal(
            f"':{word.replace('_', ' ').upper()}:' is no way to read data",
            "",
            "write :INTERPOLATE:, :LOOK FORWARD:, :HOLD BACKWARD: or :RAW:",
        )
    return cast(Rule, word)


def read_table(lowering: Tables, index: int, rule: Rule, x: Expr) -> Expr:
    """The value of a table at ``x`` by a rule."""
    if rule == "interpolate":
        return ("lookup", index, x)
    table = lowering.tables[index]
    if rule == "extrapolate":
        return _extrapolated(lowering, index, table.x, lowering.named(x))
    slack = _SLACK if x == TIME else _NONE
    if rule == "look_forward":
        near = _point(lowering, table, ("chain", "-", (x, slack)), forward=True)
        return ("lookup", index, near)
    at = lowering.named(x)
    above: Expr = ("chain", "+", (at, slack))
    near = lowering.named(_point(lowering, table, above, forward=False))
    held: Expr = ("lookup", index, near)
    if rule == "hold_backward":
        return held
    below: Expr = ("chain", "-", (at, slack))
    hit: Expr = ("and", ("cmp", ">=", near, below), ("cmp", "<=", near, above))
    return ("if", hit, held, ("num", NA))


def _point(lowering: Tables, table: Table, x: Expr, *, forward: bool) -> Expr:
    """The ``x`` of the last point at or before ``x``, or of the first one at or after it.

    Points are numbered from the side that is looked from, and the number is cut off.
    """
    numbers = [float(number) for number in range(len(table.x))]
    if forward:
        ranks, points = numbers[::-1], table.x[::-1]
    else:
        ranks, points = numbers, table.x
    rank = _add(lowering, table, table.x, ranks)
    back = _add(lowering, table, numbers, points)
    return ("lookup", back, ("fn", "integer", ("lookup", rank, x)))


def _add(lowering: Tables, table: Table, x: Sequence[float], y: Sequence[float]) -> int:
    lowering.tables.append(Table("", table.variable, tuple(x), tuple(y)))
    return len(lowering.tables) - 1


def _extrapolated(lowering: Tables, index: int, points: Sequence[float], x: Expr) -> Expr:
    inside: Expr = ("lookup", index, x)
    if len(points) < 2:
        return inside
    below = _line(index, points[0], points[1], points[0], x)
    above = _line(index, points[-2], points[-1], points[-1], x)
    beyond: Expr = ("if", ("cmp", ">", x, ("num", points[-1])), above, inside)
    return ("if", ("cmp", "<", x, ("num", points[0])), below, beyond)


def _line(index: int, left: float, right: float, end: float, x: Expr) -> Expr:
    """The straight line through two neighbouring points, from the one at ``end``."""
    at: dict[float, Expr] = {place: ("lookup", index, ("num", place)) for place in (left, right)}
    rise: Expr = ("chain", "-", (at[right], at[left]))
    slope: Expr = ("chain", "/", (rise, ("num", right - left)))
    gone: Expr = ("chain", "-", (x, ("num", end)))
    return ("chain", "+", (at[end], ("chain", "*", (slope, gone))))

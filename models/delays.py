"""SMOOTH, DELAY, TREND, FORECAST and their kind as states, in the formulas of PySD.

Each function of a syntax tree becomes states with an initial value and an Euler step, and
an expression that reads them. Order of operations is PySD's, so that results agree to the
last bit wherever NumPy's do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .equations import Expr
from .refusal import Refusal

if TYPE_CHECKING:
    from .expressions import Expressions

_ONE: Expr = ("num", 1.0)


@dataclass
class Order:
    """How many stages a delay has: fewer than asked when its time is near the time step.

    PySD takes the shortest time among the elements of the equation, so this does too.
    """

    slot: int
    asked: int
    durations: list[Expr] = field(default_factory=list)

    def expression(self) -> Expr:
        return ("fn", "delay order", ("num", float(self.asked)), ("step",), *self.durations)


def _times(*parts: Expr) -> Expr:
    return ("chain", "*" * (len(parts) - 1), parts)


def _plus(a: Expr, b: Expr) -> Expr:
    return ("chain", "+", (a, b))


def _minus(a: Expr, b: Expr) -> Expr:
    return ("chain", "-", (a, b))


def _over(a: Expr, b: Expr) -> Expr:
    return ("chain", "/", (a, b))


def _step(state: int, rate: Expr) -> Expr:
    return _plus(("slot", state), _times(rate, ("step",)))


def _smooth(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    """Order n: each stage moves towards the one before by ``(target - stage) * n / time``."""
    order = lowering.order_of(tree.order, bound, "SMOOTH N")
    target = lowering.named(lowering.number(tree.input, bound))
    duration = lowering.named(lowering.number(tree.smooth_time, bound))
    initial = lowering.named(lowering.number(tree.initial, bound))
    stage = -1
    for _ in range(order):
        stage = lowering.state(initial)
        gap = _minus(target, ("slot", stage))
        rate: Expr = ("chain", "*/", (gap, ("num", float(order)), duration))
        lowering.fill(stage, _step(stage, rate))
        target = ("slot", stage)
    return ("slot", stage)


def _order_slot(lowering: Expressions, tree: Any, asked: int, duration: Expr) -> Expr:
    place = id(tree), id(lowering.scope)
    order = lowering.orders.get(place)
    if order is None:
        order = lowering.orders[place] = Order(lowering.state(("num", 0.0)), asked)
    order.durations.append(duration)
    return ("slot", order.slot)


def _delay(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    """Order n: stages hold material, each passes on ``stage / time`` of it, n times as fast."""
    asked = lowering.order_of(tree.order, bound, "DELAY N")
    inflow = lowering.named(lowering.number(tree.input, bound))
    duration = lowering.named(lowering.number(tree.delay_time, bound))
    start = lowering.named(_times(lowering.number(tree.initial, bound), duration))
    order = _order_slot(lowering, tree, asked, duration)
    stages = [lowering.state(start) for _ in range(asked)]
    outflows = [lowering.named(_over(("slot", stage), duration)) for stage in stages]
    for place, stage in enumerate(stages):
        upstream = _entering(order, asked, place, inflow, outflows[place - 1])
        rate = _times(_minus(upstream, outflows[place]), order)
        lowering.fill(stage, _step(stage, rate))
    return outflows[-1]


def _delay_n(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    """Like :func:`_delay`, but a new delay time travels down the stages step by step."""
    asked = lowering.order_of(tree.order, bound, "DELAY N")
    inflow = lowering.named(lowering.number(tree.input, bound))
    duration = lowering.named(lowering.number(tree.delay_time, bound))
    start = lowering.named(_times(lowering.number(tree.initial, bound), duration))
    order = _order_slot(lowering, tree, asked, duration)
    stages = [lowering.state(start) for _ in range(asked)]
    clocks = [lowering.state(duration) for _ in range(asked)]
    moved = [
        lowering.named(_entering(order, asked, place, duration, ("slot", clocks[place - 1])))
        for place in range(asked)
    ]
    outflows = [
        lowering.named(_over(("slot", stage), clock))
        for stage, clock in zip(stages, moved, strict=True)
    ]
    for place, stage in enumerate(stages):
        upstream = _entering(order, asked, place, inflow, outflows[place - 1])
        rate = _times(_minus(upstream, outflows[place]), order)
        lowering.fill(stage, _step(stage, rate))
        lowering.fill(clocks[place], moved[place])
    first: Expr = ("slot", clocks[0])
    for place in range(1, asked):  # the first stage that is used, when some are not
        first = (
            "if",
            ("cmp", "==", order, ("num", float(asked - place))),
            ("slot", clocks[place]),
            first,
        )
    return _over(("slot", stages[-1]), first)


def _entering(order: Expr, asked: int, place: int, inflow: Expr, upstream: Expr) -> Expr:
    """What enters a stage: the inflow at the first stage in use, else the stage above."""
    if place == 0:
        return inflow
    return ("if", ("cmp", "==", order, ("num", float(asked - place))), inflow, upstream)


def _delay_fixed(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    slot = lowering.pipe(
        lowering.number(tree.input, bound),
        lowering.number(tree.initial, bound),
        lowering.number(tree.delay_time, bound),
    )
    return ("delayed", slot)


def _trend(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    source = lowering.named(lowering.number(tree.input, bound))
    average = lowering.named(lowering.number(tree.average_time, bound))
    trend = lowering.number(tree.initial_trend, bound)
    state = lowering.state(_over(source, _plus(_ONE, _times(trend, average))))
    gap = _minus(source, ("slot", state))
    lowering.fill(state, _step(state, _over(gap, average)))
    return ("fn", "zidz", gap, _times(average, ("fn", "abs", ("slot", state))))


def _forecast(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    source = lowering.named(lowering.number(tree.input, bound))
    average = lowering.named(lowering.number(tree.average_time, bound))
    horizon = lowering.number(tree.horizon, bound)
    trend = lowering.number(tree.initial_trend, bound)
    state = lowering.state(_over(source, _plus(_ONE, trend)))
    gap = _minus(source, ("slot", state))
    lowering.fill(state, _step(state, _over(gap, average)))
    growth = ("fn", "zidz", gap, _times(average, ("slot", state)))
    return _times(source, _plus(_ONE, _times(growth, horizon)))


def _sample(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    state = lowering.state(lowering.number(tree.initial, bound))
    taken = lowering.named(
        (
            "if",
            lowering.truth(tree.condition, bound),
            lowering.number(tree.input, bound),
            ("slot", state),
        )
    )
    lowering.fill(state, taken)
    return taken


def _initial(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    return ("slot", lowering.state(lowering.number(tree.initial, bound)))


def _stock(lowering: Expressions, tree: Any, bound: Mapping[str, str]) -> Expr:
    state = lowering.state(lowering.number(tree.initial, bound))
    lowering.fill(state, _step(state, lowering.number(tree.flow, bound)))
    return ("slot", state)


def net_present_value(
    lowering: Expressions, arguments: Sequence[Any], bound: Mapping[str, str]
) -> Expr:
    """NPV(stream, rate, initial value, factor) as Vensim writes it out."""
    if len(arguments) != 4:
        raise Refusal(f"{len(arguments)} arguments where 4 belong", "NPV", "")
    stream, rate = (lowering.named(lowering.number(part, bound)) for part in arguments[:2])
    before, factor = (lowering.number(part, bound) for part in arguments[2:])
    discount = lowering.state(_ONE)
    fall = ("neg", _over(_times(("slot", discount), rate), _plus(_ONE, _times(rate, ("step",)))))
    lowering.fill(discount, _step(discount, fall))
    gathered = lowering.state(before)
    lowering.fill(gathered, _step(gathered, _times(stream, ("slot", discount))))
    now = _times(stream, ("step",), ("slot", discount))
    return _times(_plus(("slot", gathered), now), factor)


Handler = Callable[["Expressions", Any, Mapping[str, str]], Expr]
HANDLERS: dict[str, Handler] = {
    "SmoothStructure": _smooth,
    "SmoothNStructure": _smooth,
    "DelayStructure": _delay,
    "DelayNStructure": _delay_n,
    "DelayFixedStructure": _delay_fixed,
    "TrendStructure": _trend,
    "ForecastStructure": _forecast,
    "SampleIfTrueStructure": _sample,
    "InitialStructure": _initial,
    "IntegStructure": _stock,
}

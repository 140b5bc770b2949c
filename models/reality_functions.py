"""RC STEP, RC RAMP, RC DECAY, RC GROW, RC COMPARE and their CHECK forms.

From Vensim's manual (https://vensim.com/documentation/fn_rc.html, "Reality Check Functions"):
each of them leaves a variable at the value that the model gives until ``start``, then sets
out on another trajectory, for ``duration`` or to the end. Without ``start`` it begins at the
model's ``RC START TIME``, and without that variable at INITIAL TIME + TIME STEP. ``basis``
is frozen at its value at the start; ``mult`` is read anew at every time. With
``s = Time - start``:

========================================  ===========================================
RC STEP(basis, mult)                      basis * mult
RC RAMP(basis, mult, ramptime)            basis * (mult * w + 1 - w), w = s/ramptime, at most 1
RC DECAY(basis, decaytime)                basis * EXP(-s/decaytime)
RC GROW(basis, growrate)                  basis * EXP(growrate*s)
RC COMPARE('run', variable, mult)         mult * the variable in another run
========================================  ===========================================

The CHECK forms take one argument more, ``grace``: how long after the start nothing is asked
yet. They stand in consequences only, the others in conditions only. Stored runs of Vensim
are not read: the one run that RC COMPARE knows is ``'base'``, the model as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .equations import Expr
from .expressions import Expressions
from .functions import spelled
from .refusal import Refusal
from .source import key

_OWN = {"step": 1, "ramp": 2, "decay": 1, "grow": 1, "compare": 1}  # arguments after basis
BASE = "base"
_ONE: Expr = ("num", 1.0)


@dataclass(frozen=True)
class Trajectory:
    """What an RC function asks for: ``value``, and when.

    ``begun`` holds from the start on; ``asked`` from start + grace to the end of the duration.
    """

    value: Expr
    begun: Expr
    asked: Expr


def is_rc(tree: Any) -> bool:
    """Whether a tree is a call of an RC function."""
    if type(tree).__name__ != "CallStructure":
        return False
    return str(key(tree.function.reference)).startswith("rc_")


def trajectory(
    lowering: Expressions,
    tree: Any,
    bound: Mapping[str, str],
    *,
    check: bool,
    controls: Mapping[str, int],
    base: Callable[[Any, Mapping[str, str]], Expr],
) -> Trajectory:
    """Lower a call of an RC function.

    Args:
        check: whether it stands in a consequence.
        controls: slots of the control variables.
        base: gives a variable (a reference) in the run of the model as it stands.

    Raises:
        Refusal: no such function, or not with these arguments, or not here.
    """
    name = key(tree.function.reference)
    kind = name.removeprefix("rc_").removesuffix("_check")
    if kind not in _OWN:
        raise Refusal("no such function", spelled(name), "RC STEP, RAMP, DECAY, GROW or COMPARE")
    if name.endswith("_check") != check:
        raise Refusal(
            f"does not belong in a {'consequence' if check else 'condition'}",
            spelled(name),
            f"write {spelled('rc_' + kind + ('_check' if check else ''))}",
        )
    grace, basis, own, rest = _arguments(name, kind, list(tree.arguments), check)
    numbers = [lowering.number(argument, bound) for argument in own]
    start = _start(lowering, rest[0] if rest else None, bound, controls)
    begun = _reached(start)
    asked = begun
    if grace is not None:
        asked = _reached(("chain", "+", (start, lowering.number(grace, bound))))
    if len(rest) == 2:
        end: Expr = ("chain", "+", (start, lowering.number(rest[1], bound)))
        asked = ("and", asked, ("not", _reached(end)))
    since: Expr = ("chain", "-", (("time",), start))
    if kind == "compare":
        return Trajectory(("chain", "*", (base(basis, bound), numbers[0])), begun, asked)
    held = _frozen(lowering, lowering.number(basis, bound), start)
    return Trajectory(("chain", "*", (held, _shape(kind, since, numbers))), begun, asked)


def _arguments(
    name: str, kind: str, given: list[Any], check: bool
) -> tuple[Any, Any, list[Any], list[Any]]:
    """Grace (or None), basis, the function's own arguments, start and duration."""
    least = 1 + _OWN[kind] + (1 if check else 0) + (1 if kind == "compare" else 0)
    if not least <= len(given) <= least + 2:
        raise Refusal(f"{len(given)} arguments where {least} to {least + 2} belong", spelled(name))
    if kind == "compare":
        if not isinstance(given[0], str) or given[0].strip().lower() != BASE:
            raise Refusal(
                f"the run {given[0]!r} is not at hand",
                spelled(name),
                f"compare with '{BASE}', the run of the model as it stands",
            )
        given = given[1:]
        grace = given.pop(1) if check else None
    else:
        grace = given.pop(0) if check else None
    if any(isinstance(argument, str) for argument in given):
        raise Refusal("a text stands among the arguments", spelled(name))
    basis, rest = given[0], given[1:]
    return grace, basis, rest[: _OWN[kind]], rest[_OWN[kind] :]


def _start(
    lowering: Expressions, given: Any, bound: Mapping[str, str], controls: Mapping[str, int]
) -> Expr:
    if given is not None:
        return lowering.number(given, bound)
    if "rc_start_time" in lowering.place:
        return ("slot", lowering.place["rc_start_time"][()])
    return ("chain", "+", (("slot", controls["initial_time"]), ("step",)))


def _reached(moment: Expr) -> Expr:
    """Whether a moment has come; half a step's slack, as STEP has it."""
    half: Expr = ("chain", "*", (("num", 0.5), ("step",)))
    return ("cmp", ">", ("chain", "+", (("time",), half)), moment)


def _frozen(lowering: Expressions, basis: Expr, start: Expr) -> Expr:
    """The basis until the first step of the new trajectory, and from then on as it was there."""
    half: Expr = ("chain", "*", (("num", 0.5), ("step",)))
    first: Expr = ("cmp", "<=", ("chain", "-", (("time",), half)), start)
    state = lowering.state(basis)
    held = lowering.named(("if", first, basis, ("slot", state)))
    lowering.fill(state, held)
    return held


def _shape(kind: str, since: Expr, numbers: Sequence[Expr]) -> Expr:
    if kind == "step":
        return numbers[0]
    if kind == "ramp":
        share: Expr = ("fn", "min", _ONE, ("chain", "/", (since, numbers[1])))
        rest: Expr = ("chain", "-", (_ONE, share))
        return ("chain", "+", (("chain", "*", (numbers[0], share)), rest))
    if kind == "decay":
        return ("fn", "exp", ("neg", ("chain", "/", (since, numbers[0]))))
    return ("fn", "exp", ("chain", "*", (numbers[0], since)))

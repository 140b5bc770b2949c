"""A fused program: found in memory, on disk, or compiled; and how its arguments are laid out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import cache
from ..plan import Plan, planned
from . import machine, store, support
from .assembly import Assembly
from .workspace import LINE, Mode
from .writer import LANES

if TYPE_CHECKING:
    from ..model import Model


@dataclass(frozen=True)
class Kernel:
    """Machine code of one model for some columns."""

    code: machine.Code
    lines: int
    constants: tuple[int, ...]
    tables: tuple[int, ...]
    states: tuple[int, ...]
    shared: tuple[int, ...]  # constants that must be the same in all runs
    operations: int  # in one step, roughly

    def workspace(self) -> tuple[Any, int]:
        """Memory for one call at a time, and the aligned address in it."""
        memory = np.zeros(self.lines * LINE + LINE, dtype=np.uint8)
        address = memory.ctypes.data
        return memory, -(-address // LINE) * LINE


class Unsupported(Exception):
    """The program does something the fused kernel does not know; the text says what."""


def kernel(model: Model, columns: tuple[int, ...], all_states: bool, mode: Mode) -> Kernel:
    """The kernel for some slots, from disk if it was compiled before.

    Raises:
        Unsupported: no compiler here, or an expression that is not known.
    """
    reason = machine.unavailable()
    if reason:
        raise Unsupported(reason)
    asked = f"{model.fingerprint} {columns} {all_states} {mode.key()} {LANES} {cache.code()}"
    key = hashlib.sha256(f"{asked} {machine.name()}".encode()).hexdigest()[:40]
    found = store.fetch(key)
    if found is not None:
        return _loaded(*found)
    plan = planned(model.network, columns, all_states)
    _check(model, plan)
    made = Assembly(plan, model.equations.tables, mode).assemble()
    described = {
        "lines": made.lines,
        "constants": made.constants,
        "tables": made.tables,
        "states": made.states,
        "shared": made.shared,
        "operations": plan.width,
    }
    code = machine.compile_object(made.text)
    store.keep(key, described, code)
    return _loaded(described, code)


def _loaded(described: dict[str, Any], code: bytes) -> Kernel:
    return Kernel(
        machine.Code(code),
        int(described["lines"]),
        tuple(described["constants"]),
        tuple(described["tables"]),
        tuple(described["states"]),
        tuple(described["shared"]),
        int(described["operations"]),
    )


def _check(model: Model, plan: Plan) -> None:
    if any(model.equations.slots[index].role == "pipe" for index in plan.states):
        raise Unsupported("DELAY FIXED")
    lists = (plan.derived, plan.before, plan.stepping, plan.saving, plan.moving)
    found = support.first_unknown(expr for part in lists for _, expr in part)
    if found:
        shown = "a RANDOM function" if found == "uniform" else found.upper()
        raise Unsupported(shown)


def refusal(model: Model) -> str:
    """Why some columns of this model cannot run as machine code here; "" if all can."""
    reason = machine.unavailable()
    if reason:
        return reason
    everything = range(len(model.equations.slots))
    try:
        _check(model, planned(model.network, everything, all_states=True))
    except Unsupported as unsupported:
        return str(unsupported)
    return ""

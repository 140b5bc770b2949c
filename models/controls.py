"""INITIAL TIME, FINAL TIME, TIME STEP and SAVEPER where they are more than plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .model import Model

_MOST_STEPS = 10_000_000  # a FINAL TIME that runs away from time is given up here


class _Stop(Exception):
    pass


def fixed_value(model: Model, slot: int, given: Mapping[int, float]) -> float | None:
    """The value of a slot that depends on constants alone; None if it depends on more."""
    if not model.network.fixed[slot]:
        return None
    found: list[float] = []
    _walk(model, slot, given, 0.0, 1.0, 0, lambda row, values: found.append(float(values[0])))
    return found[0] if found else None


def moving_final_time(
    model: Model, slot: int, given: Mapping[int, float], initial: float, step: float
) -> float | None:
    """The first time that is not before FINAL TIME as it stands then; None if there is none.

    In a batch this is the time of the model as it is written: all runs have the same steps.
    """
    found: list[float] = []

    def put(row: int, values: tuple[float, ...]) -> None:
        time = initial + row * step
        if not time + step * 1e-5 < float(values[0]):
            found.append(time)
            raise _Stop

    _walk(model, slot, given, initial, step, _MOST_STEPS, put)
    return found[0] if found else None


def _walk(
    model: Model,
    slot: int,
    given: Mapping[int, float],
    initial: float,
    step: float,
    last: int,
    put: Callable[[int, tuple[float, ...]], None],
) -> None:
    program = model.program((slot,), False, "scalar")
    equations = model.equations
    constants: dict[int, float] = {}
    for index in program.constants:
        expr = equations.slots[index].expr
        assert expr is not None
        constants[index] = float(given.get(index, expr[1]))
    tables = {
        index: (list(equations.tables[index].x), list(equations.tables[index].y))
        for index in program.tables
    }
    try:
        with np.errstate(all="ignore"):
            program.simulate(
                constants, tables, step, initial, 0, last, None, range(last + 1), put, -1
            )
    except (_Stop, ZeroDivisionError, OverflowError, ValueError):
        return

"""What a caller asks of a run, checked against the model, in terms of slots and steps."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError, Problem
from .kernels import Pipe
from .model import Grid, Model
from .trajectories import Runs, State


@dataclass
class Inputs:
    """Inputs by slot and table: a number or (N,), and y as (P,) or (N, P)."""

    values: dict[int, Any]
    tables: dict[int, NDArray[Any]]
    runs: int
    complex_step: bool

    @property
    def plain(self) -> bool:
        """One run of floats."""
        return self.runs == 1 and not self.complex_step


def _is_complex(value: Any) -> bool:
    if isinstance(value, Pipe):
        return any(_is_complex(item) for item in value.items)
    return isinstance(value, np.ndarray) and value.dtype.kind == "c"


def read_inputs(model: Model, batch: Runs) -> Inputs:
    values: dict[int, Any] = {}
    tables: dict[int, NDArray[Any]] = {}
    sizes: dict[str, int] = {}
    if batch.start is not None and batch.start.runs > 1:
        sizes["start"] = batch.start.runs
    equations = model.equations
    for name, given in batch.values.items():
        column = model.find(name)
        index = model.slot.get(column) if column else None
        if index is None or equations.slots[index].role != "constant":
            raise _unknown(model, name, "constant", model.constants)
        value = _numbers(model, name, given, 1)
        if value.ndim == 1:
            sizes[name] = len(value)
        expr = equations.slots[index].expr
        if index in equations.structural and (expr is None or np.any(value != expr[1])):
            raise model.refusal(
                "sets the order of a delay, which is fixed", name, "change it in the model file"
            )
        if index in values:
            raise model.refusal("is given twice, under two spellings", name)
        values[index] = value
    for name, given in batch.lookups.items():
        column = model.find(name)
        index = model.table.get(column) if column else None
        if index is None:
            raise _unknown(model, name, "lookup", model.lookups)
        y = _numbers(model, name, given, 2)
        points = len(equations.tables[index].x)
        if y.ndim == 0 or y.shape[-1] != points:
            raise model.refusal(f"got {y.shape} for a lookup of {points} points", name)
        if y.ndim == 2:
            sizes[name] = len(y)
        if index in tables:
            raise model.refusal("is given twice, under two spellings", name)
        tables[index] = y
    runs = max((size for size in sizes.values()), default=1)
    if any(size not in (1, runs) for size in sizes.values()):
        listed = ", ".join(f"{name}: {size}" for name, size in sizes.items())
        raise model.refusal(f"numbers of runs that do not fit together ({listed})")
    before = batch.start.values.values() if batch.start is not None else ()
    complex_step = any(map(_is_complex, (*values.values(), *tables.values(), *before)))
    shaped = {index: _shaped(value, runs) for index, value in values.items()}
    if equations.noise:
        seed, number = equations.noise
        if batch.seed is not None:
            shaped[seed] = np.float64(batch.seed)
        counted = np.asarray(0.0 if batch.numbers is None else batch.numbers, dtype=np.float64)
        if counted.ndim and counted.shape != (runs,):
            raise model.refusal(f"got {counted.shape} numbers for {runs} runs", "numbers")
        if counted.ndim == 0 and runs > 1:
            counted = counted + np.arange(runs)
        shaped[number] = counted if runs > 1 else np.float64(counted.reshape(-1)[0])
    return Inputs(
        shaped,
        {index: y[0] if y.ndim == 2 and len(y) == 1 else y for index, y in tables.items()},
        runs,
        complex_step,
    )


def _numbers(model: Model, name: str, given: Any, dimensions: int) -> NDArray[Any]:
    value = np.asarray(given)
    if value.dtype.kind not in "fciub" or value.ndim > dimensions or 0 in value.shape:
        raise model.refusal(
            f"got an array of shape {value.shape} and type {value.dtype}",
            name,
            "give a number, or one for each run",
        )
    return value if value.dtype.kind == "c" else value.astype(np.float64)


def _shaped(value: NDArray[Any], runs: int) -> Any:
    """One number for all runs as a numpy scalar; complex ones as (N,), contiguous."""
    if value.dtype.kind == "c":
        return np.ascontiguousarray(np.broadcast_to(value, (runs,)))
    if value.ndim == 0 or len(value) == 1:
        return np.float64(value.reshape(-1)[0])
    return np.ascontiguousarray(value)


def _unknown(model: Model, name: str, what: str, known: Iterable[str]) -> ModelError:
    names = list(known)
    found = model.find(name)
    variable = model.variables.get(name)
    if variable is not None and len(variable.columns) > 1:
        hint = f"name an element: {', '.join(variable.columns[:4])}"
        return model.refusal("has elements", name, hint)
    if found is not None:
        return model.refusal(f"is computed in the model: not a {what}", name)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"see model.{what}s"
    return ModelError(Problem(f"no such {what}", str(model.path), 0, name, hint=hint))


def at_least_one(model: Model, **counts: int | None) -> None:
    """Refuse a block, a piece or a number of workers below 1."""
    for name, count in counts.items():
        if count is not None and count < 1:
            raise model.refusal(f"{name}={count} is not 1 or more", hint="leave it out")


def read_grid(model: Model, inputs: Inputs) -> Grid:
    if not inputs.values:
        return model.nominal_grid
    given: dict[int, float] = {}
    used = _control_slots(model)
    for index in used & inputs.values.keys():
        value = inputs.values[index]
        name = model.equations.slots[index].variable
        if np.any(np.imag(value)):
            raise model.refusal(
                "the steps of a run depend on it: no derivative is taken",
                name,
                "compare two runs instead",
            )
        if np.ndim(value) and np.any(value != value[0]):
            raise model.refusal("must be the same in all runs", name)
        given[index] = float(np.real(np.reshape(value, -1)[0]))
    return model.grid(given) if given else model.nominal_grid


def _control_slots(model: Model) -> set[int]:
    """Constants that the steps of a run depend on."""
    return set(model.network.order(model.equations.controls.values(), starting=False))


def read_columns(model: Model, columns: Sequence[str]) -> tuple[str, ...]:
    found = []
    for name in columns:
        column = model.find(name)
        if column is None or column not in model.slot:
            variable = model.variables.get(name)
            if variable is not None and variable.kind != "lookup":
                found += list(variable.columns)
                continue
            near = difflib.get_close_matches(name, model.columns, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "see model.columns"
            raise ModelError(Problem("no such column", str(model.path), 0, name, hint=hint))
        found.append(column)
    return tuple(dict.fromkeys(found))


def read_steps(model: Model, grid: Grid, times: Iterable[float] | None, first: int) -> list[int]:
    if times is None:
        return [k for k in grid.saved if k >= first]
    steps = []
    for time in times:
        k = grid.number(float(time))
        if k is None or k < first:
            span = f"{grid.time(first)} to {grid.time(grid.last)} by {grid.step}"
            raise model.refusal(f"time {time} is no step of this run ({span})")
        steps.append(k)
    if steps != sorted(set(steps)):
        raise model.refusal("times must rise, each one named once")
    return steps


def start_step(model: Model, start: State, grid: Grid) -> int:
    if start.sha256 != model.sha256:
        raise model.refusal("the start state belongs to another model file")
    if grid.number(start.time) != start.step:
        raise model.refusal(f"the start state at {start.time} does not fit the time step")
    return start.step

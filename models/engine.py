"""Running a model: N futures at once, each as if it were alone.

One run of plain numbers goes through a program of Python floats. More runs, or complex
numbers, go through the array program in blocks that fit the cache; what all runs share
stays one number there. Results do not depend on the block or on the other runs.
"""

from __future__ import annotations

import difflib
from array import array
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError, Problem
from .kernels import ArrayTable, Pipe
from .model import Grid, Model
from .program import Mode, Program
from .trajectories import Runs, State, Trajectories

_CACHE_BYTES = 8 << 20  # what the live values of a block may take


@dataclass
class _Inputs:
    """Inputs by slot and table: a number or (N,), and y as (P,) or (N, P)."""

    values: dict[int, Any]
    tables: dict[int, NDArray[Any]]
    runs: int
    complex_step: bool

    @property
    def plain(self) -> bool:
        """One run of floats."""
        return self.runs == 1 and not self.complex_step


def run(
    model: Model,
    runs: Runs | None = None,
    *,
    columns: Sequence[str] | None = None,
    times: Iterable[float] | None = None,
    keep_state_at: float | None = None,
    block: int | None = None,
) -> Trajectories:
    """Simulate N runs by Euler steps.

    Args:
        model: from :func:`models.load`.
        runs: what differs from the model file; by default nothing, which is one run.
        columns: the columns to keep, by default all.
        times: the times to keep, each one a step of the run; by default those of SAVEPER.
        keep_state_at: keep the states before the step at this time, in ``.state``.
        block: how many runs go through the array program at once; by default as many as
            fit the processor's cache.

    Raises:
        ModelError: an input names no constant or lookup, shapes do not fit, a time is no
            step of the run.
    """
    batch = runs if runs is not None else Runs()
    inputs = _inputs(model, batch)
    grid = _grid(model, inputs)
    first = 0
    if batch.start is not None:
        first = _start_step(model, batch.start, grid)
    wanted = tuple(model.columns) if columns is None else _columns(model, columns)
    kept_steps = _steps(model, grid, times, first)
    keep = -1
    if keep_state_at is not None:
        found = grid.number(keep_state_at)
        if found is None or found < first:
            raise model.refusal(f"{keep_state_at} is no step of this run")
        keep = found
    last = max([*kept_steps, keep, first])
    rows = [-1] * (last - first + 1)
    for row, k in enumerate(kept_steps):
        rows[k - first] = row
    slots = tuple(model.slot[column] for column in wanted)
    job = _Job(model, grid, inputs, slots, rows, first, last, keep, batch.start)
    data, values = job.alone() if inputs.plain else job.together(block)
    state = None
    if keep >= 0:
        state = State(model.sha256, grid.time(keep), keep, inputs.runs, values)
    return Trajectories(
        np.array([grid.time(k) for k in kept_steps], dtype=np.float64),
        wanted,
        data,
        model.units,
        state,
    )


@dataclass
class _Job:
    model: Model
    grid: Grid
    inputs: _Inputs
    slots: tuple[int, ...]
    rows: list[int]
    first: int
    last: int
    keep: int
    start: State | None

    def program(self, mode: Mode) -> Program:
        return self.model.program(self.slots, self.keep >= 0, mode)

    def _constants(self, program: Program, kind: type) -> dict[int, Any]:
        slots = self.model.equations.slots
        given = self.inputs.values
        made: dict[int, Any] = {}
        for index in program.constants:
            if index in given:
                made[index] = given[index]
            else:
                expr = slots[index].expr
                assert expr is not None
                made[index] = kind(expr[1])
        return made

    def _call(
        self, program: Program, constants: Any, tables: Any, kind: type, start: Any, put: Any
    ) -> dict[int, Any] | None:
        with np.errstate(all="ignore"):
            return program.simulate(
                constants,
                tables,
                kind(self.grid.step),
                kind(self.grid.initial),
                self.first,
                self.last,
                start,
                self.rows,
                put,
                self.keep,
            )

    def alone(self) -> tuple[NDArray[Any], dict[int, Any]]:
        """One run in Python floats; (1, T, V) and the kept states."""
        program = self.program("scalar")
        constants = {
            index: float(value) for index, value in self._constants(program, float).items()
        }
        equations = self.model.equations
        tables: dict[int, tuple[list[float], list[float]]] = {}
        for index in program.tables:
            table = equations.tables[index]
            given = self.inputs.tables.get(index)
            y = list(table.y) if given is None else given.reshape(-1).tolist()
            tables[index] = (list(table.x), y)
        saved = array("d")
        start = None
        if self.start is not None:
            start = {index: _plain(value) for index, value in self.start.values.items()}
        try:
            kept = self._call(
                program, constants, tables, float, start, lambda row, values: saved.extend(values)
            )
        except (ZeroDivisionError, OverflowError, ValueError):
            return self.together(None)  # which answers inf or nan, as NumPy does
        shape = (1, sum(row >= 0 for row in self.rows), len(self.slots))
        return np.array(saved, dtype=np.float64).reshape(shape), kept or {}

    def together(self, block: int | None) -> tuple[NDArray[Any], dict[int, Any]]:
        """All runs in arrays, block by block; (N, T, V) and the kept states."""
        complex_step = self.inputs.complex_step
        program = self.program("complex" if complex_step else "real")
        number = np.complex128 if complex_step else np.float64
        runs = self.inputs.runs
        data = np.empty((sum(row >= 0 for row in self.rows), len(self.slots), runs), dtype=number)
        constants = self._constants(program, np.float64)
        size = block or max(64, _CACHE_BYTES // (data.itemsize * max(1, program.width)))
        parts: list[tuple[int, dict[int, Any]]] = []
        for low in range(0, runs, size):
            high = min(low + size, runs)
            kept = self._block(program, constants, data, low, high)
            if kept is not None:
                parts.append((high - low, kept))
        return data.transpose(2, 0, 1), _joined(parts)

    def _block(
        self,
        program: Program,
        constants: Mapping[int, Any],
        data: NDArray[Any],
        low: int,
        high: int,
    ) -> dict[int, Any] | None:
        def part(value: Any) -> Any:
            return value[low:high] if isinstance(value, np.ndarray) and value.ndim else value

        equations = self.model.equations
        tables: dict[int, ArrayTable] = {}
        for index in program.tables:
            table = equations.tables[index]
            given = self.inputs.tables.get(index)
            y = np.array(table.y) if given is None else given
            if y.ndim == 2:
                y = np.ascontiguousarray(y[low:high].T)
            tables[index] = ArrayTable(np.array(table.x), y)
        start = None
        if self.start is not None:
            start = {index: _array(value, part) for index, value in self.start.values.items()}

        def put(row: int, values: tuple[Any, ...]) -> None:
            target = data[row, :, low:high]
            for place, value in enumerate(values):
                target[place] = value

        mine = {index: part(value) for index, value in constants.items()}
        return self._call(program, mine, tables, np.float64, start, put)


def _plain(value: Any) -> Any:
    """A state for the program of floats."""
    if isinstance(value, Pipe | deque):
        items = [_plain(item) for item in (value.items if isinstance(value, Pipe) else value)]
        return deque(items, maxlen=len(items))
    return float(np.asarray(value).reshape(-1)[0]) if np.ndim(value) else float(value)


def _array(value: Any, part: Any) -> Any:
    """A state for the array program, cut to a block."""
    if isinstance(value, deque):
        return Pipe([np.float64(item) for item in value], None)
    if isinstance(value, Pipe):
        behind = None if value.behind is None else part(value.behind)
        return Pipe([part(item) for item in value.items], behind)
    return part(value) if isinstance(value, np.ndarray) else np.float64(value)


def _joined(parts: list[tuple[int, dict[int, Any]]]) -> dict[int, Any]:
    """The kept states of all blocks as one: shared numbers stay shared."""
    if len(parts) <= 1:
        return parts[0][1] if parts else {}
    sizes = [size for size, _ in parts]

    def join(values: list[Any]) -> Any:
        if all(np.ndim(value) == 0 for value in values):
            return values[0]
        return np.concatenate(
            [np.broadcast_to(value, (size,)) for value, size in zip(values, sizes, strict=True)]
        )

    joined: dict[int, Any] = {}
    for index, value in parts[0][1].items():
        values = [kept[index] for _, kept in parts]
        joined[index] = (
            _join_pipes(values, sizes, join) if isinstance(value, Pipe) else join(values)
        )
    return joined


def _join_pipes(pipes: list[Pipe], sizes: list[int], join: Any) -> Pipe:
    longest = max(len(pipe.items) for pipe in pipes)
    behind = np.concatenate(
        [
            np.broadcast_to(0 if pipe.behind is None else pipe.behind, (size,))
            + (longest - len(pipe.items))
            for pipe, size in zip(pipes, sizes, strict=True)
        ]
    )
    filled = [[pipe.items[0]] * (longest - len(pipe.items)) + list(pipe.items) for pipe in pipes]
    items = [join([row[place] for row in filled]) for place in range(longest)]
    return Pipe(items, behind if np.any(behind) else None)


def _is_complex(value: Any) -> bool:
    if isinstance(value, Pipe):
        return any(_is_complex(item) for item in value.items)
    return isinstance(value, np.ndarray) and value.dtype.kind == "c"


def _inputs(model: Model, batch: Runs) -> _Inputs:
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
        tables[index] = y
    runs = max((size for size in sizes.values()), default=1)
    if any(size not in (1, runs) for size in sizes.values()):
        listed = ", ".join(f"{name}: {size}" for name, size in sizes.items())
        raise model.refusal(f"numbers of runs that do not fit together ({listed})")
    before = batch.start.values.values() if batch.start is not None else ()
    complex_step = any(map(_is_complex, (*values.values(), *tables.values(), *before)))
    return _Inputs(
        {index: _shaped(value, runs) for index, value in values.items()},
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


def _grid(model: Model, inputs: _Inputs) -> Grid:
    if not inputs.values:
        return model.nominal_grid
    given: dict[int, float] = {}
    used = _control_slots(model)
    for index in used & inputs.values.keys():
        value = inputs.values[index]
        if np.ndim(value):
            raise model.refusal(
                "must be the same in all runs", model.equations.slots[index].variable
            )
        given[index] = float(value)
    return model.grid(given) if given else model.nominal_grid


def _control_slots(model: Model) -> set[int]:
    """Constants that the steps of a run depend on."""
    return set(model.network.order(model.equations.controls.values(), starting=False))


def _columns(model: Model, columns: Sequence[str]) -> tuple[str, ...]:
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


def _steps(model: Model, grid: Grid, times: Iterable[float] | None, first: int) -> list[int]:
    if times is None:
        return [k for k in grid.saved() if k >= first]
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


def _start_step(model: Model, start: State, grid: Grid) -> int:
    if start.sha256 != model.sha256:
        raise model.refusal("the start state belongs to another model file")
    if grid.number(start.time) != start.step:
        raise model.refusal(f"the start state at {start.time} does not fit the time step")
    return start.step

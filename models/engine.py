"""Running a model: N futures at once, each as if it were alone.

One run of plain numbers goes through a program of Python floats. More runs, or complex
numbers, go through the array program in blocks that fit the cache; what all runs share
stays one number there. Results do not depend on the block or on the other runs.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .inputs import Inputs, read_columns, read_grid, read_inputs, read_steps, start_step
from .kernels import ArrayTable
from .model import Grid, Model
from .program import Mode, Program
from .states import as_array, as_float, joined
from .trajectories import Runs, State, Trajectories

_CACHE_BYTES = 8 << 20  # what the live values of a block may take


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
    inputs = read_inputs(model, batch)
    grid = read_grid(model, inputs)
    first = 0
    if batch.start is not None:
        first = start_step(model, batch.start, grid)
    wanted = tuple(model.columns) if columns is None else read_columns(model, columns)
    kept_steps = read_steps(model, grid, times, first)
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
    inputs: Inputs
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
            start = {index: as_float(value) for index, value in self.start.values.items()}
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
        return data.transpose(2, 0, 1), joined(parts)

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
            start = {index: as_array(value, part) for index, value in self.start.values.items()}

        def put(row: int, values: tuple[Any, ...]) -> None:
            target = data[row, :, low:high]
            for place, value in enumerate(values):
                target[place] = value

        mine = {index: part(value) for index, value in constants.items()}
        return self._call(program, mine, tables, np.float64, start, put)

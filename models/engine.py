"""Running a model: N futures at once, each as if it were alone.

One run of plain numbers goes through a program of Python floats. More runs, or complex
numbers, go through the array program in blocks that fit the cache; what all runs share
stays one number there. Results do not depend on the block or on the other runs.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .fused.calls import Failed, Work, simulate
from .fused.kernel import Unsupported
from .fused.workspace import Mode as FusedMode
from .inputs import (
    Inputs,
    at_least_one,
    read_columns,
    read_grid,
    read_inputs,
    read_steps,
    start_step,
)
from .kernels import ArrayTable
from .limits import MOST_SAVED
from .model import Grid, Model
from .program import Mode, Program
from .states import as_array, as_float, joined
from .trajectories import Runs, State, Trajectories

Choice = Literal["auto", "numpy", "fused"]
WORTH_COMPILING = 1_000_000  # steps of all runs, from which NumPy takes longer than to compile
_CACHE_BYTES = 8 << 20  # what the live values of a block may take


def run(
    model: Model,
    runs: Runs | None = None,
    *,
    columns: Sequence[str] | None = None,
    times: Iterable[float] | None = None,
    keep_state_at: float | None = None,
    block: int | None = None,
    kernel: Choice = "auto",
    workers: int | None = None,
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
        kernel: "fused" compiles the model to machine code (see :mod:`models.fused`),
            "numpy" does not; "auto" compiles when the job is large enough to pay for it.
            Their results differ by rounding in exp, ln, powers and the like.
        workers: threads; by default one for NumPy, and for machine code one a processor.

    Raises:
        ModelError: an input names no constant or lookup, shapes do not fit, a time is no
            step of the run, "fused" is asked where it is not possible, there is no such
            kernel, or ``block`` or ``workers`` is below 1.
    """
    if kernel not in get_args(Choice):
        raise model.refusal(f"kernel={kernel!r} is none of {', '.join(get_args(Choice))}")
    at_least_one(model, block=block, workers=workers)
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
    if inputs.runs == 1 and len(kept_steps) * len(wanted) > MOST_SAVED:
        raise model.refusal(
            f"{len(kept_steps)} times of {len(wanted)} columns are more than {MOST_SAVED} numbers",
            "saveper",
            "save at fewer times, or keep fewer columns",
        )
    rows = [-1] * (last - first + 1)
    for row, k in enumerate(kept_steps):
        rows[k - first] = row
    slots = tuple(model.slot[column] for column in wanted)
    job = _Job(model, grid, inputs, slots, rows, len(kept_steps), first, last, keep, batch.start)
    data, values = job.done(kernel, block, workers)
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


def _complex(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "c"


def worth_compiling(runs: int, steps: int) -> bool:
    """Whether NumPy would take longer than compiling and machine code together.

    Both grow with the length of the model, so that only runs and steps count. To NumPy the
    step of a batch costs as much as 400 runs before the first one, Python's floats 40.
    Measured on the county model; what happens to be in the cache is left out of account, so
    that the same call always takes the same kernel.
    """
    return steps * (runs + (400 if runs > 1 else 40)) >= WORTH_COMPILING


def best_kernel(model: Model) -> Choice:
    """The kernel for a model that will run thousands of batches: "fused" where possible."""
    from .fused.kernel import refusal

    return "numpy" if refusal(model) else "fused"


@dataclass
class _Job:
    model: Model
    grid: Grid
    inputs: Inputs
    slots: tuple[int, ...]
    rows: list[int]
    saved: int  # how many rows are kept
    first: int
    last: int
    keep: int
    start: State | None

    def done(
        self, choice: Choice, block: int | None, workers: int | None
    ) -> tuple[NDArray[Any], dict[int, Any]]:
        """(N, T, V) and the kept states."""
        if choice == "fused" or (choice == "auto" and self.large()):
            try:
                return self.fused(block, workers)
            except Unsupported as reason:
                if choice == "fused":
                    raise self.model.refusal(
                        f"the model cannot run as machine code: {reason}",
                        hint="ask for the kernel 'numpy', or leave it to 'auto'",
                    ) from None
            except Failed:
                pass  # NumPy's program meets the same trouble and says what it is
        return self.alone() if self.inputs.plain else self.together(block, workers)

    def large(self) -> bool:
        """Whether the steps of all runs are worth a compilation."""
        return worth_compiling(self.inputs.runs, self.last - self.first + 1)

    def fused(self, block: int | None, workers: int | None) -> tuple[NDArray[Any], dict[int, Any]]:
        """All runs by machine code."""
        given = self.inputs
        start = self.start.values if self.start is not None else None
        mode = FusedMode(
            constants=any(map(_complex, given.values.values())),
            tables=any(map(_complex, given.tables.values())),
            start=start is not None and any(map(_complex, start.values())),
        )
        kernel = self.model.kernel(self.slots, self.keep >= 0, mode)
        if any(np.ndim(given.values.get(index, 0.0)) for index in kernel.shared):
            mode = replace(mode, shared=False)
            kernel = self.model.kernel(self.slots, self.keep >= 0, mode)
        slots, tables = self.model.equations.slots, self.model.equations.tables
        values: dict[int, Any] = {}
        for index in kernel.constants:
            expr = slots[index].expr
            assert expr is not None
            values[index] = given.values.get(index, expr[1])
        work = Work(
            values=values,
            tables={i: given.tables.get(i, np.array(tables[i].y)) for i in kernel.tables},
            start=start,
            runs=given.runs,
            rows=self.rows,
            saved=self.saved,
            columns=len(self.slots),
            initial=self.grid.initial,
            step=self.grid.step,
            first=self.first,
            last=self.last,
            keep=self.keep,
        )
        return simulate(kernel, mode, work, block, workers)

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
            return self.together(None, None)  # which answers inf or nan, as NumPy does
        shape = (1, self.saved, len(self.slots))
        return np.array(saved, dtype=np.float64).reshape(shape), kept or {}

    def together(
        self, block: int | None, workers: int | None
    ) -> tuple[NDArray[Any], dict[int, Any]]:
        """All runs in arrays, block by block; (N, T, V) and the kept states."""
        complex_step = self.inputs.complex_step
        program = self.program("complex" if complex_step else "real")
        number = np.complex128 if complex_step else np.float64
        runs = self.inputs.runs
        data = np.empty((self.saved, len(self.slots), runs), dtype=number)
        constants = self._constants(program, np.float64)
        size = block or max(64, _CACHE_BYTES // (data.itemsize * max(1, program.width)))
        spans = [(low, min(low + size, runs)) for low in range(0, runs, size)]

        def one(span: tuple[int, int]) -> dict[int, Any] | None:
            return self._block(program, constants, data, *span)

        if workers is None or workers == 1 or len(spans) == 1:
            found = [one(span) for span in spans]
        else:
            with ThreadPoolExecutor(min(workers, len(spans))) as pool:
                pending = [pool.submit(one, span) for span in spans]
                try:
                    found = [future.result() for future in pending]
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
        parts = [
            (high - low, kept)
            for (low, high), kept in zip(spans, found, strict=True)
            if kept is not None
        ]
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

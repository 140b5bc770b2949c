"""Cutting a batch of runs into pieces, and naming its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .states import as_array
from .trajectories import Runs, State


def number_of_runs(runs: Runs) -> int:
    """How many runs a batch holds; those whose arrays do not fit together are refused later."""
    sizes = [len(value) for value in map(np.asarray, runs.values.values()) if value.ndim]
    sizes += [len(y) for y in map(np.asarray, runs.lookups.values()) if y.ndim > 1]
    if runs.start is not None:
        sizes.append(runs.start.runs)
    return max(sizes, default=1)


def taken(runs: Runs, rows: slice | NDArray[np.int64]) -> Runs:
    """Some of the runs of a batch; what all runs share stays shared."""

    def some(value: Any, dimensions: int) -> Any:
        array = np.asarray(value)
        return array[rows] if array.ndim == dimensions and len(array) > 1 else array

    start = runs.start
    if start is not None and start.runs > 1:

        def part(value: Any) -> Any:
            return value[rows] if np.ndim(value) else value

        count = len(np.arange(start.runs)[rows])
        states = {index: as_array(value, part) for index, value in start.values.items()}
        start = State(start.sha256, start.time, start.step, count, states)
    numbers = np.asarray(0 if runs.numbers is None else runs.numbers)
    if numbers.ndim == 0:
        numbers = numbers + np.arange(number_of_runs(runs))
    return replace(
        runs,
        numbers=numbers[rows],
        values={name: some(value, 1) for name, value in runs.values.items()},
        lookups={name: some(y, 2) for name, y in runs.lookups.items()},
        start=start,
    )


def pieces(runs: Runs | Iterable[Runs], most: int) -> Iterator[Runs]:
    """The batches, each cut to at most so many runs, as they are asked for."""
    before = 0
    for batch in [runs] if isinstance(runs, Runs) else runs:
        total = number_of_runs(batch)
        if batch.numbers is None:
            batch = replace(batch, numbers=before)
        before += total
        if total <= most:
            yield batch
            continue
        for low in range(0, total, most):
            yield taken(batch, slice(low, min(low + most, total)))

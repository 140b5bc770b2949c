"""Outcomes as a function of chosen numbers: points (K, n) in, outcomes (K, m) out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .engine import run
from .inputs import read_columns, read_grid, read_inputs
from .model import Model
from .numbers import Number
from .pieces import number_of_runs, taken
from .trajectories import Runs, State


def read_outcomes(
    model: Model, outcomes: Sequence[str | tuple[str, float]], at: Runs
) -> tuple[tuple[str, float], ...]:
    """Columns and times; a bare column counts at the last step of the run.

    Raises:
        ModelError: a column is not in the model.
    """
    grid = read_grid(model, read_inputs(model, at))
    last = grid.time(grid.last)
    found: list[tuple[str, float]] = []
    for outcome in outcomes:
        name, time = (outcome, last) if isinstance(outcome, str) else outcome
        found += [(column, float(time)) for column in read_columns(model, [name])]
    return tuple(found)


class Outcomes:
    """A function of points (K, n), real or complex, that stand in order beside N base points.

    ``base`` (N, n) are the numbers as they are in ``at``. Of K points, K / N in a row belong
    to each base point, and what is no number of the function stays as it is there.
    """

    def __init__(
        self,
        model: Model,
        numbers: tuple[Number, ...],
        outcomes: tuple[tuple[str, float], ...],
        at: Runs,
    ) -> None:
        self.model, self.numbers, self.outcomes, self.at = model, numbers, outcomes, at
        self.columns = tuple(dict.fromkeys(column for column, _ in outcomes))
        self.times = tuple(sorted({time for _, time in outcomes}))
        self.pick = (
            np.array([self.times.index(time) for _, time in outcomes], dtype=int),
            np.array([self.columns.index(column) for column, _ in outcomes], dtype=int),
        )
        self.width = len(outcomes)

    def part(self, low: int, high: int) -> Outcomes:
        """The same for some of the base points."""
        rows = np.arange(low, min(high, len(self.base)))
        return Outcomes(self.model, self.numbers, self.outcomes, taken(self.at, rows))

    @cached_property
    def _values(self) -> dict[str, Any]:
        """Values by column, whatever names ``at`` uses for them."""
        return {self.model.find(name) or name: value for name, value in self.at.values.items()}

    @cached_property
    def _lookups(self) -> dict[str, Any]:
        return {self.model.find(name) or name: y for name, y in self.at.lookups.items()}

    @cached_property
    def _beginning(self) -> float:
        if self.at.start is not None:
            return self.at.start.time
        return read_grid(self.model, read_inputs(self.model, self.at)).initial

    @cached_property
    def steps(self) -> int:
        """How many steps a run takes at most."""
        grid = read_grid(self.model, read_inputs(self.model, self.at))
        return grid.last + 1

    @cached_property
    def base(self) -> NDArray[np.float64]:
        """The numbers as they are, (N, n)."""
        rows = max(1, number_of_runs(self.at))
        found = np.empty((rows, len(self.numbers)))
        begun = self._begun(self.at) if self._starts else None
        for place, number in enumerate(self.numbers):
            if number.kind == "start":
                assert begun is not None
                value = begun.values[self.model.slot[number.column]]
            elif number.kind == "point":
                y = self._lookups.get(number.column, self.model.lookups[number.column].y)
                value = np.asarray(y)[..., number.place]
            else:
                value = self._values.get(number.column)
                if value is None:
                    value = self._own(number.column)
            found[:, place] = np.real(value)
        return found

    def _own(self, column: str) -> float:
        expr = self.model.equations.slots[self.model.slot[column]].expr
        assert expr is not None
        return float(expr[1])

    @property
    def _starts(self) -> list[int]:
        return [place for place, number in enumerate(self.numbers) if number.kind == "start"]

    def _begun(self, runs: Runs) -> State:
        """The states before the first step."""
        time = self._beginning
        out = run(self.model, runs, columns=self.columns[:1], times=[time], keep_state_at=time)
        assert out.state is not None
        return out.state

    def __call__(self, points: NDArray[Any]) -> NDArray[Any]:
        """Outcomes (K, m)."""
        rows = np.arange(len(points)) // max(1, len(points) // len(self.base))
        fixed = taken(self.at, rows)
        values = {self.model.find(name) or name: value for name, value in fixed.values.items()}
        lookups = {self.model.find(name) or name: y for name, y in fixed.lookups.items()}
        for place, number in enumerate(self.numbers):
            moved = np.ascontiguousarray(points[:, place])
            if number.kind == "constant":
                values[number.column] = moved
            elif number.kind == "point":
                y = np.asarray(lookups.get(number.column, self.model.lookups[number.column].y))
                if y.ndim < 2 or len(y) != len(points) or y.dtype != points.dtype:
                    y = np.broadcast_to(y, (len(points), y.shape[-1])).astype(points.dtype)
                    lookups[number.column] = y
                y[:, number.place] = moved
        runs = replace(fixed, values=values, lookups=lookups)
        if self._starts:
            runs = replace(runs, start=self._moved_start(runs, points, rows))
        found = run(self.model, runs, columns=self.columns, times=self.times)
        time, column = self.pick
        return np.asarray(np.broadcast_to(found.data, (len(points), *found.data.shape[1:])))[
            :, time, column
        ]

    def _moved_start(self, runs: Runs, points: NDArray[Any], rows: NDArray[np.int64]) -> State:
        """The states before the first step, those of the asked stocks moved as the points are."""
        begun = self._begun(runs)
        values = dict(begun.values)
        for place in self._starts:
            slot = self.model.slot[self.numbers[place].column]
            values[slot] = values[slot] + (points[:, place] - self.base[rows, place])
        return State(begun.sha256, begun.time, begun.step, len(points), values)

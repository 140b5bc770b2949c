"""States between runs: cut into blocks, joined again, moved between floats and arrays."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np

from .kernels import Pipe
from .trajectories import State


def as_float(value: Any) -> Any:
    """A state for the program of floats."""
    if isinstance(value, Pipe | deque):
        items = [as_float(item) for item in (value.items if isinstance(value, Pipe) else value)]
        return deque(items, maxlen=len(items))
    return float(np.asarray(value).reshape(-1)[0]) if np.ndim(value) else float(value)


def as_array(value: Any, part: Any) -> Any:
    """A state for the array program, cut to a block."""
    if isinstance(value, deque):
        return Pipe([np.float64(item) for item in value], None)
    if isinstance(value, Pipe):
        behind = None if value.behind is None else part(value.behind)
        return Pipe([part(item) for item in value.items], behind)
    return part(value) if isinstance(value, np.ndarray) else np.float64(value)


def joined(parts: list[tuple[int, dict[int, Any]]]) -> dict[int, Any]:
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


def tiled(state: State, times: int) -> State:
    """The runs of a state several times over: all of them, then all of them again."""

    def over(value: Any) -> Any:
        if isinstance(value, Pipe):
            behind = None if value.behind is None else np.tile(value.behind, times)
            return Pipe([over(item) for item in value.items], behind)
        return np.tile(value, times) if np.ndim(value) else value

    if state.runs == 1 or times == 1:
        return state  # one run serves any number
    values = {index: over(value) for index, value in state.values.items()}
    return replace(state, runs=state.runs * times, values=values)

"""Calling a kernel: inputs where it finds them, blocks of runs over threads, an end to Ctrl-C.

A call works on whole groups of W runs, in the caller's arrays as they are; the runs left over
are one more group, filled up with copies of the last run. What a run yields depends on its own
inputs alone, so neither the blocks nor the number of threads change a bit of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import machine
from .kernel import Kernel
from .workspace import (
    CONSTANTS,
    CONTEXT_WORDS,
    DT,
    FAILED,
    FIRST,
    KEEP,
    KEPT,
    LAST,
    LIBRARY,
    OUT,
    ROWS,
    START,
    STOP,
    STRIDE,
    T0,
    TABLES,
    Mode,
)
from .writer import LANES

Floats = NDArray[np.float64]
_SECONDS = 0.1  # of work in one block: Ctrl-C is answered between blocks
_PACE = 2e-9  # seconds an operation of one group takes, roughly
_THREADED = 2e-3  # seconds of work from which threads are worth starting


class Failed(Exception):
    """A run met what the kernel cannot report in words; NumPy's program can."""


@dataclass(frozen=True)
class Work:
    """What is to be simulated; ``rows`` holds for each step a row of the result, or -1."""

    values: Mapping[int, Any]  # constants, by slot: number or (N,)
    tables: Mapping[int, NDArray[Any]]  # y (P,) or (N, P)
    start: Mapping[int, Any] | None
    runs: int
    rows: Sequence[int]
    saved: int  # rows
    columns: int
    initial: float
    step: float
    first: int
    last: int
    keep: int


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Arguments:
    """One context, and all the memory it points to; of all runs, or of those picked."""

    def __init__(
        self, kernel: Kernel, mode: Mode, work: Work, picked: NDArray[np.int64] | None
    ) -> None:
        self.mode = mode
        self.picked = picked
        self.alive: list[Any] = []
        runs = work.runs if picked is None else LANES
        number = np.complex128 if mode.dual else np.float64
        self.out = np.empty((work.saved, work.columns, runs), dtype=number)
        self.kept: Floats | None = None
        words = np.zeros(CONTEXT_WORDS, dtype=np.int64)
        reals = words.view(np.float64)
        rows = np.array(work.rows, dtype=np.int64)
        words[LIBRARY // 8] = ctypes.addressof(machine.addresses())
        reals[T0 // 8], reals[DT // 8] = work.initial, work.step
        words[FIRST // 8], words[LAST // 8], words[KEEP // 8] = work.first, work.last, work.keep
        words[ROWS // 8] = self._address(rows)
        words[OUT // 8], words[STRIDE // 8] = self.out.ctypes.data, runs
        words[CONSTANTS // 8] = self._described([work.values[i] for i in kernel.constants])
        words[TABLES // 8] = self._tables([work.tables[i] for i in kernel.tables])
        if work.start is not None:
            words[START // 8] = self._described([work.start[i] for i in kernel.states])
        if work.keep >= 0:
            self.kept = np.zeros((len(kernel.states), 2, runs))
            addresses = self.kept.ctypes.data + 8 * runs * np.arange(2 * len(kernel.states))
            words[KEPT // 8] = self._address(addresses.astype(np.int64))
        self.words = words

    def _address(self, array: NDArray[Any]) -> int:
        self.alive.append(array)
        return int(array.ctypes.data)

    def _mine(self, array: NDArray[Any]) -> NDArray[Any]:
        return array if self.picked is None else array[self.picked]

    def _described(self, values: list[Any]) -> int:
        """Three words a number: its values, its slopes, and the lanes' distance (0: shared)."""
        varying = {i: v for i, v in enumerate(values) if np.ndim(v)}
        shared = np.array([0.0 if i in varying else float(v) for i, v in enumerate(values)] + [0.0])
        lines = self._address(np.repeat(shared, LANES))
        described = np.zeros((len(shared), 3), dtype=np.int64)
        described[:, 0] = lines + 8 * LANES * np.arange(len(shared))
        described[:, 1] = described[-1, 0]
        for i, value in varying.items():
            mine = self._mine(value)
            described[i, 0] = self._address(np.ascontiguousarray(mine.real, dtype=np.float64))
            if self.mode.dual:  # of a state they are read even where it is real
                slopes = mine.imag if mine.dtype.kind == "c" else np.zeros(mine.shape)
                described[i, 1] = self._address(np.ascontiguousarray(slopes))
            described[i, 2] = 8
        return self._address(described)

    def _tables(self, tables: list[NDArray[Any]]) -> int:
        """Three words a table: values, slopes, doubles from one run to the next (0: shared)."""
        described = np.zeros((max(1, len(tables)), 3), dtype=np.int64)
        for i, y in enumerate(tables):
            mine = self._mine(y) if y.ndim == 2 else y
            described[i, 0] = self._address(np.ascontiguousarray(mine.real, dtype=np.float64))
            if self.mode.tables:
                slopes = mine.imag if mine.dtype.kind == "c" else np.zeros(mine.shape)
                described[i, 1] = self._address(np.ascontiguousarray(slopes))
            described[i, 2] = y.shape[1] if y.ndim == 2 else 0
        return self._address(described)


def simulate(
    kernel: Kernel, mode: Mode, work: Work, block: int | None, workers: int | None
) -> tuple[NDArray[Any], dict[int, Any]]:
    """All runs; (N, T, V) and, if asked, the states before step ``keep``, by slot.

    Raises:
        Failed: a run cannot go on; NumPy's program says why.
    """
    groups, left = divmod(work.runs, LANES)
    whole = _Arguments(kernel, mode, work, None) if groups else None
    if whole is not None:
        _blocks(kernel, whole, groups, work, block, workers)
    rest = None
    if left:
        picked = np.minimum(np.arange(groups * LANES, (groups + 1) * LANES), work.runs - 1)
        rest = _Arguments(kernel, mode, work, picked)
        _call(kernel, rest.words, 0, 1)
    if any(part is not None and part.words[FAILED // 8] for part in (whole, rest)):
        raise Failed
    return _joined(kernel, mode, work, whole, rest, left)


def _joined(
    kernel: Kernel,
    mode: Mode,
    work: Work,
    whole: _Arguments | None,
    rest: _Arguments | None,
    left: int,
) -> tuple[NDArray[Any], dict[int, Any]]:
    kept: Floats | None = None
    if whole is None:
        assert rest is not None
        data = np.ascontiguousarray(rest.out[:, :, :left].transpose(2, 0, 1))
        kept = None if rest.kept is None else rest.kept[:, :, :left]
    else:
        if rest is not None:
            whole.out[:, :, -left:] = rest.out[:, :, :left]
            if whole.kept is not None and rest.kept is not None:
                whole.kept[:, :, -left:] = rest.kept[:, :, :left]
        data, kept = whole.out.transpose(2, 0, 1), whole.kept
    if kept is None:
        return data, {}
    states: dict[int, Any] = {}
    for index, (value, slope) in zip(kernel.states, kept, strict=True):
        if mode.dual:
            states[index] = value + 1j * slope
        else:
            states[index] = np.float64(value[0]) if work.runs == 1 else value.copy()
    return data, states


def _call(kernel: Kernel, words: NDArray[np.int64], lane: int, groups: int) -> None:
    memory, address = kernel.workspace()
    kernel.code.call(words.ctypes.data, address, lane, groups)
    del memory


def _blocks(
    kernel: Kernel,
    arguments: _Arguments,
    groups: int,
    work: Work,
    block: int | None,
    workers: int | None,
) -> None:
    """All whole groups, in blocks, by as many threads as asked (by default: if it pays)."""
    pace = _PACE * max(1, kernel.operations) * (work.last - work.first + 1)
    size = max(1, int(_SECONDS / pace)) if block is None else max(1, block // LANES)
    crew = workers if workers is not None else processors()
    if workers is None and pace * groups < _THREADED:
        crew = 1
    if block is None:
        size = min(size, -(-groups // (4 * crew))) if crew > 1 else size
    parts = iter([(low, min(size, groups - low)) for low in range(0, groups, size)])
    if crew == 1 and pace * min(size, groups) <= 2 * _SECONDS:
        for low, count in parts:
            _call(kernel, arguments.words, low * LANES, count)
        return
    _threads(kernel, arguments, parts, min(crew, groups))


def _threads(kernel: Kernel, arguments: _Arguments, parts: Any, crew: int) -> None:
    """Blocks over threads, which hold on to all the memory that they work in."""
    words = arguments.words
    lock = threading.Lock()
    begun: list[None] = []
    ended: list[BaseException | None] = []
    news: SimpleQueue[None] = SimpleQueue()

    def labour() -> None:
        begun.append(None)
        why: BaseException | None = None
        try:
            while not words[STOP // 8]:
                with lock:
                    part = next(parts, None)
                if part is None:
                    break
                _call(kernel, arguments.words, part[0] * LANES, part[1])
        except BaseException as error:
            why = error
            words[STOP // 8] = 1
        ended.append(why)
        news.put(None)

    def hear() -> None:
        # not Thread.join, which an interruption can make return too early
        with contextlib.suppress(Empty):
            news.get(timeout=0.1)  # with a limit, so that Ctrl-C is heard on Windows, too

    try:
        for _ in range(crew):
            threading.Thread(target=labour, daemon=True).start()
        while len(ended) < crew:
            hear()
    except BaseException:
        words[STOP // 8] = 1  # the kernel looks at it in every step
        while len(ended) < len(begun):  # one that begins only now has nothing to do
            hear()
        raise
    for why in ended:
        if why is not None:
            raise why

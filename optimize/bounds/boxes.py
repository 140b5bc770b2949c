"""One box of plans and its bound; and several processes that bound boxes at the same time."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from optimize.bounds.atoms import NoRange
from optimize.bounds.backward import minorant
from optimize.bounds.certificate import Piece
from optimize.bounds.expand import Expansion
from optimize.bounds.forms import Unrolled
from optimize.bounds.groups import region_about
from optimize.bounds.minorant import Minorant
from optimize.bounds.quadratic import least
from optimize.bounds.region import Group
from optimize.linear import LinearRules
from optimize.problem import Vector

# How much the error counts beside the chords when a decision is chosen to be divided. It is
# spread over all decisions of many years: dividing those whose chords cost most, on the
# county's the money for the mechanism, took three times as much off per box.
SPANS = 0.1
# The plan of expansion: every decision at MIDDLE of its range, then TOWARDS the best plan.
MIDDLE, TOWARDS = 0.45, 0.3


@dataclass(frozen=True)
class Cause:
    """An equation, what shape it has, and its share of what is not proven.

    ``shape``: ``concave_core`` where the equation's curvature helps (it costs nothing by
    itself), ``mccormick`` for a product or quotient, ``branching`` where the curvature is of
    the wrong or of either sign. Roughly measured: a remainder's part of the error.
    """

    equation: str
    kind: str
    shape: str
    share: float


@dataclass(frozen=True)
class Bounded:
    """A box with its bound; ``losses`` (n,) say what dividing each decision's range may win."""

    piece: Piece | None
    losses: Vector
    causes: tuple[Cause, ...] = ()
    refused: str = ""  # the equation without a range, if there is no piece


@dataclass(frozen=True)
class Bounder:
    """What is the same for all boxes. ``best`` (n,) is the plan to compare with.

    ``constant`` turns ``weights @ outcomes`` into the objective.
    """

    model: Unrolled
    rules: LinearRules
    groups: tuple[Group, ...]
    weights: Vector
    constant: float
    best: Vector

    def bound(self, low: Vector, high: Vector) -> Bounded:
        """The objective from below for the plans between ``low`` and ``high`` (n,)."""
        best = np.clip(self.best, low, high)
        plan = low + MIDDLE * (high - low)
        plan = plan + TOWARDS * (best - plan)
        region = region_about(plan, low, high, self.groups)
        expansion = Expansion(self.model, plan)
        try:
            below = minorant(expansion, region, self.weights, best)
        except NoRange as error:
            width = high - low
            named = f"{self.model.names[error.atom.owner]}: {error}"
            return Bounded(None, width * width, refused=named)
        low_value = least(below, self.rules)
        piece = Piece.of(below, low_value, self.constant)
        piece = replace(piece, cell=np.stack([low, high]), low=low, high=high)
        losses = low_value.losses + SPANS * below.spans
        return Bounded(piece, losses, _causes(expansion, below))


def _causes(expansion: Expansion, below: Minorant) -> tuple[Cause, ...]:
    u = expansion.unrolled
    shares = below.shares.sum(axis=0)
    total = float(shares.sum()) or 1.0
    size = max(float(np.abs(below.signs[np.isfinite(below.signs)]).max(initial=0.0)), 1e-300)
    rows: dict[tuple[str, str], list[float]] = {}
    for number, remainder in enumerate(expansion.remainders):
        atom = u.atoms[remainder.atom]
        low = below.signs[number, 0]
        if not np.isfinite(low):
            continue  # the objective does not depend on it
        held = rows.setdefault((u.names[atom.owner], atom.kind), [0.0, np.inf])
        held[0] += float(shares[number]) / total
        held[1] = min(held[1], float(low) / size)
    found = []
    for (equation, kind), (share, low) in rows.items():
        bilinear = kind in ("product", "quotient")
        shape = "mccormick" if bilinear else "concave_core" if low >= 0.0 else "branching"
        found.append(Cause(equation, kind, shape, share))
    return tuple(sorted(found, key=lambda cause: -cause.share))


class Crew(Protocol):
    """Those who bound boxes."""

    size: int

    def submit(self, bounder: Bounder, low: Vector, high: Vector) -> Future[Bounded]:
        """Begin; the future tells the end."""


class Alone:
    """This process, one box after the other."""

    size = 1

    def submit(self, bounder: Bounder, low: Vector, high: Vector) -> Future[Bounded]:
        done: Future[Bounded] = Future()
        done.set_result(bounder.bound(low, high))
        return done


class Processes:
    """One process a processor."""

    def __init__(self, pool: ProcessPoolExecutor, size: int) -> None:
        self._pool, self.size = pool, size

    def submit(self, bounder: Bounder, low: Vector, high: Vector) -> Future[Bounded]:
        return self._pool.submit(bounder.bound, low, high)


@contextmanager
def crew(size: int | None = None) -> Iterator[Crew]:
    """``size`` processes (default: one a processor); with 1 there is only this one.

    Spawned processes take the environment as it is when they start: without one thread each
    for linear algebra they would fight for the processors. They leave Ctrl-C to this process,
    and are ended with the block, whatever they do.
    """
    count = processors() if size is None else size
    if count < 2:
        yield Alone()
        return
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        count, multiprocessing.get_context("spawn"), initializer=_leave_interrupts
    )
    try:
        os.environ.update(dict.fromkeys(names, "1"))
        yield Processes(pool, count)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        pool.shutdown(cancel_futures=True)


def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _leave_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

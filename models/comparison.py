"""Where a run of a model and results from elsewhere differ, variable by variable."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .engine import run
from .errors import ModelError, Problem
from .inputs import read_grid, read_inputs
from .model import Grid, Model
from .recorded import Recorded, column_key
from .trajectories import Runs

SINGLE, DOUBLE = 1e-5, 1e-9  # tolerance for results of single and of double precision
_ZERO = 1e-9  # a variable that stays below this is zero, but for rounding
_SINGLE_DIGITS = 8


@dataclass(frozen=True)
class Difference:
    """One variable that differs: where first, and where most.

    ``relative`` is the largest difference, as a share of the variable's largest size.
    """

    column: str
    first: float
    at: float  # the time of the largest difference
    relative: float
    ours: float  # there
    theirs: float


@dataclass(frozen=True)
class Comparison:
    """What two results have in common and where they differ, the worst variable first."""

    tolerance: float
    differences: tuple[Difference, ...]
    columns: int  # compared
    values: int  # compared
    largest: float  # relative difference of all variables, whether within the tolerance or not
    only_ours: tuple[str, ...]
    only_theirs: tuple[str, ...]
    strange_times: tuple[float, ...]  # of theirs, that are no steps of our run

    @property
    def equal(self) -> bool:
        """Whether all that was compared agrees."""
        return not self.differences and not self.strange_times


def default_tolerance(recorded: Recorded) -> float:
    """1e-9, or 1e-5 for numbers of at most 8 digits, as single precision leaves them."""
    return SINGLE if recorded.digits <= _SINGLE_DIGITS else DOUBLE


def compare(
    model: Model,
    recorded: Recorded,
    *,
    runs: Runs | None = None,
    tolerance: float | None = None,
) -> Comparison:
    """Run a model and compare it with recorded results, at the times that those have.

    Two values agree when their difference is at most ``tolerance`` times the variable's
    largest size in either run, and half a unit of the last digit that was recorded: so a
    value that passes through zero does not count as infinitely wrong.

    Args:
        model: from :func:`models.load`.
        recorded: from :func:`models.recorded.read_recorded` or ``simulated_by``.
        runs: one run; by default the model as it stands.
        tolerance: by default what :func:`default_tolerance` says.

    Raises:
        ModelError: nothing in the two goes by the same name.

    >>> import models
    >>> county = models.load()
    >>> models.run(county).frame().to_csv("before.csv")
    >>> models.compare(county, models.read_recorded("before.csv")).equal
    True
    >>> faster = models.Runs({"contracting time": 0.25})
    >>> found = models.compare(county, models.read_recorded("before.csv"), runs=faster)
    >>> found.differences[0].relative > found.tolerance
    True
    """
    batch = runs if runs is not None else Runs()
    allowed = default_tolerance(recorded) if tolerance is None else tolerance
    ours = {column_key(column): column for column in model.columns}
    shared = [at for at in ours if at in recorded.series]
    if not shared:
        raise ModelError(
            Problem(
                "no variable of the model stands in it",
                recorded.source,
                hint="is it of another model? its first row or column should hold the names",
            )
        )
    grid = read_grid(model, read_inputs(model, batch))
    steps, strange = _steps(grid, (t for at in shared for t in recorded.series[at][0]), recorded)
    columns = [ours[at] for at in shared]
    kept = sorted(set(steps.values()))
    out = run(model, batch, columns=columns, times=[grid.time(k) for k in kept])
    row = {k: place for place, k in enumerate(kept)}
    found: list[Difference] = []
    count, largest = 0, 0.0
    for at in shared:
        times, theirs = recorded.series[at]
        pairs = [(t, v) for t, v in zip(times, theirs, strict=True) if t in steps]
        if not pairs:
            continue
        mine = out[ours[at]][0, [row[steps[t]] for t, _ in pairs]]
        other = np.array([v for _, v in pairs])
        count += len(pairs)
        relative, beyond = _gaps(mine, other, allowed, recorded.digits)
        worst = int(np.argmax(relative))
        largest = max(largest, float(relative[worst]))
        if np.any(beyond):
            worst = int(np.argmax(np.where(beyond, relative, -1.0)))
            first = pairs[int(np.argmax(beyond))][0]
            values = float(mine[worst]), float(other[worst])
            place = pairs[worst][0]
            found.append(Difference(ours[at], first, place, float(relative[worst]), *values))
    return Comparison(
        allowed,
        tuple(sorted(found, key=lambda item: (-item.relative, item.first))),
        len(shared),
        count,
        largest,
        tuple(column for at, column in ours.items() if at not in recorded.series),
        tuple(name for at, name in recorded.names.items() if at not in ours),
        tuple(strange),
    )


def _gaps(
    mine: NDArray[np.float64], other: NDArray[np.float64], allowed: float, digits: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Differences relative to the scale of the variable, and which are beyond the tolerance."""
    both = np.abs(np.concatenate([mine, other]))
    scale = float(both[np.isfinite(both)].max(initial=0.0))
    scale = scale if scale > _ZERO else 1.0
    same = (mine == other) | (np.isnan(mine) & np.isnan(other))
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.where(same, 0.0, np.abs(mine - other))
    gap = np.where(np.isnan(gap), np.inf, gap)
    return gap / scale, gap > allowed * scale + _last_digit(other, digits)


def _last_digit(values: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Half a unit of the last of so many significant digits."""
    size = np.abs(values)
    known = np.isfinite(size) & (size > 0)
    power = np.floor(np.log10(np.where(known, size, 1.0)))
    return np.where(known, 0.5 * 10.0 ** (power - digits + 1), 0.0)


def _steps(
    grid: Grid, times: Iterable[float], recorded: Recorded
) -> tuple[dict[float, int], list[float]]:
    """Which step each time is, and the times that are none.

    A time is written with no more digits than a value: 2020.125 may be there as 2020.13.
    """
    steps: dict[float, int] = {}
    strange: list[float] = []
    before = -1  # times rise, so two of them at the same step come one after the other
    for time in sorted(set(times)):
        k = round((time - grid.initial) / grid.step)
        off = abs(grid.time(k) - time)
        size = abs(time) if time else 1.0
        written = 0.5 * 10.0 ** (math.floor(math.log10(size)) - recorded.digits + 1)
        near = off <= max(1e-6 * grid.step, 1.000001 * written) and off < 0.25 * grid.step
        if near and before < k <= grid.last:
            steps[time] = before = k
        else:
            strange.append(time)
    return steps, strange

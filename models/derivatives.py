"""First and second derivatives of outcomes by constants, lookups' points and stocks' starts.

First derivatives are by batched complex step: exact but for the rounding of the run itself.
They are derivatives of the Euler recursion as it is computed, not of the continuous system.
Where a model switches (MIN, MAX, IF THEN ELSE, the ends and points of a lookup) a derivative
is that of the branch that is taken: at a kink itself, one-sided. What jumps (INTEGER, the
moment of a PULSE, the length of a DELAY FIXED) has derivative 0 there.

Second derivatives are differences of exact first ones, extrapolated (Richardson) over three
steps, with an estimate of their error; a kink within reach of the steps shows as a large one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .complex_step import jacobian
from .model import Model
from .numbers import read_numbers
from .outcomes import Outcomes, read_outcomes
from .trajectories import Runs
from .units import UnitTable

if TYPE_CHECKING:
    import pandas as pd

_FIRST_STEP = 2.0**-10  # of the size of an input; two halvings leave 1e-12 of extrapolation
_LEVELS = 3
_BATCH = 4096  # runs at a time, as far as whole points allow

Outcome = tuple[str, float]


@dataclass(frozen=True)
class Gradient:
    """First derivatives at N points: ``data`` (N, m, n), ``values`` of the outcomes (N, m)."""

    outcomes: tuple[Outcome, ...]  # column and time, m
    inputs: tuple[str, ...]  # n
    values: NDArray[np.float64]
    data: NDArray[np.float64]
    units: Mapping[tuple[str, str], str]  # (column, input) -> unit of the derivative

    def frame(self, point: int = 0) -> pd.DataFrame:
        """The derivatives at one point: a row an outcome (variable, time), a column an input."""
        return _table(self.data[point], self.outcomes, self.inputs)

    def tidy(self) -> pd.DataFrame:
        """A row a derivative: point, variable, time, input, value, unit."""
        import pandas as pd

        points, rows, width = self.data.shape
        names = [(column, time, name) for column, time in self.outcomes for name in self.inputs]
        columns, times, inputs = zip(*names, strict=True) if names else ((), (), ())
        units = [self.units[column, name] for column, _, name in names]
        return pd.DataFrame(
            {
                "point": np.repeat(np.arange(points), rows * width),
                "variable": list(columns) * points,
                "time": list(times) * points,
                "input": list(inputs) * points,
                "value": self.data.reshape(-1),
                "unit": units * points,
            }
        )


@dataclass(frozen=True)
class Hessian:
    """Second derivatives at N points: ``data`` (N, m, n, n), symmetric in the last two.

    ``error`` (N, m, n, n) estimates how far each is off, by the last two extrapolations and
    by what the two orders of differentiation differ.
    """

    outcomes: tuple[Outcome, ...]
    inputs: tuple[str, ...]
    data: NDArray[np.float64]
    error: NDArray[np.float64]
    gradient: Gradient
    units: Mapping[tuple[str, str, str], str]  # (column, input, input) -> unit

    def frame(self, outcome: int = 0, point: int = 0) -> pd.DataFrame:
        """The matrix of one outcome at one point, inputs by inputs."""
        return _table(self.data[point, outcome], [(name,) for name in self.inputs], self.inputs)


def gradient(
    model: Model,
    outcomes: Sequence[str | tuple[str, float]],
    with_respect_to: Sequence[str],
    *,
    at: Runs | None = None,
) -> Gradient:
    """Exact derivatives of outcomes by numbers of the model.

    Args:
        model: from :func:`models.load`.
        outcomes: columns with a time each, ``("stock", 4.0)``; a bare column counts at the
            last time of the run.
        with_respect_to: constants by column; points of lookups as ``lookup@x``, all of them
            as ``lookup``; stocks, which means the value that the stock starts with, all else
            that the start value is used for left alone.
        at: the N points, by default one: the model as it stands.

    Raises:
        ModelError: a name or a time is not in the model.

    >>> import models
    >>> county = models.load()
    >>> names = ["contracting time", "yearly money for talent[industry]@2027", "labour elsewhere"]
    >>> d = models.gradient(county, ["structure gap", ("structure gap", 2030)], names)
    >>> d.frame().shape
    (2, 3)
    >>> d.units["structure gap", "contracting time"]
    'percentage point/year'
    """
    asked = _Asked(model, outcomes, with_respect_to, at)
    values: list[NDArray[np.float64]] = []
    slopes: list[NDArray[np.float64]] = []
    for part in asked.parts(runs_each=max(1, len(asked.labels))):
        found = jacobian(part, part.base, _size(part.base))
        values.append(found[0])
        slopes.append(found[1])
    return Gradient(
        asked.outcomes,
        asked.labels,
        np.concatenate(values),
        np.concatenate(slopes),
        asked.units,
    )


def hessian(
    model: Model,
    outcomes: Sequence[str | tuple[str, float]],
    with_respect_to: Sequence[str],
    *,
    at: Runs | None = None,
) -> Hessian:
    """Second derivatives of outcomes, with an estimate of their error.

    Takes ``6 n`` exact gradients, ``6 n * n`` runs, for each point. Arguments and errors are
    those of :func:`gradient`. The steps are 1/1024 of the size of an input and less.

    >>> import models
    >>> county = models.load()
    >>> h = models.hessian(county, ["structure gap"], ["contracting time", "help memory time"])
    >>> h.data.shape
    (1, 1, 2, 2)
    >>> bool((h.error < 1e-6 * abs(h.data).max()).all())
    True
    """
    first = gradient(model, outcomes, with_respect_to, at=at)
    asked = _Asked(model, outcomes, with_respect_to, at)
    n = len(asked.labels)
    matrices: list[NDArray[np.float64]] = []
    errors: list[NDArray[np.float64]] = []
    for part in asked.parts(runs_each=max(1, 2 * _LEVELS * n * n)):
        best = _differences(part)
        matrices.append(best[0])
        errors.append(best[1])
    return Hessian(
        asked.outcomes,
        asked.labels,
        np.concatenate(matrices),
        np.concatenate(errors),
        first,
        asked.second_units,
    )


def _size(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The order of magnitude of each input, as a power of two; 1 for one that is zero."""
    _, power = np.frexp(points)
    return np.where(points == 0.0, 1.0, np.ldexp(1.0, power - 1))


def _differences(part: Outcomes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Second derivatives (N, m, n, n) of a function and the estimate of their error."""
    number, n = part.base.shape
    if n == 0:
        empty = np.zeros((number, part.width, 0, 0))
        return empty, empty.copy()
    steps = _FIRST_STEP * 0.5 ** np.arange(_LEVELS)
    size = _size(part.base)
    # (level, sign, input moved, input): how the points differ from one base point
    moves = steps[:, None, None, None] * np.array([1.0, -1.0])[:, None, None] * np.eye(n)
    points = (part.base[:, None] + size[:, None] * moves.reshape(-1, n)).reshape(-1, n)
    slopes = jacobian(part, points, np.repeat(size, 2 * _LEVELS * n, axis=0))[1]
    slopes = slopes.reshape(number, _LEVELS, 2, n, part.width, n)
    gaps = 2.0 * steps[:, None, None] * size  # (level, N, input moved)
    table = [
        (slopes[:, level, 0] - slopes[:, level, 1]) / gaps[level][:, :, None, None]
        for level in range(_LEVELS)
    ]
    for order in range(1, _LEVELS):
        factor = 4.0**order
        before = table[-1]
        table = [(factor * fine - rough) / (factor - 1.0) for rough, fine in pairwise(table)]
    doubt = np.abs(table[0] - before)
    found, doubt = (np.moveaxis(item, 1, 2) for item in (table[0], doubt))  # (N, m, n, n)
    turned = np.swapaxes(found, 2, 3)
    # what rounding leaves in a slope grows like a random walk over the steps of a run
    walk = np.finfo(float).eps * np.sqrt(part.steps)
    rounding = walk * np.abs(slopes).max(axis=(1, 2, 3))  # (N, m, n)
    floor = rounding[:, :, None, :] / gaps[-1][:, None, :, None]
    error = np.maximum(doubt, np.swapaxes(doubt, 2, 3)) + 0.5 * np.abs(found - turned)
    return 0.5 * (found + turned), error + np.minimum(floor, np.swapaxes(floor, 2, 3))


class _Asked:
    """What was asked for, found in the model."""

    def __init__(
        self,
        model: Model,
        outcomes: Sequence[str | tuple[str, float]],
        with_respect_to: Sequence[str],
        at: Runs | None,
    ) -> None:
        self.model = model
        self.at = at if at is not None else Runs()
        self.numbers = read_numbers(model, with_respect_to)
        self.labels = tuple(number.label for number in self.numbers)
        self.outcomes = read_outcomes(model, outcomes, self.at)
        self.whole = Outcomes(model, self.numbers, self.outcomes, self.at)

    def parts(self, runs_each: int) -> Iterator[Outcomes]:
        """The points in groups that make up one batch each."""
        most = max(1, _BATCH // runs_each)
        for low in range(0, len(self.whole.base), most):
            yield self.whole.part(low, low + most)

    def _unit(self, column: str, *labels: str) -> str:
        names = dict(zip(self.labels, self.numbers, strict=True))
        units = self.model.units
        below = [units.get(names[label].column, "") for label in labels]
        above = units.get(column, "")
        if not above and not any(below):
            return ""
        try:
            unit = UnitTable().read(above or "Dmnl")
            for text in below:
                unit = unit / UnitTable().read(text or "Dmnl")
        except ValueError:
            return "/".join(f"({text})" for text in (above, *below))
        return str(unit)

    @property
    def units(self) -> dict[tuple[str, str], str]:
        return {
            (column, label): self._unit(column, label)
            for column in dict.fromkeys(column for column, _ in self.outcomes)
            for label in self.labels
        }

    @property
    def second_units(self) -> dict[tuple[str, str, str], str]:
        return {
            (column, one, other): self._unit(column, one, other)
            for column in dict.fromkeys(column for column, _ in self.outcomes)
            for one in self.labels
            for other in self.labels
        }


def _table(data: NDArray[np.float64], rows: Sequence[Any], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    if rows and len(rows[0]) == 2:
        index: pd.Index[Any] = pd.MultiIndex.from_tuples(rows, names=["variable", "time"])
    else:
        index = pd.Index([row[0] for row in rows], name="input")
    return pd.DataFrame(np.array(data), index=index, columns=pd.Index(columns, name="input"))

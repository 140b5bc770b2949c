"""Futures: what the model's uncertain numbers and the outside world may turn out to be.

A parameter is drawn from the sample that agrees with the observations where there is one
(:func:`optimize.calibration.grounded`), row by row, so that what the data tie together stays
together; else from its range (:class:`~optimize.calibration.Parameter`: normal around its
default, cut off at the ends, the range being two deviations to each side). Weather and outside
prices are drawn year by year, each year apart from the others.

Every column has a stream of random numbers of its own, made from the seed and its name: the same
seed gives a column the same draws whatever else is drawn.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optimize.calibration.parameters import Parameter
from optimize.problem import Matrix, Vector


@dataclass(frozen=True)
class Variation:
    """Yearly changes of an exogenous table ``y`` (P,) about its values, at some of its points.

    ``normal``: times ``1 + c e`` with a standard normal e, cut off so that the value stays
    between ``low`` and ``high`` (yields). ``lognormal``: times a lognormal factor of mean 1 and
    coefficient of variation ``c``, cut off likewise (prices).
    """

    column: str
    coefficient: float
    points: tuple[int, ...]  # places in the table that vary
    y: Vector
    low: float
    high: float
    form: Literal["normal", "lognormal"] = "normal"

    def quantiles(self, shares: Matrix) -> Matrix:
        """Tables (S, P) for shares (S, points) between 0 and 1: the larger, the higher."""
        from scipy.special import ndtr, ndtri  # slow to load

        table = np.repeat(self.y[None], len(shares), axis=0)
        here = self.y[list(self.points)]
        if self.coefficient == 0.0 or not len(here):
            return table
        with np.errstate(divide="ignore"):
            ends = np.array([self.low, self.high])[:, None] / np.where(here > 0.0, here, 1.0)
            if self.form == "lognormal":
                width = np.sqrt(np.log1p(self.coefficient**2))
                least, most = ndtr((np.log(ends) + 0.5 * width**2) / width)
            else:
                least, most = ndtr((ends - 1.0) / self.coefficient)
        drawn = ndtri(least + shares * (most - least))
        if self.form == "lognormal":
            factor = np.exp(width * drawn - 0.5 * width**2)
        else:
            factor = 1.0 + self.coefficient * drawn
        table[:, list(self.points)] = np.clip(here * factor, self.low, self.high)
        return table


@dataclass(frozen=True)
class Sets:
    """D sets of numbers, equally likely, each of which goes together.

    ``values`` (D,) by constant; ``points`` (D,) by table and place in it, of years that are over:
    the weather and prices that may have been. ``origin`` (D,): sets of one origin come from the
    same independent draw; by default each has its own. Sets with an origin are an ensemble as a
    whole: each is drawn as often as every other, so that an update of as many futures begins where
    the last one ended.
    """

    values: Mapping[str, Vector]
    points: Mapping[tuple[str, int], Vector] = field(default_factory=dict)
    origin: NDArray[np.intp] | None = None

    @property
    def number(self) -> int:
        """D."""
        every = (*self.values.values(), *self.points.values())
        return len(every[0]) if every else 0

    @property
    def origins(self) -> NDArray[np.intp]:
        """The origin of each set, (D,)."""
        return np.arange(self.number) if self.origin is None else self.origin

    def half(self, second: bool, seed: int) -> Sets:
        """One of two halves that share no origin, drawn by a seed."""
        origins = self.origins
        order = stream(seed, "halves").permutation(np.unique(origins))
        chosen = np.isin(origins, order[1::2] if second else order[::2])
        return Sets(
            {column: numbers[chosen] for column, numbers in self.values.items()},
            {point: numbers[chosen] for point, numbers in self.points.items()},
            None if self.origin is None else self.origin[chosen],
        )

    def rows(self, number: int, random: np.random.Generator) -> NDArray[np.intp]:
        """Which set each of ``number`` futures has."""
        if self.origin is None:
            return random.integers(0, self.number, number)
        times = -(-number // self.number)
        return np.concatenate([random.permutation(self.number) for _ in range(times)])[:number]


@dataclass(frozen=True)
class Futures:
    """S futures, equally likely: ``values`` (S,) by constant, ``series`` (S, P) by table.

    ``sets`` (S,) says which independent draw its set of numbers comes from, where there is a
    sample of sets: these are few and drawn often, and what is said of parameters rests on no
    more than they are.
    """

    number: int
    values: Mapping[str, Vector] = field(default_factory=dict)
    series: Mapping[str, Matrix] = field(default_factory=dict)
    sets: NDArray[np.intp] | None = None

    def picked(self, which: Sequence[int] | NDArray[Any]) -> Futures:
        """Some of the futures, by number or by a mask (S,)."""
        chosen = np.arange(self.number)[np.asarray(which)]
        return Futures(
            len(chosen),
            {column: value[chosen] for column, value in self.values.items()},
            {column: table[chosen] for column, table in self.series.items()},
            None if self.sets is None else self.sets[chosen],
        )


def draw(
    number: int,
    seed: int,
    parameters: Iterable[Parameter] = (),
    variations: Iterable[Variation] = (),
    sample: Sets | None = None,
    held: Collection[str] = (),
) -> Futures:
    """Draw ``number`` futures; the same seed gives the same ones.

    Args:
        number: S, at least 1.
        seed: any whole number from 0.
        parameters: those that are uncertain.
        variations: of the exogenous tables.
        sample: sets of numbers that agree with what is observed.
        held: columns that the sample does not speak for, though it has them.

    Raises:
        ValueError: fewer than one future is asked for.
    """
    if number < 1:
        raise ValueError("at least one future is needed")
    sample = Sets({}) if sample is None else sample
    known = {column: drawn for column, drawn in sample.values.items() if column not in held}
    rows = np.zeros(0, dtype=np.intp)
    if known or sample.points:
        rows = sample.rows(number, stream(seed, "sample"))
    values: dict[str, Vector] = {}
    sets = sample.origins[rows] if sample.points else None
    for parameter in parameters:
        if parameter.column in known:
            values[parameter.column], sets = known[parameter.column][rows], sample.origins[rows]
        else:
            shares = stream(seed, parameter.column).random(number)
            values[parameter.column] = quantiles(parameter, shares)
    series = {
        variation.column: variation.quantiles(
            stream(seed, variation.column).random((number, len(variation.points)))
        )
        for variation in variations
    }
    for (column, place), past in sample.points.items():
        if column in series:
            series[column][:, place] = past[rows]
    return Futures(number, values, series, sets)


def quantiles(parameter: Parameter, shares: Vector) -> Vector:
    """Values of a parameter at shares (S,) of its distribution before any observation."""
    low, high, mode = parameter.low, parameter.high, parameter.default
    if parameter.form == "uniform":
        return np.asarray(low + shares * (high - low))
    if parameter.form == "loguniform":
        return np.asarray(np.clip(low * (high / low) ** shares, low, high))
    if parameter.form == "triangular":
        rising = low + np.sqrt(shares * (high - low) * (mode - low))
        falling = high - np.sqrt((1.0 - shares) * (high - low) * (high - mode))
        return np.where(shares * (high - low) <= mode - low, rising, falling)
    from scipy.special import ndtr, ndtri  # slow to load

    width = parameter.deviation
    if width == 0.0:
        return np.full_like(shares, parameter.default)
    ends = (np.array([parameter.low, parameter.high]) - parameter.default) / width
    least, most = ndtr(ends)
    drawn = parameter.default + width * ndtri(least + shares * (most - least))
    return np.asarray(np.clip(drawn, parameter.low, parameter.high))


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one name under a seed."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])

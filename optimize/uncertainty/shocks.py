"""Shocks: sudden changes of the outside world, of the model's numbers or of the money, by year.

A shock is laid over a batch of runs that starts from a state. Outside tables and the money of the
levers change at their points; a constant changes by running the years one stretch after the
other, each from the state that the stretch before left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimize.levers import Sampling
from optimize.problem import Outcome
from optimize.response import FunctionResponse
from optimize.uncertainty.ensemble import SCALE, Ensemble

if TYPE_CHECKING:
    from models import Model, Runs
    from models.engine import Choice


@dataclass(frozen=True)
class Change:
    """What happens to one column: ``sets`` it to numbers, or multiplies it by them, by year."""

    column: str
    form: Literal["sets", "times"]
    by_year: Mapping[int, float]

    def of(self, value: ArrayLike, year: int) -> ArrayLike:
        """The value of ``year`` with the change, in its shape."""
        if year not in self.by_year:
            return value
        number = self.by_year[year]
        return np.asarray(value) * number if self.form == "times" else number


@dataclass(frozen=True)
class Shock:
    """``series``: of exogenous tables; ``constants``: of the model's numbers, in those years only;
    ``money``: which part of the planned money of a year comes."""

    name: str
    series: tuple[Change, ...] = ()
    constants: tuple[Change, ...] = ()
    money: Mapping[int, float] | None = None

    @property
    def years(self) -> tuple[int, ...]:
        """The years in which something is changed."""
        changes = (*self.series, *self.constants)
        found = {year for change in changes for year in change.by_year} | {*(self.money or {})}
        return tuple(sorted(found))


def shocked(
    model: Model,
    runs: Runs,
    shock: Shock,
    levers: Collection[str],
    columns: Sequence[str],
    times: Sequence[float],
    kernel: Choice = "auto",
) -> NDArray[Any]:
    """Columns (N, T, V) of runs under a shock, from the state that they start with.

    Args:
        model: the model of the runs.
        runs: N runs with a ``start`` before the first year of the shock.
        shock: what happens.
        levers: the tables that carry money.
        columns: V of them.
        times: T years in order, none before the start.
        kernel: see :func:`models.run`.

    Raises:
        ValueError: the runs have no start, or the shock comes before it.
    """
    from models import run

    if runs.start is None or any(year <= runs.start.time for year in shock.years):
        raise ValueError(f"{shock.name}: the runs start after the shock")
    tables = {**runs.lookups, **_tables(model, runs.lookups, shock, levers)}
    state, parts = runs.start, []
    left = list(times)
    for last, constants in _stretches(model, runs, shock, round(state.time) + 1, round(times[-1])):
        here = [time for time in left if time <= last]
        left = left[len(here) :]
        found = run(
            model,
            replace(runs, values={**runs.values, **constants}, lookups=tables, start=state),
            columns=columns,
            times=here or [last],
            keep_state_at=float(last),
            kernel=kernel,
        )
        assert found.state is not None
        state = found.state
        if here:
            parts.append(found.data)
    return np.concatenate(parts, axis=1)


def _tables(
    model: Model, lookups: Mapping[str, ArrayLike], shock: Shock, levers: Collection[str]
) -> dict[str, NDArray[Any]]:
    """The tables (P,) or (N, P) that the shock changes."""
    money = shock.money or {}
    changes = (*shock.series, *(Change(lever, "times", money) for lever in levers if money))
    found: dict[str, NDArray[Any]] = {}
    for change in changes:
        own = model.lookups[change.column]
        given = found.get(change.column, lookups.get(change.column, own.y))
        table = np.array(given, dtype=complex if np.iscomplexobj(given) else float)
        for point, x in enumerate(own.x):
            table[..., point] = change.of(table[..., point], round(x))
        found[change.column] = table
    return found


def _stretches(
    model: Model, runs: Runs, shock: Shock, first: int, last: int
) -> Iterator[tuple[int, dict[str, ArrayLike]]]:
    """Stretches of years with the same constants: last year, and constants that differ."""

    def key(year: int) -> tuple[float | None, ...]:
        return tuple(change.by_year.get(year) for change in shock.constants)

    for _, group in groupby(range(first, max(first, last) + 1), key):
        years = list(group)
        constants: dict[str, ArrayLike] = {}
        for change in shock.constants:
            if years[0] in change.by_year:
                own = runs.values.get(change.column, model.constants[change.column])
                constants[change.column] = change.of(constants.get(change.column, own), years[0])
        yield years[-1], constants


def paths(
    ensemble: Ensemble,
    shock: Shock,
    levers: Mapping[str, ArrayLike],
    columns: Sequence[str],
    times: Sequence[float],
    values: Mapping[str, float] | None = None,
) -> NDArray[np.float64]:
    """Columns (S, T, V) in every future under one plan, lever tables (P,), and a shock.

    ``values`` are constants of this plan alone, from the first plan year on.
    """
    from models import Runs

    runs = Runs(
        {**ensemble.constants, **(values or {})},
        {**ensemble.tables, **levers},
        ensemble.start,
    )
    found = shocked(ensemble.model, runs, shock, levers, columns, times, ensemble.kernel)
    wide = (ensemble.futures.number, *found.shape[1:])  # alike in all futures: one run
    return np.asarray(np.broadcast_to(found, wide), dtype=float)


class ShockedResponse(FunctionResponse):
    """What plans (N, n) bring under a shock in a single future."""

    def __init__(self, ensemble: Ensemble, outcomes: Sequence[Outcome], shock: Shock) -> None:
        if ensemble.futures.number != 1:
            raise ValueError("the response is that of one future")
        super().__init__(self._outcomes, SCALE)
        self.ensemble, self.shock = ensemble, shock
        self.sampling = Sampling.of(outcomes)

    def _outcomes(self, plans: NDArray[Any]) -> NDArray[Any]:
        """Outcomes (N, m) of plans (N, n), real or complex."""
        from models import Runs

        every, asked = self.ensemble, self.sampling
        laid = every.levers.laid(plans)
        values = {name: np.ravel(value)[0] for name, value in every.constants.items()}
        tables = {name: np.reshape(table, -1) for name, table in every.tables.items()}
        runs = Runs(values, {**tables, **laid}, every.start)
        data = shocked(
            every.model, runs, self.shock, laid, asked.columns, asked.years, every.kernel
        )
        return np.asarray(data[:, asked.time, asked.column])

"""What plans bring in many futures: the same equations, one run for each plan and future."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.complex_step import jacobian
from models.states import tiled
from optimize.levers import LeverTables, Sampling
from optimize.problem import Decision, Matrix, Outcome, Vector
from optimize.response import state_before
from optimize.uncertainty.futures import Futures

if TYPE_CHECKING:
    from models import Model, State, Trajectories

Cube = NDArray[np.float64]
SCALE = 1000.0  # order of magnitude of a decision, 10,000 yuan


class Ensemble:
    """A county model in S futures, each from the state that past practice leaves in it.

    As :class:`~optimize.response.CountyResponse`, with the futures' numbers laid over
    ``values`` and ``lookups``. The history up to the year before the first decision is
    simulated once for each future.
    """

    def __init__(
        self,
        model: Model,
        decisions: tuple[Decision, ...],
        outcomes: tuple[Outcome, ...],
        values: Mapping[str, float],
        lookups: Mapping[str, Vector],
        futures: Futures,
    ) -> None:
        from models import best_kernel

        self.model, self.futures = model, futures
        self.kernel = best_kernel(model)  # one for all runs: the same seed, the same bytes
        self.constants: dict[str, ArrayLike] = {**values, **futures.values}
        self.tables: dict[str, NDArray[Any]] = {
            **{name: np.asarray(y, dtype=float) for name, y in lookups.items()},
            **futures.series,
        }
        self.levers = LeverTables.of(model, decisions, lookups)
        self.before = min(decision.year for decision in decisions) - 1
        self.sampling = Sampling.of(outcomes)
        history = self._runs(1, self.levers.base, None)
        self.start = state_before(decisions, model, history, self.sampling, self.kernel)
        self.runs = 0  # simulations so far, of the years of the plan

    def _runs(self, plans: int, levers: Mapping[str, NDArray[Any]], start: State | None) -> Any:
        """All futures under the first plan, then all under the second, and so on."""
        from models import Runs

        size = self.futures.number

        def over(value: ArrayLike, alone: int) -> ArrayLike:
            found = np.asarray(value)
            return np.tile(found, (plans, *[1] * alone)) if found.ndim > alone else found

        tables = {
            **{name: over(table, 1) for name, table in self.tables.items()},
            **{
                lever: np.repeat(table, size, axis=0) if table.ndim > 1 else table
                for lever, table in levers.items()
            },
        }
        values = {name: over(value, 0) for name, value in self.constants.items()}
        return Runs(values, tables, None if start is None else tiled(start, plans))

    def simulate(self, plans: NDArray[Any]) -> NDArray[Any]:
        """Outcomes (N, S, m) of plans (N, n), real or complex."""
        from models import run

        runs = self._runs(len(plans), self.levers.laid(plans), self.start)
        asked = self.sampling
        found = run(self.model, runs, columns=asked.columns, times=asked.years, kernel=self.kernel)
        self.runs += len(plans) * self.futures.number
        return asked.picked(found).reshape(len(plans), self.futures.number, -1)

    def values(self, plans: Matrix) -> Cube:
        """Outcomes (N, S, m) of plans (N, n)."""
        return np.asarray(self.simulate(plans), dtype=float)

    def jacobian(self, plan: Vector) -> tuple[Matrix, Cube]:
        """Outcomes (S, m) of a plan (n,) and their derivatives (S, m, n), by complex step."""
        size = self.futures.number

        def flat(plans: NDArray[Any]) -> NDArray[Any]:
            return self.simulate(plans).reshape(len(plans), -1)

        values, slopes = jacobian(flat, plan[None], SCALE)
        return values.reshape(size, -1), slopes.reshape(size, -1, len(plan))

    def paths(
        self, levers: Mapping[str, ArrayLike], columns: Sequence[str], times: Sequence[float]
    ) -> Trajectories:
        """Every future (S runs) under one plan, lever tables (P,).

        Where ``times`` begin before the history's end, the history is run again with it.
        """
        from models import run

        tables = {lever: np.asarray(table, dtype=float) for lever, table in levers.items()}
        runs = self._runs(1, tables, self.start if min(times) >= self.before else None)
        return run(self.model, runs, columns=columns, times=times, kernel=self.kernel)

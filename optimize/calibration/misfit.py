"""What the model says about each observation, and how that moves with the parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import Model, Runs, Trajectories, run
from optimize.calibration.observations import Observation
from optimize.calibration.parameters import Parameter, bounds, defaults, deviations

STEP = 1e-30  # of the complex step: no difference is taken, so it can be as small as one likes

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Misfit:
    """Observations against a model. A point ``z`` holds n deviations from the defaults."""

    model: Model
    parameters: tuple[Parameter, ...]
    observations: tuple[Observation, ...]

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """The ranges as points, (n,) each."""
        return bounds(self.parameters)

    def without(self, *ids: str) -> Misfit:
        """The same but for some observations."""
        return self.with_observations([o for o in self.observations if o.id not in ids])

    def with_observations(self, observations: Sequence[Observation]) -> Misfit:
        """The same parameters against other observations."""
        return Misfit(self.model, self.parameters, tuple(observations))

    def with_parameters(self, parameters: Sequence[Parameter]) -> Misfit:
        """The same observations, with other parameters free."""
        return Misfit(self.model, tuple(parameters), self.observations)

    def observing(self, values: Sequence[float]) -> Misfit:
        """The same with other observed values, (m,)."""
        changed = [
            replace(observation, observed=float(value))
            for observation, value in zip(self.observations, values, strict=True)
        ]
        return self.with_observations(changed)

    def natural(self, z: NDArray[Any]) -> NDArray[Any]:
        """Points (..., n) as values of the model's constants."""
        result: NDArray[Any] = defaults(self.parameters) + z * deviations(self.parameters)
        return result

    def modelled(self, z: NDArray[Any]) -> NDArray[Any]:
        """What the model says, (N, m), at points (N, n); in the units of the observations."""
        values = self.natural(np.atleast_2d(z))
        constants = {p.column: values[:, i] for i, p in enumerate(self.parameters)}
        runs = self._simulate(constants)
        plain = runs.get("")
        with np.errstate(all="ignore"):  # a start at nil has no rate of growth: not a number
            columns = [_modelled(o, runs[o.experiment_text], plain) for o in self.observations]
        count = values.shape[0]
        result: NDArray[Any] = np.stack([np.broadcast_to(c, (count,)) for c in columns], axis=1)
        return result

    def _simulate(self, constants: Mapping[str, NDArray[Any]]) -> dict[str, Trajectories]:
        """One batch an experiment, only as long and as wide as its observations need."""
        needs: dict[str, set[int]] = {}
        columns: dict[str, None] = {}
        for observation in self.observations:
            times = {observation.year, observation.since}
            needs.setdefault(observation.experiment_text, set()).update(times)
            if observation.form == "contrast":
                needs.setdefault("", set()).update(times)
            columns |= dict.fromkeys(observation.measure.columns)
        tables = {o.experiment_text: o.experiment for o in self.observations}
        return {
            text: run(
                self.model,
                Runs(values=constants, lookups=tables.get(text, {})),
                columns=list(columns),
                times=sorted(float(time) for time in times),
            )
            for text, times in needs.items()
        }

    def scaled(self, modelled: NDArray[Any]) -> NDArray[Any]:
        """Modelled less observed in units of the spread, (..., m)."""
        with np.errstate(all="ignore"):
            parts = self._parts(modelled)
        result: NDArray[Any] = np.stack(parts, axis=-1)
        return result

    def _parts(self, modelled: NDArray[Any]) -> list[NDArray[Any]]:
        return [
            (np.log(modelled[..., j]) - np.log(o.observed)) / o.spread
            if o.scale == "log"
            else (modelled[..., j] - o.observed) / o.spread
            for j, o in enumerate(self.observations)
        ]

    def residuals(self, z: NDArray[Any]) -> NDArray[Any]:
        """Residuals (N, m) at points (N, n)."""
        return self.scaled(self.modelled(z))

    def jacobian(self, z: Array) -> Array:
        """Derivatives (m, n) of the residuals at one point (n,), exact to rounding."""
        points = z + 1j * STEP * np.eye(z.size)
        derivatives: Array = np.imag(self.residuals(points)).T / STEP
        return derivatives


def _modelled(
    observation: Observation, out: Trajectories, plain: Trajectories | None
) -> NDArray[Any]:
    now = _measured(observation, out, observation.year)
    if observation.form == "level":
        return now
    if observation.form == "contrast":
        assert plain is not None
        difference: NDArray[Any] = 100 * (now / _measured(observation, plain, observation.year) - 1)
        return difference
    ratio = now / _measured(observation, out, observation.since)
    growth: NDArray[Any] = 100 * (ratio ** (1 / (observation.year - observation.since)) - 1)
    return growth


def _measured(observation: Observation, out: Trajectories, year: int) -> NDArray[Any]:
    place = int(np.searchsorted(out.times, year))
    result: NDArray[Any] = observation.measure.of(lambda column: out[column][:, place])
    return result

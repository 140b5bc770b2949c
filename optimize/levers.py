"""Where decisions and outcomes stand in a model: points of lever tables, columns and years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Decision, Outcome, Vector

if TYPE_CHECKING:
    from models import Model, Trajectories


@dataclass(frozen=True)
class LeverTables:
    """Tables (P,) of the levers, and which decision stands at which of their points.

    ``places`` holds, by lever, the numbers of the points and of the decisions that they take.
    """

    base: Mapping[str, Vector]
    places: Mapping[str, tuple[list[int], list[int]]]

    @classmethod
    def of(
        cls, model: Model, decisions: tuple[Decision, ...], lookups: Mapping[str, Vector]
    ) -> LeverTables:
        """The levers of ``decisions``; ``lookups`` are tables that differ from the model's own."""
        places: dict[str, tuple[list[int], list[int]]] = {}
        for index, decision in enumerate(decisions):
            times = [round(float(x), 6) for x in model.lookups[decision.lever].x]
            points, owners = places.setdefault(decision.lever, ([], []))
            points.append(times.index(round(decision.time, 6)))
            owners.append(index)
        base = {
            lever: np.asarray(lookups.get(lever, model.lookups[lever].y), dtype=float)
            for lever in places
        }
        return cls(base, places)

    def laid(self, plans: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """The tables (N, P) of every lever under plans (N, n), real or complex."""
        found: dict[str, NDArray[Any]] = {}
        for lever, (points, owners) in self.places.items():
            table = np.repeat(self.base[lever][None].astype(plans.dtype), len(plans), axis=0)
            table[:, points] = plans[:, owners]
            found[lever] = table
        return found


@dataclass(frozen=True)
class Sampling:
    """Which columns and years of a run the outcomes need, and where each of them stands there."""

    columns: tuple[str, ...]
    years: tuple[int, ...]
    time: NDArray[np.intp]  # (m,): place of the outcome's year
    column: NDArray[np.intp]  # (m,): place of its column

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Sampling:
        """What ``outcomes`` (m) need."""
        columns = tuple(dict.fromkeys(outcome.column for outcome in outcomes))
        years = tuple(sorted({outcome.year for outcome in outcomes}))
        return cls(
            columns,
            years,
            np.array([years.index(outcome.year) for outcome in outcomes], dtype=np.intp),
            np.array([columns.index(outcome.column) for outcome in outcomes], dtype=np.intp),
        )

    def picked(self, found: Trajectories) -> NDArray[Any]:
        """The outcomes (N, m) of the N runs in ``found``."""
        return np.asarray(found.data[:, self.time, self.column])

"""Morris screening: which of many factors matter at all, by few runs.

Each trajectory moves one factor after the other by :data:`MOVE` of its distribution. The mean of
the absolute changes, mu*, says how much a factor matters; their standard deviation, how much that
depends on the others. Designs and effects by SALib. Source: Morris (1991); Campolongo,
Cariboni & Saltelli (2007).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optimize.problem import Matrix

LEVELS = 4
TAIL = 0.05  # share of a distribution beyond the outermost levels, on each side
STEP = LEVELS / (2 * (LEVELS - 1))  # what a factor moves by between levels at 0 and 1
MOVE = STEP * (1.0 - 2.0 * TAIL)  # the same as a share of its distribution: 0.6
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Screening:
    """What a screening of D factors found for m outcomes, each array (D, m).

    ``effect`` is the mean absolute change of an outcome, in its unit, when the factor moves by
    :data:`MOVE` of its distribution; ``margin`` half its 95 % interval, by bootstrap over
    trajectories. ``mean`` keeps the sign and ``deviation`` is the standard deviation of the
    changes: both are NaN for factors of several elements, which move in any direction.
    """

    names: tuple[str, ...]
    effect: Matrix
    margin: Matrix
    mean: Matrix
    deviation: Matrix
    trajectories: int  # that were finished
    failed: int  # that were left out: one of their runs is not finite

    def leading(self, most: int, outcomes: Sequence[int] | None = None) -> tuple[int, ...]:
        """``most`` factors: the first of every outcome (or of some), then the second, …"""
        effect = np.nan_to_num(self.effect, nan=0.0)
        effect = effect if outcomes is None else effect[:, list(outcomes)]
        order = np.argsort(-effect, axis=0, kind="stable")
        acting = np.take_along_axis(effect, order, axis=0) > 0.0
        found = dict.fromkeys(order[acting].tolist())  # row by row: by rank, then by outcome
        return tuple(found)[:most]


@dataclass(frozen=True)
class MorrisDesign:
    """Trajectories through D factors with E elements: R (D + 1) runs."""

    names: tuple[str, ...]
    elements: tuple[int, ...]  # of each factor
    trajectories: int
    seed: int

    @cached_property
    def _problem(self) -> dict[str, Any]:
        owners = [
            name
            for name, count in zip(self.names, self.elements, strict=True)
            for _ in range(count)
        ]
        return {
            "num_vars": len(owners),
            "names": [f"{owner} {place}" for place, owner in enumerate(owners)],
            "bounds": [[0.0, 1.0]] * len(owners),
            "groups": owners,
        }

    @cached_property
    def _points(self) -> Matrix:
        from SALib.sample import morris  # slow to load

        return np.asarray(
            morris.sample(self._problem, self.trajectories, num_levels=LEVELS, seed=self.seed)
        )

    @property
    def shares(self) -> Matrix:
        """Shares (R (D + 1), E) of the elements."""
        return TAIL + (1.0 - 2.0 * TAIL) * self._points

    def analysed(self, outcomes: Matrix, resamples: int = 200) -> Screening:
        """The effects on outcomes (R (D + 1), m), in the order of :attr:`shares`.

        A trajectory with a run that is not finite is left out, and counted.
        """
        from SALib.analyze import morris  # slow to load

        size = len(self.names) + 1
        paths = outcomes.reshape(self.trajectories, size, -1)
        whole = np.isfinite(paths).all(axis=(1, 2))
        number = int(whole.sum())
        shape = (len(self.names), paths.shape[2])
        found = {name: np.full(shape, np.nan) for name in _KINDS}
        points = self._points.reshape(self.trajectories, size, -1)[whole]
        for place in range(shape[1] if number > 1 else 0):
            with warnings.catch_warnings():  # of masked entries, where a group has no deviation
                warnings.simplefilter("ignore", UserWarning)
                effects = morris.analyze(
                    self._problem,
                    points.reshape(number * size, -1),
                    np.ascontiguousarray(paths[whole, :, place]).reshape(-1),
                    num_resamples=resamples,
                    conf_level=CONFIDENCE,
                    num_levels=LEVELS,
                    seed=self.seed,
                )
            for name in _KINDS:
                found[name][:, place] = np.ma.filled(effects[name], np.nan).astype(float)
        single = np.array(self.elements)[:, None] == 1
        return Screening(
            self.names,
            STEP * found["mu_star"],
            STEP * found["mu_star_conf"],
            np.where(single, STEP * found["mu"], np.nan),
            np.where(single, STEP * found["sigma"], np.nan),
            number,
            self.trajectories - number,
        )


_KINDS = ("mu_star", "mu_star_conf", "mu", "sigma")


def morris(
    names: Sequence[str], elements: Sequence[int], trajectories: int, seed: int
) -> MorrisDesign:
    """A design of R ``trajectories`` through factors with so many elements each.

    Raises:
        ValueError: there are no two factors, or fewer than two trajectories.
    """
    if len(names) < 2 or trajectories < 2:
        raise ValueError("a screening needs two factors and two trajectories at least")
    return MorrisDesign(tuple(names), tuple(elements), trajectories, seed)

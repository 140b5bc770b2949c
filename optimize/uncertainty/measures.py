"""Aims and outcome rules in every future, each against past practice in that same future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize.measures import Measures
from optimize.problem import Matrix

Cube = NDArray[np.float64]


@dataclass(frozen=True)
class WorstYear:
    """A term ``weight * min over k of (coefficient[s, k] * outcome[index[k]])``, ``weight < 0``."""

    weight: float
    index: NDArray[Any]  # (k,)
    coefficient: Matrix  # (S, k)

    def values(self, outcomes: Cube) -> Cube:
        """``weight * coefficient * outcome``, of which the largest counts: (N, S, k)."""
        return np.asarray(self.weight * self.coefficient * outcomes[..., self.index])


@dataclass(frozen=True)
class FutureMeasures:
    """:class:`~optimize.measures.Measures` of S futures; methods take outcomes (N, S, m).

    Every future has the same aims and rows with numbers of its own: "1 % of past practice" is
    1 % of what past practice brings in that future, and a rule that asks for no less than past
    practice asks for no less than in that future.
    """

    smooth: Matrix  # (S, m)
    worst: tuple[WorstYear, ...]
    rules: tuple[str, ...]  # the R rules that the rows belong to
    owner: NDArray[Any]  # (r,): which rule a row belongs to
    coefficients: Cube  # (S, r, m), each divided by the size of its row
    limits: Matrix  # (S, r), likewise

    @classmethod
    def stacked(cls, futures: Sequence[Measures]) -> FutureMeasures:
        """Measures of one future each, all of the same aims and rows.

        Raises:
            ValueError: they are not of the same aims and rows.
        """
        first = futures[0]
        names = tuple(dict.fromkeys(row.rule for row in first.rows))
        same = all(
            one.coefficients.shape == first.coefficients.shape
            and [row.name for row in one.rows] == [row.name for row in first.rows]
            and [(t.name, t.weight) for t in one.worst] == [(t.name, t.weight) for t in first.worst]
            for one in futures
        )
        if not same:
            raise ValueError("the futures differ in what they measure")
        return cls(
            np.stack([one.smooth for one in futures]),
            tuple(
                WorstYear(
                    term.weight,
                    term.index,
                    np.stack([one.worst[number].coefficient for one in futures]),
                )
                for number, term in enumerate(first.worst)
            ),
            names,
            np.array([names.index(first.rows[k].rule) for k in first.owner], dtype=int),
            np.stack([one.coefficients for one in futures]),
            np.stack([one.limits for one in futures]),
        )

    def losses(self, outcomes: Cube) -> Matrix:
        """Value of the objective in every future, (N, S); it is minimised."""
        value = np.einsum("nsm,sm->ns", outcomes, self.smooth)
        for term in self.worst:
            value = value + term.values(outcomes).max(axis=2)
        return np.asarray(value)

    def excess(self, outcomes: Cube) -> Cube:
        """Breach (> 0) of every row relative to its size, (N, S, r)."""
        return np.asarray(np.einsum("nsm,srm->nsr", outcomes, self.coefficients) - self.limits)

    def breach(self, outcomes: Cube) -> Cube:
        """Largest breach of a row of each rule in each future, (N, S, R); > 0 is broken."""
        excess = self.excess(outcomes)
        found = [excess[..., self.owner == k].max(axis=2) for k in range(len(self.rules))]
        return np.stack(found, axis=2) if found else np.zeros((*excess.shape[:2], 0))

    def picked(self, which: Sequence[int] | NDArray[Any]) -> FutureMeasures:
        """Some of the futures, by number."""
        chosen = np.asarray(which, dtype=int)
        return replace(
            self,
            smooth=self.smooth[chosen],
            worst=tuple(replace(term, coefficient=term.coefficient[chosen]) for term in self.worst),
            coefficients=self.coefficients[chosen],
            limits=self.limits[chosen],
        )

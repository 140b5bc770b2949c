"""The aims and outcome rules of a problem as arrays over outcomes.

Outcome rows are turned to ``C @ outcomes <= limit`` and divided by their size, so that a
violation of 1e-6 means a millionth of the bound whatever the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimize.problem import Matrix, Problem, Row, Term, Vector


@dataclass(frozen=True)
class Worst:
    """A term ``weight * min(coefficient * outcome[index])`` with ``weight < 0``."""

    name: str
    weight: float
    index: np.ndarray
    coefficient: Vector


@dataclass(frozen=True)
class Measures:
    """Objective and outcome rows; every method takes a batch of outcomes (N, m)."""

    terms: tuple[Term, ...]
    smooth: Vector  # (m,): weights of the outcomes in the smooth part of the objective
    worst: tuple[Worst, ...]
    rows: tuple[Row, ...]  # outcome rows; an equality appears twice in ``coefficients``
    owner: np.ndarray  # (r,): index into ``rows``
    coefficients: Matrix  # (r, m), each divided by the size of its row
    limits: Vector  # (r,), likewise
    sizes: Vector  # (r,)

    def objective(self, outcomes: Matrix) -> Vector:
        """Value of the objective, shape (N,)."""
        value = outcomes @ self.smooth
        for term in self.worst:
            value = value + term.weight * (outcomes[:, term.index] * term.coefficient).min(axis=1)
        return np.asarray(value)

    def parts(self, outcomes: Vector) -> dict[str, float]:
        """Natural value of every term, unweighted, at one vector of outcomes (m,)."""
        values: dict[str, float] = {}
        for term in self.terms:
            found = [c * outcomes[i] for i, c in term.coefficients.items()]
            values[term.name] = float(sum(found) if term.kind == "mean" else min(found))
        return values

    def excess(self, outcomes: Matrix) -> Matrix:
        """``C @ outcomes - limit`` relative to the size of the row, (N, r); > 0 is broken."""
        return np.asarray(outcomes @ self.coefficients.T - self.limits)


def measures(problem: Problem, at: Vector) -> Measures:
    """Arrays of ``problem``; rows with bound 0 are sized by their terms at outcomes ``at``."""
    smooth = np.zeros(len(problem.outcomes))
    worst = []
    for term in problem.objective:
        index = np.array(list(term.coefficients), dtype=int)
        coefficient = np.array(list(term.coefficients.values()), dtype=float)
        if term.kind == "mean":
            np.add.at(smooth, index, term.weight * coefficient)
        elif term.weight > 0:
            raise ValueError(f"objective {term.name}: the weight of a worst year must be <= 0")
        elif term.weight < 0:
            worst.append(Worst(term.name, term.weight, index, coefficient))
    rows = tuple(row for row in problem.rows if row.on == "outcome")
    lines, limits, sizes, owner = [], [], [], []
    for number, row in enumerate(rows):
        line = np.zeros(len(problem.outcomes))
        line[list(row.coefficients)] = list(row.coefficients.values())
        size = row.size(at)
        for sign, senses in ((1.0, ("<=", "==")), (-1.0, (">=", "=="))):
            if row.sense in senses:
                lines.append(sign * line / size)
                limits.append(sign * row.bound / size)
                sizes.append(size)
                owner.append(number)
    return Measures(
        problem.objective,
        smooth,
        tuple(worst),
        rows,
        np.array(owner, dtype=int),
        np.array(lines).reshape(len(lines), len(problem.outcomes)),
        np.array(limits),
        np.array(sizes),
    )


def relative_violations(problem: Problem, amounts: Vector, outcomes: Vector) -> Mapping[str, float]:
    """Violation of every row relative to its size, by the row's name (0 when it holds)."""
    return {
        row.name: row.violation(quantities)
        for row in problem.rows
        for quantities in (amounts if row.on == "money" else outcomes,)
    }

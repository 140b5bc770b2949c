"""Second derivatives of outcomes at one plan, from the model written out.

The expansion of :mod:`optimize.bounds.expand` is exact: an outcome is its linear part plus
remainders ``weight * c * alpha * beta``, alpha and beta linear in the change of the plan to
first order. So with ``a`` and ``b`` their slopes along k directions, shape (T, k), the second
derivatives of ``weights @ outcomes`` are, summed over all steps::

    a.T @ (weight * c * b) + (the same transposed)

Runs of the model give the same along k directions in k + k (k + 1) / 2 runs. The expansion costs
as much as some thousands of them, then only matrix products: on the county's model with 936
decisions, 400 of which are free, 0.4 s of the processor against 4 s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.bounds.atoms import NoRange, coefficient
from optimize.bounds.expand import Expansion
from optimize.bounds.forms import Unrolled
from optimize.problem import Matrix, Vector


def second_derivatives(
    model: Unrolled, plan: Vector, weights: Vector, directions: Matrix
) -> Matrix | None:
    """Second derivatives (k, k) of ``weights @ outcomes`` (m,) along ``directions`` (k, n).

    None where an equation is not smooth at the plan.
    """
    with np.errstate(all="ignore"):
        expansion = Expansion(model, plan)
        try:
            factors = _coefficients(expansion)
        except NoRange:
            return None
        steps = _steps(expansion)
    factors *= _adjoints(expansion, steps, weights)
    if not np.isfinite(factors).all():
        return None
    alpha, beta = expansion.sides
    moves = np.vstack([directions.T, np.zeros(len(directions))])  # the last: of no decision
    states = np.zeros((len(model.states), len(directions)))
    found = np.zeros((len(directions), len(directions)))
    for step, line in enumerate(steps):
        known = np.vstack([states, moves[[owner[step] for owner in model.inputs]]])
        counts = np.flatnonzero(factors[step])
        rows = expansion.rows(step) @ line.forms
        a, b = (rows[side[counts]] @ known for side in (alpha, beta))
        found += a.T @ (factors[step, counts, None] * b)
        states = line.following @ known
    return found + found.T


@dataclass(frozen=True)
class _Step:
    """A step to first order: rows in terms of its states and inputs, atoms eliminated."""

    forms: Matrix  # (forms, states + inputs)
    following: Matrix  # (states, states + inputs)
    outcomes: Matrix  # (m, width): before the atoms are eliminated, as the two next
    following_of: Matrix  # (states, width)
    between: Matrix  # (atoms, atoms): 1 on the diagonal, each less what it reads of earlier ones
    atoms: Matrix  # (atoms, states + inputs)


def _steps(expansion: Expansion) -> list[_Step]:
    from scipy.linalg import solve_triangular

    model = expansion.unrolled
    first, count = model.first_atom, len(model.atoms)
    forms = np.stack([expansion.forms.at(step) for step in range(expansion.steps)])
    local = np.empty((expansion.steps, count, expansion.width))
    for number, atom in enumerate(model.atoms):
        slopes = expansion.gradients[number]
        local[:, number] = np.einsum("kf,kfw->kw", slopes, forms[:, list(atom.forms)])
    found = []
    for step in range(expansion.steps):
        between = np.eye(count) - local[step, :, first:]
        atoms = solve_triangular(
            between, local[step, :, :first], lower=True, unit_diagonal=True, check_finite=False
        )
        following = expansion.following.at(step)
        found.append(
            _Step(
                forms[step, :, :first] + forms[step, :, first:] @ atoms,
                following[:, :first] + following[:, first:] @ atoms,
                expansion.outcomes.at(step),
                following,
                between,
                atoms,
            )
        )
    return found


def _adjoints(expansion: Expansion, steps: list[_Step], weights: Vector) -> Matrix:
    """What a unit more of each remainder's atom adds to ``weights @ outcomes``, (K, T)."""
    from scipy.linalg import solve_triangular

    model = expansion.unrolled
    first, states = model.first_atom, len(model.states)
    of_step = np.array([step for _, step in model.outcomes])
    owner = [remainder.atom for remainder in expansion.remainders]
    found = np.empty((len(steps), len(owner)))
    later = np.zeros(states)
    for step in reversed(range(len(steps))):
        line = steps[step]
        row = np.where(of_step == step, weights, 0.0) @ line.outcomes + later @ line.following_of
        atoms = solve_triangular(
            line.between,
            row[first:],
            trans="T",
            lower=True,
            unit_diagonal=True,
            check_finite=False,
        )
        found[step] = atoms[owner]
        later = (row[:first] + row[first:] @ line.atoms)[:states]
    return found


def _coefficients(expansion: Expansion) -> Matrix:
    """The ``c`` (K, T) of every remainder at the plan."""
    found = np.empty((expansion.steps, len(expansion.remainders)))
    for number, remainder in enumerate(expansion.remainders):
        atom = expansion.unrolled.atoms[remainder.atom]
        for step, at in enumerate(expansion.at[:, list(atom.forms)]):
            found[step, number] = coefficient(atom, at, at, at, step)[0]
    return found

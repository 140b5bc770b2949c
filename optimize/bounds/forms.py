"""The equations of a model, unrolled: affine forms and the few nonlinear atoms between them.

One step of the model becomes a list of *atoms* (products, quotients, powers, ...), each a
function of affine *forms* in the states, the money and earlier atoms. What does not depend
on a decision is a number at every step, so a coefficient is an array (K,) over the steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from optimize.problem import Matrix, Vector

Kind = Literal["product", "quotient", "harmonic", "power", "hinge", "norm"]


@dataclass(frozen=True)
class Form:
    """``constant + sum(coefficient * variable)``; every array is (K,), one number a step."""

    terms: Mapping[int, Vector]
    constant: Vector

    @property
    def plain(self) -> bool:
        """Whether no variable is in it."""
        return not self.terms

    def __add__(self, other: Form) -> Form:
        terms = dict(self.terms)
        for variable, coefficient in other.terms.items():
            terms[variable] = terms[variable] + coefficient if variable in terms else coefficient
        kept = {variable: c for variable, c in terms.items() if np.any(c != 0.0)}
        return Form(kept, self.constant + other.constant)

    def __neg__(self) -> Form:
        return self.times(np.full_like(self.constant, -1.0))

    def __sub__(self, other: Form) -> Form:
        return self + (-other)

    def times(self, factor: Vector) -> Form:
        """Scaled by a number a step."""
        if not np.any(factor):
            return Form({}, np.zeros_like(self.constant))
        return Form({v: c * factor for v, c in self.terms.items()}, self.constant * factor)

    def ratio(self, other: Form) -> Vector | None:
        """``p`` with ``self = p * other`` but for the constant, at every step; else None."""
        if self.terms.keys() != other.terms.keys():
            return None
        found: Vector | None = None
        for variable, below in other.terms.items():
            if np.any(below == 0.0):
                return None
            share = self.terms[variable] / below
            if found is None:
                found = share
            elif not np.allclose(share, found, rtol=1e-14, atol=0.0):
                return None
        return found


@dataclass(frozen=True)
class Atom:
    """A nonlinear function of forms; its value is the variable ``variable``.

    ``product``: A B. ``quotient``: A / B. ``power``: A ** ``exponent``. ``hinge``: max(A, 0).
    ``norm``: (A1**2 + A2**2 + ...) ** 0.5. ``harmonic``: A B / D, where D = s A + t B with
    ``weights`` (s, t) > 0: concave in A and B together where both are >= 0.
    """

    kind: Kind
    forms: tuple[int, ...]  # numbers of the forms A, B, ...
    variable: int
    owner: int  # slot of the equation it stands in
    exponent: float = 0.0
    weights: tuple[Vector, Vector] | None = None


@dataclass
class Unrolled:
    """A model as forms and atoms, from the year before the first decision to the last outcome.

    Variables are numbered: states, inputs (money of a step), then atoms in an order in which
    each reads only earlier ones.
    """

    times: Vector  # (K,)
    states: tuple[int, ...]  # slots of the state variables
    start: Vector  # (ns,): their values at the first step
    following: list[Form]  # the next value of every state
    inputs: list[Vector]  # per input variable the decision at every step (K,), -1 for none
    atoms: list[Atom]
    forms: list[Form]
    outcomes: list[tuple[Form, int]]  # form and step of every outcome
    names: Mapping[int, str] = field(default_factory=dict)  # slot -> column

    @property
    def first_atom(self) -> int:
        """Number of the first atom's variable."""
        return len(self.states) + len(self.inputs)


class Sparse:
    """Coefficients of some forms, to be taken step by step."""

    def __init__(self, forms: Sequence[Form], width: int) -> None:
        self.shape = (len(forms), width)
        entries = [(row, v, c) for row, form in enumerate(forms) for v, c in form.terms.items()]
        self.row = np.array([entry[0] for entry in entries], dtype=int)
        self.column = np.array([entry[1] for entry in entries], dtype=int)
        self.data = np.array([entry[2] for entry in entries]).T
        self.constant = np.array([form.constant for form in forms]).T  # (K, rows)

    def at(self, step: int) -> Matrix:
        """Coefficients (rows, variables) at a step."""
        dense = np.zeros(self.shape)
        if len(self.row):
            dense[self.row, self.column] = self.data[step]
        return dense


def _by_depth(atoms: list[Atom], forms: list[Form]) -> list[Atom]:
    """Atoms that read no other first, then those that read only these, and so on."""
    depth: dict[int, int] = {}
    for atom in atoms:
        read = {v for number in atom.forms for v in forms[number].terms}
        depth[atom.variable] = 1 + max((depth[v] for v in read if v in depth), default=0)
    return sorted(atoms, key=lambda atom: depth[atom.variable])


def without_unused(
    times: Vector,
    states: tuple[int, ...],
    start: Vector,
    following: list[Form],
    inputs: list[Vector],
    atoms: list[Atom],
    forms: list[Form],
    outcomes: list[tuple[Form, int]],
    names: dict[int, str],
) -> Unrolled:
    """Atoms by depth, without those that nobody reads, such as the numerator of a harmonic mean."""
    first = len(states) + len(inputs)
    read = {v for form in (*following, *(form for form, _ in outcomes)) for v in form.terms}
    for atom in reversed(atoms):
        if atom.variable in read:
            read.update(v for number in atom.forms for v in forms[number].terms)
    kept = _by_depth([atom for atom in atoms if atom.variable in read], forms)
    moved = {v: v for v in range(first)}
    moved |= {atom.variable: first + i for i, atom in enumerate(kept)}
    used = sorted({number for atom in kept for number in atom.forms})
    place = {number: i for i, number in enumerate(used)}

    def renumbered(form: Form) -> Form:
        return Form({moved[v]: c for v, c in form.terms.items()}, form.constant)

    return Unrolled(
        times,
        states,
        start,
        [renumbered(form) for form in following],
        inputs,
        [
            replace(
                atom,
                variable=moved[atom.variable],
                forms=tuple(place[number] for number in atom.forms),
            )
            for atom in kept
        ],
        [renumbered(forms[number]) for number in used],
        [(renumbered(form), step) for form, step in outcomes],
        names,
    )

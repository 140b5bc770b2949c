"""The exact expansion of a model about one plan.

With values ``z0`` at the plan of reference, every atom obeys, with no error at all,

    f(z) = f(z0) + gradient @ (z - z0) + sum over its terms of  c * alpha * beta

where alpha and beta are linear in ``z - z0`` and ``c`` is a known function of ``z``: for a
product c = 1, for a quotient -1 / (B0 B), for a power its second divided difference, and so
on. Eliminating all variables but the decisions ``d = plan - plan0`` leaves, for every
outcome, ``g @ d + sum(weight * c * alpha * beta)``: a linear part and *remainders*, each of
second order in ``d``. Nothing is lost so far; bounding starts with the ranges.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimize.bounds.atoms import gradient_of, value_of
from optimize.bounds.forms import Atom, Sparse, Unrolled
from optimize.problem import Matrix, Vector


@dataclass(frozen=True)
class Remainder:
    """A term ``c * alpha * beta``: rows of coefficients over the atom's forms, by step."""

    atom: int
    alpha: Matrix  # (K, forms of the atom)
    beta: Matrix


class Expansion:
    """Values and slopes of ``unrolled`` at ``plan`` (n,), for all K steps."""

    def __init__(self, unrolled: Unrolled, plan: Vector) -> None:
        self.unrolled, self.plan = unrolled, plan
        self.steps = len(unrolled.times)
        self.width = unrolled.first_atom + len(unrolled.atoms)
        self.forms = Sparse(unrolled.forms, self.width)
        self.following = Sparse(unrolled.following, self.width)
        self.outcomes = Sparse([form for form, _ in unrolled.outcomes], self.width)
        self._values()
        self.remainders = [
            remainder
            for number, atom in enumerate(unrolled.atoms)
            for remainder in _remainders(number, atom, self.at[:, list(atom.forms)])
        ]

    @cached_property
    def of_atom(self) -> list[list[int]]:
        """Numbers of the remainders of every atom."""
        found: list[list[int]] = [[] for _ in self.unrolled.atoms]
        for number, remainder in enumerate(self.remainders):
            found[remainder.atom].append(number)
        return found

    @cached_property
    def runs(self) -> list[list[int]]:
        """Remainders in order, parted so that none is in an atom that reads another one's."""
        u = self.unrolled
        found: list[list[int]] = []
        fresh: set[int] = set()
        for number, atom in enumerate(u.atoms):
            if not found or any(v in fresh for form in atom.forms for v in u.forms[form].terms):
                found.append([])
                fresh = set()
            found[-1] += self.of_atom[number]
            fresh.add(atom.variable)
        return found

    def money(self, step: int, plan: Vector) -> Vector:
        """The inputs at a step (inputs,)."""
        picks = [owner[step] for owner in self.unrolled.inputs]
        return np.array([plan[i] if i >= 0 else 0.0 for i in picks])

    def _values(self) -> None:
        """Run the forms and atoms at the plan: ``at`` (K, forms), ``value`` (K, atoms)."""
        u = self.unrolled
        first = u.first_atom
        self.at = np.zeros((self.steps, len(u.forms)))
        self.value = np.zeros((self.steps, len(u.atoms)))
        self.state = np.zeros((self.steps, len(u.states)))
        reads = [
            [
                (number, form, *_columns(form.terms))
                for number in atom.forms
                for form in (u.forms[number],)
            ]
            for atom in u.atoms
        ]
        current = u.start
        z = np.zeros(self.width)
        for step in range(self.steps):
            self.state[step] = current
            z[: len(u.states)] = current
            z[len(u.states) : first] = self.money(step, self.plan)
            at = self.at[step]
            for number, atom in enumerate(u.atoms):
                for form, whole, variables, coefficients in reads[number]:
                    at[form] = whole.constant[step] + coefficients[step] @ z[variables]
                z[first + number] = value_of(atom, at[list(atom.forms)])
            self.value[step] = z[first:]
            current = self.following.constant[step] + self.following.at(step) @ z

    @cached_property
    def gradients(self) -> list[Matrix]:
        """Per atom its slopes (K, forms of the atom) at the plan."""
        return [
            gradient_of(atom, self.at[:, list(atom.forms)], self.value[:, number])
            for number, atom in enumerate(self.unrolled.atoms)
        ]

    @cached_property
    def lines(self) -> list[Linear]:
        """The linear parts of all steps."""
        return [self.linear(step) for step in range(self.steps)]

    @cached_property
    def own(self) -> dict[int, list[int]]:
        """Per state the atoms in its next value that read the state itself."""
        u = self.unrolled
        found: dict[int, list[int]] = {}
        for state, form in enumerate(u.following):
            for number, atom in enumerate(u.atoms):
                reads = any(state in u.forms[f].terms for f in atom.forms)
                if reads and atom.variable in form.terms:
                    found.setdefault(state, []).append(number)
        return found

    @property
    def sides(self) -> tuple[np.ndarray, np.ndarray]:
        """Row (T,) of every remainder's alpha and beta: forms first, then rows of their own."""
        alpha, beta, _ = self._sides
        return alpha, beta

    @cached_property
    def _sides(self) -> tuple[np.ndarray, np.ndarray, list[tuple[int, np.ndarray]]]:
        """Alphas, betas, and the rows of their own: by atom, over its forms."""
        extra: list[tuple[int, np.ndarray]] = []
        found: list[list[int]] = [[], []]
        for remainder in self.remainders:
            forms = self.unrolled.atoms[remainder.atom].forms
            for side, row in enumerate((remainder.alpha, remainder.beta)):
                used = np.flatnonzero(np.any(row != 0.0, axis=0))
                if len(used) == 1 and np.all(row[:, used[0]] == 1.0):
                    found[side].append(forms[used[0]])
                elif side == 1 and remainder.beta is remainder.alpha:
                    found[1].append(found[0][-1])
                else:
                    found[side].append(len(self.unrolled.forms) + len(extra))
                    extra.append((remainder.atom, row))
        return np.array(found[0], dtype=int), np.array(found[1], dtype=int), extra

    def rows(self, step: int) -> Matrix:
        """All rows in terms of forms: the forms themselves, and alphas and betas beside them."""
        count, (*_, extra) = len(self.unrolled.forms), self._sides
        found = np.zeros((count + len(extra), count))
        found[:count] = np.eye(count)
        for place, (atom, row) in enumerate(extra):
            for form, coefficient in zip(self.unrolled.atoms[atom].forms, row[step], strict=True):
                found[count + place, form] += coefficient
        return found

    def money_rows(self, step: int) -> Matrix:
        """The inputs of a step in terms of the decisions (inputs, n)."""
        inputs = self.unrolled.inputs
        found = np.zeros((len(inputs), len(self.plan)))
        for place, owner in enumerate(inputs):
            if owner[step] >= 0:
                found[place, owner[step]] = 1.0
        return found

    def variable(self, step: int, number: int) -> float:
        """Value of a variable at the plan."""
        ns, first = len(self.unrolled.states), self.unrolled.first_atom
        if number < ns:
            return float(self.state[step, number])
        if number < first:
            return float(self.money(step, self.plan)[number - ns])
        return float(self.value[step, number - first])

    def linear(self, step: int) -> Linear:
        """The linear part of a step, atoms eliminated."""
        u = self.unrolled
        first, count = u.first_atom, len(u.atoms)
        forms = self.forms.at(step)
        local = np.zeros((count, self.width))
        for number, atom in enumerate(u.atoms):
            local[number] = self.gradients[number][step] @ forms[list(atom.forms)]
        noise = np.zeros((count, len(self.remainders)))
        for column, remainder in enumerate(self.remainders):
            noise[remainder.atom, column] = 1.0
        right = np.hstack([local[:, :first], noise])
        solved: Matrix = np.asarray(
            np.linalg.solve(np.eye(count) - local[:, first:], right), dtype=np.float64
        )
        return Linear(forms, self.following.at(step), self.outcomes.at(step), solved, first)


@dataclass(frozen=True)
class Linear:
    """Rows of one step in terms of states and inputs (``known``) and its remainders."""

    forms: Matrix
    following: Matrix
    outcomes: Matrix
    solved: Matrix  # atoms in terms of states, inputs | remainders
    first: int

    def known(self, rows: Matrix) -> Matrix:
        """(rows, states + inputs)."""
        return np.asarray(
            rows[:, : self.first] + rows[:, self.first :] @ self.solved[:, : self.first]
        )

    def noise(self, rows: Matrix) -> Matrix:
        """(rows, remainders of the step)."""
        return np.asarray(rows[:, self.first :] @ self.solved[:, self.first :])


def _columns(terms: object) -> tuple[np.ndarray, np.ndarray]:
    assert isinstance(terms, dict)
    return np.array(list(terms), dtype=int), np.array(list(terms.values())).T


def _remainders(number: int, atom: Atom, at: Matrix) -> list[Remainder]:
    one, none = np.ones(len(at)), np.zeros(len(at))
    if atom.kind == "product":
        return [Remainder(number, np.stack([one, none], 1), np.stack([none, one], 1))]
    if atom.kind == "quotient":
        a, b = at.T
        return [Remainder(number, np.stack([none, one], 1), np.stack([one, -a / b], 1))]
    if atom.kind == "harmonic":
        a, b, d = at.T
        row = np.stack([b / d, -a / d, none], 1)
        return [Remainder(number, row, row)]
    if atom.kind in ("power", "hinge"):
        return [Remainder(number, one[:, None], one[:, None])]
    length = np.sqrt(np.sum(at * at, axis=1))
    found = []
    for i in range(at.shape[1]):
        for j in range(i + 1, at.shape[1]):
            row = np.zeros_like(at)
            row[:, i], row[:, j] = -at[:, j] / length, at[:, i] / length
            found.append(Remainder(number, row, row))
    return found

"""Where every quantity of the model may lie at every step, for all plans of a region.

Going forward in time, the change of every quantity is ``row @ d + offset + sum(column *
symbol)``: exact first order in the decisions ``d``, and for every remainder so far one
symbol in [-1, 1], so that what cancels in the model cancels here. Beside it, plain interval
arithmetic keeps what is known of the size of things (stocks are not negative); the tighter
of both counts.

Rounding is counted, by the usual a-priori bound: a sum of N products is wrong by at most N
units of rounding of the sum of their sizes. Every atom and every next state is taken to be
wrong by that much at each step (``wrong``, ``fuzz``: the sizes come from the plain ranges), which
goes through the model like a remainder. Two things are taken as given: NumPy's powers and
roots are right to a hundred units, and a quantity whose computed lower end is 0 or more is
not negative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.bounds.atoms import coefficient, corners, image, squared, times
from optimize.bounds.expand import Expansion, Linear
from optimize.bounds.hull import interval, next_states
from optimize.bounds.region import Region
from optimize.problem import Matrix, Vector

UNIT = 2.0**-52  # two units of rounding
CANCEL = 1e-9  # relative: what a divided difference over NEAR may be wrong by
SYMBOLS = 1000  # symbols kept apart by default; the smallest are merged, state by state


@dataclass(frozen=True)
class Reached:
    """What is known at one step. States are ``slopes @ d + offset + symbols``, within ``fuzz``.

    ``middle`` and ``radius`` (T,) are those of the remainders, ``coefficients`` (T, 2) the ranges
    of their c, ``sides`` (rows, 2) those of forms, alphas and betas. ``wrong`` (atoms,) and
    ``rounded`` (states,) say how far rounding may put an atom and a next state.
    """

    slopes: Matrix  # (states, n)
    offset: Vector
    symbols: Matrix  # (states, symbols)
    fuzz: Vector
    middle: Vector
    radius: Vector
    coefficients: Matrix
    sides: Matrix
    hull: Matrix  # (2, variables)
    wrong: Vector
    rounded: Vector


def reached(expansion: Expansion, region: Region, symbols: int = SYMBOLS) -> list[Reached]:
    """Follow all plans of ``region``, given about the same plan, step by step.

    With more ``symbols`` less is lost, and more time is spent.

    Raises NoRange if a range reaches where an equation is not defined.
    """
    return _Sweep(expansion, region, symbols).run()


def boxes(expansion: Expansion, region: Region, symbols: int = SYMBOLS) -> NDArray[np.float64]:
    """Bounds (K, 2, variables) of states, inputs and atoms at every step over ``region``.

    Raises NoRange as :func:`reached` does.
    """
    return np.stack([step.hull for step in reached(expansion, region, symbols)])


class _Sweep:
    """One pass forward in time."""

    def __init__(self, expansion: Expansion, region: Region, symbols: int) -> None:
        self.expansion, self.region, self.kept = expansion, region, symbols
        u = expansion.unrolled
        self.first, self.states = u.first_atom, len(u.states)
        self.count, n = len(expansion.remainders), len(expansion.plan)
        self.alpha, self.beta = expansion.sides
        self.same = self.alpha == self.beta
        self.lead = np.array([own[0] for own in expansion.of_atom], dtype=int)
        self.unit = UNIT * (expansion.width + n + 64)
        self.slopes = np.zeros((self.states, n))
        self.offset = np.zeros(self.states)
        self.fuzz = np.zeros(self.states)
        self.symbols = np.zeros((self.states, 0))
        self.hull = np.zeros((2, expansion.width))
        self.hull[:, : self.states] = u.start

    def run(self) -> list[Reached]:
        expansion, ns = self.expansion, self.states
        found = []
        for step in range(expansion.steps):
            line, money = expansion.lines[step], expansion.money_rows(step)
            rows = expansion.rows(step)
            known, noise = rows @ line.known(line.forms), rows @ line.noise(line.forms)
            slope = known[:, :ns] @ self.slopes + known[:, ns:] @ money
            spread = np.abs(known[:, :ns] @ self.symbols).sum(axis=1)
            spread += np.abs(known[:, :ns]) @ (self.fuzz + self.unit * self._sizes())
            spread += self.unit * np.abs(known[:, ns:]) @ self._money(step)
            bounds = _Bounds(*self.region.ranges(slope), known[:, :ns] @ self.offset, spread)
            q, sides, coefficients, insides, wrong = self._remainders(step, bounds, noise)
            far = np.abs(self.hull).max(axis=0)
            rounded = np.abs(line.following) @ far
            rounded += np.abs(expansion.following.constant[step])
            found.append(
                Reached(
                    self.slopes,
                    self.offset,
                    self.symbols,
                    self.fuzz,
                    q[0],
                    q[1],
                    coefficients,
                    sides,
                    self.hull.copy(),
                    wrong,
                    2.0 * self.unit * rounded,
                )
            )
            if step + 1 < expansion.steps:
                self._advance(step, line, money, q, insides, wrong, rounded)
        return found

    def _remainders(
        self, step: int, bounds: _Bounds, noise: Matrix
    ) -> tuple[Matrix, Matrix, Matrix, list[Matrix], Vector]:
        """Middle and radius (2, T) of the remainders of a step, atom by atom.

        Also the ranges (rows, 2) of alphas, betas and forms, those (T, 2) of the coefficients,
        per atom the ranges (2, forms) of its forms, and how far rounding may put it wrong.
        """
        expansion, hull = self.expansion, self.hull
        u, plan, line = expansion.unrolled, expansion.plan, expansion.lines[step]
        ns = self.states
        hull[0, ns : self.first] = expansion.money(step, plan + self.region.low)
        hull[1, ns : self.first] = expansion.money(step, plan + self.region.high)
        q = np.zeros((2, self.count))
        size, lead = np.abs(noise), np.abs(noise[:, self.lead])
        weights = np.abs(line.forms)
        wrong = np.zeros(len(u.atoms))
        total = np.zeros((len(noise), 2))
        coefficients = np.zeros((self.count, 2))
        insides = []
        for number, atom in enumerate(u.atoms):
            own = expansion.of_atom[number]
            forms = list(atom.forms)
            places = [*forms, *self.alpha[own], *self.beta[own]]
            middle = bounds.middle[places] + noise[places] @ q[0]
            radius = bounds.spread[places] + size[places] @ q[1] + lead[places] @ wrong
            low, high = bounds.low[places] + middle - radius, bounds.high[places] + middle + radius
            at = expansion.at[step, forms]
            plain = interval(line.forms[forms], hull) + expansion.forms.constant[step, forms]
            f = len(forms)
            inside = np.stack(
                [np.maximum(at + low[:f], plain[0]), np.minimum(at + high[:f], plain[1])]
            )
            found = coefficient(atom, at, inside[0], inside[1], step)
            value = image(atom, inside[0], inside[1], step)
            hull[:, self.first + number] = value
            if atom.kind == "power":  # a divided difference cancels
                found = found[0] - CANCEL * abs(found[0]), found[1] + CANCEL * abs(found[1])
            insides.append(inside)
            moved = inside - at
            terms = weights[forms] @ np.abs(hull).max(axis=0)
            terms += np.abs(expansion.forms.constant[step, forms]) + np.abs(moved).max(axis=0)
            slopes = np.abs(expansion.gradients[number][step])
            wrong[number] = self.unit * (2.0 * slopes @ terms + max(abs(value[0]), abs(value[1])))
            least, most = corners(
                atom,
                at,
                float(expansion.value[step, number]),
                expansion.gradients[number][step],
                inside,
                step,
            )
            along = interval(expansion.gradients[number][step][None], moved)[:, 0]
            change = value - expansion.value[step, number]
            least = max(least, change[0] - along[1])
            most = min(most, change[1] - along[0])
            for j, i in enumerate(own):
                remainder = expansion.remainders[i]
                sides = []
                for place, row in ((f + j, remainder.alpha), (f + len(own) + j, remainder.beta)):
                    again = interval(row[step][None], moved)[:, 0]
                    sides.append((max(low[place], again[0]), min(high[place], again[1])))
                total[self.alpha[i]], total[self.beta[i]] = sides
                coefficients[i] = found
                product = squared(sides[0]) if self.same[i] else times(*sides)
                q_low, q_high = times(found, product)
                if len(own) == 1:
                    least, most = least - wrong[number], most + wrong[number]
                    q_low, q_high = max(q_low, least), min(q_high, most)
                q[0, i], q[1, i] = 0.5 * (q_low + q_high), max(0.5 * (q_high - q_low), 0.0)
        return q, total, coefficients, insides, wrong

    def _sizes(self) -> Vector:
        """The states' changes, term by term (ns,)."""
        reach = np.maximum(np.abs(self.region.low), np.abs(self.region.high))
        found = np.abs(self.slopes) @ reach + np.abs(self.offset)
        return np.asarray(found + np.abs(self.symbols).sum(axis=1))

    def _money(self, step: int) -> Vector:
        """The inputs' changes (inputs,)."""
        reach = np.maximum(np.abs(self.region.low), np.abs(self.region.high))
        return self.expansion.money(step, reach)

    def _advance(
        self,
        step: int,
        line: Linear,
        money: Matrix,
        q: Matrix,
        insides: list[Matrix],
        wrong: Vector,
        rounded: Vector,
    ) -> None:
        """States of the next step."""
        ns = self.states
        forward, fresh = line.known(line.following), line.noise(line.following)
        terms = rounded + np.abs(forward[:, :ns]) @ self._sizes()
        terms += np.abs(forward[:, ns:]) @ self._money(step)
        fuzz = np.abs(forward[:, :ns]) @ self.fuzz + np.abs(fresh[:, self.lead]) @ wrong
        self.fuzz = fuzz + self.unit * terms
        self.slopes = forward[:, :ns] @ self.slopes + forward[:, ns:] @ money
        self.offset = forward[:, :ns] @ self.offset + fresh @ q[0]
        symbols = np.hstack([forward[:, :ns] @ self.symbols, fresh * q[1]])
        keep = _largest(symbols, self.kept)
        drop = np.ones(symbols.shape[1], dtype=bool)
        drop[keep] = False
        self.symbols = _with(symbols[:, keep], np.abs(symbols[:, drop]).sum(axis=1))
        plain = next_states(self.expansion, step, self.hull, insides)
        low, high = self.region.ranges(self.slopes)
        spread = np.abs(self.symbols).sum(axis=1) + self.fuzz
        at = self.expansion.state[step + 1] + self.offset
        self.hull[0, :ns] = np.maximum(at + low - spread, plain[0])
        self.hull[1, :ns] = np.minimum(at + high + spread, plain[1])
        # Where the plain bounds say more of the part that is not linear, one symbol replaces all.
        least = self.hull[0, :ns] - self.expansion.state[step + 1] - high
        most = self.hull[1, :ns] - self.expansion.state[step + 1] - low
        worse = 0.5 * (most - least) < spread
        if worse.any():
            self.offset = np.where(worse, 0.5 * (least + most), self.offset)
            self.fuzz = np.where(worse, self.unit * terms, self.fuzz)  # they round, too
            rest = np.where(worse[:, None], 0.0, self.symbols)
            self.symbols = _with(rest, np.where(worse, 0.5 * (most - least), 0.0))


@dataclass(frozen=True)
class _Bounds:
    """Of some rows: range of the linear part, and middle and spread of the rest so far."""

    low: Vector
    high: Vector
    middle: Vector
    spread: Vector


def _largest(symbols: Matrix, number: int) -> np.ndarray:
    """Which symbols are kept apart: the largest ``number``, against the size of each state's."""
    size = np.abs(symbols).max(axis=1, initial=0.0, keepdims=True)
    importance = (np.abs(symbols) / np.where(size > 0.0, size, 1.0)).sum(axis=0)
    order = np.argsort(-importance, kind="stable")[:number]
    return np.asarray(order[importance[order] > 0.0])


def _with(symbols: Matrix, fresh: Vector) -> Matrix:
    """Symbols of the states, with one more for every state where ``fresh`` is not 0."""
    return np.hstack([symbols, np.diag(fresh)[:, fresh > 0.0]])

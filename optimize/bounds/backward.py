"""A quadratic lower bound of an outcome functional, valid for all plans of a region.

Going backward in time, what is still to come is kept above a quadratic in the decisions ``d`` and
the states' changes ``z``:

    functional from this step on >= constant + g @ (d, z) + (d, z) @ H @ (d, z) / 2

The states of the next step are linear in ``d``, ``z`` and the remainders of this step
(:mod:`~optimize.bounds.expand`), so the quadratic is first one in the remainders, too. They leave
it one after the other, the last atom first: each is multiplied by a price y that is linear in what
is left, and ``y r`` is kept above a quadratic again (:mod:`~optimize.bounds.ways`). At the first
step z is 0. How far prices and alphas may range is known from the pass forward
(:mod:`~optimize.bounds.ranges`).

Rounding: what the model may be wrong by at a step counts with its price, and what the numbers
here may be wrong by is bounded by the number of terms and the sum of their sizes.
"""

from __future__ import annotations

import numpy as np

from optimize.bounds.expand import Expansion
from optimize.bounds.minorant import Minorant
from optimize.bounds.ranges import UNIT, Reached, reached
from optimize.bounds.region import Region
from optimize.bounds.ways import Priced, Way, apart, best
from optimize.problem import Matrix, Vector

CAUTION = 0.4  # what bends down, against what is lost at once: more of it drives the bound away


def minorant(
    expansion: Expansion, region: Region, weights: Vector, near: Vector | None = None
) -> Minorant:
    """Bound ``weights @ outcomes`` from below over ``region``, given about the plan of expansion.

    Where there is a choice, the bound is the better one at the plan ``near`` (n,), by default the
    plan of expansion.

    Raises NoRange if a range reaches where an equation is not defined.
    """
    there = expansion if near is None else Expansion(expansion.unrolled, near)
    return _Backward(expansion, region, weights, reached(expansion, region), there).run()


class _Backward:
    def __init__(
        self,
        expansion: Expansion,
        region: Region,
        weights: Vector,
        steps: list[Reached],
        near: Expansion,
    ) -> None:
        self.expansion, self.region, self.weights = expansion, region, weights
        self.steps, self.near = steps, near
        self.n, self.states = len(expansion.plan), len(expansion.unrolled.states)
        self._unit = UNIT * (expansion.width + self.n + 64)
        self.count = len(expansion.remainders)
        self.sides = np.stack(expansion.sides)
        self.same = self.sides[0] == self.sides[1]
        self.of_step = np.array([step for _, step in expansion.unrolled.outcomes])
        self.reach = np.maximum(np.abs(region.low), np.abs(region.high))
        kept = self.n + self.states
        self.g, self.h = np.zeros(kept), np.zeros((kept, kept))
        self.constant, self.error, self.size = self._at_plan(), 0.0, 0.0
        self.shares = np.zeros((expansion.steps, self.count))
        self.signs = np.stack([np.full(self.count, np.inf), np.full(self.count, -np.inf)], 1)
        self.spans = np.zeros(self.n)
        self.moved = near.plan - expansion.plan

    def _at_plan(self) -> float:
        expansion = self.expansion
        here = [
            float(form.constant[step])
            + sum(c[step] * expansion.variable(step, v) for v, c in form.terms.items())
            for form, step in expansion.unrolled.outcomes
        ]
        return float(self.weights @ np.array(here))

    def run(self) -> Minorant:
        expansion = self.expansion
        for step in reversed(range(expansion.steps)):
            self._open(step)
            for own in reversed(expansion.runs):
                self._eliminate(step, np.array(own))
            kept = self.n + self.states
            self.g, self.h = self.g[:kept], self.h[:kept, :kept]
        terms = 4 * expansion.steps * self.count + self.n
        self.error += UNIT * terms * (self.size + abs(self.constant))
        n = self.n
        return Minorant(
            expansion.plan,
            self.region,
            self.constant,
            self.g[:n],
            self.h[:n, :n],
            float(self.error),
            self.shares,
            self.signs,
            self.spans,
        )

    def _open(self, step: int) -> None:
        """From the states of the next step to ``(d, z, remainders)`` of this one."""
        expansion, here = self.expansion, self.steps[step]
        n, ns = self.n, self.states
        line, money = expansion.lines[step], expansion.money_rows(step)

        def whole(rows: Matrix) -> Matrix:
            """Rows over all variables of the step in terms of ``(d, z, remainders)``."""
            known = line.known(rows)
            return np.hstack([known[:, ns:] @ money, known[:, :ns], line.noise(rows)])

        symbols = np.abs(here.symbols).sum(axis=1)
        far = np.abs(here.slopes) @ self.reach + np.abs(here.offset) + symbols + here.fuzz
        self.far = np.concatenate([self.reach, far, np.abs(here.middle) + here.radius])
        forward = whole(line.following)
        # What the products below may be wrong by: of the sizes of what they sum up.
        sizes = np.concatenate([self.reach, np.abs(forward) @ self.far])
        size = np.abs(self.g) @ sizes + 0.5 * sizes @ np.abs(self.h) @ sizes
        self.error += 2.0 * self._unit * float(size)
        width = n + ns + self.count
        g, h = np.zeros(width), np.zeros((width, width))
        if step + 1 < expansion.steps:
            self._rounded(step)
            mixed = self.h[:n, n:] @ forward
            h += forward.T @ self.h[n:, n:] @ forward
            h[:n] += mixed
            h[:, :n] += mixed.T
            h[:n, :n] += self.h[:n, :n]
            g += self.g[n:] @ forward
            g[:n] += self.g[:n]
        wanted = np.where(self.of_step == step, self.weights, 0.0)
        if wanted.any():
            rows = (wanted @ line.outcomes)[None]
            own = whole(rows)[0]
            g += own
            size = np.abs(rows[0]) @ np.abs(here.hull).max(axis=0) + np.abs(own) @ self.far
            self.error += 2.0 * self._unit * float(size)
        self.g, self.h = g, h
        self.rows = expansion.rows(step) @ whole(line.forms)
        self._near(step)

    def _rounded(self, step: int) -> None:
        """What rounding of the next states may amount to."""
        low, high = self._ranges(self.steps[step + 1], self.h[self.n :], self.g[self.n :])
        self.error += float(np.maximum(np.abs(low), np.abs(high)) @ self.steps[step].rounded)

    def _near(self, step: int) -> None:
        """``(d, z, remainders)`` and all rows at the plan of ``near``."""
        expansion, near, u = self.expansion, self.near, self.expansion.unrolled
        forms = near.at[step] - expansion.at[step]
        self.beside = expansion.rows(step) @ forms
        product = self.beside[self.sides[0]] * self.beside[self.sides[1]]
        r = np.zeros(self.count)
        for number, atom in enumerate(u.atoms):
            own = expansion.of_atom[number]
            slope = expansion.gradients[number][step] @ forms[list(atom.forms)]
            whole = near.value[step, number] - expansion.value[step, number] - slope
            total = product[own].sum()
            r[own] = whole * (product[own] / total if total != 0.0 else 1.0 / len(own))
        z = near.state[step] - expansion.state[step]
        self.point = np.concatenate([self.moved, z, r])

    def _ranges(self, at: Reached, rows: Matrix, level: Vector) -> tuple[Vector, Vector]:
        """Of ``level + rows @ (d, z, remainders)``, as many of the last as there are columns."""
        n, ns = self.n, self.states
        d, z, r = rows[:, :n], rows[:, n : n + ns], rows[:, n + ns :]
        count = r.shape[1]
        low, high = self.region.ranges(d + z @ at.slopes)
        middle = level + z @ at.offset + r @ at.middle[:count]
        spread = np.abs(z @ at.symbols).sum(axis=1) + np.abs(z) @ at.fuzz
        spread += np.abs(r) @ at.radius[:count]
        return low + middle - spread, high + middle + spread

    def _eliminate(self, step: int, own: np.ndarray) -> None:
        """Take remainders out of the quadratic; none of them is in another one's alpha."""
        here = self.steps[step]
        first = self.n + self.states + int(own[0])
        places = self.n + self.states + own
        r = np.stack([here.middle - here.radius, here.middle + here.radius], 1)[own]
        slope, constant = apart(self.h[np.ix_(places, places)], r, self.point[places])
        price = self.g[places] + slope
        self.constant += constant
        rows = self.h[places, :first]
        reach = self.far[:first]
        rounding = self._unit * (np.abs(price) + np.abs(rows) @ reach)
        low, high = self._ranges(here, rows, price)
        low, high = low - rounding, high + rounding
        a, b = self.rows[self.sides[0, own], :first], self.rows[self.sides[1, own], :first]
        sides = here.sides[self.sides[:, own]]
        priced = Priced(np.stack([low, high], 1), sides[0], sides[1], here.coefficients[own], r)
        y = price + rows @ self.point[:first]
        alpha, beta = self.beside[self.sides[0, own]], self.beside[self.sides[1, own]]
        way = best(priced, self.same[own], y, alpha, beta, CAUTION)
        self._add(first, rows, price, a, b, way)
        loss = y * self.point[places] - way.value(y, alpha, beta)
        self._note(step, own, rows, a, b, loss, priced)
        sizes = [np.abs(price) + np.abs(rows) @ reach, np.abs(a) @ reach, np.abs(b) @ reach]
        self.size += float(way.size(*sizes).sum())
        # An atom that rounds differs from value, slopes and remainders by this.
        atoms = [self.expansion.remainders[i].atom for i in own]
        self.error += float(np.maximum(np.abs(low), np.abs(high)) @ here.wrong[atoms])

    def _add(self, first: int, rows: Matrix, price: Vector, a: Matrix, b: Matrix, way: Way) -> None:
        """The quadratics that replace remainders."""
        mixed = way.pull[:, None] * a + way.push[:, None] * b
        self.constant += float((way.level + way.tilt * price).sum())
        self.g[:first] += way.tilt @ rows + way.p @ a + way.q @ b + price @ mixed
        left, right = np.vstack([way.bend[:, None] * a, rows]), np.vstack([b, mixed])
        found = left.T @ right
        self.h[:first, :first] += found + found.T

    def _note(
        self,
        step: int,
        own: np.ndarray,
        rows: Matrix,
        a: Matrix,
        b: Matrix,
        loss: Vector,
        priced: Priced,
    ) -> None:
        """What is lost, by remainder and by decision."""
        loss = np.maximum(loss, 0.0)
        self.shares[step, own] = loss
        ends = priced.y[:, :, None] * priced.c[:, None, :]
        self.signs[own, 0] = np.minimum(self.signs[own, 0], ends.min(axis=(1, 2)))
        self.signs[own, 1] = np.maximum(self.signs[own, 1], ends.max(axis=(1, 2)))
        here, width = self.steps[step], self.region.high - self.region.low
        for side in (rows, a, b):
            z = side[:, self.n : self.n + self.states]
            row = np.abs(side[:, : self.n] + z @ here.slopes) * width
            total = np.maximum(row.sum(axis=1, keepdims=True), 1e-300)
            self.spans += 0.4 * loss @ (row / total)

"""A quadratic lower bound of an outcome functional, valid for all plans of a region.

Going forward in time, the change of every quantity is ``row @ d + offset + sum(column *
symbol)``: exact first order in the decisions ``d``, and for every remainder so far one
symbol in [-1, 1], so that what cancels in the model cancels here. Beside it, plain interval
arithmetic keeps what is known of the size of things (stocks are not negative); the tighter
of both counts. Put into the expansion, this leaves

    functional >= constant + slope @ d + d @ square @ d / 2 - error

The remainders are in ``square`` exactly up to second order in ``d``; ``error`` is of third.

Rounding is counted, by the usual a-priori bound: a sum of N products is wrong by at most N
units of rounding of the sum of their sizes. Every atom and every next state is taken to be
wrong by that much at each step (``wrong``, ``fuzz``: the sizes come from the plain ranges), which
goes through the model like a remainder. Two things are taken as given: NumPy's powers and
roots are right to a hundred units, and a quantity whose computed lower end is 0 or more is
not negative.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimize.bounds.atoms import coefficient, corners, image, squared, times
from optimize.bounds.closing import Origins, closed, largest, pairs_below, parts
from optimize.bounds.expand import Expansion, Linear
from optimize.bounds.hull import interval, next_states
from optimize.bounds.minorant import Minorant
from optimize.bounds.region import Region
from optimize.bounds.terms import Bounds, nearest, weighty
from optimize.problem import Matrix, Vector

UNIT = 2.0**-52  # two units of rounding
FAINT = 0.1  # how much of a vague curvature counts: it costs nothing where alpha is 0
CANCEL = 1e-9  # relative: what a divided difference over NEAR may be wrong by
SYMBOLS = 1000  # symbols kept apart by default; the smallest are merged, state by state


def minorant(
    expansion: Expansion,
    region: Region,
    weights: Vector,
    symbols: int = SYMBOLS,
    near: Vector | None = None,
) -> Minorant:
    """Bound ``weights @ outcomes`` from below over ``region``, given about the same plan.

    With more ``symbols`` less is lost, and more time is spent. Where there is a choice, the
    bound is the better one at ``near`` (n,), a change of the plan.

    Raises NoRange if a range reaches where an equation is not defined.
    """
    at = np.zeros(len(expansion.plan)) if near is None else near
    return _Sweep(expansion, region, weights, symbols, at).run()


def boxes(expansion: Expansion, region: Region, symbols: int = SYMBOLS) -> NDArray[np.float64]:
    """Bounds (K, 2, variables) of states, inputs and atoms at every step over ``region``.

    Raises NoRange as :func:`minorant` does.
    """
    none, here = np.zeros(len(expansion.unrolled.outcomes)), np.zeros(len(expansion.plan))
    sweep = _Sweep(expansion, region, none, symbols, here)
    sweep.run()
    return np.stack(sweep.hulls)


class _Sweep:
    """One pass forward in time."""

    def __init__(
        self,
        expansion: Expansion,
        region: Region,
        weights: Vector,
        symbols: int,
        near: Vector,
    ) -> None:
        self.expansion, self.region, self.kept, self.near = expansion, region, symbols, near
        u = expansion.unrolled
        self.first, self.states = u.first_atom, len(u.states)
        self.count, n = len(expansion.remainders), len(expansion.plan)
        self.alpha, self.beta = expansion.sides
        self.same = self.alpha == self.beta
        self.of_atom: list[list[int]] = [[] for _ in u.atoms]
        for number, remainder in enumerate(expansion.remainders):
            self.of_atom[remainder.atom].append(number)
        self.weight, self.slope, self.prices = expansion.functional(weights)
        self.lead = np.array([own[0] for own in self.of_atom], dtype=int)
        self.unit = UNIT * (expansion.width + n + 64)
        self.square, self.spans = np.zeros((n, n)), np.zeros(n)
        here = [
            float(form.constant[step])
            + sum(c[step] * expansion.variable(step, v) for v, c in form.terms.items())
            for form, step in u.outcomes
        ]
        self.constant = float(weights @ np.array(here))
        self.error = 2.0 * self.unit * float(np.abs(weights) @ np.abs(here))
        self.shares = np.zeros((expansion.steps, self.count))
        self.signs = np.stack([np.full(self.count, np.inf), np.full(self.count, -np.inf)], 1)
        self.slopes = np.zeros((self.states, n))
        self.offset = np.zeros(self.states)
        self.fuzz, self.size = np.zeros(self.states), 0.0
        self.symbols = np.zeros((self.states, 0))
        # What multiplies the symbols in the functional: a row in d, a number, each other.
        self.curved, self.level, self.pairs = np.zeros((0, n)), np.zeros(0), np.zeros((0, 0))
        self.origins = Origins.none(0, n)
        self.hull = np.zeros((2, expansion.width))
        self.hull[:, : self.states] = u.start
        self.hulls: list[Matrix] = []

    def run(self) -> Minorant:
        expansion = self.expansion
        for step in range(expansion.steps):
            line, money = expansion.lines[step], expansion.money_rows(step)
            rows = expansion.rows(step)
            forms, fresh = line.known(line.forms), line.noise(line.forms)
            known, noise = rows @ forms, rows @ fresh
            ns = self.states
            slope = known[:, :ns] @ self.slopes + known[:, ns:] @ money
            old = known[:, :ns] @ self.symbols
            middle = known[:, :ns] @ self.offset
            states, lead = np.abs(known[:, :ns]), np.abs(noise[:, self.lead])
            fuzz = states @ (self.fuzz + self.unit * self._sizes())
            fuzz += self.unit * np.abs(known[:, ns:]) @ self._money(step)
            spread = np.abs(old).sum(axis=1) + fuzz
            bounds = Bounds(*self.region.ranges(slope), middle, spread)
            q, total, coefficients, insides, wrong = self._remainders(step, bounds, noise)
            fuzz += lead @ wrong
            self.hulls.append(self.hull.copy())
            self._account(
                step,
                slope,
                bounds,
                np.hstack([old, noise * q[1]]),
                noise @ q[0],
                total,
                coefficients,
                q,
                fuzz,
            )
            self._rounded(step, line, wrong)
            if step + 1 < expansion.steps:
                self._advance(step, line, money, q, insides, wrong)
        self._close(self.curved, self.level, self.origins)
        self.error += pairs_below(self.pairs)
        summands = 4 * expansion.steps * self.count + len(self.slope)
        self.error += UNIT * summands * self.size
        return Minorant(
            expansion.plan,
            self.region,
            self.constant,
            self.slope,
            self.square + self.square.T,
            float(self.error),
            self.shares,
            self.signs,
            self.spans,
        )

    def _remainders(
        self, step: int, bounds: Bounds, noise: Matrix
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
            own = self.of_atom[number]
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

    def _account(
        self,
        step: int,
        slope: Matrix,
        bounds: Bounds,
        symbols: Matrix,
        shift: Vector,
        total: Matrix,
        coefficients: Matrix,
        q: Matrix,
        fuzz: Vector,
    ) -> None:
        """Add the remainders of a step to the functional.

        With ``alpha = a d + i + r`` and ``beta = b d + j + s``, where r and s are combinations
        of symbols: ``c alpha beta = k (a d + i)(b d + j) + k (a d + i) s + k r (b d + j) +
        k r s + (c - k) alpha beta``.
        """
        weight = self.weight[step]
        k = nearest(coefficients, weight, self.same)
        part = weight * k
        i, j = (bounds.middle[side] + shift[side] for side in (self.alpha, self.beta))
        a, b = slope[self.alpha], slope[self.beta]
        self.constant += part @ (i * j)
        self.slope = self.slope + (part * j) @ a + (part * i) @ b
        self.square += (a.T * part) @ b
        sizes, size = np.abs(symbols).sum(axis=1), np.abs(part)
        r_size, s_size = sizes[self.alpha], sizes[self.beta]
        reach = np.maximum(np.abs(bounds.low), np.abs(bounds.high))
        a_size, b_size = reach[self.alpha] + np.abs(i), reach[self.beta] + np.abs(j)
        counted = ~(self.same & (part >= 0.0))  # k r r >= 0 for the others
        both = np.where(counted, size * r_size * s_size, 0.0)
        mixed = size * (a_size * s_size + b_size * r_size)
        heavy = weighty(both + mixed)
        self._bend(part, a, b, i, j, symbols, counted, heavy)
        self.error += float((both + mixed)[~heavy].sum())
        fresh = Origins(a, np.stack([i, r_size + fuzz[self.alpha], *coefficients.T, *q, weight], 1))
        fresh.data[~self.same | (q[1] <= 0.0)] = np.nan
        self.origins = Origins.join(self.origins, fresh)
        far = np.abs(total).max(axis=1)
        fuzzy = far[self.alpha] * fuzz[self.beta] + far[self.beta] * fuzz[self.alpha]
        self.error += 2.0 * float(size @ fuzzy)
        radius = np.abs(weight) * np.abs(coefficients - k[:, None]).max(axis=1)
        width = self.region.high - self.region.low
        vague = radius * far[self.alpha] * far[self.beta]
        self.spans += FAINT * vague @ (parts(a, width) + parts(b, width))
        radius[self.same] = 0.0  # the smaller end was taken
        loose = radius * far[self.alpha] * far[self.beta]
        self.error += loose.sum()
        self.size += float(size @ ((a_size + r_size) * (b_size + s_size)))
        self.shares[step] += both + loose + mixed
        ends = weight[:, None] * coefficients
        active = weight != 0.0
        self.signs[active, 0] = np.minimum(self.signs[active, 0], ends.min(axis=1)[active])
        self.signs[active, 1] = np.maximum(self.signs[active, 1], ends.max(axis=1)[active])

    def _bend(
        self,
        part: Vector,
        a: Matrix,
        b: Matrix,
        i: Vector,
        j: Vector,
        symbols: Matrix,
        counted: np.ndarray,
        which: np.ndarray,
    ) -> None:
        """Add what multiplies the symbols in ``which`` of the remainders."""
        r, s = symbols[self.alpha[which]], symbols[self.beta[which]]
        p = part[which]
        m = len(self.curved)
        rows = s.T @ (p[:, None] * a[which]) + r.T @ (p[:, None] * b[which])
        level = s.T @ (p * i[which]) + r.T @ (p * j[which])
        crossed = counted[which]
        pairs = r[crossed].T @ (p[crossed, None] * s[crossed])
        rows[:m] += self.curved
        level[:m] += self.level
        pairs[:m, :m] += self.pairs
        self.curved, self.level, self.pairs = rows, level, 0.5 * (pairs + pairs.T)

    def _sizes(self) -> Vector:
        """The states' changes, term by term (ns,)."""
        reach = np.maximum(np.abs(self.region.low), np.abs(self.region.high))
        found = np.abs(self.slopes) @ reach + np.abs(self.offset)
        return np.asarray(found + np.abs(self.symbols).sum(axis=1))

    def _money(self, step: int) -> Vector:
        """The inputs' changes (inputs,)."""
        reach = np.maximum(np.abs(self.region.low), np.abs(self.region.high))
        return self.expansion.money(step, reach)

    def _rounded(self, step: int, line: Linear, wrong: Vector) -> None:
        """What rounding at a step may amount to in the functional."""
        far = np.abs(self.hull).max(axis=0)
        following = np.abs(line.following) @ far
        following += np.abs(self.expansion.following.constant[step])
        outcomes = np.abs(self.prices[step][self.states :]) @ np.abs(line.outcomes) @ far
        states = np.abs(self.prices[step][: self.states]) @ following
        self.error += float(np.abs(self.weight[step, self.lead]) @ wrong)
        self.error += 2.0 * self.unit * float(outcomes + states)

    def _advance(
        self,
        step: int,
        line: Linear,
        money: Matrix,
        q: Matrix,
        insides: list[Matrix],
        wrong: Vector,
    ) -> None:
        """States of the next step."""
        ns = self.states
        forward, fresh = line.known(line.following), line.noise(line.following)
        far = np.abs(self.hull).max(axis=0)
        terms = np.abs(line.following) @ far + np.abs(self.expansion.following.constant[step])
        terms += np.abs(forward[:, :ns]) @ self._sizes()
        terms += np.abs(forward[:, ns:]) @ self._money(step)
        fuzz = np.abs(forward[:, :ns]) @ self.fuzz + np.abs(fresh[:, self.lead]) @ wrong
        self.fuzz = fuzz + self.unit * terms
        self.slopes = forward[:, :ns] @ self.slopes + forward[:, ns:] @ money
        self.offset = forward[:, :ns] @ self.offset + fresh @ q[0]
        symbols = np.hstack([forward[:, :ns] @ self.symbols, fresh * q[1]])
        keep = largest(symbols, self.kept)
        drop = np.setdiff1d(np.arange(symbols.shape[1]), keep)
        self._close(self.curved[drop], self.level[drop], self.origins.of(drop))
        self.error += pairs_below(self.pairs)
        self.curved, self.level = self.curved[keep], self.level[keep]
        self.origins = self.origins.of(keep)
        self.pairs = self.pairs[np.ix_(keep, keep)]
        self.error -= pairs_below(self.pairs)
        self._set(symbols[:, keep], np.abs(symbols[:, drop]).sum(axis=1))
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
            self._set(rest, np.where(worse, 0.5 * (most - least), 0.0))

    def _close(self, rows: Matrix, level: Vector, origins: Origins) -> None:
        """Take symbols out of the functional."""
        part = closed(self.region, self.near, rows, level, origins)
        self.constant += part.constant
        self.slope = self.slope + part.slope
        self.square += part.square
        self.error += part.error
        self.spans += part.spans

    def _set(self, symbols: Matrix, fresh: Vector) -> None:
        """Symbols of the states, with one more for every state where ``fresh`` is not 0."""
        more = np.diag(fresh)[:, fresh > 0.0]
        self.symbols = np.hstack([symbols, more])
        count = more.shape[1]
        self.curved = np.pad(self.curved, ((0, count), (0, 0)))
        self.level = np.pad(self.level, (0, count))
        self.origins = Origins.join(self.origins, Origins.none(count, self.origins.rows.shape[1]))
        self.pairs = np.pad(self.pairs, (0, count))

"""Which choices look best: a MIP on the response around one plan.

Money moves by ``scale * d`` from the plan, choices ``x`` are 0 or 1. With the slopes of the
response, its convexified curvature ``H = sum(value_j * v_j v_j')`` and limits as in
:mod:`optimize.step`::

    min   smooth @ J d + sum(weight * t) + penalty @ slack + sum(bend)
    s.t.  money rows and links, exactly
          outcome rows and worst years, linearised (rows also at other plans that broke them)
          place_j = v_j @ d
          bend_j >= value_j * p * (place_j - p / 2)     tangents of value_j place_j^2 / 2
          x differs from every set of ``far`` by as many choices as asked

HiGHS solves no MIP with a quadratic objective, so the curvature enters by tangents, added
where a solution shows that they are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from optimize.highs import Found, Lp, solve_lp
from optimize.linear import LinearRules
from optimize.problem import Matrix, Vector
from optimize.step import Local

DIRECTIONS = 24  # of curvature, the strongest
FIRST_TANGENTS = (-2.0, -1.0, -0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1.0, 2.0)
ROUNDS = 4  # of adding tangents
WHOLE = 0.5  # above this a choice is made


@dataclass(frozen=True)
class Far:
    """Sets of choices must differ from ``chosen`` in at least ``by`` places."""

    chosen: tuple[int, ...]
    by: int = 1


@dataclass(frozen=True)
class Picked:
    """A set of choices, the plan (n,) that goes with it, and what the MIP says of them.

    ``value`` and ``bound`` are changes of the objective from the plan that the picture shows.
    """

    chosen: tuple[int, ...]
    plan: Vector
    value: float
    bound: float


@dataclass
class Picture:
    """The response around one plan. ``penalty`` (r,) prices breaches of outcome rows."""

    local: Local
    rules: LinearRules  # over money and choices, see :func:`optimize.linear.mixed_rules`
    penalty: Vector
    hessian: Matrix  # (n, n) per unit of d, of the Lagrangian
    cuts: Sequence[Local] = ()  # plans that break outcome rows, linearised there too
    tangents: list[tuple[int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        values, vectors = np.linalg.eigh(self.hessian)
        strong = np.argsort(-values)[:DIRECTIONS]
        strong = strong[values[strong] > 1e-6 * max(float(np.abs(values).max()), 1e-300)]
        self.values, self.vectors = values[strong], vectors[:, strong]
        self.tangents += [(j, p) for j in range(len(strong)) for p in FIRST_TANGENTS]

    def pick(
        self,
        *,
        far: Sequence[Far] = (),
        some_of: Collection[int] = (),
        gap: float,
        nodes: int,
        should_stop: Callable[[], bool] | None = None,
    ) -> Picked | None:
        """The choices and the plan that look best; None if there are none.

        At least one of ``some_of`` is chosen, if any are given. ``gap`` is the loss of the
        objective that does not matter.
        """
        n, k = len(self.local.plan), len(self.rules.low) - len(self.local.plan)
        picked = None
        for _ in range(ROUNDS):
            lp, unit = self._lp(far, some_of)
            found = solve_lp(lp, 0.5 * gap / unit, nodes, should_stop)
            if not found.optimal:
                return picked
            d = found.x[:n]
            chosen = tuple(int(i) for i in np.flatnonzero(found.x[n : n + k] > WHOLE))
            plan = np.clip(
                self.local.plan + self.local.scale * d, self.rules.low[:n], self.rules.high[:n]
            )
            missing = self._missing(found, d, unit)
            value = unit * float(lp.cost @ found.x)
            picked = Picked(chosen, plan, value + float(missing.sum()), unit * found.bound)
            if missing.sum() <= gap or (should_stop is not None and should_stop()):
                break
            places = self.vectors.T @ d
            self.tangents += [(int(j), float(places[j])) for j in np.flatnonzero(missing > 0.0)]
        return picked

    def _missing(self, found: Found, d: Vector, unit: float) -> Vector:
        """By how much the tangents underestimate the bend along each direction."""
        bend = found.x[len(found.x) - len(self.values) :] * unit
        real = 0.5 * self.values * (self.vectors.T @ d) ** 2
        return np.asarray(np.maximum(real - bend, 0.0))

    def _lp(self, far: Sequence[Far], some_of: Collection[int]) -> tuple[Lp, float]:
        """The MIP and the unit of its objective; columns d, x, t, slack, place, bend."""
        local, measures, rules = self.local, self.local.measures, self.rules
        n, r, w, e = len(local.plan), len(local.limits), len(measures.worst), len(self.values)
        k = len(rules.low) - n
        ends = np.cumsum([0, n, k, w, r, e, e])
        d, x, t, slack, place, bend = (slice(*ends[i : i + 2]) for i in range(6))
        width, inf = int(ends[-1]), np.inf
        gradient = local.jacobian.T @ measures.smooth
        pieces = [
            -term.weight * term.coefficient[:, None] * local.jacobian[term.index]
            for term in measures.worst
        ]
        unit = max(float(np.abs(part).max(initial=0.0)) for part in (gradient, *pieces)) or 1.0
        blocks: list[Matrix] = []
        lowers: list[Vector] = []
        uppers: list[Vector] = []

        def rows(count: int, upper: Vector, lower: Vector | None = None) -> Matrix:
            """New rows of zeros, to be filled."""
            blocks.append(np.zeros((count, width)))
            lowers.append(np.full(count, -inf) if lower is None else lower)
            uppers.append(upper)
            return blocks[-1]

        at = rules.a[:, :n] @ local.plan
        block = rows(len(at), rules.upper - at, rules.lower - at)
        block[:, d], block[:, x] = rules.a[:, :n] * local.scale, rules.a[:, n:]
        block = rows(r, -local.excess(local.outcomes[None])[0])
        block[:, d], block[:, slack] = measures.coefficients @ local.jacobian, -np.eye(r)
        for cut in self.cuts:
            over = cut.excess(cut.outcomes[None])[0]
            at_cut = np.flatnonzero(over > 0.0)
            slopes = (measures.coefficients @ cut.jacobian)[at_cut]
            moved = slopes @ ((cut.plan - local.plan) / local.scale)
            block = rows(len(at_cut), moved - over[at_cut])
            block[:, d], block[:, slack] = slopes, -np.eye(r)[at_cut]
        for number, (term, piece) in enumerate(zip(measures.worst, pieces, strict=True)):
            values = -term.weight * term.coefficient * local.outcomes[term.index]
            block = rows(len(values), (values - values.min()) / unit)
            block[:, d], block[:, t][:, number] = -piece / unit, 1.0
        block = rows(e, np.zeros(e), np.zeros(e))
        block[:, d], block[:, place] = self.vectors.T, -np.eye(e)
        along = np.array([j for j, _ in self.tangents], dtype=int)
        point = np.array([p for _, p in self.tangents])
        slope, line = self.values[along] * point / unit, np.arange(len(along))
        block = rows(len(along), 0.5 * slope * point)
        block[line, place.start + along], block[line, bend.start + along] = slope, -1.0
        for away in far:
            block = rows(1, np.array([len(away.chosen) - float(away.by)]))
            block[0, x] = -1.0
            block[0, [n + i for i in away.chosen]] = 1.0
        if some_of:
            rows(1, np.array([-1.0]))[0, [n + i for i in some_of]] = -1.0
        cost, low, high = np.zeros(width), np.zeros(width), np.full(width, inf)
        cost[d], cost[t], cost[slack], cost[bend] = gradient / unit, -1.0, self.penalty / unit, 1.0
        low[t], low[place] = -inf, -inf
        low[d], low[x] = (rules.low[:n] - local.plan) / local.scale, rules.low[n:]
        high[d], high[x] = (rules.high[:n] - local.plan) / local.scale, rules.high[n:]
        columns = np.arange(width)
        lp = Lp(
            cost,
            np.vstack(blocks),
            np.concatenate(lowers),
            np.concatenate(uppers),
            low,
            high,
            integer=(columns >= n) & (columns < n + k),
        )
        return lp, unit

"""One step of the trust-region method over many futures: the subproblem.

With q the smallest and k the further weight that a future can have in the aim
(:class:`~optimize.uncertainty.cvar.Risk`: mean and CVaR), ``loss_s(d)`` the loss in future s with
its outcomes linearised, and ``K`` the futures in which a rule holds best::

    min   sum over s of (q loss_s(d) + k u_s) + weight * t + penalty @ slack + d @ H @ d / 2
    s.t.  the linear rules at plan + scale * d                (exactly)
          loss_s(d) - t <= u_s,  u_s >= 0                     (the worst share of futures)
          excess of every row of a rule in s <= slack         (for s in the rule's K)

A rule that must hold in 90 % of the futures is thus asked for in the 90 % where it holds best at
the plan: the others are given up, chosen anew at every step. That understates what is possible
(other futures could be given up), never what is broken, for the true share judges the step.

A few of the many pieces matter at a time (years that tie for the worst, futures near the edge
of the worst share, rows near their limit). The subproblem begins with those near, and is solved
again with what its answer breaks, until that is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from optimize.highs import Found, Lp, Working
from optimize.problem import Matrix, Vector
from optimize.quadratic import solve_qp
from optimize.step import Local, Step
from optimize.uncertainty.cvar import Risk, allowed, enough
from optimize.uncertainty.measures import Cube, FutureMeasures

ROUNDS = 25  # of adding what an answer breaks
MISSED = 1e-7  # relative breach, or share of the objective's largest slope, that may be left out
SPARE = 5e-3  # room, relative, at which a row or year is no longer carried along
NEAR = 12  # rows of a rule, and futures beyond the worst share (as a share of it), to begin with


@dataclass
class Pool:
    """Pieces that mattered before, carried from step to step."""

    years: set[tuple[int, int, int]] = field(default_factory=set)  # term, future, place
    tail: set[int] = field(default_factory=set)  # futures
    rows: set[tuple[int, int]] = field(default_factory=set)  # future, row


@dataclass(frozen=True)
class FuturesLocal(Local):
    """The response of S futures at one plan: outcomes (S * m,), jacobian (S * m, n).

    ``measures`` and ``limits`` are those of the numbers as they are, of which only the terms and
    rules are looked at; there is one penalty a rule.
    """

    futures: FutureMeasures = field(kw_only=True)
    risk: Risk = field(kw_only=True)
    share: Vector = field(kw_only=True)  # (R,): of the futures in which each rule must hold
    reference: Vector = field(kw_only=True)  # (S,): taken off the losses
    pool: Pool = field(kw_only=True)

    @property
    def number(self) -> int:
        """S."""
        return len(self.futures.smooth)

    def split(self, outcomes: Matrix) -> Cube:
        """Outcomes (N, S * m) by future: (N, S, m)."""
        return outcomes.reshape(len(outcomes), self.number, -1)

    def losses(self, outcomes: Matrix) -> Matrix:
        """Losses (N, S) less the reference."""
        return self.futures.losses(self.split(outcomes)) - self.reference

    def excess(self, outcomes: Matrix) -> Matrix:
        """The breach of each rule in its share of the futures, (N, R): see :func:`allowed`."""
        found = self.futures.breach(self.split(outcomes))
        columns = [allowed(found[..., [k]], s) for k, s in enumerate(self.share)]
        return np.hstack(columns) if columns else np.zeros((len(outcomes), 0))

    def objective(self, outcomes: Matrix) -> Vector:
        """The aim (N,), or zeros while only the violation counts."""
        if not self.aims:
            return np.zeros(len(outcomes))
        return self.risk.value(self.losses(outcomes))

    @cached_property
    def cube(self) -> Cube:
        """Derivatives by future, (S, m, n)."""
        return self.jacobian.reshape(self.number, -1, self.jacobian.shape[1])

    @property
    def aim(self) -> Vector:
        """The mean over the futures as weights of the outcomes, worst years spread evenly."""
        weights = self.futures.smooth.copy()
        for term in self.futures.worst:
            weights[:, term.index] += term.weight * term.coefficient / len(term.index)
        return weights.ravel() / self.number

    @property
    def row_slopes(self) -> Matrix:
        """Derivatives of the breach of each rule, (R, n), in the future at the edge."""
        now = self.futures.excess(self.split(self.outcomes[None]))[0]  # (S, r)
        found = []
        for rule, share in enumerate(self.share):
            mine = np.flatnonzero(self.futures.owner == rule)
            breach = now[:, mine].max(axis=1)
            future = int(np.argsort(breach, kind="stable")[enough(share, self.number) - 1])
            row = mine[int(np.argmax(now[future, mine]))]
            found.append(self.futures.coefficients[future, row] @ self.cube[future])
        return np.array(found).reshape(len(found), self.jacobian.shape[1])

    def correction(self, error: Vector) -> Matrix:
        """What linearising missed, ``error`` (S * m,), in every row of every future (S, r)."""
        parts = error.reshape(self.number, -1)
        return np.asarray(np.einsum("sm,srm->sr", parts, self.futures.coefficients))

    def step(
        self,
        radius: float,
        penalty: Vector,
        hessian: Matrix | None,
        correction: Matrix | None = None,
        working: Working | None = None,
    ) -> Step:
        """Solve the subproblem; the futures to be given up are looked at a second time.

        ``working`` is of no use here: from step to step other pieces are in the subproblem.
        """
        model = _Model(self, radius, penalty, hessian, correction)
        first = model.solve(model.kept(np.zeros(len(self.plan))))
        if not self.share.size or not first.solved:
            return first
        kept = model.kept(first.d)
        if all(np.array_equal(a, b) for a, b in zip(kept, model.last, strict=True)):
            return first
        second = model.solve(kept)
        return second if second.solved and second.promised > first.promised else first


class _Model:
    """The subproblem of one step, with the pieces it has so far."""

    def __init__(
        self,
        local: FuturesLocal,
        radius: float,
        penalty: Vector,
        hessian: Matrix | None,
        correction: Matrix | None,
    ) -> None:
        self.local, self.radius, self.penalty, self.hessian = local, radius, penalty, hessian
        futures, risk, cube = local.futures, local.risk, local.cube
        outcomes = local.split(local.outcomes[None])
        number = local.number
        self.least = (1.0 - risk.weight) / number
        self.more = risk.weight / risk.tail(number)
        # The worst years: value and slope of every piece, the leading one part of the loss.
        self.values = [term.values(outcomes)[0] for term in futures.worst]  # (S, k)
        self.lead = [values.argmax(axis=1) for values in self.values]
        every = np.arange(number)
        slopes = np.einsum("sm,smn->sn", futures.smooth, cube)
        for term, lead in zip(futures.worst, self.lead, strict=True):
            factor = term.weight * term.coefficient[every, lead]
            slopes = slopes + factor[:, None] * cube[every, term.index[lead]]
        self.slopes = slopes  # (S, n), of the loss with its leading years
        losses = local.losses(local.outcomes[None])[0]
        self.threshold = risk.threshold(losses)
        self.losses = losses - self.threshold
        self.excess = futures.excess(outcomes)[0]  # (S, r)
        if correction is not None:
            self.excess = self.excess + correction
        aim = self.slopes.mean(axis=0) if local.aims else np.zeros(len(local.plan))
        self.unit = float(np.abs(aim).max(initial=0.0)) or 1.0
        self.last: list[np.ndarray] = []
        self._begin()

    def _begin(self) -> None:
        """Futures near the edge of the worst share join the pool."""
        if self.more > 0.0 and self.local.aims:
            tail = self.local.risk.tail(self.local.number)
            near = int(np.ceil(1.5 * tail)) + 2
            self.local.pool.tail.update(np.argsort(-self.losses, kind="stable")[:near].tolist())

    def kept(self, d: Vector) -> list[np.ndarray]:
        """For each rule, the futures (in order) in which it holds best at the linearised ``d``."""
        local = self.local
        breach = self.excess + np.einsum("srm,sm->sr", local.futures.coefficients, local.cube @ d)
        found = []
        for rule, share in enumerate(local.share):
            worst = breach[:, local.futures.owner == rule].max(axis=1)
            best = np.argsort(worst, kind="stable")[: enough(share, local.number)]
            found.append(np.sort(best))
        return found

    def solve(self, kept: list[np.ndarray]) -> Step:
        """The step when each rule is asked for in its futures of ``kept``."""
        self.last = kept
        self.asked = np.zeros(self.excess.shape, dtype=bool)
        for rule, futures in enumerate(kept):
            mine = np.flatnonzero(self.local.futures.owner == rule)
            self.asked[np.ix_(futures, mine)] = True
            part = np.where(self.asked[:, mine], self.excess[:, mine], -np.inf)
            for flat in np.argsort(-part, axis=None, kind="stable")[:NEAR]:
                future, place = np.unravel_index(flat, part.shape)
                if np.isfinite(part[future, place]):
                    self.local.pool.rows.add((int(future), int(mine[place])))
        for _ in range(ROUNDS):
            found = self._qp()
            if not found.optimal or not self._grow(found.x):
                break
        step = self._told(found)
        if found.optimal:
            self._thin(found)
        return step

    def _thin(self, found: Found) -> None:
        """Leave in the pool what holds the answer, or nearly does: small programmes are quick."""
        local, pool, p = self.local, self.local.pool, len(self.local.rules.upper)
        idle = self.upper[p:] - self.lines[p:] @ found.x > SPARE
        kept = [not alone for alone in idle]
        years, tail = len(self.years), len(self.tail)
        if local.aims:
            pool.years = {y for y, keep in zip(self.years, kept, strict=False) if keep}
            if self.tail:
                loud = zip(self.tail, kept[years:], strict=False)
                pool.tail = {future for future, keep in loud if keep}
        pool.rows = {
            pair for pair, keep in zip(self.rows, kept[years + tail :], strict=True) if keep
        }

    def _columns(self) -> None:
        pool, n = self.local.pool, len(self.local.plan)
        aims = self.local.aims
        self.years = sorted(y for y in pool.years if y[2] != self.lead[y[0]][y[1]]) if aims else []
        self.extra = sorted({(term, future) for term, future, _ in self.years})
        self.tail = sorted(pool.tail) if aims and self.more > 0.0 else []
        self.rows = sorted(pair for pair in pool.rows if self.asked[pair])
        sizes = [n, len(self.extra), bool(self.tail), len(self.tail), len(self.local.share)]
        self.at = np.concatenate([[0], np.cumsum(sizes)]).astype(int)

    def _piece(self, term: int, future: int, place: int) -> tuple[float, Vector]:
        """Value and slope (n,) of a year beyond those of the leading year."""
        worst, cube = self.local.futures.worst[term], self.local.cube
        lead = int(self.lead[term][future])
        value = self.values[term][future, place] - self.values[term][future, lead]
        factors = worst.weight * worst.coefficient[future]
        slope = factors[place] * cube[future, worst.index[place]]
        return float(value), slope - factors[lead] * cube[future, worst.index[lead]]

    def _qp(self) -> Found:
        local, unit = self.local, self.unit
        self._columns()
        _, extra, level, tail, slack, size = (int(a) for a in self.at)
        n, inf, rules = len(local.plan), np.inf, local.rules
        where = {pair: extra + i for i, pair in enumerate(self.extra)}
        extra_of: dict[int, list[int]] = {}
        for (_, future), column in where.items():
            extra_of.setdefault(future, []).append(column)
        p = len(rules.upper)
        lines = np.zeros((p + len(self.years) + len(self.tail) + len(self.rows), size))
        upper = np.empty(len(lines))
        lines[:p, :n] = rules.a * local.scale
        at_money = rules.a @ local.plan
        upper[:p] = rules.upper - at_money
        k = p
        for term, future, place in self.years:
            value, slope = self._piece(term, future, place)
            lines[k, :n] = slope / unit
            lines[k, where[term, future]] = -1.0
            upper[k] = -value / unit
            k += 1
        for i, future in enumerate(self.tail):
            lines[k, :n] = self.slopes[future] / unit
            lines[k, extra_of.get(future, [])] = 1.0
            lines[k, [level, tail + i]] = -1.0
            upper[k] = -self.losses[future] / unit
            k += 1
        for future, row in self.rows:
            lines[k, :n] = local.futures.coefficients[future, row] @ local.cube[future]
            lines[k, slack + local.futures.owner[row]] = -1.0
            upper[k] = -self.excess[future, row]
            k += 1
        cost = np.zeros(size)
        if local.aims:
            cost[:n] = self.least * self.slopes.sum(axis=0) / unit
            cost[extra:level] = self.least
            if self.tail:
                cost[level] = local.risk.weight
                cost[tail:slack] = self.more
        cost[slack:] = self.penalty / unit
        low, high = np.zeros(size), np.full(size, inf)
        if self.tail:
            low[level] = -inf
        low[:n] = np.minimum(np.maximum(-self.radius, (rules.low - local.plan) / local.scale), 0.0)
        high[:n] = np.maximum(np.minimum(self.radius, (rules.high - local.plan) / local.scale), 0.0)
        lower = np.full(len(lines), -inf)
        lower[:p] = rules.lower - at_money
        curved = None
        if self.hessian is not None:
            curved = np.zeros((size, size))
            curved[:n, :n] = self.hessian / unit
        self.lines, self.upper = lines, upper
        return solve_qp(Lp(cost, lines, lower, upper, low, high, curved))

    def _grow(self, x: Vector) -> bool:
        """Add to the pool what the answer breaks; whether there was anything."""
        local, pool, unit = self.local, self.local.pool, self.unit
        n = len(local.plan)
        _, extra, level, _, slack, _ = (int(a) for a in self.at)
        d = x[:n]
        change = local.cube @ d  # (S, m)
        before = len(pool.years) + len(pool.tail) + len(pool.rows)
        if local.aims:
            losses = self.losses + self.slopes @ d
            beyond = np.zeros((len(self.values), local.number))
            for (term, future), value in zip(self.extra, x[extra:level], strict=True):
                beyond[term, future] = value * unit
            losses = losses + beyond.sum(axis=0)
            weight = self.least + self.more
            for term, worst in enumerate(local.futures.worst):
                moved = worst.weight * worst.coefficient * change[:, worst.index]
                here = np.arange(local.number), self.lead[term]
                pieces = self.values[term] + moved
                over = pieces - pieces[here][:, None] - beyond[term][:, None]
                broken = over.max(axis=1) * weight > MISSED * unit
                for future in np.flatnonzero(broken).tolist():
                    pool.years.add((term, future, int(over[future].argmax())))
            if self.tail:
                outside = np.ones(local.number, dtype=bool)
                outside[self.tail] = False
                over_level = losses - x[level] * unit
                loud = outside & (over_level * self.more > MISSED * unit)
                pool.tail.update(np.flatnonzero(loud).tolist())
        moved = self.excess + np.einsum("srm,sm->sr", local.futures.coefficients, change)
        allowed_here = np.maximum(x[slack:], 0.0)[local.futures.owner] if slack < len(x) else 0.0
        over = np.where(self.asked, moved - allowed_here, -np.inf)
        for future in np.flatnonzero(over.max(axis=1, initial=-np.inf) > MISSED).tolist():
            pool.rows.add((future, int(over[future].argmax())))
        return len(pool.years) + len(pool.tail) + len(pool.rows) > before

    def _told(self, found: Found) -> Step:
        local, n = self.local, len(self.local.plan)
        d = found.x[:n]
        dual = np.maximum(-found.row_dual * self.unit, 0.0)
        p = len(local.rules.upper)
        futures = local.futures
        multipliers = np.zeros(len(local.share))
        weights = np.zeros((local.number, local.outcomes.size // local.number))
        k = p + len(self.years) + len(self.tail)
        for (future, row), push in zip(self.rows, dual[k:], strict=True):
            multipliers[futures.owner[row]] += push
            weights[future] += push * futures.coefficients[future, row]
        if local.aims:
            chance = np.full(local.number, self.least)
            k = p + len(self.years)
            for future, push in zip(self.tail, dual[k:], strict=False):
                chance[future] += push / self.unit
            weights += chance[:, None] * futures.smooth
            lead = np.repeat(chance[None], len(futures.worst), axis=0)
            for (term, future, place), push in zip(self.years, dual[p:], strict=False):
                part, worst = push / self.unit, futures.worst[term]
                lead[term, future] -= part
                weights[future, worst.index[place]] += (
                    part * worst.weight * worst.coefficient[future, place]
                )
            every = np.arange(local.number)
            for term, worst in enumerate(futures.worst):
                at = self.lead[term]
                weights[every, worst.index[at]] += (
                    lead[term] * worst.weight * worst.coefficient[every, at]
                )
        moved = local.outcomes + local.jacobian @ d
        now, then = local.merit(np.stack([local.outcomes, moved]), self.penalty)
        bend = 0.0 if self.hessian is None else 0.5 * float(d @ self.hessian @ d)
        slack = float(np.maximum(local.excess(moved[None]), 0.0).sum())
        return Step(found.optimal, d, float(now - then) - bend, slack, multipliers, weights.ravel())

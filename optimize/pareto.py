"""Fronts between aims: what one aim costs another, on the true model.

The augmented ε-constraint method: the first aim is optimised while each other aim is held to at
least a level, level by level from the worst to the best that is worth asking for. With aims
``f`` (smaller is better, in natural units) and ranges ``r`` from the payoff table::

    min  f_1 + DELTA * r_1 * sum(f_k / r_k)     s.t.  f_k <= level_k,  the rules

The small terms are the reward of the slack: they keep a point from being worse in another aim
than it need be. Each level starts from the plan of its neighbour; a sweep back tries the neighbour
on the other side and keeps the better plan. The multipliers of the levels are the exchange rates.
Source: G. Mavrotas, Effective implementation of the ε-constraint method, Applied Mathematics
and Computation 213 (2009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np

from optimize.certify import conditions
from optimize.climb import Search, best_of, climb, reach_rules
from optimize.curvature import Secant
from optimize.kept import NOWHERE, Pieces
from optimize.linear import LinearRules, linear_rules
from optimize.measures import measures
from optimize.problem import Matrix, Problem, Row, Sense, Stop, Term, Vector
from optimize.response import Response
from optimize.rounding import whole_plan
from optimize.start import starting_plans
from optimize.step import Local
from optimize.trust_region import walkers
from optimize.walker import NEARLY, Clock, Stopped, Walker
from optimize.walker_arrays import arrays_of, walker_of

DELTA = 1e-3  # weight of the other aims, each as a share of its range
PRECISE = 1e-6  # promised fall, as a share of the first aim's range, at which a point ends
STEPS = 60  # at most, of a point
GIVEN = 1e-4  # of an aim's range: what its best plan gives away so that the others gain
SAME = 1e-6  # of an aim's range: no difference
ROUGH = 1e-3  # of the first aim's range: loss that looking for whole amounts may leave
RULE = "level"  # of the rows that hold an aim to a level


@dataclass(frozen=True)
class Point:
    """A plan of the front.

    ``rates[k]`` is by how much the first aim gets worse for one unit of aim ``k + 1`` more asked
    of it, both in their units; 0 where that aim is better than the level anyway, NaN at an end.
    """

    levels: Vector  # (k - 1,) that were asked for; NaN where none was
    amounts: Vector  # (n,), whole
    continuous: Vector  # (n,)
    values: Vector  # (k,) of ``amounts``, natural: more is better but for aims that are minimised
    exact: Vector  # (k,) of ``continuous``
    rates: Vector  # (k - 1,)
    residual: float  # of the optimality conditions of the continuous plan


@dataclass(frozen=True)
class Front:
    """Points that no other point beats in every aim, from the best for the first aim on.

    ``payoff[i, j]`` is aim j at the plan that is best for aim i.
    """

    aims: tuple[Term, ...]
    stop: Stop
    points: tuple[Point, ...]
    payoff: Matrix  # (k, k)
    asked: int  # levels
    dominated: int  # points dropped
    unreached: int  # levels for which no plan was found
    improved: int  # points that the sweep back made better


def natural(term: Term, outcomes: Matrix) -> Vector:
    """Value of an aim at outcomes (N, m): (N,)."""
    index = list(term.coefficients)
    parts = outcomes[:, index] * np.array(list(term.coefficients.values()))
    return np.asarray(parts.sum(axis=1) if term.kind == "mean" else parts.min(axis=1))


def signs(aims: Sequence[Term]) -> Vector:
    """1 for an aim that is minimised, -1 for one of which more is better (k,)."""
    return np.array([1.0 if aim.weight > 0.0 else -1.0 for aim in aims])


def front(
    problem: Problem,
    response: Response,
    aims: Sequence[Term],
    points: int = 15,
    *,
    begin: Sequence[Vector] = (),
    starts: int = 4,
    seed: int = 1,
    unit: float | None = 1.0,
    clock: Clock | None = None,
    progress: Callable[[int, int], None] | None = None,
    pieces: Pieces = NOWHERE,
) -> Front:
    """The front between two or three ``aims``; their weights count by sign only.

    Args:
        problem: decisions and rules; its objective is not looked at.
        response: of the model.
        aims: the first is optimised, the others are held to levels.
        points: about so many; three aims take a square grid of levels.
        begin: plans to start from, beside ``starts`` others from ``seed``.
        unit: what amounts are whole multiples of; None for any amount.
        clock: ends the search early with the points found so far.
        progress: told how many points of how many are done.
        pieces: where the ends of searches are kept, one for each end of the front and level.

    Raises:
        ValueError: not two or three aims, or fewer than three points.
    """
    if not 2 <= len(aims) <= 3 or points < 3:
        raise ValueError("a front takes two or three aims and at least three points")
    work = _Work(problem, response, tuple(aims), clock or Clock(), progress, pieces)
    stop: Stop = "done"
    try:
        work.ends(begin, starts, seed)
        work.levels(points)
        work.sweep()
        work.sweep(back=True)
    except Stopped as stopped:
        stop = stopped.reason
    except KeyboardInterrupt:
        stop = "interrupted"
    found = [work.point(place, unit) for place in sorted(work.ended)]
    kept = _undominated(found, work.signs, work.ranges)
    return Front(
        work.aims,
        stop,
        tuple(sorted(kept, key=lambda point: float(work.signs[0] * point.exact[0]))),
        work.payoff,
        len(work.asked),
        len(found) - len(kept),
        len(work.unreached),
        work.improved,
    )


Place = tuple[int, ...]  # of a level on the grid; an end of the front is (-1, its aim)


class _Work:
    """The state of a search for a front."""

    def __init__(
        self,
        problem: Problem,
        response: Response,
        aims: tuple[Term, ...],
        clock: Clock,
        progress: Callable[[int, int], None] | None,
        pieces: Pieces,
    ) -> None:
        self.problem, self.response, self.aims, self.clock = problem, response, aims, clock
        self.progress, self.pieces = progress, pieces
        self.signs = signs(aims)
        self.rules: LinearRules = linear_rules(problem)
        low, high = self.rules.ranges()
        self.scale = np.where(high - low > 0.0, high - low, 1.0)
        self.past, self.least = response.values(np.stack([problem.past_practice, low]))
        k = len(aims)
        self.payoff = np.full((k, k), np.nan)
        self.ranges = np.ones(k)
        self.asked: dict[Place, Vector] = {}
        self.ended: dict[Place, Walker] = {}
        self.unreached: set[Place] = set()
        self.improved = 0

    def values(self, outcomes: Matrix) -> Matrix:
        """Every aim at outcomes (N, m): (N, k)."""
        return np.stack([natural(aim, outcomes) for aim in self.aims], axis=1)

    def ends(self, begin: Sequence[Vector], starts: int, seed: int) -> None:
        """The best plan for each aim alone, and of those the one best for the others."""
        number = len(begin) + starts
        plans = starting_plans(self.problem, self.rules, number, seed, begin)
        for j in range(len(self.aims)):
            problem = self._stated({j: 1.0})
            best = self._kept(f"end-{j}", problem, partial(self._climbed, problem, plans))
            if best.breach > NEARLY:
                raise Unreachable(self.aims[j].name)
            self.ended[-1, j] = best
            self.payoff[j] = self.values(best.local.outcomes[None])[0]
            self._tell()
        self._spread()
        for j, sign in enumerate(self.signs):
            others = {k: self.ranges[j] / self.ranges[k] for k in range(len(self.aims)) if k != j}
            level = float(self.payoff[j, j] + sign * GIVEN * self.ranges[j])
            problem = self._stated(others, {j: level})
            again = partial(self._solved, problem, self.ended[-1, j], j)
            best = self._kept(f"end-{j}-again", problem, again)
            if best.breach <= NEARLY:
                self.ended[-1, j] = best
                self.payoff[j] = self.values(best.local.outcomes[None])[0]
        self._spread()

    def _climbed(self, problem: Problem, plans: Matrix) -> Walker:
        """The best plan of a problem, from many starts."""
        search = Search(problem, self.response, self.clock, None)
        group = walkers(plans, self.response, measures(problem, self.past), self.rules, self.scale)
        stop = climb(search, group, float(self._measured(problem, self.least)))
        if stop != "done":
            raise Stopped(stop)
        return best_of(group)

    def _kept(self, name: str, problem: Problem, search: Callable[[], Walker]) -> Walker:
        """Where a search ended: an earlier call's, if it was kept."""
        known = self.pieces.get(name)
        if known is None:
            walker = search()
            self.pieces.put(name, arrays_of(walker))
            return walker
        measure, none = measures(problem, self.past), np.zeros(0)
        blank = np.zeros((0, 0))
        local = Local(none, none, blank, self.scale, self.rules, measure, measure.limits)
        return walker_of(known, local)

    def _spread(self) -> None:
        found = np.ptp(self.payoff, axis=0)
        self.ranges = np.where(found > 0.0, found, 1.0)

    def _held(self, levels: Vector) -> Problem:
        """The first aim optimised, the others held to ``levels`` (k - 1,)."""
        parts = {j: DELTA * self.ranges[0] / self.ranges[j] for j in range(len(self.aims))}
        return self._stated({**parts, 0: 1.0}, dict(enumerate(levels, start=1)))

    def _stated(
        self, weights: Mapping[int, float], levels: Mapping[int, float] | None = None
    ) -> Problem:
        """The problem with some aims in the objective and the others held to levels."""
        aims = tuple(
            replace(self.aims[j], weight=float(self.signs[j] * weight))
            for j, weight in weights.items()
        )
        rows = [] if levels is None else list(self._rows(levels))
        return replace(self.problem, objective=aims, rows=(*self.problem.rows, *rows))

    def _rows(self, levels: Mapping[int, float]) -> Iterator[Row]:
        for j, level in levels.items():
            aim = self.aims[j]
            sense: Sense = "<=" if self.signs[j] > 0.0 else ">="
            if aim.kind == "mean":
                yield Row(RULE, "outcome", aim.coefficients, sense, level, aim.unit, None, aim.name)
                continue
            for i, c in aim.coefficients.items():  # the worst year holds if every year does
                year = self.problem.outcomes[i].year
                yield Row(RULE, "outcome", {i: c}, sense, level, aim.unit, year, aim.name)

    def _measured(self, problem: Problem, outcomes: Vector) -> float:
        return float(measures(problem, self.past).objective(outcomes[None])[0])

    def levels(self, points: int) -> None:
        """A grid of levels between the worst and the best of the payoff table."""
        others = len(self.aims) - 1
        each = points - 2 if others == 1 else max(round(points**0.5), 2)
        best = np.diag(self.payoff)[1:]
        worst = np.array(
            [(-s * (-s * self.payoff[:, j + 1]).min()) for j, s in enumerate(self.signs[1:])]
        )
        steps = np.linspace(worst, best, each + 2)[1:-1]  # (each, others)
        for place in product(range(each), repeat=others):
            self.asked[place] = np.array([steps[i, k] for k, i in enumerate(place)])

    def sweep(self, back: bool = False) -> None:
        """Every level from its neighbour nearer to the first aim's end; ``back``: the other one."""
        one = 1 if back else -1
        for place in sorted(self.asked, reverse=back):
            if self._beyond(place):
                self.unreached.add(place)
                continue
            beside = [
                (*place[:k], place[k] + one, *place[k + 1 :]) for k in reversed(range(len(place)))
            ]
            known = [self.ended[b] for b in beside if b in self.ended]
            known += [] if known else [self.ended[-1, len(place) if back else 0]]
            problem = self._held(self.asked[place])
            name = "-".join(map(str, ("back" if back else "level", *place)))
            walker = self._kept(name, problem, partial(self._solved, problem, known[0], 0))
            if walker.breach > NEARLY:
                if place not in self.ended:
                    self.unreached.add(place)
            elif place not in self.ended:
                self.unreached.discard(place)
                self.ended[place] = walker
            elif self.ended[place].objective - walker.objective > SAME * self.ranges[0]:
                self.improved += 1
                self.ended[place] = walker
            self._tell()

    def _beyond(self, place: Place) -> bool:
        """Whether less was asked for already in vain."""
        return any(
            all(a <= b for a, b in zip(other, place, strict=True)) and other != place
            for other in self.unreached
        )

    def _solved(self, problem: Problem, near: Walker, first: int) -> Walker:
        """The best plan of a problem, from one nearby."""
        self.clock.check()
        measure = measures(problem, self.past)
        secant = Secant(len(self.scale))
        secant.matrix = None if near.secant.matrix is None else near.secant.matrix.copy()
        local = replace(near.local, measures=measure, limits=measure.limits)
        walker = Walker(local, np.zeros(len(measure.limits)), secant, stale=near.stale)
        search = Search(problem, self.response, self.clock, None)
        with search.phase("starts"):
            search.walk([walker], PRECISE * self.ranges[first], exact=True, steps=STEPS)
        if walker.breach > NEARLY:
            with search.phase("feasibility"):
                reach_rules(search, [walker], float(measure.objective(self.least[None])[0]))
        return walker

    def point(self, place: Place, unit: float | None) -> Point:
        """The plan that a search ended with, in whole units."""
        walker = self.ended[place]
        local = walker.local
        if walker.stale:
            outcomes, found = self.response.jacobian(local.plan[None])
            local = replace(local, outcomes=outcomes[0], jacobian=found[0] * local.scale)
        first = conditions(local)
        levels = self.asked.get(place, np.full(len(self.aims) - 1, np.nan))
        rates = self._rates(local, first.multipliers) if place in self.asked else levels
        amounts, outcomes = self._whole(place, local, rates, unit)
        return Point(
            levels,
            amounts,
            local.plan,
            self.values(outcomes[None])[0],
            self.values(local.outcomes[None])[0],
            rates,
            first.residual,
        )

    def _whole(
        self, place: Place, local: Local, rates: Vector, unit: float | None
    ) -> tuple[Vector, Vector]:
        """Whole amounts and their outcomes: near the front where the levels put the plan.

        The levels themselves are no rules; at their exchange rates, whole amounts may miss them.
        """
        every = range(len(self.aims))
        parts = {j: DELTA * self.ranges[0] / self.ranges[j] for j in every}
        if place in self.asked:
            parts = {j: max(parts[j], rates[j - 1]) if j else 1.0 for j in every}
        else:
            parts[place[1]] += self.ranges[0] / self.ranges[place[1]]
        measure = measures(self._stated(parts), self.past)
        rounded = replace(local, measures=measure, limits=measure.limits)
        return whole_plan(rounded, self.response, unit, ROUGH * self.ranges[0])

    def _rates(self, local: Local, multipliers: Vector) -> Vector:
        """Multipliers of the levels, in units of the first aim for one of the other's.

        Where a level binds, asking for more also earns the small reward, which the multiplier is
        less by: the first aim alone gets worse by both.
        """
        measure = local.measures
        found = np.zeros(len(self.aims) - 1)
        for line, (multiplier, size) in enumerate(zip(multipliers, measure.sizes, strict=True)):
            row = measure.rows[measure.owner[line]]
            if row.rule == RULE:
                names = [aim.name for aim in self.aims[1:]]
                found[names.index(row.subject)] += multiplier / size
        reward = DELTA * self.ranges[0] / self.ranges[1:]
        return np.where(found > 0.0, found + reward, 0.0)

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(len(self.ended), len(self.asked) + len(self.aims))


class Unreachable(ValueError):
    """No plan keeps the rules: there is no front."""


def _undominated(points: Sequence[Point], sign: Vector, ranges: Vector) -> list[Point]:
    """Without the points that another is at least as good as in every aim and better in one."""
    scores = np.array([sign * point.exact / ranges for point in points])
    kept = []
    for i, score in enumerate(scores):
        others = np.delete(scores, i, axis=0)
        better = np.all(others <= score + SAME, axis=1) & np.any(others < score - SAME, axis=1)
        same = np.all(np.abs(scores[:i] - score) <= SAME, axis=1)
        if not better.any() and not same.any():
            kept.append(points[i])
    return kept

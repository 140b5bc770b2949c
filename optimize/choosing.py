"""Which choices to make: a MIP on the response, the money polished for each, trials nearby.

1. Around the best plan of freely divisible money a MIP picks a few very different sets of
   choices (:mod:`optimize.choice_mip`); before that, a quick one by the slopes alone, so that
   a search that is stopped has a plan.
2. The money of each is optimised by the trust-region method; around that plan the MIP picks
   again, until it picks a set that is known or no better.
3. Single changes of the best set (one choice more, less, or one for another) and sets that
   contain what it leaves out are tried in one batch of simulations; what looks good is
   polished and, if better, taken. Repeated until nothing is.

The result is the best seen, never proven the best: the picture that the MIP sees is exact
only at one plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from optimize.certify import conditions
from optimize.choice_mip import WHOLE, Far, Picked, Picture
from optimize.climb import Search, finish, gain_of
from optimize.curvature import positive
from optimize.highs import solve_lp
from optimize.linear import LinearRules, with_rows
from optimize.problem import Chosen, Matrix, Stop, Vector, WhyNot
from optimize.step import Local, take_step
from optimize.trust_region import walkers
from optimize.walker import NEARLY, Stopped, Walker

STARTS = 2  # sets of choices to begin from
DIFFERENT = 4  # choices in which they differ at least
NEARBY = 96  # changes of the best set tried in a round
PROMISING = 4  # of them, polished
PAIRED = 14  # single changes that are also tried two at a time
WHY_NOT = 6  # groups left out that are looked into
FORCED = 2  # of them, by a MIP of their own if no trial has them
EACH = 4  # trials for every group left out
NODES, FEW_NODES = 100, 20  # of a MIP
GAP = 2e-3  # share of the gain that a MIP leaves open
ROUNDS = 12  # of picking again around the best plan
STEPS = 15  # of polishing
POLISHED = 1e-4  # promised fall of the objective, as a share of the gain
SETTLED = 1e-8  # promised fall, as a share of the gain, that ends the search
BETTER = 1e-5  # share of the gain that counts as a better set
DEAR = 100.0  # shares of the gain that a broken rule counts, at first
HOPEFUL = 0.1  # share of the gain by which a trial may seem worse and still be polished
MOVED = 0.1  # of what money achieves on the mean: the guess of what it costs to move it
BLOCK = 1_000_000  # numbers in memory at once
FULL = 250  # decisions up to which the whole second derivative is taken

Set = tuple[int, ...]


@dataclass(frozen=True)
class End:
    """A set of choices and where its money ended."""

    chosen: Set
    walker: Walker


class Choosing:
    """The search for choices; ``free`` is the best plan of money that follows no choice."""

    def __init__(
        self, search: Search, mixed: LinearRules, free: Walker, without_money: float
    ) -> None:
        self.search, self.mixed, self.free = search, mixed, free
        self.without_money = without_money
        self.size = len(free.local.plan)
        self.alone = np.flatnonzero(~np.any(mixed.a[:, : self.size] != 0.0, axis=1))
        self._linked = np.flatnonzero(np.any(mixed.a[:, self.size :] != 0.0, axis=1))
        self.ends: dict[Set, End] = {}
        self.starts: list[End] = []
        self.simulated = 0
        self.settled = False
        self.mip_gap: float | None = None
        self.free_objective: float | None = None
        self.tried: dict[Set, tuple[float, Vector]] = {}
        self.losses: dict[str, tuple[Set, float]] = {}

    def run(self, stop: Stop) -> Stop:
        """Find the choices; at least one set of them is known afterwards."""
        self.search.best = (True, float("inf"))
        with self.search.phase("choice"):
            try:
                if stop == "done":
                    self.free_objective = self.free.objective
                    self._polish([self._first()])  # soon there is something to fall back on
                    self._begin()
                    self._settle()
            except Stopped as stopped:
                stop = stopped.reason
            except KeyboardInterrupt:
                stop = "interrupted"
            if not self.ends:
                self._ends([self._first()])
        if stop != "done":
            return stop
        try:
            finish(self.search, [self.best.walker], self.without_money, SETTLED)
        except Stopped as stopped:
            return stopped.reason
        except KeyboardInterrupt:
            return "interrupted"
        return "done"

    @property
    def best(self) -> End:
        """The best set so far."""
        return self.best_first[0]

    @property
    def best_first(self) -> list[End]:
        """Every set whose money was polished, the best first.

        Each is judged at its own penalty: that of a set that cannot keep the rules grows without
        end, and would let the rounding of others decide.
        """

        def order(end: End) -> tuple[bool, float, Set]:
            walker = end.walker
            broken = walker.breach > NEARLY
            return broken, walker.breach if broken else _merit(walker), end.chosen

        return sorted(self.ends.values(), key=order)

    def told(self, walker: Walker) -> Chosen:
        """What is said of the choices of the answer."""
        end = next(end for end in self.ends.values() if end.walker is walker)
        gone = {self.search.problem.choices[i].group for i in end.chosen}
        return Chosen(
            end.chosen,
            self.mip_gap,
            len(self.ends),
            self.simulated,
            self.settled,
            self.free_objective,
            tuple(
                WhyNot(group, chosen, loss - _merit(walker))
                for group, (chosen, loss) in sorted(self.losses.items(), key=lambda i: i[1][1])
                if group not in gone
            ),
        )

    # ------------------------------------------------------------------ sets and their money

    def _first(self) -> tuple[Set, Vector]:
        """A set and its plan: the best by the slopes alone, else any that the rules allow."""
        flat = np.zeros((self.size, self.size))
        gain = gain_of([self.free], self.without_money)
        dear = np.maximum(self.free.penalty, DEAR * gain)
        picture = Picture(self.free.local, self.mixed, dear, flat)
        late = self.search.clock.over is not None  # then there is no other plan to be had
        picked = picture.pick(
            gap=GAP * gain, nodes=FEW_NODES, should_stop=None if late else self._over
        )
        if picked is not None:
            self._left_open(picked, gain)
            return picked.chosen, picked.plan
        found = solve_lp(self.mixed.lp(np.zeros_like(self.mixed.low)))
        chosen = tuple(int(i) for i in np.flatnonzero(found.x[self.size :] > WHOLE))
        return chosen, found.x[: self.size]

    def _rules(self, chosen: Set) -> LinearRules:
        """The rules of the money once the choices are made."""
        problem = self.search.problem
        rows = problem.having_chosen(chosen).rows[len(problem.rows) :]
        return with_rows(self.free.local.rules, rows)

    def _ends(self, sets: Sequence[tuple[Set, Vector]]) -> list[End]:
        """Plans (n,) for sets of choices, moved onto their rules and simulated."""
        found = []
        for chosen, plan in sets:
            rules = self._rules(chosen)
            if rules.breach(plan) > 1e-9:
                plan = rules.nearest(plan)
            local = self.free.local
            response, scale = self.search.response, local.scale
            walker = walkers(plan[None], response, local.measures, rules, scale)[0]
            walker.secant.matrix = self.free.secant.matrix
            walker.penalty = self.free.penalty.copy()
            end = self.ends[chosen] = End(chosen, walker)
            found.append(end)
        return found

    def _polish(self, sets: Sequence[tuple[Set, Vector]]) -> list[End]:
        """Optimise the money of several sets together, from given plans."""
        found = self._ends([(chosen, plan) for chosen, plan in sets if chosen not in self.ends])
        group = [end.walker for end in found]
        if group:
            self.search.walk(group, POLISHED * self._gain, steps=STEPS)
        return found

    @property
    def _gain(self) -> float:
        walker = self.best.walker if self.ends else self.free
        return gain_of([walker], self.without_money)

    # ------------------------------------------------------------------ the MIP

    def _picture(self, walker: Walker) -> Picture:
        """The response around a plan, with its whole curvature where that is affordable."""
        local = walker.local
        matrix = walker.secant.matrix
        if self.size <= FULL:
            weights = conditions(local).weights
            directions = np.diag(local.scale)
            matrix = positive(self.search.response.curvature(local.plan, weights, directions))
            walker.secant.matrix = matrix
        elif matrix is None:
            matrix = np.zeros((self.size, self.size))
        return Picture(local, self.mixed, self._penalty(walker), matrix, self._cuts())

    def _pick(self, picture: Picture, far: Sequence[Far] = ()) -> Picked | None:
        """The MIP, remembering what it left open."""
        self.search.clock.check()
        picked = picture.pick(far=far, gap=GAP * self._gain, nodes=NODES, should_stop=self._over)
        if picked is not None and not far:
            self._left_open(picked, self._gain)
        return picked

    def _left_open(self, picked: Picked, gain: float) -> None:
        self.mip_gap = max(0.0, picked.value - picked.bound) / gain

    def _penalty(self, walker: Walker) -> Vector:
        """Prices of breaches: a plan that cannot keep the rules has driven its own too high."""
        if walker.breach <= NEARLY:
            return walker.penalty
        return np.maximum(self.free.penalty, DEAR * self._gain)

    def _cuts(self) -> tuple[Local, ...]:
        """Plans that break outcome rows as little as their choices allow."""
        ends = self.ends.values()
        return tuple(end.walker.local for end in ends if end.walker.breach > NEARLY)

    def _over(self) -> bool:
        return self.search.clock.over is not None

    def _begin(self) -> None:
        """Very different sets that look good from the plan of free money; each pursued."""
        picture = self._picture(self.free)
        picks: list[Picked] = []
        for _ in range(STARTS):
            far = [Far(picked.chosen, DIFFERENT) for picked in picks]
            picked = self._pick(picture, far)
            if picked is None:
                break
            picks.append(picked)
        self.starts = self._polish([(picked.chosen, picked.plan) for picked in picks])
        for _ in range(ROUNDS):
            here = self.best
            broken = here.walker.breach > NEARLY
            # While nothing keeps the rules, sets that were found not to are left out.
            far = [Far(chosen) for chosen in self.ends] if broken else []
            picked = self._pick(self._picture(here.walker), far)
            if picked is None or picked.chosen in self.ends:
                break
            self._polish([(picked.chosen, picked.plan)])
            if self.best is here and not broken:
                break

    # ------------------------------------------------------------------ trials nearby

    def _settle(self) -> None:
        """Change the best set as long as that helps: one change, two together, a group left out."""
        while True:
            here = self.best
            singles = self._try(here, self._neighbours(here))
            self._polish(self._promising(here, singles))
            if self._improved(here):
                continue
            pairs = self._try(here, self._pairs(here, [chosen for chosen, _ in singles]))
            self._polish(self._promising(here, pairs))
            if self._improved(here):
                continue
            self._why_not(here)
            if not self._improved(here):
                self.settled = True
                return

    def _improved(self, here: End) -> bool:
        """Whether something clearly better than ``here`` was found."""
        best = self.best.walker
        if here.walker.breach > NEARLY:
            return best is not here.walker
        return _merit(best) < _merit(here.walker) - BETTER * self._gain

    def _try(self, here: End, sets: Sequence[Set]) -> list[tuple[Set, Vector]]:
        """Sets with a plan for each, by one step of its money; the best simulated ones first."""
        self.search.clock.check()
        walker = here.walker
        local, penalty = walker.local, self._penalty(walker)
        locals_ = [replace(local, rules=self._rules(chosen)) for chosen in sets]
        steps = [take_step(one, 1.0, penalty, walker.secant.matrix) for one in locals_]
        plans = [
            (chosen, np.clip(local.plan + local.scale * step.d, local.rules.low, local.rules.high))
            for chosen, step in zip(sets, steps, strict=True)
            if step.solved
        ]
        if not plans:
            return []
        outcomes = self.search.response.values(np.stack([plan for _, plan in plans]))
        self.simulated += len(plans)
        merits = local.merit(outcomes, penalty)
        for (chosen, plan), merit in zip(plans, merits, strict=True):
            self.tried[chosen] = (float(merit), plan)
        return [plans[i] for i in np.argsort(merits, kind="stable")]

    def _promising(
        self, here: End, tried: Sequence[tuple[Set, Vector]]
    ) -> list[tuple[Set, Vector]]:
        """The few of some tried sets, the best first, whose money is worth optimising."""
        walker = here.walker
        limit = walker.merit(self._penalty(walker)) + HOPEFUL * self._gain
        return [one for one in tried[:PROMISING] if self.tried[one[0]][0] < limit]

    def _pairs(self, here: End, singles: Sequence[Set]) -> list[Set]:
        """Two single changes at once, of those that came off best."""
        at = set(here.chosen)
        changes = [at.symmetric_difference(chosen) for chosen in singles[:PAIRED]]
        found: list[Set] = []
        for one, other in combinations(changes, 2):
            chosen = tuple(sorted(at.symmetric_difference(one | other)))
            new = not one & other and chosen not in self.ends and chosen not in found
            if new and self._possible(chosen):
                found.append(chosen)
        return found[:NEARBY]

    def _possible(self, chosen: Set) -> bool:
        """Whether a set keeps the rows that are about choices alone."""
        done = np.zeros(self.mixed.a.shape[1])
        done[[self.size + i for i in chosen]] = 1.0
        value = self.mixed.a[self.alone] @ done
        lower, upper = self.mixed.lower[self.alone], self.mixed.upper[self.alone]
        return bool(np.all(value >= lower - 1e-9) and np.all(value <= upper + 1e-9))

    def _neighbours(self, here: End) -> list[Set]:
        """Sets with one choice more, less or another: those that the prices speak for first."""
        worth = self._worth(here)
        number = len(worth)
        on = np.array(here.chosen, dtype=int)
        off = np.setdiff1d(np.arange(number), on)
        leave = np.repeat(np.append(on, -1), len(off) + 1)
        enter = np.tile(np.append(off, -1), len(on) + 1)
        some = (leave >= 0) | (enter >= 0)
        leave, enter = leave[some], enter[some]
        padded = np.append(worth, 0.0)
        keep = self._allowed(here, leave, enter)
        leave, enter = leave[keep], enter[keep]
        money = float(here.walker.local.plan.sum()) or 1.0
        price = MOVED * self._gain / money
        score = padded[enter] - padded[leave] + price * self._displaced(here, leave, enter)
        order = np.argsort(score, kind="stable")
        groups = [choice.group for choice in self.search.problem.choices]
        inside = {groups[i] for i in here.chosen}
        first: list[Set] = []  # a few for every group left out
        rest: list[Set] = []
        seen = Counter[str]()
        for i in order:
            chosen = tuple(sorted({*here.chosen, int(enter[i])} - {int(leave[i]), -1}))
            if chosen in self.ends:
                continue
            group = groups[enter[i]] if enter[i] >= 0 else ""
            seen[group] += 1
            new = group and group not in inside and seen[group] <= EACH
            (first if new and len(first) < NEARBY else rest).append(chosen)
        return [*first, *rest][: max(NEARBY, len(first) + NEARBY // 2)]

    def _displaced(self, here: End, leave: np.ndarray, enter: np.ndarray) -> Vector:
        """How much money (10,000 yuan) the plan lacks, or has too much, after each change."""
        tied = np.setdiff1d(self._linked, self.alone)
        matrix = self.mixed.a[tied]
        effect = np.hstack([matrix[:, self.size :], np.zeros((len(tied), 1))])
        done = np.zeros(effect.shape[1])
        done[list(here.chosen)] = 1.0
        now = matrix[:, : self.size] @ here.walker.local.plan + effect @ done
        lower, upper = self.mixed.lower[tied], self.mixed.upper[tied]
        found = np.empty(len(leave))
        for part in np.array_split(np.arange(len(leave)), 1 + len(leave) * len(tied) // BLOCK):
            then = now + (effect[:, enter[part]] - effect[:, leave[part]]).T
            found[part] = np.maximum(np.maximum(then - upper, lower - then), 0.0).sum(axis=1)
        return found

    def _worth(self, here: End) -> Vector:
        """First-order change of the objective when a choice is added, by the rows' prices (K,).

        Rows that leave room have no price: what tightens them looks free.
        """
        local = here.walker.local
        prices = conditions(local).money
        by_name = dict(zip(local.rules.names, prices, strict=True))
        lines = dict(zip(self.mixed.names, self.mixed.a[:, self.size :], strict=True))
        worth = np.zeros(len(self.search.problem.choices))
        for link in self.search.problem.links:
            price = by_name.get(link.name, 0.0)
            if price > 0.0 and link.sense != "==":
                worth += (price if link.sense == "<=" else -price) * lines[link.name]
        return worth

    def _allowed(self, here: End, leave: np.ndarray, enter: np.ndarray) -> np.ndarray:
        """Which changes keep the rows that are about choices alone."""
        alone = self.alone
        effect = np.hstack([self.mixed.a[alone, self.size :], np.zeros((len(alone), 1))])
        done = np.zeros(effect.shape[1])
        done[list(here.chosen)] = 1.0
        now = effect @ done
        keep = np.ones(len(leave), dtype=bool)
        for row, lower, upper, value in zip(
            effect, self.mixed.lower[alone], self.mixed.upper[alone], now, strict=True
        ):
            then = value + row[enter] - row[leave]
            keep &= (then >= lower - 1e-9) & (then <= upper + 1e-9)
        return keep

    def _why_not(self, here: End) -> None:
        """The best set found that has something of a group that the best set leaves out."""
        problem = self.search.problem
        members: dict[str, list[int]] = {}
        for i, choice in enumerate(problem.choices):
            members.setdefault(choice.group, []).append(i)
        for i in here.chosen:
            members.pop(problem.choices[i].group, None)
        worth = self._worth(here)
        order = sorted(members, key=lambda group: float(worth[members[group]].min()))[:WHY_NOT]
        found: list[tuple[Set, Vector]] = []
        untried = []
        for group in order:
            inside = set(members[group])
            tried = [(*self.tried[s], s) for s in self.tried if inside.intersection(s)]
            if tried:
                _, plan, chosen = min(tried, key=lambda one: (one[0], one[2]))
                found.append((chosen, plan))
            else:
                untried.append(group)
        picture = Picture(
            here.walker.local,
            self.mixed,
            self._penalty(here.walker),
            self._matrix(here.walker),
            self._cuts(),
        )
        for group in untried[:FORCED]:
            self.search.clock.check()
            picked = picture.pick(
                some_of=members[group],
                gap=GAP * self._gain,
                nodes=FEW_NODES,
                should_stop=self._over,
            )
            if picked is not None:
                found.append((picked.chosen, picked.plan))
        self._polish(found)
        for group in order:
            inside = set(members[group])
            ends = [end for end in self.best_first if inside.intersection(end.chosen)]
            if ends and ends[0].walker.breach <= NEARLY:
                self.losses[group] = (ends[0].chosen, _merit(ends[0].walker))

    def _matrix(self, walker: Walker) -> Matrix:
        matrix = walker.secant.matrix
        return np.zeros((self.size, self.size)) if matrix is None else positive(matrix)


def _merit(walker: Walker) -> float:
    return walker.merit(walker.penalty)

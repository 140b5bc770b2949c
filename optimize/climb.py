"""The state of one search, and how its walkers climb: starts, repair, precise finish."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from optimize.exchange import exchange
from optimize.problem import Problem, Stop
from optimize.response import Response
from optimize.trust_region import walk
from optimize.walker import FIRST_RADIUS, NEARLY, Beyond, Clock, Stopped, Walker

AGREE = 1e-3  # share of the gain within which two starts reached the same objective
COARSE, FINE = 2e-3, 1e-13  # promised fall of the objective, as a share of the gain
LATE = 1e-4  # the same for starts that follow the one that went ahead
CLOSE, NEAREST = 1e-5, 8  # the same for so many starts that came nearest to the best
STEPS = 60  # at most, of one walk
EXCHANGES = 8  # at most, of money moved as a whole after a walk
WHILE = 20  # steps of the walk before each
ROUNDS = 3  # of finishing the best and pressing on with the others


@dataclass(frozen=True)
class Progress:
    """What the search is doing: for a progress line."""

    # "rules", "conflict", "starts", "feasibility", "choice", "finish", "rounding", "explain"
    phase: str
    step: int
    objective: float | None  # of the best plan so far that keeps the rules, if any
    violation: float  # of the nearest plan so far, relative; 0 when one keeps the rules


@dataclass
class Search:
    """State of one search; :func:`optimize.search.solve` runs it."""

    problem: Problem
    response: Response
    clock: Clock
    report: Callable[[Progress], None] | None
    seconds: dict[str, float] = field(default_factory=dict)
    step: int = 0
    best: tuple[bool, float] = (True, float("inf"))  # breaks rules; breach or objective

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase and announce it."""
        self.name = name
        self.tell([])
        begin = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - begin
            self.seconds[name] = self.seconds.get(name, 0.0) + spent

    def walk(
        self,
        group: list[Walker],
        tolerance: float,
        exact: bool = False,
        steps: int = STEPS,
        beyond: Beyond | None = None,
    ) -> None:
        """As :func:`optimize.trust_region.walk`."""
        walk(
            group,
            self.response,
            self.clock,
            tolerance=tolerance,
            steps=steps,
            exact=exact,
            beyond=beyond,
            progress=self.tell,
        )

    def tell(self, group: list[Walker]) -> None:
        """Report progress; ``group`` are the walkers that have just moved."""
        self.step += bool(group)
        if group:
            walker = best_of(group)
            # While only the violation is minimised there is no objective to report yet.
            broken = walker.breach > NEARLY or not walker.local.aims
            value = walker.breach if broken else walker.merit(walker.penalty)
            self.best = min(self.best, (broken, value))
        if self.report is not None:
            broken, value = self.best
            self.report(
                Progress(self.name, self.step, None if broken else value, value if broken else 0.0)
            )


def climb(search: Search, group: list[Walker], without_money: float) -> Stop:
    """Move the walkers to the end, the best of them precisely; say how it ended.

    The one that begins best goes ahead: soon there is a plan to fall back on, and its second
    derivatives, which all share, spare the others most of their steps.
    """
    done: Walker | None = None  # the one that was taken to the end
    try:
        first = best_of(group)
        if first.breach <= NEARLY and approach(search, [first], without_money):
            done = settle(search, [first], without_money)
        elif not approach(search, group, without_money):
            return "done"  # with the plans of least violation
        for _ in range(ROUNDS):
            if (best := best_of(group)) is not done:
                done = best = settle(search, group, without_money)
            gain = gain_of([best], without_money)
            others = [walker for walker in group if walker is not best]
            with search.phase("starts"):
                # Another may end in a better place: those that came near are pressed as long as
                # their steps promise that.
                beyond = Beyond(best, AGREE * gain)
                _resume(others, best)
                search.walk(others, LATE * gain, beyond=beyond)
                near = sorted(others, key=lambda w: away(w, best))[:NEAREST]
                _resume(near, best)
                search.walk(near, CLOSE * gain, beyond=beyond)
            if best_of(group) is best:
                break
        else:
            settle(search, group, without_money)
    except Stopped as stopped:
        return stopped.reason
    except KeyboardInterrupt:
        return "interrupted"
    return "done"


def approach(
    search: Search, group: list[Walker], without_money: float, tolerance: float = COARSE
) -> bool:
    """Walk to within a tolerance (of the gain), repaired first if need be.

    Returns whether some walker (nearly) keeps the rules.
    """
    with search.phase("starts"):
        search.walk(group, tolerance * gain_of(group, without_money))
    if all(walker.breach > NEARLY for walker in group):
        with search.phase("feasibility"):
            reach_rules(search, group, without_money)
    return any(walker.breach <= NEARLY for walker in group)


def finish(
    search: Search,
    group: list[Walker],
    without_money: float,
    tolerance: float = FINE,
    steps: int = STEPS,
) -> Walker:
    """Take the best walker to a KKT point.

    Its steps may be long again: with many decisions, second derivatives cost more than a step
    refused does.
    """
    with search.phase("finish"):
        best = best_of(group)
        best.state, best.stale, best.radius = "moving", True, FIRST_RADIUS
        search.walk([best], tolerance * gain_of([best], without_money), True, steps)
    return best


def _resume(group: list[Walker], best: Walker) -> None:
    """Let walkers go on; those that have not moved yet begin from what matters to the best."""
    for walker in group:
        walker.state = "moving"
        walker.working = walker.working or best.working


def settle(search: Search, group: list[Walker], without_money: float) -> Walker:
    """Take the best walker to a KKT point from which no exchange is better.

    Where the way there is long, along a fold of the response, an exchange may cut it short.
    """
    best = best_of(group)
    for _ in range(EXCHANGES):
        finish(search, [best], without_money, steps=WHILE)
        with search.phase("finish"):
            search.clock.check()
            found = exchange(best, search.response, gain_of([best], without_money))
        if not found and best.state != "moving":
            break
    else:
        finish(search, [best], without_money)  # the last exchange may have left a slope
    return best


def away(walker: Walker, best: Walker) -> float:
    """How much worse a walker ended than the best; infinite if it breaks a rule.

    A breach that is too small to matter yet is charged at the penalty of the best.
    """
    if walker.breach > NEARLY:
        return float("inf")
    return walker.merit(best.penalty) - best.merit(best.penalty)


def reach_rules(search: Search, group: list[Walker], without_money: float) -> None:
    """Minimise the violation alone; walkers that reach the rules then resume their aims."""
    for walker in group:
        walker.local = replace(walker.local, aims=False)
        walker.restart()
    try:
        search.walk(group, 1e-10)
    finally:
        for walker in group:
            walker.local = replace(walker.local, aims=True)
    found = [walker for walker in group if walker.breach <= NEARLY]
    for walker in found:
        walker.restart()
    if found:
        search.walk(found, COARSE * gain_of(found, without_money))


def gain_of(group: list[Walker], without_money: float) -> float:
    """What the money achieves at best so far: the measure of every tolerance."""
    best = best_of(group).objective
    return max(abs(without_money - best), 1e-9 * max(abs(best), 1e-9))


def best_of(group: list[Walker]) -> Walker:
    """The walker with the least merit among those that (nearly) keep the rules, else nearest.

    At the middle one of their penalties: that of a walker which could not keep the rules for a
    while may have grown so far that breaches of nothing would decide.
    """
    penalty = np.median([walker.penalty for walker in group], axis=0)

    def order(walker: Walker) -> tuple[bool, float]:
        broken = walker.breach > NEARLY
        return broken, walker.breach if broken else walker.merit(penalty)

    return min(group, key=order)

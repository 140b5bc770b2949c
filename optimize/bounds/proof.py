"""The proven bound: reference plans are tried for as long as asked; each gives a bound."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optimize.bounds.atoms import NoRange
from optimize.bounds.certificate import Certificate
from optimize.bounds.expand import Expansion
from optimize.bounds.forms import Unrolled
from optimize.bounds.groups import MARGIN, limited_sums, region_about
from optimize.bounds.lagrangian import Lagrangian, lagrangian
from optimize.bounds.quadratic import least
from optimize.bounds.ranges import Minorant, minorant
from optimize.bounds.region import Group
from optimize.bounds.unroll import Outside, unroll
from optimize.certify import conditions
from optimize.linear import LinearRules, linear_rules
from optimize.measures import measures
from optimize.problem import Answer, Problem, Vector
from optimize.response import CountyResponse
from optimize.step import Local

ALLOWANCE = 1e-7  # of the gain, taken off every bound for rounding in the ranges
FEW, MANY = 1000, 3000  # symbols kept apart in the first pass, and in the others
MIDDLE, MOVE = 0.45, 0.1  # where in its range each lever is first laid, and steps from there


@dataclass(frozen=True)
class Cause:
    """An equation, what shape it has, and its share of what is not proven.

    ``shape``: ``concave_core`` where the equation's curvature helps (it costs nothing by
    itself), ``mccormick`` for a product or quotient, ``branching`` where the curvature is of
    the wrong or of either sign. Roughly measured: a remainder's part of the error.
    """

    equation: str
    kind: str
    shape: str
    share: float


@dataclass(frozen=True)
class Proof:
    """``bound``: no plan within the rules has a smaller objective (-inf: nothing proven).

    ``gap_of_gain`` compares it with the plan's objective, as a share of what the money
    achieves. ``refused`` names what the relaxation does not know, if that is why.
    """

    bound: float
    gap_of_gain: float
    causes: tuple[Cause, ...]
    passes: int
    seconds: float
    certificate: Certificate | None = None
    refused: str = ""


def prove(
    problem: Problem,
    response: CountyResponse,
    answer: Answer,
    *,
    target: float = 0.01,
    time_limit: float = 60.0,
    should_stop: Callable[[], bool] | None = None,
) -> Proof:
    """Bound what any plan could achieve; ``answer`` is the plan to compare with.

    Ends when the gap is within ``target``, when ``time_limit`` seconds have passed (the pass
    under way is finished), when nothing helps any more, or when ``should_stop()`` says so.
    """
    begin = time.perf_counter()
    task = _Task(problem, response, answer)
    best = None
    passes = 0
    refused = ""
    try:
        for place in task.places():
            passes += 1
            try:
                found = task.bound(place)
            except NoRange as error:
                refused = f"{task.name(error)}: {error}"
                found = None
            better = found is not None and (best is None or found.bound > best.bound)
            task.better = better
            if better:
                best = found
            gap = np.inf if best is None else task.gap(best.bound)
            late = time.perf_counter() - begin >= time_limit
            if gap <= target or late or (should_stop is not None and should_stop()):
                break
    except Outside as error:
        refused = str(error)
    except KeyboardInterrupt:
        pass
    seconds = time.perf_counter() - begin
    if best is None:
        return Proof(-np.inf, np.inf, (), passes, seconds, refused=refused)
    return Proof(best.bound, task.gap(best.bound), best.causes, passes, seconds, best.certificate)


@dataclass(frozen=True)
class _Found:
    bound: float
    causes: tuple[Cause, ...]
    certificate: Certificate


class _Task:
    """What does not change from one reference plan to the next."""

    def __init__(self, problem: Problem, response: CountyResponse, answer: Answer) -> None:
        self.problem, self.response, self.answer = problem, response, answer
        self.rules: LinearRules = linear_rules(problem)
        low, high = self.rules.ranges()
        room = MARGIN * np.maximum(np.abs(low), np.abs(high))
        self.low = np.maximum(low - room, problem.low)
        self.high = np.minimum(high + room, problem.high)
        self.groups: tuple[Group, ...] = limited_sums(self.rules, self.low, self.high)
        self.lagrangian = self._lagrangian()
        self.gain = max(
            abs(answer.objective_without_money - answer.objective),
            1e-9 * max(abs(answer.objective), 1e-9),
        )
        self.better, self.symbols = False, FEW
        self.model: Unrolled | None = None
        self.square: np.ndarray | None = None

    def _lagrangian(self) -> Lagrangian:
        plan = self.answer.continuous
        outcomes, jacobian = self.response.jacobian(plan[None])
        measure = measures(self.problem, self.response.values(self.problem.past_practice[None])[0])
        scale = np.where(self.high > self.low, self.high - self.low, 1.0)
        local = Local(
            plan, outcomes[0], jacobian[0] * scale, scale, self.rules, measure, measure.limits
        )
        return lagrangian(measure, conditions(local))

    def gap(self, bound: float) -> float:
        """What is not proven, as a share of what the money achieves; never below 0."""
        return max(0.0, self.answer.objective - bound) / self.gain

    def name(self, error: NoRange) -> str:
        return "" if self.model is None else self.model.names[error.atom.owner]

    def places(self) -> Iterator[Vector]:
        """Where in the range of every decision (n,) the model is expanded.

        First a little below the middle, where the remainders are least, quickly and then with
        care; then lever by lever to either side, the most curved lever first.
        """
        place = np.full(len(self.low), MIDDLE)
        yield place
        self.symbols = MANY
        yield place
        levers: dict[str, list[int]] = {}
        for index, decision in enumerate(self.problem.decisions):
            levers.setdefault(decision.lever, []).append(index)
        step = MOVE
        while step > 0.02:
            moved = False
            for members in sorted(levers.values(), key=self._flat):
                for sign in (-1.0, 1.0):
                    while 0.0 < place[members[0]] + sign * step < 1.0:
                        tried = place.copy()
                        tried[members] += sign * step
                        yield tried
                        if not self.better:
                            break
                        place, moved = tried, True
                    if moved and self.better:
                        break
            step = step if moved else 0.5 * step

    def _flat(self, members: list[int]) -> float:
        """Orders levers: those first along which the functional bends most."""
        if self.square is None:
            return 0.0
        width = (self.high - self.low)[members]
        return -float(np.abs(np.diag(self.square)[members] * width * width).sum())

    def bound(self, place: Vector) -> _Found:
        """The bound from the expansion about one plan."""
        plan = self.low + place * (self.high - self.low)
        decisions, outcomes = self.problem.decisions, self.problem.outcomes
        if self.model is None:
            self.model = unroll(self.response, decisions, outcomes, plan)
        region = region_about(plan, self.low, self.high, self.groups)
        expansion = Expansion(self.model, plan)
        below = minorant(expansion, region, self.lagrangian.weights, self.symbols)
        if self.square is None:
            self.square = below.square
        low = least(below, self.rules)
        allowance = ALLOWANCE * self.gain
        bound = low.value + self.lagrangian.constant - allowance
        certificate = Certificate.of(
            below, low, self.rules, self.lagrangian.constant - allowance, bound
        )
        return _Found(bound, _causes(expansion, below, low.value), certificate)


def _causes(expansion: Expansion, below: Minorant, value: float) -> tuple[Cause, ...]:
    u = expansion.unrolled
    total = float(below.shares.sum()) or 1.0
    size = max(float(np.abs(below.signs[np.isfinite(below.signs)]).max(initial=0.0)), 1e-300)
    rows: dict[tuple[str, str], list[float]] = {}
    for number, remainder in enumerate(expansion.remainders):
        atom = u.atoms[remainder.atom]
        low = below.signs[number, 0]
        if not np.isfinite(low):
            continue  # the objective does not depend on it
        held = rows.setdefault((u.names[atom.owner], atom.kind), [0.0, np.inf])
        held[0] += float(below.shares[number]) / total
        held[1] = min(held[1], float(low) / size)
    found = []
    for (equation, kind), (share, low) in rows.items():
        bilinear = kind in ("product", "quotient")
        shape = "mccormick" if bilinear else "concave_core" if low >= 0.0 else "branching"
        found.append(Cause(equation, kind, shape, share))
    return tuple(sorted(found, key=lambda cause: -cause.share))

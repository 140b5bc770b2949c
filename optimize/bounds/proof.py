"""The proven bound: all plans are divided into boxes for as long as asked, the worst first."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, replace

import numpy as np

from optimize.bounds.boxes import Bounded, Bounder, Cause, Crew, crew
from optimize.bounds.certificate import Certificate, Piece
from optimize.bounds.groups import MARGIN, limited_sums
from optimize.bounds.lagrangian import Lagrangian, lagrangian
from optimize.bounds.unroll import Outside, unroll
from optimize.certify import conditions
from optimize.linear import LinearRules, linear_rules
from optimize.measures import measures
from optimize.problem import Answer, Matrix, Problem
from optimize.response import CountyResponse
from optimize.step import Local

FIRST = 3  # decisions whose ranges are divided at once, after the first box
PATIENCE = 0.2  # seconds between two looks at ``should_stop``


@dataclass(frozen=True)
class Proof:
    """``bound``: no plan within the rules has a smaller objective (-inf: nothing proven).

    ``gap_of_gain`` compares it with the plan's objective, as a share of what the money
    achieves. ``passes`` counts the boxes. ``refused`` names what the relaxation does not
    know, if that is why.
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
    workers: int | None = None,
) -> Proof:
    """Bound what any plan could achieve; ``answer`` is the plan to compare with.

    Ends when the gap is within ``target``, when ``time_limit`` seconds have passed, or when
    ``should_stop()`` says so; the first box is always finished. ``workers`` processes share
    the boxes, by default one a processor. What is proven is kept when interrupted.
    """
    begin = time.perf_counter()
    task = _Task(problem, response, answer)

    def late() -> bool:
        over = time.perf_counter() - begin >= time_limit
        return over or (should_stop is not None and should_stop())

    search = None
    try:
        search = _Search(task, target)
        with crew(workers) as hands:
            search.run(hands, late)
    except Outside as error:
        seconds = time.perf_counter() - begin
        return Proof(-np.inf, np.inf, (), 0, seconds, refused=str(error))
    except (KeyboardInterrupt, BrokenExecutor):
        pass  # interrupted here, or a process was ended from outside
    seconds = time.perf_counter() - begin
    worst = None if search is None else search.worst
    if search is None or worst is None or worst.found.piece is None:
        refused = "" if worst is None else worst.found.refused
        passes = 0 if search is None else search.passes
        return Proof(-np.inf, np.inf, (), passes, seconds, refused=refused)
    certificate = search.certificate()
    bound = certificate.bound
    return Proof(bound, task.gap(bound), worst.found.causes, search.passes, seconds, certificate)


@dataclass(frozen=True)
class _Box:
    """A cell (2, n) of the division; ``found`` is its own bound or that of a box around it."""

    cell: Matrix
    found: Bounded

    @property
    def bound(self) -> float:
        return -np.inf if self.found.piece is None else self.found.piece.bound


class _Task:
    """The problem as the boxes need it."""

    def __init__(self, problem: Problem, response: CountyResponse, answer: Answer) -> None:
        self.problem, self.response, self.answer = problem, response, answer
        self.rules: LinearRules = linear_rules(problem)
        low, high = self.rules.ranges()
        room = MARGIN * np.maximum(np.abs(low), np.abs(high))
        self.low = np.maximum(low - room, problem.low)
        self.high = np.minimum(high + room, problem.high)
        self.groups = limited_sums(self.rules, self.low, self.high)
        self.lagrangian = self._lagrangian()
        self.gain = max(
            abs(answer.objective_without_money - answer.objective),
            1e-9 * max(abs(answer.objective), 1e-9),
        )

    def _lagrangian(self) -> Lagrangian:
        plan = self.answer.continuous
        outcomes, jacobian = self.response.jacobian(plan[None])
        measure = measures(self.problem, self.response.values(self.problem.past_practice[None])[0])
        scale = np.where(self.high > self.low, self.high - self.low, 1.0)
        local = Local(
            plan, outcomes[0], jacobian[0] * scale, scale, self.rules, measure, measure.limits
        )
        return lagrangian(measure, conditions(local))

    def bounder(self) -> Bounder:
        """Raises Outside where the model is of an unknown kind."""
        decisions, outcomes = self.problem.decisions, self.problem.outcomes
        model = unroll(self.response, decisions, outcomes, 0.5 * (self.low + self.high))
        constant = self.lagrangian.constant
        best = self.answer.continuous
        return Bounder(model, self.rules, self.groups, self.lagrangian.weights, constant, best)

    def gap(self, bound: float) -> float:
        """What is not proven, as a share of what the money achieves; never below 0."""
        return max(0.0, self.answer.objective - bound) / self.gain


class _Search:
    """Best first: the box with the least bound is divided next."""

    def __init__(self, task: _Task, target: float) -> None:
        self.task, self.target = task, target
        self.bounder = task.bounder()
        self.passes = 0
        self.open: list[tuple[float, int, _Box]] = []
        self.running: dict[Future[Bounded], tuple[_Box, Matrix]] = {}

    def run(self, hands: Crew, late: Callable[[], bool]) -> None:
        """The whole region; then divide until all is within the target, or it is late."""
        cell = np.stack([self.task.low, self.task.high])
        self.passes = 1
        self._keep(_Box(cell, hands.submit(self.bounder, cell[0], cell[1]).result()))
        many = FIRST
        while not (self.done or late()):
            while len(self.running) < hands.size and self._divides(many):
                _, _, box = heapq.heappop(self.open)
                for part in _divided(box, many):
                    job = hands.submit(self.bounder, part[0], part[1])
                    self.running[job] = (box, part)
                many = 1
            if not self.running:
                break
            ended, _ = wait(self.running, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            for job in ended:
                box, part = self.running.pop(job)
                self._end(box, part, job.result())

    def _divides(self, many: int) -> bool:
        """Whether there is a box that is not within the target, and can be divided."""
        if not self.open or self.task.gap(self.open[0][0]) <= self.target:
            return False
        return len(_divided(self.open[0][2], many)) > 1

    def _end(self, around: _Box, cell: Matrix, found: Bounded) -> None:
        self.passes += 1
        box = _Box(cell, found)
        self._keep(
            box
            if box.bound >= around.bound
            else _Box(cell, replace(around.found, losses=found.losses))
        )

    def _keep(self, box: _Box) -> None:
        heapq.heappush(self.open, (box.bound, self.passes + len(self.open), box))

    @property
    def leaves(self) -> list[_Box]:
        """All boxes of the division; those that are being bounded count as what is around them."""
        under_way = [_Box(cell, box.found) for box, cell in self.running.values()]
        return [box for _, _, box in self.open] + under_way

    @property
    def worst(self) -> _Box | None:
        return min(self.leaves, key=lambda box: box.bound, default=None)

    @property
    def done(self) -> bool:
        worst = self.worst
        return worst is not None and self.task.gap(worst.bound) <= self.target

    def certificate(self) -> Certificate:
        """Of all leaves."""
        pieces: list[Piece] = []
        for box in self.leaves:
            assert box.found.piece is not None
            pieces.append(replace(box.found.piece, cell=box.cell))
        task, rules = self.task, self.task.rules
        members = np.zeros((len(task.groups), len(task.low)))
        for row, group in zip(members, task.groups, strict=True):
            row[list(group.members)] = 1.0
        sums = np.array([(group.least, group.most) for group in task.groups]).reshape(-1, 2)
        return Certificate(
            min(piece.bound for piece in pieces),
            task.low,
            task.high,
            members,
            sums,
            rules.a,
            rules.lower,
            rules.upper,
            tuple(pieces),
        )


def _divided(box: _Box, many: int) -> list[Matrix]:
    """The cell, its range of the ``many`` costliest decisions cut in two."""
    losses = box.found.losses
    cells = [box.cell]
    for j in np.argsort(-losses, kind="stable")[:many]:
        low, high = box.cell[:, j]
        middle = 0.5 * (low + high)
        if not losses[j] > 0.0 or not low < middle < high:
            continue
        cut = []
        for cell in cells:
            below, above = cell.copy(), cell.copy()
            below[1, j] = above[0, j] = middle
            cut += [below, above]
        cells = cut
    return cells

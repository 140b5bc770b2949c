"""The plan that does best over many futures, found by the same trust-region method as one future's.

Mean and CVaR of the objective are minimised, or the largest regret, and each outcome rule must
hold in a share of the futures: a future counts as one in which the rule holds only if every row
of it does, against past practice in that same future. See :mod:`optimize.uncertainty.step` for
how the subproblem approximates that.

A plan made to measure for S futures keeps a rule less often in others. So it is looked at in a
second sample, and a rule that holds there too seldom is asked for in more of the S futures, by
as much as it misses, until it holds there often enough. How often it holds in truth must be told
from a third sample that had no part in this.

All futures run as one batch of machine code, derivatives of 200 futures by 117 decisions in a
second or two; spreading futures over processes (mpi-sppy, Dask) would cost more than it brings.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from optimize.climb import Progress, Search, reach_rules
from optimize.curvature import Secant
from optimize.kept import NOWHERE, Pieces
from optimize.linear import LinearRules
from optimize.measures import Measures
from optimize.problem import Matrix, Problem, Stop, Vector
from optimize.rounding import whole_plan
from optimize.step import Local
from optimize.uncertainty.cvar import Risk
from optimize.uncertainty.sample import Sample
from optimize.uncertainty.step import FuturesLocal, Pool
from optimize.walker import NEARLY, Clock, Stopped, Walker
from optimize.walker_arrays import arrays_of, walker_of

PRECISE = 1e-4  # promised fall of the aim, as a share of the gain, at which the search ends
HOLDS = 1e-6  # relative breach that still counts as holding
STEPS = 25  # at most, between two looks at the second sample
LOOKS = 6  # at the second sample
NUDGE = 0.1  # radius, at least, after a look
SEARCH = "search"  # the piece that says where the search is


@dataclass(frozen=True)
class Robust:
    """What is asked of a plan under uncertainty.

    ``share`` is the share of the futures in which each outcome rule must hold. ``reference``
    (S,) is taken off the losses: nothing, or the least possible loss in each future (then the
    losses are regrets).
    """

    risk: Risk = field(default_factory=Risk)
    share: float | Mapping[str, float] = 0.9
    reference: Vector | None = None

    def shares(self, rules: tuple[str, ...]) -> Vector:
        """The share of each of ``rules`` (R,)."""
        if isinstance(self.share, float):
            return np.full(len(rules), self.share)
        return np.array([self.share.get(rule, 1.0) for rule in rules])


@dataclass(frozen=True)
class RobustAnswer:
    """A plan over many futures; nothing here is out of sample."""

    stop: Stop
    amounts: Vector  # (n,), whole
    continuous: Vector  # (n,)
    aim: float  # of the continuous plan in the S futures, less the reference
    rules: tuple[str, ...]
    asked: Vector  # (R,): shares asked for
    used: Vector  # (R,): shares asked for in the S futures, so that the second sample agrees
    held: Vector  # (R,): shares of the S futures in which the continuous plan keeps each rule
    checked: Vector | None  # (R,): shares of the second sample, if there was one
    promised: float  # fall of the aim that the last step promised, as a share of the gain
    steps: int
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether every rule holds in the share asked for, in the sample that has the last word."""
        held = self.held if self.checked is None else self.checked
        return bool(np.all(held >= self.asked - 1e-9))


def plan_for(
    problem: Problem,
    rules: LinearRules,
    measures: Measures,
    sample: Sample,
    begin: Vector,
    asked: Robust,
    *,
    curvature: Matrix | None = None,
    second: Sample | None = None,
    unit: float | None = 1.0,
    time_limit: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    pieces: Pieces = NOWHERE,
) -> RobustAnswer:
    """The plan that does best in the futures of ``sample``, walked to from ``begin`` (n,).

    Args:
        problem: decisions and money rules; its outcome rules hold in every future on its own.
        rules: the money rules of ``problem``.
        measures: aims and rules with the numbers as they are.
        sample: S futures; its derivatives at a plan, S m n numbers, must fit into memory.
        begin: a plan that keeps the money rules, such as the best one for the numbers as they are.
        asked: aim and shares.
        curvature: second derivatives (n, n) at ``begin`` to start from, per 10,000 yuan squared.
        second: other futures, in which every rule must hold in its share, too.
        unit: what amounts are whole multiples of; None for any amount.
        time_limit: seconds; then the best plan so far, ``stop = "limit"``.
        progress: told of every step.
        should_stop: asked before every step; or Ctrl-C: ``stop = "interrupted"``.
        pieces: keeps where the search is, after every step.

    Raises:
        Unbounded: a decision that no rule limits.
    """
    deadline = float("inf") if time_limit is None else time.perf_counter() + time_limit
    search = Search(problem, sample.response, Clock(deadline, should_stop), progress)
    low, high = rules.ranges()
    scale = np.where(high - low > 0.0, high - low, 1.0)
    with search.phase("starts"):
        walker = _walker(sample, begin, scale, rules, measures, asked)
        if curvature is not None:
            walker.secant.correct(np.eye(len(begin)), curvature * np.outer(scale, scale))
        without = _aim(walker.local, low, sample)
        gain = max(abs(without - walker.objective), 1e-9)
    wanted = asked.shares(sample.measures.rules)
    stop: Stop = "done"
    walker, look, done = _taken_up(walker, pieces)
    try:
        for place in range(look, LOOKS):
            note = partial(_noted, pieces, walker, place)
            _climb(search, walker, gain, without, done if place == look else 0, note)
            if second is None or not _raised(walker, second, wanted):
                break
            _noted(pieces, walker, place + 1, 0)
    except Stopped as stopped:
        stop = stopped.reason
    except KeyboardInterrupt:
        stop = "interrupted"
    local = _local(walker)
    with search.phase("rounding"):
        amounts = _whole(local, sample, unit, 1e-6 * gain)
    promised = max(local.step(NUDGE, walker.penalty, walker.secant.matrix).promised, 0.0)
    held = sample.told(local.plan[None]).holds(HOLDS)[0].mean(axis=0)
    checked = None if second is None else second.told(amounts[None]).holds(HOLDS)[0].mean(axis=0)
    return RobustAnswer(
        stop,
        amounts,
        local.plan,
        walker.objective,
        sample.measures.rules,
        wanted,
        local.share,
        held,
        checked,
        promised / gain,
        walker.steps,
        dict(search.seconds),
    )


def _local(walker: Walker) -> FuturesLocal:
    assert isinstance(walker.local, FuturesLocal)
    return walker.local


def _walker(
    sample: Sample,
    begin: Vector,
    scale: Vector,
    rules: LinearRules,
    measures: Measures,
    asked: Robust,
) -> Walker:
    outcomes, jacobian = sample.response.jacobian(begin[None])
    share = asked.shares(sample.measures.rules)
    local = FuturesLocal(
        begin,
        outcomes[0],
        jacobian[0] * scale,
        scale,
        rules,
        measures,
        np.zeros(len(share)),
        futures=sample.measures,
        risk=asked.risk,
        share=share,
        reference=np.zeros(sample.number) if asked.reference is None else asked.reference,
        pool=Pool(),
    )
    return Walker(local, np.zeros(len(share)), Secant(len(begin)))


def _aim(local: Local, plan: Vector, sample: Sample) -> float:
    return float(local.objective(sample.response.values(plan[None]))[0])


def _noted(pieces: Pieces, walker: Walker, look: int, step: int) -> None:
    """Keep where the search is: so many looks and, since the last, so many steps."""
    local, pool = _local(walker), _local(walker).pool
    own = {
        "share": local.share,
        "years": np.array(sorted(pool.years), dtype=int).reshape(-1, 3),
        "tail": np.array(sorted(pool.tail), dtype=int),
        "rows": np.array(sorted(pool.rows), dtype=int).reshape(-1, 2),
        "place": np.array([look, step]),
    }
    pieces.put(SEARCH, {**arrays_of(walker), **own})


def _taken_up(walker: Walker, pieces: Pieces) -> tuple[Walker, int, int]:
    """The walker of an earlier search, if one was kept, and how many looks and steps it took."""
    known = pieces.get(SEARCH)
    if known is None:
        return walker, 0, 0
    pool = Pool(
        {(int(a), int(b), int(c)) for a, b, c in known["years"]},
        set(known["tail"].tolist()),
        {(int(a), int(b)) for a, b in known["rows"]},
    )
    local = replace(_local(walker), share=known["share"], pool=pool)
    look, step = known["place"].tolist()
    return walker_of(known, local), look, step


def _climb(
    search: Search,
    walker: Walker,
    gain: float,
    without: float,
    done: int,
    note: Callable[[int], None],
) -> None:
    """Move the walker to the end; first to the rules, where it ended outside them.

    ``done`` steps are behind it; ``note`` is told after every further one.
    """
    with search.phase("starts"):
        for step in range(done, STEPS):
            search.walk([walker], PRECISE * gain, steps=1)
            if walker.state != "moving":
                break
            note(step + 1)
    if walker.breach > NEARLY:
        with search.phase("feasibility"):
            reach_rules(search, [walker], without)


def _raised(walker: Walker, second: Sample, wanted: Vector) -> bool:
    """Ask for more of a rule that holds too seldom in the second sample; whether there is one."""
    local = _local(walker)
    held = second.told(local.plan[None]).holds(HOLDS)[0].mean(axis=0)
    more = np.ceil((local.share + wanted - held) * local.number - 1e-9) / local.number
    share = np.where(held < wanted, np.minimum(more, 1.0), local.share)
    if np.array_equal(share, local.share):
        return False
    walker.local = replace(local, share=share)
    walker.state, walker.radius = "moving", max(walker.radius, NUDGE)
    return True


def _whole(local: FuturesLocal, sample: Sample, unit: float | None, gap: float) -> Vector:
    """Whole amounts near the plan, by the MIP of one future's plan on what matters here.

    What matters are the aim, as the futures weigh in it at the plan, and the rows of the futures
    asked for that a change of every amount by a unit could break: as outcomes of a response.
    """
    if unit is None:
        return local.plan
    aim = local.step(1e-6, np.zeros(len(local.share)), None).weights
    excess = local.futures.excess(local.split(local.outcomes[None]))[0]
    slopes = np.abs(np.einsum("srm,smn->srn", local.futures.coefficients, local.cube))
    reach = (slopes / local.scale).sum(axis=2) * unit
    near = np.argwhere((excess > -reach) & (excess <= HOLDS))
    lines = np.zeros((1 + len(near), local.outcomes.size))
    lines[0] = aim
    blocks = lines.reshape(len(lines), local.number, -1)[1:]
    for block, (future, row) in zip(blocks, near, strict=True):
        block[future] = local.futures.coefficients[future, row]
    limits = np.array([local.futures.limits[future, row] for future, row in near])
    told = _Told(sample, lines)
    few = Measures(
        (),
        np.eye(len(lines))[0],
        (),
        (),
        np.zeros(0, dtype=int),
        np.eye(len(lines))[1:],
        limits,
        np.ones(len(limits)),
    )
    reduced = Local(
        local.plan,
        lines @ local.outcomes,
        lines @ local.jacobian,
        local.scale,
        local.rules,
        few,
        limits,
    )
    return whole_plan(reduced, told, unit, gap)[0]


class _Told:
    """A few weighted sums ``lines`` (q, S * m) of all outcomes as a response."""

    def __init__(self, sample: Sample, lines: Matrix) -> None:
        self.sample, self.lines = sample, lines

    def values(self, plans: Matrix) -> Matrix:
        return np.asarray(self.sample.response.values(plans) @ self.lines.T)

    def jacobian(self, plans: Matrix, exact: bool = True) -> tuple[Matrix, Matrix]:
        outcomes, slopes = self.sample.response.jacobian(plans, exact)
        return outcomes @ self.lines.T, np.asarray(self.lines @ slopes)

    def curvature(self, plan: Vector, weights: Vector, directions: Matrix) -> Matrix:
        return self.sample.response.curvature(plan, weights @ self.lines, directions)

"""Which uncertain numbers change the decision: plans re-optimised at ends and over a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.kept import NOWHERE, Pieces
from optimize.linear import linear_rules
from optimize.problem import Matrix, Problem, Vector
from optimize.response import Response
from optimize.uncertainty import Futures
from optimize.uncertainty.decisions import Study, best_plans, objectives
from optimize.uncertainty.factors import Factor
from optimize.uncertainty.intervals import mean_interval, share_interval
from optimize.uncertainty.one_at_a_time import ends
from optimize.uncertainty.worth import Worth, worth_of_knowing
from optimize.walker import Clock
from scenarios.future_problems import FutureProblems
from scenarios.futures import futures
from scenarios.levers import WHERE
from scenarios.sensitivity.study import Progress
from scenarios.sensitivity.subject import split
from scenarios.studied import Studied

FEWEST = 50  # futures, to say what knowing is worth
PIECE = 256  # futures that are judged at a time, each under every plan


@dataclass(frozen=True)
class Size:
    """How many futures are re-optimised, and how many judge what knowing is worth."""

    factors: int = 12
    sample: int = 64
    judges: int = 1000


@dataclass(frozen=True)
class Judged:
    """Plans in futures that none of them was made for; (3,) is a mean with its interval."""

    worth: Worth
    inputs: tuple[str, ...]  # names of the worth's inputs
    plans: int  # to choose from, past practice among them
    gain: Vector  # (3,): what the plan improves the aim by against past practice, in points
    keeps: Vector  # (3,): share of futures in which the plan keeps all rules on outcomes
    failed: int  # futures that could not be computed

    @property
    def telling(self) -> list[int]:
        """The inputs whose whole interval is beyond noise, the largest first."""
        worth = self.worth
        return [i for i in range(len(self.inputs)) if worth.low[i] > worth.noise[i]]


@dataclass(frozen=True)
class Decisions:
    """What was found; money in 10,000 yuan a year, by :data:`~scenarios.levers.WHERE` (4).

    The future of ``base`` is the scenario as it is. ``moved`` is the share of all money that is
    elsewhere in the best plan than in the plan under study.
    """

    size: Size
    seed: int
    factors: tuple[str, ...]  # F, that were moved one at a time
    base: Vector  # (4,)
    low: Matrix  # (F, 4): NaN where no plan was found
    high: Matrix  # (F, 4)
    low_moved: Vector  # (F,)
    high_moved: Vector  # (F,)
    at_ends: Study
    sample: Study
    money: Matrix  # (found, 4), of the sample's best plans
    moved: Vector  # (found,)
    regret: Vector  # (found,), in points of the aim
    mean_regret: Vector  # (3,): with the ends of its interval
    broken: tuple[tuple[str, int], ...]  # rules that the plan breaks, in how many of the sample
    breaking: int  # futures of the sample in which the plan breaks some rule
    judged: Judged | None  # None if it was stopped before

    @property
    def stopped(self) -> bool:
        """Whether something is missing because it was interrupted."""
        return self.judged is None


def decisions(
    studied: Studied,
    factors: Sequence[Factor],
    size: Size,
    seed: int,
    *,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    pieces: Pieces = NOWHERE,
) -> Decisions:
    """Re-optimise at the ends of ``factors`` and over a sample; judge all plans on fresh futures.

    The sample agrees with what is observed where there is such a sample. ``pieces`` keeps the
    best plan of every future.
    """
    tell = progress or (lambda part, done, total: None)
    clock, rules = Clock(should_stop=should_stop), linear_rules(studied.problem)
    county, stated = studied.county, studied.problem

    def searched(drawn: Futures, part: str) -> Study:
        every = FutureProblems(county, stated, drawn)

        def future(index: int) -> tuple[Problem, Response]:
            return every.problem(index), every.response(index)

        return best_plans(
            drawn.number,
            future,
            rules,
            studied.amounts,
            clock=clock,
            progress=lambda done, total: tell(part, done, total),
            pieces=pieces,
            name=part,
        )

    at_ends = searched(ends(factors), "decision_ends")
    sample = searched(futures(county, size.sample, seed), "decision_sample")
    plans = [studied.amounts, stated.past_practice, *(one.amounts for one in sample.best)]
    done = [one for one in sample.found if one is not None]
    counts: dict[str, int] = {}
    for one in done:
        for rule in {name.partition("[")[0] for name in one.broken}:
            counts[rule] = counts.get(rule, 0) + 1
    judged = None
    if clock.over is None:
        judged = _judged(studied, np.stack(plans), size, seed, tell)
    regret = np.array([one.regret for one in sample.best])
    money = by_place(studied)
    shown = np.full((2 * len(factors) + 1, len(WHERE)), np.nan)
    moved = np.full(len(shown), np.nan)
    for place, found in enumerate(at_ends.found):
        if found is not None and found.kept:
            shown[place] = money @ found.amounts
            moved[place] = _moved(found.amounts, studied.amounts)
    return Decisions(
        size,
        seed,
        tuple(factor.name for factor in factors),
        shown[0],
        shown[1::2],
        shown[2::2],
        moved[1::2],
        moved[2::2],
        at_ends,
        sample,
        np.array([money @ one.amounts for one in sample.best]).reshape(-1, len(WHERE)),
        np.array([_moved(one.amounts, studied.amounts) for one in sample.best]),
        regret,
        mean_interval(regret[:, None], seed)[:, 0] if len(regret) else np.full(3, np.nan),
        tuple(sorted(counts.items(), key=lambda item: -item[1])),
        sum(bool(one.broken) for one in done),
        judged,
    )


def by_place(studied: Studied) -> Matrix:
    """What turns amounts (n,) into money a year by sector (4,)."""
    years = len(studied.years)
    return np.array(
        [[(d.sector == where) / years for d in studied.problem.decisions] for where in WHERE]
    )


def _moved(amounts: Vector, plan: Vector) -> float:
    return float(0.5 * np.abs(amounts - plan).sum() / max(plan.sum(), 1e-300))


def _judged(
    studied: Studied, plans: Matrix, size: Size, seed: int, tell: Progress
) -> Judged | None:
    """All plans, the studied one and past practice first, on fresh futures."""
    county = studied.county
    drawn = futures(county, size.judges, seed + 1)
    values, kept = [], []
    for begin in range(0, size.judges, PIECE):
        tell("decision_worth", begin, size.judges)
        part = drawn.picked(range(begin, min(begin + PIECE, size.judges)))
        every = FutureProblems(county, studied.problem, part)
        found = objectives(part.number, every.ensemble.values(plans), every.measures)
        values.append(found[0])
        kept.append(found[1])
    tell("decision_worth", size.judges, size.judges)
    losses, keeps = np.concatenate(values, axis=1), np.concatenate(kept, axis=1)
    finite = np.asarray(np.isfinite(losses).all(axis=0))
    if finite.sum() < FEWEST:
        return None
    losses, judges = losses[:, finite], drawn.picked(finite)
    named = list(_inputs(studied, judges))
    worth = worth_of_knowing(losses, [table for _, table in named], seed=seed, sets=judges.sets)
    gains = (losses[1] - losses[0])[:, None]
    return Judged(
        worth,
        tuple(named[i][0] for i in worth.inputs),
        len(plans),
        mean_interval(gains, seed, judges.sets)[:, 0],
        share_interval(keeps[0, finite][:, None], judges.sets)[:, 0],
        int((~finite).sum()),
    )


def _inputs(studied: Studied, drawn: Futures) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """What could be known: each parameter; the weather, and the prices, of all years."""
    for column, values in drawn.values.items():
        yield column, values[:, None]
    for name, tables in split(studied, drawn).items():
        if tables:
            yield name, np.concatenate(tables, axis=1)

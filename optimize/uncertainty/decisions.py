"""What knowing the future would change: the best plan in each, and what that is worth.

The best plan of a future is sought from a given plan by the same trust-region steps, to within
:data:`TOLERANCE` of what the money achieves, in amounts that are not rounded and without a
proof: good enough to tell which way plans move and what moving is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.climb import Search, approach, best_of
from optimize.kept import NOWHERE, Arrays, Pieces
from optimize.linear import LinearRules
from optimize.measures import Measures, measures
from optimize.problem import Matrix, Problem, Vector
from optimize.response import Response
from optimize.trust_region import walkers
from optimize.walker import Clock, Stopped

TOLERANCE = 2e-4
HOLDS = 1e-4  # relative breach up to which a plan counts as keeping the rules


@dataclass(frozen=True)
class Informed:
    """The best plan of one future, beside the given plan in it.

    ``regret`` is by how much the given plan's objective is worse. It is negative where the
    given plan breaks rules in this future and keeping them costs something.
    """

    amounts: Vector  # (n,)
    objective: float
    given: float  # objective of the given plan
    kept: bool  # the plan keeps the rules; else none was found that does
    broken: tuple[str, ...]  # rows that the given plan breaks

    @property
    def regret(self) -> float:
        """What the given plan loses against this one, in units of the objective."""
        return self.given - self.objective


def informed(
    problem: Problem,
    response: Response,
    rules: LinearRules,
    scale: Vector,
    plan: Vector,
    clock: Clock,
) -> Informed:
    """The best plan of a future, found from ``plan`` (n,).

    ``rules`` are those about money, the same in every future; ``scale`` (n,) is how far they
    let each decision range.

    Raises:
        Stopped: the clock says so.
        ArithmeticError: the model gives no finite outcomes or derivatives.
    """
    begin = rules.nearest(plan)
    least, past, given = response.values(np.stack([rules.low, problem.past_practice, plan]))
    if not np.isfinite(np.stack([least, past, given])).all():
        raise ArithmeticError("the outcomes are not finite in this future")
    measure = measures(problem, past)
    without_money = float(measure.objective(least[None])[0])
    group = walkers(begin[None], response, measure, rules, scale)
    kept = approach(Search(problem, response, clock, None), group, without_money, TOLERANCE)
    best = best_of(group)
    excess = measure.excess(given[None])[0]
    broken = {measure.rows[measure.owner[i]].name for i in np.flatnonzero(excess > HOLDS)}
    return Informed(
        best.local.plan,
        best.objective,
        float(measure.objective(given[None])[0]),
        kept,
        tuple(sorted(broken)),
    )


@dataclass(frozen=True)
class Study:
    """The best plans of many futures; None where a future failed: the model or an aim broke."""

    found: tuple[Informed | None, ...]
    asked: int  # futures; fewer were finished if it was interrupted

    @property
    def best(self) -> list[Informed]:
        """Those whose plan keeps the rules."""
        return [one for one in self.found if one is not None and one.kept]

    @property
    def infeasible(self) -> int:
        """Futures in which no plan was found that keeps the rules."""
        return sum(one is not None and not one.kept for one in self.found)

    @property
    def failed(self) -> int:
        """Futures that could not be computed."""
        return sum(one is None for one in self.found)


def best_plans(
    number: int,
    future: Callable[[int], tuple[Problem, Response]],
    rules: LinearRules,
    plan: Vector,
    *,
    clock: Clock | None = None,
    progress: Callable[[int, int], None] | None = None,
    pieces: Pieces = NOWHERE,
    name: str = "future",
) -> Study:
    """The best plan of each of ``number`` futures; those that are finished if it is stopped.

    ``pieces`` keeps what was found for each, under ``name`` and its number.
    """
    found: list[Informed | None] = []
    clock = clock or Clock()
    low, high = rules.ranges()
    scale = np.where(high - low > 0.0, high - low, 1.0)
    try:
        for index in range(number):
            if progress is not None:
                progress(index, number)
            known = pieces.get(f"{name}-{index}")
            if known is None:
                try:
                    known = _arrays(informed(*future(index), rules, scale, plan, clock))
                except ArithmeticError:
                    known = {}
                pieces.put(f"{name}-{index}", known)
            found.append(_informed(known) if known else None)
    except Stopped:
        pass
    if progress is not None:
        progress(len(found), number)
    return Study(tuple(found), number)


def _arrays(one: Informed) -> Arrays:
    return {
        "amounts": one.amounts,
        "objectives": np.array([one.objective, one.given]),
        "kept": np.array(one.kept),
        "broken": np.array(one.broken, dtype=str),
    }


def _informed(arrays: Arrays) -> Informed:
    objective, given = arrays["objectives"].tolist()
    broken = tuple(arrays["broken"].tolist())
    return Informed(arrays["amounts"], objective, given, bool(arrays["kept"]), broken)


def objectives(
    number: int, outcomes: NDArray[np.float64], measure: Callable[[int], Measures]
) -> tuple[Matrix, NDArray[np.bool_]]:
    """Objective (K, N) of plans with outcomes (K, N, m), and whether they keep the rules."""
    values = np.empty(outcomes.shape[:2])
    kept = np.empty(outcomes.shape[:2], dtype=bool)
    for index in range(number):
        of = measure(index)
        values[:, index] = of.objective(outcomes[:, index])
        kept[:, index] = of.excess(outcomes[:, index]).max(axis=1, initial=-1.0) <= HOLDS
    return values, kept

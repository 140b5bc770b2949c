"""The best plan for each future on its own: what knowing the future would be worth.

The loss of a plan in a future less the least possible there is its *regret*; the mean of that
is the value of perfect information, an upper limit to what any forecast could be worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optimize.climb import Search, reach_rules
from optimize.kept import NOWHERE, Pieces
from optimize.linear import LinearRules
from optimize.measures import Measures
from optimize.problem import Matrix, Problem, Vector
from optimize.response import Response
from optimize.trust_region import walkers
from optimize.walker import NEARLY, Clock

PRECISE = 1e-4  # promised fall, as a share of the gain, at which a future's search ends
STEPS = 40  # at most, of one future's search


@dataclass(frozen=True)
class Hindsight:
    """The best plans found for R futures, each under the rules as they are in its future.

    ``losses`` are NaN where no plan was found that keeps the rules there.
    """

    losses: Vector  # (R,)
    plans: Matrix  # (R, n)

    @property
    def failed(self) -> int:
        """In how many futures no plan was found."""
        return int(np.isnan(self.losses).sum())


def hindsight(
    problem: Problem,
    rules: LinearRules,
    futures: Sequence[tuple[Measures, Response]],
    begin: Vector,
    *,
    clock: Clock | None = None,
    progress: Callable[[int], None] | None = None,
    pieces: Pieces = NOWHERE,
    name: str = "hindsight",
) -> Hindsight:
    """Search each future on its own from ``begin`` (n,).

    ``futures`` gives the aims and rules of each, and what plans bring in it. A plan that keeps
    the rules and was met in one future is tried in the others, so that no regret is counted
    against a search that ended too early. ``pieces`` keeps the plan of each future, under
    ``name`` and its number. Raises Stopped.
    """
    low, high = rules.ranges()
    scale = np.where(high - low > 0.0, high - low, 1.0)
    plans = []
    for number, (measure, response) in enumerate(futures):
        known = pieces.get(f"{name}-{number}")
        if known is not None:
            plans.append(known["plan"])
            continue
        search = Search(problem, response, clock or Clock(), None)
        group = walkers(np.stack([begin]), search.response, measure, rules, scale)
        (walker,) = group
        (least,) = measure.objective(search.response.values(low[None]))
        gain = max(abs(float(least) - walker.objective), 1e-9)
        with search.phase("starts"):
            search.walk(group, PRECISE * gain, steps=STEPS)
        if walker.breach > NEARLY:
            reach_rules(search, group, float(least))
        plans.append(walker.local.plan)
        pieces.put(f"{name}-{number}", {"plan": walker.local.plan})
        if progress is not None:
            progress(number + 1)
    tried = np.unique(np.stack([begin, *plans]), axis=0)
    losses, best = [], []
    for measure, response in futures:
        outcomes = response.values(tried)
        kept = measure.excess(outcomes).max(axis=1, initial=-1.0) <= NEARLY
        value = np.where(kept, measure.objective(outcomes), np.inf)
        at = int(value.argmin())
        losses.append(float(value[at]) if np.isfinite(value[at]) else np.nan)
        best.append(tried[at])
    return Hindsight(np.array(losses), np.stack(best))

"""The search for a plan over futures, and the judgement of what it finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from optimize import Answer, Problem
    from optimize.kept import Pieces
    from optimize.linear import LinearRules
    from optimize.measures import Measures
    from optimize.problem import Matrix, Vector
    from optimize.response import Response
    from optimize.uncertainty import Futures, RobustAnswer, Sample
    from optimize.walker import Clock
    from scenarios.commands.robust import Wish
    from scenarios.commands.solving import Searched
    from scenarios.county import County
    from scenarios.futures import Half
    from scenarios.robust import Regrets, Study

JUDGED = 2  # the sample that plans are judged on; 0 is planned with, 1 sets margins
REGRETS = 40  # futures whose own best plan is looked for
NO_REGRET = 1e6  # points taken off a future that the largest regret is not looked for in


@dataclass
class OverFutures:
    """The samples and the search."""

    first: Searched  # for the numbers as they are; its projects stay as chosen
    wish: Wish
    should_stop: Callable[[], bool]
    pieces: Pieces  # where the search and the best plans of single futures are kept

    def __post_init__(self) -> None:
        from optimize.linear import linear_rules
        from optimize.measures import measures
        from optimize.uncertainty import WORST, Risk

        first = self.first
        self.county: County = first.county
        self.problem: Problem = first.money_left
        self.response: Response = first.response
        self.answer: Answer = first.answer
        self.seed = self.county.scenario.search.seed
        self.rules: LinearRules = linear_rules(self.problem)
        (past,) = self.response.values(self.problem.past_practice[None])
        self.measures: Measures = measures(self.problem, past)
        wish = self.wish
        self.judging = Risk(wish.weight, wish.level)
        self.risk = Risk(1.0, WORST) if wish.regret else self.judging

    def sample(self, number: int, of: int) -> Sample:
        """Futures of one of three samples, drawn apart whatever the seed.

        Raises:
            FindingsError: an aim in per cent of past practice, which brings none of it in some.
        """
        from scenarios.aims import NoBase
        from scenarios.futures import sample
        from scenarios.problem import no_base

        try:
            return sample(self.county, self.problem, self.drawn(number, of))
        except NoBase as error:
            raise no_base(self.county, error) from error

    def drawn(self, number: int, of: int) -> Futures:
        """The numbers of such futures; those of the judgement have parameter sets of their own."""
        from scenarios.futures import futures

        half: Half = "judging" if of == JUDGED else "search"
        return futures(self.county, number, 3 * self.seed + of, half=half)

    def best_alone(self, number: int, of: int, begin: Vector, clock: Clock | None) -> Vector:
        """The least loss in each of the first ``number`` futures of a sample; NaN: none found."""
        from optimize.uncertainty.hindsight import hindsight
        from scenarios.future_problems import FutureProblems

        size = {0: self.wish.futures, JUDGED: self.wish.fresh}[of]
        drawn = self.drawn(size, of).picked(range(number))
        each = FutureProblems(self.county, self.problem, drawn)
        futures = [(each.measures(i), each.response(i)) for i in range(number)]
        found = hindsight(
            self.problem,
            self.rules,
            futures,
            begin,
            clock=clock,
            pieces=self.pieces,
            name=f"best-{of}",
        )
        return found.losses

    def search(self, seconds: float, progress: Any) -> RobustAnswer:
        """The plan over futures, from the nominal one."""
        from optimize.certify import conditions
        from optimize.step import Local
        from optimize.uncertainty import Robust, plan_for
        from optimize.walker import Clock, Stopped

        begin = self.answer.continuous
        scale = np.ones(len(begin))
        outcomes, slopes = self.response.jacobian(begin[None])
        measure = self.measures
        here = Local(begin, outcomes[0], slopes[0], scale, self.rules, measure, measure.limits)
        weights = conditions(here).weights
        curvature = self.response.curvature(begin, weights, np.eye(len(begin)))
        planning = self.sample(self.wish.futures, 0)
        second = self.sample(self.wish.fresh, 1) if self.wish.hold > 0.0 else None
        reference: Vector | None = None
        deadline = time.perf_counter() + seconds
        if self.wish.regret:
            size = min(REGRETS, self.wish.futures)
            try:
                clock = Clock(deadline, self.should_stop)
                best = self.best_alone(size, 0, begin, clock)
            except Stopped:
                best = np.full(size, np.nan)
            # Futures without a best plan of their own have no regret to be made less.
            reference = np.full(planning.number, NO_REGRET)
            reference[:size] = np.where(np.isnan(best), NO_REGRET, best)
        return plan_for(
            self.problem,
            self.rules,
            measure,
            planning,
            begin,
            Robust(self.risk, self.wish.hold, reference),
            curvature=curvature,
            second=second,
            time_limit=max(deadline - time.perf_counter(), 1e-3),
            progress=progress,
            should_stop=self.should_stop,
            pieces=self.pieces,
        )

    def judged(self, found: RobustAnswer) -> Study:
        """Both plans and past practice on fresh futures."""
        from optimize.uncertainty.judge import against, judged
        from scenarios.commands.results import result_of
        from scenarios.robust import Study

        (outcomes,) = self.response.values(found.amounts[None])
        plan = replace(
            self.answer,
            status="feasible" if found.kept else "infeasible_unproven",
            stop=found.stop,
            amounts=found.amounts,
            continuous=found.continuous,
            outcomes=outcomes,
            objective=float(self.measures.objective(outcomes[None])[0]),
            parts=self.measures.parts(outcomes),
        )
        whole = replace(plan, status="feasible")  # simulated and shown, whatever its rules do
        robust = replace(result_of(self.county, self.first.problem, whole), answer=plan)
        plans = np.stack([self.answer.amounts, found.amounts, self.problem.past_practice])
        told = self.sample(self.wish.fresh, JUDGED).told(plans)
        sets, seed = self.drawn(self.wish.fresh, JUDGED).sets, 3 * self.seed + 2
        return Study(
            self.first.result,
            robust,
            found,
            self.judging,
            min(REGRETS, self.wish.futures) if self.wish.regret else 0,
            self.wish.futures,
            self.wish.fresh,
            self.seed,
            told,
            judged(told, self.judging, seed, sets),
            against(told, 1, 0, self.judging, seed, sets),
            tuple(against(told, plan, 2, self.judging, seed, sets) for plan in (0, 1)),
            self.regrets(plans[:2], told.losses[:2]) if self.wish.regret else None,
        )

    def regrets(self, plans: Matrix, losses: Matrix) -> Regrets:
        """Regrets of the two plans in the first of the fresh futures."""
        from optimize.uncertainty.risk import mean
        from scenarios.robust import Regrets

        best = self.best_alone(REGRETS, JUDGED, plans[0], None)
        known = ~np.isnan(best)
        values = losses[:, :REGRETS][:, known] - best[known]
        sets = self.drawn(self.wish.fresh, JUDGED).sets
        owners = None if sets is None else sets[:REGRETS][known]
        means = tuple(mean(row, owners) for row in values)
        return Regrets(("nominal", "robust"), values, means, int((~known).sum()))

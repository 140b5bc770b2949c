"""Does a black-box search on the same engine find a better plan?

CMA-ES and Powell minimise objective plus penalties on the same simulations, each for a given
time, from past practice; a second CMA-ES starts from the plan itself. What they find is moved
onto the linear rules by the least change, as every start of the search is, and simulated.

    python -m benchmarks.optimizer [--seconds 60] [--scenario w-county]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from optimize import CountyResponse, Problem, solve
from optimize.linear import LinearRules, linear_rules
from optimize.measures import Measures, measures
from optimize.problem import Matrix, Vector

ALLOWED = 1e-4  # relative breach of an outcome rule that a black-box plan is forgiven
KEPT = 8  # candidates that are repaired at the end


class OutOfTime(Exception):
    """The budget of seconds is spent."""


@dataclass
class Penalised:
    """Objective plus penalties of plans in units of each decision's range, shape (N, n)."""

    problem: Problem
    response: CountyResponse
    measure: Measures
    rules: LinearRules
    low: Vector
    span: Vector
    weight: float
    seconds: float
    begin: float = field(default_factory=time.perf_counter)
    runs: int = 0
    best: list[tuple[float, Vector]] = field(default_factory=list)

    def __call__(self, points: Matrix) -> Vector:
        if time.perf_counter() - self.begin > self.seconds:
            raise OutOfTime
        plans = self.low + np.clip(points, 0.0, 1.0) * self.span
        outside = np.abs(points - np.clip(points, 0.0, 1.0)).sum(axis=1)
        outcomes = self.response.values(plans)
        self.runs += len(plans)
        value = self.measure.objective(outcomes)
        size = np.maximum(np.abs(self.rules.a * self.span).max(axis=1), 1e-12)
        money = plans @ self.rules.a.T
        over = np.maximum(np.maximum(money - self.rules.upper, self.rules.lower - money), 0.0)
        breach = (over / size).sum(axis=1) + np.maximum(self.measure.excess(outcomes), 0.0).sum(1)
        value = value + self.weight * (breach + outside)
        for index in np.argsort(value)[:2]:
            self.best.append((float(value[index]), plans[index]))
        self.best = sorted(self.best, key=lambda pair: pair[0])[:KEPT]
        return np.asarray(value)

    def found(self) -> float:
        """The best objective after repair, breaches of outcome rows above 1e-4 charged."""
        plans = np.stack([self.rules.nearest(plan) for _, plan in self.best])
        outcomes = self.response.values(plans)
        breach = np.maximum(self.measure.excess(outcomes) - ALLOWED, 0.0).sum(axis=1)
        return float((self.measure.objective(outcomes) + self.weight * breach).min())


def cma_es(aim: Penalised, start: Vector, sigma: float, seed: int) -> None:
    """Populations of 64, so that the engine runs them as one batch."""
    import cma

    options = {"popsize": 64, "seed": seed, "verbose": -9, "bounds": [0.0, 1.0]}
    strategy = cma.CMAEvolutionStrategy(start, sigma, options)
    while True:
        points = strategy.ask()
        strategy.tell(points, aim(np.array(points)).tolist())


def powell(aim: Penalised, start: Vector) -> None:
    """One line after another."""
    from scipy.optimize import minimize

    while True:
        judged = minimize(
            lambda point: float(aim(point[None])[0]),
            start,
            method="Powell",
            bounds=[(0.0, 1.0)] * len(start),
        )
        start = judged.x


def main() -> int:
    """Print a table; exit code 1 if a black box wins."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--scenario", default=None)
    arguments = parser.parse_args()

    from scenarios.county import County
    from scenarios.load import load
    from scenarios.problem import problem as state

    scenario = load(arguments.scenario)
    county = County(scenario)
    problem = state(county)
    numbers = scenario.numbers
    response = CountyResponse(
        county.model,
        problem.decisions,
        problem.outcomes,
        numbers.values,
        {**numbers.series, **numbers.past},
    )
    begin = time.perf_counter()
    answer = solve(problem, response)
    spent = time.perf_counter() - begin
    gain = answer.objective_without_money - answer.objective
    rules = linear_rules(problem)
    low, high = rules.ranges()
    span = np.where(high > low, high - low, 1.0)
    past = rules.nearest(problem.past_practice)
    outcomes = response.values(np.stack([problem.past_practice, past]))
    measure = measures(problem, outcomes[0])

    print(f"{'method':<28}{'runs':>10}{'seconds':>10}{'objective':>14}{'lost gain':>12}")

    def line(name: str, runs: int, seconds: float, value: float) -> None:
        lost = (value - answer.objective) / gain
        print(f"{name:<28}{runs:>10}{seconds:>10.1f}{value:>14.6f}{lost:>12.3%}", flush=True)

    line("trust region", response.runs, spent, answer.objective)
    line("past practice", 0, 0.0, float(measure.objective(outcomes)[0]))
    searches: dict[str, tuple[Vector, Callable[[Penalised, Vector], None]]] = {
        "CMA-ES from past practice": (past, lambda aim, start: cma_es(aim, start, 0.1, 1)),
        "Powell from past practice": (past, powell),
        "CMA-ES from the plan": (
            answer.continuous,
            lambda aim, start: cma_es(aim, start, 1e-3, 2),
        ),
    }
    won = False
    for name, (start, search) in searches.items():
        aim = Penalised(
            problem, response, measure, rules, low, span, 10.0 * gain, arguments.seconds
        )
        with suppress(OutOfTime):
            search(aim, np.clip((start - low) / span, 0.0, 1.0))
        value = aim.found()
        line(name, aim.runs, arguments.seconds, value)
        won = won or value < answer.objective - 1e-4 * gain
    return int(won)


if __name__ == "__main__":
    raise SystemExit(main())

"""Whole projects in number: does the choice among many end in time, and with which gap?

A made-up library (the tests' own) of projects that may each begin in several years, on a
response that is not linear: one yes-or-no choice a project and year.

    python -m benchmarks.choices [--projects 200] [--starts 10] [--seconds 60 300]
"""

from __future__ import annotations

import argparse
import time

from optimize import solve
from tests.optimize.library import library


def main() -> int:
    """Print one line a limit of time."""
    parser = argparse.ArgumentParser(description="choice among many projects")
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--starts", type=int, default=10, help="years in which each may begin")
    parser.add_argument("--seconds", type=float, nargs="+", default=[60.0, 300.0])
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    problem, response = library(
        asked.projects, asked.starts + 1, asked.starts, asked.seed, room=8.0
    )
    print(f"choices: {len(problem.choices)}; gaps are shares of what the money achieves")
    for limit in asked.seconds:
        begin, worked = time.perf_counter(), time.process_time()
        answer = solve(problem, response, starts=2, seed=1, time_limit=limit)
        wall, cpu = time.perf_counter() - begin, time.process_time() - worked
        chosen = answer.chosen
        if chosen is None:  # the rules alone leave no plan
            print(answer.status)
            return 1
        gap = "none" if chosen.mip_gap is None else f"{100 * chosen.mip_gap:.2g} %"
        print(
            f"limit {limit:g} s: {answer.stop}, {answer.status}, {len(chosen.choices)} chosen, "
            f"objective {answer.objective:.5g}, last MIP's gap {gap}, "
            f"{chosen.polished} sets polished, {chosen.simulated} tried, "
            f"{wall:.1f} s ({cpu:.1f} s of the processor)"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

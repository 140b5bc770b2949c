"""How long the studies under uncertainty take on W County, and whether another seed agrees.

    python -m benchmarks.uncertainty [--seeds 2] [--workbench 3]

Prints wall and processor seconds of the bands of 1,000 futures and of the Sobol indices of 20
factors by year (1,024 rows: 22,528 runs; with second order 43,008), each for one plan with the
model loaded; then how far the rankings of two seeds of the whole study agree. With ``--workbench``
a few of the same runs go through EMA Workbench and PySD as well (extra ``bench``), and what all of
them would take is told by multiplication.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from optimize.uncertainty.factors import Spread, futures_at
from optimize.uncertainty.variance import sobol
from scenarios.county import County
from scenarios.futures import ensemble, futures
from scenarios.load import load
from scenarios.problem import problem
from scenarios.sensitivity.factors import factors
from scenarios.sensitivity.study import Asked, Sensitivity, study
from scenarios.sensitivity.subject import OfPlan
from scenarios.studied import USUAL, Studied

FACTORS, ROWS, FUTURES = 20, 1024, 1000
COLUMN = "structure gap"


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print what the block took."""
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{what:56} {wall:6.2f} s, processor {processor:6.2f} s", flush=True)


def bands(studied: Studied) -> None:
    """Quantiles of one column by year."""
    years = [float(year) for year in studied.years]
    every = ensemble(studied.county, studied.problem, futures(studied.county, FUTURES, 1))
    found = every.paths(studied.levers, [COLUMN], years)[COLUMN]
    np.quantile(found, [0.025, 0.125, 0.25, 0.5, 0.75, 0.875, 0.975], axis=0)


def indices(studied: Studied, second: bool) -> None:
    """Design, runs, indices and their intervals of one column by year."""
    years = [float(year) for year in studied.years]
    chosen = [f for f in factors(studied.county) if f.elements == 1][:FACTORS]
    design = sobol([factor.name for factor in chosen], ROWS, 1, second=second)
    drawn = futures_at(chosen, Spread.of(chosen, 1)(design.shares))
    every = ensemble(studied.county, studied.problem, drawn)
    design.analysed(every.paths(studied.levers, [COLUMN], years)[COLUMN])


def agreement(one: Sensitivity, other: Sensitivity) -> None:
    """Rank correlation of total indices over the factors that both looked at closely."""
    from scipy.stats import spearmanr

    for look, what in enumerate(one.looks):
        totals = []
        for found in (one, other):
            place = found.place(look, found.years[-1])
            named = zip(found.indices.names, found.indices.total.value[:, place], strict=True)
            totals.append({name: value for name, value in named if name in found.named})
        both = [name for name in totals[0] if name in totals[1]]
        rank = spearmanr([totals[0][n] for n in both], [totals[1][n] for n in both]).statistic
        first = [sorted(both, key=lambda name, of=of: -of[name])[:3] for of in totals]
        print(
            f"{what.column:34} {what.basis:7} rank correlation {rank:.2f} over {len(both)}; "
            f"first three {'the same' if first[0] == first[1] else f'{first[0]} / {first[1]}'}"
        )


def against_workbench(studied: Studied, runs: int) -> None:
    """The runs of the Sobol design here, and a few of them through EMA Workbench and PySD."""
    from benchmarks.workbench import through_workbench
    from models import Runs, run

    model = studied.county.model
    chosen = [f for f in factors(studied.county) if f.elements == 1][:FACTORS]
    design = sobol([factor.name for factor in chosen], ROWS, 1, second=False)
    drawn = futures_at(chosen, Spread.of(chosen, 1)(design.shares))
    values = {column: value for column, value in drawn.values.items() if "[" not in column}
    begin = time.perf_counter()
    run(model, Runs(values), columns=[COLUMN])
    ours = (time.perf_counter() - begin) / drawn.number
    peer = through_workbench(model, values, COLUMN, runs)
    print(
        f"EMA Workbench with PySD: {peer.seconds:.2f} s a run ({peer.runs} runs), so "
        f"{peer.seconds * drawn.number / 3600:.0f} hours for {drawn.number:,} (extrapolated); "
        f"here {1e6 * ours:.0f} microseconds a run: {peer.seconds / ours:,.0f} times; "
        f"largest relative difference {peer.difference:.1e}"
    )


def main() -> None:
    """Run everything once to compile, then measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", type=int, default=2)
    arguments.add_argument("--workbench", type=int, default=0, metavar="RUNS")
    asked = arguments.parse_args()
    seeds = asked.seeds
    county = County(load("w-county"))
    stated = problem(county)
    plan = stated.past_practice.copy()
    plan[[d.sector == "industry" for d in stated.decisions]] *= 1.5
    studied = Studied(county, stated, plan, given=True)
    jobs: dict[str, Callable[[], None]] = {
        f"bands of {FUTURES:,} futures": lambda: bands(studied),
        f"Sobol, {FACTORS} factors, {ROWS:,} rows, by year": lambda: indices(studied, False),
        "the same with second order": lambda: indices(studied, True),
    }
    bands(studied)
    for what, job in jobs.items():
        with timed(what):
            job()
    found = []
    for seed in range(1, seeds + 1):
        with timed(f"the whole study, seed {seed}"):
            found.append(study(OfPlan(studied), list(USUAL), Asked(seed=seed)))
    for other in found[1:]:
        agreement(found[0], other)
    if asked.workbench:
        against_workbench(studied, asked.workbench)


if __name__ == "__main__":
    main()

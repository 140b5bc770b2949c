"""How good and how fast is the search, against others on the same engine?

One table: the search of this project, Ipopt, and what people use with models of this kind, on W
County's problem with about 50, 100, 300 and 1,000 decisions (:mod:`benchmarks.larger`):

    python -m benchmarks.optimiser [--quick] [--sizes 52,117] [--methods SLSQP] [--seconds 120]
                                   [--again] [--write]

Every row is measured in a process of its own and kept in ``benchmarks/optimiser.json``, so that
what was broken off goes on where it stopped; ``--again`` measures anew. ``--write`` puts the
table into ``benchmarks/optimiser.md``. ``--quick`` gives each method ten seconds at the two
smaller sizes and keeps nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .larger import SIZES, county
from .searches import DERIVATIVE_FREE, METHODS, OutOfTime, Task, Trail
from .table import Table, duration, machine

OURS = "Xieheng, 8 starts"
SHARES = (1e-2, 1e-3)  # of the gain, within which the best known is reached
SAME = 1e-6  # share of the gain within which two objectives are the same
SHOWN = 150  # plans of a trail that are judged
PATIENCE = 10.0  # of a row's limit, until its process is stopped
_PAGE = Path(__file__).with_suffix(".md")
_ROWS = Path(__file__).with_suffix(".json")
_PACKAGES = ("numpy", "scipy", "highspy", "piqp", "casadi", "cma")
_WIDTHS = (9, 32, 12, 16, 7, 11, 11, 11, 11, 10)


@dataclass(frozen=True)
class Row:
    """What one method made of one problem; ``trail`` holds seconds, processor's, objective."""

    size: int
    method: str
    seconds: float  # until it ended or its time was over
    processor: float
    ended: str  # "itself", "time", or why it failed
    violation: float  # relative, of the last plan of the trail
    without_money: float
    trail: list[tuple[float, float, float]]

    @property
    def objective(self) -> float:
        """The best found, breaches charged."""
        return min((value for *_, value in self.trail), default=math.inf)

    def reached(self, value: float) -> tuple[float, float] | None:
        """Seconds of the clock and of the processor until the objective was at most ``value``."""
        for seconds, spent, objective in self.trail:
            if objective <= value:
                return seconds, spent
        return None


def measured(size: int, method: str, limit: float) -> Row:
    """Run one method."""
    problem, response = county(size)
    task = Task(problem, response)
    response.jacobian(task.start[None])  # compiled before the clock starts
    trail = Trail(task, limit)
    ended = "itself"
    try:
        METHODS[method](trail)
    except OutOfTime:
        ended = "time"
    except Exception as error:  # a method that fails is a row, too
        ended = f"{type(error).__name__}: {error}"[:80]
    spent = time.perf_counter() - trail.begin, time.process_time() - trail.begun
    picked = np.unique(np.linspace(0, len(trail.events) - 1, SHOWN).round().astype(int))
    events = [trail.events[i] for i in picked if trail.events]
    judged = [task.judged(event) for event in events]
    kept = [(e.seconds, e.processor, value) for e, (value, _) in zip(events, judged, strict=True)]
    breach = judged[int(np.argmin([value for value, _ in judged]))][1] if judged else math.nan
    return Row(size, method, *spent, ended, breach, task.without_money, kept)


def alone(size: int, method: str, limit: float) -> Row:
    """The same in a process of its own, linear algebra on one thread (waiting ones would count)."""
    command = [sys.executable, "-m", "benchmarks.optimiser", "--row", str(size), method, str(limit)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=Path(__file__).resolve().parent.parent,
            env=dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
            timeout=PATIENCE * limit,
        )
    except subprocess.TimeoutExpired:
        return Row(size, method, math.nan, math.nan, "no word in time", math.nan, math.nan, [])
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return Row(size, method, math.nan, math.nan, reason[:80], math.nan, math.nan, [])
    return Row(**json.loads(done.stdout.splitlines()[-1]))


def best_known(rows: list[Row]) -> float:
    """The least objective at one size."""
    return min(row.objective for row in rows)


def lost(row: Row, best: float) -> float:
    """Share of what the money achieves by which a row ends above the best known."""
    return (row.objective - best) / (row.without_money - best)


HEADS = ("decisions", "method", "objective", "lost of the gain", "breach", "to 1 %", "to 0.1 %",
         "processor's", "ended after", "by")  # fmt: skip


def cells(row: Row, best: float) -> tuple[str, ...]:
    """A row of the table."""
    gain = row.without_money - best
    coarse, fine = (row.reached(best + share * gain) for share in SHARES)
    none = "not reached"
    if not row.trail:
        return (str(row.size), row.method, *[""] * 7, row.ended)
    return (
        f"{row.size:,}",
        row.method,
        f"{row.objective:.7f}",
        f"{100.0 * lost(row, best):.2g} %",
        f"{row.violation:.0e}",
        duration(coarse[0]) if coarse else none,
        duration(fine[0]) if fine else none,
        duration(fine[1]) if fine else "",
        duration(row.seconds),
        row.ended,
    )


def findings(rows: list[Row]) -> list[str]:
    """Worst loss of ours, how much faster it is than methods without derivatives, growth."""
    found = []
    own = {row.size: row for row in rows if row.method == OURS}
    ends = {size: best_known([r for r in rows if r.size == size]) for size in own}
    worst = max((lost(row, ends[size]) for size, row in own.items()), default=math.nan)
    found.append(
        f"Ours ends at most {worst:.1e} of the gain above the best that any method found "
        f"(the aim: {SAME:g})."
    )
    ratios = []
    for row in rows:
        if row.method in DERIVATIVE_FREE and row.size in own:
            target = ends[row.size] + SHARES[1] * (row.without_money - ends[row.size])
            mine, theirs = own[row.size].reached(target), row.reached(target)
            if mine:
                spent = theirs[1] if theirs else row.processor
                ratios.append((spent / mine[1], theirs is not None, row))
    if ratios:
        least, exact, row = min(ratios, key=lambda item: item[0])
        found.append(
            f"To 0.1 % of the gain methods without derivatives take at least {least:,.0f} times as "
            f"much of the processor as ours (least: {row.method}, {row.size} decisions"
            + (")." if exact else ", which did not get there in its time).")
        )
    for label, of in (("clock", "seconds"), ("processor", "processor")):
        if len(own) > 2:
            sizes = np.log(sorted(own))
            times = np.log([getattr(own[size], of) for size in sorted(own)])
            exponent, last = np.polyfit(sizes, times, 1)[0], np.diff(times)[-1] / np.diff(sizes)[-1]
            found.append(
                f"Time of ours until it ends grows with the number of decisions to the power "
                f"{exponent:.2f} by the {label} ({last:.2f} between the two largest)."
            )
    return found


NOTES = (
    "All start from past practice, moved onto the linear rules; with 8 starts ours adds seven "
    "others. All simulate by the same engine, in batches where the method can use them, and "
    "derivatives are exact. Ipopt has the states as variables and derivatives of its own.",
    "Sizes: 52 is a plan of four years, 117 of nine, 312 of six years by quarters, 936 of nine "
    "years by eighths, which is every step of the model (`benchmarks/larger.py`). Rules stay "
    "yearly.",
    "CMA-ES and Powell minimise objective plus penalties (ten times what the money achieves, "
    "times the relative breach). Differential evolution, and CMA-ES once more, move every "
    "candidate to the nearest plan within the linear rules by a quadratic programme first. "
    "Populations are of 64. A method that is done ends by itself; the others when their time is "
    "over.",
    "Every plan that was better than all before it is moved onto the linear rules by the least "
    "change afterwards, outside the clock, and simulated; a breach that is left is charged. That "
    "plan counts for the objective and for the times.",
    "A method's time is over when it has used the processor's seconds it was given, its linear "
    "algebra on one thread; simulations in batches run on all cores.",
    "Compiling the model is not counted (seconds, once; the machine code is kept).",
)


def table(rows: list[Row]) -> Table:
    """All rows, by size and method, with what they show."""
    ends = {row.size: best_known([r for r in rows if r.size == row.size]) for row in rows}
    order = list(METHODS)
    found = Table(
        "The search against others",
        "Written by `python -m benchmarks.optimiser --write`.",
        HEADS,
        _WIDTHS,
        machine(_PACKAGES),
        findings=findings(rows),
        notes=list(NOTES),
    )
    found.head()
    for row in sorted(rows, key=lambda row: (row.size, order.index(row.method))):
        found.add(*cells(row, ends[row.size]))
    return found


def kept() -> list[Row]:
    """The rows that were measured before."""
    if not _ROWS.exists():
        return []
    return [Row(**row) for row in json.loads(_ROWS.read_text(encoding="utf-8"))]


def main() -> int:
    """Measure what is missing and print; exit code 1 where ours is not the best."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="", help="of 52, 117, 312, 936; default all")
    parser.add_argument("--methods", default="", help="parts of names, with commas; default all")
    parser.add_argument("--seconds", type=float, default=120.0, help="of the processor, each row")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--again", action="store_true", help="measure rows that are there, too")
    parser.add_argument("--write", action="store_true", help=f"write {_PAGE.name}")
    parser.add_argument("--row", nargs=3, metavar=("SIZE", "METHOD", "SECONDS"))
    asked = parser.parse_args()
    if asked.row:
        size, method, limit = asked.row
        print(json.dumps(asdict(measured(int(size), method, float(limit)))))
        return 0
    sizes = [int(part) for part in asked.sizes.split(",") if part] or list(SIZES)
    wanted = [part.strip().lower() for part in asked.methods.split(",") if part.strip()]
    methods = [m for m in METHODS if not wanted or any(part in m.lower() for part in wanted)]
    if asked.quick:
        sizes, asked.seconds = sizes[:2], 10.0
    rows = [] if asked.quick else kept()
    for size in sizes:
        for method in methods:
            there = [row for row in rows if (row.size, row.method) == (size, method) and row.trail]
            if there and not asked.again:
                continue
            row = alone(size, method, asked.seconds)
            rows = [r for r in rows if (r.size, r.method) != (size, method)] + [row]
            print(f"{size:>6,}  {method:<32}{row.seconds:>8.1f} s  {row.objective:.7f}", flush=True)
            if not asked.quick:
                text = json.dumps([asdict(row) for row in rows], allow_nan=True)
                _ROWS.write_text(text + "\n", encoding="utf-8")
    found = table(rows)
    found.tell()
    if asked.write:
        _PAGE.write_text(found.page(), encoding="utf-8")
    ends = {row.size: best_known([r for r in rows if r.size == row.size]) for row in rows}
    return int(any(row.method == OURS and lost(row, ends[row.size]) > SAME for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())

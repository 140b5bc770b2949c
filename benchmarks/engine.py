"""How fast is the engine, against others and against the machine?

One table, each row a ratio of two times measured in this process in turns:

    python -m benchmarks.engine [--quick] [--models county,large] [--write]

PySD, pysimlin, BPTK-Py and a C compiler take part where they are installed; BPTK-Py pins its
dependencies, so it wants a folder of its own on the path, filled without dependencies.
``--write`` puts the table into ``benchmarks/engine.md``.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models import Model, Runs

from . import as_c, child, operations
from .contest import Contestant, Missing, seconds_a_run
from .peers import PEERS, Task, pysd
from .table import Table, duration, machine, times
from .tasks import constants_that_matter, kernels, replicated, simulate, task

HEADS = ("what", "model", "runs", "ours", "against", "theirs", "ratio")
INTRO = (
    "Written by `python -m benchmarks.engine --write`. Every ratio compares two times of one "
    "process on one machine, measured in turns, the least of several; above 1 we are ahead."
)
NAMES = ("county", "small", "large", "world-sized")
_LONG_BY_PYSD = ("large", "world-sized")  # it takes a minute there for one run
GRADIENT = 117  # parameters of the gradient
_PAGE = Path(__file__).with_suffix(".md")
_PACKAGES = ("numpy", "numba", "pysd", "pysimlin", "bptk-py")
_WIDTHS = (33, 12, 16, 10, 26, 14, 13)


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    names: tuple[str, ...]
    quick: bool
    most: Mapping[str, int]  # the largest batch, by model

    @property
    def repeats(self) -> int:
        return 1 if self.quick else 5

    def sizes(self, name: str) -> list[int]:
        return [size for size in (1, 1_000, 10_000, 100_000) if size <= self.most[name]]


def _ours(job: Task, kernel: str, workers: int = 1) -> Contestant:
    def runs(count: int) -> None:
        simulate(job.model, Runs(values=job.first(count)), job.outcomes, kernel, workers)

    runs(2)  # compiled before the clock runs
    runs(1)
    label = kernel if workers == 1 else f"{kernel}, {workers} workers"
    return Contestant(label, runs, threads=workers)


def against_peers(table: Table, plan: Plan) -> None:
    """Single runs and batches, five outcomes kept, against everybody who is there."""
    cores = os.cpu_count() or 1
    for name in plan.names:
        job = task(name, plan.most[name])
        peers: list[Contestant] = []
        for peer in PEERS:
            label = {"pysd": "PySD", "bptk": "BPTK-Py", "in_c": "C"}.get(
                peer.__name__, peer.__name__
            )
            try:
                if plan.quick and peer is pysd and name in _LONG_BY_PYSD:
                    raise Missing("not with --quick")
                contestant, difference = peer(job)
                peers.append(contestant)
                if not difference < 1e-9:
                    table.note(
                        f"{contestant.name} differs from us by {difference:.1g} of the scale of an "
                        f"outcome on the model {name}."
                    )
            except Missing as missing:
                table.add("runs", name, "", "", label, str(missing), "")
        known: dict[str, float] = {}  # who takes seconds for a run is asked once
        for size in plan.sizes(name):
            own = [_ours(job, kernel) for kernel in kernels()]
            if "fused" in kernels() and size > 1 and cores > 1:
                own.append(_ours(job, "fused", cores))
            rounds = plan.repeats if size < 100_000 else min(2, plan.repeats)
            best = seconds_a_run([*own, *peers], size, rounds, known)
            known.update({one.name: best[one.name] for one in peers if best[one.name] > 1.0})
            for one in own:
                what = "single run" if size == 1 else "batch, per run"
                if size == 1 and one.name == "numpy":
                    what = "single run, scalar"
                else:
                    what = f"{what}, {one.name}"
                for peer_ in peers:
                    table.add(
                        what,
                        name,
                        f"{size:,}",
                        duration(best[one.name]),
                        peer_.name,
                        duration(best[peer_.name]),
                        times(best[peer_.name] / best[one.name]),
                    )


def against_the_machine(table: Table, plan: Plan) -> None:
    """What the operations of a batch cost in bare loops, and how near each kernel is."""
    size = 10_000
    bare = {"NumPy loops": operations.costs_in_numpy()}
    try:
        bare["C loops"] = operations.costs_in_c()
    except as_c.NoCompiler:
        table.add("roofline", "", "", "", "C loops", "no C compiler", "")
    table.note(
        "The roofline is the price of a batch's operations done one bare loop after another, with "
        "operands read from the cache and C's exp and powers from its library. It is no bound: "
        "the fused kernel keeps values in registers and has vector powers, so it may beat it."
    )
    for name in plan.names:
        runs = min(size, plan.most[name])
        job = task(name, runs)
        needed = operations.of_a_run(job.model, job.outcomes, job.values)
        number = sum(needed.values())
        own = [_ours(job, kernel) for kernel in kernels()]
        best = seconds_a_run(own, runs, plan.repeats)
        for one in own:
            for label, costs in bare.items():
                floor = operations.least_seconds(needed, costs)
                table.add(
                    f"roofline, {one.name}",
                    name,
                    f"{runs:,}",
                    duration(best[one.name]),
                    f"{label}, {number:,} ops",
                    duration(floor),
                    times(floor / best[one.name]),
                )


def loading(table: Table, plan: Plan) -> None:
    """From nothing to a model that is ready: a fresh process each."""
    for name in plan.names:
        job = task(name, 1)
        path = str(job.model.path)
        with tempfile.TemporaryDirectory() as folder:
            cold = child.measured("load", "ours", path, cache=folder)
            ready = [child.measured("load", "ours", path, cache=folder) for _ in range(3)]
        cached = min(one["load"] for one in ready)
        for peer in ("PySD", "pysimlin"):
            try:
                other = min(child.measured("load", peer, path)["load"] for _ in range(2))
            except RuntimeError as error:
                table.add("load", name, "", "", peer, str(error)[:40], "")
                continue
            for what, own in (("load, first time", cold["load"]), ("load, cached", cached)):
                table.add(what, name, "", duration(own), peer, duration(other), times(other / own))
        first = min(one["first_run"] for one in ready)
        table.add("compile and first run", name, "1", duration(first), *_compile_c(job, first))


def _compile_c(job: Task, own: float) -> tuple[str, str, str]:
    import time

    begin = time.perf_counter()
    try:
        as_c.Compiled.of(job.model, job.outcomes)
    except as_c.NoCompiler:
        return "C, compiling", "no C compiler", ""
    spent = time.perf_counter() - begin
    return "C, compiling", duration(spent), times(spent / own)


def memory(table: Table, plan: Plan) -> None:
    """Peak memory of the largest batch, five outcomes at the saved times kept."""
    cores = os.cpu_count() or 1
    for name in plan.names:
        for kernel in kernels():
            workers = cores if kernel == "fused" else 1
            runs = plan.most[name]
            found = child.measured("memory", name, str(runs), kernel, str(workers))
            table.add(
                f"peak memory, {kernel}",
                name,
                f"{runs:,}",
                f"{found['peak'] / 2**20:,.0f} MiB",
                "1 GiB",
                f"took {duration(found['seconds'])}",
                times(2**30 / found["peak"]),
            )


def growth(table: Table, plan: Plan) -> None:
    """Cost against runs, steps and equations: the exponent of a power law through the times."""
    for kernel in kernels():
        for what, times_ in {
            "runs": _by_runs(plan, kernel),
            "steps": _by_steps(plan, kernel),
            "equations": _by_equations(plan, kernel),
        }.items():
            sizes, seconds = np.array(list(times_)), np.array(list(times_.values()))
            exponent = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
            table.add(
                f"growth with {what}, {kernel}",
                "world-sized",
                f"{sizes[0]:,} to {sizes[-1]:,}",
                duration(seconds[0]),
                "linear: exponent 1",
                duration(seconds[-1]),
                f"exponent {exponent:.2f}",
            )


def _least(contestants: Mapping[int, Contestant], runs: Mapping[int, int]) -> dict[int, float]:
    best = dict.fromkeys(contestants, math.inf)
    for _ in range(4):
        for size, one in contestants.items():
            best[size] = min(best[size], one.seconds(runs[size]) * runs[size])
    return best


def _by_runs(plan: Plan, kernel: str) -> dict[int, float]:
    sizes = [1_000 << i for i in range(5 if not plan.quick else 3)]
    job = task("world-sized", sizes[-1])
    one = _ours(job, kernel)
    return _least(dict.fromkeys(sizes, one), {size: size for size in sizes})


def _by_steps(plan: Plan, kernel: str) -> dict[int, float]:
    runs = 2_000 if not plan.quick else 500
    job = task("world-sized", runs)
    grid = job.model.nominal_grid
    found: dict[int, Contestant] = {}
    for halvings in range(4):
        step = grid.step / 2**halvings
        values = {**job.values, "TIME STEP": np.full(1, step)}

        def simulated(_count: int, values: Mapping[str, object] = values) -> None:
            simulate(job.model, Runs(values=values), job.outcomes, kernel)  # type: ignore[arg-type]

        found[round((grid.final - grid.initial) / step)] = Contestant("", simulated)
    return _least(found, dict.fromkeys(found, runs))


def _by_equations(plan: Plan, kernel: str) -> dict[int, float]:
    runs = 1_000 if not plan.quick else 300
    job = task("world-sized", runs)
    found: dict[int, Contestant] = {}
    for copies in (1, 2, 4, 8):
        model = replicated(job.model, copies)
        columns = [_copy(name, i) for i in range(copies) for name in job.outcomes]
        values = {
            _copy(name, i): value for i in range(copies) for name, value in job.values.items()
        }

        def simulated(
            _count: int,
            model: Model = model,
            columns: Sequence[str] = columns,
            values: Mapping[str, object] = values,
        ) -> None:
            simulate(model, Runs(values=values), columns, kernel)  # type: ignore[arg-type]

        simulated(0)
        found[len(model.equations.slots)] = Contestant("", simulated)
    return _least(found, dict.fromkeys(found, runs))


def _copy(name: str, number: int) -> str:
    return f"{number}: {name}" if number else name


def gradient(table: Table, plan: Plan) -> None:
    """One outcome by many parameters: complex steps at once, against PySD run by run."""
    job = task("county", 1)
    chosen = constants_that_matter(job.model, job.outcomes)[:GRADIENT]
    number = len(chosen)
    values = {}
    for place, name in enumerate(chosen):
        step = np.zeros(number, dtype=complex)
        step[place] = 1e-30j
        values[name] = job.model.constants[name] + step
    runs = Runs(values=values)

    def ours(_count: int) -> None:
        simulate(job.model, runs, job.outcomes[:1])

    ours(0)
    try:
        peer, _ = pysd(job)
    except Missing as missing:
        table.add("gradient", "county", str(number), "", "PySD", str(missing), "")
        return
    best = seconds_a_run([Contestant("ours", ours, 1), peer], 1, plan.repeats)
    other = best["PySD"] * (number + 1)
    table.add(
        "gradient, exact",
        "county",
        f"by {number}",
        duration(best["ours"]),
        "PySD, differences",
        duration(other),
        times(other / best["ours"]),
    )
    table.note(
        f"PySD's gradient is one run for each of the {number} parameters and one more, reckoned "
        "from its single run; ours is exact, its own has the error of finite differences."
    )


def _compiler() -> str:
    program = as_c.compiler()
    if program is None:
        return "none"
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    return done.stdout.splitlines()[0] if done.stdout else "unknown"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller batches, fewer repeats")
    parser.add_argument("--models", default=",".join(NAMES))
    parser.add_argument("--write", action="store_true", help=f"write {_PAGE.name}")
    arguments = parser.parse_args()
    full = {"county": 100_000, "small": 100_000, "large": 10_000, "world-sized": 100_000}
    plan = Plan(
        tuple(arguments.models.split(",")),
        arguments.quick,
        dict.fromkeys(full, 1_000) if arguments.quick else full,
    )
    facts = [*machine(_PACKAGES), f"C: {_compiler()}, {' '.join(as_c.FLAGS)}"]
    table = Table("The engine against others", INTRO, HEADS, _WIDTHS, facts)
    table.note(
        "Five outcomes are kept (four of the small model), 20 constants differ between runs (3 of "
        "the small model). Engines that simulate one run after another are timed on fewer runs "
        "than a batch has (PySD on 1, pysimlin and BPTK-Py on 200, C on 4,000) and taken to be "
        "linear. Loading and compiling are apart, in the rows of that name. Times of one thread "
        "are the processor's, so that other work on the machine counts little; times of more "
        "threads are the clock's."
    )
    table.head()
    for part in (against_peers, against_the_machine, gradient, growth, loading, memory):
        part(table, plan)
    if arguments.write:
        _PAGE.write_text(table.page(), encoding="utf-8")
    table.tell()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

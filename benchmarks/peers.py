"""Other engines, each by the fastest way it offers to run one model again and again.

Loading and compiling are done before; a run sets the varied constants, simulates from start
to end and hands over the outcomes. What is not installed, or does not read the model, raises
:class:`~benchmarks.contest.Missing`.
"""

from __future__ import annotations

import importlib.util
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import Model, Runs, run

from . import as_c
from .contest import Contestant, Missing

PYSIMLIN_RUNS = 200
PYSD_RUNS = 1
BPTK_RUNS = 200
C_RUNS = 4000


@dataclass(frozen=True)
class Task:
    """A model, the columns to keep, and values of constants to take run by run (N,)."""

    model: Model
    outcomes: tuple[str, ...]
    values: Mapping[str, NDArray[np.float64]]

    def first(self, runs: int) -> dict[str, NDArray[np.float64]]:
        return {name: value[:runs] for name, value in self.values.items()}

    def row(self, number: int) -> dict[str, float]:
        return {name: float(value[number]) for name, value in self.values.items()}


def differs(task: Task, found: NDArray[np.float64]) -> float:
    """Largest difference of a run with the first values (T, V) from ours, relative to scale."""
    own = run(task.model, Runs(values=task.row(0)), columns=task.outcomes).data[0]
    scale = np.maximum(np.abs(own).max(axis=0), 1e-9)
    if found.shape != own.shape:
        return float("nan")
    return float((np.abs(found - own) / scale).max())


def pysd(task: Task) -> tuple[Contestant, float]:
    """PySD's ``model.run``, as :func:`models.reference.reference_run` prepares it."""
    from models.quiet import quiet
    from models.reference import reference_model

    with quiet(), tempfile.TemporaryDirectory() as folder:
        model = reference_model(task.model.path, Path(folder))

    def simulate(number: int) -> Any:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return model.run(
                params=_whole(task, number), return_columns=list(task.outcomes), progress=False
            )

    def runs(count: int) -> None:
        for number in range(count):
            simulate(number)

    table = simulate(0)
    return Contestant("PySD", runs, PYSD_RUNS), differs(task, table.to_numpy(float))


def _whole(task: Task, number: int) -> dict[str, float]:
    """PySD takes whole variables: only those without subscripts are varied for it."""
    return {name: value for name, value in task.row(number).items() if "[" not in name}


def pysimlin(task: Task) -> tuple[Contestant, float]:
    """One compiled ``Sim``, reset for each run; constants by ``set_value``."""
    if importlib.util.find_spec("simlin") is None:
        raise Missing("not installed")
    import simlin

    try:
        sim = simlin.load(str(task.model.path)).simulate()
        sim.run_to_end()
    except simlin.SimlinError as error:
        raise Missing(f"does not run this model: {str(error).splitlines()[0][:60]}") from error
    outcomes = [_simlin_name(name) for name in task.outcomes]
    names = [_simlin_name(name) for name in task.values]
    columns = list(task.values.values())

    def simulate(number: int) -> list[NDArray[np.float64]]:
        sim.reset()
        for name, values in zip(names, columns, strict=True):
            sim.set_value(name, values[number])
        sim.run_to_end()
        return [sim.get_series(name) for name in outcomes]

    def runs(count: int) -> None:
        for number in range(count):
            simulate(number)

    try:
        found = np.array(simulate(0)).T
    except simlin.SimlinError as error:
        raise Missing(f"cannot vary this: {str(error).splitlines()[0][:60]}") from error
    return Contestant("pysimlin", runs, PYSIMLIN_RUNS), differs(task, found)


def _simlin_name(column: str) -> str:
    return column.lower().replace(", ", ",").replace(" ", "_")


def bptk(task: Task) -> tuple[Contestant, float]:
    """BPTK-Py's Rust engine on the small model, written in its own language."""
    if task.model.path.stem != "small":
        raise Missing("reads no Vensim text")
    if importlib.util.find_spec("BPTK_Py") is None:
        raise Missing("not installed")
    from BPTK_Py import Model as BptkModel
    from BPTK_Py._rust_engine import RustSdEngine

    grid = task.model.nominal_grid
    model = BptkModel(starttime=grid.initial, stoptime=grid.final, dt=grid.step, name="lake")
    fish = model.stock("fish")
    births, deaths, catch = (model.flow(name) for name in ("births", "deaths", "catch"))
    constants = {name: model.constant(name.replace(" ", "_")) for name in task.model.constants}
    for name, constant in constants.items():
        constant.equation = task.model.constants[name]
    rate, room = constants["birth rate"], constants["room in the lake"]
    fish.initial_value = 200.0
    births.equation = fish * rate
    deaths.equation = rate * fish * fish / room
    catch.equation = constants["effort"] * fish
    fish.equation = births - deaths - catch
    engine = RustSdEngine().load_model(model.to_json())

    def simulate(number: int) -> Any:
        for name, value in task.row(number).items():
            engine.set_constant(name.replace(" ", "_"), value)
        return engine.simulate(list(task.outcomes))

    def runs(count: int) -> None:
        for number in range(count):
            simulate(number)

    found = simulate(0)
    times = [grid.time(k) for k in grid.saved]
    table = np.array(
        [
            [series[time] for time in times]
            for series in (
                {float(time): value for time, value in found[name].items()}
                for name in task.outcomes
            )
        ]
    ).T
    return Contestant("BPTK-Py", runs, BPTK_RUNS), differs(task, table)


def in_c(task: Task) -> tuple[Contestant, float]:
    """The same equations in C, compiled with -O3 -march=native, on one core."""
    try:
        program = as_c.Compiled.of(task.model, task.outcomes)
    except as_c.NoCompiler:
        raise Missing("no C compiler") from None
    except as_c.Untranslatable as error:
        raise Missing(f"no C for {error}") from None
    simulate = program.bound(task.first(C_RUNS))
    return Contestant("C", simulate, C_RUNS), differs(task, simulate(1)[0])


PEERS = (pysd, pysimlin, bptk, in_c)

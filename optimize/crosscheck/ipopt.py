"""Ipopt, through CasADi: an interior point method on the problem with all its states."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Sequence
from typing import Any

import casadi as ca
import numpy as np

from optimize.crosscheck.check import Ended, Task
from optimize.crosscheck.transcription import Nlp, Transcription
from optimize.linear import LinearRules
from optimize.measures import Measures
from optimize.problem import Vector
from optimize.walker import Clock

TOLERANCE = 1e-9  # Ipopt's, of the scaled optimality conditions


def version() -> str:
    """What solves, with its version."""
    return f"Ipopt (CasADi {importlib.metadata.version('casadi')})"


def solve(task: Task, begin: Vector, clock: Clock) -> Ended:
    """Solve from the plan ``begin`` (n,); ends with the last iterate when the clock says so."""
    measure, rules = task.measure, task.rules
    written = Transcription(task.problem, task.response)
    return run(written, measure, rules, begin, task.gain, lambda _: clock.over is not None)


def run(
    written: Transcription,
    measure: Measures,
    rules: LinearRules,
    begin: Vector,
    gain: float,
    should_stop: Callable[[Vector], bool],
) -> Ended:
    """Solve from the plan ``begin`` (n,).

    ``should_stop`` is told the plan of every iterate; ``gain`` is the unit of the objective.
    """
    low, high = rules.ranges()
    scale = np.where(high > low, high - low, 1.0)
    size = np.abs(written.simulated(begin)).max(axis=1)
    size = np.where(size > 0.0, size, 1.0)
    nlp = written.nlp(measure, rules, scale, size, gain)
    watch = Watch(nlp, lambda z: should_stop(z[: len(scale)] * scale))
    solver = ca.nlpsol(
        "ipopt",
        "ipopt",
        {"x": nlp.z, "f": nlp.f, "g": nlp.g},
        {
            "print_time": False,
            "iteration_callback": watch,
            "ipopt": {"print_level": 0, "sb": "yes", "tol": TOLERANCE},
        },
    )
    found = solver(
        x0=written.point(begin, measure, scale, size),
        lbx=nlp.low,
        ubx=nlp.high,
        lbg=nlp.lower,
        ubg=nlp.upper,
    )
    plan = np.array(found["x"]).ravel()[: len(scale)] * scale
    status = str(solver.stats()["return_status"])
    return Ended(status, plan, nlp.z.numel(), nlp.g.numel())


class Watch(ca.Callback):
    """Looks at every iterate ``z`` of a programme, and may end the solver there."""

    def __init__(self, nlp: Nlp, should_stop: Callable[[Vector], bool]) -> None:
        super().__init__()
        variables, constraints = nlp.z.numel(), nlp.g.numel()
        self.shapes = {"f": 1, "x": variables, "lam_x": variables}
        self.shapes |= {"g": constraints, "lam_g": constraints}
        self.should_stop = should_stop
        self.construct("watch", {})

    def get_n_in(self) -> int:
        return int(ca.nlpsol_n_out())

    def get_n_out(self) -> int:
        return 1

    def get_name_in(self, i: int) -> str:
        return str(ca.nlpsol_out(i))

    def get_name_out(self, i: int) -> str:
        return "stop"

    def get_sparsity_in(self, i: int) -> Any:
        size = self.shapes.get(ca.nlpsol_out(i), 0)
        return ca.Sparsity.dense(size, 1 if size else 0)

    def eval(self, arguments: Sequence[Any]) -> list[int]:
        """1 to stop."""
        z = np.array(arguments[ca.nlpsol_out().index("x")]).ravel()
        return [int(self.should_stop(z))]

"""Ipopt, through CasADi: an interior point method on the problem with all its states."""

from __future__ import annotations

from typing import Any

import casadi as ca
import numpy as np

from optimize.crosscheck.check import Ended, Task
from optimize.crosscheck.transcription import Transcription
from optimize.problem import Vector
from optimize.walker import Clock

TOLERANCE = 1e-9  # Ipopt's, of the scaled optimality conditions


def version() -> str:
    """What solves, with its version."""
    return f"Ipopt (CasADi {ca.__version__})"


def solve(task: Task, begin: Vector, clock: Clock) -> Ended:
    """Solve from the plan ``begin`` (n,); ends with the last iterate when the clock says so."""
    written = Transcription(task.problem, task.response)
    both = np.hstack([written.simulated(task.past), written.simulated(task.plan)])
    size = np.abs(both).max(axis=1)
    size = np.where(size > 0.0, size, 1.0)
    nlp = written.nlp(task.measure, task.rules, task.scale, size, task.gain)
    watch = Watch(nlp.z.numel(), nlp.g.numel(), clock)
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
        x0=written.point(begin, task.measure, task.scale, size),
        lbx=nlp.low,
        ubx=nlp.high,
        lbg=nlp.lower,
        ubg=nlp.upper,
    )
    plan = np.array(found["x"]).ravel()[: len(task.scale)] * task.scale
    status = str(solver.stats()["return_status"])
    return Ended(status, plan, nlp.z.numel(), nlp.g.numel())


class Watch(ca.Callback):  # type: ignore[misc]
    """Ends Ipopt between two iterations when the clock says so."""

    def __init__(self, variables: int, constraints: int, clock: Clock) -> None:
        super().__init__()
        self.shapes = {"f": 1, "x": variables, "lam_x": variables}
        self.shapes |= {"g": constraints, "lam_g": constraints}
        self.clock = clock
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

    def eval(self, arguments: Any) -> list[int]:
        """1 to stop."""
        return [int(self.clock.over is not None)]

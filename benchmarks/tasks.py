"""What is simulated: the county and three models made for this, five outcomes of each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from models import Model, Runs, Trajectories, load, run
from models.equations import Equations, Expr, Slot, Table, slots_of
from models.model import COUNTY

from .peers import Task

MODELS = Path(__file__).parent / "models"
VARIED = 20  # constants that differ between the runs of a batch, where there are as many

_OUTCOMES = {
    "county": (
        "structure gap",
        "GDP of the year",
        "farmers income per head",
        "assessment score",
        "average service quality",
    ),
    "small": ("fish", "births", "deaths", "catch"),
    "large": ("all people", "gap of plenty", "best skill", "mean plenty", "all pull"),
    "world-sized": ("population", "prosperity", "waste ratio", "warming", "food ratio"),
}


def task(name: str, runs: int) -> Task:
    """A model by name, with values for so many runs within 5 % of the model's own."""
    model = load(COUNTY if name == "county" else MODELS / f"{name}.mdl")
    outcomes = _OUTCOMES[name]
    chosen = constants_that_matter(model, outcomes)
    chosen = [chosen[i] for i in np.linspace(0, len(chosen) - 1, VARIED).astype(int)]
    rng = np.random.default_rng(7)
    values = {
        constant: model.constants[constant] * rng.uniform(0.95, 1.05, runs)
        for constant in dict.fromkeys(chosen)
    }
    return Task(model, outcomes, values)


def constants_that_matter(model: Model, outcomes: Sequence[str]) -> list[str]:
    """Constants that outcomes depend on: not zero, free to change, without subscripts."""
    slots = model.equations.slots
    reached: set[int] = set()
    pending = [model.slot[column] for column in outcomes]
    while pending:
        index = pending.pop()
        if index not in reached:
            reached.add(index)
            slot = slots[index]
            for expr in (slot.expr, slot.initial, slot.following):
                pending += slots_of(expr)
    structural = set(model.equations.structural)
    return [
        name
        for name, value in model.constants.items()
        if value
        and "[" not in name
        and model.slot[name] in reached
        and model.slot[name] not in structural
    ]


# -- the kernels ------------------------------------------------------------------------


def kernels() -> tuple[str, ...]:
    """Names of the kernels for batches that this version of the engine has."""
    if "kernel" not in inspect.signature(run).parameters:
        return ("numpy",)
    return ("numpy", "fused")


def simulate(
    model: Model,
    runs: Runs,
    columns: Sequence[str] | None,
    kernel: str = "numpy",
    workers: int = 1,
) -> Trajectories:
    """``models.run`` with one kernel, whether or not this version lets one choose."""
    call: Callable[..., Trajectories] = run
    asked: dict[str, Any] = {"kernel": kernel, "workers": workers}
    known = inspect.signature(run).parameters
    return call(
        model, runs, columns=columns, **{name: v for name, v in asked.items() if name in known}
    )


# -- bigger models ----------------------------------------------------------------------


def replicated(model: Model, times: int) -> Model:
    """So many copies of a model side by side in one; outcomes of copy i are named ``i: name``."""
    one = model.equations
    slots: list[Slot] = []
    tables: list[Table] = []
    for copy in range(times):
        by, by_table = len(slots), len(tables)

        def moved(expr: Expr | None, by: int = by, by_table: int = by_table) -> Expr | None:
            return None if expr is None else _moved(expr, by, by_table)

        slots += [
            replace(
                slot,
                column=f"{copy}: {slot.column}" if slot.column and copy else slot.column,
                expr=moved(slot.expr),
                initial=moved(slot.initial),
                following=moved(slot.following),
            )
            for slot in one.slots
        ]
        tables += [
            replace(table, column=f"{copy}: {table.column}" if table.column and copy else "")
            for table in one.tables
        ]
    size = len(one.slots)
    structural = [index + copy * size for copy in range(times) for index in one.structural]
    bigger = Equations(
        tuple(slots), tuple(tables), one.variables, tuple(structural), (), one.controls
    )
    return Model(model.path, f"{model.sha256}x{times}", bigger)


def _moved(expr: Expr, by: int, by_table: int) -> Expr:
    if expr[0] in ("slot", "delayed"):
        return (expr[0], expr[1] + by)
    if expr[0] == "lookup":
        return ("lookup", expr[1] + by_table, _moved(expr[2], by, by_table))
    return tuple(
        (
            _moved(part, by, by_table)
            if part and isinstance(part[0], str)
            else tuple(_moved(item, by, by_table) for item in part)
        )
        if isinstance(part, tuple)
        else part
        for part in expr
    )

"""The rows of a Parquet dataset: a row a run and time, outcomes and inputs side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError, Problem
from .model import Model
from .trajectories import Trajectories

NEEDS = 'pip install "xieheng[parquet]"'
SEED = "noise seed of the run"  # a column of runs that were given a seed
Inputs = Mapping[str, NDArray[np.float64]]  # by column: (n,) or (n, P), or a row for all runs


def digest_of(inputs: Inputs) -> str:
    """Changes with the names and the numbers of the inputs."""
    digest = hashlib.sha256()
    for name, value in inputs.items():
        digest.update(f"{name}\0{value.shape}\0".encode())
        digest.update(np.ascontiguousarray(value, dtype=np.float64).tobytes())
    return digest.hexdigest()[:16]


def table_of(
    model: Model,
    first: int,
    out: Trajectories,
    inputs: Inputs,
) -> Any:
    """The rows of a piece: typed, outcomes and inputs with units and roles."""
    pa = arrow()
    runs, rows, _ = out.data.shape
    fields, arrays = [], []

    def put(name: str, role: str, values: Any, unit: str = "") -> None:
        notes = {"role": role, **({"unit": unit} if unit else {})}
        fields.append(pa.field(name, values.type, nullable=False, metadata=notes))
        arrays.append(values)

    put("run", "key", pa.array(np.repeat(np.arange(first, first + runs), rows)))
    put("time", "key", pa.array(np.tile(out.times, runs)), _time_unit(model))
    for column in out.columns:
        role = "outcome input" if column in inputs else "outcome"
        values = np.ascontiguousarray(out[column]).reshape(-1)
        put(column, role, pa.array(values), model.units.get(column, ""))
    for column, value in inputs.items():
        if column in out.columns:
            continue
        points = model.equations.tables[model.table[column]].x if column in model.table else None
        shape = (runs,) if points is None else (runs, len(points))
        each = np.broadcast_to(np.asarray(value, dtype=np.float64), shape)
        flat = pa.array(np.repeat(each, rows, axis=0).reshape(-1))
        if points is not None:
            ends = np.arange(runs * rows + 1, dtype=np.int32) * len(points)
            flat = pa.ListArray.from_arrays(ends, flat)
        put(column, "seed" if column == SEED else "input", flat, model.units.get(column, ""))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _time_unit(model: Model) -> str:
    return model.units.get(model.find("TIME STEP") or "", "")


def role(item: Any) -> list[bytes]:
    """What a field of the table is: of key, outcome and input."""
    notes: dict[bytes, bytes] = item.metadata or {}
    return notes.get(b"role", b"").split()


def arrow() -> Any:
    """The package pyarrow.

    Raises:
        ModelError: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.dataset
        import pyarrow.parquet
    except ImportError:
        raise ModelError(Problem("Parquet files need the package pyarrow", hint=NEEDS)) from None
    return pyarrow

"""Which numbers of the model are uncertain, and how uncertain before any observation."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models import Model
from models.catalogue import Catalogue
from optimize.calibration.observations import FOLDER

Form = Literal["normal", "uniform", "triangular", "loguniform"]
FIXED = FOLDER / "calibration_fixed.csv"
DEVIATIONS_IN_RANGE = 4.0  # a range of variables.csv is read as two deviations to each side


@dataclass(frozen=True)
class Parameter:
    """One number of the model, between ``low`` and ``high``.

    By its ``form``: normal around ``default``, cut off at the ends; triangular with its mode at
    ``default``; uniform; or uniform in the logarithm (``low`` above zero).
    """

    column: str
    default: float
    low: float
    high: float
    form: Form = "normal"

    @property
    def deviation(self) -> float:
        """Standard deviation before any observation, before the cut."""
        return (self.high - self.low) / DEVIATIONS_IN_RANGE


def uncertain(
    model: Model, catalogue: Catalogue, fixed: frozenset[str] | None = None
) -> tuple[Parameter, ...]:
    """Every element of every parameter with a range, but for what is fixed (``id``)."""
    held = read_fixed() if fixed is None else fixed
    found = []
    for row in catalogue.rows.values():
        if row.kind != "parameter" or row.id in held or row.id not in model.variables:
            continue
        for column in model.variables[row.id].columns:
            limits = catalogue.range_of(column, model)
            if limits is not None and limits[0] < limits[1]:
                found.append(Parameter(column, float(model.constants[column]), *limits))
    return tuple(found)


def read_fixed(path: str | Path = FIXED) -> frozenset[str]:
    """Ids that are choices, switches or bound together, so never fitted or drawn."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return frozenset(row["id"] for row in csv.DictReader(file))


def defaults(parameters: Sequence[Parameter]) -> NDArray[np.float64]:
    """Default values, (n,)."""
    return np.array([parameter.default for parameter in parameters])


def bounds(parameters: Sequence[Parameter]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper ends, in deviations from the default; (n,) each."""
    width = deviations(parameters)
    low = np.array([parameter.low for parameter in parameters])
    high = np.array([parameter.high for parameter in parameters])
    return (low - defaults(parameters)) / width, (high - defaults(parameters)) / width


def deviations(parameters: Sequence[Parameter]) -> NDArray[np.float64]:
    """Standard deviations before any observation, (n,)."""
    return np.array([parameter.deviation for parameter in parameters])

"""The committed sample: parameter sets that agree with what is observed."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from optimize.calibration.misfit import Array
from optimize.calibration.observations import FOLDER

RESULTS = FOLDER / "calibrated"  # what `calibrate --out models/calibrated` writes
VALUES, POSTERIOR = "values.csv", "posterior.csv"


def grounded(folder: str | Path = RESULTS) -> dict[str, Array]:
    """Draws (N,) by column of the model, ready as ``Runs(values=...)``.

    Parameters that no observation touches are not in it: draw those from their ranges.

    Raises:
        OSError: there is no such file.
    """
    with (Path(folder) / POSTERIOR).open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    table = np.array(rows, dtype=np.float64)
    return {column: table[:, i] for i, column in enumerate(header)}


def calibrated(folder: str | Path = RESULTS) -> dict[str, float]:
    """The most likely value of every uncertain column of the model.

    Raises:
        OSError: there is no such file.
    """
    with (Path(folder) / VALUES).open(encoding="utf-8-sig", newline="") as file:
        return {row["column"]: float(row["calibrated"]) for row in csv.DictReader(file)}

"""The same futures through EMA Workbench and PySD: what other analysts would wait for.

A few runs are measured, past the first, which builds the model; so many thousand of them are told
by multiplication and called that. Both engines must give the same numbers. Needs the extra
``bench``.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import Model, Runs, run


@dataclass(frozen=True)
class Peer:
    """Seconds of a run by EMA Workbench with PySD, and how far its numbers are from ours."""

    seconds: float  # a run, wall
    runs: int  # measured
    difference: float  # largest, relative


def through_workbench(
    model: Model, values: Mapping[str, NDArray[np.float64]], column: str, runs: int
) -> Peer:
    """Run the first ``runs`` of some futures (constants without elements by column)."""
    from ema_workbench import Policy, TimeSeriesOutcome
    from ema_workbench.connectors.pysd_connector import PysdModel
    from ema_workbench.em_framework.points import Scenario

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySD and pandas warn on every run
        own = shutil.copyfile(model.path, Path(folder) / "county.mdl")
        peer = PysdModel("county", mdl_file=str(own))
        peer.outcomes = [TimeSeriesOutcome(column)]
        nothing = Policy("none")
        found, seconds = [], []
        for number in range(runs + 1):
            at = max(0, number - 1)  # the first future twice: the first time builds the model
            future = Scenario(str(number), **{c: float(v[at]) for c, v in values.items()})
            begin = time.perf_counter()
            peer.run_model(future, nothing)
            seconds.append(time.perf_counter() - begin)
            found.append(np.asarray(peer.outcomes_output[column], dtype=float))
    mine = run(model, Runs({c: v[:runs] for c, v in values.items()}), columns=[column])[column]
    theirs = np.array(found[1:])
    difference = float(np.max(np.abs(theirs - mine) / np.maximum(np.abs(mine), 1e-300)))
    return Peer(float(np.mean(seconds[1:])), runs, difference)

"""What goes into a batch of runs and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class State:
    """Where the runs of a batch stood before one step; ``Runs.start`` goes on from there.

    ``values`` holds, by slot, a number shared by all runs or an array ``(runs,)``; for a
    DELAY FIXED, what is under way in it.
    """

    sha256: str  # of the model file
    time: float
    step: int  # number of the step; time = INITIAL TIME + step * TIME STEP
    runs: int
    values: Mapping[int, Any]


@dataclass(frozen=True)
class Runs:
    """A batch of N runs of one model.

    ``values``: constant -> number, or array (N,).
    ``lookups``: lookup -> table values ``y`` (P,), or (N, P), at the lookup's own ``x``.
    ``start``: the state to go on from; without it runs start at INITIAL TIME.
    ``seed``: of the RANDOM functions, in place of the model's NOISE SEED; the same seed gives
    the same numbers, each run its own. ``numbers``: which of these runs the batch holds, as the
    number of the first one or as one for each run; by default they are counted from 0, and in a
    stream of batches on from the one before.

    Values may be complex (complex-step differentiation).
    """

    values: Mapping[str, ArrayLike] = field(default_factory=dict)
    lookups: Mapping[str, ArrayLike] = field(default_factory=dict)
    start: State | None = None
    seed: float | None = None
    numbers: ArrayLike | None = None


@dataclass(frozen=True)
class Trajectories:
    """Results of N runs: ``data`` is (N, T, V) at ``times`` (T,) for ``columns`` (V).

    float64, or complex128 if any input was complex.
    """

    times: NDArray[np.float64]
    columns: tuple[str, ...]
    data: NDArray[Any]
    units: Mapping[str, str]
    state: State | None = None

    @cached_property
    def _place(self) -> dict[str, int]:
        return {column: place for place, column in enumerate(self.columns)}

    def __getitem__(self, column: str) -> NDArray[Any]:
        """Values (N, T) of a column.

        Raises:
            KeyError: the column was not asked for in this run.
        """
        return self.data[:, :, self._place[column]]

    def __len__(self) -> int:
        """How many runs."""
        return int(self.data.shape[0])

    def frame(self, run: int = 0) -> pd.DataFrame:
        """One run as a wide table, like PySD's: a row a time, a column a variable."""
        import pandas as pd

        return pd.DataFrame(
            np.ascontiguousarray(self.data[run]),
            index=pd.Index(self.times, name="time"),
            columns=pd.Index(self.columns),
        )

    def select(self, runs: ArrayLike) -> Trajectories:
        """Some of the runs: their numbers from 0, or a mask (N,) of booleans.

        >>> import models
        >>> county = models.load()
        >>> batch = models.Runs({"contracting time": [0.25, 0.5, 1.0]})
        >>> out = models.run(county, batch, columns=["structure gap"], times=[2030, 2035])
        >>> len(out.select(out["structure gap"][:, -1] < out["structure gap"][0, -1] + 1e-9)) > 0
        True
        """
        return replace(self, data=self.data[np.atleast_1d(np.asarray(runs))], state=None)

    def quantiles(self, levels: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> pd.DataFrame:
        """Quantiles over the runs: a row a variable and time, a column a level.

        >>> import models
        >>> county = models.load()
        >>> batch = models.Runs({"contracting time": [0.25, 0.5, 1.0]})
        >>> out = models.run(county, batch, columns=["structure gap"], times=[2030, 2035])
        >>> band = out.quantiles([0.0, 0.5, 1.0])
        >>> band.shape
        (2, 3)
        >>> bool(band.loc[("structure gap", 2035.0), 1.0] == out["structure gap"][:, 1].max())
        True
        """
        import pandas as pd

        found = np.quantile(self.data.real, levels, axis=0)  # (levels, T, V)
        rows = pd.MultiIndex.from_product(
            [self.columns, self.times.tolist()], names=["variable", "time"]
        )
        table = np.moveaxis(found, 2, 1).reshape(len(levels), -1).T
        return pd.DataFrame(table, index=rows, columns=pd.Index(levels, name="quantile"))

    def tidy(self) -> pd.DataFrame:
        """All runs as a long table: run, time, variable, value, unit."""
        import pandas as pd

        runs, times, width = self.data.shape
        columns = np.array(self.columns, dtype=object)
        units = np.array([self.units.get(column, "") for column in self.columns], dtype=object)
        return pd.DataFrame(
            {
                "run": np.repeat(np.arange(runs), times * width),
                "time": np.tile(np.repeat(self.times, width), runs),
                "variable": np.tile(columns, runs * times),
                "value": self.data.reshape(-1),
                "unit": np.tile(units, runs * times),
            }
        )

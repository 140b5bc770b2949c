"""Runs to a Parquet dataset and back: one table, a row a run and time, inputs beside outcomes.

While it is written, finished pieces stand in ``NAME.unfinished``; at the end that folder
becomes ``NAME``. So ``NAME`` is whole or not there, and an interrupted run can go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .arrow_rows import SEED, arrow, role
from .engine import Choice
from .inputs import at_least_one, read_columns
from .model import Model
from .pieces import number_of_runs, pieces
from .stream import Progress, chosen_kernel, piece_size
from .trajectories import Runs
from .unfinished import Manner, Unfinished, refused


class Interrupted(KeyboardInterrupt):
    """Stopped by Ctrl-C; the first ``kept`` runs are in ``folder``, to go on from."""

    def __init__(self, kept: int, total: int | None, folder: Path) -> None:
        of = "" if total is None else f" of {total:,}"
        super().__init__(f"interrupted; {kept:,}{of} runs are kept in {folder} (resume=True)")
        self.kept, self.total, self.folder = kept, total, folder


def run_to_parquet(
    model: Model,
    runs: Runs | Iterable[Runs],
    path: str | Path,
    *,
    columns: Sequence[str] | None = None,
    times: Iterable[float] | None = None,
    piece: int | None = None,
    total: int | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    kernel: Choice = "auto",
    workers: int | None = None,
) -> int:
    """Simulate any number of runs into the dataset (a folder) ``path``, in bounded memory.

    The table has the columns ``run`` (int64, from 0), ``time``, the outcomes, and every input
    that is not among them: constants as numbers, lookups as lists of y. Units and roles stand
    in the metadata of the fields. :func:`runs_from_parquet` turns rows into runs again.

    Args:
        model: from :func:`models.load`.
        runs: batches, such as a generator that samples them (all with the same inputs); or
            one large batch. No complex numbers, no ``start``.
        path: must not be there yet.
        columns: the outcomes to keep, by default all columns.
        times: the times to keep, by default those of SAVEPER.
        piece: how many runs make up a file at most, by default what makes 16 MiB.
        total: how many runs there are in all, for ``progress``; one batch knows by itself.
        resume: go on from the finished pieces of an interrupted call with the same arguments;
            that the inputs are the same is checked. Without anything to go on from: begin.
        progress: called with (runs done, runs in all or None) after each piece.
        kernel: as of :func:`models.stream`.
        workers: as of :func:`models.run`.

    Returns:
        How many runs the dataset holds.

    Raises:
        ModelError: as :func:`models.run`; pyarrow is missing; ``path`` is there; other inputs
            than before.
        Interrupted: by Ctrl-C; finished pieces are kept.

    >>> import models
    >>> county = models.load()
    >>> inputs = models.Runs({"contracting time": [0.25, 0.5, 1.0]})
    >>> models.run_to_parquet(county, inputs, "out.parquet", columns=["structure gap"])
    3
    >>> import pandas
    >>> list(pandas.read_parquet("out.parquet").columns)
    ['run', 'time', 'structure gap', 'contracting time']
    >>> models.runs_from_parquet(county, "out.parquet", [2]).values
    {'contracting time': array([1.])}
    """
    arrow()
    target = Path(path)
    outcomes = list(model.columns) if columns is None else list(read_columns(model, columns))
    kept = None if times is None else [float(time) for time in times]
    at_least_one(model, piece=piece)
    in_all = number_of_runs(runs) if isinstance(runs, Runs) else total
    taken = [column for column in outcomes if column in ("run", "time")]
    if taken:
        reason, hint = "is the name of a column of the table itself", "leave it out of the columns"
        raise model.refusal(reason, taken[0], hint)
    if target.exists():
        raise refused(target, "is already there", "choose another name, or remove it")
    equations = hashlib.sha256(model.equations.dump().encode()).hexdigest()
    asked = {"model": equations, "columns": outcomes, "times": kept}
    first = runs if isinstance(runs, Runs) else Runs()
    most = piece if piece is not None else piece_size(model, first, len(outcomes), kept)
    chosen = chosen_kernel(model, first, kept, in_all) if kernel == "auto" else kernel
    work = Unfinished.begin(model, target, asked, Manner(most, chosen, workers), resume)
    done = 0
    try:
        for part in pieces(runs, work.manner.piece):
            done += work.add(done, part, outcomes, kept)
            if progress is not None:
                progress(done, in_all)
        work.finish(done)
    except KeyboardInterrupt:
        held = work.kept()
        if held == 0:
            work.leave_nothing()
        raise Interrupted(held, in_all, work.folder) from None
    except BaseException:
        if work.kept() == 0:
            work.leave_nothing()
        raise
    return done


def runs_from_parquet(model: Model, path: str | Path, numbers: Sequence[int]) -> Runs:
    """The inputs of some runs of a dataset, in the order asked, to be run again.

    Raises:
        ModelError: pyarrow is missing, no such dataset, or a run is not in it.
    """
    dataset = arrow().dataset
    folder = Path(path)
    try:
        found = dataset.dataset(folder, format="parquet")
    except (OSError, ValueError) as error:
        raise refused(folder, f"cannot be read ({error})", "name a dataset") from error
    names = [item.name for item in found.schema if b"input" in role(item)]
    wanted = [int(number) for number in numbers]
    chosen = dataset.field("run").isin(wanted)
    seeded = [SEED] if SEED in found.schema.names else []
    table = found.to_table(columns=["run", *seeded, *names], filter=chosen)
    at = {int(run): row for row, run in reversed(list(enumerate(table["run"].to_pylist())))}
    missing = [number for number in wanted if number not in at]
    if missing:
        raise refused(folder, f"has no run {missing[0]}", "runs are numbered from 0")
    rows = table.take([at[number] for number in wanted])
    values: dict[str, Any] = {}
    lookups: dict[str, Any] = {}
    for name in names:
        column = model.find(name) or name
        made = np.array(rows[name].to_pylist(), dtype=np.float64)
        (lookups if column in model.table else values)[name] = made
    seeds = set(rows[SEED].to_pylist()) if seeded else {None}
    if len(seeds) > 1:
        raise refused(
            folder, "these runs had different seeds", "ask for those of one seed at a time"
        )
    return Runs(values, lookups, seed=seeds.pop() if seeds else None, numbers=np.array(wanted))

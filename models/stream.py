"""Any number of runs in bounded memory, piece after piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from .engine import Choice, best_kernel, run, worth_compiling
from .inputs import at_least_one, read_columns, read_grid, read_inputs, read_steps
from .model import Model
from .pieces import number_of_runs, pieces
from .trajectories import Runs, Trajectories

_PIECE_BYTES = 16 << 20  # what the results of one piece may take
Progress = Callable[[int, int | None], None]  # runs done, runs in all (None: nobody knows)


def stream(
    model: Model,
    runs: Runs | Iterable[Runs],
    *,
    columns: Sequence[str] | None = None,
    times: Iterable[float] | None = None,
    piece: int | None = None,
    total: int | None = None,
    progress: Progress | None = None,
    kernel: Choice = "auto",
    workers: int | None = None,
) -> Iterator[Trajectories]:
    """Simulate batch after batch and hand each one on before the next is run.

    What is in memory is one piece, however many runs there are, and the results are those of
    one :func:`models.run` of all of them, whatever the size of the pieces.

    Args:
        model: from :func:`models.load`.
        runs: batches, such as a generator that samples them; or one large batch.
        columns: the columns to keep, by default all.
        times: the times to keep, by default those of SAVEPER.
        piece: how many runs go together at most, by default what makes 16 MiB of results.
        total: how many runs there are in all, for ``progress``; one batch knows by itself.
        progress: called with (runs done, runs in all or None) after each piece was used.
        kernel: as of :func:`models.run`; "auto" decides once, by the number of all runs.
        workers: as of :func:`models.run`.

    Raises:
        ModelError: as :func:`models.run`, when the piece concerned is run.

    >>> import numpy as np
    >>> import models
    >>> county = models.load()
    >>> def sample():
    ...     random = np.random.default_rng(1)
    ...     for _ in range(3):
    ...         yield models.Runs({"contracting time": random.uniform(0.25, 1.0, 50)})
    >>> worst = [out["structure gap"].max() for out in models.stream(
    ...     county, sample(), columns=["structure gap"], times=[2035])]
    >>> len(worst)
    3
    """
    wanted = list(model.columns) if columns is None else list(read_columns(model, columns))
    kept = None if times is None else list(times)
    at_least_one(model, piece=piece)
    in_all = number_of_runs(runs) if isinstance(runs, Runs) else total
    first = runs if isinstance(runs, Runs) else Runs()
    most = piece if piece is not None else piece_size(model, first, len(wanted), kept)
    chosen = chosen_kernel(model, first, kept, in_all) if kernel == "auto" else kernel
    done = 0
    for part in pieces(runs, most):
        out = run(model, part, columns=wanted, times=kept, kernel=chosen, workers=workers)
        done += len(out)
        yield out
        if progress is not None:
            progress(done, in_all)


def piece_size(model: Model, runs: Runs, columns: int, times: Sequence[float] | None) -> int:
    """How many runs make up a piece."""
    size = 8 * max(1, columns * len(_steps(model, runs, times)))
    return int(min(max(_PIECE_BYTES // size, 64), 1 << 16))


def chosen_kernel(
    model: Model, runs: Runs, times: Sequence[float] | None, total: int | None
) -> Choice:
    """The kernel for all pieces, so that their size changes nothing: machine code if it pays."""
    steps = (_steps(model, runs, times) or [0])[-1] + 1
    if total is not None and not worth_compiling(total, steps):
        return "numpy"
    return best_kernel(model)


def _steps(model: Model, runs: Runs, times: Sequence[float] | None) -> list[int]:
    """The numbers of the steps that are kept."""
    grid = read_grid(model, read_inputs(model, runs))
    return read_steps(model, grid, times, 0)

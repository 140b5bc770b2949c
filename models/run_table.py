"""Runs from a table, .csv or Parquet: a row a run, a column a constant or ``lookup@x``."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .arrow_rows import SEED, arrow, role
from .errors import ModelError, Problem
from .model import Model
from .numbers import Number, read_numbers
from .trajectories import Runs

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 10_000  # at a time
_NUMBERS = "run"  # a column that counts the runs from 0, which need not be there
_PARQUET = (".parquet", ".pq")


def runs_from_table(model: Model, path: str | Path, rows: int = _ROWS) -> Iterator[Runs]:
    """The runs that a table lists, a batch at a time: for :func:`models.stream` and its kin.

    The first row names constants (``delay time``, ``rate[a]``) and points of lookups
    (``effect@5``); what is not named stays as the model has it. A column ``run``, if there
    is one, counts the rows from 0. A dataset of :func:`models.run_to_parquet` gives its inputs.

    Args:
        model: from :func:`models.load`.
        path: a .csv file in UTF-8 or GB 18030, or Parquet (a file or a dataset).
        rows: how many to a batch.

    Raises:
        ModelError: columns that name nothing to be replaced, cells that hold no number.

    >>> from pathlib import Path
    >>> import models
    >>> county = models.load()
    >>> text = "contracting time,help memory time\\n0.25,4\\n0.5,6\\n"
    >>> _ = Path("inputs.csv").write_text(text)
    >>> [batch.values["contracting time"] for batch in runs_from_table(county, "inputs.csv")]
    [array([0.25, 0.5 ])]
    """
    table = Path(path)
    if table.suffix.lower() in _PARQUET or table.is_dir():
        return _from_parquet(model, table, rows)
    return _from_csv(model, table, rows)


def count_runs(path: str | Path) -> int | None:
    """How many runs a table lists, or None where only reading it would tell."""
    table = Path(path)
    if table.suffix.lower() in _PARQUET or table.is_dir():
        dataset = _dataset(table)
        return None if _repeats(dataset) else int(dataset.count_rows())
    try:
        with table.open("rb") as file:
            return max(0, sum(1 for line in file if line.strip()) - 1)
    except OSError as error:
        raise _unreadable(table, error) from error


def _from_csv(model: Model, path: Path, rows: int) -> Iterator[Runs]:
    header, encoding = _header(path)
    numbers = _numbers(model, path, header)
    first = 0
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file)
        next(reader)
        filled = ((reader.line_num, row) for row in reader if any(row))
        try:
            while batch := list(islice(filled, rows)):
                cells = _cells(batch, path, header)
                yield _runs(model, path, header, numbers, cells, first)
                first += len(batch)
        except (csv.Error, UnicodeDecodeError) as error:
            reason = f"not readable as a table ({error})"
            raise ModelError(Problem(reason, str(path), reader.line_num)) from error
    if first == 0:
        raise ModelError(Problem("lists no runs", str(path), hint="a row a run below the names"))


def _header(path: Path) -> tuple[list[str], str]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                names = [name.strip() for name in next(csv.reader(file), [])]
            break
        except UnicodeDecodeError:
            continue
        except OSError as error:
            raise _unreadable(path, error) from error
    else:
        raise ModelError(Problem("is no text", str(path), hint="save it as CSV in UTF-8"))
    if not any(names):
        raise ModelError(Problem("is empty", str(path), hint="the first row names the columns"))
    return names, encoding


def _cells(
    batch: Sequence[tuple[int, Sequence[str]]], path: Path, header: Sequence[str]
) -> NDArray[np.float64]:
    """The numbers of some rows, (columns, rows)."""
    for line, row in batch:
        if len(row) != len(header):
            reason = f"{len(row)} cells instead of {len(header)}"
            hint = "give every run a number in every column"
            raise ModelError(Problem(reason, str(path), line, hint=hint))
    try:
        made = np.array([row for _, row in batch], dtype=np.float64)
    except ValueError:
        made = np.array([[_number(cell) for cell in row] for _, row in batch])
    bad = np.argwhere(~np.isfinite(made))
    if bad.size:
        row_number, place = (int(index) for index in bad[0])
        line, row = batch[row_number]
        shown = row[place].strip()[:40]
        reason = f"'{shown}' is no number" if shown else "an empty cell"
        raise ModelError(Problem(reason, str(path), line, header[place], hint="give a number"))
    return made.T


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _numbers(model: Model, path: Path, names: Sequence[str]) -> dict[str, Number | None]:
    """What each column means; None is the number of the run. All problems at once."""
    found: dict[str, Number | None] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            if name == _NUMBERS and model.find(name) is None:
                meant: Number | None = None
            else:
                meaning = read_numbers(model, [name], starts=False)
                if len(meaning) != 1:
                    listed = ", ".join(number.label for number in meaning[:4])
                    reason = "is more than one number"
                    raise ModelError(Problem(reason, str(path), 1, name, hint=f"name {listed} ..."))
                meant = meaning[0]
            if name in found or (meant is not None and meant in found.values()):
                raise ModelError(Problem("stands here twice", str(path), 1, name))
            found[name] = meant
        except ModelError as error:
            problems += [
                Problem(p.reason, str(path), 1, p.variable, p.function, p.hint)
                for p in error.problems
            ]
    if problems:
        raise ModelError(problems)
    return found


def _runs(
    model: Model,
    path: Path,
    names: Sequence[str],
    numbers: dict[str, Number | None],
    arrays: Sequence[NDArray[np.float64]] | NDArray[np.float64],
    first: int,
) -> Runs:
    values: dict[str, Any] = {}
    lookups: dict[str, Any] = {}
    for name, array in zip(names, arrays, strict=True):
        number = numbers[name]
        if number is None:
            if not np.array_equal(array, np.arange(first, first + len(array))):
                hint = "number the rows 0, 1, 2, ..., or give the column another place"
                raise ModelError(
                    Problem("does not count the rows from 0", str(path), 0, name, hint=hint)
                )
        elif number.kind == "point":
            if number.column not in lookups:
                y = model.lookups[number.column].y
                lookups[number.column] = np.tile(y, (len(array), 1))
            lookups[number.column][:, number.place] = array
        else:
            values[number.column] = array
    if not values and not lookups:
        raise ModelError(Problem("changes nothing in the model", str(path), 1))
    return Runs(values, lookups)


def _from_parquet(model: Model, path: Path, rows: int) -> Iterator[Runs]:
    dataset = _dataset(path)
    repeats = _repeats(dataset)
    names = [item.name for item in dataset.schema if not repeats or b"input" in role(item)]
    lists = {name for name in names if model.find(name) in model.table}
    plain = [name for name in names if name not in lists]
    numbers = _numbers(model, path, plain)
    first, before = 0, -1
    seeded = repeats and SEED in dataset.schema.names
    columns = [*names, *(["run"] if repeats else []), *([SEED] if seeded else [])]
    for batch in dataset.to_batches(columns=columns, batch_size=rows):
        if repeats:  # a row a run and time: the first one of each run
            run = batch["run"].to_numpy()
            fresh = np.flatnonzero(np.diff(run, prepend=before))
            before = int(run[-1]) if len(run) else before
            batch = batch.take(arrow().array(fresh))
        if not len(batch):
            continue
        frame = batch.to_pandas()
        arrays = [_finite(frame[name], path, name, first) for name in plain]
        runs = _runs(model, path, plain, numbers, arrays, first) if plain else Runs()
        tables = {name: _lists(frame[name], path, name) for name in lists}
        seeds = set(frame[SEED]) if seeded else {None}
        if len(seeds) > 1:
            raise ModelError(Problem("its runs had different seeds", str(path)))
        yield Runs(runs.values, {**runs.lookups, **tables}, seed=seeds.pop())
        first += len(frame)
    if first == 0:
        raise ModelError(Problem("lists no runs", str(path)))


def _finite(column: pd.Series[Any], path: Path, name: str, first: int) -> NDArray[np.float64]:
    import pandas as pd

    made = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(made))
    if bad.size:
        reason = f"run {first + int(bad[0])} has no number there"
        raise ModelError(Problem(reason, str(path), 0, name, hint="give every run a number"))
    return made


def _lists(column: pd.Series[Any], path: Path, name: str) -> NDArray[np.float64]:
    try:
        return np.array(column.tolist(), dtype=np.float64)
    except (TypeError, ValueError):
        reason, hint = "does not hold a list of y for every run", "as many as the lookup has x"
        raise ModelError(Problem(reason, str(path), 0, name, hint=hint)) from None


def _dataset(path: Path) -> Any:
    try:
        return arrow().dataset.dataset(path, format="parquet")
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise ModelError(Problem(f"not readable as Parquet ({said})", str(path))) from error


def _repeats(dataset: Any) -> bool:
    """Whether it is a dataset of results, with a row for each time of a run."""
    return any(b"key" in role(item) for item in dataset.schema)


def _unreadable(path: Path, error: OSError) -> ModelError:
    reason = f"cannot be read ({error.strerror or error})"
    return ModelError(Problem(reason, str(path), hint="check the path"))

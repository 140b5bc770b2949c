"""``simulate --model --runs``: every run of a table into a Parquet dataset."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scenarios.commands import DONE, INTERRUPTED, print_json
from scenarios.commands.simulate_asked import Asked, asked_times, split
from scenarios.commands.tables import must_have_folder
from scenarios.findings import shown
from scenarios.words import Words

if TYPE_CHECKING:
    from models import Model
    from models.stream import Progress


def ensemble(words: Words, model: Model, asked: Asked, json: bool) -> int:
    """Every run of a table into a Parquet dataset; Ctrl-C keeps what is finished."""
    from models import Interrupted, run_to_parquet
    from models.run_table import count_runs, runs_from_table

    assert asked.runs is not None and asked.out is not None
    must_have_folder(asked.out, "--out")
    total = count_runs(asked.runs)
    begin = runs_from_table(model, asked.runs)
    try:
        with bar(words) as progress:
            done = run_to_parquet(
                model,
                begin,
                asked.out,
                columns=split(asked.columns),
                times=asked_times(asked.times),
                total=total,
                resume=asked.resume,
                progress=progress,
            )
    except Interrupted as error:
        if error.kept == 0:
            raise
        kept = words.say("simulate.runs_kept", kept=f"{error.kept:,}", folder=shown(error.folder))
        print(kept, file=sys.stderr)
        if json:
            print_json({"kept": error.kept, "folder": str(error.folder)})
        return INTERRUPTED
    if json:
        print_json({"model": str(asked.model), "out": str(asked.out), "runs": done})
    else:
        said = words.say("simulate.runs_written", runs=f"{done:,}", out=asked.out)
        print(said, file=sys.stderr)
    return DONE


@contextmanager
def bar(words: Words) -> Iterator[Progress]:
    """A progress bar on standard error; a few lines where that is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as shown:
        task = shown.add_task(words.say("simulate.runs_bar"), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)

"""The folder of a Parquet dataset while it is being written: finished pieces, to go on from."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrow_rows import SEED, Inputs, arrow, digest_of, table_of
from .engine import Choice, run
from .errors import ModelError, Problem
from .model import Model
from .pieces import number_of_runs
from .trajectories import Runs, Trajectories

ABOUT = "_about.json"  # readers of a dataset pass over names that begin with _


@dataclass(frozen=True)
class Manner:
    """How pieces are run."""

    piece: int  # runs at most
    kernel: Choice
    workers: int | None


@dataclass
class Unfinished:
    """The folder of a dataset that is being written."""

    model: Model
    target: Path
    asked: dict[str, Any]
    manner: Manner
    inputs: list[str] | None = None
    ready: dict[int, tuple[int, str]] = field(default_factory=dict)  # first run -> runs, hash

    @property
    def folder(self) -> Path:
        return self.target.with_name(f"{self.target.name}.unfinished")

    @classmethod
    def begin(
        cls, model: Model, target: Path, asked: dict[str, Any], manner: Manner, resume: bool
    ) -> Unfinished:
        """A new folder, or the one that an interrupted call left."""
        work = cls(model, target, asked, manner)
        folder = work.folder
        if folder.exists():
            if not resume:
                raise refused(
                    folder,
                    "holds the finished part of an interrupted run",
                    "go on from it (resume=True, or --resume), or remove it",
                )
            work._take_up()
            return work
        try:
            folder.mkdir()
            work._note()
        except OSError as error:
            reason = f"cannot be made ({error.strerror or error})"
            raise refused(folder, reason, "check the path") from error
        return work

    def _take_up(self) -> None:
        try:
            about = dict(json.loads((self.folder / ABOUT).read_text("utf-8")))
            piece, kernel = int(about["piece"]), about["kernel"]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise refused(self.folder, "is no unfinished run", "remove it") from error
        told = {name: about.get(name) for name in self.asked}
        changed = [name for name, value in self.asked.items() if told[name] != value]
        if changed:
            raise refused(
                self.folder,
                f"holds runs with other {', '.join(changed)}",
                "ask as before, or remove it and begin anew",
            )
        # Files must have the same borders as before, and numbers the same last digits.
        self.manner = replace(self.manner, piece=piece, kernel=kernel)
        for file in self.folder.glob("*.tmp"):
            file.unlink()
        for file in self.folder.glob("runs-*.parquet"):
            first, count, digest = file.stem.split("-")[1:]
            self.ready[int(first)] = int(count), digest

    def _note(self) -> None:
        how = {"piece": self.manner.piece, "kernel": self.manner.kernel}
        about = {**self.asked, **how, "file": self.model.path.name}
        text = json.dumps(about, ensure_ascii=False, indent=1)
        (self.folder / ABOUT).write_text(text, "utf-8")

    def add(self, first: int, part: Runs, columns: list[str], times: list[float] | None) -> int:
        """Run a piece and keep it, unless it is kept already. Returns how many runs it has."""
        inputs = self._inputs(part)
        if self.inputs is None:
            self.inputs = list(inputs)
        elif self.inputs != list(inputs):
            raise self.model.refusal(
                f"the batch from run {first} has other inputs ({', '.join(inputs) or 'none'})",
                hint=f"give all batches the same: {', '.join(self.inputs) or 'none'}",
            )
        self._must_be_in_order(first, part)
        digest = digest_of(inputs)
        if first in self.ready:
            count, before = self.ready[first]
            if before != digest or count != number_of_runs(part):
                raise refused(
                    self.folder,
                    f"its runs from number {first} have other inputs than are given now",
                    "sample with the same seed, or remove it and begin anew",
                )
            return count
        out = run(
            self.model,
            part,
            columns=columns,
            times=times,
            kernel=self.manner.kernel,
            workers=self.manner.workers,
        )
        self._write(first, out, inputs, digest)
        self.ready[first] = len(out), digest
        return len(out)

    def _must_be_in_order(self, first: int, part: Runs) -> None:
        """A row's random draws come again by its number alone."""
        numbers = np.asarray(first if part.numbers is None else part.numbers)
        count = number_of_runs(part)
        here = numbers if numbers.ndim else numbers + np.arange(count)
        if not np.array_equal(here, first + np.arange(count)):
            raise self.model.refusal(
                f"the batch from run {first} has numbers of its own",
                hint="leave 'numbers' out: the rows are numbered from 0",
            )

    def _inputs(self, part: Runs) -> dict[str, NDArray[np.float64]]:
        """Inputs by column: (n,) or (n, P), or a row for all runs."""
        if part.start is not None:
            raise self.model.refusal(
                "runs with a start cannot be kept as rows", hint="let them begin at INITIAL TIME"
            )
        found: dict[str, NDArray[np.float64]] = {}
        for name, given in sorted({**part.values, **part.lookups}.items()):
            value = np.asarray(given)
            if value.dtype.kind == "c":
                raise self.model.refusal("complex numbers cannot be kept as rows", name)
            found[self.model.find(name) or name] = value
        if part.seed is not None:
            found[SEED] = np.asarray(float(part.seed))
        return found

    def _write(self, first: int, out: Trajectories, inputs: Inputs, digest: str) -> None:
        table = table_of(self.model, first, out, inputs)
        file = self.folder / f"runs-{first:012d}-{len(out)}-{digest}.parquet"
        beside = file.with_suffix(".tmp")
        arrow().parquet.write_table(table, beside, compression="zstd")
        os.replace(beside, file)

    def kept(self) -> int:
        """Runs from the first on that are finished without a gap."""
        done = 0
        while done in self.ready:
            done += self.ready[done][0]
        return done

    def leave_nothing(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def finish(self, done: int) -> None:
        """The folder becomes the dataset.

        Raises:
            ModelError: it holds more runs than were given.
        """
        if done < sum(count for count, _ in self.ready.values()):
            raise refused(
                self.folder,
                f"holds more runs than the {done} that are given now",
                "give the same runs, or remove it and begin anew",
            )
        os.replace(self.folder, self.target)


def refused(path: Path, reason: str, hint: str) -> ModelError:
    """What is wrong with a dataset, or with what is in its place."""
    return ModelError(Problem(reason, str(path), hint=hint))

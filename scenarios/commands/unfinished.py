"""Long studies that go on after an interruption: finished pieces, kept until the study is done.

The pieces lie in a folder beside the study's own, named by a hash of everything that they depend
on: scenario, model, ranges, options, seed, and the program with the packages below it. So the
same command finds them again, and any other does not. Files hold plain arrays, no code.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import zipfile
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from optimize.kept import Arrays
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize.uncertainty.futures import Sets
    from scenarios.county import County

ABOUT = "about.json"
ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "optimize", "scenarios")
ENDINGS = (".py", ".mdl", ".csv")  # of files that results depend on
LENGTH = 16  # hexadecimal digits of the hash in the folder's name


class Unfinished:
    """The pieces of one study: ``with Unfinished(...) as pieces: ...; pieces.finish()``.

    Without :meth:`finish` they stay, and the reader is told where. ``key`` is what they depend
    on, as plain JSON values.
    """

    def __init__(self, words: Words, out: Path, command: str, key: object) -> None:
        text = json.dumps([command, key, program()], sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()[:LENGTH]
        self.words, self.command, self.digest = words, command, digest
        self.folder = out.absolute().parent / f"{command}-{digest}.unfinished"
        self.told = self.finished = False

    def __enter__(self) -> Unfinished:
        known = self._number()
        if known:
            said = self.words.say("unfinished.found", number=known, folder=self.folder)
            print(said, file=sys.stderr, flush=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.finished or not self.folder.is_dir():
            return
        number = self._number()
        if number:
            said = self.words.say("unfinished.kept", number=number, folder=self.folder)
            print(said, file=sys.stderr, flush=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def get(self, name: str) -> Arrays | None:
        """The piece, if there is a whole one."""
        try:
            with np.load(self._file(name), allow_pickle=False) as found:
                return dict(found)
        except (OSError, ValueError, zipfile.BadZipFile, EOFError):
            return None

    def put(self, name: str, piece: Arrays) -> None:
        """Keep a piece, written whole or not at all.

        A study does not end because a piece of it cannot be kept; the reader is told, once.
        """
        try:
            self._write(name, piece)
        except OSError as error:
            if not self.told:
                reason = error.strerror or str(error)
                said = self.words.say("unfinished.not_kept", folder=self.folder, error=reason)
                print(said, file=sys.stderr, flush=True)
            self.told = True

    def _write(self, name: str, piece: Arrays) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True)
            about = {"command": self.command, "hash": self.digest}
            (self.folder / ABOUT).write_text(json.dumps(about) + "\n", encoding="utf-8")
        beside = self.folder / f"{name}.tmp"
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, **piece)
        os.replace(beside, self._file(name))

    def finish(self) -> None:
        """The study is done and written: its pieces are not needed any more."""
        self.finished = True
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.npz"

    def _number(self) -> int:
        return len(list(self.folder.glob("*.npz")))


def county_key(county: County) -> list[Any]:
    """What a study's numbers depend on of a scenario, its model and its ranges."""
    from models import best_kernel
    from scenarios.futures import held, observed_sample, parameters, variations
    from scenarios.resolved import sections

    scenario, numbers = county.scenario, county.scenario.numbers
    stated = {".".join(keys): repr(value) for keys, value in sections(scenario).items()}
    sample = observed_sample(county)
    return [
        stated,
        county.model.sha256,
        best_kernel(county.model),
        arrays_key(numbers.series),
        arrays_key(numbers.past),
        arrays_key({name: np.asarray(value) for name, value in numbers.values.items()}),
        [repr(parameter) for parameter in parameters(county)],
        [repr(variation) + arrays_key({"y": variation.y}) for variation in variations(county)],
        None if sample is None else sets_key(sample),
        sorted(held(county)),
        [repr(project) for project in scenario.library],
    ]


def sets_key(sample: Sets) -> list[str]:
    """A hash of each part of sets of parameters."""
    points = {f"{name} {place}": value for (name, place), value in sample.points.items()}
    origin = {} if sample.origin is None else {"origin": sample.origin}
    return [arrays_key(part) for part in (sample.values, points, origin)]


def arrays_key(arrays: Arrays) -> str:
    """A hash of arrays by name."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name], dtype=float)
        digest.update(f"{name}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


@cache
def program() -> str:
    """A hash of this program's files and of the packages that numbers depend on."""
    from scenarios.commands.results import versions

    digest = hashlib.sha256(json.dumps(versions(), sort_keys=True).encode())
    for package in PACKAGES:
        files = (path for path in (ROOT / package).rglob("*") if path.suffix in ENDINGS)
        for path in sorted(files):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()

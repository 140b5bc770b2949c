"""One table of ratios, printed as it grows and written as a page."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import as_c

HEADS = ("what", "model", "runs", "ours", "against", "theirs", "ratio")
_WIDTHS = (33, 12, 16, 10, 26, 14, 13)


@dataclass(frozen=True)
class Row:
    """``ratio`` is above 1 where we are ahead; numbers carry their unit."""

    what: str
    model: str
    runs: str
    ours: str
    against: str
    theirs: str
    ratio: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.what,
            self.model,
            self.runs,
            self.ours,
            self.against,
            self.theirs,
            self.ratio,
        )


@dataclass
class Table:
    """Rows, printed at once when added."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def head(self) -> None:
        self._print(HEADS)

    def add(self, *cells: str) -> None:
        row = Row(*cells)
        self.rows.append(row)
        self._print(row.cells)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    @staticmethod
    def _print(cells: tuple[str, ...]) -> None:
        print(
            "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)),
            flush=True,
        )

    def page(self) -> str:
        """The table as Markdown, with the machine and the notes."""
        lines = [
            "# The engine against others",
            "",
            "Written by `python -m benchmarks.engine --write`. Every ratio compares two times of",
            "one process on one machine, measured in turns, the least of several; above 1 we are",
            "ahead.",
            "",
            *(f"- {line}" for line in machine()),
            "",
            f"| {' | '.join(HEADS)} |",
            f"|{' --- |' * len(HEADS)}",
            *(f"| {' | '.join(row.cells)} |" for row in self.rows),
            "",
            *(f"- {note}" for note in self.notes),
            "",
        ]
        return "\n".join(lines)


def machine() -> list[str]:
    """The machine in general words, the date and the versions."""
    packages = ("numpy", "numba", "pysd", "pysimlin", "bptk-py")
    found = [f"{name} {version}" for name in packages if (version := version_of(name))]
    return [
        f"{datetime.date.today().isoformat()}; {os.cpu_count()} cores, {processor()}, "
        f"{platform.system()}",
        f"Python {platform.python_version()}, {', '.join(found)}",
        f"C: {_compiler()}, {' '.join(as_c.FLAGS)}",
    ]


def version_of(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _compiler() -> str:
    program = as_c.compiler()
    if program is None:
        return "none"
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    return done.stdout.splitlines()[0] if done.stdout else "unknown"


def duration(seconds: float) -> str:
    """A time with the unit that suits it."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def times(ratio: float) -> str:
    """A ratio to three figures."""
    return f"{ratio:,.0f} x" if ratio >= 100 else f"{ratio:.3g} x"

"""A table of measurements, printed as it grows and written as a page with the machine."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

LINE = 90  # characters of a line of prose


@dataclass
class Table:
    """Rows of cells under ``heads``; on the page, findings stand before them and notes after."""

    title: str
    intro: str  # says which command writes the page, and how to read it
    heads: tuple[str, ...]
    widths: tuple[int, ...]  # of the columns as they are printed
    machine: Sequence[str]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def head(self) -> None:
        self._print(self.heads)

    def add(self, *cells: str) -> None:
        """One more row, printed at once."""
        self._print(cells)
        self.rows.append(cells)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def tell(self) -> None:
        """Print what was found, and the notes."""
        for text in (*self.findings, *self.notes):
            print(f"- {text}")

    def _print(self, cells: Sequence[str]) -> None:
        pairs = zip(cells, self.widths, strict=True)
        print("  ".join(f"{cell:<{width}}" for cell, width in pairs).rstrip(), flush=True)

    def page(self) -> str:
        """The table as Markdown."""
        parts = [
            [f"# {self.title}"],
            textwrap.wrap(self.intro, LINE, break_on_hyphens=False),
            [f"- {line}" for line in self.machine],
            [f"- {text}" for text in self.findings],
            [
                f"| {' | '.join(self.heads)} |",
                f"|{' --- |' * len(self.heads)}",
                *(f"| {' | '.join(row)} |" for row in self.rows),
            ],
            [f"- {note}" for note in self.notes],
        ]
        return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def machine(packages: Sequence[str]) -> list[str]:
    """The machine in general words, the date and the versions of what is installed."""
    found = [f"{name} {version}" for name in packages if (version := _version_of(name))]
    return [
        f"{datetime.date.today().isoformat()}; {os.cpu_count()} cores, {_processor()}, "
        f"{platform.system()}",
        ", ".join([f"Python {platform.python_version()}", *found]),
    ]


def _version_of(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def duration(seconds: float) -> str:
    """A time with the unit that suits it."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def times(ratio: float) -> str:
    """A ratio to three figures."""
    return f"{ratio:,.0f} x" if ratio >= 100 else f"{ratio:.3g} x"

"""Progress through the parts of a long study: a bar with the time left, or a line for each."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from scenarios.words import Words

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Parts:
    """``tell(part, done, total)`` on standard error; the parts are rows ``<key>.<part>``."""

    def __init__(self, words: Words, key: str) -> None:
        self.words, self.key = words, key
        self.bar: Progress | None = None
        self.tasks: dict[str, TaskID] = {}
        self.said: set[str] = set()

    def __enter__(self) -> Parts:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self.bar.stop()

    def __call__(self, part: str, done: int, total: int) -> None:
        """``done`` of ``total`` runs or searches of a part are finished."""
        said = self.words.say(f"{self.key}.{part}")
        if self.bar is None:
            if part not in self.said:
                self.said.add(part)
                colon = "：" if self.words.chinese else ": "
                print(f"{said}{colon}{total:,}", file=sys.stderr, flush=True)
            return
        if part not in self.tasks:
            self.tasks[part] = self.bar.add_task(said, total=total)
        self.bar.update(self.tasks[part], completed=done, total=total)

"""What a person sees and can do while the search runs."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Progress


@dataclass
class Phases:
    """Seconds by phase: ``with phases("search"): ...``."""

    seconds: dict[str, float] = field(default_factory=dict)
    begin: float = field(default_factory=time.perf_counter)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def sentence(self, words: Words) -> str:
        """Where the time went."""
        parts = (
            words.say("progress.seconds", phase=words.say(f"progress.{name}"), seconds=f"{s:.1f}")
            for name, s in self.seconds.items()
        )
        listed = ("、" if words.chinese else ", ").join(parts)
        total = f"{time.perf_counter() - self.begin:.1f}"
        return words.say("progress.total", seconds=total, parts=listed)


class Interrupt:
    """The first Ctrl-C only asks to end with what there is; a second one is a real one."""

    def __init__(self) -> None:
        self.wanted = False
        self.real = False

    def __enter__(self) -> Interrupt:
        self.before = signal.signal(signal.SIGINT, self.note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self.before)

    def note(self, number: int, frame: FrameType | None) -> None:
        """The handler of Ctrl-C."""
        if self.wanted or self.real:
            raise KeyboardInterrupt
        self.wanted = True

    def asked(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.wanted

    def forget(self) -> None:
        """What was asked for is done: the next Ctrl-C is a first one again."""
        self.wanted = False

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """A block that Ctrl-C ends at once, by KeyboardInterrupt; also one pressed before it."""
        if self.wanted:
            raise KeyboardInterrupt
        self.real = True
        try:
            yield
        finally:
            self.real = False


@contextmanager
def progress_bar(words: Words) -> Iterator[Callable[[Progress], None] | None]:
    """A line on standard error that follows the search; in a log it stays as it begins."""
    if not sys.stderr.isatty():
        print(words.say("progress.search_begins"), file=sys.stderr, flush=True)
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(words.say("progress.search_begins")) as status:

        def show(progress: Progress) -> None:
            best = "" if progress.objective is None else f"{progress.objective:.6g}"
            status.update(
                words.say(
                    "progress.search_step",
                    phase=words.say(f"progress.search.{progress.phase}"),
                    step=progress.step,
                    best=best or "-",
                )
            )

        yield show

"""Timing side by side: everybody in turn, again and again, the best time of each counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


class Missing(Exception):
    """A peer that cannot take part; the text says why."""


@dataclass(frozen=True)
class Contestant:
    """``runs(n)`` simulates n runs. Who is asked for more than ``most`` is timed on ``most``
    runs and taken to be linear: those who simulate one run after another are."""

    name: str
    runs: Callable[[int], object]
    most: int = 1 << 40
    threads: int = 1

    def seconds(self, runs: int) -> float:
        """Seconds a run, one measurement: of the processor's time, so that other work on the
        machine counts little; of the clock on the wall for more threads than one."""
        asked = min(runs, self.most)
        clock = time.process_time if self.threads == 1 else time.perf_counter
        begin = clock()
        self.runs(asked)
        return (clock() - begin) / asked


SLOW = 2.0  # seconds of a turn that is long enough to be taken only twice


def seconds_a_run(
    contestants: Sequence[Contestant],
    runs: int,
    repeats: int,
    known: Mapping[str, float] | None = None,
    at_least: float = 0.2,
) -> dict[str, float]:
    """The least seconds a run of each, measured in turns.

    There are ``repeats`` rounds, more (up to five times as many) for those who have had less
    than ``at_least`` seconds in all: short turns are the noisy ones. Turns of more than two
    seconds are taken twice, of more than ten once, and none where the time is ``known``.
    """
    best = dict.fromkeys((one.name for one in contestants), float("inf"))
    best.update({name: seconds for name, seconds in (known or {}).items() if name in best})
    spent = dict.fromkeys(best, 0.0)
    waiting = [one for one in contestants if best[one.name] == float("inf")]
    for turn in range(5 * repeats):
        for one in list(waiting):
            if turn >= repeats and spent[one.name] >= at_least:
                waiting.remove(one)
                continue
            found = one.seconds(runs)
            took = found * min(runs, one.most)
            best[one.name] = min(best[one.name], found)
            spent[one.name] += took
            if took > 5 * SLOW or (took > SLOW and turn > 0):
                waiting.remove(one)
    return best

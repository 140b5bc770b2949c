"""Whole projects when the plan is made anew: which have begun, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scenarios.findings import Finding, did_you_mean, say
from scenarios.plan_csv import year_of
from scenarios.project_csv import LibraryProject
from scenarios.table import Form, read_table

FILE = "projects.csv"
STARTED = Form("workbook.projects", ("project", "start_year"), ("cost",), {}, say("hint.starts"))

Starts = Mapping[str, tuple[int, ...]]  # project -> the years in which it begins
Fate = Literal["begun", "kept", "put_off", "forward", "dropped", "added"]


@dataclass(frozen=True)
class Move:
    """One start of a project: the year in the old plan and the year now, None where it has none."""

    project: str
    old: int | None
    new: int | None
    fate: Fate


def read_starts(path: Path, library: Sequence[LibraryProject]) -> tuple[Starts, list[Finding]]:
    """The starts that a run's ``projects.csv`` tells, and what is wrong with it."""
    table, findings = read_table(path, STARTED)
    ids = [project.plan.id for project in library]
    starts: dict[str, tuple[int, ...]] = {}
    for row in table.rows:
        id, text = row.cells["project"], row.cells["start_year"]
        if id not in ids:
            reason = say("finding.unknown_project", name=id)
            findings.append(Finding(path, "project", reason, did_you_mean(id, ids), row.place))
            continue
        try:
            starts[id] = (*starts.get(id, ()), year_of(text))
        except ValueError:
            reason = say("finding.not_whole", value=text)
            findings.append(Finding(path, "start_year", reason, say("hint.year"), row.place))
    return starts, findings


def until(starts: Starts, year: int) -> dict[str, tuple[int, ...]]:
    """The starts up to the end of a year."""
    found = {id: tuple(y for y in years if y <= year) for id, years in starts.items()}
    return {id: years for id, years in found.items() if years}


def paid(library: Iterable[LibraryProject], starts: Starts) -> dict[tuple[int, str, str], float]:
    """What the fund pays to the projects that begin so, by year and place (10,000 yuan)."""
    found: dict[tuple[int, str, str], float] = {}
    for project in library:
        plan = project.plan
        for start in starts.get(plan.id, ()):
            for later, cost in enumerate(plan.costs):
                key = (start + later, plan.sector, plan.instrument)
                found[key] = found.get(key, 0.0) + cost
    return found


def moves(old: Starts, in_fact: Starts, new: Starts) -> Iterator[Move]:
    """What becomes of every start of the old plan, and which are new.

    ``in_fact`` are those of the years that are over, ``new`` those that are planned now. A start
    that did not take place goes with the next one of its project.
    """
    for id in dict.fromkeys((*old, *in_fact, *new)):
        done = list(in_fact.get(id, ()))
        left = []
        for year in sorted(old.get(id, ())):
            if year in done:
                done.remove(year)
                yield Move(id, year, year, "begun")
            else:
                left.append(year)
        coming = sorted((*done, *new.get(id, ())))
        # A start that stays where it was is no move of another one.
        for year in [year for year in left if year in coming]:
            left.remove(year)
            coming.remove(year)
            yield Move(id, year, year, "kept")
        for was, now in zip(left, coming, strict=False):
            yield Move(id, was, now, "put_off" if now > was else "forward")
        for was in left[len(coming) :]:
            yield Move(id, was, None, "dropped")
        for now in coming[len(left) :]:
            yield Move(id, None, now, "added")

"""``changes.csv``, ``learning.csv`` and the record for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from scenarios.project_csv import LibraryProject
from scenarios.replanning.learning import Learnt
from scenarios.replanning.observed import Observed
from scenarios.replanning.projects import Starts
from scenarios.replanning.revision import Revision

CHANGES = ("year", "sector", "instrument", "old", "again", "spent", "new")
LEARNING = (
    "column",
    "year",
    "before_low",
    "before",
    "before_high",
    "after_low",
    "after",
    "after_high",
    "shift",
    "cause",
    "cause_year",
    "cause_shift",
)


def changes(revision: Revision) -> Iterator[tuple[object, ...]]:
    """Every amount of the remaining years, step by step (10,000 yuan)."""
    steps = (revision.old, revision.again, revision.spent, revision.new)
    for i, decision in enumerate(revision.problem.decisions):
        amounts = (repr(float(step[i])) for step in steps)
        yield decision.year, decision.sector, decision.instrument, *amounts


UNSPENT = ("year", "budget", "planned", "spent", "left", "carried", "lost", "usable_until")


def unspent(revision: Revision) -> Iterator[tuple[object, ...]]:
    """The money of every year that is over (10,000 yuan)."""
    for item in revision.unspent.years:
        cells = (item.budget, item.planned, item.spent, item.left, item.carried, item.lost)
        yield item.year, *map(repr, cells), item.lapses or ""


def starts(begun: Starts, library: Sequence[LibraryProject]) -> Iterator[tuple[str, int, float]]:
    """The projects that a plan begins, by year and then as the library lists them."""
    rows = [
        (year, place, project)
        for place, project in enumerate(library)
        for year in begun.get(project.plan.id, ())
    ]
    for year, _, project in sorted(rows, key=lambda row: row[:2]):
        cost = project.cost
        yield project.plan.id, year, int(cost) if cost.is_integer() else cost


FATES = ("project", "old_start_year", "start_year", "change")


def fates(revision: Revision) -> Iterator[tuple[object, ...]]:
    """What becomes of every start of a project."""
    for move in revision.moves:
        yield move.project, move.old or "", move.new or "", move.fate


def learning(observed: Observed, found: Learnt) -> Iterator[tuple[object, ...]]:
    """Every number that moved, a row for each observation that moved it."""
    for item in found.moved:
        head = (item.column, "" if item.year is None else item.year)
        bands = (*map(repr, item.before), *map(repr, item.after), repr(item.shift))
        for figure, part in zip(observed.figures, item.by.tolist(), strict=True):
            if part:
                yield *head, *bands, figure.column, figure.year, repr(part)


def record(revision: Revision, observed: Observed, found: Learnt, seed: int) -> dict[str, Any]:
    """Everything for programs."""
    answer = revision.answer
    return {
        "scenario": revision.county.scenario.name,
        "seed": seed,
        "until": observed.until,
        "status": answer.status,
        "kkt_residual": answer.kkt_residual,
        "max_violation": answer.max_violation,
        "starts": {"number": answer.starts.number, "agreeing": answer.starts.agreeing},
        "aim": {"old_plan": revision.old_aim, "new_plan": revision.new_aim},
        "broken_by_old_plan": revision.broken,
        "unspent": {
            "rule": revision.unspent.rule,
            "years": [asdict(item) for item in revision.unspent.years],
            "overspent": revision.unspent.over,
            "carried_and_spent": revision.used,
        },
        "projects": [asdict(move) for move in revision.moves],
        "futures": found.futures,
        "failed_futures": found.failed,
        "effective_futures": found.effective,
        "surprise": found.surprise,
        "interval": 0.9,
        "observations": [
            {
                "column": figure.column,
                "year": figure.year,
                "value": figure.value,
                "error": figure.error,
                "error_assumed": figure.assumed,
                "before": before,
                "after": after,
            }
            for figure, before, after in zip(
                observed.figures, found.expected.tolist(), found.now.tolist(), strict=True
            )
        ],
        "moved": [
            {
                "column": item.column,
                "year": item.year,
                "before": item.before,
                "after": item.after,
                "shift": item.shift,
                "by_observation": item.by.tolist(),
            }
            for item in found.moved
        ],
        "plan": [
            dict(zip(("year", "sector", "instrument", "old", "new"), row, strict=True))
            for row in (
                (d.year, d.sector, d.instrument, float(a), float(b))
                for d, a, b in zip(
                    revision.problem.decisions, revision.old, revision.new, strict=True
                )
            )
        ],
    }

"""``parameter-sets.csv``: sets of numbers that agree with what was observed, one a line.

``set`` says from which independent draw a line comes; then a column for each parameter of the
model, and ``series@year`` for the weather and prices that may have been in years that are over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from optimize.uncertainty.futures import Sets
from scenarios.findings import Finding, did_you_mean, say

if TYPE_CHECKING:
    from models import Model

OWNER, AT = "set", "@"
LEAST = 3  # lines: fewer have no spread to speak of
DRAWS = 2  # independent ones: plans are judged on sets that share none with those of the search


@dataclass(frozen=True)
class ParameterSets:
    """The sets, the file that they are from or will stand in, and the scenario that names it."""

    sets: Sets
    file: Path
    named_in: Path


def read_sets(path: Path, model: Model) -> tuple[Sets | None, list[Finding]]:
    """The sets of a file and everything that is wrong with it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = list(csv.reader(file)) or [[]]
    except (UnicodeDecodeError, csv.Error):
        return None, [Finding(path, "", say("finding.not_utf8"), say("hint.utf8"))]
    findings = [*_unknown(path, header, model)]
    if OWNER not in header or len(rows) < LEAST:
        reason = say("finding.no_sets", column=OWNER, least=LEAST)
        findings.append(Finding(path, OWNER, reason, say("hint.sets")))
    table = np.zeros((len(rows), len(header)))
    for i, row in enumerate(rows):
        if len(row) != len(header):
            reason = say("finding.cells", found=len(row), wanted=len(header))
            findings.append(Finding(path, "", reason, say("hint.sets"), i + 2))
            continue
        for j, cell in enumerate(row):
            try:
                table[i, j] = float(cell)
            except ValueError:
                table[i, j] = np.nan
            if not np.isfinite(table[i, j]):
                reason, hint = say("finding.not_number", value=cell), say("hint.plain_number")
                findings.append(Finding(path, header[j], reason, hint, i + 2))
    if findings:
        return None, findings
    columns = {name: np.ascontiguousarray(table[:, j]) for j, name in enumerate(header)}
    origin = columns.pop(OWNER).astype(np.intp)
    if len(np.unique(origin)) < DRAWS:
        return None, [Finding(path, OWNER, say("finding.one_draw"), say("hint.sets"))]
    points = {
        (series, _years(model, series).index(int(year))): columns.pop(name)
        for name in header
        if AT in name
        for series, _, year in [name.rpartition(AT)]
    }
    return Sets(columns, points, origin), []


def _unknown(path: Path, header: list[str], model: Model) -> Iterator[Finding]:
    """Columns that the model does not have, or has twice."""
    for place, name in enumerate(header):
        series, at, year = name.rpartition(AT)
        known = name in model.constants or name == OWNER
        if at:
            known = series in model.lookups and year in map(str, _years(model, series))
        if not known:
            reason = say("finding.not_in_model", model=model.path.name)
            yield Finding(path, name, reason, did_you_mean(name, list(model.constants)), 1)
        elif name in header[:place]:
            yield Finding(path, name, say("finding.twice"), say("hint.sets"), 1)


def _years(model: Model, series: str) -> list[int]:
    return [round(x) for x in model.lookups[series].x]


def sets_text(sets: Sets, model: Model) -> str:
    """The file of sets; nine significant figures, so that it reads back as what it was."""
    names = [OWNER, *sets.values]
    names += [f"{series}{AT}{_years(model, series)[place]}" for series, place in sets.points]
    numbers = [*sets.values.values(), *sets.points.values()]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for owner, *row in zip(sets.origins, *numbers, strict=True):
        writer.writerow([int(owner), *(f"{value:.9g}" for value in row)])
    return text.getvalue()

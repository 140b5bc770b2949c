"""The tidy tables of a study: the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.levers import WHERE
from scenarios.report.tables import csv_text
from scenarios.sensitivity.decisions import Decisions, Judged
from scenarios.sensitivity.study import LEVELS, Sensitivity

OUTCOME = ("variable", "basis", "year")
Row = tuple[object, ...]


def files(found: Sensitivity, decided: Decisions | None) -> dict[str, str]:
    """Text of every table by the name of its file."""
    made = {
        "screening.csv": csv_text(
            (*OUTCOME, "factor", "effect", "margin", "mean", "deviation", "unit"), _screening(found)
        ),
        "ends.csv": csv_text(
            (*OUTCOME, "factor", "base", "at_low_end", "at_high_end", "unit"), _ends(found)
        ),
        "indices.csv": csv_text(
            (*OUTCOME, "factor", "with", "order", "value", "low", "high"), _indices(found)
        ),
        "spread.csv": csv_text(
            ("sample", *OUTCOME, *(f"q{100 * level:g}" for level in LEVELS), "skewness", "unit"),
            _spread(found),
        ),
        "importance.csv": csv_text(
            ("sample", *OUTCOME, "input", "pawn", "low", "high", "noise", "rank_correlation"),
            _importance(found),
        ),
    }
    if decided is not None:
        made["decision_ends.csv"] = csv_text(
            ("factor", "end", "sector", "amount", "share_moved"), _decision_ends(decided)
        )
        made["decision_sample.csv"] = csv_text(
            ("plan", *WHERE, "share_moved", "regret"), _decision_sample(decided)
        )
        if decided.judged is not None:
            made["knowing.csv"] = csv_text(
                ("input", "worth", "low", "high", "noise"), _knowing(decided.judged)
            )
    return made


def _screening(found: Sensitivity) -> Iterator[Row]:
    screening, year = found.screening, found.years[-1]
    for place, look in enumerate(found.looks):
        for d, name in enumerate(screening.names):
            numbers = (
                table[d, place]
                for table in (
                    screening.effect,
                    screening.margin,
                    screening.mean,
                    screening.deviation,
                )
            )
            yield look.column, look.basis, year, name, *map(_text, numbers), look.unit


def _ends(found: Sensitivity) -> Iterator[Row]:
    for place, look in enumerate(found.looks):
        for d, name in enumerate(found.ends.names):
            numbers = (
                found.ends.base[place],
                found.ends.low[d, place],
                found.ends.high[d, place],
            )
            year = found.years[-1]
            yield look.column, look.basis, year, name, *map(_text, numbers), look.unit


def _indices(found: Sensitivity) -> Iterator[Row]:
    names, indices = found.indices.names, found.indices
    for place, look in enumerate(found.looks):
        for year in found.years:
            at = found.place(place, year)
            head = look.column, look.basis, year
            for d, name in enumerate(names):
                for order, index in (("first", indices.first), ("total", indices.total)):
                    ends = (index.value[d, at], index.low[d, at], index.high[d, at])
                    yield *head, name, "", order, *map(_text, ends)
            if indices.second is None:
                continue
            for j, one in enumerate(names):
                for k in range(j + 1, len(names)):
                    both = indices.second.at(j, k, at)
                    ends = (float(both.value), float(both.low), float(both.high))
                    yield *head, one, names[k], "second", *map(_text, ends)


def _spread(found: Sensitivity) -> Iterator[Row]:
    for sample, drawn in found.samples.items():
        for place, look in enumerate(found.looks):
            for t, year in enumerate(found.years):
                numbers = (*drawn.quantiles[:, place, t], drawn.skewness[place, t])
                yield sample, look.column, look.basis, year, *map(_text, numbers), look.unit


def _importance(found: Sensitivity) -> Iterator[Row]:
    for sample, drawn in found.samples.items():
        for place, look in enumerate(found.looks):
            for i, name in enumerate(drawn.inputs):
                pawn = drawn.pawn
                numbers = (
                    pawn.value[i, place],
                    pawn.low[i, place],
                    pawn.high[i, place],
                    pawn.noise[i],
                    drawn.correlation[i, place],
                )
                yield sample, look.column, look.basis, found.years[-1], name, *map(_text, numbers)


def _decision_ends(decided: Decisions) -> Iterator[Row]:
    for w, where in enumerate(WHERE):
        yield "", "base", where, _text(decided.base[w]), ""
    for d, name in enumerate(decided.factors):
        for end, money, moved in (
            ("low", decided.low[d], decided.low_moved[d]),
            ("high", decided.high[d], decided.high_moved[d]),
        ):
            for w, where in enumerate(WHERE):
                yield name, end, where, _text(money[w]), _text(moved)


def _decision_sample(decided: Decisions) -> Iterator[Row]:
    for place, row in enumerate(decided.money):
        numbers = (*row, decided.moved[place], decided.regret[place])
        yield place + 1, *map(_text, numbers)


def _knowing(judged: Judged) -> Iterator[Row]:
    worth = judged.worth
    for i, name in enumerate(judged.inputs):
        yield name, *map(_text, (worth.value[i], worth.low[i], worth.high[i], worth.noise[i]))
    every = (worth.every, worth.every_low, worth.every_high)
    yield "everything", *map(_text, every), ""


def _text(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else ""

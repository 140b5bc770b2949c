"""The figures of a study: what each shows, its reading in a sentence, its numbers."""

from __future__ import annotations

import numpy as np

from scenarios.levers import WHERE
from scenarios.report.blocks import Table
from scenarios.report.study import Drawing
from scenarios.sensitivity import charts
from scenarios.sensitivity.decision_page import interval
from scenarios.sensitivity.decisions import Decisions, Judged
from scenarios.sensitivity.labels import Labels, outcome, share
from scenarios.words import number


def of_outcome(labels: Labels, column: str, place: int) -> tuple[Drawing, ...]:
    """Tornado and indices by year of one column; none if nothing varies."""
    looks = charts.looks_of(labels, column)
    made = []
    if any(charts.largest(labels, at) for at in looks):
        made.append(_tornado(labels, column, place))
    if any(map(labels.varies, looks)):
        made.append(_indices(labels, column, place))
    return tuple(made)


def _tornado(labels: Labels, column: str, place: int) -> Drawing:
    found, words = labels.found, labels.words
    year, ends = found.years[-1], found.ends
    body = []
    for at in charts.looks_of(labels, column):
        look, base = found.looks[at], float(ends.base[at])
        for d in charts.largest(labels, at):
            values = (ends.low[d, at], base, ends.high[d, at])
            texts = (outcome(look, float(v), base, signed=look.basis == "change") for v in values)
            body.append((look.title(words), labels.factor(found.factors[d].name), *texts))
    first = next(at for at in charts.looks_of(labels, column) if charts.largest(labels, at))
    look, d = found.looks[first], charts.largest(labels, first)[0]
    reading = words.say(
        "sensitivity.reading.tornado",
        name=labels.outcome(column, inside=True),
        when=labels.when(year),
        factor=labels.factor(found.factors[d].name, inside=True),
        low=outcome(look, float(ends.low[d, first]), float(ends.base[first])),
        high=outcome(look, float(ends.high[d, first]), float(ends.base[first])),
        unit=look.shown_unit(words),
    )
    heads = ("outcome", "factor", "at_low", "now", "at_high")
    return Drawing(
        f"tornado-{place}",
        words.say(
            "sensitivity.figure.tornado", name=labels.outcome(column), when=labels.when(year)
        ),
        reading,
        lambda: charts.tornado(labels, column, reading),
        Table(
            tuple(labels.say(f"sensitivity.column.{key}") for key in heads),
            tuple(body),
            texts=(0, 1),
        ),
    )


def _indices(labels: Labels, column: str, place: int) -> Drawing:
    found, words = labels.found, labels.words
    total, body = found.indices.total, []
    for at in charts.looks_of(labels, column):
        for d, _ in charts.lines(labels, at):
            values = (total.value[d, found.place(at, year)] for year in found.years)
            name = labels.factor(found.indices.names[d])
            texts = (number(float(v), 2) for v in values)
            body.append((found.looks[at].title(words), name, *texts))
    first = next(at for at in charts.looks_of(labels, column) if labels.varies(at))
    d, year = found.ranked(first)[0], found.years[-1]
    reading = words.say(
        "sensitivity.reading.indices",
        name=labels.outcome(column, inside=True),
        when=labels.when(year),
        factor=labels.factor(found.indices.names[d], inside=True),
        index=share(total, d, found.place(first, year)),
    )
    heads = tuple(words.say(f"sensitivity.column.{key}") for key in ("outcome", "factor"))
    return Drawing(
        f"indices-{place}",
        words.say("sensitivity.figure.indices", name=labels.outcome(column)),
        reading,
        lambda: charts.indices(labels, column, reading),
        Table((*heads, *map(str, found.years)), tuple(body), texts=(0, 1)),
    )


def of_decision(labels: Labels, decided: Decisions) -> tuple[Drawing, ...]:
    """How the best plan moves, and what knowing is worth as far as that was finished."""
    made = [_moves(labels, decided)] if np.isfinite(decided.base).all() else []
    if decided.judged is not None and decided.judged.telling:
        made.append(_knowing(labels, decided.judged))
    return tuple(made)


def _moves(labels: Labels, decided: Decisions) -> Drawing:
    words = labels.words
    by_name = {factor.name: factor for factor in labels.found.factors}
    body, most = [], (0.0, "", "")
    for d, name in enumerate(decided.factors):
        for high, money, moved in (
            (False, decided.low[d], decided.low_moved[d]),
            (True, decided.high[d], decided.high_moved[d]),
        ):
            end = labels.end(by_name[name], high)
            change = (number(float(v), signed=True) for v in money - decided.base)
            body.append((labels.factor(name), end, *change))
            if np.isfinite(moved) and moved > most[0]:
                most = (float(moved), name, end)
    reading = words.say(
        "sensitivity.reading.moves",
        factor=labels.factor(most[1], inside=True),
        end=most[2],
        moved=words.percent(most[0], 0),
    )
    heads = (words.say("sensitivity.column.factor"), words.say("sensitivity.column.end"))
    return Drawing(
        "moves",
        words.say("sensitivity.figure.moves"),
        reading,
        lambda: charts.moves(labels, decided, reading),
        Table((*heads, *(words.title(where) for where in WHERE)), tuple(body), texts=(0, 1)),
    )


def _knowing(labels: Labels, judged: Judged) -> Drawing:
    words, worth = labels.words, judged.worth
    first = judged.telling[0]

    def text(i: int) -> str:
        return interval((worth.value[i], worth.low[i], worth.high[i]))

    reading = words.say(
        "sensitivity.reading.knowing",
        name=labels.number(judged.inputs[first], inside=True),
        worth=text(first),
    )
    return Drawing(
        "knowing",
        words.say("sensitivity.figure.knowing"),
        reading,
        lambda: charts.knowing(labels, judged, reading),
        Table(
            tuple(words.say(f"sensitivity.column.{key}") for key in ("input", "worth", "noise")),
            tuple(
                (labels.number(judged.inputs[i]), text(i), number(float(worth.noise[i]), 4))
                for i in judged.telling
            ),
        ),
    )

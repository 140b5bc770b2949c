"""A strip in words: names with units, the reading, the table of causes, the numbers behind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.polarity import Sign
from scenarios.causes.strip import Cause, Line, Strip
from scenarios.report.blocks import Blocks, Table
from scenarios.words import DASH, MINUS, Words, number, significant

MOST_TIMES = 18  # columns of the table behind a chart
NOTHING = 5e-4  # of a cause's size: a smaller difference is none
COLUMNS = ("effect", "variable", "role", "kind", "sign", "run", "time", "value", "unit")


def unit_of(line: Line, words: Words) -> str:
    """The unit in which a line is shown."""
    return words.unit("percent" if line.share else line.unit or "dmnl")


def label(line: Line, words: Words) -> str:
    """Name and unit."""
    name = words.title(line.column)
    if line.unit.strip().lower() in ("dmnl", "") and not line.share:
        return name
    return words.say("figure.panel", name=name, unit=unit_of(line, words))


def sign_text(sign: Sign, words: Words) -> str:
    """The direction of a link, as a sign and a word."""
    names = {"+": "plus", "-": "minus", "varies": "varies", "none": "none"}
    return words.say(f"causes.sign.{names[sign]}")


def text(line: Line, value: float) -> str:
    """A value of a line as a table shows it."""
    assert line.values is not None
    if line.role == "constant":
        return f"{line.scale * value:,.12g}".replace("-", MINUS)
    size = float(np.max(np.abs(line.scale * line.values)))
    return number(line.scale * value, significant(size, 4))


def caption(strip: Strip, words: Words) -> str:
    """What a strip shows."""
    return words.say("causes.caption", name=words.name(strip.effect.column))


def reading(strip: Strip, words: Words) -> str:
    """The strip in one sentence: where the variable ends, and which cause differs most."""
    effect = strip.effect
    assert effect.values is not None
    ends, unit = effect.values[:, -1], unit_of(effect, words)
    year = f"{strip.times[-1]:g}"
    if len(strip.runs) == 1:
        return words.say(
            "causes.reading.one",
            name=words.name(effect.column),
            first=text(effect, float(effect.values[0, 0])),
            last=text(effect, float(ends[0])),
            time=year,
            unit=unit,
            number=len(strip.causes),
        )
    values = dict(zip(strip.runs, (text(effect, float(value)) for value in ends), strict=True))
    said = words.say(
        "causes.reading.plans",
        year=year,
        name=words.name(effect.column),
        unit=unit,
        plan=values.get("optimal", DASH),
        past=values.get("past_practice", DASH),
        none=values.get("no_cooperation", DASH),
    )
    moved = [(abs(change), cause) for cause in strip.moving if (change := _change(strip, cause))]
    if not moved:
        return said
    largest = max(moved, key=lambda item: item[0])[1]
    change = 100.0 * _change(strip, largest)
    return said + words.say(
        "causes.reading.cause",
        name=words.name(largest.line.column),
        change=number(change, significant(change, 2), signed=True),
    )


def _change(strip: Strip, cause: Cause) -> float:
    """The plan against past practice at the end, as a share of past practice."""
    values = cause.line.values
    if values is None or not {"optimal", "past_practice"} <= set(strip.runs):
        return 0.0
    plan, past = (values[strip.runs.index(name), -1] for name in ("optimal", "past_practice"))
    change = float(plan - past) / (abs(float(past)) or 1.0)
    return change if abs(change) > NOTHING else 0.0


def table(strip: Strip, words: Words) -> Blocks:
    """The variable, then its causes: direction, way, and values at the end of every run."""
    section = Blocks(caption(strip, words))

    def ends(line: Line) -> list[str]:
        if line.values is None:
            return [words.say("causes.table")] + [""] * (len(strip.runs) - 1)
        return [text(line, float(value)) for value in line.values[:, -1]]

    rows = [[label(strip.effect, words), "", *ends(strip.effect)]]
    for cause in strip.causes:
        itself = cause.line.column == strip.effect.column
        name = words.say("causes.itself") if itself else label(cause.line, words)
        way = words.say(
            "causes.way",
            sign=words.say("causes.sign.start")
            if cause.kind == "initial"
            else sign_text(cause.sign, words),
            kind=words.say(f"causes.kind.{cause.kind}"),
        )
        rows.append([name, way, *ends(cause.line)])
    section.table(
        (
            words.say("causes.column.cause"),
            words.say("causes.column.way"),
            *(words.say(f"plan.{run}") for run in strip.runs),
        ),
        rows,
        texts=(0, 1),
        strong=(2,),
        whole=(1,),
    )
    section.paragraph(
        words.say("causes.how", time=f"{strip.times[-1]:g}", file=strip.file, line=strip.number)
    )
    return section


def data(strip: Strip, words: Words) -> Table:
    """The numbers of the chart at whole times, as many as a page holds."""
    whole = [i for i, time in enumerate(strip.times) if abs(time - round(time)) < 1e-9]
    step = max(1, -(-len(whole) // MOST_TIMES))
    at = whole[::-1][::step][::-1]
    lines = [strip.effect, *(cause.line for cause in strip.moving)]
    return Table(
        (
            words.say("report.column.what"),
            words.say("report.column.plan"),
            *(f"{strip.times[i]:g}" for i in at),
        ),
        tuple(
            (label(line, words), words.say(f"plan.{run}"), *(text(line, float(row[i])) for i in at))
            for line in lines
            if line.values is not None
            for run, row in zip(strip.runs, line.values, strict=True)
        ),
        texts=(0, 1),
        whole=(1,),
    )


def rows(strip: Strip) -> Iterator[tuple[object, ...]]:
    """Tidy rows for ``causes.csv``: every line of a strip at every saved time."""
    first = Cause(strip.effect, "now", "none")
    for cause in (first, *strip.causes):
        line = cause.line
        if line.values is None:
            continue
        role = "effect" if cause is first else line.role
        kind, sign = ("", "") if cause is first else (cause.kind, cause.sign)
        for name, values in zip(strip.runs, line.values.tolist(), strict=True):
            for time, value in zip(strip.times.tolist(), values, strict=True):
                where = (strip.effect.column, line.column, role, kind, sign, name)
                yield *where, f"{time:g}", repr(value), line.unit

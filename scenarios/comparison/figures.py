"""The figures of a comparison: what each shows, its reading in a sentence, its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimize.rules import SECTORS
from scenarios.comparison.differences import Comparison
from scenarios.levers import WHERE
from scenarios.report.blocks import Table
from scenarios.report.result import total
from scenarios.report.study import Drawing
from scenarios.words import Words, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scenarios.comparison.charts import Panel

GROUPS = {  # of model columns, by the name of their figure; gains are against no cooperation
    "structure": tuple(f"share of value added[{sector}]" for sector in SECTORS),
    "outcomes": ("structure gap", "jobs helped of the year", "assessment score"),
    "farmers": (
        "farmers income per head",
        "farmers income per head if dry",
        "market capability",
    ),
    "partners": ("gain of W of the year", "gain of M of the year"),
}
GAINS = ("partners",)
LEAST = 0.0005  # of the baseline's size: smaller differences are none


def banded(found: Comparison, shown: Sequence[str] = ()) -> list[tuple[str, bool]]:
    """The columns of the figures over the years, and whether their gain is what is shown."""
    asked = [(column, name in GAINS) for name, columns in GROUPS.items() for column in columns]
    asked += [(column, False) for column in shown]
    known = (one for one in asked if all(one[0] in a.path for a in found.alternatives))
    return list(dict.fromkeys(known))


def drawings(found: Comparison, words: Words, shown: Sequence[str] = ()) -> Iterator[Drawing]:
    """All figures that the alternatives have the columns for; ``shown`` are columns asked for."""
    from scenarios.comparison import charts

    yield _allocation(found, words)
    for name, columns in GROUPS.items():
        panels = charts.panels(found, words, columns, gain=name in GAINS)
        if panels:
            yield _lines(found, words, name, panels)
    if charts.indicator_scores(found):
        yield _indicators(found, words)
    panels = charts.panels(found, words, shown)
    if panels:
        yield _lines(found, words, "shown", panels)


def _lines(found: Comparison, words: Words, name: str, panels: Sequence[Panel]) -> Drawing:
    from scenarios.comparison import charts

    reading = _reading(found, words, panels)
    about = words.say(f"compare.figure.about_{'gain' if name in GAINS else 'yearly'}")
    caption, spreads = words.say(f"compare.figure.{name}"), found.spreads

    def draw() -> Figure:
        if spreads is None:
            return charts.multiples(found, words, panels, reading, about)
        from scenarios.comparison import band_charts

        return band_charts.multiples(found, spreads, words, panels, reading, about)

    if spreads is not None:
        caption = words.say("bands.caption", caption=caption, sample=spreads.sample(words))
    return Drawing(
        name,
        caption,
        reading,
        draw,
        Table(
            (
                words.say("report.column.what"),
                words.say("compare.column.alternative"),
                *map(str, found.model_years),
            ),
            tuple(
                (
                    words.say("summary.effect", effect=panel.name, unit=panel.unit),
                    a.title[words.language],
                    *(
                        number(float(value), panel.digits(found))
                        for value in panel.values(a, found.model_years)
                    ),
                )
                for panel in panels
                for a in found.alternatives
            ),
            texts=(0, 1),
        ),
    )


def _reading(found: Comparison, words: Words, panels: Sequence[Panel]) -> str:
    """Where an alternative is farthest from the baseline in the last year, for its size."""
    last = [found.plan_years[-1]]
    base = found.alternatives[0]
    farthest, said = LEAST, words.say("compare.reading.none", year=last[0])
    for panel in panels:
        usual = float(panel.values(base, last)[0])
        for alternative in found.alternatives[1:]:
            value = float(panel.values(alternative, last)[0])
            apart = abs(value - usual) / (abs(usual) or 1.0)
            if apart > farthest:
                farthest = apart
                said = words.say(
                    f"compare.reading.{'more' if value > usual else 'less'}",
                    year=last[0],
                    what=words.name(panel.column),
                    name=alternative.title[words.language],
                    base=base.title[words.language],
                    value=_with_unit(found, words, panel, value),
                    change=words.points(abs(value - usual))
                    if panel.unit == "%"
                    else _with_unit(found, words, panel, abs(value - usual)),
                )
    return said


def _with_unit(found: Comparison, words: Words, panel: Panel, value: float) -> str:
    """As a sentence says it."""
    unit = found.alternatives[0].units.get(panel.column.partition("[")[0], "")
    if unit in ("wanyuan", "wanyuan/year"):
        return words.money(value)
    text = number(value, panel.digits(found))
    return f"{text}%" if panel.unit == "%" else f"{text} {panel.unit}"


def _allocation(found: Comparison, words: Words) -> Drawing:
    from scenarios.comparison import charts

    years = found.plan_years
    means = [
        [total(a.money, years=years, sector=where) / len(years) for where in WHERE]
        for a in found.alternatives
    ]
    change = np.array(means[1:]) - np.array(means[0])
    which, place = np.unravel_index(int(np.argmax(np.abs(change))), change.shape)
    apart = float(change[which, place])
    key = "none" if abs(apart) < 0.5 else "more" if apart > 0 else "less"
    reading = words.say(
        f"compare.reading.money_{key}",
        name=found.alternatives[int(which) + 1].title[words.language],
        base=found.alternatives[0].title[words.language],
        place=words.place(WHERE[int(place)]),
        change=words.money(abs(apart)),
    )
    return Drawing(
        "allocation",
        words.say("compare.figure.allocation"),
        reading,
        lambda: charts.allocation(found, words, reading),
        Table(
            (
                words.say("compare.column.alternative"),
                *(words.place(where) for where in WHERE),
                words.say("summary.column.total"),
            ),
            tuple(
                (a.title[words.language], *map(number, (*row, sum(row))))
                for a, row in zip(found.alternatives, means, strict=True)
            ),
        ),
    )


def _indicators(found: Comparison, words: Words) -> Drawing:
    from scenarios.comparison import charts

    scores = charts.indicator_scores(found)
    names = {column: column.partition("[")[2].rstrip("]") for column in scores}
    column = max(scores, key=lambda name: max(scores[name]) - min(scores[name]))
    low, high = min(scores[column]), max(scores[column])
    reading = words.say(
        "compare.reading.indicators",
        name=words.name(names[column]),
        low=number(low, 1),
        high=number(high, 1),
    )
    return Drawing(
        "indicators",
        words.say("compare.figure.indicators"),
        reading,
        lambda: charts.indicators(found, words, reading),
        Table(
            (
                words.say("report.column.what"),
                *(a.title[words.language] for a in found.alternatives),
            ),
            tuple(
                (words.title(names[column]), *(number(value, 1) for value in values))
                for column, values in scores.items()
            ),
        ),
    )

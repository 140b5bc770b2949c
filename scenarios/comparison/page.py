"""The comparison in words and tables, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimize.problem import Vector
from scenarios.comparison.differences import Comparison, text
from scenarios.levers import WHERE
from scenarios.narrowing import COLUMNS, careful, narrowing
from scenarios.report.blocks import Blocks
from scenarios.report.result import total
from scenarios.words import Words, number, significant

SHOWN = (0, 3, 6)  # of the levels of bands: 2.5, 50, 97.5 %
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"  # from, to: a dash would be lost among minus signs
FAR = 3.0  # times what the money achieves: another county, not another plan


def sentences(found: Comparison, words: Words) -> list[str]:
    """The largest differences to the baseline, a sentence each."""
    base = found.alternatives[0]
    said = []
    for item in found.largest:
        way = "more" if item.change > 0 else "less"
        far = "_far" if item.share > FAR else ""
        said.append(
            words.say(
                f"compare.largest.{way}{far}",
                what=words.say(f"effect.{item.measure.key}", last=found.plan_years[-1]),
                name=found.alternatives[item.alternative].title[words.language],
                base=base.title[words.language],
                value=text(item.measure, item.value),
                unit=words.unit(item.measure.unit),
                change=text(item.measure, abs(item.change), signed=True).lstrip("+"),
                share=words.percent(item.share, 0 if item.share >= 0.095 else 1),
            )
        )
    return [*(said or [words.say("compare.largest.none")]), *_careful(found, words)]


def _careful(found: Comparison, words: Words) -> list[str]:
    """A warning for each alternative that is nearer to the target because farming shrinks."""
    years = found.plan_years
    every = [alternative.path for alternative in found.alternatives]
    if not all(column in path for column in COLUMNS for path in every):
        return []
    base, *others = ({column: path.at(column, years) for column in COLUMNS} for path in every)
    said = [
        careful(case, alternative.title[words.language], words)
        for alternative, path in zip(found.alternatives[1:], others, strict=True)
        if (case := narrowing(base, path, years)) is not None
    ]
    if said:
        said[-1] = words.join(said[-1], words.say("narrowing.read"))
    return said


def legend(found: Comparison, words: Words) -> Blocks:
    """Which letter is which alternative."""
    section = Blocks(words.say("compare.section.legend"))
    for letter, alternative in zip(found.letters, found.alternatives, strict=True):
        name, status = alternative.title[words.language], alternative.status
        if status:
            said = words.say(f"status.{status}")
            section.item(words.say("compare.legend", letter=letter, name=name, status=said))
        else:
            section.item(words.say("compare.legend.plain", letter=letter, name=name))
    return section


def largest(found: Comparison, words: Words) -> Blocks:
    """The same as a section."""
    return Blocks.listing(words.say("compare.section.largest"), sentences(found, words))


def table(found: Comparison, words: Words) -> Blocks:
    """Every outcome: the baseline's value, and value and change of the others."""
    section = Blocks(words.say("compare.section.table"))
    rows = []
    for row, measure in enumerate(found.measures):
        base = float(found.values[row, 0])
        cells = [found.label(measure, words), text(measure, base)]
        for value in found.values[row, 1:]:
            change = text(measure, float(value) - base, signed=True)
            cells.append(f"{text(measure, float(value))} ({change})")
        rows.append(cells)
    section.table((words.say("summary.column.effect"), *found.letters), rows, strong=(1,))
    return section


def of_bands(found: Comparison) -> tuple[Callable[[Comparison, Words], Blocks], ...]:
    """The section on bands, where there are any."""
    return () if found.spreads is None else (bands,)


def bands(found: Comparison, words: Words) -> Blocks:
    """The widest bands and medians in the last year: alone, and against the baseline."""
    spreads, year = found.spreads, found.plan_years[-1]
    assert spreads is not None
    section = Blocks(words.say("compare.section.bands", year=year))
    section.paragraph(words.say("compare.bands.about", sample=spreads.sample(words)))
    t = spreads.years.index(year)
    rows: list[list[str]] = []
    units = found.alternatives[0].units
    for spread in spreads.every:
        unit = units.get(spread.column.partition("[")[0], "")
        share = unit.strip().lower() == "dmnl" and 0.0 < float(np.max(spread.own)) <= 1.0
        scale, shown = (100.0, "percent") if share else (1.0, unit)
        size = scale * float(np.max(np.abs(spread.own[:, :, t])))
        digits = min(significant(size, 3), 3)
        least = scale * float(np.max(np.abs(spread.against[:, :, t])))
        fine = min(significant(least, 2), 3)
        name = words.say(
            "summary.effect", effect=words.title(spread.column), unit=words.unit(shown)
        )
        if spread.gain:
            name = words.say("compare.bands.gain", name=name)
        for index, letter in enumerate(found.letters):
            own, apart = (scale * v[index, :, t] for v in (spread.own, spread.against))
            cells = [*_median_and_ends(own, digits)]
            cells += _median_and_ends(apart, fine, signed=True) if index else ("", "")
            rows.append(["" if index else name, letter, *cells])
    keys = ("summary.column.effect", "compare.column.letter", "fan.key.median")
    more = ("compare.bands.ends", "compare.bands.change", "compare.bands.ends_change")
    heads = [words.say(key) for key in (*keys, *more)]
    section.table(heads, rows, texts=(0, 1), whole=(3, 5))
    return section


def _median_and_ends(levels: Vector, digits: int, *, signed: bool = False) -> tuple[str, str]:
    low, middle, high = (number(float(levels[k]), digits, signed=signed) for k in SHOWN)
    return middle, f"{low} {ELLIPSIS} {high}"


def money(found: Comparison, words: Words) -> Blocks:
    """Money a year on average, by what it is tied to and by instrument."""
    section = Blocks(words.say("compare.section.money"))
    years = found.plan_years

    def mean(index: int, **of: str) -> str:
        whole = total(found.alternatives[index].money, years=years, **of)
        return number(whole / len(years))

    every = range(len(found.alternatives))
    tools = dict.fromkeys(tool for a in found.alternatives for _, _, tool in a.money)
    section.table(
        (words.say("compare.column.money"), *found.letters),
        [
            *([words.title(w), *(mean(i, sector=w) for i in every)] for w in WHERE),
            *([words.title(t), *(mean(i, instrument=t) for i in every)] for t in tools),
            [words.say("summary.column.total"), *(mean(i) for i in every)],
        ],
        foot=1,
    )
    return section

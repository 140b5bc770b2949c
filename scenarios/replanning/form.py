"""What can be entered of a year that is over, in the order of the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scenarios.county import County
from scenarios.input_workbook.entries import Entry, Kind, Label, named, said, sourced
from scenarios.toml_text import Keys

# What offices count by the end of a year; the form asks for these.
OBSERVABLE = (
    "GDP of the year",
    "value added of the year",
    "farmers income per head",
    "planted area",
    "unsold produce",
    "farm gate price of the year in yuan per kg",
    "insurance coverage",
    "jobs helped of the year",
    "labour with partner",
    "assessment score",
)
YEARLY = " of the year"  # in the names of what is counted over a year
NOT_OUTSIDE = ("Chenery share", "own target share", "agreement index")  # chosen or agreed
SHEETS = ("replan", "observed", "spent", "started", "exogenous")


def entries(county: County, years: Sequence[int]) -> Mapping[str, tuple[Entry, ...]]:
    """The entries of every sheet, for figures of ``years``; projects where there is a library."""
    past = tuple(years)
    made = (
        _replan(),
        _observed(county, past),
        _spent(county, past),
        _started(county, past),
        _exogenous(county, past),
    )
    found = {sheet: tuple(rows) for sheet, rows in zip(SHEETS, made, strict=True)}
    return {sheet: rows for sheet, rows in found.items() if rows}


def _replan() -> Iterator[Entry]:
    group = said("replan.form.replan")
    yield Entry(("replan", "until"), "whole", group, said("replan.template.until"))
    item = said("replan.template.error")
    yield Entry(("replan", "error"), "number", group, item, "share", 0.0, 1.0)


def _observed(county: County, years: tuple[int, ...]) -> Iterator[Entry]:
    model, names = county.model, county.scenario.catalogue
    for name in OBSERVABLE:
        for column in model.variables[name].columns if name in model.variables else ():
            unit = model.variables[name].unit
            group = said("replan.form.year" if YEARLY in name else "replan.form.end")
            kind: Kind = "money" if unit == "wanyuan" else "number"
            item, keys = named(names, column), ("observed", column)
            yield Entry(keys, kind, group, item, unit, years=years, single=False)


def _spent(county: County, years: tuple[int, ...]) -> Iterator[Entry]:
    names = county.scenario.catalogue
    group, item = said("replan.form.of_the_plan"), said("replan.form.share")
    keys: Keys = ("spent", "share")
    yield Entry(keys, "number", group, item, "share", 0.0, years=years, single=False)
    order = list(dict.fromkeys(sector for sector, _ in county.levers))
    for sector, tool in sorted(county.levers, key=lambda place: order.index(place[0])):
        place, item = _of_place(names, sector), named(names, tool)
        keys = ("spent", "amount", sector, tool)
        yield Entry(keys, "money", place, item, "wanyuan", 0.0, years=years, single=False)


def _of_place(names: Any, sector: str) -> Label:
    return said("place.all") if sector == "all" else named(names, sector)


def _started(county: County, years: tuple[int, ...]) -> Iterator[Entry]:
    for project in county.scenario.library:
        plan = project.plan
        item: Label = {"zh": project.zh, "en": project.en}
        place = _of_place(county.scenario.catalogue, plan.sector)
        kind: Kind = "yes_no"
        yield Entry(("started", plan.id), kind, place, item, years=years, single=False)


def _exogenous(county: County, years: tuple[int, ...]) -> Iterator[Entry]:
    model, names = county.model, county.scenario.catalogue
    levers = set(county.levers.values())
    group = said("replan.form.exogenous")
    for column in model.lookups:
        row = names.row(column)
        if column in levers or row is None or row.kind != "exogenous":
            continue
        if column.partition("[")[0] in NOT_OUTSIDE:
            continue
        low, high = names.range_of(column, model) or (None, None)
        keys = ("exogenous", column)
        item, unit = named(names, column), row.unit
        note = sourced(row)
        yield Entry(keys, "number", group, item, unit, low, high, (), note, years, single=False)

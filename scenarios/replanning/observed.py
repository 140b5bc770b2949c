"""What is known at the end of a year: ``observed.toml``, or the same form as a workbook.

``[replan]`` says until which year; ``[observed."<variable>"]`` holds figures by year and their
error; ``[exogenous]`` what weather and prices were; ``[spent]`` what money went out, as a share
of the plan by year, by place, or in a file like ``plan.csv``; ``[started]`` which projects began.
What is not stated stays as it was expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from models.source import key
from scenarios.chain import Merged, read_chain
from scenarios.checks import Checks
from scenarios.county import County
from scenarios.findings import Finding, FindingsError, did_you_mean, say
from scenarios.fit import Fit
from scenarios.plan_csv import PlanTable, check_name, known_places, read_plan, spelled
from scenarios.replanning.form import entries
from scenarios.replanning.projects import Starts, paid
from scenarios.replanning.projects import until as up_to
from scenarios.schema import NUMBERS, Money, Section, Year

ERROR = 0.05  # of the figure, where the file does not say: an assumption
SECTIONS = ("replan", "observed", "exogenous", "spent", "started")

Relative = Annotated[float, Field(gt=0.0, le=1.0)]


class Until(Section):
    """``[replan]``: the last year whose figures are in, and the error of figures without one."""

    until: Year
    error: Relative = ERROR


class Figures(Section):
    """``[observed."<variable>"]``: a figure for each year, and their relative standard error."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float] = Field(init=False)
    error: Relative | None = None


class Spent(Section):
    """``[spent]``: the ``share`` of each year's plan that went out, or a ``file`` with all amounts.

    ``amount`` goes before the share: by sector (or ``all``), instrument and year.
    """

    share: Annotated[dict[Year, Annotated[float, Field(ge=0.0)]], Field(default_factory=dict)]
    amount: Annotated[dict[str, dict[str, dict[Year, Money]]], Field(default_factory=dict)]
    file: str | None = None


STARTED: TypeAdapter[dict[int, bool]] = TypeAdapter(dict[Year, bool], config=NUMBERS)


@dataclass(frozen=True)
class Figure:
    """One observation: a column at the end of a year, and its standard error in its unit."""

    column: str
    year: int
    value: float
    error: float
    assumed: bool  # the error is the default


@dataclass(frozen=True)
class Observed:
    """Everything known up to the end of ``until``.

    ``spent`` has all amounts of the years from the first of the plan to that one, and ``started``
    the projects that began in them.
    """

    until: int
    figures: tuple[Figure, ...]
    exogenous: Mapping[str, Mapping[int, float]]
    spent: PlanTable
    started: Starts = field(default_factory=dict)


def read_observed(
    county: County, plan: PlanTable, path: Path, starts: Starts | None = None
) -> Observed:
    """Read what is observed of a county that followed a plan; ``starts`` are its projects.

    Raises:
        FindingsError: everything that is wrong with the file.
    """
    checks = Checks(document(county, path), path)
    for name in checks.merged.values:
        if name not in SECTIONS:
            checks.add((name,), say("finding.unknown_key"), did_you_mean(name, SECTIONS))
    if "replan" not in checks.merged.values:
        checks.add(("replan",), say("finding.no_section"), say("hint.replan"))
        raise FindingsError(checks.findings)
    known = checks.section("replan", Until)
    years = county.scenario.plan.years
    if known is not None and known.until not in years[:-1]:
        reason = say("finding.year_outside", year=known.until, first=years[0], last=years[-2])
        checks.add(("replan", "until"), reason, say("hint.until"))
        known = None
    until, error = (years[-2], ERROR) if known is None else (known.until, known.error)
    past = range(years[0], until + 1)
    order = list(county.model.columns)
    figures = sorted(
        _figures(county, checks, past, error), key=lambda f: (order.index(f.column), f.year)
    )
    exogenous = _exogenous(county, checks, past)
    planned = up_to(starts or {}, until)
    started = _started(county, checks, planned, past)
    amounts: PlanTable = _with_projects(county, _kept(plan, past), planned, started)
    if (spent := checks.section("spent", Spent)) is not None:
        amounts = _spent(county, checks, plan, amounts, spent, past)
    nothing = not figures and not exogenous and started == planned
    if not checks.findings and nothing and amounts == _kept(plan, past):
        checks.add((), say("finding.nothing_observed"), say("hint.nothing_observed"))
    if checks.findings:
        raise FindingsError(checks.findings)
    return Observed(until, tuple(figures), exogenous, amounts, started)


def document(county: County, path: Path) -> Merged:
    """What a file of figures says, of either kind, and where.

    Raises:
        FindingsError: there is no such file.
    """
    from scenarios.input_workbook.reading import Filled, read_entries

    if not path.is_file():
        raise FindingsError([Finding(path, "", say("finding.no_file"), say("hint.csv_path"))])

    def form(path: Path) -> Filled:
        rows = entries(county, county.scenario.plan.years)
        known = {entry.keys: entry for sheet in rows.values() for entry in sheet}
        return read_entries(path, known, fields=("error",))

    return read_chain(path, form)


def _figures(county: County, checks: Checks, past: range, error: float) -> Iterator[Figure]:
    """The observations; a finding for each that is none."""
    model, names = county.model, county.scenario.catalogue
    changing = {key(c): c for c in model.columns if c not in model.constants}
    labels = {
        key(names.label(column, language)): column
        for column in changing.values()
        for language in ("zh", "en")
    }
    seen: set[str] = set()
    for name in checks.table(("observed",)):
        keys = ("observed", name)
        form = checks.validated(keys, Figures, checks.table(keys))
        column = changing.get(key(name)) or labels.get(key(name))
        if column is None:
            hint = did_you_mean(name, {c: c for c in changing.values()})
            checks.add(keys, say("finding.unknown_name", name=name), hint)
            continue
        figures = form.__pydantic_extra__ if form else {}
        if figures and column in seen:
            checks.add(keys, say("finding.twice"), say("hint.one_line_each"))
            continue
        seen |= {column} if figures else set()
        for text, value in figures.items():
            if not text.isdecimal() or int(text) not in past:
                _outside(checks, (*keys, text), text, past)
                continue
            share = error if form is None or form.error is None else form.error
            if value == 0.0:
                checks.add((*keys, text), say("finding.zero_figure"), say("hint.zero_figure"))
                continue
            assumed = form is None or form.error is None
            yield Figure(column, int(text), value, share * abs(value), assumed)


def _exogenous(county: County, checks: Checks, past: range) -> dict[str, dict[int, float]]:
    """What weather and prices were, by column and year."""
    fit = Fit(checks, county.model, county.scenario.catalogue)
    found: dict[str, dict[int, float]] = {}
    for column, table in fit.exogenous():
        stated = checks.table(("exogenous",))
        own = next(v for n, v in stated.items() if key(n) == key(column))
        years = [int(year) for year in own]
        for year in years:
            if year not in past:
                _outside(checks, ("exogenous", column, str(year)), year, past)
        at = fit.years(column)
        found[column] = {year: float(table[at.index(year)]) for year in years if year in past}
    return found


def _started(
    county: County, checks: Checks, planned: Starts, past: range
) -> dict[str, tuple[int, ...]]:
    """The projects that began: as planned but where the file says otherwise."""
    library = {project.plan.id: project.plan for project in county.scenario.library}
    found = {id: set(years) for id, years in planned.items()}
    for id in checks.table(("started",)):
        keys = ("started", id)
        if id not in library:
            reason = say("finding.unknown_project", name=id)
            checks.add(keys, reason, did_you_mean(id, list(library)))
            continue
        for year, began in (checks.adapted(keys, STARTED) or {}).items():
            if year not in past:
                _outside(checks, (*keys, str(year)), year, past)
            elif began:
                found.setdefault(id, set()).add(year)
            else:
                found.get(id, set()).discard(year)
        settings = county.scenario.projects
        before = settings.begun.get(id, []) if settings else []
        if len(found.get(id, ())) + len(before) > library[id].starts:
            reason = say("finding.too_many_starts", most=library[id].starts)
            checks.add(keys, reason, say("hint.too_many_starts"))
    return {id: tuple(sorted(years)) for id, years in found.items() if years}


def _with_projects(
    county: County, kept: PlanTable, planned: Starts, started: Starts
) -> dict[tuple[int, str, str], float]:
    """The plan's amounts without what projects that did not begin are paid, and with the others."""
    library = county.scenario.library
    less, more = paid(library, planned), paid(library, started)
    return {
        cell: max(0.0, amount - less.get(cell, 0.0) + more.get(cell, 0.0))
        if less.get(cell) != more.get(cell)
        else amount
        for cell, amount in kept.items()
    }


def _spent(
    county: County, checks: Checks, plan: PlanTable, went: PlanTable, spent: Spent, past: range
) -> PlanTable:
    """The money that went out, by year and place; ``went`` where the file does not say."""
    if spent.file is not None:
        file = checks.beside(("spent", "file"), spent.file)
        if spent.share or spent.amount:
            checks.add(("spent",), say("finding.both_spent"), say("hint.choose_one"))
        if file is None:
            return {}
        table, findings = read_plan(file, county.scenario.catalogue, past, county.levers)
        missing = [str(year) for year in past if year not in {y for y, _, _ in table}]
        if missing and not findings:
            reason = say("finding.years_missing", years=", ".join(missing))
            findings.append(Finding(file, "year", reason, say("hint.years")))
        checks.findings += findings
        return {(y, *place): table.get((y, *place), 0.0) for y in past for place in county.levers}
    for year in spent.share:
        if year not in past:
            _outside(checks, ("spent", "share", str(year)), year, past)
    found = {
        (year, *place): spent.share[year] * plan.get((year, *place), 0.0)
        if year in spent.share
        else went.get((year, *place), 0.0)
        for year in past
        for place in county.levers
    }
    return {**found, **_amounts(county, checks, spent, past)}


def _amounts(
    county: County, checks: Checks, spent: Spent, past: range
) -> dict[tuple[int, str, str], float]:
    """The amounts that the file gives by place."""
    sectors, tools = known_places(county.scenario.catalogue, county.levers)
    found: dict[tuple[int, str, str], float] = {}
    for sector, by_tool in spent.amount.items():
        for tool, by_year in by_tool.items():
            keys = ("spent", "amount", sector, tool)
            named = (("sector", sector, sectors), ("instrument", tool, tools))
            wrong = [f for what, name, known in named if (f := check_name(what, name, known))]
            for finding in wrong:
                checks.add(keys, finding.reason, finding.hint)
            if wrong:
                continue
            place = (sectors[spelled(sector)], tools[spelled(tool)])
            if place not in county.levers:
                reason = say("finding.no_lever", sector=place[0], instrument=place[1])
                where = ", ".join(of for of, other in county.levers if other == place[1])
                checks.add(keys, reason, say("hint.known", names=where))
                continue
            for year, amount in by_year.items():
                if year not in past:
                    _outside(checks, (*keys, str(year)), year, past)
                else:
                    found[year, *place] = amount
    return found


def _outside(checks: Checks, keys: tuple[str, ...], year: int | str, past: range) -> None:
    """A year of which nothing can be known yet, or which is not planned."""
    reason = say("finding.year_outside", year=year, first=past[0], last=past[-1])
    checks.add(keys, reason, say("hint.observed_year"))


def _kept(plan: PlanTable, past: range) -> dict[tuple[int, str, str], float]:
    """The plan's amounts of the years that are over."""
    return {cell: float(amount) for cell, amount in plan.items() if cell[0] in past}


def unit_of(county: County, column: str) -> str:
    """The unit of a column."""
    return county.model.variables[column.partition("[")[0]].unit

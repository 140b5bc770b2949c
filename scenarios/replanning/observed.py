"""``observed.toml``: what is known at the end of a year, and the template for it.

``[replan]`` says until which year; ``[observed."<variable>"]`` holds figures by year and their
error; ``[exogenous]`` what weather and prices were; ``[spent]`` what money went out, as a share
of the plan by year or in a file like ``plan.csv``. What is not stated stays as it was expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from models.source import key
from scenarios.chain import read_chain
from scenarios.checks import Checks
from scenarios.county import County
from scenarios.findings import Finding, FindingsError, did_you_mean, say
from scenarios.fit import Fit
from scenarios.plan_csv import PlanTable, read_plan
from scenarios.report.result import Yearly
from scenarios.schema import Section, Year
from scenarios.toml_text import key as toml_key
from scenarios.words import Words, number, significant

ERROR = 0.05  # of the figure, where the file does not say: an assumption
SECTIONS = ("replan", "observed", "exogenous", "spent")

# What offices count by the end of a year; the template asks for these.
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
    """``[spent]``: the share of each year's plan that went out, or a file with all amounts."""

    share: Annotated[dict[Year, Annotated[float, Field(ge=0.0)]], Field(default_factory=dict)]
    file: str | None = None


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
    """Everything known up to the end of ``until``; ``spent`` has all amounts of the years from
    the first of the plan to that one."""

    until: int
    figures: tuple[Figure, ...]
    exogenous: Mapping[str, Mapping[int, float]]
    spent: PlanTable


def read_observed(county: County, plan: PlanTable, path: Path) -> Observed:
    """Read what is observed of a county that followed a plan.

    Raises:
        FindingsError: everything that is wrong with the file.
    """
    if not path.is_file():
        raise FindingsError([Finding(path, "", say("finding.no_file"), say("hint.csv_path"))])
    checks = Checks(read_chain(path), path)
    for name in checks.merged.values:
        if name not in SECTIONS:
            checks.add((name,), say("finding.unknown_key"), did_you_mean(name, SECTIONS))
    if "replan" not in checks.merged.values:
        checks.add(("replan",), say("finding.no_section"), say("hint.replan"))
        raise FindingsError(checks.findings)
    known = checks.section("replan", Until)
    spent = checks.section("spent", Spent)
    if known is None or spent is None:
        raise FindingsError(checks.findings)
    years = county.scenario.plan.years
    if known.until not in years[:-1]:
        reason = say("finding.year_outside", year=known.until, first=years[0], last=years[-2])
        checks.add(("replan", "until"), reason, say("hint.until"))
        raise FindingsError(checks.findings)
    past = range(years[0], known.until + 1)
    figures = tuple(_figures(county, checks, past, known.error))
    exogenous = _exogenous(county, checks, past)
    amounts = _spent(county, checks, plan, spent, past)
    if not checks.findings and not figures and not exogenous and amounts == _kept(plan, past):
        checks.add((), say("finding.nothing_observed"), say("hint.nothing_observed"))
    if checks.findings:
        raise FindingsError(checks.findings)
    return Observed(known.until, figures, exogenous, amounts)


def _figures(county: County, checks: Checks, past: range, error: float) -> Iterator[Figure]:
    """The observations; a finding for each that is none."""
    model, names = county.model, county.scenario.catalogue
    changing = {key(c): c for c in model.columns if c not in model.constants}
    labels = {
        key(names.label(column, language)): column
        for column in changing.values()
        for language in ("zh", "en")
    }
    for name in checks.table(("observed",)):
        keys = ("observed", name)
        form = checks.validated(keys, Figures, checks.table(keys))
        column = changing.get(key(name)) or labels.get(key(name))
        if column is None:
            hint = did_you_mean(name, {c: c for c in changing.values()})
            checks.add(keys, say("finding.unknown_name", name=name), hint)
            continue
        for text, value in (form.__pydantic_extra__ if form else {}).items():
            if not text.isdecimal() or int(text) not in past:
                reason = say("finding.year_outside", year=text, first=past[0], last=past[-1])
                checks.add((*keys, text), reason, say("hint.observed_year"))
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
                reason = say("finding.year_outside", year=year, first=past[0], last=past[-1])
                checks.add(("exogenous", column, str(year)), reason, say("hint.observed_year"))
        at = fit.years(column)
        found[column] = {year: float(table[at.index(year)]) for year in years if year in past}
    return found


def _spent(county: County, checks: Checks, plan: PlanTable, spent: Spent, past: range) -> PlanTable:
    """The money that went out, by year and place."""
    if spent.file is not None:
        file = checks.beside(("spent", "file"), spent.file)
        if spent.share:
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
            reason = say("finding.year_outside", year=year, first=past[0], last=past[-1])
            checks.add(("spent", "share", str(year)), reason, say("hint.observed_year"))
    return {
        cell: amount * spent.share.get(cell[0], 1.0) for cell, amount in _kept(plan, past).items()
    }


def _kept(plan: PlanTable, past: range) -> dict[tuple[int, str, str], float]:
    """The plan's amounts of the years that are over."""
    return {cell: float(amount) for cell, amount in plan.items() if cell[0] in past}


def unit_of(county: County, column: str) -> str:
    """The unit of a column."""
    return county.model.variables[column.partition("[")[0]].unit


def template(county: County, expected: Yearly, until: int, words: Words) -> str:
    """A file to fill in: every figure with its label, unit and what the plan expects of it."""
    model = county.model
    years = [year for year in county.scenario.plan.years if year <= until]
    lines = [
        f"# {words.say('replan.template.head', name=county.scenario.name)}",
        f"# {words.say('replan.template.units')}",
        "",
        "[replan]",
        f"until = {until}  # {words.say('replan.template.until')}",
        f"error = {ERROR}  # {words.say('replan.template.error')}",
        "",
        f"# {words.say('replan.template.spent')}",
        "[spent]",
        f"# share = {{ {', '.join(f'{year} = 1.0' for year in years)} }}",
        '# file = "spent.csv"',
        "",
        f"# {words.say('replan.template.exogenous')}",
        "[exogenous]",
    ]
    levers = set(county.levers.values())
    for column in model.lookups:
        row = county.scenario.catalogue.row(column)
        if column not in levers and row is not None and row.kind == "exogenous":
            if column.partition("[")[0] in ("Chenery share", "own target share"):
                continue
            values = ", ".join(f"{year} = 1.0" for year in years)
            lines.append(f"# {toml_key(column)} = {{ {values} }}  # {words.name(column)}")
    for name in OBSERVABLE:
        for column in model.variables[name].columns if name in model.variables else ():
            unit = words.unit(unit_of(county, name))
            lines += ["", f"# {words.say('summary.effect', effect=words.name(column), unit=unit)}"]
            lines.append(f"[observed.{toml_key(column)}]")
            for year in years:
                value = float(expected.at(column, [year])[0])
                shown = number(value, significant(value, 4)).replace(",", "")
                lines.append(f"# {year} =    # {words.say('replan.template.plan', value=shown)}")
    return "\n".join(lines) + "\n"

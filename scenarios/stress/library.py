"""The shocks of ``shocks.toml``, and of a file of one's own, on a scenario's model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from models.source import key
from optimize.uncertainty.shocks import Change, Shock
from scenarios.catalogue import spellings
from scenarios.chain import read_chain
from scenarios.checks import Checks
from scenarios.county import County
from scenarios.findings import Finding, FindingsError, did_you_mean, say
from scenarios.fit import out_of_range
from scenarios.language import Language
from scenarios.schema import Section, Year

FILE = Path(__file__).with_name("shocks.toml")

Numbers = Annotated[list[float], Field(min_length=1)]
Factors = Annotated[list[Annotated[float, Field(ge=0.0)]], Field(min_length=1)]


class Form(Section):
    """One table of the file; the lists hold a number for each year from the beginning."""

    title_zh: str
    title_en: str
    source: Annotated[str, Field(min_length=1)]
    begins: Annotated[list[Year], Field(min_length=1)]
    goes_on: bool = False
    note_zh: str = ""
    note_en: str = ""
    sets: Annotated[dict[str, Numbers], Field(default_factory=dict)]
    times: Annotated[dict[str, Factors], Field(default_factory=dict)]
    money: Factors | None = None


@dataclass(frozen=True)
class StatedShock:
    """A shock with its words: ``family`` is the table it comes from, ``source`` where it is
    evidence or ``assumption``."""

    shock: Shock
    family: str
    title: Mapping[Language, str]
    note: Mapping[Language, str]
    source: str


def read_shocks(
    county: County, own: Path | None = None, names: Sequence[str] = ()
) -> tuple[StatedShock, ...]:
    """The shocks asked for, by the name of their table or with the year; without names, all.

    A shipped shock that would begin before the plan begins with it: its year is only an example.

    Raises:
        FindingsError: everything that is wrong with the files, or names nobody knows.
    """
    forms: dict[str, tuple[Checks, Form]] = {}
    findings: list[Finding] = []
    for file in (FILE, *([] if own is None else [own])):
        if not file.is_file():
            findings.append(Finding(file, "", say("finding.no_file"), say("hint.csv_path")))
            continue
        merged = read_chain(file)
        checks = Checks(merged, file)
        for name in merged.values:
            table = checks.table((name,))
            form = checks.validated((name,), Form, table) if table else None
            if form is not None:
                forms[name] = (checks, form)
        findings += checks.findings
    found = []
    for name, (checks, form) in forms.items():
        before = len(checks.findings)
        begins = form.begins
        if checks.path == FILE:
            begins = sorted({max(begin, county.scenario.plan.first_year) for begin in begins})
        found += list(_stated(county, checks, name, form, begins))
        findings += checks.findings[before:]
    chosen, unknown = _chosen(found, names)
    if findings or unknown:
        raise FindingsError([*findings, *unknown])
    return chosen


def _chosen(
    found: Sequence[StatedShock], names: Sequence[str]
) -> tuple[tuple[StatedShock, ...], list[Finding]]:
    """The shocks of these names, and the names that none has."""
    known = list(dict.fromkeys(name for s in found for name in (s.family, s.shock.name)))
    unknown = [
        Finding(None, "--shock", say("finding.unknown_shock", name=name), did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    chosen = [s for s in found if not names or s.shock.name in names or s.family in names]
    return tuple(chosen), unknown


def _stated(
    county: County, checks: Checks, name: str, form: Form, begins: Sequence[int]
) -> Iterator[StatedShock]:
    """A shock for each year in which it begins."""
    first, last = county.scenario.plan.first_year, round(county.model.final_time)
    if not (form.sets or form.times or form.money):
        checks.add((name,), say("finding.no_change"), say("hint.no_change"))
        return
    for begin in begins:
        if not first <= begin <= last:
            reason = say("finding.year_outside", year=begin, first=first, last=last)
            checks.add((name, "begins"), reason, say("hint.shock_years"))
            continue
        series: list[Change] = []
        constants: list[Change] = []
        for way in ("sets", "times"):
            for spelled, numbers in getattr(form, way).items():
                years = _by_year(numbers, begin, last, form.goes_on)
                for column, kind in _columns(county, checks, (name, way, spelled)):
                    change = Change(column, way, years)
                    (series if kind == "series" else constants).append(change)
                    if way == "sets":
                        _in_range(county, checks, (name, way, spelled), column, numbers)
        money = None if form.money is None else _by_year(form.money, begin, last, form.goes_on)
        yield StatedShock(
            Shock(f"{name}-{begin}", tuple(series), tuple(constants), money),
            name,
            {
                "zh": form.title_zh.replace("{year}", str(begin)),
                "en": form.title_en.replace("{year}", str(begin)),
            },
            {"zh": form.note_zh, "en": form.note_en},
            form.source,
        )


def _by_year(numbers: Sequence[float], begin: int, last: int, goes_on: bool) -> dict[int, float]:
    """The numbers by year up to the end of the model."""
    years = {begin + place: value for place, value in enumerate(numbers) if begin + place <= last}
    if goes_on:
        years |= dict.fromkeys(range(begin + len(numbers), last + 1), numbers[-1])
    return years


def _columns(
    county: County, checks: Checks, keys: tuple[str, str, str]
) -> Iterator[tuple[str, Literal["series", "constant"]]]:
    """The columns of the model that a name means; a finding if there are none."""
    model, names = county.model, county.scenario.catalogue
    levers = set(county.levers.values())
    kinds: dict[Literal["series", "constant"], tuple[str, list[str]]] = {
        "series": ("exogenous", [c for c in model.lookups if c not in levers]),
        "constant": ("parameter", list(model.constants)),
    }
    known: dict[str, str] = {}
    found = False
    for kind, (row_kind, columns) in kinds.items():
        spelled = spellings(names, row_kind)
        known |= spelled
        asked = spelled.get(keys[2], keys[2])
        rows = names.row(asked)
        if rows is not None and rows.kind != row_kind:
            continue
        for column in columns:
            if key(asked) in (key(column), key(column.partition("[")[0])):
                found = True
                yield column, kind
    if not found:
        reason = say("finding.not_in_model", model=model.path.name)
        checks.add(keys, reason, did_you_mean(keys[2], known))


def _in_range(
    county: County,
    checks: Checks,
    keys: tuple[str, str, str],
    column: str,
    numbers: Sequence[float],
) -> None:
    """A finding where an outside series is set to what its range does not hold.

    Parameters may leave theirs: a range says what is likely, a shock is not.
    """
    names = county.scenario.catalogue
    if column not in county.model.lookups:
        return
    limits = names.range_of(column, county.model)
    if limits is None or all(limits[0] <= value <= limits[1] for value in numbers):
        return
    reason = out_of_range(names, column, numbers, *limits)
    checks.add(keys, reason, say("hint.out_of_range", file=names.path.name))

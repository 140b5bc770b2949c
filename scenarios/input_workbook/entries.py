"""What can be entered, in the order of the form; derived from the schema and the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from models import Model
from models.catalogue import Catalogue, Row
from models.model import COUNTY
from models.source import key
from optimize.rules import SECTORS
from scenarios.agreement import AGREED_AMOUNT, INDEX
from scenarios.catalogue import catalogue, of_kind
from scenarios.fit import open_model
from scenarios.language import Language
from scenarios.levers import by_year, levers
from scenarios.schema import (
    RULES,
    ByInstrument,
    BySectorAndInstrument,
    ByYear,
    Objective,
    PlanYears,
    Projects,
    Rule,
    Search,
    Section,
    Uncertainty,
)
from scenarios.toml_text import Keys
from scenarios.words import LANGUAGES, Words

Kind = Literal["number", "money", "whole", "text", "yes_no", "numbers", "names", "choice"]
Label = Mapping[Language, str]

SHEETS = ("county", "objective", "rules", "parameters", "agreement", "series")
MONEY_RULES = ("absorptive_capacity", "total_budget")
TABLES = ("past_practice", "library", "model", "figures", "sample")  # files, which are sheets here
WEIGHT = "assessment weight"


@dataclass(frozen=True)
class Entry:
    """One row of the form. ``years``: the columns of years that it has besides the one value."""

    keys: Keys
    kind: Kind
    group: Label
    item: Label
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    source: Label | None = None
    years: tuple[int, ...] = ()
    single: bool = True  # whether one value for all years makes sense


def said(message: str, **values: object) -> Label:
    """A message in both languages."""
    return {language: Words(language).say(message, **values) for language in LANGUAGES}


def named(names: Catalogue, id: str) -> Label:
    """A name of the catalogue in both languages."""
    return {language: names.label(id, language) for language in LANGUAGES}


def sourced(row: Row) -> Label:
    """Source and note of a row of the catalogue in both languages."""
    return {
        language: ("；" if language == "zh" else "; ").join(
            filter(None, (row.source, row.note_in(language)))
        )
        for language in LANGUAGES
    }


@cache
def county_entries() -> Mapping[str, tuple[Entry, ...]]:
    """The entries of every sheet that has any, for the county model."""
    return entries(open_model(COUNTY), catalogue(COUNTY))


def entries(model: Model, names: Catalogue) -> Mapping[str, tuple[Entry, ...]]:
    """The entries of every sheet that has any."""
    found = (_county, _objective, _rules, _parameters, _agreement, _series)
    return {sheet: tuple(make(model, names)) for sheet, make in zip(SHEETS, found, strict=True)}


def _county(model: Model, names: Catalogue) -> Iterator[Entry]:
    group = said("input.group.scenario")
    yield Entry(("extends",), "text", group, said("input.entry.extends"))
    for name in ("name", "title_zh", "title_en"):
        yield Entry(("scenario", name), "text", group, said(f"input.entry.{name}"))
    yield from _section("plan", PlanYears)
    budget = said("input.group.budget")
    keys = ("money", "budget")
    yield Entry(keys, "money", budget, said("input.entry.budget"), "wanyuan", 0.0)
    for year in _budget_years(model):
        item = said("input.entry.budget_of", year=year)
        yield Entry((*keys, str(year)), "money", budget, item, "wanyuan", 0.0)
    yield from _section("uncertainty", Uncertainty)
    yield from _section("search", Search)


def _budget_years(model: Model) -> range:
    """The years that a plan can have: those of the tables of money, without the first."""
    table = next(iter(levers(model.lookups).values()), None)
    if table is None:
        return range(0)
    years = [round(x) for x in model.lookups[table].x]
    return range(years[0] + 1, years[-1] + 1)


def _objective(model: Model, names: Catalogue) -> Iterator[Entry]:
    yield from _section("objective", Objective, "weight")


def _section(name: str, form: type[Section], unit: str = "") -> Iterator[Entry]:
    properties = form.model_json_schema()["properties"]
    for field in form.model_fields:
        if field in TABLES:
            continue
        kind, low, high, choices = _form(properties[field])
        item = said("input.field.source" if field == "source" else f"input.entry.{field}")
        shown = "" if kind == "text" else unit
        group = said(f"input.group.{name}")
        yield Entry((name, field), kind, group, item, shown, low, high, choices)


def _form(schema: Mapping[str, Any]) -> tuple[Kind, float | None, float | None, tuple[str, ...]]:
    """Kind, range and choices of a field, from its JSON schema."""
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            return _form(option)
    if "enum" in schema:
        return "choice", None, None, tuple(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return ("numbers" if schema["items"].get("type") == "number" else "names"), None, None, ()
    kinds: Mapping[str, Kind] = {"boolean": "yes_no", "integer": "whole", "number": "number"}
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    return kinds.get(str(schema.get("type")), "text"), low, schema.get("maximum"), ()


def _rules(model: Model, names: Catalogue) -> Iterator[Entry]:
    places = levers(model.lookups)
    tools = dict.fromkeys(tool for _, tool in places)
    for id, form in RULES.items():
        group = said(f"rule.{id}.name")
        yield Entry(("rules", id, "on"), "yes_no", group, said("input.field.on"))
        for keys, item, schema in _fields(form, names, places, tools):
            kind, low, high, choices = _form(schema)
            money = id in MONEY_RULES
            unit = "wanyuan" if money else "share" if high == 1 else ""
            where = ("rules", id, *keys)
            yield Entry(where, "money" if money else kind, group, item, unit, low, high, choices)
        yield Entry(("rules", id, "source"), "text", group, said("input.field.source"))
    yield from _projects(names, tools)


def _fields(
    form: type[Rule],
    names: Catalogue,
    places: Mapping[tuple[str, str], str],
    tools: Mapping[str, Any],
) -> Iterator[tuple[Keys, Label, Mapping[str, Any]]]:
    """The fields of a rule: keys within it, name, JSON schema. Targets by year stand elsewhere."""
    share = {"type": "number", "minimum": 0, "maximum": 1}
    if issubclass(form, ByInstrument):
        for tool in tools:
            yield (tool,), named(names, tool), share
        return
    if issubclass(form, BySectorAndInstrument):
        for sector, tool in places:
            if sector in SECTORS:
                label: Label = {
                    language: Words(language).say(
                        "rule.in_sector",
                        sector=names.label(sector, language),
                        instrument=names.label(tool, language),
                    )
                    for language in LANGUAGES
                }
                yield (sector, tool), label, share
        return
    if issubclass(form, ByYear):
        return
    properties = form.model_json_schema()["properties"]
    for field in form.model_fields:
        if field not in Rule.model_fields:
            label = named(names, field) if field in SECTORS else said(f"input.field.{field}")
            yield (field,), label, properties[field]


def _projects(names: Catalogue, tools: Mapping[str, Any]) -> Iterator[Entry]:
    group, properties = said("input.group.projects"), Projects.model_json_schema()["properties"]
    for field in ("on", "leave_out"):
        kind = _form(properties[field])[0]
        item = said("input.field.on" if field == "on" else f"input.entry.{field}")
        yield Entry(("projects", field), kind, group, item)
    for tool in tools:
        label: Label = {
            language: Words(language).say(
                "input.entry.small_budgets", instrument=names.label(tool, language)
            )
            for language in LANGUAGES
        }
        keys = ("projects", "small_budgets", tool)
        yield Entry(keys, "number", group, label, "share", 0.0, 1.0)


def _parameters(model: Model, names: Catalogue) -> Iterator[Entry]:
    columns: dict[str, list[str]] = {}
    for column in model.constants:
        columns.setdefault(key(column.partition("[")[0]), []).append(column)
    for row in of_kind(names, "parameter"):
        for column in columns.get(key(row.id), ()):
            element = column.partition("[")[2].rstrip("]")
            keys = ("parameters", row.id, *([element] if element else []))
            low, high = names.range_of(column, model) or (None, None)
            label = named(names, column)
            other: Label = {"zh": label["en"], "en": label["zh"]}
            kind: Kind = "money" if row.unit in ("wanyuan", "wanyuan/year") else "number"
            source = sourced(row)
            yield Entry(keys, kind, other, label, row.unit, low, high, source=source)


def _agreement(model: Model, names: Catalogue) -> Iterator[Entry]:
    years = tuple(_budget_years(model))
    group = said("input.group.agreement")
    indicators = [name for name in AGREED_AMOUNT if f"{INDEX}{name}]" in model.lookups]
    for name in indicators:
        row = names.rows[key(AGREED_AMOUNT[name])]
        growth = row.unit == "1/year"
        kind: Kind = "money" if row.unit == "wanyuan" else "number"
        label, of_year = named(names, name), () if growth else years
        where = ("agreement", name)
        unit = "" if row.unit == "Dmnl" else row.unit
        source = {language: row.source for language in LANGUAGES}
        yield Entry(where, kind, group, label, unit, source=source, years=of_year)
    group = said("rule.assessment_score.name")
    item = said("input.field.at_least")
    keys: Keys = ("rules", "assessment_score", "at_least")
    yield Entry(keys, "number", group, item, "points", 0.0, years=years)
    group = said("rule.assessment_indicators.name")
    keys = ("rules", "assessment_indicators", "at_least")
    yield Entry(keys, "number", group, said("input.entry.others"), "share", 0.0, years=years)
    for name in indicators:
        keys = ("rules", "assessment_indicators", name)
        yield Entry(keys, "number", group, named(names, name), "share", 0.0, years=years)
    group = named(names, WEIGHT)
    for name in indicators:
        keys = ("parameters", WEIGHT, name)
        low, high = names.range_of(f"{WEIGHT}[{name}]", model) or (None, None)
        yield Entry(keys, "number", group, named(names, name), "weight", low, high)


def _series(model: Model, names: Catalogue) -> Iterator[Entry]:
    chosen = set(levers(model.lookups).values())
    known = {key(row.id) for row in of_kind(names, "exogenous")}
    for column, table in model.lookups.items():
        name = column.partition("[")[0]
        # The Chenery structure is a table by income, and agreements have a sheet of their own.
        if column in chosen or key(name) not in known or not by_year(table.x):
            continue
        if column.startswith(INDEX):
            continue
        row = names.rows[key(name)]
        years = tuple(round(x) for x in table.x)
        low, high = names.range_of(column, model) or (None, None)
        label = named(names, column)
        other: Label = {"zh": label["en"], "en": label["zh"]}
        source = sourced(row)
        yield Entry(
            ("exogenous", column),
            "number",
            other,
            label,
            row.unit,
            low,
            high,
            source=source,
            years=years,
            single=False,
        )

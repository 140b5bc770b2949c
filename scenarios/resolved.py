"""A scenario with every value written out and where it comes from: TOML that loads again."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from models.model import COUNTY
from models.source import key as same_name
from scenarios.agreement import AGREED_AMOUNT, AS_GROWTH, INDEX
from scenarios.catalogue import of_kind
from scenarios.chain import COMMAND_LINE, RESOLVED
from scenarios.findings import Finding, at
from scenarios.levers import by_year, levers
from scenarios.parameter_sets import sets_text
from scenarios.plan_csv import past_table
from scenarios.project_csv import library_table
from scenarios.scenario import Scenario
from scenarios.sheets import is_workbook
from scenarios.table import Table
from scenarios.toml_text import Keys, dotted, value

HEADER = """\
# The scenario as it was run; every value says where it comes from. It can be run again.
# 情景的全部取值及其来源；本文件可以再次运行。
"""


MODEL, VARIABLES = "model.mdl", "variables.csv"
PAST, FIGURES, LIBRARY = "past-practice.csv", "figures.csv", "project-library.csv"
SETS = "parameter-sets.csv"


def scenario_files(scenario: Scenario, folder: Path) -> dict[str, str | bytes]:
    """The files, by name, by which ``folder`` is a scenario to run again."""
    copies = taken_along(scenario)
    return {**copies, RESOLVED: resolved_text(scenario, folder, copies)}


def taken_along(scenario: Scenario) -> dict[str, bytes]:
    """The files that a run folder needs to be run elsewhere, by the names that it gives them.

    Tables that stand in a workbook become csv files, and the figures of a chain one table.
    """
    files = {PAST: table_bytes(scenario.past_practice_file, past_table)}
    if scenario.model.path != COUNTY:
        files[MODEL] = scenario.model.path.read_bytes()
        if scenario.catalogue.path.exists():
            files[VARIABLES] = scenario.catalogue.path.read_bytes()
    if scenario.figures is not None:
        files[FIGURES] = scenario.figures.text().encode()
    if scenario.library_file is not None:
        files[LIBRARY] = table_bytes(scenario.library_file, library_table)
    if scenario.sets is not None:
        files[SETS] = sets_text(scenario.sets.sets, scenario.model).encode()
    return files


def table_bytes(path: Path, read: Callable[[Path], tuple[Table, list[Finding]]]) -> bytes:
    """A table as a csv file: itself, or what a sheet says."""
    return read(path)[0].text().encode() if is_workbook(path) else path.read_bytes()


def resolved_text(
    scenario: Scenario, folder: Path | None = None, copies: Collection[str] = ()
) -> str:
    """The resolved scenario; paths in it are relative to ``folder`` (default: here).

    ``copies`` are the files that stand beside it (see :func:`taken_along`).
    """
    lines = [HEADER]
    for keys, values in sections(scenario, folder, copies).items():
        lines += section(scenario, keys, values)
    return "\n".join(lines)


def sections(
    scenario: Scenario, folder: Path | None = None, copies: Collection[str] = ()
) -> Mapping[Keys, Mapping[str, Any]]:
    """Every value of a scenario, by section; ``folder`` and ``copies`` as above."""
    here = (folder or Path.cwd()).absolute()

    def named(path: Path, copy: str) -> str:
        return copy if copy in copies else relative(path, here)

    identity = scenario.identity.model_dump(exclude={"model", "figures"})
    if scenario.model.path != COUNTY:
        identity["model"] = named(scenario.model.path, MODEL)
    if scenario.figures is not None:
        identity["figures"] = named(scenario.figures.path, FIGURES)
    plan = scenario.plan.model_dump(exclude_none=True)
    plan["past_practice"] = named(scenario.past_practice_file, PAST)
    money = scenario.money.model_dump()
    if isinstance(money["budget"], dict):  # a parent's may have years that are not planned
        money["budget"] = scenario.money.budgets(scenario.plan.years)
    uncertainty = scenario.uncertainty.model_dump(exclude={"sample"})
    if scenario.sets is not None:
        uncertainty["sample"] = named(scenario.sets.file, SETS)
    found: dict[Keys, Mapping[str, Any]] = {
        ("scenario",): identity,
        ("plan",): plan,
        ("money",): money,
        ("objective",): scenario.objective.model_dump(),
        ("search",): scenario.search.model_dump(),
        ("uncertainty",): uncertainty,
    }
    for id, rule in scenario.rules.items():
        found["rules", id] = rule.fields()
    if scenario.projects is not None and scenario.library_file is not None:
        settings = scenario.projects.model_dump()
        settings["library"] = named(scenario.library_file, LIBRARY)
        found["projects",] = settings
    found["agreement",] = scenario.agreement
    found["parameters",] = parameters(scenario)
    found["exogenous",] = exogenous(scenario)
    return found


def section(scenario: Scenario, keys: Keys, values: Mapping[str, object]) -> Iterator[str]:
    """The lines of one section, one for each value."""
    if not values:
        return
    yield f"[{dotted(keys)}]"
    for name, item in values.items():
        entries = item.items() if isinstance(item, Mapping) else [(None, item)]
        for inner, thing in entries:
            path = (name,) if inner is None else (name, str(inner))
            yield f"{dotted(path)} = {value(thing)}  # {origin(scenario, (*keys, *path))}"
    yield ""


def origin(scenario: Scenario, path: Keys) -> str:
    """Where a value comes from, in a word or two."""
    merged = scenario.merged
    indicator = path[1].removeprefix(INDEX).rstrip("]") if len(path) > 1 else ""
    if path[0] == "exogenous" and path[1].startswith(INDEX) and indicator in scenario.agreement:
        path = ("agreement", indicator, *path[2:])
    elif path == ("parameters", AGREED_AMOUNT[AS_GROWTH]) and AS_GROWTH in scenario.agreement:
        path = ("agreement", AS_GROWTH)
    found = merged.origins.get(path) or merged.origins.get(path[:-1])
    if isinstance(found, Path):
        return at(found, merged.place(path)[1])
    if found == COMMAND_LINE:
        return "command line"
    own = scenario.figures
    if path[0] == "parameters" and own is not None:
        column = path[1] if len(path) == 2 else f"{path[1]}[{path[2]}]"
        if place := own.own.get(same_name(path[1]), {}).get(column):
            return place
    if path[0] == "parameters" and scenario.catalogue.row(path[1]):
        return scenario.catalogue.path.name
    return scenario.model.path.name if path[0] in ("parameters", "exogenous") else "default"


def parameters(scenario: Scenario) -> dict[str, object]:
    """Every parameter of the model, by element where it has elements."""
    known = {same_name(row.id) for row in of_kind(scenario.catalogue, "parameter")}
    found: dict[str, object] = {}
    parts: dict[str, dict[str, float]] = {}
    for column, nominal in scenario.model.constants.items():
        name, _, element = column.partition("[")
        if known and same_name(name) not in known:
            continue
        number = float(scenario.numbers.values.get(column, nominal))
        if element:
            found[name] = parts.setdefault(name, {})
            parts[name][element.rstrip("]")] = number
        else:
            found[name] = number
    return found


def exogenous(scenario: Scenario) -> dict[str, object]:
    """Every exogenous series of the model, by year."""
    lookups = scenario.model.lookups
    known = {same_name(row.id) for row in of_kind(scenario.catalogue, "exogenous")}
    chosen = set(lookups) - set(levers(lookups).values())
    found: dict[str, object] = {}
    for column in lookups:
        named = not known or same_name(column.partition("[")[0]) in known
        if column in chosen and named and by_year(lookups[column].x):
            years = [str(round(x)) for x in lookups[column].x]
            values = scenario.numbers.series.get(column, lookups[column].y)
            found[column] = dict(zip(years, map(float, values), strict=True))
    return found


def relative(path: Path, folder: Path) -> str:
    """The path as seen from ``folder``; absolute where they share no drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()

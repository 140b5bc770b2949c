"""A scenario with every value written out and where it comes from: TOML that loads again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from scenarios.chain import COMMAND_LINE
from scenarios.findings import shown
from scenarios.load import Scenario
from scenarios.schema import ByInstrument
from scenarios.toml_text import Keys, key, value

if TYPE_CHECKING:
    from models import Model

HEADER = """\
# The scenario as it was run; every value says where it comes from. It can be run again.
# 情景的全部取值及其来源;本文件可以再次运行。
"""


def resolved_text(scenario: Scenario, model: Model, folder: Path | None = None) -> str:
    """The resolved scenario; paths in it are relative to ``folder`` (default: here)."""
    here = folder or Path.cwd()
    lines = [HEADER]
    identity = scenario.identity.model_dump(exclude_none=True)
    if "model" in identity:
        identity["model"] = relative(scenario.model, here)
    plan = scenario.plan.model_dump()
    plan["past_practice"] = relative(scenario.past_practice_file, here)
    lines += section(scenario, ("scenario",), identity)
    lines += section(scenario, ("plan",), plan)
    lines += section(scenario, ("money",), dumped(scenario.money))
    lines += section(scenario, ("objective",), dumped(scenario.objective))
    lines += section(scenario, ("search",), dumped(scenario.search))
    for id, rule in scenario.rules.items():
        fields = dumped(rule)
        if isinstance(rule, ByInstrument):
            fields = {"on": rule.on, "source": rule.source, **rule.shares}
        lines += section(scenario, ("rules", id), fields)
    lines += section(scenario, ("parameters",), parameters(scenario, model))
    lines += section(scenario, ("exogenous",), scenario.exogenous)
    return "\n".join(lines)


def dumped(form: BaseModel) -> dict[str, object]:
    """The values of a section that are set or have a default."""
    return form.model_dump(exclude_none=True)


def section(scenario: Scenario, keys: Keys, values: Mapping[str, object]) -> Iterator[str]:
    """The lines of one section; a table with several origins gets a line an entry."""
    if not values:
        return
    yield f"[{'.'.join(key(piece) for piece in keys)}]"
    for name, item in values.items():
        rows = item.items() if isinstance(item, Mapping) else [(None, item)]
        for inner, thing in rows:
            path = (*keys, name) if inner is None else (*keys, name, str(inner))
            written = ".".join(key(piece) for piece in path[len(keys) :])
            yield f"{written} = {value(thing)}  # {origin(scenario, path)}"
    yield ""


def origin(scenario: Scenario, path: Keys) -> str:
    """Where a value comes from, in one word or two."""
    merged = scenario.merged
    found = merged.origins.get(path) or merged.origins.get(path[:-1])
    if isinstance(found, Path):
        line = merged.place(path)[1]
        return f"{shown(found)}:{line}" if line else shown(found)
    if found == COMMAND_LINE:
        return "command line"
    if path[0] == "parameters":
        known = path[1] in scenario.catalogue.entries
        return scenario.catalogue.path.name if known else scenario.model.name
    return "default"


def parameters(scenario: Scenario, model: Model) -> dict[str, object]:
    """Every parameter: the scenario's value, else the model's own."""
    known = scenario.catalogue.of_kind("parameter")
    controls = {"INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER"}
    found: dict[str, object] = {}
    for column, nominal in model.constants.items():
        name, _, element = column.partition("[")
        if column in controls or (known and name not in known):
            continue
        stated = scenario.parameters.get(name)
        if not element:
            found[name] = stated if stated is not None else nominal
            continue
        item = element.rstrip("]")
        elements = found.setdefault(name, {})
        if isinstance(stated, Mapping):
            elements[item] = stated.get(item, nominal)  # type: ignore[index]
        else:
            elements[item] = nominal if stated is None else stated  # type: ignore[index]
    return found


def relative(path: Path, folder: Path) -> str:
    """The path as seen from ``folder``; absolute where they share no drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()

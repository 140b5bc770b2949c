"""The files of a revision: the new plan, what was learnt, and the scenario as it stands now."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from scenarios.county import County
from scenarios.parameter_sets import ParameterSets
from scenarios.replanning import tables
from scenarios.replanning.learning import Learnt
from scenarios.replanning.observed import Observed
from scenarios.replanning.revision import Revision
from scenarios.report.tables import PLAN_COLUMNS, PROJECT_COLUMNS, csv_text
from scenarios.resolved import PAST, SETS, scenario_files


def files(
    revision: Revision, observed: Observed, found: Learnt, seed: int, folder: Path, file: Path
) -> dict[str, str | bytes]:
    """By name; ``file`` is where the figures came from. ``folder`` can be replanned from again."""
    cells = zip(revision.problem.decisions, revision.new, strict=True)
    plan = ((d.year, d.sector, d.instrument, written_amount(a)) for d, a in cells)
    record = tables.record(revision, observed, found, seed)
    projects = {}
    library = revision.county.scenario.library
    if library:
        rows = tables.starts(revision.starts, library)
        projects["projects.csv"] = csv_text(PROJECT_COLUMNS, rows)
        projects["project-changes.csv"] = csv_text(tables.FATES, tables.fates(revision))
    return {
        **going_on(revision.county, observed, found, folder, file),
        "plan.csv": csv_text(PLAN_COLUMNS, plan),
        **projects,
        "unspent.csv": csv_text(tables.UNSPENT, tables.unspent(revision)),
        "changes.csv": csv_text(tables.CHANGES, tables.changes(revision)),
        "learning.csv": csv_text(tables.LEARNING, tables.learning(observed, found)),
        "replan.json": json.dumps(record, indent=2) + "\n",
    }


def going_on(
    county: County, observed: Observed, found: Learnt, folder: Path, file: Path
) -> dict[str, str | bytes]:
    """By name, the files by which ``folder`` is the scenario of the remaining years."""
    standing = _from_file(county, observed, found, file, folder)
    past = (
        (round(x), *place, repr(float(y)))
        for place, lever in county.levers.items()
        for x, y in zip(county.model.lookups[lever].x, county.past[lever], strict=True)
    )
    return {
        **scenario_files(standing.scenario, folder),
        PAST: csv_text(PLAN_COLUMNS, past),
    }


def written_amount(amount: float) -> int | float:
    """An amount as ``plan.csv`` has it: whole where it is."""
    return int(amount) if float(amount).is_integer() else float(amount)


def _from_file(
    county: County, observed: Observed, found: Learnt, file: Path, folder: Path
) -> County:
    """The county with its sets, whose moved numbers say that they come from the file of figures."""
    keys: set[tuple[str, ...]] = {
        ("plan", "first_year"),
        ("uncertainty", "sample"),
        *(("money", "left_over", str(year)) for year in county.scenario.money.left_over),
        *(("projects", "begun", id) for id in observed.started),
        *(
            ("exogenous", column, str(year))
            for column, by_year in observed.exogenous.items()
            for year in by_year
        ),
    }
    for item in found.moved:
        name, _, element = item.column.partition("[")
        if item.year is not None:
            keys.add(("exogenous", item.column, str(item.year)))
        else:
            keys.add(("parameters", name, element.rstrip("]")) if element else ("parameters", name))
    merged = county.scenario.merged
    origins: dict[tuple[str, ...], Path | str] = {**merged.origins}
    origins |= dict.fromkeys(keys, file.resolve())
    sets = ParameterSets(found.sets, (folder / SETS).absolute(), file.resolve())
    return replace(
        county,
        scenario=replace(county.scenario, merged=replace(merged, origins=origins), sets=sets),
    )

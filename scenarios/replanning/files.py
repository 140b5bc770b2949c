"""The files of a revision: the new plan, what was learnt, and the scenario as it stands now."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from scenarios.county import County
from scenarios.replanning import tables
from scenarios.replanning.learning import Learnt
from scenarios.replanning.observed import Observed
from scenarios.replanning.revision import Revision
from scenarios.report.tables import PLAN_COLUMNS, csv_text
from scenarios.resolved import PAST, scenario_files


def files(
    revision: Revision, observed: Observed, found: Learnt, seed: int, folder: Path, file: Path
) -> dict[str, str | bytes]:
    """By name; ``file`` is where the figures came from. ``folder`` can be replanned from again."""
    cells = zip(revision.problem.decisions, revision.new, strict=True)
    plan = ((d.year, d.sector, d.instrument, written_amount(a)) for d, a in cells)
    record = tables.record(revision, observed, found, seed)
    county = _from_file(revision.county, observed, found, file)
    past = (
        (round(x), *place, repr(float(y)))
        for place, lever in county.levers.items()
        for x, y in zip(county.model.lookups[lever].x, county.past[lever], strict=True)
    )
    return {
        **scenario_files(county.scenario, folder),
        PAST: csv_text(PLAN_COLUMNS, past),
        "plan.csv": csv_text(PLAN_COLUMNS, plan),
        "changes.csv": csv_text(tables.CHANGES, tables.changes(revision)),
        "learning.csv": csv_text(tables.LEARNING, tables.learning(observed, found)),
        "replan.json": json.dumps(record, indent=2) + "\n",
    }


def written_amount(amount: float) -> int | float:
    """An amount as ``plan.csv`` has it: whole where it is."""
    return int(amount) if float(amount).is_integer() else float(amount)


def _from_file(county: County, observed: Observed, found: Learnt, file: Path) -> County:
    """The county whose moved numbers say that they come from the file of figures."""
    keys: set[tuple[str, ...]] = {
        ("exogenous", column, str(year))
        for column, by_year in observed.exogenous.items()
        for year in by_year
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
    return replace(
        county, scenario=replace(county.scenario, merged=replace(merged, origins=origins))
    )

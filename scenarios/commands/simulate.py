"""``simulate``: a scenario with a plan or none, or any Vensim model."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.commands import DONE, print_json
from scenarios.commands.banding import asked_bands
from scenarios.commands.folders import new_folder
from scenarios.commands.simulate_asked import Asked
from scenarios.commands.simulate_model import simulate_model
from scenarios.commands.tables import must_have_folder, write_csv
from scenarios.findings import FindingsError, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.commands.simulate_bands import Banded
    from scenarios.county import County
    from scenarios.report.console import Page
    from scenarios.report.result import PlanName, Yearly
    from scenarios.scenario import Tables


def simulate(
    words: Words,
    scenario: str | None,
    *,
    plan: Path | None = None,
    model: Path | None = None,
    csv: Path | None = None,
    bands: bool = False,
    futures: int | None = None,
    out: Path | None = None,
    json: bool = False,
    **options: Any,
) -> int:
    """Run the plan (if any), past practice and no cooperation of a scenario, or a model file.

    ``bands`` writes a folder of charts with bands over so many ``futures``.
    ``options`` are those that only a model file takes: fields of ``Asked``.
    """
    number = asked_bands(bands, futures)
    if model is not None:
        if number is not None:
            raise refuse("--bands", say("finding.both"), say("hint.choose_one"))
        options["out"] = out
        if scenario is not None or plan is not None:
            raise refuse("--model", say("finding.both"), say("hint.choose_one"))
        return simulate_model(words, Asked(model, csv=csv, **options), json)
    given = [f"--{name}" for name, value in options.items() if value not in (None, (), False)]
    for option in given:
        needs = say("finding.needs", option=option, needed="--model")
        raise refuse(option, needs, say("hint.add_option", needed="--model FILE"))
    if out is not None and number is None:
        needs = say("finding.needs", option="--out", needed="--bands")
        raise refuse("--out", needs, say("hint.add_option", needed="--bands"))
    from scenarios.commands.plan_verdict import plan_verdict
    from scenarios.county import County
    from scenarios.load import load
    from scenarios.report.result import Yearly

    if csv is not None:
        must_have_folder(csv)
    loaded = load(scenario)
    folder = None if number is None else new_folder(out, f"{loaded.name}-simulate")
    fitted = County(loaded)
    plans: dict[PlanName, Tables] = {}
    if plan is not None:
        amounts = read(fitted, plan)
        plans["optimal"] = fitted.tables(amounts)
    plans["past_practice"] = fitted.past
    plans["no_cooperation"] = fitted.tables({})
    runs = fitted.simulate(*plans.values())
    paths = {name: Yearly.sampled(runs, run) for run, name in enumerate(plans)}
    if csv is not None:
        write_csv(runs.frame(0), csv)
        print(
            words.say("simulate.written", file=csv, plan=words.say(f"plan.{next(iter(plans))}")),
            file=sys.stderr,
        )
    verdict = None if plan is None else plan_verdict(fitted, amounts, paths)
    if verdict is not None and verdict.empty:
        years = words.years(verdict.empty)
        print(words.say("simulate.empty_years", file=plan, years=years), file=sys.stderr)
    wide: Banded | None = None
    if folder is not None and number is not None:
        from scenarios.commands.simulate_bands import simulate_bands

        wide = simulate_bands(words, fitted, plans, paths, number, folder)
    if json:
        record = yearly_values(paths)
        if verdict is not None:
            record["plan"] |= verdict.record()
        print_json(record if wide is None else {**record, "bands": wide.record()})
    else:
        page = show(words, paths, loaded.plan.years)
        if verdict is not None:
            verdict.show(words, page)
        if wide is not None:
            wide.show(words, page)
    return DONE


def read(fitted: County, path: Path) -> Mapping[tuple[int, str, str], float]:
    """The amounts of a plan.csv, fitting the scenario's years and the model's levers."""
    from scenarios.plan_csv import read_plan

    scenario = fitted.scenario
    plan, findings = read_plan(path, scenario.catalogue, scenario.plan.years, fitted.levers)
    if findings:
        raise FindingsError(findings)
    return plan


def yearly_values(paths: Mapping[PlanName, Yearly]) -> dict[str, dict[str, object]]:
    """Every column of every plan at the end of every year; the plan that is asked about: plan."""
    return {
        "plan" if name == "optimal" else name: {
            "years": list(path.years),
            "values": {column: path[column].tolist() for column in path.columns},
        }
        for name, path in paths.items()
    }


def show(words: Words, paths: Mapping[PlanName, Yearly], years: tuple[int, ...]) -> Page:
    """What the plans bring, side by side. Returns the page, for what is to follow."""
    from scenarios.report.console import Page
    from scenarios.report.effects import MEASURES, SUMMARISE
    from scenarios.words import number

    rows = []
    for measure in MEASURES:
        if any(column not in path for path in paths.values() for column in measure.columns):
            continue
        values = (
            measure.scale
            * SUMMARISE[measure.summary](
                np.sum([path.at(column, years) for column in measure.columns], axis=0)
            )
            for path in paths.values()
        )
        label = words.say(f"effect.{measure.key}", last=years[-1])
        texts = (number(value, measure.digits) for value in values)
        rows.append([label, *texts, words.unit(measure.unit)])
    page = Page()
    page.title(words.say("simulate.title", years=words.years(years)))
    page.table(
        (
            words.say("summary.column.effect"),
            *(words.say(f"plan.{name}") for name in paths),
            words.say("simulate.column.unit"),
        ),
        rows,
        texts=(0, len(paths) + 1),
    )
    return page

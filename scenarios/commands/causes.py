"""``explain --variable``: a variable over its direct causes, under the plan and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.findings import Finding, did_you_mean, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from models import Model, Runs
    from models.catalogue import Catalogue
    from scenarios.causes import Strip
    from scenarios.county import County
    from scenarios.plan_csv import PlanTable
    from scenarios.scenario import Tables

MOST = 12  # strips at a time


def causes(
    words: Words,
    scenario: str | None,
    variables: Sequence[str],
    *,
    settings: Mapping[str, object] | None = None,
    model: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Draw what acts on ``variables`` in a scenario, the plan of a run folder, or a model file.

    A scenario is solved first; a run folder's plan is taken as it is. Ctrl-C leaves nothing.
    """
    folder = new_folder(out, "causes")
    if model is not None and scenario is not None:
        raise refuse("--model", say("finding.both"), say("hint.choose_one"))
    from scenarios.report import Result

    title, plan_from, price = "", None, None
    if model is not None:
        strips = _of_model(model, variables)
        title = model.name
    else:
        from scenarios.commands.planned import read_plans
        from scenarios.county import County

        ((loaded, money),) = read_plans([scenario or "w-county"], settings)
        fitted = County(loaded)
        columns = _columns(fitted.model, variables, fitted.scenario.catalogue)
        strips = _of_county(words, fitted, money, columns)
        title = fitted.scenario.title(words.language)
        plan_from, price = fitted.scenario.plan.years[0], Result.price_year
    from scenarios.causes import sections
    from scenarios.causes.said import said
    from scenarios.report.tables import csv_text

    rows = (row for strip in strips for row in sections.rows(strip))
    table = {"causes.csv": csv_text(sections.COLUMNS, rows)}
    told = said(strips, words, title, plan_from, price)
    files = write_study(told, words, folder, "causes", table)
    with until_the_reader_leaves():
        if json:
            print_json({"folder": str(folder), "files": list(files), "variables": _record(strips)})
        else:
            _print(words, strips, folder, files, title)
    return DONE


def names_a_variable(name: str) -> bool:
    """Whether this is no scenario and no folder, but a variable of the county model.

    Raises:
        FindingsError: it is neither, and nearer to the name of a variable than of a scenario.
    """
    from models import load
    from models.catalogue import county
    from models.source import key
    from scenarios.chain import find
    from scenarios.columns import spellings

    missing = find(name)
    if Path(name).exists() or not isinstance(missing, Finding):
        return False
    spelled = spellings(load().columns, county())
    if key(name) in spelled:
        return True
    near = did_you_mean(name, {item.text: item.text for item in spelled.values()})
    if near.key == "hint.did_you_mean" and missing.hint and missing.hint.key != near.key:
        raise refuse("", say("finding.unknown_name", name=name), near)
    return False


def _columns(model: Model, variables: Sequence[str], names: Catalogue) -> list[str]:
    from scenarios.columns import named

    caused = [column for column in model.columns if column not in model.constants]
    found = named(variables, model.columns, names, "--variable", caused)
    if len(found) > MOST:
        reason = say("finding.many_columns", number=len(found), most=MOST)
        raise refuse("--variable", reason, say("hint.name_elements", names=", ".join(found[:4])))
    return found


def _of_model(file: Path, variables: Sequence[str]) -> tuple[Strip, ...]:
    from models import ModelError, Runs
    from scenarios.catalogue import catalogue
    from scenarios.causes import strip
    from scenarios.fit import open_model, refused

    model, names = open_model(file), catalogue(file)
    columns = _columns(model, variables, names)
    try:
        return strip(model, columns, {"model": Runs()}, _kinds(names))
    except ModelError as error:
        raise refused(error) from error


def _of_county(
    words: Words, fitted: County, plan: PlanTable | None, columns: Sequence[str]
) -> tuple[Strip, ...]:
    from models import Runs
    from scenarios.causes import strip
    from scenarios.commands.solving import solved

    money = solved(words, fitted).plan_money if plan is None else plan
    numbers = fitted.scenario.numbers

    def run(tables: Tables) -> Runs:
        return Runs(values=numbers.values, lookups={**numbers.series, **tables})

    runs: Mapping[str, Runs] = {
        "optimal": run(fitted.tables(money)),
        "past_practice": run(fitted.past),
        "no_cooperation": run(fitted.tables({})),
    }
    kinds, last = _kinds(fitted.scenario.catalogue), fitted.scenario.plan.last_year
    return strip(fitted.model, columns, runs, kinds, until=last)


def _kinds(names: Catalogue) -> dict[str, str]:
    return {row.id: row.kind for row in names.rows.values()}


def _print(
    words: Words, strips: Sequence[Strip], folder: Path, files: Sequence[str], title: str
) -> None:
    from scenarios.causes import sections
    from scenarios.report.console import Page

    page = Page()
    page.title(words.say("causes.title", name=title))
    for strip in strips:
        page.console.print()
        page.paragraph(sections.reading(strip, words))
        sections.table(strip, words).show_section(page)
    page.files(words, folder, files)


def _record(strips: Sequence[Strip]) -> list[dict[str, object]]:
    """The strips for programs: values at the last time, by run."""
    from scenarios.causes.strip import Line

    def ends(strip: Strip, line: Line) -> dict[str, float] | None:
        if line.values is None:
            return None
        return dict(zip(strip.runs, line.values[:, -1].tolist(), strict=True))

    return [
        {
            "variable": strip.effect.column,
            "unit": strip.effect.unit,
            "file": strip.file,
            "line": strip.number,
            "time": float(strip.times[-1]),
            "values": ends(strip, strip.effect),
            "causes": [
                {
                    "variable": cause.line.column,
                    "unit": cause.line.unit,
                    "role": cause.line.role,
                    "kind": cause.kind,
                    "sign": cause.sign,
                    "values": ends(strip, cause.line),
                }
                for cause in strip.causes
            ],
        }
        for strip in strips
    ]

"""``stress``: plans under named shocks, in the stated future and in a sample of futures."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_text, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.planned import read_plans
from scenarios.findings import Finding, FindingsError, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Problem
    from scenarios.county import County
    from scenarios.plan_csv import PlanTable
    from scenarios.scenario import Scenario
    from scenarios.stress import Candidate, StatedShock, Stress

FUTURES = 300
MOST = 7  # plans, past practice and no cooperation among them
STARTS = 4  # of the search that knows a shock beforehand


def stress(
    words: Words,
    names: Sequence[str] = (),
    *,
    shocks: Path | None = None,
    only: Sequence[str] = (),
    futures: int | None = None,
    seed: int | None = None,
    knowing: bool = False,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Put plans under shocks; a scenario is optimised first. Ctrl-C leaves nothing behind.

    The first of ``names`` (default: W County) says which county it is and which futures are
    drawn; the others give plans only. ``only`` picks shocks; ``knowing`` finds the best plan
    for each of them as well.
    """
    if len(names) > MOST - 2:
        reason = say("finding.too_many_plans", number=len(names), most=MOST - 2)
        raise refuse("stress", reason, say("hint.too_many_plans"))
    folder = new_folder(out, "stress")
    from scenarios.county import County
    from scenarios.futures import futures as draw
    from scenarios.problem import problem
    from scenarios.stress import candidates, distinct, read_shocks, stressed
    from scenarios.stress.measures import NEEDED

    asked = list(read_plans(names or ["w-county"]))
    base = County(asked[0][0])
    lacking = [column for column in NEEDED if column not in base.model.columns]
    if lacking:
        raise FindingsError(
            Finding(base.model.path, name, say("finding.no_path", name=name)) for name in lacking
        )
    stated_shocks = read_shocks(base, shocks, only)
    plans = distinct([*_plans(words, base, asked), *candidates(base)])
    stated = problem(base)
    chosen = base.scenario.search.seed if seed is None else seed
    drawn = draw(base, FUTURES if futures is None else futures, chosen)
    print(
        words.say(
            "stress.running",
            shocks=len(stated_shocks),
            plans=len(plans),
            futures=drawn.number,
        ),
        file=sys.stderr,
    )
    study = stressed(base, stated, plans, stated_shocks, drawn, chosen)
    ahead = _ahead(words, base, stated, stated_shocks, plans) if knowing else {}
    from scenarios.report.tables import csv_text
    from scenarios.stress.figures import COLUMNS, rows
    from scenarios.stress.said import said

    tables = {"stress.csv": csv_text(COLUMNS, rows(study)), "stress.json": _record(study, ahead)}
    files = write_study(said(study, words, ahead), words, folder, "stress", tables)
    with until_the_reader_leaves():
        if json:
            print_text(_record(study, ahead))
        else:
            _print(words, study, ahead, folder, files)
    return DONE


def _plans(
    words: Words, base: County, asked: Sequence[tuple[Scenario, PlanTable | None]]
) -> Iterator[Candidate]:
    """The plans that are asked for, those of scenarios found first."""
    from scenarios.commands.solving import solved
    from scenarios.county import County
    from scenarios.stress import candidate

    for scenario, money in asked:
        county = County(scenario)
        if money is None:
            money = solved(words, county).plan_money
        yield candidate(base, county, money)


def _ahead(
    words: Words,
    base: County,
    stated: Problem,
    shocks: Sequence[StatedShock],
    plans: Sequence[Candidate],
) -> dict[str, float | None]:
    """The aim of the best plan for each shock, by the shock's name; None where there is none."""
    import numpy as np

    from scenarios.stress.knowing import knowing

    lookups = base.model.lookups
    places = [(d.lever, [round(x) for x in lookups[d.lever].x]) for d in stated.decisions]
    begin = [
        np.array(
            [
                plan.tables[lever][years.index(d.year)]
                for d, (lever, years) in zip(stated.decisions, places, strict=True)
            ]
        )
        for plan in plans
        if plan.kind == "plan"
    ]
    found: dict[str, float | None] = {}
    for item in shocks:
        print(words.say("progress.solving", name=item.title[words.language]), file=sys.stderr)
        answer = knowing(base, stated, item.shock, STARTS, base.scenario.search.seed, begin)
        lost = answer.status.startswith("infeasible")
        found[item.shock.name] = None if lost else answer.objective
    return found


def _print(
    words: Words,
    study: Stress,
    ahead: Mapping[str, float | None],
    folder: Path,
    files: Sequence[str],
) -> None:
    from scenarios.report.console import Page
    from scenarios.report.result import Result
    from scenarios.stress import page

    sheet = Page()
    sheet.title(
        words.say("stress.title"), beside=words.say("summary.price", price_year=Result.price_year)
    )
    for sentence in page.sentences(study, words):
        sheet.paragraph(sentence, first="- ")
    for section in (page.legend, page.regrets, page.floors, page.cycle):
        section(study, words).show_section(sheet)
    if ahead:
        page.ahead(study, words, ahead).show_section(sheet)
    sheet.files(words, folder, files)


def _record(study: Stress, ahead: Mapping[str, float | None]) -> str:
    """The study for programs: every figure with its interval."""
    import json

    from scenarios.stress.figures import figures

    record = {
        "scenario": study.county.scenario.name,
        "seed": study.seed,
        "futures": study.sample.futures,
        "failed_futures": study.failed,
        "interval": 0.95,
        "years": list(study.years[1:]),
        "shocks": [
            {"name": item.shock.name, "title": item.title, "source": item.source}
            for item in study.shocks
        ],
        "plans": [{"name": plan.name, "kind": plan.kind} for plan in study.plans],
        "figures": [
            {
                "shock": item.shock,
                "plan": item.plan,
                "quantity": item.quantity,
                "unit": item.unit,
                "stated": item.stated,
                "estimate": item.sample.value,
                "low": finite(item.sample.low),
                "high": finite(item.sample.high),
            }
            for item in figures(study)
        ],
        "aim_knowing_the_shock": dict(ahead),
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def finite(value: float) -> float | None:
    """The number, or None where JSON has none for it."""
    return value if abs(value) < float("inf") else None

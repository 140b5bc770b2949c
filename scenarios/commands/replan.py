"""``replan``: the rest of a plan made anew with a new year's figures."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, not_writable
from scenarios.commands.progress import Interrupt, progress_bar
from scenarios.findings import refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optimize import Answer, CountyResponse, Problem
    from optimize.problem import Vector
    from scenarios.county import County
    from scenarios.plan_csv import PlanTable
    from scenarios.replanning import Learnt, Observed, Revision

FUTURES = 2000
PAST = "past-practice.csv"


def replan(
    words: Words,
    run: str,
    observed: Path | None = None,
    *,
    template: Path | None = None,
    until: int | None = None,
    futures: int | None = None,
    seed: int | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Take in what is observed of a run's plan, and plan the remaining years anew.

    ``template`` writes a file to fill in, for figures until the end of ``until``. The folder
    that is written is one to replan from again, a year later. Ctrl-C leaves nothing behind.
    """
    if (observed is None) == (template is None):
        raise refuse("replan", say("finding.replan_what"), say("hint.replan_what"))
    from scenarios.commands.stress import read_plans
    from scenarios.county import County

    if not Path(run).is_dir():
        raise refuse(run, say("finding.no_run"), say("hint.run_folder"))
    ((scenario, plan),) = read_plans([run])
    assert plan is not None
    if scenario.library:
        raise refuse(run, say("finding.replan_projects"), say("hint.replan_projects"))
    county = County(scenario)
    if template is not None:
        return _template(words, county, plan, template, until)
    assert observed is not None
    folder = new_folder(out, "replan")
    from scenarios.problem import problem
    from scenarios.replanning import learnt, read_observed, revised

    known = read_observed(county, plan, observed)
    start = scenario.search.seed if seed is None else seed
    number = FUTURES if futures is None else futures
    print(words.say("replan.running", futures=number), file=sys.stderr)
    found = learnt(county, problem(county), known, number, start)
    with Interrupt() as interrupt, progress_bar(words) as progress:

        def search(stated: Problem, response: CountyResponse, begin: Vector) -> Answer:
            from optimize import solve

            answer = solve(
                stated,
                response,
                starts=scenario.search.starts,
                seed=scenario.search.seed,
                time_limit=scenario.search.time_limit,
                begin=(begin,),
                progress=progress,
                should_stop=interrupt.asked,
            )
            if answer.stop == "interrupted":
                raise KeyboardInterrupt
            if answer.status.startswith("infeasible"):
                conflict = ", ".join(answer.conflict[:5])
                reason = say("finding.replan_infeasible", rules=conflict)
                raise refuse(str(observed), reason, say("hint.replan_infeasible"))
            return answer

        revision = revised(county, plan, known, found, search)
    files = _write(words, revision, known, found, start, folder, observed)
    with until_the_reader_leaves():
        if json:
            from scenarios.replanning.tables import record

            print_json(record(revision, known, found, start))
        else:
            _print(words, revision, known, found, folder, files)
    return DONE


def _template(words: Words, county: County, plan: PlanTable, file: Path, until: int | None) -> int:
    """Write a file to fill in."""
    from scenarios.replanning.observed import template
    from scenarios.report.result import Yearly

    years = county.scenario.plan.years
    last = years[0] if until is None else until
    if last not in years[:-1]:
        reason = say("finding.year_outside", year=last, first=years[0], last=years[-2])
        raise refuse("--until", reason, say("hint.until"))
    if file.exists():
        raise refuse("--template", say("finding.output_exists"), say("hint.choose_file"), file)
    expected = Yearly.sampled(county.simulate(county.tables(plan)))
    try:
        file.write_text(template(county, expected, last, words), encoding="utf-8", newline="")
    except OSError as error:
        reason = say("finding.not_writable", error=error.strerror or str(error))
        raise refuse("--template", reason, say("hint.choose_file"), file) from error
    print(words.say("replan.template.written", file=file), file=sys.stderr)
    return DONE


def _figures(
    words: Words, revision: Revision, observed: Observed, found: Learnt
) -> Iterator[tuple[str, str, Figure]]:
    """Name, reading and drawing of every chart."""
    from scenarios.replanning import charts

    if observed.figures:
        reading = words.say("replan.figure.figures")
        yield "figures", reading, charts.figures(observed, found, words)
    yield "outcomes", words.say("replan.figure.outcomes"), charts.outcomes(revision, words)


def _write(
    words: Words,
    revision: Revision,
    observed: Observed,
    found: Learnt,
    seed: int,
    folder: Path,
    file: Path,
) -> tuple[str, ...]:
    """The folder of the revision, whole or not at all; the names of its files."""
    from scenarios.replanning import page, tables
    from scenarios.report import FIGURES, put, whole
    from scenarios.report.chapters import Part, Picture
    from scenarios.report.figures import written
    from scenarios.report.html import page_html
    from scenarios.report.inline_svg import inline_svg
    from scenarios.report.tables import PLAN_COLUMNS, csv_text

    numbers = count(1)
    county = revision.county
    try:
        with whole(folder) as staging:
            pictures = tuple(
                Picture(next(numbers), name, reading, reading, inline_svg(name, svg, reading), None)
                for name, reading, svg in written(
                    lambda: _figures(words, revision, observed, found), staging / FIGURES
                )
            )
            cells = zip(revision.problem.decisions, revision.new, strict=True)
            plan = ((d.year, d.sector, d.instrument, written_amount(a)) for d, a in cells)
            put(staging / "plan.csv", csv_text(PLAN_COLUMNS, plan))
            put(staging / "changes.csv", csv_text(tables.CHANGES, tables.changes(revision)))
            learning = csv_text(tables.LEARNING, tables.learning(observed, found))
            put(staging / "learning.csv", learning)
            record = tables.record(revision, observed, found, seed)
            put(staging / "replan.json", json_text.dumps(record, indent=2) + "\n")
            _put_scenario(_from_file(county, observed, found, file), staging, folder)
            sections = (
                page.money(revision, words),
                page.figures(observed, found, words),
                page.moved(observed, found, words),
            )
            years = county.scenario.plan.years
            text = page_html(
                words,
                title=words.say("replan.title", first=years[0], last=years[-1]),
                under=words.say("report.under", years=words.years(years), price_year=2020),
                lead=page.sentences(revision, observed, found, words),
                parts=(
                    Part("tables", words.say("replan.part.tables"), sections),
                    Part("charts", words.say("compare.part.charts"), (), pictures),
                ),
                status=words.say(f"status.{revision.answer.status}"),
            )
            put(staging / "replan.html", text)
            paths = (p for p in staging.rglob("*") if p.is_file())
            return tuple(sorted(path.relative_to(staging).as_posix() for path in paths))
    except OSError as error:
        raise not_writable(folder, error) from error


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


def _put_scenario(county: County, staging: Path, folder: Path) -> None:
    """The scenario as it stands now, ready to be optimised and to be replanned from again."""
    from scenarios.report import put
    from scenarios.report.tables import PLAN_COLUMNS, csv_text
    from scenarios.resolved import resolved_text, taken_along

    scenario = county.scenario
    past = (
        (round(x), *place, repr(float(y)))
        for place, lever in county.levers.items()
        for x, y in zip(county.model.lookups[lever].x, county.past[lever], strict=True)
    )
    put(staging / PAST, csv_text(PLAN_COLUMNS, past))
    copies = taken_along(scenario)
    for name, held in copies.items():
        if name != PAST:
            (staging / name).write_bytes(held)
    put(staging / "resolved.toml", resolved_text(scenario, folder, copies))


def _print(
    words: Words,
    revision: Revision,
    observed: Observed,
    found: Learnt,
    folder: Path,
    files: Sequence[str],
) -> None:
    from scenarios.replanning import page
    from scenarios.report.console import Page

    years = revision.county.scenario.plan.years
    sheet = Page()
    sheet.title(
        words.say("replan.title", first=years[0], last=years[-1]),
        beside=words.say("summary.price", price_year=2020),
    )
    for sentence in page.sentences(revision, observed, found, words):
        sheet.paragraph(sentence, first="- ")
    page.money(revision, words).show_section(sheet)
    page.figures(observed, found, words).show_section(sheet)
    page.moved(observed, found, words).show_section(sheet)
    sheet.heading(words.say("summary.section.files"))
    sheet.paragraph(str(folder))
    sheet.paragraph("  ".join(files), indent=4)

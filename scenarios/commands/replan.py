"""``replan``: the rest of a plan made anew with a new year's figures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.progress import Interrupt, progress_bar
from scenarios.commands.solving import settled
from scenarios.findings import refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Answer, CountyResponse, Problem
    from optimize.problem import Vector
    from scenarios.county import County
    from scenarios.plan_csv import PlanTable
    from scenarios.replanning import Learnt, Observed, Revision

FUTURES = 2000


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
    from scenarios.commands.planned import read_plans
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

            settings = settled(scenario.search, progress, interrupt)
            answer = solve(stated, response, begin=(begin,), **settings)
            if answer.stop == "interrupted":
                raise KeyboardInterrupt
            if answer.status.startswith("infeasible"):
                conflict = ", ".join(answer.conflict[:5])
                reason = say("finding.replan_infeasible", rules=conflict)
                raise refuse(str(observed), reason, say("hint.replan_infeasible"))
            return answer

        revision = revised(county, plan, known, found, search)
    from scenarios.replanning.files import files
    from scenarios.replanning.said import said

    told = said(revision, known, found, words)
    written = files(revision, known, found, start, folder, observed)
    names = write_study(told, words, folder, "replan", written)
    with until_the_reader_leaves():
        if json:
            from scenarios.replanning.tables import record

            print_json(record(revision, known, found, start))
        else:
            _print(words, revision, known, found, folder, names)
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
    from scenarios.report.result import Result

    years = revision.county.scenario.plan.years
    sheet = Page()
    sheet.title(
        words.say("replan.title", first=years[0], last=years[-1]),
        beside=words.say("summary.price", price_year=Result.price_year),
    )
    for sentence in page.sentences(revision, observed, found, words):
        sheet.paragraph(sentence, first="- ")
    page.money(revision, words).show_section(sheet)
    page.figures(observed, found, words).show_section(sheet)
    page.moved(observed, found, words).show_section(sheet)
    sheet.files(words, folder, files)

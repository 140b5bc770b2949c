"""``replan``: the rest of a plan made anew with a new year's figures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, LIMIT, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.progress import Interrupt, progress_bar
from scenarios.commands.solving import settled
from scenarios.findings import Finding, FindingsError, NoPlan, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Answer, CountyResponse, Problem
    from optimize.problem import Vector
    from scenarios.county import County
    from scenarios.plan_csv import PlanTable
    from scenarios.replanning import Learnt, Observed, Revision, Starts

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

    ``template`` writes a file to fill in, for figures until the end of ``until``: a workbook if
    its name says so; with what ``observed`` says filled in. The folder that is written is one to
    replan from again, a year later. Ctrl-C leaves nothing behind.
    """
    if observed is None and template is None:
        raise refuse("replan", say("finding.replan_what"), say("hint.replan_what"))
    if not Path(run).is_dir():
        raise refuse(run, say("finding.no_run"), say("hint.run_folder"))
    county, plan, starts = _followed(Path(run))
    if template is not None:
        return _template(words, county, plan, starts, template, until, observed)
    assert observed is not None
    wanted = county.scenario.search
    folder = new_folder(out, "replan")
    from scenarios.problem import problem
    from scenarios.replanning import NoneLeft, learnt, read_observed, revised

    known = read_observed(county, plan, observed, starts)
    start = wanted.seed if seed is None else seed
    number = FUTURES if futures is None else futures
    print(words.say("replan.running", futures=number), file=sys.stderr)
    found = learnt(county, problem(county), known, number, start)
    ends: set[str] = set()
    with Interrupt() as interrupt, progress_bar(words) as progress:

        def search(stated: Problem, response: CountyResponse, begin: Vector) -> Answer:
            from optimize import solve

            settings = settled(wanted, progress, interrupt)
            answer = solve(stated, response, begin=(begin,), **settings)
            if answer.stop == "interrupted":
                raise KeyboardInterrupt
            ends.add(answer.stop)
            return answer

        try:
            revision = revised(county, plan, known, found, search, starts)
        except NoneLeft as error:
            rules = dict.fromkeys(name.partition("[")[0] for name in error.rules)
            named = words.listing(words.say(f"rule.{rule}.name") for rule in rules)
            reason = say("finding.replan_infeasible", rules=named)
            raise NoPlan([Finding(observed, "", reason, say("hint.replan_infeasible"))]) from error
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
    return LIMIT if "limit" in ends else DONE


def _followed(run: Path) -> tuple[County, PlanTable, Starts]:
    """The scenario of a run folder, its plan, and the projects that the plan begins.

    Raises:
        FindingsError: everything that is wrong with the folder.
    """
    from scenarios.commands.planned import read_plans
    from scenarios.county import County
    from scenarios.replanning import read_starts
    from scenarios.replanning.projects import FILE

    ((scenario, plan),) = read_plans([str(run)])
    assert plan is not None
    if not scenario.library:
        return County(scenario), plan, {}
    starts, findings = read_starts(run / FILE, scenario.library)
    if findings:
        raise FindingsError(findings)
    return County(scenario), plan, starts


def _template(
    words: Words,
    county: County,
    plan: PlanTable,
    starts: Starts,
    file: Path,
    until: int | None,
    filled: Path | None,
) -> int:
    """Write a file to fill in."""
    from scenarios.commands.new import whole_file
    from scenarios.replanning.template import asked, template
    from scenarios.sheets import is_workbook

    years = county.scenario.plan.years
    last = years[0] if until is None else until
    if last not in years[:-1]:
        reason = say("finding.year_outside", year=last, first=years[0], last=years[-2])
        raise refuse("--until", reason, say("hint.until"))
    if file.exists():
        raise refuse("--template", say("finding.output_exists"), say("hint.choose_file"), file)
    form = asked(county, plan, starts, last, filled)
    if until is not None and until < form.until:
        reason = say("finding.year_outside", year=until, first=form.until, last=years[-2])
        raise refuse("--until", reason, say("hint.until"))
    if is_workbook(file):
        from scenarios.replanning.workbook import write_workbook

        whole_file(file, lambda path: write_workbook(path, form, words, file.name))
    else:
        text = template(form, words)
        whole_file(file, lambda path: path.write_text(text, "utf-8", newline=""))
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
    from scenarios.replanning import carried, page
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
    for section in (*carried.unspent(revision, words), *carried.projects(revision, words)):
        section.show_section(sheet)
    page.figures(observed, found, words).show_section(sheet)
    page.moved(observed, found, words).show_section(sheet)
    sheet.files(words, folder, files)

"""``explain``: optimise a scenario and say at length why its plan is as it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.chain import RESOLVED
from scenarios.commands import DONE, INTERRUPTED, LIMIT, print_json, until_the_reader_leaves
from scenarios.commands.planned import run_folder
from scenarios.commands.progress import Interrupt, Phases
from scenarios.commands.solving import infeasible, searched
from scenarios.findings import refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.report import Result


def explain(
    words: Words,
    scenario: str | None,
    *,
    settings: Mapping[str, object] | None = None,
    variables: Sequence[str] = (),
    model: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Explain the plan of a scenario (default: W County), or of a run folder's scenario.

    A run folder's scenario is solved again: with its seed that gives its plan. ``variables`` ask
    for their causes instead, and so does a variable in place of the scenario.
    """
    from scenarios.commands.causes import causes, names_a_variable

    asked = list(variables)
    if not asked and model is None and scenario and names_a_variable(scenario):
        asked, scenario = [scenario], None
    if asked:
        wanted: Mapping[str, Any] = {"settings": settings, "model": model, "out": out}
        return causes(words, scenario, asked, **wanted, json=json)
    for option, value in (("--model", model), ("--out", out)):
        if value is not None:
            needs = say("finding.needs", option=option, needed="--variable")
            raise refuse(option, needs, say("hint.add_option", needed="--variable NAME"))
    phases = Phases()
    with phases("scenario"):
        from scenarios.load import load

        folder = run_folder(scenario)
        loaded = load(scenario if folder is None else folder / RESOLVED, settings)
    with Interrupt() as interrupt:
        work = searched(words, loaded, phases, interrupt)
        interrupt.forget()
        result, answer = work.result, work.answer
        if not result.feasible:
            return infeasible(words, result, json)
        if answer.stop != "done":  # the prices of a plan that is not the best explain nothing
            print(words.say(f"stop.{answer.stop}"), file=sys.stderr)
            return {"limit": LIMIT, "interrupted": INTERRUPTED}[answer.stop]
        with phases("explain"), interrupt.at_once():
            from scenarios.commands.explaining import explained
            from scenarios.commands.results import with_contributions

            result = with_contributions(result, work.response)
            found = explained(work.problem, work.response, answer)
            result = replace(result, explanation=found)
    with until_the_reader_leaves():
        if json:
            from scenarios.report.explained_record import record

            print_json(record(result))
        else:
            show(words, result)
    print(phases.sentence(words), file=sys.stderr)
    return DONE


def show(words: Words, result: Result) -> None:
    """Print the sections."""
    from scenarios.report import explained, freedom_sections
    from scenarios.report.console import Page

    page = Page()
    title = result.title[words.language]
    page.title(words.say("summary.title", scenario=title, years=words.years(result.plan_years)))
    page.paragraph(words.say("explain.units"), indent=0)
    for section in (
        explained.worth(result, words),
        *freedom_sections.sections(result, words),
        explained.contributions(result, words),
    ):
        section.show_section(page)

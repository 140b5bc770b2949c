"""The plans that a study is about: given ones, or the best of a scenario."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.chain import RESOLVED
from scenarios.findings import Finding, FindingsError, refuse, say
from scenarios.studied import Studied
from scenarios.words import LANGUAGES, Words

if TYPE_CHECKING:
    from scenarios.plan_csv import PlanTable
    from scenarios.report.study import Said
    from scenarios.scenario import Scenario


def planned(words: Words, scenario: str | None, plan: Path | None, seed: int | None) -> Studied:
    """The plan to study.

    ``scenario`` is a scenario, or a run folder, whose plan is then taken as it is; ``plan`` is a
    plan.csv, or a folder that holds one. Without a plan the scenario is solved.

    Raises:
        FindingsError: scenario or plan are not right, or no plan meets the rules.
        KeyboardInterrupt: the search was interrupted.
    """
    from scenarios.load import load

    folder, settings = run_folder(scenario), {"seed": seed}
    loaded = load(scenario if folder is None else folder / RESOLVED, settings)
    if folder is not None and plan is None:
        plan = folder
    from scenarios.commands import resume
    from scenarios.county import County

    fitted = County(loaded)
    if plan is not None:
        from scenarios.problem import problem

        amounts = resume.plan(fitted, plan)
        return Studied(fitted, problem(fitted), amounts, given=True)
    from scenarios.commands.solving import solved

    found = solved(words, fitted)
    stated, answer = found.problem, found.answer
    if answer.chosen is not None:
        stated = stated.having_chosen(answer.chosen.choices)
    return Studied(fitted, stated, answer.amounts, given=False)


def run_folder(scenario: str | None) -> Path | None:
    """The run folder that is meant, if it is one."""
    folder = Path(scenario) if scenario else None
    return folder if folder is not None and (folder / RESOLVED).is_file() else None


def to_be_added(scenario: str | None, wanted: bool) -> Path | None:
    """The run folder whose report the study is added to, if that is wanted.

    Raises:
        FindingsError: the plan is not that of a run folder.
    """
    if not wanted:
        return None
    folder = run_folder(scenario)
    if folder is None:
        raise refuse("--report", say("finding.no_run_to_add_to"), say("hint.run_to_add_to"))
    return folder


def add(words: Words, run: Path | None, name: str, said: Callable[[Words], Said]) -> None:
    """Add the study ``name`` to a run folder, if one is given; in every language."""
    if run is None:
        return
    from scenarios.report.study import add_to_run

    add_to_run(run, name, {language: said(Words(language)) for language in LANGUAGES})
    print(words.say("studied.added", folder=run), file=sys.stderr)


def read_plans(
    names: Sequence[str], settings: Mapping[str, object] | None = None
) -> Iterator[tuple[Scenario, PlanTable | None]]:
    """Scenarios, with their plan where a run folder holds one; every problem at once.

    ``settings`` go before what scenarios, not run folders, say of the search.

    Raises:
        FindingsError: what cannot be read, or plans other years than the first.
    """
    from scenarios.commands.resume import PLAN
    from scenarios.commands.simulate import read
    from scenarios.county import County
    from scenarios.load import load

    findings: list[Finding] = []
    found: list[tuple[Scenario, PlanTable | None]] = []
    for name in names:
        path = Path(name)
        try:
            if not path.is_dir():
                found.append((load(name, settings), None))
                continue
            lacking = [f for f in (RESOLVED, PLAN) if not (path / f).is_file()]
            if lacking:
                reason, hint = say("finding.not_in_folder"), say("hint.run_folder")
                raise FindingsError(Finding(path, file, reason, hint) for file in lacking)
            scenario = load(path / RESOLVED)
            found.append((scenario, read(County(scenario), path / PLAN)))
        except FindingsError as error:
            findings += error.findings
    for scenario, _ in found[1:]:
        if scenario.plan.years != found[0][0].plan.years:
            reason = say("finding.other_years", name=scenario.name)
            findings.append(Finding(scenario.file, "plan", reason, say("hint.other_years")))
    if findings:
        raise FindingsError(findings)
    return iter(found)

"""``explain``: optimise a scenario and say at length why its plan is as it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.commands import DONE, INTERRUPTED, LIMIT, print_json, until_the_reader_leaves
from scenarios.commands.optimize import infeasible
from scenarios.commands.progress import Interrupt, Phases, progress_bar
from scenarios.findings import refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Answer, Problem, Response
    from scenarios.report import Result
    from scenarios.report.explained import Explanation


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

        folder = Path(scenario) if scenario else None
        is_run = folder is not None and (folder / "resolved.toml").is_file()
        loaded = load(folder / "resolved.toml" if is_run and folder else scenario, settings)
    with Interrupt() as interrupt:
        with phases("model"), interrupt.at_once():
            from scenarios.county import County
            from scenarios.problem import problem

            fitted = County(loaded)
            stated = problem(fitted)
        with phases("search"), progress_bar(words) as progress:
            from optimize import CountyResponse, solve

            response = CountyResponse(
                fitted.model,
                stated.decisions,
                stated.outcomes,
                loaded.numbers.values,
                {**loaded.numbers.series, **loaded.numbers.past},
            )
            answer = solve(
                stated,
                response,
                starts=loaded.search.starts,
                seed=loaded.search.seed,
                time_limit=loaded.search.time_limit,
                progress=progress,
                should_stop=interrupt.asked,
            )
            interrupt.forget()
        from scenarios.commands.results import result_of, with_contributions

        result = result_of(fitted, stated, answer)
        if not result.feasible:
            return infeasible(words, result, json)
        if answer.stop != "done":  # the prices of a plan that is not the best explain nothing
            print(words.say(f"stop.{answer.stop}"), file=sys.stderr)
            return {"limit": LIMIT, "interrupted": INTERRUPTED}[answer.stop]
        with phases("explain"), interrupt.at_once():
            result = with_contributions(result, response)
            found = explained(stated, response, answer)
    with until_the_reader_leaves():
        if json:
            print_json(record(result, found))
        else:
            show(words, result, found)
    print(phases.sentence(words), file=sys.stderr)
    return DONE


def explained(problem: Problem, response: Response, answer: Answer) -> Explanation:
    """What re-solves around the answer find."""
    from optimize.explain import easings, freedom, neighbourhood, rule_costs
    from scenarios.report.explained import Explanation

    near = neighbourhood(problem, response, answer)
    names = dict.fromkeys(d.sector for d in problem.decisions)
    names |= dict.fromkeys(d.instrument for d in problem.decisions)
    totals = np.array(
        [[float(name in (d.sector, d.instrument)) for d in problem.decisions] for name in names]
    )
    free = dict(zip(names, freedom(near, totals), strict=True))
    return Explanation(easings(near, answer), rule_costs(near, answer), free, near.local.outcomes)


def show(words: Words, result: Result, found: Explanation) -> None:
    """Print the sections."""
    from scenarios.report.console import Page
    from scenarios.report.explained import explanation

    page = Page()
    title = result.title[words.language]
    page.title(words.say("summary.title", scenario=title, years=words.years(result.plan_years)))
    page.paragraph(words.say("explain.units"), indent=0)
    for section in explanation(result, words, found):
        section.show_section(page)


def record(result: Result, found: Explanation) -> dict[str, object]:
    """The same for programs; money in 10,000 yuan over the whole plan."""
    from optimize.explain import worth
    from scenarios.report.run_json import finite

    def place(index: int) -> dict[str, object]:
        decision = result.problem.decisions[index]
        return {
            "year": decision.year,
            "sector": decision.sector,
            "instrument": decision.instrument,
        }

    shared = result.contributions
    made: dict[str, object] = {
        "scenario": result.scenario,
        "objective": result.answer.objective,
        "objective_without_money": result.answer.objective_without_money,
        "worth": [
            {**place(w.index), "here": w.here, "elsewhere": w.elsewhere, "net": w.net}
            for w in worth(result.answer)
        ],
        "eased": [
            {
                "rule": e.rule,
                "subject": e.subject,
                "unit": e.unit,
                "share": e.share,
                "step": e.step,
                "worth": e.worth,
                "holds_to": e.holds,
            }
            for e in found.eased
        ],
        "rule_costs": [
            {"rule": c.rule, "subject": c.subject, "cost": c.cost, "money": c.money}
            for c in found.costs
        ],
        "freedom": {
            name: {"low": f.low, "plan": f.now, "high": f.high} for name, f in found.freedom.items()
        },
        "contributions": None
        if shared is None
        else {
            "total": shared.total,
            "decisions": [
                {**place(index), "improvement": float(amount)}
                for index, amount in enumerate(shared.amounts)
            ],
        },
    }
    clean = finite(made)
    assert isinstance(clean, dict)
    return clean

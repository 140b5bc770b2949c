"""The search for the best plan of a scenario, as the scenario wants it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenarios.commands import INFEASIBLE, INTERRUPTED, LIMIT, print_text
from scenarios.commands.progress import Interrupt, Phases, progress_bar
from scenarios.findings import Finding, NoPlan, say
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Answer, CountyResponse, Problem, Progress
    from scenarios.county import County
    from scenarios.report import Result
    from scenarios.scenario import Scenario
    from scenarios.schema import Search


def settled(
    search: Search, progress: Callable[[Progress], None] | None, interrupt: Interrupt
) -> Mapping[str, Any]:
    """What ``optimize.solve`` is told: the scenario's settings, who looks on, who may end it."""
    return {
        "starts": search.starts,
        "seed": search.seed,
        "time_limit": search.time_limit,
        "progress": progress,
        "should_stop": interrupt.asked,
    }


@dataclass(frozen=True)
class Searched:
    """A scenario on its model, its problem, and the best plan found."""

    county: County
    problem: Problem  # as the search had it, its projects not chosen yet
    response: CountyResponse
    answer: Answer
    result: Result

    @property
    def money_left(self) -> Problem:
        """The problem with projects as chosen, which leaves the money to decide."""
        chosen = self.answer.chosen
        return self.problem if chosen is None else self.problem.having_chosen(chosen.choices)


def searched(
    words: Words,
    scenario: Scenario,
    phases: Phases,
    interrupt: Interrupt,
    also: Sequence[str] = (),
) -> Searched:
    """Search for the plan; Ctrl-C ends the search. ``also`` are columns to know besides."""
    with phases("model"), interrupt.at_once():
        from scenarios.county import County
        from scenarios.problem import problem, response_of

        county = County(scenario)
        stated = problem(county, also=also)
        response = response_of(county, stated)
    with phases("search"), progress_bar(words) as progress:
        from optimize import solve

        answer = solve(stated, response, **settled(scenario.search, progress, interrupt))
    from scenarios.commands.results import result_of

    return Searched(county, stated, response, answer, result_of(county, stated, answer))


def solved(words: Words, fitted: County) -> Result:
    """The plan and what it brings, for commands that only need these; Ctrl-C ends the command.

    Raises:
        FindingsError: the scenario has no plan that meets its rules.
    """
    from optimize import solve
    from scenarios.commands.results import result_of
    from scenarios.problem import problem, response_of

    scenario = fitted.scenario
    print(words.say("progress.solving", name=scenario.title(words.language)), file=sys.stderr)
    stated = problem(fitted)
    response = response_of(fitted, stated)
    with Interrupt() as interrupt, progress_bar(words) as progress:
        answer = solve(stated, response, **settled(scenario.search, progress, interrupt))
    if answer.stop == "interrupted":
        raise KeyboardInterrupt
    result = result_of(fitted, stated, answer)
    if not result.feasible:
        why = Finding(scenario.file, scenario.name, say("finding.no_plan"), say("hint.no_plan"))
        raise NoPlan([why])
    return result


def infeasible(words: Words, result: Result, json: bool) -> int:
    """Say which rules are in conflict, or that no plan was found in time; nothing is written."""
    from scenarios.report import print_summary, run_json

    stop = result.answer.stop
    if json:
        print_text(run_json(result, ()))
    elif stop == "done":
        print_summary(result, words.language)
    else:
        print(words.say("optimize.stopped"))
    return {"done": INFEASIBLE, "limit": LIMIT, "interrupted": INTERRUPTED}[stop]

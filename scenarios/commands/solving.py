"""The search for the best plan of a scenario, for commands that only need its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.commands.progress import Interrupt, progress_bar
from scenarios.findings import refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.county import County
    from scenarios.report import Result


def solved(words: Words, fitted: County) -> Result:
    """The plan and what it brings; Ctrl-C ends the command.

    Raises:
        FindingsError: the scenario has no plan that meets its rules.
    """
    from optimize import CountyResponse, solve
    from scenarios.commands.results import result_of
    from scenarios.problem import problem

    scenario = fitted.scenario
    stated, numbers = problem(fitted), scenario.numbers
    response = CountyResponse(
        fitted.model,
        stated.decisions,
        stated.outcomes,
        numbers.values,
        {**numbers.series, **numbers.past},
    )
    with Interrupt() as interrupt, progress_bar(words) as progress:
        answer = solve(
            stated,
            response,
            starts=scenario.search.starts,
            seed=scenario.search.seed,
            time_limit=scenario.search.time_limit,
            progress=progress,
            should_stop=interrupt.asked,
        )
    if answer.stop == "interrupted":
        raise KeyboardInterrupt
    result = result_of(fitted, stated, answer)
    if not result.feasible:
        raise refuse(scenario.name, say("finding.no_plan"), say("hint.no_plan"), scenario.file)
    return result

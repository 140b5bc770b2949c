"""``optimize --crosscheck``: the same problem by other solvers, beside our answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from scenarios.findings import Finding, FindingsError, did_you_mean, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Answer, CountyResponse, Problem
    from optimize.crosscheck import CrossCheck, Solver

OPTION = "--crosscheck"
SECONDS = 60.0  # of the clock, for each run of a solver


def solvers(asked: Sequence[str]) -> tuple[Solver, ...]:
    """The solvers named, each once; a name may hold several, with commas between.

    Raises:
        FindingsError: there is no such solver, or its package is not installed.
    """
    names = [part.strip().lower() for text in asked for part in text.split(",") if part.strip()]
    if not names:
        return ()
    from optimize.crosscheck import PACKAGES, missing

    found: dict[Solver, None] = {}
    findings: list[Finding] = []
    for name in names:
        solver = next((known for known in PACKAGES if known == name), None)
        if solver is None:
            hint = did_you_mean(name, tuple(PACKAGES))
            findings += refuse(OPTION, say("finding.unknown_solver", name=name), hint).findings
        elif package := missing(solver):
            reason = say("finding.solver_missing", name=name, package=package)
            hint = say("hint.install", package=package)
            findings += refuse(OPTION, reason, hint).findings
        else:
            found[solver] = None
    if findings:
        raise FindingsError(findings)
    return tuple(found)


def crosschecked(
    words: Words,
    problem: Problem,
    response: CountyResponse,
    answer: Answer,
    chosen: Sequence[Solver],
    seconds: float | None,
    should_stop: Callable[[], bool],
) -> tuple[CrossCheck, ...]:
    """What each solver found; each run is told of on standard error as it begins."""
    from optimize.crosscheck import cross_checks

    limit = SECONDS if seconds is None else seconds
    told = {"solvers": words.listing(chosen), "seconds": f"{limit:g}"}
    text = words.say("progress.crosscheck_begins", **told)
    print(text, file=sys.stderr, flush=True)
    return tuple(
        cross_checks(problem, response, answer, chosen, time_limit=limit, should_stop=should_stop)
    )

"""What re-solves around an answer find: for ``explain`` and ``optimize --explain``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimize import Answer, Problem, Response
from optimize.explain import easings, freedom, neighbourhood, rule_costs
from optimize.walker import Clock, Stopped
from scenarios.report.result import Explanation


def explained(
    problem: Problem,
    response: Response,
    answer: Answer,
    should_stop: Callable[[], bool] | None = None,
) -> Explanation:
    """Rules eased and left out, and freedom within a part of the gain.

    Raises KeyboardInterrupt when ``should_stop()`` says so: half an explanation is none.
    """
    clock = Clock(should_stop=should_stop)
    near = neighbourhood(problem, response, answer)
    names = dict.fromkeys(d.sector for d in problem.decisions)
    names |= dict.fromkeys(d.instrument for d in problem.decisions)
    totals = np.array(
        [[float(name in (d.sector, d.instrument)) for d in problem.decisions] for name in names]
    )
    try:
        return Explanation(
            eased=easings(near, answer, clock),
            costs=rule_costs(near, answer, clock),
            freedom=dict(zip(names, freedom(near, totals, clock=clock), strict=True)),
            outcomes=near.local.outcomes,
        )
    except Stopped as stopped:
        raise KeyboardInterrupt from stopped

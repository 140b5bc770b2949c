"""The nearest plan that keeps the rules, for a search that was cut short.

A step towards the aim leaves outcome rules a little broken until the next one. Where there is no
next one, the plan is moved as little as the rules ask, in units of the decisions' ranges::

    min  d @ d / 2    over the linear rules and the outcome rules, linearised at the plan

and again from there, until the simulation finds every rule kept.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimize.highs import Lp
from optimize.quadratic import solve_qp
from optimize.response import Response
from optimize.step import Local
from optimize.walker import Walker

TRIES = 6
HOLDS = 5e-7  # relative breach of a row that is none
MARGIN = 1e-7  # by which the linearised rows are kept, relative


def mend(walker: Walker, response: Response) -> bool:
    """Move the walker to the nearest plan that keeps the rules; False, and not at all, if none."""
    local = walker.local
    for _ in range(TRIES):
        outcomes, found = response.jacobian(local.plan[None])
        if not np.isfinite(found).all():
            return False
        local = replace(local, outcomes=outcomes[0], jacobian=found[0] * local.scale)
        if float(local.excess(outcomes).max(initial=0.0)) <= HOLDS:
            walker.local, walker.stale, walker.moved = local, False, None
            return True
        moved = _nearest(local)
        if moved is None:
            return False
        local = moved
    return False


def _nearest(local: Local) -> Local | None:
    rules, n = local.rules, len(local.plan)
    at_money = rules.a @ local.plan
    rows = local.row_slopes
    found = solve_qp(
        Lp(
            np.zeros(n),
            np.vstack([rules.a * local.scale, rows]),
            np.append(rules.lower - at_money, np.full(len(rows), -np.inf)),
            np.append(rules.upper - at_money, -local.excess(local.outcomes[None])[0] - MARGIN),
            (rules.low - local.plan) / local.scale,
            (rules.high - local.plan) / local.scale,
            np.eye(n),
        )
    )
    if not found.optimal:
        return None
    return replace(local, plan=np.clip(local.plan + local.scale * found.x, rules.low, rules.high))

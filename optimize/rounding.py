"""A plan in whole units of 10,000 yuan, by a small MIP instead of naive rounding.

Naive rounding breaks budgets and shares. Near the plan the response is linear to well
below a unit of money, so the MIP uses its first derivatives::

    min   objective, linearised at the plan
    s.t.  the linear rules
          outcome rows, linearised
          amounts whole, within a few units of the plan

The true simulation judges the result: where it finds a row broken, the rows linearised there
join the MIP, which cuts that point off (outer approximation). With many decisions the next point
is broken from another side, again and again; so from some point on rows keep the distance by
which the linear ones were wrong, as long as that leaves a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimize.highs import Lp, solve_lp
from optimize.problem import Vector
from optimize.response import Response
from optimize.step import Local

HOLDS = 1e-6  # relative breach of a row that still counts as holding
WIDTHS = (1.0, 4.0, 16.0)  # units that an amount may move
CUTS = 8  # points that a width may cut off
EXACT = 2  # of them before rows keep a distance
FAR = 1.5  # times the largest error of a row that was seen: the distance that it keeps
FULL = 300  # decisions up to which the MIP is solved to the gap asked for


def whole_plan(
    local: Local, response: Response, unit: float | None, gap: float
) -> tuple[Vector, Vector]:
    """Whole amounts (n,) in multiples of ``unit`` and their simulated outcomes (m,).

    Amounts that cannot change stay as they are. ``gap`` is the loss of the objective that does
    not matter. A plan that breaks outcome rows may go on breaking them as much. Where no whole
    plan is near (or ``unit`` is None) the plan stays as it is.
    """
    if unit is not None:
        breach = np.maximum(local.excess(local.outcomes[None])[0], 0.0)
        for granted in (np.zeros_like(breach), breach):
            found = round_plan(replace(local, limits=local.limits + granted), response, unit, gap)
            if found is not None:
                return found
            if not breach.any():
                break
    return local.plan, local.outcomes


def round_plan(
    local: Local, response: Response, unit: float, gap: float
) -> tuple[Vector, Vector] | None:
    """As :func:`whole_plan`, or None if no whole plan near ``local.plan`` keeps the rules."""
    for width in WIDTHS:
        cuts = [local]
        distance = np.zeros_like(local.limits)
        for number in range(CUTS):
            amounts = None
            if number >= EXACT:
                away = replace(local, limits=local.limits - FAR * distance)
                amounts = _nearby([away, *cuts[1:]], unit, width, gap)
            if amounts is None:
                amounts = _nearby(cuts, unit, width, gap)
            if amounts is None:
                break
            outcomes, jacobian = response.jacobian(amounts[None])
            here = replace(
                local, plan=amounts, outcomes=outcomes[0], jacobian=jacobian[0] * local.scale
            )
            excess = here.excess(outcomes)[0]
            if excess.max(initial=0.0) <= HOLDS / 2.0:
                return amounts, response.values(amounts[None])[0]
            moved = local.outcomes + local.jacobian @ ((amounts - local.plan) / local.scale)
            distance = np.maximum(distance, excess - local.excess(moved[None])[0])
            cuts.append(here)
    return None


def _nearby(cuts: Sequence[Local], unit: float, width: float, gap: float) -> Vector | None:
    """Solve the MIP in units around the first of ``cuts``; None if it has no solution."""
    local = cuts[0]
    measures, rules = local.measures, local.rules
    n, w = len(local.plan), len(measures.worst)
    slopes = local.jacobian / local.scale * unit  # (m, n), per unit of money
    start = local.plan / unit
    gradient = slopes.T @ measures.smooth
    pieces = [
        -term.weight * term.coefficient[:, None] * slopes[term.index] for term in measures.worst
    ]
    steep = max(float(np.abs(part).max(initial=0.0)) for part in (gradient, *pieces)) or 1.0
    blocks = [np.hstack([rules.a * unit, np.zeros((len(rules.upper), w))])]
    lowers, uppers = [rules.lower], [rules.upper]
    for cut in cuts:
        lines = measures.coefficients @ (cut.jacobian / cut.scale * unit)
        room = lines @ (cut.plan / unit) - cut.excess(cut.outcomes[None])[0]
        # A unit of money counts about 1 in every row, as the solver's tolerance asks.
        size = np.maximum(np.abs(lines).max(axis=1, initial=0.0), 1e-300)
        blocks.append(np.hstack([lines / size[:, None], np.zeros((len(lines), w))]))
        uppers.append(room / size)
        lowers.append(np.full(len(lines), -np.inf))
    for number, (term, piece) in enumerate(zip(measures.worst, pieces, strict=True)):
        values = -term.weight * term.coefficient * local.outcomes[term.index]
        column = np.zeros((len(values), w))
        column[:, number] = 1.0
        blocks.append(np.hstack([-piece / steep, column]))
        uppers.append((values - values.min() - piece @ start) / steep)
        lowers.append(np.full(len(values), -np.inf))
    cost = np.concatenate([gradient / steep, np.full(w, -1.0)])
    settled = rules.low == rules.high  # as they are, whole or not
    whole = np.append(~settled, np.zeros(w, dtype=bool))
    low = np.concatenate([_lowest(local, unit, width), np.full(w, -np.inf)])
    high = np.concatenate([_highest(local, unit, width), np.full(w, np.inf)])
    if np.any(low > high):
        return None
    lp = Lp(cost, np.vstack(blocks), np.concatenate(lowers), np.concatenate(uppers), low, high)
    # The time grows so steeply with the decisions that are open that the last millionth is left.
    larger = max(1.0, (np.count_nonzero(whole & (low < high)) / FULL) ** 2)
    found = solve_lp(replace(lp, integer=whole), mip_gap=larger * gap / steep)
    if not found.optimal:
        return None
    return np.where(settled, rules.low, np.round(found.x[:n]) * unit) + 0.0  # + 0.0: no -0.0


def _lowest(local: Local, unit: float, width: float) -> Vector:
    limit = np.ceil(local.rules.low / unit - 1e-9)
    limit = np.where(local.rules.low == local.rules.high, local.rules.low / unit, limit)
    return np.asarray(np.maximum(np.floor(local.plan / unit) - width + 1.0, limit))


def _highest(local: Local, unit: float, width: float) -> Vector:
    limit = np.floor(local.rules.high / unit + 1e-9)
    limit = np.where(local.rules.low == local.rules.high, local.rules.high / unit, limit)
    return np.asarray(np.minimum(np.ceil(local.plan / unit) + width - 1.0, limit))

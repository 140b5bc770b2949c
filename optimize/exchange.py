"""Moving all of one decision's money to another: how a plan leaves a corner that is not the best.

Where money does more the more of it comes together, a plan is best at a corner, and each corner
is a local optimum: no small step leaves it, however precise. With money decided by eighths of a
year, W County's money for public services is best spent at once, and each eighth is such a
corner, some 1e-5 of the gain apart. So at the end all moves that the linear rules allow and the
slopes do not speak against are simulated together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector
from optimize.response import Response
from optimize.step import Local
from optimize.walker import Walker

SOME = 1e-6  # of a decision's range: less is not moved
HOPELESS = 1e-3  # of the gain: a move that costs so much by the slopes is not simulated
BETTER = 1e-8  # of the gain: what a move must win
KEPT = 1e-9  # relative breach of a linear rule that is rounding
BATCH = 1024  # plans simulated together

Pairs = NDArray[np.intp]


def exchange(walker: Walker, response: Response, gain: float) -> bool:
    """Move the walker to the best plan that such moves reach from its own; False if to none.

    The moves that win alone are also made together, the best first, as far as that wins more.
    """
    local = walker.local
    if walker.weights is None:
        return False
    pairs = _pairs(local, walker.weights @ local.jacobian / local.scale, HOPELESS * gain)
    now = walker.merit(walker.penalty)
    merits = np.full(len(pairs), np.inf)
    for first in range(0, len(pairs), BATCH):
        some = slice(first, first + BATCH)
        plans = np.repeat(local.plan[None], len(pairs[some]), axis=0)
        _move(plans, pairs[some], local)
        merits[some] = _merits(walker, response.values(plans))
    order = np.argsort(merits, kind="stable")
    chain = list(_chain(local, pairs[order[merits[order] < now - BETTER * gain]]))
    if not chain:
        return False
    plans = np.stack(chain)
    outcomes = response.values(plans)
    best = int(np.argmin(_merits(walker, outcomes)))
    walker.local = replace(local, plan=plans[best], outcomes=outcomes[best])
    walker.stale, walker.moved, walker.along = True, None, None
    return True


def _merits(walker: Walker, outcomes: Matrix) -> Vector:
    found = walker.local.merit(outcomes, walker.penalty)
    return np.where(np.isfinite(found), found, np.inf)


def _pairs(local: Local, slope: Vector, most: float) -> Pairs:
    """Who can give all to whom (N, 2), at no more than a loss ``most`` by the slopes (n,)."""
    rules, plan = local.rules, local.plan
    amount, room = plan - rules.low, rules.high - plan
    value = rules.a @ plan
    slack = KEPT * np.maximum(np.abs(rules.a) @ np.abs(plan), 1e-300)
    found = []
    for giver in np.flatnonzero(amount > SOME * local.scale):
        given = float(amount[giver])
        able = (given <= room) & (given * (slope - slope[giver]) <= most)
        able[giver] = False
        takers = np.flatnonzero(able)
        moved = value[:, None] + given * (rules.a[:, takers] - rules.a[:, [giver]])
        holds = (moved <= (rules.upper + slack)[:, None]) & (
            moved >= (rules.lower - slack)[:, None]
        )
        takers = takers[holds.all(axis=0)]
        found.append(np.stack([np.full_like(takers, giver), takers], axis=1))
    return np.concatenate(found) if found else np.zeros((0, 2), dtype=np.intp)


def _move(plans: Matrix, pairs: Pairs, local: Local) -> None:
    """Make in each of ``plans`` the move of its pair."""
    line, (giver, taker) = np.arange(len(pairs)), pairs.T
    plans[line, taker] += plans[line, giver] - local.rules.low[giver]
    plans[line, giver] = local.rules.low[giver]


def _chain(local: Local, pairs: Pairs) -> Iterator[Vector]:
    """Plans (n,) with one more move each, every decision moved once and the rules kept."""
    plan, used = local.plan, np.zeros(len(local.plan), dtype=bool)
    for pair in pairs:
        if used[pair].any():
            continue
        trial = plan[None].copy()
        _move(trial, pair[None], local)
        if local.rules.breach(trial[0]) <= KEPT:
            plan = trial[0]
            used[pair] = True
            yield plan

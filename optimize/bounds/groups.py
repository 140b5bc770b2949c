"""Sums of decisions that the linear rules limit, chosen so that they nest."""

from __future__ import annotations

import numpy as np

from optimize.bounds.region import Group, Region
from optimize.highs import solve_lp
from optimize.linear import LinearRules
from optimize.problem import Vector

MARGIN = 1e-6  # of the amounts: far beyond the tolerance to which HiGHS solves these LPs


def limited_sums(rules: LinearRules, low: Vector, high: Vector) -> tuple[Group, ...]:
    """Groups of decisions with the least and the most that the rules let their sum be.

    The candidates stand in the rules: what a row counts alike. Of those that cross, the one
    is kept that the rules limit more, against the sum of its members' own ranges.
    """
    sets = set()
    for line in rules.a:
        for value in np.unique(line[line != 0.0]):
            members = tuple(int(i) for i in np.flatnonzero(line == value))
            if len(members) > 1:
                sets.add(members)
    # All but one of a set says no more than the set and that one's own range.
    sets = {s for s in sets if not any(len(o) == len(s) + 1 and set(s) < set(o) for o in sets)}
    found = []
    for members in sorted(sets):
        cost = np.zeros(len(low))
        cost[list(members)] = 1.0
        least, most = (solve_lp(rules.lp(sign * cost)) for sign in (1.0, -1.0))
        if not (least.optimal and most.optimal):
            continue
        room = MARGIN * float(np.maximum(np.abs(low), np.abs(high))[list(members)].sum())
        group = Group(members, float(cost @ least.x) - room, float(cost @ most.x) + room)
        alone = float((high - low)[list(members)].sum())
        found.append(((group.most - group.least) / max(alone, 1e-300), group))
    kept: list[Group] = []
    for share, group in sorted(found, key=lambda item: (item[0], item[1].members)):
        own = set(group.members)
        nested = all(
            not own & set(other.members) or own < set(other.members) or own > set(other.members)
            for other in kept
        )
        if nested and share < 1.0:
            kept.append(group)
    return tuple(kept)


def region_about(plan: Vector, low: Vector, high: Vector, groups: tuple[Group, ...]) -> Region:
    """All plans between ``low`` and ``high`` with these sums, as changes of ``plan``."""
    moved = []
    for group in groups:
        at = float(plan[list(group.members)].sum())
        moved.append(Group(group.members, group.least - at, group.most - at))
    return Region(low - plan, high - plan, tuple(moved))

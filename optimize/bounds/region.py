"""Where a plan may lie, and the range of linear functions there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimize.problem import Matrix, Vector

ROUNDING = 1e-12  # relative, allowed for in every range


@dataclass(frozen=True)
class Group:
    """Decisions with limits on their sum, ``least <= sum(d[members]) <= most``."""

    members: tuple[int, ...]
    least: float
    most: float


@dataclass(frozen=True)
class Region:
    """Plans ``plan0 + d`` with ``low <= d <= high`` (n,) and limits on sums of groups.

    Two groups share no member or one contains the other. So the least value of a row is
    exact, and fast: cheapest first within each group, from the smallest group up.
    """

    low: Vector
    high: Vector
    groups: tuple[Group, ...] = ()

    def ranges(self, rows: Matrix) -> tuple[Vector, Vector]:
        """Lower and upper bounds (R,) of ``rows @ d``, rows (R, n)."""
        both = self._least(np.vstack([rows, -rows]))
        return both[: len(rows)], -both[len(rows) :]

    @cached_property
    def _levels(self) -> list[tuple[np.ndarray, Vector, Vector]]:
        """Groups of one size that share no member, filled together."""
        levels: list[list[Group]] = []
        for group in sorted(self.groups, key=lambda group: len(group.members)):
            for level in levels:
                same = len(level[0].members) == len(group.members)
                if same and not any(set(group.members) & set(other.members) for other in level):
                    level.append(group)
                    break
            else:
                levels.append([group])
        return [
            (
                np.array([group.members for group in level]),
                np.array([group.least for group in level]),
                np.array([group.most for group in level]),
            )
            for level in levels
        ]

    def _least(self, rows: Matrix) -> Vector:
        width = np.broadcast_to(self.high - self.low, rows.shape).copy()
        filled = np.broadcast_to(self.low, rows.shape).copy()
        for members, least, most in self._levels:
            order = np.argsort(rows[:, members], axis=2)
            room = np.take_along_axis(width[:, members], order, axis=2)
            start = filled[:, members].sum(axis=2, keepdims=True)
            before = start + np.cumsum(room, axis=2) - room
            must = np.clip(least[:, None] - before, 0.0, room)
            may = np.maximum(np.clip(most[:, None] - before, 0.0, room), must)
            forced, free = np.empty_like(must), np.empty_like(may)
            np.put_along_axis(forced, order, must, axis=2)
            np.put_along_axis(free, order, may - must, axis=2)
            filled[:, members] += forced
            width[:, members] = free
        size = np.abs(rows) @ np.maximum(np.abs(self.low), np.abs(self.high))
        taken = (rows * filled).sum(axis=1) + np.minimum(rows * width, 0.0).sum(axis=1)
        return np.asarray(taken - ROUNDING * size)

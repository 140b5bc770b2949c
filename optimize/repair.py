"""The smallest repair of rules that leave no plan: how far they would have to give.

For rules about money, by LP (a MIP where there are choices), so what is said is exact. Either one
rule gives alone, all its years together where it states a share, or rows give together where
that costs least, each counted relative to its size::

    min  sum(slack_k / size_k)    over plans that keep every row but for its slack

Where outcomes are out of reach, the nearest plan that the search found says how far.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from optimize.explain.easing import eased, stated_share
from optimize.highs import Lp, solve_lp
from optimize.linear import LinearRules, with_rows
from optimize.problem import Give, Problem, Repair, Row, Vector
from optimize.rules.sizes import sizes

PARTS = 1000  # a share is found to one in so many, as it is written: never less than enough
NOTHING = 1e-6  # relative slack that is none


def repairs(problem: Problem, rules: LinearRules, conflict: Collection[str]) -> tuple[Repair, ...]:
    """For every rule in the ``conflict`` what would do alone, then what does together.

    ``rules`` are those that no plan satisfies, over money and any choices.
    """
    rows = {row.name: row for row in problem.rows if row.on == "money"}
    rows |= {row.name: row for _, row in sizes(problem) if row.name in rules.names}
    groups = dict.fromkeys((rows[n].rule, rows[n].subject) for n in conflict if n in rows)
    found = []
    for key in groups:
        mine = [row for row in rows.values() if (row.rule, row.subject) == key]
        shared = all(stated_share(row) is not None for row in mine)
        gives = _share_alone(rules, mine) if shared else _least(problem, rules, mine)
        if gives:
            found.append(Repair("alone", gives))
    together = _least(problem, rules, list(rows.values()))
    if together and len({(give.row.rule, give.row.subject) for give in together}) > 1:
        found.append(Repair("together", together))
    return tuple(found)


def nearest(problem: Problem, outcomes: Vector, conflict: Collection[str]) -> tuple[Repair, ...]:
    """How far the rows about outcomes that the nearest plan breaks would have to give."""
    gives = tuple(
        Give(row, -row.slack(outcomes))
        for row in problem.rows
        if row.on == "outcome" and row.name in conflict and row.slack(outcomes) < 0.0
    )
    return (Repair("nearest", gives),) if gives else ()


def _share_alone(rules: LinearRules, rows: Sequence[Row]) -> tuple[Give, ...]:
    """The nearest share, the same change in all years, with which there is a plan; by bisection."""
    others = _without(rows, rules)

    def possible(by: float) -> bool:
        asked = with_rows(others, [eased(row, by) for row in rows])
        return not solve_lp(asked.lp(np.zeros(len(asked.low)))).infeasible

    low, high = 0, PARTS
    if not possible(1.0):
        return ()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if possible(middle / PARTS) else (middle, high)
    by = high / PARTS
    return tuple(Give(row, by, stated_share(eased(row, by))) for row in rows)


def _least(problem: Problem, rules: LinearRules, rows: Sequence[Row]) -> tuple[Give, ...]:
    """The least sum of relative slacks of ``rows`` with which there is a plan."""
    names = [row.name for row in rows]
    lines = [rules.names.index(name) for name in names]
    p, n, k = len(rules.names), len(rules.low), len(rows)
    slack = np.zeros((p, k))
    for column, (line, row) in enumerate(zip(lines, rows, strict=True)):
        slack[line, column] = -1.0 if row.sense == "<=" else 1.0
    two_sided = np.array([row.sense == "==" for row in rows])
    sizes = np.array([row.size(problem.past_practice) for row in rows])
    whole = None
    if rules.whole is not None:
        whole = np.append(rules.whole, np.zeros(k, dtype=bool))
    found = solve_lp(
        Lp(
            np.append(np.zeros(n), 1.0 / sizes),
            np.hstack([rules.a, slack]),
            rules.lower,
            rules.upper,
            np.append(rules.low, np.zeros(k)),
            np.append(rules.high, np.where(two_sided, 0.0, np.inf)),
            integer=whole,
        )
    )
    if not found.optimal:
        return ()
    money = found.x[: len(problem.decisions)]
    return tuple(
        _give(row, float(by), money)
        for row, by, size in zip(rows, found.x[n:], sizes, strict=True)
        if by > NOTHING * size
    )


def _give(row: Row, by: float, money: Vector) -> Give:
    """A slack in money as the share that it stands for."""
    share = stated_share(row)
    if share is None:
        return Give(row, by)
    whole = sum(float(money[index]) for index in row.coefficients)
    part = sum(float(money[index]) for index, c in row.coefficients.items() if c > 0.0)
    then = part / whole if whole > 0.0 else share
    return Give(row, abs(then - share), then)


def _without(rows: Sequence[Row], rules: LinearRules) -> LinearRules:
    names = {row.name for row in rows}
    keep = np.array([name not in names for name in rules.names])
    return replace(
        rules,
        names=tuple(name for name in rules.names if name not in names),
        a=rules.a[keep],
        lower=rules.lower[keep],
        upper=rules.upper[keep],
    )

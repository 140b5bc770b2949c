"""What a rule eased by a natural step is worth: a point of a share, a million yuan.

A row ``sum(part) - share * sum(whole) >= 0`` is eased by moving its share, other rows by
moving their bound. All years of a rule move together, as a planner would change a scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from optimize.explain.neighbourhood import Neighbourhood, Resolved, resolve
from optimize.explain.prices import CONFIRMED
from optimize.problem import Answer, Row
from optimize.rules.sizes import is_nothing
from optimize.walker import Clock

STEPS: Mapping[str, float] = {  # one step by the unit of a row; of a share row, SHARE
    "wanyuan": 100.0,
    "points": 1.0,
    "share": 0.01,
    "yuan/person": 10.0,
}
SHARE = 0.01
TIMES = (1.0, 2.0, 5.0, 10.0)  # steps that are tried for the range


@dataclass(frozen=True)
class Eased:
    """A rule, or its part about one subject, eased by ``step``, re-solved.

    ``worth`` is the improvement of the objective from one step; ``holds`` how far the worth of
    a step stays within 10 % of that. ``share`` is the share that the rows state, if they do.
    """

    rule: str
    subject: str
    unit: str
    share: float | None
    step: float
    worth: float
    holds: float
    after: Resolved  # at one step


def stated_share(row: Row) -> float | None:
    """The share that a row about money states, or None if it states something else."""
    if row.on != "money" or row.bound != 0.0 or row.sense == "==":
        return None
    kinds = sorted({round(c, 12) for c in row.coefficients.values()})
    if len(kinds) != 2 or not kinds[0] <= 0.0 < kinds[1] or abs(kinds[1] - kinds[0] - 1.0) > 1e-9:
        return None
    return -kinds[0]


def eased(row: Row, by: float) -> Row:
    """The row with its share or its bound moved outward by ``by`` (a share never past 0 or 1)."""
    share = stated_share(row)
    outward = by if row.sense == "<=" else -by
    if share is None:
        return replace(row, bound=row.bound + outward)
    to = min(1.0, max(0.0, share + outward))
    part = {index: float(c > 0.0) for index, c in row.coefficients.items()}
    return replace(row, coefficients={index: c - to for index, c in part.items()})


def ease_rows(rows: Sequence[Row], rule: str, subject: str, by: float) -> tuple[Row, ...]:
    """All rows, those of one rule and subject eased."""
    return tuple(
        eased(row, by) if (row.rule, row.subject) == (rule, subject) else row for row in rows
    )


def easings(near: Neighbourhood, answer: Answer, clock: Clock | None = None) -> tuple[Eased, ...]:
    """Every rule that binds at a price, eased; worth most first."""
    priced: dict[tuple[str, str], Row] = {}
    rows = near.problem.rows
    for report in answer.rules:
        row = report.row
        dear = report.binding and (report.shadow_price or 0.0) > 0.0
        if dear and row.sense != "==" and row in rows and not is_nothing(row):
            priced.setdefault((row.rule, row.subject), row)
    asked = [
        (key, row, times * _step(row), ease_rows(rows, *key, times * _step(row)))
        for key, row in priced.items()
        for times in TIMES
    ]
    solved = resolve(near, [variant for _, _, _, variant in asked], clock)
    found = []
    for number, (key, row) in enumerate(priced.items()):
        tried = solved[number * len(TIMES) : (number + 1) * len(TIMES)]
        first = tried[0]
        if first is None or near.objective - first.objective <= 0.0:
            continue
        one, holds = near.objective - first.objective, _step(row)
        for times, plan in zip(TIMES[1:], tried[1:], strict=True):
            if plan is None:
                break
            worth = (near.objective - plan.objective) / times
            if abs(worth - one) > CONFIRMED * one:
                break
            holds = times * _step(row)
        found.append(Eased(*key, row.unit, stated_share(row), _step(row), one, holds, first))
    return tuple(sorted(found, key=lambda item: -item.worth))


def _step(row: Row) -> float:
    if stated_share(row) is not None:
        return SHARE
    return STEPS.get(row.unit, 0.01 * abs(row.bound) or 1.0)

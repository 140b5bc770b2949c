"""What each rule costs: the objective with the whole rule left out, re-solved."""

from __future__ import annotations

from dataclasses import dataclass

from optimize.explain.neighbourhood import Neighbourhood, resolve
from optimize.problem import Answer, Vector
from optimize.walker import Clock


@dataclass(frozen=True)
class RuleCost:
    """A rule, or its part about one ``subject``, and what keeping it costs.

    ``cost`` is the improvement of the objective without it; None when nothing else limits the
    money then. ``money`` is what the plan then spends in all (10,000 yuan).
    """

    rule: str
    subject: str | None  # None: the whole rule
    cost: float | None
    money: float | None
    plan: Vector | None  # (n,)
    settled: bool = True  # False: the re-solve was cut short, the cost is at least this


def rule_costs(
    near: Neighbourhood, answer: Answer, clock: Clock | None = None
) -> tuple[RuleCost, ...]:
    """Every rule that binds, dearest first; a rule that does not bind costs nothing.

    The parts of a rule that binds for several subjects follow it on their own account; their
    costs do not add up to the rule's. Choices that are made stay made.
    """
    binding: dict[str, set[str]] = {}
    for report in answer.rules:
        if report.binding and report.row in near.problem.rows:
            binding.setdefault(report.row.rule, set()).add(report.row.subject)
    asked: list[tuple[str, str | None]] = [(rule, None) for rule in binding]
    for rule, subjects in binding.items():
        if len(subjects) > 1:
            asked += [(rule, subject) for subject in sorted(subjects)]
    rows = near.problem.rows
    variants = [
        [row for row in rows if row.rule != rule or subject not in (None, row.subject)]
        for rule, subject in asked
    ]
    found = resolve(near, variants, clock)
    costs = [
        RuleCost(rule, subject, None, None, None)
        if plan is None
        else RuleCost(
            rule,
            subject,
            max(0.0, near.objective - plan.objective),
            float(plan.plan.sum()),
            plan.plan,
            plan.arrived,
        )
        for (rule, subject), plan in zip(asked, found, strict=True)
    ]
    return tuple(sorted(costs, key=_dearest_first))


def _dearest_first(cost: RuleCost) -> tuple[bool, float]:
    return cost.cost is not None, -(cost.cost or 0.0)

"""The rules of the plan: one function a rule, which writes it down as rows.

``RULES`` is the registry by identifier; :func:`build` writes all rules of a scenario that
are on; :func:`optimize.rules.constraints.add` puts rows into a Pyomo model. The rules of
``CHOICE_RULES`` are written as choices and links: :func:`with_choices` adds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from inspect import signature
from typing import Any

from optimize.problem import Problem, Row
from optimize.rules import money, outcomes, payments, shares, sizes
from optimize.rules.context import PRODUCTIVE, SECTORS, RuleContext, RuleError

Rule = Callable[..., Iterator[Row]]
ChoiceRule = Callable[..., Iterator[sizes.Switch]]

RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        money.yearly_budget,
        money.total_budget,
        money.carry_over,
        money.not_below_last_year,
        money.yearly_change,
        payments.payment_profile,
        shares.productive_share,
        shares.productive_share_not_below_last_year,
        shares.sector_floor,
        shares.sector_ceiling,
        shares.instrument_floor,
        shares.instrument_ceiling,
        shares.sector_instrument_floor,
        shares.sector_instrument_ceiling,
        shares.absorptive_capacity,
        outcomes.assessment_score,
        outcomes.assessment_indicators,
        outcomes.farmers_worst_year,
        outcomes.farmers_not_worse,
        outcomes.w_not_worse,
        outcomes.m_not_worse,
    )
}

CHOICE_RULES: Mapping[str, ChoiceRule] = {rule.__name__: rule for rule in (sizes.minimum_size,)}


def build(rules: Mapping[str, Mapping[str, Any]], context: RuleContext) -> tuple[Row, ...]:
    """Rows of every rule that is on, in the order of the registry.

    ``rules`` maps an identifier to its fields, with ``on`` and ``source`` beside them.
    ``carry_over`` replaces ``yearly_budget``. Raises RuleError for an unknown rule or field,
    or a rule that lacks what it needs.
    """
    known = (*RULES, *CHOICE_RULES)
    for name in rules:
        if name not in known:
            raise RuleError(name, "on", "unknown rule", "one of " + ", ".join(known))
    on = {name: fields for name, fields in rules.items() if fields.get("on", True)}
    if "carry_over" in on:
        on.pop("yearly_budget", None)
    rows: list[Row] = []
    for name, rule in RULES.items():
        if name in on:
            source = str(on[name].get("source", ""))
            found = rule(context, **_fields(name, rule, on[name], context))
            rows += [replace(row, source=source) for row in found if _asks(row)]
    return tuple(rows)


def with_choices(
    problem: Problem, rules: Mapping[str, Mapping[str, Any]], context: RuleContext
) -> Problem:
    """``problem`` with the choices and links of the rules of ``CHOICE_RULES`` that are on.

    ``rules`` as in :func:`build`; the choices that ``problem`` has already keep their numbers.
    """
    for name, rule in CHOICE_RULES.items():
        stated = rules.get(name)
        if stated is None or not stated.get("on", True):
            continue
        source = str(stated.get("source", ""))
        found = list(rule(context, problem, **_fields(name, rule, stated, context, problem)))
        links = (replace(link, source=source) for _, pair in found for link in pair)
        problem = replace(
            problem,
            choices=(*problem.choices, *(choice for choice, _ in found)),
            links=(*problem.links, *links),
        )
    return problem


def _fields(
    name: str, rule: Rule | ChoiceRule, stated: Mapping[str, Any], *taken: object
) -> dict[str, Any]:
    """The rule's own fields; RuleError where it does not take them."""
    fields = {key: value for key, value in stated.items() if key not in ("on", "source")}
    try:
        signature(rule).bind(*taken, **fields)
    except TypeError as error:
        raise RuleError(name, "fields", str(error)) from error
    return fields


def _asks(row: Row) -> bool:
    """Whether a row says anything about the plan: a model may lack the levers it is about.

    Raises RuleError if it asks for money where there is no lever.
    """
    if any(row.coefficients.values()):
        return True
    if {"<=": row.bound < 0.0, ">=": row.bound > 0.0, "==": row.bound != 0.0}[row.sense]:
        raise RuleError(row.rule, "on", f"{row.name} asks for money that no lever carries")
    return False


__all__ = [
    "CHOICE_RULES",
    "PRODUCTIVE",
    "RULES",
    "SECTORS",
    "ChoiceRule",
    "Rule",
    "RuleContext",
    "RuleError",
    "build",
    "with_choices",
]

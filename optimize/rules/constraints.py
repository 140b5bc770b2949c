"""Rows as Pyomo constraints, named in words: ``yearly_budget[2027]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from optimize.problem import Decision, Link, Problem, Row, Vector


def money_model(decisions: tuple[Decision, ...]) -> Any:
    """A Pyomo model with one variable a decision, ``money[year, sector, instrument]``."""
    import pyomo.environ as pyo

    model = pyo.ConcreteModel("plan")
    keys = [(decision.year, decision.sector, decision.instrument) for decision in decisions]
    limits = dict(zip(keys, decisions, strict=True))

    def limit(_: Any, *key: Any) -> tuple[float, float | None]:
        decision = limits[key]
        return decision.low, None if decision.high == float("inf") else decision.high

    model.money = pyo.Var(keys, bounds=limit)
    return model


def mixed_model(problem: Problem) -> Any:
    """Money and a yes-or-no variable for every choice, ``chosen[group, year]``."""
    import pyomo.environ as pyo

    model = money_model(problem.decisions)
    keys = [(choice.group, choice.year or 0) for choice in problem.choices]
    model.chosen = pyo.Var(keys, domain=pyo.Binary)
    return model


def add_links(
    model: Any,
    links: Iterable[Link],
    money: Sequence[Any],
    chosen: Sequence[Any],
    most: Sequence[float] | Vector,
) -> dict[str, Any]:
    """As :func:`add`, for links over the variables of decisions and choices, in their order.

    ``most`` is the largest amount of every decision: what a link allows that a choice lifts.
    """
    rows = []
    for link in links:
        choices = dict(link.choices)
        if link.unless is not None:
            choices[link.unless] = link.bound - sum(c * most[i] for i, c in link.money.items())
        coefficients = {**link.money, **{len(money) + i: c for i, c in choices.items()}}
        rows.append(replace(link.row(()), coefficients=coefficients))
    return add(model, rows, dict(enumerate([*money, *chosen])))


def add(model: Any, rows: Iterable[Row], quantities: Mapping[int, Any]) -> dict[str, Any]:
    """Add ``rows`` to ``model`` over ``quantities`` (a variable or expression an index).

    Returns the constraint of every row by the row's name. Rows of one rule share one indexed
    constraint component with the rule's identifier as its name.
    """
    import pyomo.environ as pyo

    written: dict[str, Any] = {}
    for row in rows:
        if model.component(row.rule) is None:
            model.add_component(row.rule, pyo.Constraint(pyo.Any))
        component = model.component(row.rule)
        left = pyo.quicksum(c * quantities[i] for i, c in row.coefficients.items())
        relation = {"<=": left <= row.bound, ">=": left >= row.bound, "==": left == row.bound}
        parts = [part for part in (row.subject, row.year) if part not in ("", None)]
        key = tuple(parts) if len(parts) > 1 else (parts or ["all"])[0]
        component[key] = relation[row.sense]
        written[row.name] = component[key]
    return written

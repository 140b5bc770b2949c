"""The linear rules: one Pyomo model, compiled once to arrays for the steps of the search.

Updating a persistent Pyomo model costs about 30 ms a step (117 decisions, 45 outcome rows;
more with the 7,000 products of a quadratic objective), solving the arrays 8 ms. So Pyomo
writes the rules down once and its standard-form writer turns them to ``A @ money <= b``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize.highs import Lp, separate_minima, solve_lp
from optimize.problem import Matrix, Problem, Row, Vector
from optimize.rules import constraints

# How far amounts may exceed what the rules allow in a set of rules that contradict each other: so
# far that the limit of a link stands in for none of the rules it was found from.
LOOSE = 10.0


class Unbounded(ValueError):
    """A decision that no rule and no limit keeps from growing."""


@dataclass(frozen=True)
class LinearRules:
    """``lower <= A @ money <= upper`` and ``low <= money <= high``, in 10,000 yuan."""

    names: tuple[str, ...]  # of the rows, in order
    a: Matrix  # (p, n)
    lower: Vector  # (p,)
    upper: Vector  # (p,)
    low: Vector  # (n,)
    high: Vector  # (n,)
    whole: NDArray[np.bool_] | None = None  # which columns are whole numbers, if any

    def lp(self, cost: Vector) -> Lp:
        """The linear programme ``min cost @ money`` under the rules."""
        return Lp(cost, self.a, self.lower, self.upper, self.low, self.high, integer=self.whole)

    @cached_property
    def feasible(self) -> bool:
        """Whether any plan satisfies the linear rules; only False is proven."""
        return not solve_lp(self.lp(np.zeros(len(self.low)))).infeasible

    def ranges(self) -> tuple[Vector, Vector]:
        """Smallest and largest amount of every decision that the rules allow, (n,) each.

        Raises Unbounded with the index of a decision that the rules do not limit.
        """
        ends = []
        for sign in (1.0, -1.0):
            found = separate_minima(self.lp(np.full(len(self.low), sign)))
            if not np.isfinite(found).all():
                index = int(np.flatnonzero(~np.isfinite(found))[0])
                raise Unbounded(f"decision {index} is not limited by any rule")
            ends.append(found)
        return ends[0], ends[1]

    def nearest(self, plan: Vector) -> Vector:
        """The plan within the rules with the least sum of absolute changes, by LP."""
        n, p = len(plan), len(self.upper)
        eye = np.eye(n)
        a = np.block([[self.a, np.zeros((p, n))], [eye, -eye], [-eye, -eye]])
        answer = solve_lp(
            Lp(
                np.concatenate([np.zeros(n), np.ones(n)]),
                a,
                np.concatenate([self.lower, np.full(2 * n, -np.inf)]),
                np.concatenate([self.upper, plan, -plan]),
                np.concatenate([self.low, np.zeros(n)]),
                np.concatenate([self.high, np.full(n, np.inf)]),
            )
        )
        return np.asarray(np.clip(answer.x[:n], self.low, self.high))

    def breach(self, plan: Vector) -> float:
        """Largest breach of a row at ``plan`` (n,), relative to its terms at the plan; or 0."""
        value = self.a @ plan
        size = np.maximum(np.abs(self.a) @ np.abs(plan), 1e-300)
        over = np.maximum(value - self.upper, self.lower - value) / size
        return max(0.0, float(over.max(initial=0.0)))

    def relaxed(self, row: int, by: float) -> LinearRules:
        """The same rules with the bound of one row moved outward by ``by``."""
        lower, upper = self.lower.copy(), self.upper.copy()
        if np.isfinite(upper[row]):
            upper[row] += by
        else:
            lower[row] -= by
        return replace(self, lower=lower, upper=upper)


def linear_rules(problem: Problem) -> LinearRules:
    """Compile the money rows of ``problem`` through Pyomo."""
    rows = [row for row in problem.rows if row.on == "money"]
    n = len(problem.decisions)
    if not rows:
        none = np.zeros(0)
        return LinearRules((), np.zeros((0, n)), none, none, problem.low, problem.high)
    model = constraints.money_model(problem.decisions)
    variables = list(model.money.values())
    written = constraints.add(model, rows, dict(enumerate(variables)))
    return _compiled(model, variables, written, problem.low, problem.high)


def mixed_rules(problem: Problem, most: Vector) -> LinearRules:
    """Compile money rows and links over money (n) and choices (K): n + K columns.

    ``most`` (n,) are amounts that no plan exceeds.
    """
    model = constraints.mixed_model(problem)
    money, chosen = list(model.money.values()), list(model.chosen.values())
    rows = [row for row in problem.rows if row.on == "money"]
    written = constraints.add(model, rows, dict(enumerate(money)))
    written |= constraints.add_links(model, problem.links, money, chosen, most)
    low = np.append(problem.low, np.zeros(len(chosen)))
    high = np.append(problem.high, np.ones(len(chosen)))
    found = _compiled(model, [*money, *chosen], written, low, high)
    return replace(found, whole=np.arange(len(low)) >= len(money))


def with_rows(rules: LinearRules, rows: Sequence[Row]) -> LinearRules:
    """The rules with some more rows about money."""
    a = np.zeros((len(rows), len(rules.low)))
    for line, row in zip(a, rows, strict=True):
        line[list(row.coefficients)] = list(row.coefficients.values())
    lower = [-np.inf if row.sense == "<=" else row.bound for row in rows]
    upper = [np.inf if row.sense == ">=" else row.bound for row in rows]
    return replace(
        rules,
        names=(*rules.names, *(row.name for row in rows)),
        a=np.vstack([rules.a, a]),
        lower=np.append(rules.lower, lower),
        upper=np.append(rules.upper, upper),
    )


def _compiled(
    model: Any, variables: Sequence[Any], written: Mapping[str, Any], low: Vector, high: Vector
) -> LinearRules:
    """The constraints ``written`` in a Pyomo model as arrays over its ``variables``."""
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    column = {id(variable): i for i, variable in enumerate(form.columns)}
    place = {id(entry.constraint): (i, entry.bound_type) for i, entry in enumerate(form.rows)}
    lines, senses = zip(*(place[id(constraint)] for constraint in written.values()), strict=True)
    used = [i for i, variable in enumerate(variables) if id(variable) in column]
    compiled = form.A.tocsr()[list(lines)].toarray()
    a = np.zeros((len(written), len(variables)))
    a[:, used] = compiled[:, [column[id(variables[i])] for i in used]]
    bounds, sense = np.asarray(form.rhs)[list(lines)], np.array(senses)
    upper = np.where(sense >= 0, bounds, np.inf)
    lower = np.where(sense <= 0, bounds, -np.inf)
    return LinearRules(tuple(written), a, lower, upper, low, high)

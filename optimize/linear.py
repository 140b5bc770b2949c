"""The linear rules: one Pyomo model, compiled once to arrays for the steps of the search.

Updating a persistent Pyomo model costs about 30 ms a step (117 decisions, 45 outcome rows;
more with the 7,000 products of a quadratic objective), solving the arrays 8 ms. So Pyomo
writes the rules down once and its standard-form writer turns them to ``A @ money <= b``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimize.highs import Lp, separate_minima, solve_lp
from optimize.problem import Matrix, Problem, Vector
from optimize.rules import constraints


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

    def lp(self, cost: Vector) -> Lp:
        """The linear programme ``min cost @ money`` under the rules."""
        return Lp(cost, self.a, self.lower, self.upper, self.low, self.high)

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
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    rows = [row for row in problem.rows if row.on == "money"]
    n = len(problem.decisions)
    if not rows:
        none = np.zeros(0)
        return LinearRules((), np.zeros((0, n)), none, none, problem.low, problem.high)
    model = constraints.money_model(problem.decisions)
    variables = list(model.money.values())
    written = constraints.add(model, rows, dict(enumerate(variables)))
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    column = {id(variable): i for i, variable in enumerate(form.columns)}
    compiled = form.A.toarray()
    place = {id(entry.constraint): (i, entry.bound_type) for i, entry in enumerate(form.rows)}
    a = np.zeros((len(rows), n))
    lower, upper = np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
    used = [(i, column[id(v)]) for i, v in enumerate(variables) if id(v) in column]
    for number, row in enumerate(rows):
        line, sense = place[id(written[row.name])]
        for i, j in used:
            a[number, i] = compiled[line, j]
        if sense in (0, 1):
            upper[number] = form.rhs[line]
        if sense in (0, -1):
            lower[number] = form.rhs[line]
    names = tuple(row.name for row in rows)
    return LinearRules(names, a, lower, upper, problem.low, problem.high)

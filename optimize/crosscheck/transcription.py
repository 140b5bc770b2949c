"""A problem with all its states written out: the equations of a run are constraints.

    min   smooth @ y + sum(weight * worst)
    s.t.  x[k + 1] = F(x[k], u[k], time[k])           the model's equations, step by step
          y = H(x, u, time) at the outcomes' times
          the rules on the money and on y; worst <= coefficient * y for every year

``F`` and ``H`` are CasADi graphs of the lowered model, ``u`` the money that the levers' tables
give at a step. States count in their size, and the objective in what the money achieves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import casadi as ca
import numpy as np

from optimize.crosscheck.graph import Graph, NotInGraph
from optimize.linear import LinearRules
from optimize.measures import Measures
from optimize.problem import Matrix, Problem, Vector
from optimize.response import CountyResponse


@dataclass(frozen=True)
class Nlp:
    """``min f(z), low <= z <= high, lower <= g(z) <= upper`` in CasADi's symbols.

    ``z`` holds the plan in units of ``scale``, the states by step, and the worst years.
    """

    z: Any
    f: Any
    g: Any
    low: Vector
    high: Vector
    lower: Vector
    upper: Vector


class Transcription:
    """The steps of a county model from the year before the first decision on.

    Raises:
        NotInGraph: the model has something that cannot be written as a graph.
    """

    def __init__(self, problem: Problem, response: CountyResponse) -> None:
        model, start = response.model, response.start
        assert start is not None
        self.problem, self.response = problem, response
        own, tables = Graph(model).nominal()
        constants = [i for i, slot in enumerate(model.equations.slots) if slot.role == "constant"]
        places = {slot: place for place, slot in enumerate(constants)}
        for column, value in response.constants.items():
            own[places[model.slot[column]]] = value
        for column, y in response.tables.items():
            tables[model.table[column]] = np.asarray(y, dtype=float)
        levers = {model.table[lever]: lever for lever in response.places}
        graph = Graph(model, given=own, tables=tables, levers=levers)
        grid = model.grid()
        last = grid.number(float(max(outcome.year for outcome in problem.outcomes)))
        assert last is not None
        self.times = np.array([grid.time(k) for k in range(start.step, last + 1)])
        columns = [model.slot[column] for column in response.sampling.columns]
        self.states = graph.states_of(columns)
        self.start = np.array([float(np.ravel(start.values[slot])[0]) for slot in self.states])
        held = {slot: ca.SX.sym(f"s{slot}") for slot in self.states}
        following, shown = graph.following(held), graph.shown(columns, held)
        inputs = ca.vertcat(*(made for _, _, made in graph.inputs))
        arguments = [ca.vertcat(*held.values()), inputs, graph.time]
        self.step = ca.Function("step", arguments, [following])
        self.show = ca.Function("show", arguments, [shown])
        self.weights, self.constant = self._money(graph, held, levers)

    def _money(
        self, graph: Graph, held: dict[int, Any], levers: dict[int, str]
    ) -> tuple[Any, Matrix]:
        """The inputs of all steps: ``weights @ plan`` (sparse) and ``constant`` (inputs, K)."""
        at = ca.vertcat(*(x for _, x, _ in graph.inputs))
        if ca.depends_on(at, ca.vertcat(*held.values(), *(made for *_, made in graph.inputs))):
            raise NotInGraph("a lever read where the plan decides")
        looked = np.array(ca.Function("at", [graph.time], [at])(self.times[None]))
        number, steps = looked.shape
        weights = ca.DM(number * steps, len(self.problem.decisions))
        constant = np.zeros((number, steps))
        for i, (table, _, _) in enumerate(graph.inputs):
            xs = np.array(graph.model.equations.tables[table].x)
            ys = self.response.tables[levers[table]]
            points, owners = self.response.places[levers[table]]
            owner = dict(zip(points, owners, strict=True))
            place = np.clip(looked[i], xs[0], xs[-1])
            left = np.minimum(np.searchsorted(xs, place, side="right") - 1, len(xs) - 2)
            share = (place - xs[left]) / (xs[left + 1] - xs[left])
            for k in range(steps):
                for point, weight in ((left[k], 1.0 - share[k]), (left[k] + 1, share[k])):
                    if weight and int(point) in owner:
                        weights[i + k * number, owner[int(point)]] = weight
                    elif weight:
                        constant[i, k] += weight * ys[point]
        return weights, constant

    def money(self, plan: Any) -> Any:
        """The inputs (inputs, K) of a plan (n,), numbers or symbols."""
        return ca.reshape(self.weights @ plan, *self.constant.shape) + self.constant

    def simulated(self, plan: Vector) -> Matrix:
        """The states (states, K) under a plan, by the graph itself."""
        money = np.array(self.money(ca.DM(plan)))
        found = [self.start]
        for k, time in enumerate(self.times[:-1]):
            found.append(np.array(self.step(found[-1], money[:, k], time)).ravel())
        return np.stack(found, axis=1)

    def outcomes(self, states: Any, money: Any) -> Any:
        """The outcomes (m,) from states and inputs of all steps."""
        asked = self.response.sampling
        steps = [int(np.argmin(np.abs(self.times - year))) for year in asked.years]
        shown = self.show.map(len(steps))(states[:, steps], money[:, steps], self.times[steps].T)
        return ca.vec(shown)[(asked.time * len(asked.columns) + asked.column).tolist()]

    def nlp(
        self, measure: Measures, rules: LinearRules, scale: Vector, size: Vector, gain: float
    ) -> Nlp:
        """The programme; ``size`` (states,) are the units of the states."""
        n, ns, steps = len(scale), len(self.states), len(self.times)
        z = ca.MX.sym("z", n + ns * (steps - 1) + len(measure.worst))
        plan = z[:n] * scale
        free = ca.reshape(z[n : n + ns * (steps - 1)], ns, steps - 1)
        worst = z[n + ns * (steps - 1) :]
        states = ca.horzcat(self.start, free * ca.repmat(ca.DM(size), 1, steps - 1))
        money = self.money(plan)
        now = self.step.map(steps - 1)(states[:, :-1], money[:, :-1], self.times[:-1].T)
        y = self.outcomes(states, money)
        parts = [ca.vec(free - now / ca.repmat(ca.DM(size), 1, steps - 1))]
        lower, upper = [np.zeros(ns * (steps - 1))], [np.zeros(ns * (steps - 1))]
        rows = np.maximum(np.abs(rules.a * scale).max(axis=1, initial=0.0), 1e-300)
        parts.append(ca.DM(rules.a / rows[:, None]) @ plan)
        lower.append(rules.lower / rows)
        upper.append(rules.upper / rows)
        parts.append(ca.sparsify(ca.DM(measure.coefficients)) @ y)
        lower.append(np.full(len(measure.limits), -np.inf))
        upper.append(measure.limits)
        f = ca.dot(ca.DM(measure.smooth), y)
        for number, term in enumerate(measure.worst):
            f += term.weight * worst[number]
            parts.append(worst[number] - ca.DM(term.coefficient) * y[term.index.tolist()])
            lower.append(np.full(len(term.index), -np.inf))
            upper.append(np.zeros(len(term.index)))
        inf = np.full(z.numel() - n, np.inf)
        return Nlp(
            z,
            f / gain,
            ca.vertcat(*parts),
            np.concatenate([rules.low / scale, -inf]),
            np.concatenate([rules.high / scale, inf]),
            np.concatenate(lower),
            np.concatenate(upper),
        )

    def point(self, plan: Vector, measure: Measures, scale: Vector, size: Vector) -> Vector:
        """The variables ``z`` of the programme at a plan, simulated."""
        states = self.simulated(plan)
        y = np.array(self.outcomes(ca.DM(states), self.money(ca.DM(plan)))).ravel()
        worst = [(term.coefficient * y[term.index]).min() for term in measure.worst]
        return np.concatenate(
            [plan / scale, (states[:, 1:] / size[:, None]).ravel(order="F"), worst]
        )

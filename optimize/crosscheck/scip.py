"""SCIP: a global solver on the unrolled equations, with our plan to start from.

Every state and atom of every step (:mod:`optimize.bounds.unroll`) is a variable, counted in its
size and kept within the box that the plans within the rules can reach
(:func:`optimize.bounds.ranges.boxes`); without boxes its relaxation says nothing. The objective
counts in what the money achieves. Its bound holds to SCIP's feasibility tolerance (1e-6 of each
scaled equation), not in exact arithmetic.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyscipopt import Model, quicksum, sqrt

from optimize.bounds.expand import Expansion
from optimize.bounds.forms import Atom, Form, Unrolled
from optimize.bounds.groups import MARGIN, limited_sums, region_about
from optimize.bounds.ranges import boxes
from optimize.bounds.unroll import unroll
from optimize.crosscheck.check import Ended, Task
from optimize.problem import Vector
from optimize.walker import Clock

SYMBOLS = 300  # of the boxes: more make them hardly tighter
MIDDLE = 0.45  # where in their ranges the decisions are laid for the boxes
ROOM = 1e-9  # of a quantity's size, left about its box for rounding
POLL, PATIENCE = 0.2, 5.0  # seconds between two looks at the clock; for SCIP to end when told


def version() -> str:
    """What solves, with its version."""
    return f"SCIP {Model().version():g}"


def solve(task: Task, begin: Vector, clock: Clock) -> Ended:
    """Search for a proof from the plan ``begin`` (n,) until the clock says so."""
    written = _Written(task, begin)
    model = written.model
    size = model.getNVars(False), model.getNConss(False)
    model.setParam("limits/time", max(clock.deadline - time.perf_counter(), 1.0))
    failed: list[Exception] = []

    def run() -> None:
        try:
            model.optimizeNogil()
        except Exception as error:  # raised again by the thread that waits
            failed.append(error)

    # SCIP hears nothing while it solves an LP; who interrupts need not wait for that.
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(POLL)
        if clock.over == "interrupted":
            with suppress(Exception):  # it may not have begun, or have ended by now
                model.interruptSolve()
            thread.join(PATIENCE)
            if thread.is_alive():
                return Ended("userinterrupt", None, *size)
    if failed:
        raise failed[0]
    plan = None
    if model.getNSols():
        best = model.getBestSol()
        plan = np.array([model.getSolVal(best, v) for v in written.plan]) * task.scale
    bound = model.getDualbound()
    bound = -np.inf if model.isInfinity(-bound) else bound * task.gain
    return Ended(model.getStatus(), plan, *size, bound)


class _Written:
    """The problem as a SCIP model, step by step."""

    def __init__(self, task: Task, begin: Vector) -> None:
        self.task = task
        self.begin = np.clip(begin, task.rules.low, task.rules.high)
        room = MARGIN * np.maximum(np.abs(task.low), np.abs(task.high))
        low = np.maximum(task.low - room, task.rules.low)
        high = np.minimum(task.high + room, task.rules.high)
        middle = low + MIDDLE * (high - low)
        decisions, outcomes = task.problem.decisions, task.problem.outcomes
        self.u: Unrolled = unroll(task.response, decisions, outcomes, middle)
        groups = limited_sums(task.rules, low, high)
        region = region_about(middle, low, high, groups)
        self.boxes: NDArray[np.float64] = boxes(Expansion(self.u, middle), region, SYMBOLS)
        self.at = Expansion(self.u, self.begin)
        self.model = Model()
        self.model.hideOutput()
        self.model.setParam("misc/catchctrlc", False)
        self.start: list[tuple[Any, float]] = []
        self.plan = [
            self._variable(value, (a, b), scale)[0]
            for value, a, b, scale in zip(self.begin, low, high, task.scale, strict=True)
        ]
        self._rules()
        found = self._steps()
        self._aims(found)
        known = self.model.createSol()
        for variable, value in self.start:
            self.model.setSolVal(known, variable, value)
        self.model.addSol(known)

    def _variable(
        self, value: float, box: tuple[float, float], size: float | None = None
    ) -> tuple[Any, float]:
        """A variable in units of its size, and the size."""
        low, high = min(box[0], value), max(box[1], value)  # rounding must not exclude the start
        size = size or max(abs(low), abs(high)) or 1.0
        room = ROOM * max(abs(low), abs(high))
        made = self.model.addVar(lb=(low - room) / size, ub=(high + room) / size)
        self.start.append((made, value / size))
        return made, size

    def _rules(self) -> None:
        rules, scale = self.task.rules, self.task.scale
        for line, lower, upper in zip(rules.a * scale, rules.lower, rules.upper, strict=True):
            used = np.flatnonzero(line)
            size = float(np.abs(line).max(initial=0.0)) or 1.0
            total = quicksum(float(line[i] / size) * self.plan[i] for i in used)
            if np.isfinite(upper):
                self.model.addCons(total <= float(upper / size))
            if np.isfinite(lower):
                self.model.addCons(total >= float(lower / size))

    def _steps(self) -> list[Any]:
        """All steps; returns the outcomes as linear expressions."""
        u, model = self.u, self.model
        ns = len(u.states)
        found: list[Any] = [None] * len(u.outcomes)
        held: dict[int, Any] = {i: float(value) for i, value in enumerate(u.start)}
        for step in range(len(u.times)):
            known: dict[int, Any] = dict(held)
            for place, owner in enumerate(u.inputs):
                index = int(owner[step])
                scale = float(self.task.scale[index]) if index >= 0 else 0.0
                known[ns + place] = scale * self.plan[index] if index >= 0 else 0.0
            needed = self._needed(step)
            for number, atom in enumerate(u.atoms):
                if atom.variable in needed:
                    known[atom.variable] = self._atom(step, number, atom, known)
            for place, (form, at) in enumerate(u.outcomes):
                if at == step:
                    found[place] = linear(form, step, known)
            if step + 1 == len(u.times):
                break
            for state, form in enumerate(u.following):
                value = float(self.at.state[step + 1, state])
                box = self.boxes[step + 1, :, state]
                made, size = self._variable(value, (float(box[0]), float(box[1])))
                model.addCons(made == linear(form, step, known, 1.0 / size))
                held[state] = size * made
        return found

    def _needed(self, step: int) -> set[int]:
        """Variables of the step that something reads: the next states, or outcomes."""
        u = self.u
        forms: list[Form] = [form for form, at in u.outcomes if at == step]
        if step + 1 < len(u.times):
            forms += u.following
        needed = {v for form in forms for v in form.terms}
        for atom in reversed(u.atoms):
            if atom.variable in needed:
                needed |= {v for number in atom.forms for v in u.forms[number].terms}
        return needed

    def _atom(self, step: int, number: int, atom: Atom, known: Mapping[int, Any]) -> Any:
        """The value of an atom, as a size times a variable of its own."""
        low, high = (float(end) for end in self.boxes[step, :, atom.variable])
        made, size = self._variable(float(self.at.value[step, number]), (low, high))
        parts = [self._side(step, form, known) for form in atom.forms]
        self.model.addCons(_RELATION[atom.kind](made, size, parts, atom.exponent))
        return size * made

    def _side(self, step: int, number: int, known: Mapping[int, Any]) -> tuple[Any, float]:
        """A form as a variable and its size; a number has size 1."""
        form = self.u.forms[number]
        value = float(self.at.at[step, number])
        here = {v: c for v, c in form.terms.items() if c[step] != 0.0}
        if not here:
            return value, 1.0
        low = high = float(form.constant[step])
        for variable, c in here.items():
            ends = [float(c[step] * end) for end in self.boxes[step, :, variable]]
            low, high = low + min(ends), high + max(ends)
        made, size = self._variable(value, (low, high))
        self.model.addCons(made == linear(form, step, known, 1.0 / size))
        return made, size

    def _aims(self, outcomes: list[Any]) -> None:
        """Outcome rules, worst years and the objective."""
        task, model = self.task, self.model
        measure = task.measure
        values = task.response.values(self.begin[None])[0]
        for line, limit in zip(measure.coefficients, measure.limits, strict=True):
            used = np.flatnonzero(line)
            model.addCons(quicksum(float(line[i]) * outcomes[i] for i in used) <= float(limit))
        aim = quicksum(
            float(w / task.gain) * outcomes[i] for i, w in enumerate(measure.smooth) if w != 0.0
        )
        for term in measure.worst:
            worth = term.coefficient * values[term.index]
            size = float(np.abs(worth).max()) or 1.0
            made = model.addVar(lb=None)
            self.start.append((made, float(worth.min()) / size))
            for index, c in zip(term.index, term.coefficient, strict=True):
                model.addCons(made <= float(c / size) * outcomes[index])
            aim += float(term.weight * size / task.gain) * made
        free = model.addVar(lb=None)
        now = float(measure.objective(values[None])[0]) / task.gain
        self.start.append((free, now + 1e-9 * abs(now)))
        model.addCons(free >= aim)
        model.setObjective(free, "minimize")


def linear(form: Form, step: int, known: Mapping[int, Any], factor: float = 1.0) -> Any:
    """A form at a step as a linear expression."""
    total: Any = factor * float(form.constant[step])
    for variable, c in form.terms.items():
        if c[step] != 0.0:
            total = total + factor * float(c[step]) * known[variable]
    return total


Sides = list[tuple[Any, float]]


def _product(made: Any, size: float, sides: Sides, _: float) -> Any:
    (a, a_size), (b, b_size) = sides
    return made == (a_size * b_size / size) * (a * b)


def _quotient(made: Any, size: float, sides: Sides, _: float) -> Any:
    (a, a_size), (b, b_size) = sides
    return made * b == (a_size / (size * b_size)) * a


def _harmonic(made: Any, size: float, sides: Sides, _: float) -> Any:
    (a, a_size), (b, b_size), (d, d_size) = sides
    return made * d == (a_size * b_size / (size * d_size)) * (a * b)


def _power(made: Any, size: float, sides: Sides, exponent: float) -> Any:
    ((a, a_size),) = sides
    return made == (a_size**exponent / size) * a**exponent


def _hinge(made: Any, size: float, sides: Sides, _: float) -> Any:
    ((a, a_size),) = sides
    return made == (0.5 * a_size / size) * (a + abs(a))


def _norm(made: Any, size: float, sides: Sides, _: float) -> Any:
    return made == sqrt(quicksum((part / size) ** 2 * (a * a) for a, part in sides))


_RELATION: Mapping[str, Callable[[Any, float, Sides, float], Any]] = {
    "product": _product,
    "quotient": _quotient,
    "harmonic": _harmonic,
    "power": _power,
    "hinge": _hinge,
    "norm": _norm,
}

"""A county model -> forms and atoms (:mod:`optimize.bounds.forms`).

Linear parts are multiplied out before anything is bounded: an account that is emptied each
year, or a stock with an outflow in proportion to it, must cancel exactly. Forms that are
concave as a whole (saturation, harmonic mean of two limits) stay one atom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models import Runs, run
from models.equations import Expr, slots_of, tables_of
from models.kernels import REAL, ArrayTable
from optimize.bounds.forms import Atom, Form, Kind, Unrolled, without_unused
from optimize.problem import Decision, Outcome, Vector
from optimize.response import CountyResponse


class Outside(ValueError):
    """The model has an equation that this relaxation does not know: no bound."""

    def __init__(self, column: str, what: str) -> None:
        super().__init__(f"{column}: {what}")
        self.column, self.what = column, what


def unroll(
    response: CountyResponse,
    decisions: tuple[Decision, ...],
    outcomes: tuple[Outcome, ...],
    plan: Vector,
) -> Unrolled:
    """Write the model out for all plans; ``plan`` (n,) is any of them.

    Raises Outside where an equation that depends on decisions is of an unknown kind.
    """
    return _Unrolling(response, decisions, outcomes, plan).result()


@dataclass
class _Unrolling:
    response: CountyResponse
    decisions: tuple[Decision, ...]
    outcomes: tuple[Outcome, ...]
    plan: Vector
    atoms: list[Atom] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    known: dict[int, Form] = field(default_factory=dict)
    input_of: dict[tuple[int, int], int] = field(default_factory=dict)
    inputs: list[Vector] = field(default_factory=list)
    seen: dict[Any, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        response = self.response
        self.model = response.model
        self.network = self.model.network
        self.slots = self.model.equations.slots
        grid = self.model.grid()
        assert response.start is not None
        first = response.start.step
        last = grid.number(float(max(outcome.year for outcome in self.outcomes)))
        assert last is not None
        self.times = np.array([grid.time(k) for k in range(first, last + 1)])
        self.step = grid.step
        self.size = len(self.times)
        self.levers = {self.model.table[d.lever]: d.lever for d in self.decisions}
        self.columns = [self.model.slot[outcome.column] for outcome in self.outcomes]
        self.depending = self._depending()
        self.states = self._states()
        self.place = {slot: number for number, slot in enumerate(self.states)}
        self.tables = dict(response.tables)
        for lever, (points, owners) in response.places.items():
            table = np.array(self.tables[lever], dtype=float)
            table[points] = self.plan[owners]
            self.tables[lever] = table
        found = run(
            self.model,
            Runs(values=response.constants, lookups=self.tables, start=response.start),
            times=list(self.times),
        )
        self.numbers = {column: found.data[0, :, i] for i, column in enumerate(found.columns)}

    # -- what depends on what ----------------------------------------------------------

    def _rule(self, slot: int) -> Expr | None:
        state = self.slots[slot].role in ("state", "pipe")
        return self.network.step_of(slot) if state else self.network.running[slot]

    def _depending(self) -> set[int]:
        found: set[int] = set()
        grown = True
        while grown:
            grown = False
            for slot in range(len(self.slots)):
                rule = None if slot in found else self._rule(slot)
                if rule is not None and (
                    any(other in found for other in slots_of(rule))
                    or not self.levers.keys().isdisjoint(tables_of(rule))
                ):
                    found.add(slot)
                    grown = True
        return found

    def _states(self) -> list[int]:
        """States that the outcomes read and that depend on decisions or have no column."""
        found: dict[int, None] = {}
        pending = list(dict.fromkeys(self.columns))
        while pending:
            reached = self.network.order(pending, starting=False)
            fresh = [
                slot
                for slot in reached
                if self.slots[slot].role in ("state", "pipe")
                and slot not in found
                and (slot in self.depending or not self.slots[slot].column)
            ]
            found.update(dict.fromkeys(fresh))
            pending = [other for slot in fresh for other in slots_of(self.network.step_of(slot))]
        return sorted(found)

    def result(self) -> Unrolled:
        start = self.response.start
        assert start is not None
        values = []
        for slot in self.states:
            if self.slots[slot].role == "pipe":
                self._refuse(slot, "DELAY FIXED")
            values.append(float(np.ravel(start.values[slot])[0]))
        self.first_atom = len(self.states) + self._count_inputs()
        following = []
        for slot in self.states:
            rule = self.network.step_of(slot)
            self.owner = slot
            following.append(
                self._form(rule) if rule is not None else self._variable(self.place[slot])
            )
        outcomes = []
        for outcome, slot in zip(self.outcomes, self.columns, strict=True):
            step = int(np.flatnonzero(np.abs(self.times - outcome.year) < 1e-6 * self.step)[0])
            outcomes.append((self._slot(slot), step))
        return without_unused(
            self.times,
            tuple(self.states),
            np.array(values),
            following,
            self.inputs,
            self.atoms,
            self.forms,
            outcomes,
            {slot: self._name(slot) for slot in range(len(self.slots))},
        )

    def _name(self, slot: int) -> str:
        found = self.slots[slot]
        return found.column or self.model.equations.variables[found.variable].name

    def _refuse(self, slot: int, what: str) -> None:
        raise Outside(self._name(slot), what)

    # -- inputs ------------------------------------------------------------------------

    def _count_inputs(self) -> int:
        """Number the money of every lever: at a step, at most two points of its table."""
        count = len(self.states)
        none = np.full(self.size, -1)
        for lever in self.levers:
            for part in (0, 1):
                self.input_of[lever, part] = count + len(self.inputs)
                self.inputs.append(none.copy())
        return len(self.inputs)

    def _lever(self, table: int, argument: Vector) -> Form:
        """A lever's table at known places: its decisions, interpolated."""
        column = self.levers[table]
        xs = np.array(self.model.equations.tables[table].x)
        ys = self.tables[column]
        points, owners = self.response.places[column]
        owner = dict(zip(points, owners, strict=True))
        at = np.clip(argument, xs[0], xs[-1])
        left = np.searchsorted(xs, at, side="right") - 1
        right = np.minimum(left + 1, len(xs) - 1)
        share = (at - xs[left]) / np.where(right > left, xs[right] - xs[left], 1.0)
        constant = np.zeros(self.size)
        terms: dict[int, Vector] = {}
        for part, point, weight in ((0, left, 1.0 - share), (1, right, share)):
            variable = self.input_of[table, part]
            decided = np.array([owner.get(int(p), -1) for p in point])
            active = (decided >= 0) & (weight != 0.0)
            held = self.inputs[variable - len(self.states)]
            if np.any(active & (held >= 0) & (held != decided)):
                self._refuse(self.owner, "a lever read at two times in one step")
            held[active] = decided[active]
            terms[variable] = np.where(active, weight, 0.0)
            constant += np.where(active, 0.0, weight * ys[point])
        return Form({v: c for v, c in terms.items() if np.any(c)}, constant)

    # -- forms -------------------------------------------------------------------------

    def _number(self, value: float) -> Form:
        return Form({}, np.full(self.size, float(value)))

    def _variable(self, number: int) -> Form:
        return Form({number: np.ones(self.size)}, np.zeros(self.size))

    def _slot(self, slot: int) -> Form:
        if slot in self.known:
            return self.known[slot]
        found = self.slots[slot]
        if slot in self.place:
            made = self._variable(self.place[slot])
        elif slot not in self.depending and found.column:
            made = Form({}, self.numbers[found.column])
        else:
            rule = self.network.running[slot]
            assert rule is not None
            outer, self.owner = getattr(self, "owner", slot), slot
            made = self._form(rule)
            self.owner = outer
        self.known[slot] = made
        return made

    def _form(self, expr: Expr) -> Form:
        kind = expr[0]
        if kind == "num":
            return self._number(expr[1])
        if kind == "slot":
            return self._slot(expr[1])
        if kind == "time":
            return Form({}, self.times)
        if kind == "step":
            return self._number(self.step)
        if kind == "neg":
            return -self._form(expr[1])
        if kind == "chain":
            return self._chain(expr[1], [self._form(part) for part in expr[2]])
        if kind == "pow":
            return self._power(self._form(expr[1]), self._form(expr[2]))
        if kind == "fold":
            return self._fold(expr[1], [self._form(part) for part in expr[2]])
        if kind == "lookup":
            return self._lookup(expr[1], self._form(expr[2]))
        if kind == "if":
            return self._if(expr)
        if kind == "fn":
            return self._function(expr[1], [self._form(part) for part in expr[2:]])
        self._refuse(self.owner, kind)
        raise AssertionError

    def _chain(self, operators: str, parts: list[Form]) -> Form:
        if set(operators) <= {"+", "-"}:
            total = parts[0]
            for operator, part in zip(operators, parts[1:], strict=True):
                total = total + part if operator == "+" else total - part
            return total
        factor = np.ones(self.size)
        above: list[Form] = []
        below: list[Form] = []
        for operator, part in zip("*" + operators, parts, strict=True):
            if part.plain:
                factor = factor * part.constant if operator == "*" else factor / part.constant
            else:
                (above if operator == "*" else below).append(part)
        top = above[0] if above else self._number(1.0)
        for other in above[1:]:
            top = self._product(top, other)
        for other in below:
            top = self._quotient(top, other)
        return top.times(factor)

    def _fold(self, name: str, parts: list[Form]) -> Form:
        if name in ("sum", "product"):
            return self._chain(("+" if name == "sum" else "*") * (len(parts) - 1), parts)
        result = parts[0]
        for part in parts[1:]:
            result = self._largest(result, part, -1.0 if name == "least" else 1.0)
        return result

    def _lookup(self, table: int, argument: Form) -> Form:
        if not argument.plain:
            self._refuse(self.owner, "a table of a quantity that depends on the plan")
        if table in self.levers:
            return self._lever(table, argument.constant)
        found = self.model.equations.tables[table]
        ys = np.asarray(self.tables.get(found.column, found.y), dtype=float)
        value = REAL["lookup"](argument.constant, ArrayTable(np.array(found.x), ys))
        return Form({}, np.asarray(value, dtype=float))

    def _if(self, expr: Expr) -> Form:
        condition = self._truth(expr[1])
        yes, no = self._form(expr[2]), self._form(expr[3])
        on = condition.astype(float)
        return yes.times(on) + no.times(1.0 - on)

    def _truth(self, expr: Expr) -> np.ndarray:
        kind = expr[0]
        if kind == "cmp":
            left, right = self._form(expr[2]), self._form(expr[3])
            if left.plain and right.plain:
                compare: Callable[[Vector, Vector], np.ndarray] = {
                    "<": np.less,
                    "<=": np.less_equal,
                    ">": np.greater,
                    ">=": np.greater_equal,
                    "==": np.equal,
                    "!=": np.not_equal,
                }[expr[1]]
                return compare(left.constant, right.constant)
        elif kind == "not":
            return ~self._truth(expr[1])
        elif kind in ("and", "or"):
            join = np.logical_and if kind == "and" else np.logical_or
            return np.asarray(join(self._truth(expr[1]), self._truth(expr[2])))
        self._refuse(self.owner, "a condition on a quantity that depends on the plan")
        raise AssertionError

    def _function(self, name: str, parts: list[Form]) -> Form:
        if all(part.plain for part in parts):
            return self._of_numbers(name, [part.constant for part in parts])
        if name in ("min", "max"):
            return self._largest(parts[0], parts[1], 1.0 if name == "max" else -1.0)
        if name == "zidz" or (name == "xidz" and not parts[1].plain):
            return self._quotient(parts[0], parts[1])
        if name == "sqrt":
            return self._root(parts[0])
        if name == "power":
            return self._power(parts[0], parts[1])
        if name == "abs":
            return self._largest(parts[0], -parts[0], 1.0)
        if name == "zidz":
            return parts[0].times(np.asarray(REAL["xidz"](1.0, parts[1].constant, 0.0)))
        self._refuse(self.owner, name.upper())
        raise AssertionError

    def _of_numbers(self, name: str, values: list[Vector]) -> Form:
        if name in ("step", "ramp", "pulse", "pulse train", "delay order"):
            self._refuse(self.owner, name.upper())
        if name == "zidz":
            name, values = "xidz", [*values, np.zeros(self.size)]
        inner = {"min": "minimum", "max": "maximum", "abs": "absolute", "integer": "truncate"}
        with np.errstate(all="ignore"):
            return Form({}, np.asarray(REAL[inner.get(name, name)](*values), dtype=float))

    # -- atoms -------------------------------------------------------------------------

    def _atom(
        self,
        kind: Kind,
        forms: list[Form],
        exponent: float = 0.0,
        weights: tuple[Vector, Vector] | None = None,
    ) -> Form:
        numbers = []
        for form in forms:
            key = (
                tuple((v, form.terms[v].tobytes()) for v in sorted(form.terms)),
                form.constant.tobytes(),
            )
            if key not in self.seen:
                self.seen[key] = len(self.forms)
                self.forms.append(form)
            numbers.append(self.seen[key])
        again = (kind, tuple(numbers), exponent)
        if again not in self.seen:
            self.seen[again] = self.first_atom + len(self.atoms)
            self.atoms.append(
                Atom(kind, tuple(numbers), self.seen[again], self.owner, exponent, weights)
            )
        return self._variable(self.seen[again])

    def _product(self, a: Form, b: Form) -> Form:
        if a.plain:
            return b.times(a.constant)
        if b.plain:
            return a.times(b.constant)
        return self._atom("product", [a, b])

    def _power(self, base: Form, exponent: Form) -> Form:
        if base.plain and exponent.plain:
            return Form({}, np.power(base.constant, exponent.constant))
        if not exponent.plain or np.ptp(exponent.constant) > 0.0:
            self._refuse(self.owner, "an exponent that changes")
        value = float(exponent.constant[0])
        if value == 0.0:
            return self._number(1.0)
        if value == 1.0:
            return base
        if value == 2.0:
            return self._product(base, base)
        return self._atom("power", [base], value)

    def _quotient(self, top: Form, below: Form) -> Form:
        if below.plain:
            return top.times(1.0 / below.constant)
        if top.plain:
            return self._atom("power", [below], -1.0).times(top.constant)
        share = top.ratio(below)
        if share is not None:
            rest = top.constant - share * below.constant
            return self._atom("power", [below], -1.0).times(rest) + Form({}, share)
        return self._harmonic(top, below) or self._atom("quotient", [top, below])

    def _harmonic(self, top: Form, below: Form) -> Form | None:
        """``k A B / (s A + t B)``, if that is what it is."""
        if len(top.terms) != 1 or np.any(top.constant):
            return None
        ((variable, factor),) = top.terms.items()
        if variable < self.first_atom:
            return None
        atom = self.atoms[variable - self.first_atom]
        if atom.kind != "product" or atom.forms[0] == atom.forms[1]:
            return None
        a, b = (self.forms[number] for number in atom.forms)
        weights = _weights(a, b, below)
        if weights is None:
            return None
        return self._atom("harmonic", [a, b, below], 0.0, weights).times(factor)

    def _root(self, inside: Form) -> Form:
        """A square root; of a sum of squares, the length of a vector."""
        squares = []
        if not np.any(inside.constant):
            for variable, factor in inside.terms.items():
                atom = (
                    self.atoms[variable - self.first_atom] if variable >= self.first_atom else None
                )
                if (
                    atom is None
                    or atom.kind != "product"
                    or atom.forms[0] != atom.forms[1]
                    or np.any(factor < 0.0)
                ):
                    break
                squares.append(self.forms[atom.forms[0]].times(np.sqrt(factor)))
            else:
                if len(squares) == 1:  # has a fold, not a curvature
                    return self._function("abs", squares)
                return self._atom("norm", squares)
        return self._atom("power", [inside], 0.5)

    def _largest(self, a: Form, b: Form, sign: float) -> Form:
        """The larger (``sign`` 1) or smaller (-1) of two: ``b +- max(0, +-(a - b))``."""
        if a.plain and not b.plain:
            a, b = b, a
        factor = np.full(self.size, sign)
        gap = (a - b).times(factor)
        if gap.plain:
            return b + Form({}, np.maximum(gap.constant, 0.0) * factor)
        return b + self._atom("hinge", [gap]).times(factor)


def _weights(a: Form, b: Form, below: Form) -> tuple[Vector, Vector] | None:
    """``(s, t)`` > 0 with ``below = s a + t b``, at every step; else None."""
    only_a = [v for v in a.terms if v not in b.terms and np.all(a.terms[v] != 0.0)]
    only_b = [v for v in b.terms if v not in a.terms and np.all(b.terms[v] != 0.0)]
    if not only_a or not only_b:
        return None
    first, second = only_a[0], only_b[0]
    zero = np.zeros_like(a.constant)
    s = below.terms.get(first, zero) / a.terms[first]
    t = below.terms.get(second, zero) / b.terms[second]
    if np.any(s <= 0.0) or np.any(t <= 0.0):
        return None
    rest = below - a.times(s) - b.times(t)
    size = 1e-13 * (np.abs(below.constant) + 1.0)
    if np.any(np.abs(rest.constant) > size):
        return None
    for variable, coefficient in rest.terms.items():
        full = np.abs(below.terms.get(variable, zero)) + np.abs(coefficient)
        if np.any(np.abs(coefficient) > 1e-13 * full):
            return None
    return s, t

"""Whether the two sides of every equation of a model have the same unit.

How numbers count, as in Vensim (https://vensim.com/documentation/22275.html):

* a number inside an equation is dimensionless: ``population + 1`` is wrong when population
  is people, ``2 * population`` is not;
* zero fits anything: ``MAX(0, stock)``;
* where a number *is* the value, it has the variable's unit: ``x = 5``, lists of numbers, the
  points of a lookup, and a number as the initial value of INTEG, SMOOTH or a delay.

The value of a lookup has the unit of the lookup, that of WITH LOOKUP fits where it stands.
An argument of a lookup that is not dimensionless changes its meaning with the choice of
units; Vensim warns of it (https://vensim.com/documentation/22280.html), and so does this: it
is a finding with ``warning`` true. A variable without units fits anything and is reported by
:func:`models.checks.check_model`. After a finding the rest of that expression is not judged
by the part that is wrong, so that one mistake is one finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from . import terms, units_functions
from .source import Source, key
from .subscripts import Subscripts
from .units import DIMENSIONLESS, Unit, unit_table
from .vensim import Definition, Parsed

_COMPARE = ("=", "<>", "<", "<=", ">", ">=")
_CONTROLS = ("time_step", "initial_time", "final_time", "saveper")


@dataclass(frozen=True)
class UnitFinding:
    """Two units that should be one.

    ``rule`` is what was broken: ``equation`` (left and right side), ``flow`` (flow x time
    against its stock), ``initial``, ``sum``, ``comparison``, ``argument``, ``exponent``,
    ``power``, ``lookup`` (an argument that is not dimensionless) or ``unit`` (a unit that
    cannot be read). ``part`` is the place in the equation, ``expected`` and ``found`` the two
    units; ``hint`` is ``number``, ``factor``, ``ratio``, ``exponent`` or ``spelling``, and
    ``factor`` the unit by which the part would have to be multiplied.
    """

    file: str
    line: int
    variable: str
    rule: str
    part: str
    expected: str
    found: str
    hint: str
    factor: str = ""

    @property
    def warning(self) -> bool:
        """Whether Vensim, too, only warns."""
        return self.rule == "lookup"

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: '{self.variable}': {self.rule}: {self.part}: "
            f"expected {self.expected}, found {self.found}"
        )


def check_units(parsed: Parsed, source: Source, file: str = "") -> list[UnitFinding]:
    """Every equation whose units do not agree, by line.

    Args:
        parsed, source: the same .mdl file, as :func:`models.vensim.parse` and
            :func:`models.source.read` give it.
        file: the name to put into findings.
    """
    walk = _Walk(parsed, source, file)
    for definition in parsed.definitions:
        walk.definition(definition)
    return sorted(walk.found, key=lambda finding: finding.line)


class _Walk:
    """One pass over the trees; a unit of None fits anything."""

    def __init__(self, parsed: Parsed, source: Source, file: str) -> None:
        self.file = file
        self.found: list[UnitFinding] = []
        self.current: Definition = parsed.definitions[0]
        self.names = {definition.key: definition.name for definition in parsed.definitions}
        self.names.setdefault("time", "Time")
        self.subscripts = Subscripts(parsed.ranges)
        self.lookups = {item.key for item in parsed.definitions if item.lookup}
        for item in parsed.ranges:
            for name in (item.name, *item.elements):
                self.names.setdefault(key(name), name)
        self.units: dict[str, Unit | None] = {}
        self._read_units(parsed, source)
        known = (self.units.get(name) for name in _CONTROLS)
        self.time: Unit | None = next((unit for unit in known if unit is not None), None)

    def _read_units(self, parsed: Parsed, source: Source) -> None:
        table = unit_table(source.text)
        first = {definition.key: definition for definition in reversed(parsed.definitions)}
        for entry in source.entries:
            written = entry.unit.rsplit("[", 1)[0].strip() if entry.unit else ""
            if entry.macro or not written or entry.key not in first:
                continue
            try:
                self.units[entry.key] = table.read(written)
            except ValueError as error:
                self.current = first[entry.key]
                self._report("unit", written, str(error), "", "spelling")

    # -- definitions -------------------------------------------------------------------

    def definition(self, definition: Definition) -> None:
        self.current = definition
        tree, left = definition.tree, self.units.get(definition.key)
        if definition.lookup or type(tree).__name__ == "ndarray" or _value(tree) is not None:
            return
        if type(tree).__name__ == "IntegStructure":
            flow = self.unit(tree.flow)
            rate = None if left is None or self.time is None else left / self.time
            self._same("flow", tree.flow, rate, flow)
            if _value(tree.initial) is None:
                self._same("initial", tree.initial, left, self.unit(tree.initial))
            return
        self._same("equation", tree, left, self.unit(tree))

    def _same(self, rule: str, part: Any, expected: Unit | None, found: Unit | None) -> bool:
        if expected is None or found is None or expected == found:
            return True
        hint = "factor"
        if _value(part) is not None:
            hint = "number"
        elif rule in ("argument", "exponent") and expected.dimensionless:
            hint = "ratio"
        text = terms.text(part, self.names)
        self._report(rule, text, str(expected), str(found), hint, str(expected / found))
        return False

    def _report(
        self, rule: str, part: str, expected: str, found: str, hint: str, factor: str = ""
    ) -> None:
        place = (self.file, self.current.line, self.current.name)
        finding = UnitFinding(*place, rule, part, expected, found, hint, factor)
        if finding not in self.found:
            self.found.append(finding)

    # -- expressions -------------------------------------------------------------------

    def unit(self, tree: Any) -> Unit | None:
        """The unit of an expression; findings inside it are noted on the way."""
        kind = type(tree).__name__
        if isinstance(tree, int | float):
            return DIMENSIONLESS if tree == tree and tree != 0 else None
        if kind == "ReferenceStructure":
            return self._reference(key(tree.reference))
        if kind == "ArithmeticStructure":
            return self._arithmetic(tree)
        if kind == "LogicStructure":
            return self._logic(tree)
        if kind == "CallStructure":
            return self._call(tree)
        if kind == "InlineLookupsStructure":
            self._lookup_argument(tree.argument)
            return None
        if kind in units_functions.STRUCTURES:
            fields, rule = units_functions.STRUCTURES[kind]
            return self._ruled(rule, [getattr(tree, field) for field in fields], fields)
        return None

    def _reference(self, name: str) -> Unit | None:
        if name == "time" and name not in self.units:
            return self.time
        if name in self.units:
            return self.units[name]
        is_element = name in self.subscripts.elements or self.subscripts.is_range(name)
        return DIMENSIONLESS if is_element else None

    def _arithmetic(self, tree: Any) -> Unit | None:
        operators, arguments = tree.operators, tree.arguments
        if operators == ["negative"]:
            return self.unit(arguments[0])
        if operators[0] == "^":
            return self._power(arguments)
        if operators[0] in "+-":
            return self._alike("sum", arguments)
        result = self.unit(arguments[0])
        zero = _value(arguments[0]) == 0
        for operator, argument in zip(operators, arguments[1:], strict=True):
            factor = self.unit(argument)
            zero = zero or (operator == "*" and _value(argument) == 0)
            if result is None or factor is None:
                result = None
            else:
                result = result * factor if operator == "*" else result / factor
        return None if zero else result

    def _alike(self, rule: str, arguments: Sequence[Any]) -> Unit | None:
        """The one unit of all arguments; None when it is not known or not one."""
        common: Unit | None = None
        fine = True
        ordered = sorted(arguments, key=lambda part: _value(part) is not None)  # numbers last
        for argument in ordered:
            unit = self.unit(argument)
            if common is None:
                common = unit
            else:
                fine = self._same(rule, argument, common, unit) and fine
        return common if fine else None

    def _power(self, arguments: Sequence[Any]) -> Unit | None:
        base = self.unit(arguments[0])
        for exponent in arguments[1:]:
            if not self._same("exponent", exponent, DIMENSIONLESS, self.unit(exponent)):
                return None
        if base is None or base.dimensionless:
            return base
        exponents = [_value(exponent) for exponent in arguments[1:]]
        known = [exponent for exponent in exponents if exponent is not None]
        if len(known) < len(exponents):
            part = f"{terms.text(arguments[0], self.names)}^..."
            self._report("power", part, str(DIMENSIONLESS), str(base), "exponent")
            return None
        power = known.pop()
        while known:
            power = known.pop() ** power
        return base ** Fraction(power).limit_denominator(1000)

    def _logic(self, tree: Any) -> Unit | None:
        if tree.operators[-1] in _COMPARE:
            self._alike("comparison", tree.arguments)
        else:
            for argument in tree.arguments:
                self.unit(argument)
        return DIMENSIONLESS

    def _call(self, tree: Any) -> Unit | None:
        name, arguments = key(tree.function.reference), tree.arguments
        if name in self.lookups:
            self._lookup_argument(arguments[0] if arguments else 0)
            return self.units.get(name)
        if name == "power" and len(arguments) == 2:
            return self._power(arguments)
        if name == "prod":
            unit = self.unit(arguments[0])
            marked = dict.fromkeys(_marked(arguments[0]))
            count = prod(len(self.subscripts.members(item)) for item in marked)
            return None if unit is None else unit ** Fraction(count)
        if name in units_functions.RULES:
            fields = ("", "initial") if name == "active_initial" else ("",)
            return self._ruled(units_functions.RULES[name], arguments, fields)
        for argument in arguments:  # a function that is not known may give any unit
            if not isinstance(argument, str):
                self.unit(argument)
        return None

    def _lookup_argument(self, argument: Any) -> None:
        self._note("lookup", argument, self.unit(argument), "ratio")

    def _note(self, rule: str, part: Any, found: Unit | None, hint: str) -> None:
        if found is not None and not found.dimensionless:
            text = terms.text(part, self.names)
            self._report(rule, text, "Dmnl", str(found), hint, str(DIMENSIONLESS / found))

    def _ruled(self, rule: str, arguments: Sequence[Any], fields: Sequence[str]) -> Unit | None:
        wanted, result = units_functions.sides(rule)
        known: dict[str, Unit | None] = {"t": self.time}
        fine = True
        given = list(zip(wanted, arguments, range(len(arguments)), strict=False))
        for term, argument, place in sorted(given, key=lambda item: _value(item[1]) is not None):
            found = self.unit(argument)
            initial = fields[min(place, len(fields) - 1)] == "initial"
            if term == "_" or (initial and _value(argument) is not None):
                continue
            if term.isalpha() and known.get(term) is None:
                known[term] = found
            else:
                wanted_unit = units_functions.value(term, known)
                fine = self._same("argument", argument, wanted_unit, found) and fine
        return units_functions.value(result, known) if fine else None


def _value(tree: Any) -> float | None:
    """The value of an expression of numbers alone."""
    if isinstance(tree, int | float):
        return float(tree)
    if type(tree).__name__ != "ArithmeticStructure":
        return None
    parts = [_value(argument) for argument in tree.arguments]
    numbers = [part for part in parts if part is not None]
    if len(numbers) < len(parts):
        return None
    if tree.operators == ["negative"]:
        return -numbers[0]
    result = numbers[0]
    try:
        for operator, number in zip(tree.operators, numbers[1:], strict=True):
            if operator == "^":
                return None if len(numbers) > 2 else float(result**number)
            result = {
                "+": result + number,
                "-": result - number,
                "*": result * number,
                "/": result / number if operator == "/" else 0.0,
            }[operator]
    except (ZeroDivisionError, OverflowError, TypeError):
        return None
    return result


def _marked(tree: Any) -> Iterator[str]:
    """The subscripts marked with ``!`` in a tree."""
    subscripts = getattr(tree, "subscripts", None)
    if type(tree).__name__ == "ReferenceStructure" and subscripts is not None:
        yield from (name for name in subscripts.subscripts if name.endswith("!"))
    for part in getattr(tree, "arguments", ()):
        yield from _marked(part)

"""Vensim's Reality Checks, run: "if this happens, then that must happen".

A test input gives a variable another equation, a constraint says what must follow::

    no rain :TEST INPUT: weather = 0 ~~|
    no rain no harvest :THE CONDITION: no rain :IMPLIES: potato production = 0 ~~|

They stand in the model file or, since not every program that reads .mdl files knows them,
in a file beside it: ``county-checks.mdl`` for ``county.mdl``. PySD reads them and drops
them, pysimlin (0.8) refuses the whole file.

What is understood is what Vensim's manual defines (https://vensim.com/documentation/20960.html
and the pages after it): conditions of test inputs, equalities and inequalities joined by
``:AND:``, ``:OR:`` and ``:NOT:`` (:mod:`models.reality_conditions`), the RC functions
(:mod:`models.reality_functions`), consequences of comparisons. Everything in a condition is
forced, or, where it cannot be forced, watched; the consequence is asked for at every step
from the start of the condition's RC functions, if it has any. Refused are ``:CROSSING:``,
``:AT LEAST ONCE:``, and RC COMPARE with a stored run other than ``'base'``.

Two things are more than Vensim does: a consequence holds if it holds up to rounding (1e-9),
and a lookup can be forced to one value for every argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .errors import ModelError, Problem
from .model import Model
from .reading import read_model

if TYPE_CHECKING:
    from .source import Source
    from .vensim import Parsed, Statement

_IMPLIES = re.compile(r":\s*IMPLIES\s*:", re.IGNORECASE)
_UNKNOWN = re.compile(r":\s*(CROSSING|AT LEAST ONCE)\s*:", re.IGNORECASE)
_SUFFIX = "-checks"

Outcome = Literal["passed", "failed", "not triggered", "refused"]


@dataclass(frozen=True)
class Verdict:
    """What came of one Reality Check, for one element of its subscripts.

    ``asked`` counts the steps at which the consequence was looked at. Where it failed,
    ``time``, ``comparison``, ``left`` and ``right`` say when, which part, and its two values.
    ``reason`` and ``hint`` say why a check was refused.
    """

    file: str
    line: int
    name: str
    outcome: Outcome
    asked: int = 0
    time: float | None = None
    comparison: str = ""
    left: float = 0.0
    right: float = 0.0
    reason: str = ""
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: '{self.name}': {self.outcome}"
        if self.outcome == "failed":
            text += f" at {self.time:g}: {self.comparison} ({self.left:g} against {self.right:g})"
        return f"{text}: {self.reason}" if self.reason else text


def checks_beside(path: Path) -> Path | None:
    """The file of Reality Checks beside a model file, if there is one."""
    beside = path.with_name(path.stem + _SUFFIX + path.suffix)
    return beside if beside.is_file() else None


def check_reality(
    model: Model, parsed: Parsed | None = None, source: Source | None = None
) -> tuple[Verdict, ...]:
    """Run every Reality Check of a model, one simulation or more for each.

    Args:
        model: its file must still be the one it was loaded from.
        parsed, source: the file as read before, if it was.

    Raises:
        ModelError: a file is not readable, or the one beside the model holds equations.
    """
    from .lowering import Lowering
    from .run_data import read_run_data
    from .source import read
    from .vensim import parse

    if source is None or parsed is None:
        source, parsed = read_model(model.path)
    written = [(str(model.path), statement) for statement in parsed.statements]
    beside = checks_beside(model.path)
    if beside is not None:
        more = parse(beside, read(beside))
        _only_statements(more, beside)
        written += [(str(beside), statement) for statement in more.statements]
    if not any(statement.constraint for _, statement in written):
        return ()
    tables = [read_run_data(table) for table in model.data]
    lowering = Lowering(parsed, source, model.path, tables)
    current = Model(model.path, model.sha256, lowering.equations(), model.data)
    return tuple(_Checks(current, lowering, parsed, written).verdicts())


def _only_statements(parsed: Parsed, path: Path) -> None:
    reason = "is an equation, and this file holds Reality Checks only"
    hint = "move it to the model file"
    places = [(item.line, item.name) for item in parsed.definitions]
    places += [(item.line, item.name) for item in parsed.ranges]
    if places:
        raise ModelError([Problem(reason, str(path), *place, hint=hint) for place in places])


class _Checks:
    """All statements of a model with what is needed to run them."""

    def __init__(
        self, model: Model, lowering: Any, parsed: Parsed, written: Sequence[tuple[str, Statement]]
    ) -> None:
        from .reality_conditions import Conditions, TestInput
        from .vensim import expression

        self.model, self.lowering, self.written = model, lowering, written
        self.names = {item.key: item.name for item in parsed.definitions} | {"time": "Time"}
        for item in parsed.ranges:
            self.names |= {key: name for key, name in lowering.subscripts.names.items()}
            self.names.setdefault(item.name.lower(), item.name)
        self.unread: dict[int, str] = {}  # statements that are no expressions
        inputs: dict[str, list[TestInput]] = {}
        for place, (_, statement) in enumerate(written):
            if statement.constraint:
                continue
            try:
                tree = expression(statement.text)
            except ValueError as error:
                self.unread[place] = str(error)
                continue
            found = TestInput(statement.name, statement.subscripts, tree)
            inputs.setdefault(statement.key, []).append(found)
        controls = model.equations.controls
        variables = frozenset({*lowering.place, *lowering.table_place} - {*controls})
        self.conditions = Conditions(inputs, variables, lowering.subscripts)

    def verdicts(self) -> Iterator[Verdict]:
        for place, (file, statement) in enumerate(self.written):
            if place in self.unread:
                yield Verdict(
                    file, statement.line, statement.name, "refused", reason=self.unread[place]
                )
            if statement.constraint:
                yield from self._elements(file, statement)

    def _elements(self, file: str, statement: Statement) -> Iterator[Verdict]:
        from .refusal import Refusal

        try:
            condition, consequence = _halves(statement.text)
            covered = list(self.lowering.subscripts.tuples(statement.subscripts))
        except (Refusal, ValueError) as error:
            yield _refused((file, statement.line, statement.name), error)
            return
        for _, chosen in covered:
            label = self.lowering.subscripts.label(statement.name, chosen)
            bound = self.lowering.subscripts.bind(statement.subscripts, chosen)
            place = (file, statement.line, label)
            try:
                yield self._verdict(place, condition, consequence, bound)
            except (Refusal, ModelError, ValueError) as error:
                yield _refused(place, error)

    def _verdict(
        self, place: tuple[str, int, str], condition: Any, consequence: Any, bound: dict[str, str]
    ) -> Verdict:
        from .reality_experiment import Experiment

        ways = [()] if condition is None else self.conditions.alternatives(condition, bound)
        asked = 0
        for parts in ways:
            experiment = Experiment(self.model, self.lowering, self.names)
            found = experiment.judge(parts, consequence, bound)
            asked += found.asked
            if found.time is not None:
                return Verdict(
                    *place, "failed", asked, found.time, found.comparison, found.left, found.right
                )
        return Verdict(*place, "passed" if asked else "not triggered", asked)


def _halves(text: str) -> tuple[Any, Any]:
    """Condition (None if empty) and consequence of a constraint."""
    from .refusal import Refusal
    from .vensim import expression

    unknown = _UNKNOWN.search(text)
    if unknown:
        hint = "state a comparison that holds throughout"
        raise Refusal("not supported", unknown.group().upper(), hint)
    halves = _IMPLIES.split(text)
    if len(halves) != 2:
        raise Refusal("one :IMPLIES: is needed", "", "write :THE CONDITION: ... :IMPLIES: ...")
    return (expression(halves[0]) if halves[0].strip() else None), expression(halves[1])


def _refused(place: tuple[str, int, str], error: Exception) -> Verdict:
    """A verdict for what cannot be run: a Refusal, a ModelError or a ValueError."""
    reason = str(getattr(error, "reason", error))
    function = getattr(error, "function", "")
    return Verdict(
        *place,
        "refused",
        reason=f"{reason} ({function})" if function else reason,
        hint=str(getattr(error, "hint", "")),
    )

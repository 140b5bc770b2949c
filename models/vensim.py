"""From a .mdl file to syntax trees with places, through PySD's translator.

The translator is run one definition at a time, so that every definition it cannot read
is reported, each with its line.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import ModelError, Problem
from .external import Files
from .grammar import cut_outputs, elements_of, mappings, sections_of, syntax_tree
from .limits import MOST_DEFINITIONS, check_equation, check_range, room_for_brackets
from .quiet import quiet
from .refusal import Refusal
from .source import NOTE, Entry, Source, key, left_name

_BARE = re.compile(r'("(?:\\"|[^"])*"|[^\[\]=(:<>~|"]+)(?:\[([^\]]*)\])?')
_RANGE = re.compile(r'\s*("(?:\\"|[^"])*"|[^\[\]=(:<>~|"]+):[^:=]*->')


@dataclass(frozen=True)
class Definition:
    """One equation: the variable's name, its left subscripts, its tree and its place."""

    name: str
    subscripts: tuple[str, ...]
    excepted: tuple[tuple[str, ...], ...]
    tree: Any  # a structure of pysd.translators.structures.abstract_expressions
    lookup: bool
    line: int
    text: str  # the right-hand side as written
    keyword: str | None = None  # of a data variable: how it is read between its points

    @property
    def key(self) -> str:
        return key(self.name)

    @property
    def fed(self) -> bool:
        """Whether it is a data variable without an equation."""
        return type(self.tree).__name__ == "DataStructure"


@dataclass(frozen=True)
class Range:
    """A subscript range: its elements, or the range it copies, and where it maps to.

    ``mapped`` holds, for each range it maps to, that range and the elements or subranges
    there, one for each element here; () when the two ranges run in parallel.
    """

    name: str
    elements: tuple[str, ...]
    copies: str
    mapped: tuple[tuple[str, tuple[str, ...]], ...]
    line: int


@dataclass(frozen=True)
class Macro:
    """Equations that every call of the macro has for itself.

    ``inputs`` and ``outputs`` are keys; the first output is the macro's own name.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    definitions: tuple[Definition, ...]


@dataclass(frozen=True)
class Output:
    """The tree of a variable that a macro call fills beside its own value."""

    call: Any
    place: int


@dataclass(frozen=True)
class Statement:
    """A Reality Check statement: a test input or a constraint, as written.

    ``text`` is what follows ``:TEST INPUT:`` or ``:THE CONDITION:``.
    """

    name: str
    subscripts: tuple[str, ...]
    constraint: bool
    text: str
    line: int

    @property
    def key(self) -> str:
        return key(self.name)


@dataclass(frozen=True)
class Parsed:
    """All definitions of a model file in the order of the file."""

    definitions: tuple[Definition, ...]
    ranges: tuple[Range, ...]
    statements: tuple[Statement, ...]
    files: Files = field(default_factory=Files)  # the tables that it names
    macros: tuple[Macro, ...] = ()

    @property
    def left_aside(self) -> tuple[str, ...]:
        """Names of what is no part of a run: Reality Checks (see :mod:`models.reality`)."""
        return tuple(statement.name for statement in self.statements)


def translator(path: Path, encoding: str) -> Any:
    """PySD's translator on a file, with ``{notes}`` inside equations taken out.

    Raises:
        ModelError: the file cannot be cut into definitions.
    """
    with quiet():
        from pysd.translators.vensim.vensim_file import VensimFile

        try:
            file = VensimFile(path, encoding=encoding)
            file.model_text = _without_notes(file.model_text)
            file.sections = sections_of(file.model_text, path)
            for section in file.sections:
                section.elements = elements_of(section.content)
        except (ValueError, LookupError, ArithmeticError) as error:
            raise ModelError(
                Problem(
                    f"not readable as Vensim text ({_first_line(error)})",
                    file=str(path),
                    hint="save the model from Vensim as a text .mdl file",
                )
            ) from error
        except Exception as error:  # parsimonious raises classes of its own
            if not type(error).__module__.startswith("parsimonious"):
                raise
            raise ModelError(
                Problem(
                    f"not readable as Vensim text ({_first_line(error)})",
                    file=str(path),
                    hint="every definition is 'equation ~ units ~ comment |'",
                )
            ) from error
    return file


def _without_notes(text: str) -> str:
    """Take ``{notes}`` out of equations, but not the encoding, nor parts of quoted names."""
    opening = NOTE.match(text)
    head = opening.end() if opening else 0
    pieces = re.compile(r'"(?:\\"|[^"~|])*"|' + NOTE.pattern)
    return text[:head] + pieces.sub(
        lambda found: found.group() if found.group()[0] == '"' else " ", text[head:]
    )


def parse(path: Path, source: Source) -> Parsed:
    """Read every definition of the model.

    Raises:
        ModelError: all definitions that PySD's translator cannot read.
    """
    file = translator(path, source.encoding)
    count = sum(len(section.elements) for section in file.sections)
    if count > MOST_DEFINITIONS:
        reason = f"{count} definitions, more than {MOST_DEFINITIONS}"
        raise ModelError(Problem(reason, str(path), hint="use subscripts, or split the model"))
    files = Files(path.parent, source.text)
    names = frozenset(section.name for section in file.sections[1:])
    reading = _Reading(path, source, names, files)
    macros: list[Macro] = []
    with quiet(), room_for_brackets():
        for section in file.sections[1:]:
            found = reading.section(section.elements, section.name)
            inputs = tuple(key(name) for name in section.params)
            outputs = (section.name, *(key(name) for name in section.returns))
            macros.append(Macro(section.name, inputs, outputs, tuple(found)))
        main = reading.section(file.sections[0].elements, "")
    if reading.problems:
        raise ModelError(sorted(reading.problems, key=lambda problem: problem.line))
    return Parsed(
        tuple(main), tuple(reading.ranges), tuple(reading.statements), files, tuple(macros)
    )


class _Reading:
    """One pass over the definitions of a file, its macros first."""

    def __init__(self, path: Path, source: Source, macros: frozenset[str], files: Files) -> None:
        self.path = path
        self.source = source
        self.macros = macros
        self.files = files
        self.problems: list[Problem] = []
        self.ranges: list[Range] = []
        self.statements: list[Statement] = []
        self.places: dict[tuple[str, str], deque[Entry]] = {}
        for entry in source.entries:
            self.places.setdefault((key(entry.macro), entry.key), deque()).append(entry)

    def section(self, elements: Any, macro: str) -> list[Definition]:
        found: list[Definition] = []
        for element in elements:
            place = self._place(macro, element.equation)
            line = place.line if place else 0
            try:
                check_equation(element.equation)
                component = _component(element)
                text = self.source.right(place) if place else ""
                made = _definitions(component, line, text, self.macros, self.files)
            except Refusal as refusal:
                name = place.name if place else left_name(element.equation) or ""
                where = str(self.path), line, name
                self.problems.append(
                    Problem(refusal.reason, *where, refusal.function, refusal.hint)
                )
                continue
            except Exception as error:  # the grammar, or a literal that is none
                self.problems.append(
                    Problem(
                        f"equation not understood ({_first_line(error)})",
                        str(self.path),
                        line,
                        place.name if place else element.equation[:40],
                        hint="check brackets, commas and operators",
                    )
                )
                continue
            for item in made:
                if isinstance(item, Definition):
                    found.append(item)
                elif isinstance(item, Range):
                    self.ranges.append(item)
                else:
                    self.statements.append(item)
        return found

    def _place(self, macro: str, equation: str) -> Entry | None:
        """The next entry of the variable that an equation defines."""
        name = left_name(equation)
        entries = self.places.get((macro, key(name))) if name else None
        return entries.popleft() if entries else None


def _component(element: Any) -> Any:
    """What an entry defines; one without any equation is a data variable."""
    bare = _BARE.fullmatch(element.equation.strip())
    if bare is None:
        if "=" not in element.equation:
            check_range(element.equation)
        if _RANGE.match(element.equation):
            # PySD counts the elements listed in a mapping as elements of the range
            element.equation = element.equation.partition("->")[0]
        return element.parse()
    from pysd.translators.vensim.vensim_element import Data

    subscripts = [part.strip() for part in (bare.group(2) or "").split(",") if part.strip()]
    return Data(bare.group(1).strip(), (subscripts, []), "interpolate", "")


def _definitions(
    component: Any, line: int, text: str, macros: frozenset[str], files: Files
) -> list[Definition | Range | Statement]:
    """What an equation defines: more than one variable if it calls a macro with outputs."""
    from pysd.translators.structures.abstract_model import AbstractData, AbstractLookup
    from pysd.translators.vensim.vensim_element import Constraint, SubscriptRange, TestInput

    if isinstance(component, SubscriptRange):
        listed = component.definition
        if isinstance(listed, dict):
            listed = files.subscript(listed)
        return [
            Range(
                component.name,
                () if isinstance(listed, str) else tuple(listed),
                listed if isinstance(listed, str) else "",
                mappings(text),
                line,
            )
        ]
    if isinstance(component, Constraint | TestInput):
        return [
            Statement(
                component.name,
                tuple(component.subscripts),
                isinstance(component, Constraint),
                component.expression,
                line,
            )
        ]
    component.expression, cut = cut_outputs(component.expression or "", macros)
    component.ast = syntax_tree(component)
    abstract = component.get_abstract_component()
    main = Definition(
        component.name,
        tuple(abstract.subscripts[0]),
        tuple(tuple(group) for group in abstract.subscripts[1]),
        abstract.ast,
        isinstance(abstract, AbstractLookup)
        or type(abstract.ast).__name__ == "GetLookupsStructure",  # it may stand after "=", too
        line,
        text,
        (abstract.keyword or "interpolate") if isinstance(abstract, AbstractData) else None,
    )
    more: list[Definition | Range | Statement] = []
    for alias, outputs in cut.items():
        call = next(call for call in calls_in(abstract.ast) if call.function.reference == alias)
        for place, (name, subscripts) in enumerate(outputs, start=1):
            more.append(Definition(name, subscripts, (), Output(call, place), False, line, text))
    return [main, *more]


def calls_in(tree: Any) -> Iterator[Any]:
    """Every function call in a tree."""
    if isinstance(tree, list | tuple):
        for part in tree:
            yield from calls_in(part)
    elif hasattr(tree, "__dict__"):
        if type(tree).__name__ == "CallStructure":
            yield tree
        for part in vars(tree).values():
            yield from calls_in(part)


def expression(text: str) -> Any:
    """The syntax tree of an expression that stands outside of any equation.

    Raises:
        ValueError: PySD's translator cannot read it.
    """
    try:
        check_equation(text)
    except Refusal as refusal:
        raise ValueError(refusal.reason) from None
    with quiet(), room_for_brackets():
        from pysd.translators.vensim.vensim_element import Component

        component = Component("expression", ([], []), text.strip())
        try:
            component.ast = syntax_tree(component)
        except Exception as error:  # the grammar's own classes, or a literal that is none
            raise ValueError(f"expression not understood ({_first_line(error)})") from error
    return component.ast


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:160] if lines else type(error).__name__

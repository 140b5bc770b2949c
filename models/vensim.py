"""From a .mdl file to syntax trees with places, through PySD's translator.

The translator is run one definition at a time, so that every definition it cannot read
is reported, each with its line.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import ModelError, Problem
from .external import Files
from .quiet import quiet
from .refusal import Refusal
from .source import NOTE, Entry, Source, key, left_name

_BARE = re.compile(r'("(?:\\"|[^"])*"|[^\[\]=(:<>~|"]+)(?:\[([^\]]*)\])?')


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
    """A subscript range: its elements, or the range it copies, and where it maps to."""

    name: str
    elements: tuple[str, ...]
    copies: str
    mapped: tuple[str, ...]
    line: int


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
            file.parse(parse_all=False)
            for section in file.sections:
                section.parse(parse_all=False)
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
    problems: list[Problem] = []
    for entry in source.entries:
        if entry.macro:
            problems.append(
                Problem(
                    f"stands in the macro '{entry.macro}', and macros are not supported",
                    str(path),
                    entry.line,
                    entry.name,
                    "MACRO",
                    "write the macro's equations out where it is used",
                )
            )
    places: dict[str, deque[Entry]] = {}
    for entry in source.entries:
        if not entry.macro:
            places.setdefault(entry.key, deque()).append(entry)
    definitions: list[Definition] = []
    ranges: list[Range] = []
    statements: list[Statement] = []
    files = Files(path.parent, source.text)
    with quiet():
        for element in file.sections[0].elements:
            place = _place(places, element.equation)
            line = place.line if place else 0
            try:
                component = _component(element)
                text = source.right(place) if place else ""
                made = _definition(component, line, text, files)
            except Refusal as refusal:
                where = str(path), line, place.name if place else component.name
                problems.append(Problem(refusal.reason, *where, refusal.function, refusal.hint))
                continue
            except Exception as error:  # the grammar, or a literal that is none
                problems.append(
                    Problem(
                        f"equation not understood ({_first_line(error)})",
                        str(path),
                        line,
                        place.name if place else element.equation[:40],
                        hint="check brackets, commas and operators",
                    )
                )
                continue
            if isinstance(made, Definition):
                definitions.append(made)
            elif isinstance(made, Range):
                ranges.append(made)
            else:
                statements.append(made)
    if problems:
        raise ModelError(problems)
    return Parsed(tuple(definitions), tuple(ranges), tuple(statements), files)


def _place(places: Mapping[str, deque[Entry]], equation: str) -> Entry | None:
    """The next entry of the variable that an equation defines."""
    found = left_name(equation)
    entries = places.get(key(found)) if found else None
    return entries.popleft() if entries else None


def _component(element: Any) -> Any:
    """What an entry defines; one without any equation is a data variable."""
    bare = _BARE.fullmatch(element.equation.strip())
    if bare is None:
        return element.parse()
    from pysd.translators.vensim.vensim_element import Data

    subscripts = [part.strip() for part in (bare.group(2) or "").split(",") if part.strip()]
    return Data(bare.group(1).strip(), (subscripts, []), "interpolate", "")


def _definition(
    component: Any, line: int, text: str, files: Files
) -> Definition | Range | Statement:
    from pysd.translators.structures.abstract_model import AbstractData, AbstractLookup
    from pysd.translators.vensim.vensim_element import Constraint, SubscriptRange, TestInput

    if isinstance(component, SubscriptRange):
        listed = component.definition
        if isinstance(listed, dict):
            listed = files.subscript(listed)
        if ":" in text.partition("->")[2]:
            raise ValueError("a subscript mapping with its own list of elements is not supported")
        return Range(
            component.name,
            () if isinstance(listed, str) else tuple(listed),
            listed if isinstance(listed, str) else "",
            tuple(component.mapping),
            line,
        )
    if isinstance(component, Constraint | TestInput):
        return Statement(
            component.name,
            tuple(component.subscripts),
            isinstance(component, Constraint),
            component.expression,
            line,
        )
    component.parse()
    abstract = component.get_abstract_component()
    return Definition(
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


def expression(text: str) -> Any:
    """The syntax tree of an expression that stands outside of any equation.

    Raises:
        ValueError: PySD's translator cannot read it.
    """
    with quiet():
        from pysd.translators.vensim.vensim_element import Component

        component = Component("expression", ([], []), text.strip())
        try:
            component.parse()
        except Exception as error:  # the grammar's own classes, or a literal that is none
            raise ValueError(f"expression not understood ({_first_line(error)})") from error
    return component.ast


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:160] if lines else type(error).__name__

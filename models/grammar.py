"""Where PySD's reading of Vensim text is mended: sections, mappings, signs, macro outputs.

PySD's grammar cuts an equation into its parts; what it then makes of four things is not
what Vensim makes of them, or it does not read them at all:

- ``(-2)^2`` is 4 (PySD drops the brackets), and ``-2^2`` is -4;
- ``007`` is 7, and literals are never handed to ``eval``;
- ``:NA:`` is the number -2^109, so that ``x = :NA:`` can hold;
- macros may stand anywhere in a file, and a call may name more outputs: ``m(a, b : c)``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from .limits import MOST_NESTING
from .source import key

NA = -(2.0**109)  # what Vensim takes for a missing value

_MACRO = re.compile(r":MACRO:", re.IGNORECASE)
_MACRO_END = re.compile(r":END OF MACRO:", re.IGNORECASE)
_MACRO_HEAD = re.compile(r"(?P<name>[^()~|]+)\((?P<header>[^()]*)\)")
_KEYWORD = re.compile(r":\s*(?:AND|OR|NOT|NA)\s*:", re.IGNORECASE)


def sections_of(text: str, path: Path) -> list[Any]:
    """The main section and the macros of a file, as PySD's sections.

    Raises:
        ValueError: a macro is not closed, or two have the same name.
    """
    from pysd.translators.vensim.vensim_section import Section

    macros: list[Any] = []
    names: set[str] = set()
    rest: list[str] = []
    position = 0
    while mark := _MACRO.search(text, position):
        end = _MACRO_END.search(text, mark.end())
        found = _MACRO_HEAD.match(text, mark.end(), end.start()) if end else None
        if end is None or found is None:
            raise ValueError("a :MACRO: without its name, its inputs or its :END OF MACRO:")
        rest.append(text[position : mark.start()])
        position = end.end()
        name = key(found["name"])
        if name in names:
            raise ValueError(f"two macros are called '{found['name'].strip()}'")
        names.add(name)
        inputs, _, outputs = found["header"].partition(":")
        macros.append(
            Section(
                name=name,
                path=path.with_name(re.sub(r"\W", "_", name)).with_suffix(".py"),
                section_type="macro",
                params=[item.strip() for item in inputs.split(",") if item.strip()],
                returns=[item.strip() for item in outputs.split(",") if item.strip()],
                content=text[found.end() : end.start()].strip(),
                split=False,
                views_dict=None,
            )
        )
    rest.append(text[position:])
    if any(map(_MACRO_END.search, rest)):
        raise ValueError("an :END OF MACRO: without its :MACRO:")
    body = re.sub(r"\A\s*\{[^}]*\}", "", " ".join(rest))  # the encoding
    main = Section(
        name="__main__",
        path=path.with_suffix(".py"),
        section_type="main",
        params=[],
        returns=[],
        content=body.strip(),
        split=False,
        views_dict=None,
    )
    return [main, *macros]


_FIELD_END = re.compile(r'["~|]')
_GROUP = "***"
_SETTINGS = "///---\\\\\\"


def elements_of(text: str) -> list[Any]:
    """The definitions of a section: ``equation ~ unit ~ comment |``, and perhaps a fourth field.

    PySD's own grammar takes kilobytes for each letter here, and whatever follows something that
    it does not know is lost without a word.

    Raises:
        ValueError: a definition has too few or too many fields, or the last one is not closed.
    """
    from pysd.translators.vensim.vensim_element import Element

    found: list[Any] = []
    fields: list[str] = []
    text = text.partition(_SETTINGS)[0]
    start = position = 0
    quotes = True  # whether a quote may still close
    while mark := _FIELD_END.search(text, position):
        position = mark.end()
        if mark.group() == '"':
            if quotes and len(fields) != 2:  # a comment may hold a lone quote
                close = _closing_quote(text, position)
                quotes = close > 0
                position = close or position
            continue
        fields.append(text[start : mark.start()].strip())
        start = position
        if mark.group() == "~":
            continue
        if not fields[0].startswith(_GROUP):
            if not 2 <= len(fields) <= 4:
                raise ValueError(f"{len(fields)} fields in '{fields[0][:60]}'")
            found.append(Element(fields[0], "", ""))
        fields = []
    if fields or text[start:].strip():
        raise ValueError(f"the end is missing: '{(fields or [text[start:].strip()])[0][:60]}'")
    return found


def _closing_quote(text: str, position: int) -> int:
    """The place after the quote that closes a name, or 0."""
    while (close := text.find('"', position)) >= 0:
        if text[close - 1] != "\\":
            return close + 1
        position = close + 1
    return 0


def mappings(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What follows ``->`` in a range: ``other``, or ``(other: a, b)``, as many as there are."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for item in re.findall(r"\([^()]*\)|[^,()]+", text.replace("\\", " ").partition("->")[2]):
        if item.startswith("("):
            target, _, listed = item[1:-1].partition(":")
            found.append((target.strip(), tuple(part.strip() for part in listed.split(","))))
        elif item.strip():
            found.append((item.strip(), ()))
    return tuple(found)


Cut = dict[str, list[tuple[str, tuple[str, ...]]]]


def cut_outputs(text: str, macros: frozenset[str]) -> tuple[str, Cut]:
    """Take ``: c, d`` out of macro calls that name outputs.

    Such a call goes by an alias, ``name$1``, under which its outputs (name, subscripts) are
    returned; :func:`called` gives the macro's name back.
    """
    cut: Cut = {}
    names = "|".join(re.escape(name).replace("_", r"[\s_]+") for name in macros)
    position = 0
    while names and (call := re.compile(rf"(?<!\w)({names})\s*\(", re.I).search(text, position)):
        position = call.end()
        close, colon = _call_end(text, call.end())
        if colon is None:
            continue
        alias = f"{key(call.group(1))}$${len(cut) + 1}"
        listed = re.findall(r"([^,\[\]]+)(?:\[([^\]]*)\])?", text[colon + 1 : close])
        cut[alias] = [
            (" ".join(name.split()), tuple(item.strip() for item in inside.split(",") if item))
            for name, inside in listed
            if name.strip()
        ]
        text = f"{text[: call.start()]}{alias}({text[call.end() : colon]}){text[close + 1 :]}"
        position = call.start() + len(alias) + 1
    return text, cut


def called(name: str) -> str:
    """The macro's key that a call, perhaps by an alias, means."""
    return re.sub(r"\$\$\d+$", "", key(name))


def _call_end(text: str, start: int) -> tuple[int, int | None]:
    """Where a call's bracket closes, and the colon before its outputs, if it has one."""
    depth, colon = 1, None
    position = start - 1
    while (position := position + 1) < len(text):
        letter = text[position]
        if letter == ":" and (keyword := _KEYWORD.match(text, position)):
            position = keyword.end() - 1
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
            if depth == 0:
                return position, colon
        elif letter == ":" and depth == 1 and colon is None:
            colon = position
    return len(text), colon


def syntax_tree(component: Any) -> Any:
    """The tree of a component's right-hand side.

    Raises:
        ValueError, or parsimonious' own errors: it cannot be read.
    """
    from pysd.translators.vensim import vensim_utils
    from pysd.translators.vensim.vensim_element import Lookup
    from pysd.translators.vensim.vensim_structures import parsing_ops, structures

    if not component.expression:
        component.parse()  # a data variable whose values stand elsewhere
        return component.ast
    if isinstance(component, Lookup):
        flat = _flat_lookup(component.expression)
        if flat is not None:
            return flat
        nodes = vensim_utils.Grammar.get("lookups").parse(component.expression)
        return _visitors()[1](nodes).translation
    text = component.expression
    if _LISTED.fullmatch(text):
        text = _MISSING.sub(repr(NA), text)
    nodes = vensim_utils.Grammar.get("components", parsing_ops).parse(text)
    tree = _visitors()[0](nodes).translation
    component.lookup = isinstance(tree, structures["get_xls_lookups"])
    return tree


_NUMBER = r"[-+]?\s*(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_FLAT = re.compile(rf"\(\s*{_NUMBER}(?:\s*,\s*{_NUMBER})*\s*\)")
_PAIR = re.compile(rf"\(\s*({_NUMBER})[\s\\]*,[\s\\]*({_NUMBER})[\s\\]*\)")
_MISSING = re.compile(r":\s*NA\s*:", re.IGNORECASE)
_LISTED = re.compile(r"(?=[^;,]*[;,])(?:[-+\s\\\d.eE,;]|:\s*NA\s*:)+", re.IGNORECASE)


def _float(text: str) -> float:
    return float(re.sub(r"[\s\\]", "", text))


def _flat_lookup(text: str) -> Any:
    """A lookup in the old form ``(x1, ..., xn, y1, ..., yn)``, or None."""
    if not _FLAT.fullmatch(text.strip()):
        return None
    numbers = [_float(part) for part in text.strip()[1:-1].split(",")]
    half = len(numbers) // 2
    if len(numbers) % 2 or half < 1:
        raise ValueError("a lookup of x1, ..., xn, y1, ..., yn needs as many y as x")
    return _table(list(zip(numbers[:half], numbers[half:], strict=True)))


def _points(text: str) -> Any:
    """The points of a lookup after the header ``[(xmin,ymin)-(xmax,ymax),...]``, if any."""
    body = re.sub(r"\[[^\[\]]*\]", "", text)
    return _table([(_float(x), _float(y)) for x, y in _PAIR.findall(body)])


def _table(points: list[tuple[float, float]]) -> Any:
    from pysd.translators.structures.abstract_expressions import LookupsStructure

    points.sort(key=lambda point: point[0])
    x, y = zip(*points, strict=True)
    nothing = (float("nan"), float("nan"))
    return LookupsStructure(x, y, nothing, nothing, "interpolate")


def xmile_tree(expression: str) -> Any:
    """The tree of an XMILE equation.

    Raises:
        ValueError, or parsimonious' own errors: it cannot be read.
    """
    from pysd.translators.xmile import xmile_utils
    from pysd.translators.xmile.xmile_structures import parsing_ops

    nodes = xmile_utils.Grammar.get("equations", parsing_ops).parse(expression.strip())
    return _xmile_visitor()(nodes).translation


@cache
def _signs() -> Any:
    """Signs, numbers and arguments, which PySD reads alike in both languages."""
    from pysd.translators.vensim.vensim_structures import structures

    def negative(tree: Any) -> Any:
        if isinstance(tree, float):
            return -tree
        return structures["arithmetic"](["negative"], (tree,))

    class Signs:
        elements: dict[str, Any]
        negatives: set[str]
        add_element: Any

        def visit_neg_expr(self, n: Any, vc: Any) -> Any:
            if vc[0] == "-":
                self.negatives.add(vc[2])
            return vc[2]

        def visit_expr(self, n: Any, vc: Any) -> Any:
            return vc[0] if vc[0] in self.elements else self.add_element(_float(vc[0]))

        def visit_exp_expr(self, n: Any, vc: Any) -> Any:
            """``-a^-b^c`` is ``-(a^(-(b^c)))``."""
            result = None
            powers = "".join(vc).strip().split("^")
            if len(powers) > MOST_NESTING:
                raise ValueError(f"more than {MOST_NESTING} powers of powers")
            for part in reversed(powers):
                tree = self.elements[part]
                if result is not None:
                    tree = structures["arithmetic"](["^"], (tree, result))
                result = negative(tree) if part in self.negatives else tree
                self.negatives.discard(part)
            return self.add_element(result)

        def visit_arguments(self, n: Any, vc: Any) -> Any:
            found = [part.strip(",") for part in vc]
            if any(part not in self.elements for part in found):
                raise ValueError("an argument is missing")
            return self.add_element(tuple(self.elements[part] for part in found))

    return Signs


@cache
def _xmile_visitor() -> Any:
    from pysd.translators.xmile.xmile_element import EquationVisitor

    return type("Equation", (_signs(), EquationVisitor), {})


@cache
def _visitors() -> tuple[Any, Any]:
    """PySD's visitors with signs, numbers and missing values as Vensim has them."""
    import numpy as np
    from pysd.translators.vensim.vensim_element import EquationVisitor, LookupsVisitor
    from pysd.translators.vensim.vensim_structures import structures

    class Equation(_signs(), EquationVisitor):  # type: ignore[misc]
        def visit_nan(self, n: Any, vc: Any) -> Any:
            return self.add_element(NA)

        def visit_string(self, n: Any, vc: Any) -> Any:
            return self.add_element(n.text.strip()[1:-1])

        def visit_array(self, n: Any, vc: Any) -> Any:
            if ";" not in n.text and "," not in n.text:
                return self.add_element(_float(n.text))
            rows = [row.split(",") for row in n.text.strip().rstrip(";").split(";")]
            return self.add_element(np.array([[_float(item) for item in row] for row in rows]))

        def visit_lookup_with_def(self, n: Any, vc: Any) -> Any:
            table = _points(n.text[n.children[10].start - n.start :])
            return self.add_element(structures["with_lookup"](self.elements[vc[4]], table))

    class Table(LookupsVisitor):  # type: ignore[misc]
        def visit_regularLookup(self, n: Any, vc: Any) -> Any:
            self.translation = _points(n.text)

    return Equation, Table

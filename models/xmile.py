"""From an XMILE file (.xmile, .stmx, .itmx, .xml) to the same syntax trees as Vensim text.

PySD's translator reads the equations, one variable at a time. The XML around them is read
here: with lines for messages, without document types and entities (a model file is data from
anywhere), and with whatever PySD would pass over in silence either understood or refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from .errors import ModelError, Problem
from .external import Files
from .grammar import xmile_tree
from .limits import check_equation
from .quiet import quiet
from .refusal import Refusal
from .source import Entry, Source, key
from .vensim import Definition, Parsed, Range
from .xmile_trees import Trees, spelled_out, wildcards
from .xmile_xml import NAMESPACE, read_xml, refusals

SUFFIXES = (".xmile", ".stmx", ".itmx", ".xml")
_CONTROLS = ("initial_time", "final_time", "time_step", "saveper")
_NS = {"ns": NAMESPACE}
_LARGEST = "10000"  # the size of a dimension


def read_xmile(path: Path) -> tuple[Source, Parsed]:
    """The text of an XMILE file, and its definitions.

    Raises:
        ModelError: it is no XMILE, or holds what is not understood; each with its line.
    """
    text, root = read_xml(path)
    problems = refusals(root, str(path))
    if problems:
        raise ModelError(problems)
    return _Reader(root, text, path).read()


def pysd_file(path: Path) -> Any:
    """PySD's translator on an XMILE file that has been looked through.

    Raises:
        ModelError: as :func:`read_xmile`.
    """
    from pysd.translators.xmile.xmile_file import XmileFile

    _, root = read_xml(path)
    problems = refusals(root, str(path))
    if problems:
        raise ModelError(problems)
    file = XmileFile.__new__(XmileFile)  # its own constructor would read the file again
    file.xmile_path, file.root_path, file.view_elements = path, path.parent, None
    file.xmile_root, file.ns = root, NAMESPACE
    file.parse(parse_all=False)
    return file


class _Reader:
    """One pass over the variables of a file."""

    def __init__(self, root: Any, text: str, path: Path) -> None:
        self.root, self.text, self.path = root, text, path
        self.problems: list[Problem] = []
        self.nodes = [
            node
            for node in root.iterfind("ns:model/ns:variables/*", _NS)
            if _tag(node) in ("aux", "flow", "gf", "stock")
        ]
        self.ranges = list(self._ranges())
        self.dimensions = {
            key(_name(node)): tuple(
                dim.get("name", "") for dim in node.iterfind("ns:dimensions/ns:dim", _NS)
            )
            for node in self.nodes
        }

    def read(self) -> tuple[Source, Parsed]:
        definitions: list[Definition] = []
        entries: list[Entry] = []
        tables: dict[str, Any] = {}
        lone: set[str] = set()
        for node in self.nodes:
            found = node.find("ns:gf", _NS) if _tag(node) != "gf" else node
            if found is not None:
                try:
                    tables[key(_name(node))] = _points(found)
                    if not (node.findtext("ns:eqn", "", _NS) or "").strip():
                        lone.add(key(_name(node)))
                except Refusal as refusal:
                    self._problem(node, refusal)
        names = {key(_name(node)) for node in self.nodes}
        trees = Trees(names, self.dimensions, tables, lone)
        with quiet():
            for node in self.nodes:
                if key(_name(node)) in _CONTROLS:
                    continue  # <sim_specs> tells them; PySD reads over these, too
                try:
                    definitions += self._definitions(node, trees)
                except Refusal as refusal:
                    self._problem(node, refusal)
                entries.append(_entry(node))
            definitions += self._controls(trees, entries)
        if self.problems:
            raise ModelError(sorted(self.problems, key=lambda problem: problem.line))
        source = Source(self.text, "UTF-8", tuple(entries))
        return source, Parsed(tuple(definitions), tuple(self.ranges), (), Files(self.path.parent))

    def _problem(self, node: Any, refusal: Refusal) -> None:
        place = str(self.path), node.sourceline or 0, _name(node)
        self.problems.append(Problem(refusal.reason, *place, refusal.function, refusal.hint))

    def _ranges(self) -> Iterator[Range]:
        for dim in self.root.iterfind("ns:dimensions/ns:dim", _NS):
            elements = tuple(item.get("name", "") for item in dim.iterfind("ns:elem", _NS))
            size = dim.get("size", "").strip()
            if not elements and size.isdecimal() and 0 < int(size[:9]) <= int(_LARGEST):
                elements = tuple(str(number) for number in range(1, int(size) + 1))
            if not elements:
                reason = f"a dimension without elements, or with more than {_LARGEST}"
                self._problem(dim, Refusal(reason, "", "name its elements"))
            else:
                yield Range(dim.get("name", ""), elements, "", (), dim.sourceline or 0)

    # -- definitions -------------------------------------------------------------------

    def _definitions(self, node: Any, trees: Trees) -> Iterator[Definition]:
        """One definition for the whole variable, or one for each ``<element>``."""
        elements = list(node.iterfind("ns:element", _NS))
        own = self.dimensions[key(_name(node))]
        if not elements:
            yield from self._made(node, own, trees)
            return
        for element in elements:
            whole = deepcopy(node)
            for part in whole.findall("ns:element", _NS):
                whole.remove(part)
            for part in element:
                for old in whole.findall(part.tag):
                    whole.remove(old)
                whole.append(deepcopy(part))
            chosen = tuple(item.strip() for item in element.get("subscript", "").split(","))
            yield from self._made(whole, chosen, trees, element.sourceline or 0)

    def _made(
        self, node: Any, subscripts: tuple[str, ...], trees: Trees, line: int = 0
    ) -> Iterator[Definition]:
        place = line or node.sourceline or 0
        table = node if _tag(node) == "gf" else node.find("ns:gf", _NS)
        equation = node.find("ns:eqn", _NS)
        written = (equation.text or "").strip() if equation is not None else ""
        if table is not None and not written and _tag(node) in ("aux", "gf"):
            points = _points(table)
            yield Definition(_name(node), subscripts, (), points, True, place, "")
            return
        if not written:
            raise Refusal("has no equation", "", "write its <eqn>")
        if len(node.findall("ns:eqn", _NS)) > 1:
            raise Refusal("has two equations", "", "keep one <eqn>")
        tree = self._parsed(node)
        if line:
            tree = trees.of_element(tree, self.dimensions[key(_name(node))], subscripts)
        else:
            tree = trees.translated(tree)
        if table is not None:
            if _tag(node) == "stock":
                raise Refusal("a graphical function in a stock", "<gf>", "put it into a flow")
            tree = trees.looked_up(tree, _points(table))
        yield Definition(_name(node), subscripts, (), tree, False, place, written)

    def _parsed(self, node: Any) -> Any:
        """PySD's tree of a variable that is stripped of all but its equations."""
        from pysd.translators.xmile.xmile_element import Aux, Flow, Stock

        bare = deepcopy(node)
        for part in bare.findall("ns:gf", _NS) + bare.findall("ns:dimensions", _NS):
            bare.remove(part)
        for part in bare.iter(f"{{{NAMESPACE}}}eqn"):
            check_equation(part.text or "")
            part.text = wildcards(spelled_out(part.text or ""), self.dimensions)
        for part in list(bare.iter(f"{{{NAMESPACE}}}inflow", f"{{{NAMESPACE}}}outflow")):
            part.text = spelled_out(_quoted((part.text or "").strip()))
        kind = {"aux": Aux, "flow": Flow, "stock": Stock}[_tag(node)]
        try:
            element = kind(bare, _NS, {})
            element._smile_parser = xmile_tree
            element.parse(self._behaviours())
            ((_, tree),) = element.components
        except Refusal:
            raise
        except Exception as error:  # the grammar's own classes, or too many arguments
            raise _not_understood(error) from error
        return tree

    def _behaviours(self) -> dict[str, bool]:
        """Whether all stocks, or all flows, stay above zero unless they say otherwise."""
        everything = self.root.find("ns:behavior/ns:non_negative", _NS) is not None
        return {
            f"non_negative_{kind}": everything
            or self.root.find(f"ns:behavior/ns:{kind}/ns:non_negative", _NS) is not None
            for kind in ("stock", "flow")
        }

    def _controls(self, trees: Trees, entries: list[Entry]) -> Iterator[Definition]:
        """INITIAL TIME and its kind from ``<sim_specs>``; every step is saved, as by PySD."""
        from pysd.translators.xmile.xmile_element import ControlElement

        specs = self.root.find("ns:sim_specs", _NS)
        if specs is None:
            problem = "has no <sim_specs>"
            self.problems.append(Problem(problem, str(self.path), hint="give start and stop"))
            return
        step = specs.find("ns:dt", _NS)
        size = "1" if step is None else (step.text or "").strip()
        if step is not None and step.get("reciprocal", "").lower() == "true":
            size = f"1/({size})"
        unit = specs.get("time_units", "")
        for name, equation in (
            ("INITIAL TIME", specs.findtext("ns:start", "", _NS)),
            ("FINAL TIME", specs.findtext("ns:stop", "", _NS)),
            ("TIME STEP", size),
            ("SAVEPER", "time_step"),
        ):
            line = specs.sourceline or 0
            try:
                element = ControlElement(name, unit, "", equation or "")
                element.parse({})
            except Exception as error:  # as in _parsed
                refusal = _not_understood(error)
                place = str(self.path), line, name
                self.problems.append(Problem(refusal.reason, *place, hint=refusal.hint))
                continue
            tree = trees.translated(element.ast)
            yield Definition(name, (), (), tree, False, line, equation or "")
            entries.append(Entry(name, "", "=", line, 0, 0, 0, unit, ""))


def _tag(node: Any) -> str:
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def _name(node: Any) -> str:
    return str(node.get("name", "")).replace("\\n", " ")


def _quoted(name: str) -> str:
    """A variable that flows into or out of a stock: a name, whatever letters it has."""
    if name.startswith('"') or all(letter.isalnum() or letter in "_ " for letter in name):
        return name
    return '"' + name.replace('"', '\\"') + '"'


def _entry(node: Any) -> Entry:
    unit = " ".join((node.findtext("ns:units", "", _NS) or "").split())
    doc = " ".join((node.findtext("ns:doc", "", _NS) or "").split())
    return Entry(_name(node), "", "=", node.sourceline or 0, 0, 0, 0, unit, doc)


def _not_understood(error: Exception) -> Refusal:
    if str(error).startswith("KeyError") or "positional argument" in str(error):
        return Refusal("a function has too few or too many arguments", "", "correct the call")
    words = " ".join(str(error).split())[:160] or type(error).__name__
    return Refusal(f"equation not understood ({words})", "", "check brackets, commas and operators")


_TYPES: Mapping[str, str] = {
    "": "interpolate",
    "continuous": "interpolate",
    "extrapolate": "extrapolate",
    "discrete": "hold_backward",
}


def _points(node: Any) -> Any:
    """The points of a graphical function, as PySD's structure of a lookup."""
    from pysd.translators.structures.abstract_expressions import LookupsStructure

    y = _numbers(node, "ypts")
    scale = node.find("ns:xscale", _NS)
    if node.find("ns:xpts", _NS) is not None:
        x = _numbers(node, "xpts")
    elif scale is not None:
        low, high = _number(scale.get("min", "")), _number(scale.get("max", ""))
        last = max(1, len(y) - 1)
        x = [low + (high - low) / last * place for place in range(len(y))]
        x[-1] = high if len(y) > 1 else low
    else:
        raise Refusal("neither xpts nor xscale", "<gf>", "say where its points are")
    kind = node.get("type", "discrete" if node.get("discrete") == "true" else "").lower()
    if len(x) != len(y):
        raise Refusal(f"{len(x)} points x, {len(y)} points y", "<gf>", "give as many of each")
    if kind not in _TYPES:
        raise Refusal(f"of an unknown type '{kind}'", "<gf>", "continuous, extrapolate, discrete")
    points = sorted(zip(x, y, strict=True), key=lambda point: point[0])
    x, y = [point[0] for point in points], [point[1] for point in points]
    if len(set(x)) < len(x):
        raise Refusal("two points with the same x", "<gf>", "move one of them")
    limits = (x[0], x[-1]), (min(y), max(y))
    return LookupsStructure(tuple(x), tuple(y), *limits, _TYPES[kind])


def _numbers(node: Any, tag: str) -> list[float]:
    part = node.find(f"ns:{tag}", _NS)
    texts = [] if part is None else (part.text or "").split(part.get("sep", ",") or ",")
    found = [_number(text) for text in texts if text.strip()]
    if not found:
        raise Refusal(f"no {tag}", "<gf>", "list its points")
    return found


def _number(text: str) -> float:
    from math import isfinite

    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or "_" in text:
        raise Refusal(f"'{text.strip()[:40]}' is no number", "<gf>", "write finite numbers")
    return value

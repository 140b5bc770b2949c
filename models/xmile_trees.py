"""What XMILE writes otherwise than Vensim, told in the words of the Vensim functions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .refusal import Refusal
from .source import key

_BRACKETS = re.compile(r'("(?:\\"|[^"])*"|[\w$\']+(?: +[\w$\']+)*)\s*\[([^\]]*\*[^\]]*)\]')
_ALWAYS = 1e300  # the end of a train of pulses that has none
_LOOKUP = "lookup_of"
_FOLDS = {"sum": "sum", "prod": "prod", "vmin_xmile": "vmin", "vmax_xmile": "vmax"}
_TIMES = {"dt": "time_step", "starttime": "initial_time", "stoptime": "final_time"}
_WORDS = re.compile(
    r'"(?:\\"|[^"])*"|\b(?:if|then|else|mod|lookup(?=\s*\()|not[\w$]+)\b', re.IGNORECASE
)


def spelled_out(equation: str) -> str:
    """An equation with its words as PySD's grammar wants them.

    It knows IF, THEN and ELSE in capitals only, ``mod`` in small letters only, reads
    ``notes`` as NOT ``es``, and takes LOOKUP for a list of points.
    """

    def written(found: re.Match[str]) -> str:
        word = found.group()
        if word.lower() in ("if", "then", "else"):
            return word.upper()
        if word.lower() == "mod":
            return "mod"
        if word.lower() == "lookup":
            return _LOOKUP
        return word if word.startswith('"') else f'"{word}"'

    return _WORDS.sub(written, " ".join(equation.split()))


def wildcards(equation: str, dimensions: Mapping[str, tuple[str, ...]]) -> str:
    """``x[*]`` as ``x[Dim!]``: over all elements of a dimension of ``x``.

    Raises:
        Refusal: ``x`` has no such dimension, or has it twice.
    """

    def marked(found: re.Match[str]) -> str:
        name, given = found.group(1), [part.strip() for part in found.group(2).split(",")]
        own = dimensions.get(key(name), ())
        if len(own) != len(given):
            raise Refusal(f"'{name}' has {len(own)} dimensions, here it has {len(given)}")
        stars = [dim for dim, part in zip(own, given, strict=True) if part == "*"]
        if len(set(stars)) < len(stars):
            raise Refusal("two * over the same dimension", "", "fold one, then the other")
        parts = [
            f"{dim.replace(' ', '_')}!" if part == "*" else part
            for dim, part in zip(own, given, strict=True)
        ]
        return f"{name}[{','.join(parts)}]"

    return _BRACKETS.sub(marked, equation)


class Trees:
    """Trees of one file, whose variables' dimensions and tables are known."""

    def __init__(
        self,
        names: set[str],
        dimensions: Mapping[str, tuple[str, ...]],
        tables: Mapping[str, Any],
        lone: set[str],
    ) -> None:
        self.names, self.dimensions, self.tables = names, dimensions, tables
        self.lone = lone  # the tables that are variables of their own
        self.fixed: Mapping[str, str] = {}

    def of_element(self, tree: Any, dimensions: Sequence[str], chosen: Sequence[str]) -> Any:
        """A tree of one element of an array: its dimensions stand for that element."""
        if len(dimensions) != len(chosen):
            raise Refusal(f"has {len(dimensions)} dimensions, an element {len(chosen)}")
        self.fixed = {
            key(dim): element
            for dim, element in zip(dimensions, chosen, strict=True)
            if list(dimensions).count(dim) == 1
        }
        try:
            return self.translated(tree)
        finally:
            self.fixed = {}

    def translated(self, tree: Any) -> Any:
        """A tree in which everything is a Vensim function, and every subscript is written."""
        kind = type(tree).__name__
        if kind == "ReferenceStructure":
            return self._reference(tree)
        if kind == "CallStructure":
            return self._call(tree)
        if isinstance(tree, tuple | list):
            return type(tree)(self.translated(part) for part in tree)
        if hasattr(tree, "__dict__"):
            for name, part in vars(tree).items():
                setattr(tree, name, self.translated(part))
        return tree

    def looked_up(self, argument: Any, points: Any) -> Any:
        """A table that is written where it is used."""
        from pysd.translators.structures.abstract_expressions import InlineLookupsStructure

        return InlineLookupsStructure(argument, points)

    def _reference(self, tree: Any, marked: bool = False) -> Any:
        from pysd.translators.structures import abstract_expressions as ae

        name = key(tree.reference)
        if name not in self.names:
            if name == "pi":
                return math.pi
            if name in _TIMES:
                return ae.ReferenceStructure(_TIMES[name])
        own = self.dimensions.get(name, ())
        if own and tree.subscripts is None:
            mark = "!" if marked else ""
            if marked and len(set(own)) < len(own):
                raise Refusal("an array has the same dimension twice", "", "fold it in two steps")
            given = [dim + mark for dim in own]
        elif tree.subscripts is None:
            return tree
        else:
            given = list(tree.subscripts.subscripts)
        each = ae.SubscriptsReferenceStructure([self.fixed.get(key(dim), dim) for dim in given])
        return ae.ReferenceStructure(tree.reference, each)

    def _call(self, tree: Any) -> Any:
        from pysd.translators.structures import abstract_expressions as ae

        def call(name: str, *arguments: Any) -> Any:
            return ae.CallStructure(ae.ReferenceStructure(name), arguments)

        name, given = tree.function.reference, tuple(tree.arguments)
        if name == _LOOKUP and len(given) == 2:
            return self._lookup(given[0], self.translated(given[1]))
        if name in _FOLDS and len(given) == 1 and type(given[0]).__name__ == "ReferenceStructure":
            return call(_FOLDS[name], self._reference(given[0], marked=True))
        arguments = tuple(self.translated(argument) for argument in given)
        if name in _FOLDS:
            return call(_FOLDS[name], *arguments)
        if name == "Xramp":
            return call("ramp", *arguments)
        if name == "log10" and len(arguments) == 1:
            return call("log", arguments[0], 10.0)
        if name == "pi" and not arguments:
            return math.pi
        if name in ("Xpulse", "Xpulse_train"):  # a height over one step: magnitude / dt
            step = ae.ReferenceStructure("time_step")
            width = ae.ArithmeticStructure(["*"], (0.5, step))
            height = ae.ArithmeticStructure(["/"], (arguments[-1], step))
            on = call("pulse", arguments[0], width)
            if name == "Xpulse_train":
                on = call("pulse_train", arguments[0], arguments[1], width, _ALWAYS)
            return ae.ArithmeticStructure(["*"], (on, height))
        return ae.CallStructure(tree.function, arguments)

    def _lookup(self, table: Any, x: Any) -> Any:
        """``LOOKUP(table, x)``, where the table may be that of a variable with an equation."""
        from pysd.translators.structures.abstract_expressions import CallStructure

        name = key(getattr(table, "reference", ""))
        if name not in self.tables:
            raise Refusal("its first argument is no graphical function", "LOOKUP", "name one")
        if name in self.lone or self.dimensions.get(name):
            return CallStructure(self._reference(table), (x,))
        return self.looked_up(x, self.tables[name])

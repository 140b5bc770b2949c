"""The condition of a Reality Check, taken apart into what is forced and what is watched.

Vensim makes the condition of a constraint true and then looks at its consequence
(https://vensim.com/documentation/20980.html): a test input or an equality replaces the
variable's equation, an inequality replaces its value wherever it does not hold by itself.
Conditions joined by ``:AND:`` hold together; those joined by ``:OR:`` are tried one after
the other. What cannot be forced is watched: a comparison of two expressions, of ``Time`` or
of a control variable, or with ``<>``. The consequence is then asked for at the times when
all that holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from .refusal import Refusal
from .source import key
from .subscripts import Subscripts

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}


@dataclass(frozen=True)
class Forced:
    """``variable operator value`` is made true; ``bound`` tells the element of each range."""

    variable: Any  # a reference
    operator: str  # "=", "<", "<=", ">" or ">="
    value: Any
    bound: Mapping[str, str]


@dataclass(frozen=True)
class Watched:
    """``left operator right`` is left as it comes."""

    left: Any
    operator: str
    right: Any
    bound: Mapping[str, str]


Part = Forced | Watched


@dataclass(frozen=True)
class TestInput:
    """``name[subscripts] :TEST INPUT: variable = expression``, read."""

    __test__ = False  # pytest would take it for a test

    name: str
    subscripts: tuple[str, ...]
    tree: Any


class Conditions:
    """Takes conditions apart.

    Args:
        inputs: the model's test inputs by key; several where elements differ.
        variables: keys of the variables and lookups that can be forced.
    """

    def __init__(
        self,
        inputs: Mapping[str, Sequence[TestInput]],
        variables: frozenset[str],
        subscripts: Subscripts,
    ) -> None:
        self.inputs, self.variables, self.subscripts = inputs, variables, subscripts

    def alternatives(self, tree: Any, bound: Mapping[str, str]) -> list[tuple[Part, ...]]:
        """The ways in which a condition can be made true, each a tuple of parts.

        Raises:
            Refusal: the condition has a form that Vensim does not define.
        """
        return self._either(tree, bound, False)

    def _either(self, tree: Any, bound: Mapping[str, str], no: bool) -> list[tuple[Part, ...]]:
        kind = type(tree).__name__
        if kind == "ReferenceStructure":
            return [(self._input(tree, bound, no),)]
        if kind != "LogicStructure":
            raise Refusal(
                "a condition is made of comparisons and test inputs", "", "compare with a value"
            )
        operators = [item.upper() for item in tree.operators]
        if operators[-1] == ":NOT:":
            return self._either(tree.arguments[0], bound, not no)
        if operators[-1] in _MIRRORED:
            return [(self._comparison(tree, bound, no),)]
        if len(set(operators)) > 1:
            raise Refusal(
                ":AND: and :OR: stand side by side without brackets", ":AND:", "add brackets"
            )
        parts = [self._either(argument, bound, no) for argument in tree.arguments]
        if (operators[0] == ":OR:") != no:
            return [alternative for part in parts for alternative in part]
        return [tuple(part for group in chosen for part in group) for chosen in product(*parts)]

    def _comparison(self, tree: Any, bound: Mapping[str, str], no: bool) -> Part:
        operator = tree.operators[-1]
        left, right = tree.arguments
        if no:
            operator = _OPPOSITE[operator]
        if isinstance(left, int | float) and self._can_force(right):
            left, right, operator = right, left, _MIRRORED[operator]
        if self._can_force(left) and operator != "<>":
            return Forced(left, operator, right, bound)
        return Watched(left, operator, right, bound)

    def _can_force(self, tree: Any) -> bool:
        return type(tree).__name__ == "ReferenceStructure" and key(tree.reference) in self.variables

    def _input(self, tree: Any, bound: Mapping[str, str], no: bool) -> Part:
        name = tree.reference.replace("_", " ")
        found = self.inputs.get(key(tree.reference))
        if not found:
            raise Refusal(f"'{name}' is no test input", "", "compare the variable with a value")
        if no:
            raise Refusal(
                f"the test input '{name}' cannot be negated", ":NOT:", "define the opposite input"
            )
        given = tree.subscripts.subscripts if tree.subscripts else []
        chosen = tuple(self.subscripts.resolve(item, bound, given) for item in given)
        for item in found:
            if len(item.subscripts) == len(chosen) and any(
                chosen == covered for _, covered in self.subscripts.tuples(item.subscripts)
            ):
                inner = self.subscripts.bind(item.subscripts, chosen)
                return self._assignment(item, inner)
        raise Refusal(
            f"the test input '{name}' is not defined for these subscripts",
            "",
            "write the subscripts of the test input behind its name, on both sides",
        )

    def _assignment(self, item: TestInput, bound: Mapping[str, str]) -> Forced:
        tree = item.tree
        plain = type(tree).__name__ == "LogicStructure" and tree.operators == ["="]
        if not plain or not self._can_force(tree.arguments[0]):
            raise Refusal(
                f"the test input '{item.name}' is not 'variable = expression'",
                ":TEST INPUT:",
                "name one variable of the model, then its other equation",
            )
        return Forced(tree.arguments[0], "=", tree.arguments[1], bound)

"""Where names are looked up: in the model, or in one call of a macro."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .equations import Expr
from .vensim import Definition, Macro

Places = dict[str, dict[tuple[str, ...], int]]


@dataclass
class Argument:
    """An input of a macro call: a tree that is lowered once, where the call stands."""

    tree: Any
    bound: Mapping[str, str]
    scope: Scope
    current: Definition | None
    value: Expr | None = None


@dataclass
class Scope:
    """Variable -> element -> slot (or table); in a macro call, the inputs and the caller too.

    ``owner`` is the key of the model's variable that the call belongs to.
    """

    place: Places = field(default_factory=dict)
    tables: Places = field(default_factory=dict)
    arguments: dict[str, Argument] = field(default_factory=dict)
    macro: Macro | None = None
    caller: Scope | None = None
    owner: str = ""
    called_at: str = ""

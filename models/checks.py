"""What a reader may ask of any model file: is every equation explained?"""

from __future__ import annotations

from collections.abc import Iterator

from .errors import Finding
from .model import Model


def check_model(model: Model) -> list[Finding]:
    """Findings by line: variables without units or comment, and what is not run.

    A dimensionless variable says ``Dmnl`` (or ``1``); an empty unit is a finding.
    """
    found = [*_unexplained(model), *_left_aside(model)]
    return sorted(found, key=lambda finding: finding.line)


def _unexplained(model: Model) -> Iterator[Finding]:
    for variable in model.variables.values():
        place = (str(model.path), variable.line, variable.name)
        if not variable.unit:
            yield Finding(*place, "has no units")
        if not variable.comment and variable.kind != "control":
            yield Finding(*place, "has no comment")


def _left_aside(model: Model) -> Iterator[Finding]:
    for name in model.equations.left_aside:
        yield Finding(str(model.path), 0, name, "a reality check: read, but not run")

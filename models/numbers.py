"""Naming single numbers that a run may replace: ``delay time``, ``effect@5``, ``stock``.

A constant goes by its column; a point of a lookup by the lookup's column, ``@`` and its x;
the start of a stock by the stock's column.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .errors import ModelError, Problem
from .model import Model


@dataclass(frozen=True)
class Number:
    """One number of a model. ``place`` counts the points of a lookup, else it is -1."""

    label: str
    kind: Literal["constant", "point", "start"]
    column: str
    place: int = -1


def read_numbers(model: Model, names: Iterable[str], starts: bool = True) -> tuple[Number, ...]:
    """The numbers that names mean; a lookup without ``@x`` is all of its points.

    Args:
        model: from :func:`models.load`.
        names: columns, lookups, ``lookup@x``; a variable with subscripts is all its elements.
        starts: whether the starts of stocks count, too.

    Raises:
        ModelError: names that mean no such number, all of them at once.
    """
    found: list[Number] = []
    problems: list[Problem] = []
    for name in names:
        try:
            found += _read(model, name, starts)
        except ModelError as error:
            problems += error.problems
    if problems:
        raise ModelError(problems)
    return tuple(dict.fromkeys(found))


def _read(model: Model, name: str, starts: bool) -> list[Number]:
    column = model.find(name)
    if column is not None and column in model.table:
        return [_point(column, place, x) for place, x in enumerate(_x(model, column))]
    if column is not None:
        role = model.equations.slots[model.slot[column]].role
        if role == "constant":
            return [Number(column, "constant", column)]
        if role == "state" and starts:
            return [Number(column, "start", column)]
        what = "a constant, a stock or a lookup" if starts else "a constant or a lookup"
        raise model.refusal(f"is computed in the model: not {what}", name)
    variable = model.variables.get(name)
    if variable is not None and len(variable.columns) > 1:
        return [number for each in variable.columns for number in _read(model, each, starts)]
    lookup, sign, at = name.rpartition("@")
    column = model.find(lookup) if sign else None
    if column is not None and column in model.table:
        xs = _x(model, column)
        try:
            place = xs.index(float(at))
        except ValueError:
            listed = ", ".join(f"{x:g}" for x in xs[:12]) + (", ..." if len(xs) > 12 else "")
            raise model.refusal(f"the lookup has no point at {at}", name, f"x: {listed}") from None
        return [_point(column, place, xs[place])]
    known = [*model.constants, *model.lookups]
    near = difflib.get_close_matches(lookup if sign else name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "see model.constants and model.lookups"
    raise ModelError(Problem("no such number", str(model.path), 0, name, hint=hint))


def _x(model: Model, column: str) -> list[float]:
    return list(model.equations.tables[model.table[column]].x)


def _point(column: str, place: int, x: float) -> Number:
    return Number(f"{column}@{x:g}", "point", column, place)

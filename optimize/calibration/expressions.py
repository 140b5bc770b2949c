"""Measures of a run: ``10000 * jobs helped / progress[money paid] / agreed money``.

A measure is a sum of terms (`` + ``); a term is a product of factors (`` * ``, `` / ``, from
the left); a factor is a number, or columns taken together (`` & ``). The name of a variable
with subscripts, written without an element, stands for all its elements together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from models import Model

Values = Callable[[str], NDArray[Any]]  # column -> its values, whatever their shape

_FACTORS = re.compile(r" ([*/]) ")


@dataclass(frozen=True)
class Factor:
    """A number, or the sum of columns; ``power`` is 1 or -1."""

    power: int
    number: float
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """A sum of products of factors."""

    terms: tuple[tuple[Factor, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it reads, each once."""
        named = (name for term in self.terms for factor in term for name in factor.columns)
        return tuple(dict.fromkeys(named))

    def of(self, values: Values) -> Any:
        """The measure, in the shape of the values."""
        return sum(_product(term, values) for term in self.terms)


def _product(term: tuple[Factor, ...], values: Values) -> Any:
    result: Any = 1.0
    for factor in term:
        size = sum(values(name) for name in factor.columns) if factor.columns else factor.number
        result = result * size if factor.power > 0 else result / size
    return result


def parse(text: str, model: Model) -> Measure:
    """Read a measure.

    Raises:
        ValueError: it names what the model does not have.
    """
    return Measure(tuple(_term(part, model) for part in text.split(" + ")))


def _term(text: str, model: Model) -> tuple[Factor, ...]:
    first, *rest = _FACTORS.split(text.strip())
    signed = [("*", first), *zip(rest[::2], rest[1::2], strict=True)]
    return tuple(_factor(sign, part, model) for sign, part in signed)


def _factor(sign: str, text: str, model: Model) -> Factor:
    power = 1 if sign == "*" else -1
    try:
        return Factor(power, float(text), ())
    except ValueError:
        names = [name for part in text.split(" & ") for name in _columns(part.strip(), model)]
        return Factor(power, 1.0, tuple(names))


def _columns(name: str, model: Model) -> tuple[str, ...]:
    if name in model.columns:
        return (name,)
    variable = model.variables.get(name)
    if variable is None or not set(variable.columns) <= set(model.columns):
        raise ValueError(f"'{name}' is no column of {model.path.name}")
    return tuple(variable.columns)

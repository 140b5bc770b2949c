"""Units of measure: products of powers of names, read from Vensim text.

``wanyuan/person/year`` is wanyuan x person^-1 x year^-1. Names may hold blanks ("percentage
point"), capitals do not count, and synonyms are those of the model's settings (lines
``22:$,Dollar,Dollars``), or Vensim's own for a new model where a file brings no settings.
Nothing is converted: kg and tonne are as different as kg and year.

See "Units Synonyms", https://vensim.com/documentation/ref_units_equiv.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

_DIMENSIONLESS = ("dmnl", "dimensionless", "fraction", "1")
_SETTINGS = "///---\\\\\\"
_NEW_MODEL = (
    ("$", "Dollar", "Dollars", "$s"),
    ("Day", "Days"),
    ("Hour", "Hours"),
    ("Month", "Months"),
    ("Person", "People", "Persons"),
    ("Unit", "Units"),
    ("Week", "Weeks"),
    ("Year", "Years"),
)
_TOKEN = re.compile(r"\s*([*/()^]|[^*/()^]+)")


@dataclass(frozen=True)
class Unit:
    """A product of powers: ``((name, exponent), ...)`` by name, no exponent nil."""

    powers: tuple[tuple[str, Fraction], ...] = ()

    @classmethod
    def of(cls, powers: Mapping[str, Fraction]) -> Unit:
        return cls(tuple(sorted((name, power) for name, power in powers.items() if power)))

    @property
    def dimensionless(self) -> bool:
        return not self.powers

    def __mul__(self, other: Unit) -> Unit:
        found = dict(self.powers)
        for name, power in other.powers:
            found[name] = found.get(name, Fraction(0)) + power
        return Unit.of(found)

    def __truediv__(self, other: Unit) -> Unit:
        return self * other ** Fraction(-1)

    def __pow__(self, exponent: Fraction) -> Unit:
        return Unit.of({name: power * exponent for name, power in self.powers})

    def __str__(self) -> str:
        if not self.powers:
            return "Dmnl"
        above = "*".join(_power(name, power) for name, power in self.powers if power > 0)
        below = "".join("/" + _power(name, -power) for name, power in self.powers if power < 0)
        return (above or "1") + below


DIMENSIONLESS = Unit()


def _power(name: str, power: Fraction) -> str:
    if power == 1:
        return name
    shown = str(power) if power.denominator == 1 else f"{float(power):g}"
    return f"{name}^{shown}"


class UnitTable:
    """Reads units; names that mean the same are one name, spelled as first met.

    Args:
        groups: names that mean the same, group by group.
    """

    def __init__(self, groups: Iterable[Iterable[str]] = ()) -> None:
        self._group: dict[str, str] = {}  # a name -> the first name of its group
        self._spelled: dict[str, str] = {}  # the first name of a group -> how the file writes it
        for group in groups:
            listed = [_same(name) for name in group if name.strip()]
            first = next((self._group[name] for name in listed if name in self._group), "")
            for name in listed:
                self._group.setdefault(name, first or listed[0])

    def read(self, text: str) -> Unit:
        """The unit that a text means.

        Raises:
            ValueError: the text is no product of powers of names.
        """
        tokens = [token.strip() for token in _TOKEN.findall(text.strip())]
        unit, rest = self._product([token for token in tokens if token])
        if rest:
            raise ValueError(f"'{rest[0]}' is out of place")
        return unit

    def _product(self, tokens: list[str]) -> tuple[Unit, list[str]]:
        unit, rest = self._factor(tokens)
        while rest and rest[0] in "*/":
            factor, after = self._factor(rest[1:])
            unit = unit * factor if rest[0] == "*" else unit / factor
            rest = after
        return unit, rest

    def _factor(self, tokens: list[str]) -> tuple[Unit, list[str]]:
        if not tokens or tokens[0] in "*/)^":
            raise ValueError(f"a name is missing before '{tokens[0] if tokens else 'the end'}'")
        if tokens[0] == "(":
            unit, rest = self._product(tokens[1:])
            if not rest or rest[0] != ")":
                raise ValueError("a bracket is not closed")
            rest = rest[1:]
        else:
            unit, rest = self._named(tokens[0]), tokens[1:]
        if rest and rest[0] == "^":
            if len(rest) < 2 or not re.fullmatch(r"[+-]?\d+(\.\d+)?", rest[1]):
                raise ValueError("an exponent must be a number")
            unit, rest = unit ** Fraction(rest[1]), rest[2:]
        return unit, rest

    def _named(self, word: str) -> Unit:
        name = " ".join(word.split())
        if name.lower() in _DIMENSIONLESS:
            return DIMENSIONLESS
        if re.fullmatch(r"[\d.,]+", name):
            raise ValueError(f"the number {name} is no unit")
        group = self._group.get(_same(name), _same(name))
        return Unit(((self._spelled.setdefault(group, name), Fraction(1)),))


def _same(name: str) -> str:
    return " ".join(name.split()).lower()


def unit_table(text: str) -> UnitTable:
    """The table for a .mdl text, with the synonyms that its settings state."""
    start = text.rfind(_SETTINGS)
    if start < 0:
        return UnitTable(_NEW_MODEL)
    lines = re.findall(r"^22:(.+?)\s*$", text[start:], flags=re.MULTILINE)
    return UnitTable(line.split(",") for line in lines)

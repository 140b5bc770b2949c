"""The table beside a model that names its variables: ``variables.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scenarios.levers import LEVER

MODELS = Path(__file__).resolve().parent.parent / "models"
COUNTY = MODELS / "county.mdl"


@dataclass(frozen=True)
class Entry:
    """One row. Numbers are one for all elements, or one an element in the model's order."""

    id: str
    zh: str
    en: str
    unit: str
    kind: str
    default: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    source: str

    def range_of(self, position: int) -> tuple[float, float]:
        """Lowest and highest sensible value of the element at ``position``."""
        return element(self.low, position, float("-inf")), element(
            self.high, position, float("inf")
        )


@dataclass(frozen=True)
class Catalogue:
    """The rows of a ``variables.csv`` by id; empty where a model has none."""

    path: Path
    entries: Mapping[str, Entry]

    def of_kind(self, kind: str) -> Mapping[str, Entry]:
        """Rows of one kind by id."""
        return {id: entry for id, entry in self.entries.items() if entry.kind == kind}

    def spellings(self, kind: str, drop: str = "") -> Mapping[str, str]:
        """Every way to write the ids of a kind (id, Chinese, English), and the id meant.

        ``drop`` is cut from the front of the ids.
        """
        return {
            spelling: entry.id.removeprefix(drop)
            for entry in self.of_kind(kind).values()
            for spelling in (entry.id.removeprefix(drop), entry.zh, entry.en)
            if spelling
        }

    def instruments(self) -> Mapping[str, str]:
        """Every way to write an instrument, and its id."""
        levers = self.spellings("lever", drop=LEVER)
        ids = set(levers.values())
        return {
            **levers,
            **{spelling: id for spelling, id in self.spellings("element").items() if id in ids},
        }


@cache
def catalogue(model: Path = COUNTY) -> Catalogue:
    """The catalogue beside ``model``."""
    path = model.with_name("variables.csv")
    if not path.exists():
        return Catalogue(path, {})
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            Entry(
                id=row["id"],
                zh=row["zh"],
                en=row["en"],
                unit=row["unit"],
                kind=row["kind"],
                default=numbers(row["default"]),
                low=numbers(row["low"]),
                high=numbers(row["high"]),
                source=row["source"],
            )
            for row in csv.DictReader(file)
        ]
    return Catalogue(path, {row.id: row for row in rows})


def numbers(text: str) -> tuple[float, ...]:
    """``"1;2;3"`` as floats; an empty cell as none."""
    return tuple(float(part) for part in text.split(";")) if text.strip() else ()


def element(values: tuple[float, ...], position: int, missing: float) -> float:
    """The value of one element, where one number serves all."""
    if not values:
        return missing
    return values[position] if len(values) > 1 else values[0]

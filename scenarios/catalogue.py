"""Every way to write a name of the model: its id, its Chinese and its English label."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from models.catalogue import Catalogue, Row, read
from scenarios.levers import LEVER

Spellings = Mapping[str, str]  # a way to write it -> the id


@cache
def catalogue(model: Path) -> Catalogue:
    """The ``variables.csv`` beside a model; without rows where there is none."""
    path = model.with_name("variables.csv")
    return read(path) if path.exists() else Catalogue(path, MappingProxyType({}))


def of_kind(names: Catalogue, kind: str) -> tuple[Row, ...]:
    """The rows of one kind, in the order of the table."""
    return tuple(row for row in names.rows.values() if row.kind == kind)


def spellings(names: Catalogue, kind: str) -> Spellings:
    """The ids of a kind by every way to write them."""
    return {
        spelling: row.id
        for row in of_kind(names, kind)
        for spelling in (row.id, row.zh, row.en)
        if spelling
    }


def instruments(names: Catalogue) -> Spellings:
    """The instruments by every way to write them."""
    known = {row.id.removeprefix(LEVER) for row in of_kind(names, "lever")}
    return {spelling: id for spelling, id in spellings(names, "element").items() if id in known}

"""The same .mdl text with other numbers: constants and lookup tables replaced in place.

Units, comments, groups and sketch stay as they are, letter for letter. Numbers are
written so that reading them back gives the same bits: a run of the new file by itself is
the run of the old one with these values.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .equations import Variable
from .external import digest, unchanged
from .model import Model
from .reading import identity
from .source import Entry, Source, key, read


def write_mdl(
    model: Model,
    target: str | Path,
    values: Mapping[str, float] | None = None,
    lookups: Mapping[str, Any] | None = None,
) -> Path:
    """Write the model's file with some numbers replaced.

    Args:
        model: its file must still be the one it was loaded from.
        target: the file to write, whole or not at all.
        values: constant (or control, such as ``FINAL TIME``) -> number.
        lookups: lookup -> ``y`` (P,) at the lookup's own ``x``.

    Raises:
        ModelError: an input names no constant or lookup, or is not finite; the model's
            file has changed since.
        OSError: the target cannot be written.
    """
    if model.path.suffix.lower() != ".mdl":
        raise model.refusal("only .mdl files are rewritten", hint="save the model from Vensim")
    raw = model.path.read_bytes()
    if not _same(model, raw):
        raise model.refusal("the model file has changed since it was loaded", hint="load it again")
    source = read(model.path)
    numbers = _numbers(model, values or {})
    tables = _tables(model, lookups or {})
    edits: list[tuple[int, int, str]] = []
    for name, variable in model.equations.variables.items():
        if not any(column in numbers or column in tables for column in variable.columns):
            continue
        entries = [entry for entry in source.entries if entry.key == name and not entry.macro]
        if len(entries) != len(variable.blocks):
            raise model.refusal("its definitions were not found in the text", name)
        for entry, block in zip(entries, variable.blocks, strict=True):
            if any(column in tables for column in variable.columns) and variable.kind != "lookup":
                raise model.refusal("its series stands in another file", name)
            if variable.kind == "lookup":
                edits += _table_edits(model, source, entry, variable, block, tables)
            else:
                edits += _number_edits(model, entry, variable, block, numbers)
    text = source.text
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return _write(Path(target), text.encode(source.encoding))


def _same(model: Model, raw: bytes) -> bool:
    """Whether the text of the model, and the tables it names, are those that were loaded."""
    text = hashlib.sha256(raw).hexdigest()
    named = identity(text, {path: digest(path) for path in model.data})
    known = model.equations.files
    return unchanged(known, model.path.parent) and identity(named, known) == model.sha256


def _write(target: Path, content: bytes) -> Path:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        return part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _numbers(model: Model, values: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, given in values.items():
        column = model.find(name)
        slot = model.slot.get(column) if column else None
        if column is None or slot is None or model.equations.slots[slot].role != "constant":
            raise model.refusal("is no constant of the model", name)
        value = float(given)
        if not math.isfinite(value):
            raise model.refusal(f"cannot be {value} in a model file", name)
        found[column] = value
    return found


def _tables(model: Model, lookups: Mapping[str, Any]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, given in lookups.items():
        column = model.find(name)
        table = model.table.get(column) if column else None
        if column is None or table is None:
            raise model.refusal("is no lookup of the model", name)
        y = np.asarray(given, dtype=np.float64)
        points = len(model.equations.tables[table].x)
        if y.shape != (points,) or not np.all(np.isfinite(y)):
            raise model.refusal(f"needs {points} finite numbers", name)
        found[column] = [float(value) for value in y]
    return found


def _number_edits(
    model: Model,
    entry: Entry,
    variable: Variable,
    block: Sequence[str],
    numbers: Mapping[str, float],
) -> list[tuple[int, int, str]]:
    if not any(column in numbers for column in block):
        return []
    new = [numbers.get(column, _constant(model, column)) for column in block]
    known = [value for value in new if value is not None]
    if len(known) < len(new):  # an element that is computed stands in the same definition
        raise model.refusal("is computed for some elements", key(entry.name))
    if len(set(known)) == 1:
        return [(entry.start, entry.end, _number(known[0]))]
    listed = None if "EXCEPT" in entry.subscripts.upper() else _listed(block, known)
    if listed is not None:
        return [(entry.start, entry.end, listed)]
    parts = [f"{column} = {_number(value)}" for column, value in zip(block, known, strict=True)]
    return [(entry.begin, entry.end, _separate(parts))]


def _constant(model: Model, column: str) -> float | None:
    slot = model.equations.slots[model.slot[column]]
    return float(slot.expr[1]) if slot.role == "constant" and slot.expr else None


def _listed(block: Sequence[str], values: Sequence[float]) -> str | None:
    """``1, 2, 3`` for one range, ``1, 2; 3, 4;`` for two; None for more.

    None, too, for lists that PySD would round: it prints arrays with 8 digits only, single
    numbers in full.
    """
    printed = np.array2string(np.array(values), separator=",", precision=8, floatmode="maxprec")
    if [float(text) for text in printed.strip("[]").split(",")] != list(values):
        return None
    chosen = [_elements(column) for column in block]
    sizes = [len(dict.fromkeys(position)) for position in zip(*chosen, strict=True)]
    wide = [size for size in sizes if size > 1]
    if math.prod(wide) != len(values) or len(wide) > 2:
        return None
    texts = [_number(value) for value in values]
    if len(wide) == 1:
        return ", ".join(texts)
    rows = [texts[i : i + wide[1]] for i in range(0, len(texts), wide[1])]
    return " ".join(", ".join(row) + ";" for row in rows)


def _elements(column: str) -> list[str]:
    return column[column.rindex("[") + 1 : -1].split(",")


def _table_edits(
    model: Model,
    source: Source,
    entry: Entry,
    variable: Variable,
    block: Sequence[str],
    tables: Mapping[str, list[float]],
) -> list[tuple[int, int, str]]:
    if not any(column in tables for column in block):
        return []
    limits = re.match(r"\(\s*(\[[^\]]*\]\s*,)", source.right(entry))
    head = " ".join(limits.group(1).split()) if limits else ""
    bodies = []
    for column in block:
        table = model.equations.tables[model.table[column]]
        y = tables.get(column, list(table.y))
        points = ",".join(f"({_number(a)},{_number(b)})" for a, b in zip(table.x, y, strict=True))
        bodies.append(f"({head}{points})")
    if len(set(bodies)) == 1:
        return [(entry.start, entry.end, bodies[0])]
    parts = [column + body for column, body in zip(block, bodies, strict=True)]
    return [(entry.begin, entry.end, _separate(parts))]


def _separate(definitions: Sequence[str]) -> str:
    """Several definitions in the place of one; the last keeps its units and comment."""
    return "\t~~|\n".join(definitions)


def _number(value: float) -> str:
    """The shortest text that reads back as the same float, with a point or an exponent."""
    return repr(float(value))

"""The blocks of a model: the groups of its file, put together and named in two languages.

``blocks.csv`` beside the model holds ``id,en,zh,groups``; ``groups`` are the heads of groups in
the .mdl, separated by ``;``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from . import source
from .model import COUNTY, Model
from .source import Entry, key

TABLE = COUNTY.with_name("blocks.csv")
_HEAD = re.compile(r"^\*{3,}\s*\n\s*\.(.+?)\s*\n\*{3,}~", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One row of ``blocks.csv``."""

    id: str
    en: str
    zh: str
    groups: tuple[str, ...]

    def label(self, lang: Literal["zh", "en"]) -> str:
        return self.zh if lang == "zh" else self.en


def read(path: str | Path = TABLE) -> tuple[Block, ...]:
    """The blocks, in the order of the table.

    Raises:
        OSError: the file cannot be read.
    """
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Block(
                row["id"], row["en"], row["zh"], tuple(g.strip() for g in row["groups"].split(";"))
            )
            for row in csv.DictReader(file)
        )


def entries(model: Model, blocks: tuple[Block, ...]) -> dict[str, list[Entry]]:
    """Block id -> its definitions in the file; a group without a block has its own name as id."""
    text = source.read(model.path)
    heads = [(match.start(), match.group(1)) for match in _HEAD.finditer(text.text)]
    block_of = {group: block.id for block in blocks for group in block.groups}
    known = {key(name) for name in model.variables}
    found: dict[str, list[Entry]] = {}
    for entry in text.entries:
        if entry.operator == ":" or entry.key not in known:
            continue
        above = [name for start, name in heads if start < entry.begin]
        group = above[-1] if above else ""
        found.setdefault(block_of.get(group, group), []).append(entry)
    return found


def block_of(model: Model, blocks: tuple[Block, ...] | None = None) -> Mapping[str, str]:
    """Variable -> id of its block; no variable is in one if the model has no ``blocks.csv``.

    Only Vensim files have groups.
    """
    table = model.path.with_name(TABLE.name)
    if blocks is None and not table.is_file():
        return {}
    names = {key(name): name for name in model.variables}
    every = entries(model, read(table) if blocks is None else blocks)
    return {names[entry.key]: block for block, found in every.items() for entry in found}

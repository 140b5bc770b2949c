"""What the modeller says of the model's structure: signs of links, loops and chains by name.

``links.csv`` states the sign of every link that carries a mechanism of the paper or of the
literature; accounting links (sums of a year, totals to date, ratios to the start, figures for
display, points) are left out, since their sign is their definition. ``loops.csv`` names the
feedback loops that tell the paper's story, and the chains of causes that tell it without
closing. Both are opinions; :func:`models.polarity.polarity` holds the facts.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from .links import owners
from .loops import Loop, chain_through, loop_through
from .model import Model
from .polarity import Sign, common

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class StatedLink:
    """``cause`` moves ``effect`` in the direction ``sign``; each a variable or a column."""

    cause: str
    effect: str
    sign: Sign
    why: str
    why_zh: str

    def found(self, model: Model, signs: Mapping[tuple[str, str], Sign]) -> Sign | None:
        """The sign that perturbation found, or None if the model has no such link."""
        owner = owners(model)
        felt = [
            sign
            for (cause, effect), sign in signs.items()
            if self.cause in (cause, owner[cause]) and self.effect in (effect, owner[effect])
        ]
        return common(felt) if felt else None


@dataclass(frozen=True)
class NamedLoop:
    """A loop (closed) or a chain (open) of the paper's story.

    ``through`` are columns that it visits in this order, ``nature`` what its signs multiply
    to, ``section`` the section of Wang & Guo (2024) that it comes from.
    """

    id: str
    kind: Literal["loop", "chain"]
    nature: str
    section: str
    zh: str
    en: str
    through: tuple[str, ...]
    story: str
    story_zh: str

    def find(self, model: Model, signs: Mapping[tuple[str, str], Sign]) -> Loop:
        """The whole path, with the nature that perturbation found.

        Raises:
            ModelError: a column is gone, or nothing leads from one to the next.
        """
        search = loop_through if self.kind == "loop" else chain_through
        return search(model, self.through, signs)


@lru_cache(maxsize=1)
def stated_links() -> tuple[StatedLink, ...]:
    """The rows of ``links.csv``.

    Raises:
        ValueError: a sign is none of ``+`` and ``-``.
    """
    return tuple(
        StatedLink(row["cause"], row["effect"], _sign(row["sign"]), row["why"], row["why_zh"])
        for row in _rows("links.csv")
    )


@lru_cache(maxsize=1)
def named_loops() -> tuple[NamedLoop, ...]:
    """The rows of ``loops.csv``."""
    return tuple(
        NamedLoop(
            row["id"],
            "chain" if row["kind"] == "chain" else "loop",
            row["nature"],
            row["section"],
            row["zh"],
            row["en"],
            tuple(part.strip() for part in row["through"].split(">")),
            row["story"],
            row["story_zh"],
        )
        for row in _rows("loops.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sign(text: str) -> Sign:
    if text == "+":
        return "+"
    if text == "-":
        return "-"
    raise ValueError(f"a link is stated as + or -, not as '{text}'")

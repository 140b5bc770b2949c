"""The structure that the pages and diagrams show: links, signs and loops of the county model."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Literal

from models import Model, load
from models.catalogue import Catalogue, county
from models.links import column_links, links, owners
from models.loops import Loop, independent_loops
from models.polarity import Sign, polarity, product, spread, variable_polarity
from models.stated import NamedLoop, named_loops, stated_links

HERE = Path(__file__).parent
Lang = Literal["en", "zh"]
LANGUAGES: tuple[Lang, ...] = ("en", "zh")
SAMPLE, SEED = 24, 1


def rows(name: str) -> list[dict[str, str]]:
    """A table of this folder."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Step:
    """A link between two shown places, perhaps through others that are not shown."""

    cause: str
    effect: str
    sign: Sign
    delayed: bool


@dataclass(frozen=True)
class Structure:
    """What is known of the model's structure; everything is worked out once, when asked."""

    model: Model
    catalogue: Catalogue

    @cached_property
    def signs(self) -> dict[tuple[str, str], Sign]:
        return polarity(self.model, spread(self.model, self.catalogue, SAMPLE, SEED))

    @cached_property
    def variable_signs(self) -> dict[tuple[str, str], Sign]:
        return variable_polarity(self.model, self.signs)

    @cached_property
    def named(self) -> list[tuple[NamedLoop, Loop]]:
        return [(named, named.find(self.model, self.signs)) for named in named_loops()]

    @cached_property
    def independent(self) -> tuple[tuple[Loop, ...], int]:
        return independent_loops(self.model, self.signs)

    @cached_property
    def rates(self) -> frozenset[tuple[str, str]]:
        """Links of columns into what accumulates or smooths."""
        return frozenset(
            (link.cause, link.effect) for link in column_links(self.model) if link.kind == "rate"
        )

    def steps(self, loop: Loop, shown: frozenset[str]) -> list[Step]:
        """The loop as links between the shown members only."""
        turn = next((i for i, name in enumerate(loop.path) if name in shown), None)
        if turn is None:
            return []
        before, way = loop.path[: turn + 1], [loop.path[turn]]
        found = []
        for name in (*loop.path[turn + 1 :], *(before if loop.closed else ())):
            way.append(name)
            if name in shown:
                passed = list(pairwise(way))
                sign = product(self.signs[link] for link in passed)
                delayed = any(link in self.rates for link in passed)
                found.append(Step(way[0], name, sign, delayed))
                way = [name]
        return found


def structure() -> Structure:
    """That of the county model."""
    return Structure(load(), county())


def links_table(known: Structure) -> str:
    """``docs/links.csv``: every link of the variables, its kind, its sign, what is stated."""
    owner = owners(known.model)
    stated = {(owner.get(s.cause, s.cause), owner.get(s.effect, s.effect)) for s in stated_links()}
    out = StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(["cause", "effect", "kind", "sign", "stated"])
    for link in links(known.model):
        pair = link.cause, link.effect
        sign = "" if link.kind == "initial" else known.variable_signs.get(pair, "none")
        write([*pair, link.kind, sign, "yes" if pair in stated else ""])
    return out.getvalue()


def loops_table(known: Structure) -> str:
    """``docs/loops.csv``: the named loops and chains, then the shortest independent set."""
    out = StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(["id", "name", "name_zh", "kind", "nature", "section", "links", "memories", "path"])
    for named, loop in known.named:
        write(
            [named.id, named.en, named.zh, named.kind, loop.nature, named.section,
             len(loop.steps), "; ".join(loop.memories), " > ".join(loop.path)]
        )  # fmt: skip
    for i, loop in enumerate(known.independent[0], start=1):
        write(
            [f"S{i}", "", "", "loop", loop.nature, "", len(loop.steps),
             "; ".join(loop.memories), " > ".join(loop.path)]
        )  # fmt: skip
    return out.getvalue()

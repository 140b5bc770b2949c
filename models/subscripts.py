"""Subscript ranges: their elements, the tuples a left side covers, what a right side means."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from .limits import MOST_ELEMENTS, MOST_NUMBERS, too_many_numbers
from .source import key
from .vensim import Range


class Subscripts:
    """The ranges of a model. All look-ups go by :func:`~models.source.key`."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self.names: dict[str, str] = {}  # element key -> as written
        self.mapped: dict[str, list[tuple[str, tuple[str, ...]]]] = {}  # range -> ranges there
        self._members: dict[str, list[str]] = {}
        listed: dict[str, list[str]] = {}
        for item in ranges:
            name = key(item.name)
            listed[name] = [key(item.copies)] if item.copies else [key(e) for e in item.elements]
            self.mapped.setdefault(name, []).extend(
                (key(target), tuple(map(key, listed))) for target, listed in item.mapped
            )
            if item.copies:
                self.mapped[name].append((key(item.copies), ()))
                self.mapped.setdefault(key(item.copies), []).append((name, ()))
            for element in item.elements:
                self.names.setdefault(key(element), element)
        for item in ranges:
            if item.copies and key(item.copies) not in listed:
                raise ValueError(f"'{item.name}' copies '{item.copies}', which is no range")
        for name in listed:
            self._expand(name, listed, ())
        self.elements = {element for members in self._members.values() for element in members}
        self._position: dict[str, int] = {}
        for members in sorted(self._members.values(), key=len, reverse=True):
            for place, element in enumerate(members, 1):
                self._position.setdefault(element, place)

    def _expand(
        self, name: str, listed: Mapping[str, list[str]], seen: tuple[str, ...]
    ) -> list[str]:
        if name in self._members:
            return self._members[name]
        if name in seen:
            raise ValueError(f"subscript range '{name}' is defined by itself")
        members: list[str] = []
        for element in listed[name]:
            if element in listed and element != name:
                members += self._expand(element, listed, (*seen, name))
            else:
                members.append(element)
            if len(members) > MOST_ELEMENTS:
                raise ValueError(f"range '{name}' has more than {MOST_ELEMENTS} elements")
        self._members[name] = members
        return members

    def members(self, name: str) -> list[str]:
        """The elements that a range, or a single element, stands for.

        Raises:
            ValueError: no such range or element.
        """
        wanted = key(name.rstrip("!"))
        if wanted in self._members:
            return self._members[wanted]
        if wanted in self.elements:
            return [wanted]
        raise ValueError(f"no subscript is called '{name}'")

    def is_range(self, name: str) -> bool:
        return key(name) in self._members

    def position(self, element: str) -> int:
        """The number of an element in the widest range that has it, from 1."""
        return self._position[element]

    def tuples(
        self, subscripts: Sequence[str], excepted: Sequence[Sequence[str]] = ()
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Every element tuple of a left side with its place in the full C-ordered block."""
        barred = [
            [set(self.members(name)) for name in group] for group in excepted if len(group) > 0
        ]
        choices = [self.members(name) for name in subscripts]
        if math.prod(map(len, choices)) > MOST_NUMBERS:
            raise too_many_numbers()
        for place, chosen in enumerate(product(*choices)):
            if not any(
                len(group) == len(chosen)
                and all(element in names for element, names in zip(chosen, group, strict=True))
                for group in barred
            ):
                yield place, chosen

    def bind(self, subscripts: Sequence[str], chosen: Sequence[str]) -> dict[str, str]:
        """Which element each range of a left side (or each ``range!``) stands for."""
        return {
            key(name.rstrip("!")) + ("!" if name.endswith("!") else ""): element
            for name, element in zip(subscripts, chosen, strict=True)
            if self.is_range(name.rstrip("!"))
        }

    def resolve(self, name: str, bound: Mapping[str, str], beside: Sequence[str] = ()) -> str:
        """The element that a subscript on a right side means.

        ``bound`` tells the element of each range of the left side. A range that is not
        on the left side is followed through its mapping, element by element, to a range
        there that is not named ``beside`` it in the same reference.

        Raises:
            ValueError: the subscript means nothing there.
        """
        bang = name.endswith("!")
        wanted = key(name.rstrip("!"))
        if bang:
            if wanted + "!" in bound:
                return bound[wanted + "!"]
            raise ValueError(f"'{name}' stands outside SUM, PROD, VMIN and VMAX")
        if wanted in bound:
            return bound[wanted]
        if wanted in self.elements:
            return wanted
        if wanted not in self._members:
            raise ValueError(f"no subscript is called '{name}'")
        named = {key(other) for other in beside}
        for target, listed in self.mapped.get(wanted, ()):
            found = self._across(wanted, target, listed, bound, named)
            if found is not None:
                return found
        raise ValueError(
            f"the range '{name}' is neither on the left side nor mapped to a range there"
        )

    def _across(
        self,
        here: str,
        target: str,
        listed: tuple[str, ...],
        bound: Mapping[str, str],
        named: set[str],
    ) -> str | None:
        """The element of ``here`` that maps to the element bound in ``target``.

        The left side may name ``target`` itself or a part of it.
        """
        there = [[element] for element in self.members(target)]
        if listed:
            there = [self.members(item) for item in listed]
        mine = self._members[here]
        if len(mine) != len(there):
            return None
        whole = set(self.members(target))
        homes = [
            target,
            *(name for name in bound if whole.issuperset(self._members.get(name, "?"))),
        ]
        for home in homes:
            if home in bound and home not in named:
                for element, images in zip(mine, there, strict=True):
                    if bound[home] in images:
                        return element
        return None

    def label(self, name: str, chosen: Sequence[str]) -> str:
        """The column of an element, e.g. ``stock[north,old]``."""
        if not chosen:
            return name
        return f"{name}[{','.join(self.names[element] for element in chosen)}]"

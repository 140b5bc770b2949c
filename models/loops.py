"""Feedback loops: the shortest independent set, and loops looked up by a few of their places.

A model of this size has millions of loops. What describes them all is a set of independent
ones: no loop of the set is a sum of others, and every loop of the model is a sum of these.
Following Oliva (2004, System Dynamics Review 20(4), "Model structure analysis through graph
theory") the set is filled with the shortest loops first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from .errors import ModelError, Problem
from .links import column_links, links, owners
from .model import Model
from .polarity import Sign, common, product

Graph = Mapping[str, Sequence[str]]
Nature = Literal["reinforcing", "balancing", "positive", "negative", "varies"]
_NATURE: Mapping[Sign, Nature] = {
    "+": "reinforcing",
    "-": "balancing",
    "varies": "varies",
    "none": "varies",
}
_EFFECT: Mapping[Sign, Nature] = {
    "+": "positive",
    "-": "negative",
    "varies": "varies",
    "none": "varies",
}


@dataclass(frozen=True)
class Loop:
    """A closed chain of links; the last of ``path`` acts on the first (if ``closed``).

    ``memories`` are the members that accumulate or smooth (stocks and SMOOTHs): what makes
    the loop take time. ``nature`` is what the signs of its links multiply to.
    """

    path: tuple[str, ...]
    nature: Nature
    memories: tuple[str, ...]
    closed: bool = True

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """The links of the loop."""
        return tuple(pairwise((*self.path, self.path[0]) if self.closed else self.path))


def variable_graph(model: Model) -> dict[str, list[str]]:
    """Variable -> variables it acts on while the model runs."""
    graph: dict[str, list[str]] = {name: [] for name in model.variables}
    for link in links(model):
        if link.kind != "initial":
            graph[link.cause].append(link.effect)
    return graph


def column_graph(model: Model) -> dict[str, list[str]]:
    """Column -> columns it acts on while the model runs."""
    graph: dict[str, list[str]] = {column: [] for column in owners(model)}
    for link in column_links(model):
        if link.kind != "initial":
            graph[link.cause].append(link.effect)
    return graph


def independent_loops(
    model: Model, signs: Mapping[tuple[str, str], Sign]
) -> tuple[tuple[Loop, ...], int]:
    """The shortest independent set of loops of the variables, and how many there are to find.

    The number is that of links less variables plus one, summed over the parts of the model
    in which everything acts on everything. ``signs`` are those of
    :func:`models.polarity.polarity`.
    """
    graph = variable_graph(model)
    found: list[tuple[str, ...]] = []
    dimension = 0
    for part in components(graph):
        inside = {name: [other for other in graph[name] if other in part] for name in part}
        edges = sum(map(len, inside.values()))
        dimension += edges - len(part) + 1 if edges else 0
        found += _independent(inside, _candidates(inside))
    return tuple(_loop(model, path, signs) for path in found), dimension


def components(graph: Graph) -> list[list[str]]:
    """The strongly connected parts of a graph, members in the order of the graph."""
    forward = {name: _reached(graph, name) for name in graph}
    left = dict.fromkeys(graph)
    parts = []
    while left:
        first = next(iter(left))
        part = [name for name in left if name in forward[first] and first in forward[name]]
        parts.append(part or [first])
        for name in parts[-1]:
            del left[name]
    return parts


def shortest_path(graph: Graph, start: str, goal: str, without: Iterable[str] = ()) -> list[str]:
    """The shortest path of at least one link, both ends included; [] if there is none.

    Of equally short paths, the one that comes first in the order of the graph.
    """
    before: dict[str, str] = {}
    closed = set(without)
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for other in graph[here]:
            if other == goal:
                path = [goal, here]
                while path[-1] != start:
                    path.append(before[path[-1]])
                return path[::-1]
            if other not in before and other != start and other not in closed:
                before[other] = here
                queue.append(other)
    return []


def loop_through(
    model: Model, places: Sequence[str], signs: Mapping[tuple[str, str], Sign]
) -> Loop:
    """The loop that visits columns in this order, by the shortest path between neighbours.

    Raises:
        ModelError: a place is no column, or no path leads from one to the next.
    """
    path = _through(model, (*places, places[0]))[:-1]
    nature = _NATURE[product(signs[step] for step in pairwise((*path, path[0])))]
    return Loop(tuple(path), nature, _memories(model, (*path, path[0])))


def chain_through(
    model: Model, places: Sequence[str], signs: Mapping[tuple[str, str], Sign]
) -> Loop:
    """The chain of causes that visits columns in this order: no loop, its ends do not meet.

    Raises:
        ModelError: a place is no column, or no path leads from one to the next.
    """
    path = _through(model, places)
    sign = product(signs[step] for step in pairwise(path))
    return Loop(tuple(path), _EFFECT[sign], _memories(model, path), closed=False)


def _through(model: Model, places: Sequence[str]) -> list[str]:
    graph = column_graph(model)
    for place in places:
        if place not in graph:
            raise ModelError(Problem("no such column", str(model.path), variable=place))
    path = [places[0]]
    for here, following in pairwise(places):
        part = shortest_path(graph, here, following, {*places, *path} - {here, following})
        if not part:
            raise ModelError(
                Problem(f"nothing leads on to '{following}'", str(model.path), variable=here)
            )
        path += part[1:]
    return path


def _memories(model: Model, path: Sequence[str]) -> tuple[str, ...]:
    """Members of a path of columns or variables into which the path flows as a rate."""
    kinds = {(link.cause, link.effect): link.kind for link in column_links(model)}
    kinds.update({(link.cause, link.effect): link.kind for link in links(model)})
    late = {effect for cause, effect in pairwise(path) if kinds[cause, effect] == "rate"}
    return tuple(dict.fromkeys(name for name in path if name in late))


def _loop(model: Model, path: Sequence[str], signs: Mapping[tuple[str, str], Sign]) -> Loop:
    nature = _NATURE[common(_closed(model, path, signs))]
    return Loop(tuple(path), nature, _memories(model, (*path, path[0])))


def _closed(
    model: Model, path: Sequence[str], signs: Mapping[tuple[str, str], Sign]
) -> Iterator[Sign]:
    """The signs of all loops of columns along a loop of variables."""
    columns = [model.variables[name].columns for name in path]
    for first in columns[0]:
        ends: dict[str, set[Sign]] = {first: {"+"}}
        for after in (*columns[1:], (first,)):
            reached: dict[str, set[Sign]] = {}
            for cause, until in ends.items():
                for effect in after:
                    if (cause, effect) in signs:
                        reached.setdefault(effect, set()).update(
                            product((sign, signs[cause, effect])) for sign in until
                        )
            ends = reached
        yield from ends.get(first, set())


def _reached(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    queue = deque(graph[start])
    while queue:
        here = queue.popleft()
        if here not in seen:
            seen.add(here)
            queue.extend(graph[here])
    return seen


def _candidates(graph: Graph) -> list[tuple[str, ...]]:
    """The shortest loop through every link, and through every pair of members; short first."""
    found: dict[frozenset[tuple[str, str]], tuple[str, ...]] = {}
    order = {name: i for i, name in enumerate(graph)}

    def keep(path: Sequence[str]) -> None:
        if path and len(set(path)) == len(path):
            turn = min(range(len(path)), key=lambda i: order[path[i]])
            loop = (*path[turn:], *path[:turn])
            found.setdefault(frozenset(pairwise((*loop, loop[0]))), loop)

    for cause in graph:
        for effect in graph[cause]:
            keep([cause] if effect == cause else [cause, *shortest_path(graph, effect, cause)[:-1]])
    for one in graph:
        for other in graph:
            if order[one] < order[other]:
                there, back = shortest_path(graph, one, other), shortest_path(graph, other, one)
                keep([*there[:-1], *back[:-1]])
    return sorted(found.values(), key=lambda loop: (len(loop), [order[name] for name in loop]))


def _independent(graph: Graph, loops: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The loops that are no sum of those before them (elimination over the links)."""
    edge = {
        pair: i
        for i, pair in enumerate((cause, effect) for cause in graph for effect in graph[cause])
    }
    rows: dict[int, dict[int, Fraction]] = {}  # by the first link of each
    for loop in loops:
        row = {edge[step]: Fraction(1) for step in pairwise((*loop, loop[0]))}
        while row:
            pivot = min(row)
            if pivot not in rows:
                rows[pivot] = row
                yield loop
                break
            factor = row[pivot] / rows[pivot][pivot]
            for place, value in rows[pivot].items():
                left = row.get(place, Fraction(0)) - factor * value
                if left:
                    row[place] = left
                else:
                    row.pop(place, None)

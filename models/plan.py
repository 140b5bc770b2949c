"""What a program computes, and when: the order both kernels share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .equations import Expr, slots_of

if TYPE_CHECKING:
    from .program import Network

Statement = tuple[int, Expr]


@dataclass(frozen=True)
class Plan:
    """The work for some columns; every list is in an order in which it can be computed."""

    columns: tuple[int, ...]
    constants: tuple[int, ...]
    derived: tuple[Statement, ...]  # from constants alone: once a run
    states: tuple[int, ...]
    before: tuple[Statement, ...]  # at the start: the states and what they need
    stepping: tuple[Statement, ...]  # in every step
    saving: tuple[Statement, ...]  # in saved steps only
    moving: tuple[Statement, ...]  # states: their next value, or what enters a pipe

    @property
    def width(self) -> int:
        """How many values are alive at once."""
        lists = (self.derived, self.before, self.stepping, self.saving)
        used = {index for statements in lists for index, _ in statements}
        return len(used.union(self.constants, self.states)) + len(self.moving)


def planned(network: Network, columns: Sequence[int], all_states: bool) -> Plan:
    """The plan that yields the slots ``columns``, and all states if these are to be kept."""
    slots = network.equations.slots
    roles = [slot.role for slot in slots]
    states = _states_read(network, columns, all_states)
    moving = {index: expr for index in states if (expr := network.step_of(index)) is not None}
    feeding = [other for expr in moving.values() for other in slots_of(expr)]
    stepping = network.order(feeding, starting=False)
    saving = network.order([*feeding, *columns], starting=False)
    before = network.order(states, starting=True)
    used = dict.fromkeys([*before, *saving])
    derived = [
        index
        for index in network.order(used, starting=False)
        if network.fixed[index] and roles[index] == "equation"
    ]
    read = [other for index in derived for other in network.reads(index, False)]
    constants = dict.fromkeys(i for i in [*used, *read] if roles[i] == "constant")
    done = {*constants, *derived}
    now = {i: None for i in stepping if roles[i] == "equation" and i not in done}
    only_saved = [i for i in saving if roles[i] == "equation" and i not in done and i not in now]

    def statements(indices: Iterable[int], starting: bool = False) -> tuple[Statement, ...]:
        side = network.starting if starting else network.running
        return tuple((i, expr) for i in indices if (expr := side[i]) is not None)

    return Plan(
        tuple(columns),
        tuple(constants),
        statements(derived),
        tuple(states),
        statements((i for i in before if i not in done), starting=True),
        statements(now),
        statements(only_saved),
        tuple(moving.items()),
    )


def _states_read(network: Network, columns: Sequence[int], everything: bool) -> list[int]:
    """The states that the columns depend on, through any number of steps."""
    if everything:
        return network.states()
    roles = [slot.role for slot in network.equations.slots]
    found: dict[int, None] = {}
    pending = list(columns)
    while pending:
        fresh = [
            index
            for index in network.order(pending, starting=False)
            if roles[index] in ("state", "pipe") and index not in found
        ]
        found.update(dict.fromkeys(fresh))
        pending = [other for index in fresh for other in slots_of(network.step_of(index))]
    return sorted(found)

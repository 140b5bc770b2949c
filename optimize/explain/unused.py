"""Why an instrument that gets no money stays unused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimize.problem import Problem, Vector


@dataclass(frozen=True)
class Unused:
    """A sector's instrument that gets no money in some years, and by how much it falls short.

    ``shortfall`` is the loss of the objective per 10,000 yuan moved there in the year where
    the loss is smallest; ``worth`` what the money earns where it is.
    """

    sector: str
    instrument: str
    years: tuple[int, ...]
    shortfall: float
    worth: float


def unused_instruments(
    problem: Problem, amounts: Vector, gradient: Vector, reduced_costs: Vector
) -> tuple[Unused, ...]:
    """Why unused instruments stay unused, those that come nearest first.

    ``gradient`` and ``reduced_costs`` (n,) are those of the answer.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for index, decision in enumerate(problem.decisions):
        if amounts[index] <= decision.low:
            groups.setdefault((decision.sector, decision.instrument), []).append(index)
    found = [_unused(problem, key, group, gradient, reduced_costs) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda unused: unused.shortfall))


def _unused(
    problem: Problem,
    key: tuple[str, str],
    group: Sequence[int],
    gradient: Vector,
    reduced_costs: Vector,
) -> Unused:
    nearest = min(group, key=lambda index: float(reduced_costs[index]))
    return Unused(
        key[0],
        key[1],
        tuple(problem.decisions[index].year for index in group),
        float(reduced_costs[nearest]),
        float(reduced_costs[nearest] - gradient[nearest]),
    )

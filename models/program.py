"""Scalar equations -> one straight-line Python function for the columns that are asked.

The function has three parts: what depends on constants alone, computed once; the values
at the start; and the steps. What only the output needs is computed at saved steps only,
and what nobody needs is not computed at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import kernels
from .emit import ArrayEmitter, Emitter
from .equations import Equations, Expr, reads_time, slots_of, staged
from .errors import ModelError, Problem
from .plan import Statement, planned
from .powers import grouped

Mode = Literal["scalar", "real", "complex"]
_KERNELS: dict[Mode, dict[str, Any]] = {
    "scalar": kernels.SCALAR,
    "real": kernels.REAL,
    "complex": kernels.COMPLEX,
}


@dataclass(frozen=True)
class Program:
    """A compiled model: ``simulate(constants, tables, dt, t0, first, last, start, rows, put,
    keep)`` with ``constants`` and ``tables`` indexable by slot and table number, ``rows`` a
    row number (or -1) for each step, and ``put(row, values)`` taking what is saved.
    It returns the states before step ``keep``, by slot."""

    simulate: Callable[..., dict[int, Any] | None]
    source: str
    constants: tuple[int, ...]
    tables: tuple[int, ...]
    width: int  # how many values are alive at once


class Network:
    """Who reads whom, while running and at the start."""

    def __init__(self, equations: Equations) -> None:
        self.equations = equations
        slots = equations.slots
        self.running = [
            staged(slot.expr, False) if slot.role == "equation" and slot.expr else None
            for slot in slots
        ]
        self.starting = [
            staged(slot.expr, True) if slot.role == "equation" and slot.expr else slot.initial
            for slot in slots
        ]
        self.fixed = self._fixed()

    def _fixed(self) -> list[bool]:
        """Which slots depend on constants alone."""
        slots = self.equations.slots
        known: list[bool | None] = [
            True if slot.role == "constant" else False if slot.role != "equation" else None
            for slot in slots
        ]
        for index in self.order(range(len(slots)), starting=False):
            expr = self.running[index]
            if known[index] is None:
                known[index] = (
                    expr is not None
                    and expr == self.starting[index]
                    and not reads_time(expr)
                    and all(known[other] for other in slots_of(expr))
                )
        return [bool(value) for value in known]

    def reads(self, index: int, starting: bool) -> list[int]:
        """The slots that must be known before this one."""
        if starting:
            slot = self.equations.slots[index]
            found = list(slots_of(self.starting[index]))
            if slot.role == "pipe":
                found += slots_of(slot.following)
            return found
        return list(slots_of(self.running[index]))

    def order(self, wanted: Iterable[int], starting: bool) -> list[int]:
        """The wanted slots and all they read, each after what it reads.

        Raises:
            ModelError: slots that read each other in a circle.
        """
        done: dict[int, bool] = {}  # False while its reads are being followed
        result: list[int] = []
        for root in wanted:
            stack: list[tuple[int, Any]] = []
            if root not in done:
                done[root] = False
                stack.append((root, iter(self.reads(root, starting))))
            while stack:
                index, pending = stack[-1]
                for other in pending:
                    if other not in done:
                        done[other] = False
                        stack.append((other, iter(self.reads(other, starting))))
                        break
                    if not done[other]:
                        self._circle([item for item, _ in stack], other, starting)
                else:
                    done[index] = True
                    result.append(index)
                    stack.pop()
        return result

    def _circle(self, path: Sequence[int], closing: int, starting: bool) -> None:
        ring = list(path[path.index(closing) :])
        slots, variables = self.equations.slots, self.equations.variables
        names = dict.fromkeys(
            slots[index].column or variables[slots[index].variable].name for index in ring
        )
        first = variables[slots[ring[0]].variable]
        raise ModelError(
            Problem(
                f"{'at the start, ' if starting else ''}variables read each other in a circle: "
                + " <- ".join([*names, next(iter(names))]),
                line=first.line,
                variable=first.name,
                hint="put ACTIVE INITIAL on one of them"
                if starting
                else "put a stock or a delay into the circle",
            )
        )

    def states(self) -> list[int]:
        return [
            index
            for index, slot in enumerate(self.equations.slots)
            if slot.role in ("state", "pipe")
        ]

    def step_of(self, index: int) -> Expr | None:
        """What moves a state: its next value, or what enters a pipe."""
        slot = self.equations.slots[index]
        found = slot.expr if slot.role == "pipe" else slot.following
        return staged(found, False) if found is not None else None


def build(network: Network, columns: Sequence[int], all_states: bool, mode: Mode) -> Program:
    """Compile the program that yields the slots ``columns``."""
    slots = network.equations.slots
    plan = planned(network, columns, all_states)
    emitter = Emitter() if mode == "scalar" else ArrayEmitter(mode == "complex")

    def line(statement: Statement) -> str:
        index, expr = statement
        return f"v{index} = {emitter.text(expr)}"

    def first(statement: Statement) -> str:
        index, expr = statement
        slot = slots[index]
        if slot.role == "pipe":
            assert slot.following is not None
            return f"v{index} = pipe({emitter.text(expr)}, {emitter.text(slot.following)}, dt)"
        return line(statement)

    start = [first(statement) for statement in plan.before]
    if mode == "scalar":
        body = grouped(plan.stepping, emitter)
    else:
        body = [line(statement) for statement in plan.stepping]
    extra = [line(statement) for statement in plan.saving]
    pipes = [i for i in plan.states if slots[i].role == "pipe"]
    shift, settle = [], []
    for index, expr in plan.moving:
        shift.append(f"n{index} = {emitter.text(expr)}")
        piped = slots[index].role == "pipe"
        settle.append(f"v{index}.append(n{index})" if piped else f"v{index} = n{index}")
    text = _assemble(
        head=[f"v{i} = K[{i}]" for i in plan.constants],
        derived=[line(statement) for statement in plan.derived],
        start=start,
        resume=[f"v{i} = start[{i}]" for i in plan.states],
        body=body,
        kept=", ".join(f"{i}: v{i}" for i in plan.states),
        extra=extra,
        saved=", ".join(f"v{i}" for i in plan.columns),
        shift=shift + settle,
        copies=pipes,
    )
    tables = sorted(_tables_in(text))
    text = text.replace("    # tables", "\n".join(f"    T{i} = T[{i}]" for i in tables))
    space = dict(_KERNELS[mode])
    exec(compile(text, "<model>", "exec"), space)
    return Program(space["simulate"], text, plan.constants, tuple(tables), plan.width)


def _tables_in(text: str) -> set[int]:
    return {int(number) for number in re.findall(r", T(\d+)\)", text)}


def _assemble(
    *,
    head: list[str],
    derived: list[str],
    start: list[str],
    resume: list[str],
    body: list[str],
    kept: str,
    extra: list[str],
    saved: str,
    shift: list[str],
    copies: list[int],
) -> str:
    def block(lines: list[str], depth: int) -> list[str]:
        return [" " * (4 * depth) + item for item in (lines or ["pass"])]

    comma = "," if saved else ""
    lines = [
        "def simulate(K, T, dt, t0, first, last, start, rows, put, keep):",
        "    # tables",
        "    kept = None",
        *block(head, 1),
        *block(derived, 1),
        "    if start is None:",
        "        t = t0",
        *block(start, 2),
        "    else:",
        *block(resume, 2),
        "    for k in range(first, last + 1):",
        "        t = t0 + k * dt",
        *block(body, 2),
        "        if k == keep:",
        f"            kept = {{{kept}}}",
        *block([f"kept[{i}] = copy(v{i})" for i in copies], 3),
        "        row = rows[k - first]",
        "        if row >= 0:",
        *block(extra, 3),
        f"            put(row, ({saved}{comma}))",
        "        if k == last:",
        "            break",
        *block(shift, 2),
        "    return kept",
    ]
    return "\n".join(lines) + "\n"

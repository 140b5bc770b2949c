"""The sign of every causal link, found by perturbing its cause.

Each equation is evaluated at states that real runs pass through, with one cause moved by a
complex step: the imaginary part is the partial derivative, exact to rounding. No equation
is solved again and nothing else moves, so the sign is that of the link and of no detour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import kernels
from .catalogue import Catalogue
from .emit import ArrayEmitter
from .engine import run
from .equations import Expr
from .links import Node, column_links, name_of, owners, reads
from .model import Model
from .trajectories import Runs

Sign = Literal["+", "-", "varies", "none"]
_STEP = 1e-30
_NOTHING = 1e-13  # of the largest derivative seen on the link


def product(signs: Iterable[Sign]) -> Sign:
    """The sign of a chain of links: minus times minus is plus."""
    result: Sign = "+"
    for sign in signs:
        if "none" in (sign, result):
            result = "none"
        elif "varies" in (sign, result):
            result = "varies"
        else:
            result = "+" if sign == result else "-"
    return result


def common(signs: Iterable[Sign]) -> Sign:
    """The sign that all share; links that are never felt do not count."""
    felt = {sign for sign in signs if sign != "none"}
    return "none" if not felt else next(iter(felt)) if len(felt) == 1 else "varies"


def spread(model: Model, catalogue: Catalogue, runs: int, seed: int, width: float = 0.5) -> Runs:
    """Runs whose constants lie between their default and their bounds, ``width`` of the way.

    The first run is the model as it is. All constants move at once and none knows of the
    others, so at full width some meet that never could: more potatoes than land. Every point
    of every table moves by a factor between a quarter and seven quarters, within the range
    that the catalogue gives for the table.
    """
    chance = np.random.default_rng(seed)
    values: dict[str, NDArray[np.float64]] = {}
    for column, nominal in model.constants.items():
        bounds = catalogue.range_of(column, model)
        if bounds and bounds[0] < bounds[1]:
            low, high = (nominal + width * (bound - nominal) for bound in bounds)
            drawn = chance.uniform(low, high, runs)
            drawn[0] = nominal
            values[column] = drawn
    tables: dict[str, NDArray[np.float64]] = {}
    for column, table in model.lookups.items():
        bounds = catalogue.range_of(column, model) or (-np.inf, np.inf)
        drawn = np.clip(table.y * chance.uniform(0.25, 1.75, (runs, len(table.y))), *bounds)
        drawn[0] = table.y
        tables[column] = drawn
    return Runs(values=values, lookups=tables)


def polarity(
    model: Model, runs: Runs | None = None, times: Sequence[float] | None = None
) -> dict[tuple[str, str], Sign]:
    """The sign of every link between columns, ``initial`` ones left out.

    Args:
        model: the model.
        runs: where the signs are looked for; by default the model as it is.
        times: steps at which the runs are looked at; by default eight, from start to end.

    Returns:
        (cause, effect) -> ``+`` or ``-`` if the effect always moves so, ``varies`` if not
        always, ``none`` if nowhere in these runs the effect felt the cause.

    Raises:
        ModelError: as :func:`models.run`.
    """
    batch = runs if runs is not None else Runs()
    at = times if times is not None else _eight(model)
    partial: dict[tuple[Node, int], list[NDArray[np.float64]]] = {}
    for time in at:
        _partials(model, batch, time, partial)
    signs = {pair: _sign(np.concatenate(found)) for pair, found in partial.items()}
    return _without_hidden(model, signs)


def variable_polarity(
    model: Model, signs: Mapping[tuple[str, str], Sign]
) -> dict[tuple[str, str], Sign]:
    """The signs of links between variables: what all their elements share."""
    owner = owners(model)
    found: dict[tuple[str, str], list[Sign]] = {}
    for (cause, effect), sign in signs.items():
        found.setdefault((owner[cause], owner[effect]), []).append(sign)
    return {pair: common(each) for pair, each in found.items()}


def _eight(model: Model) -> list[float]:
    grid = model.nominal_grid
    steps = np.unique(np.linspace(0, grid.last, 8).round().astype(int))
    return [grid.time(int(k)) for k in steps]


def _partials(
    model: Model,
    batch: Runs,
    time: float,
    partial: dict[tuple[Node, int], list[NDArray[np.float64]]],
) -> None:
    space, count = _values(model, batch, time)
    emitter = ArrayEmitter(complex_step=True)
    compiled: dict[Expr, Any] = {}
    for cause, effect, kind, expr in reads(model):
        if kind == "initial":
            continue
        if expr not in compiled:
            compiled[expr] = compile(emitter.text(expr), "<link>", "eval")
        name = f"{'v' if cause[0] == 'slot' else 'T'}{cause[1]}"
        kept = space[name]
        space[name] = _moved(kept, count)
        with np.errstate(all="ignore"):
            slope = np.imag(eval(compiled[expr], space)) / _STEP
        space[name] = kept
        if cause == ("slot", effect):
            slope = slope - 1.0  # what stays in the stock is no flow
        step = float(np.real(space["dt"])) if kind == "rate" else 1.0
        found = np.broadcast_to(np.asarray(slope, dtype=np.float64), (count,)) / step
        partial.setdefault((cause, effect), []).append(found)


def _moved(value: Any, count: int) -> Any:
    if isinstance(value, kernels.ArrayTable):
        y = value.y if value.y.ndim == 2 else np.repeat(value.y[:, None], count, axis=1)
        return kernels.ArrayTable(value.x, y + 1j * _STEP)
    if isinstance(value, list):
        return [_moved(item, count) for item in value]
    return np.broadcast_to(np.asarray(value, dtype=np.complex128), (count,)) + 1j * _STEP


def _values(model: Model, batch: Runs, time: float) -> tuple[dict[str, Any], int]:
    """Names of an emitted expression -> values (N,) of all slots before the step at a time."""
    slots, tables = model.equations.slots, model.equations.tables
    first = next(slot.column for slot in slots if slot.column)
    state = run(model, batch, columns=[first], times=[time], keep_state_at=time).state
    assert state is not None
    count = state.runs
    space: dict[str, Any] = dict(kernels.COMPLEX)
    given = {model.find(name): np.asarray(value) for name, value in batch.values.items()}
    tabled = {model.find(name): np.asarray(value) for name, value in batch.lookups.items()}
    step = given.get("TIME STEP", np.float64(model.time_step))
    space["t"], space["dt"] = np.float64(time), np.float64(step)
    for index, table in enumerate(tables):
        y = tabled.get(table.column, np.array(table.y)) if table.column else np.array(table.y)
        space[f"T{index}"] = kernels.ArrayTable(np.array(table.x), y.T)
    for index, slot in enumerate(slots):
        if slot.role == "constant":
            assert slot.expr is not None
            space[f"v{index}"] = _spread_out(given.get(slot.column, slot.expr[1]), count)
        elif slot.role == "pipe":
            space[f"v{index}"] = [_spread_out(state.values[index][0], count)]
        elif slot.role == "state":
            space[f"v{index}"] = _spread_out(state.values[index], count)
    emitter = ArrayEmitter(complex_step=True)
    for index in model.network.order(range(len(slots)), starting=False):
        expr = model.network.running[index]
        if slots[index].role == "equation" and expr is not None:
            with np.errstate(all="ignore"):
                space[f"v{index}"] = _spread_out(eval(emitter.text(expr), space), count)
    return space, count


def _spread_out(value: Any, count: int) -> NDArray[np.float64]:
    return np.array(np.broadcast_to(np.real(value), (count,)), dtype=np.float64)


def _sign(slopes: NDArray[np.float64]) -> Sign:
    finite = slopes[np.isfinite(slopes)]
    size = np.abs(finite).max(initial=0.0)
    felt = np.sign(finite[np.abs(finite) > _NOTHING * size]) if size > 0.0 else finite[:0]
    if not len(felt):
        return "none"
    return "+" if np.all(felt > 0) else "-" if np.all(felt < 0) else "varies"


def _without_hidden(
    model: Model, signs: Mapping[tuple[Node, int], Sign]
) -> dict[tuple[str, str], Sign]:
    """Chains of links through hidden states joined into links between columns."""
    slots = model.equations.slots
    into: dict[int, list[tuple[Node, Sign]]] = {}
    for (cause, effect), sign in signs.items():
        into.setdefault(effect, []).append((cause, sign))

    def causes(index: int, passed: frozenset[int]) -> list[tuple[str, Sign]]:
        found: list[tuple[str, Sign]] = []
        for cause, sign in into.get(index, ()):
            name = name_of(model, cause)
            if name:
                found.append((name, sign))
            elif cause[0] == "slot" and cause[1] not in passed:
                deeper = causes(cause[1], passed | {cause[1]})
                found += [(other, product((before, sign))) for other, before in deeper]
        return found

    every: dict[tuple[str, str], list[Sign]] = {}
    for index, slot in enumerate(slots):
        if slot.column:
            for name, sign in causes(index, frozenset({index})):
                every.setdefault((name, slot.column), []).append(sign)
    known = {(link.cause, link.effect) for link in column_links(model) if link.kind != "initial"}
    return {pair: common(found) for pair, found in every.items() if pair in known}

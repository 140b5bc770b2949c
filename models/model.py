"""A model that is ready to run, and how it is loaded."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from . import cache, controls
from .equations import Equations, Variable
from .errors import ModelError, Problem
from .external import unchanged
from .folding import value_of
from .limits import MOST_STEPS, room_for_brackets
from .program import Mode, Network, Program, build
from .reading import identity, read_model
from .source import key

if TYPE_CHECKING:
    from .fused.kernel import Kernel
    from .fused.workspace import Mode as FusedMode

COUNTY = Path(__file__).parent / "county.mdl"


@dataclass(frozen=True)
class Lookup:
    """A table: ``y`` (P,) at ``x`` (P,), linear between the points, flat beyond them."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """The steps of a run: time is ``initial + k * step`` for ``k`` from 0 to ``last``."""

    initial: float
    final: float
    step: float
    saveper: float

    @property
    def last(self) -> int:
        """Number of the last step: the first one at FINAL TIME or beyond."""
        return max(0, math.ceil((self.final - self.initial) / self.step - 1e-5))

    def time(self, k: int) -> float:
        return self.initial + k * self.step

    @cached_property
    def saved(self) -> tuple[int, ...]:
        """The steps that SAVEPER asks for."""
        gone = self.initial + np.arange(self.last + 1) * self.step - self.initial
        near = np.minimum(gone % self.saveper, -gone % self.saveper)
        return tuple(np.flatnonzero(near < self.step * 1e-5).tolist())

    def number(self, time: float) -> int | None:
        """Which step a time is, or None if it is no step of this run."""
        k = round((time - self.initial) / self.step)
        near = math.isclose(self.time(k), time, rel_tol=0.0, abs_tol=1e-6 * self.step)
        return k if near and 0 <= k <= self.last else None


@dataclass(frozen=True)
class Model:
    """A Vensim model in memory. Runs do not change it.

    ``columns`` are the simulated numbers, one for each element of each variable, named as
    PySD names them (``stock[north]``); lookups are none of them.
    """

    path: Path
    sha256: str
    equations: Equations
    data: tuple[Path, ...] = ()  # tables that data variables without an equation are read from
    _programs: dict[tuple[tuple[int, ...], bool, Mode], Program] = field(
        default_factory=dict, repr=False, compare=False
    )
    _kernels: dict[tuple[tuple[int, ...], bool, FusedMode], Kernel] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __reduce__(self) -> tuple[type[Model], tuple[Path, str, Equations, tuple[Path, ...]]]:
        """Pickled (for other processes) without the compiled programs."""
        return Model, (self.path, self.sha256, self.equations, self.data)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the equations: what compiled programs follow from."""
        return hashlib.sha256(self.equations.dump().encode()).hexdigest()

    @cached_property
    def network(self) -> Network:
        return Network(self.equations)

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """Every variable by its name as written, in the order of the file."""
        return MappingProxyType({v.name: v for v in self.equations.variables.values()})

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(
            column
            for variable in self.equations.variables.values()
            if variable.kind != "lookup"
            for column in variable.columns
        )

    @cached_property
    def slot(self) -> Mapping[str, int]:
        """Column -> number of its slot."""
        return {slot.column: i for i, slot in enumerate(self.equations.slots) if slot.column}

    @cached_property
    def table(self) -> Mapping[str, int]:
        """Column of a lookup -> number of its table."""
        return {table.column: i for i, table in enumerate(self.equations.tables) if table.column}

    @cached_property
    def constants(self) -> Mapping[str, float]:
        """Column -> value, for every number that a run may replace (controls aside)."""
        slots = self.equations.slots
        return MappingProxyType(
            {
                slot.column: float(slot.expr[1])
                for slot in slots
                if slot.role == "constant"
                and slot.expr
                and slot.column
                and self.equations.variables[slot.variable].kind != "control"
            }
        )

    @cached_property
    def lookups(self) -> Mapping[str, Lookup]:
        """Column -> table, for every lookup that has a name."""
        return MappingProxyType(
            {
                table.column: Lookup(_frozen(table.x), _frozen(table.y))
                for table in self.equations.tables
                if table.column
            }
        )

    @cached_property
    def units(self) -> Mapping[str, str]:
        """Column -> unit."""
        return {
            column: variable.unit
            for variable in self.equations.variables.values()
            for column in variable.columns
        }

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        return {key(column): column for column in (*self.columns, *self.table)}

    def find(self, name: str) -> str | None:
        """The column meant by a name, whatever its case; None if there is none."""
        return name if name in self.slot or name in self.table else self._keys.get(key(name))

    def grid(self, values: Mapping[int, float] | None = None) -> Grid:
        """The steps of a run in which some constants (by slot) have other values.

        Raises:
            ModelError: TIME STEP and its kind are not plain numbers, or no steps at all.
        """
        given = values or {}

        def constant(index: int) -> float | None:
            if index in given:
                return float(given[index])
            expr = self.equations.slots[index].expr
            return None if expr is None else value_of(expr, constant)

        found = {name: constant(i) for name, i in self.equations.controls.items()}
        for name, slot in self.equations.controls.items():
            if found[name] is None:
                found[name] = controls.fixed_value(self, slot, given)
        start, step = found["initial_time"], found["time_step"]
        if found["final_time"] is None and start is not None and step is not None and step > 0:
            slot = self.equations.controls["final_time"]
            found["final_time"] = controls.moving_final_time(self, slot, given, start, step)
        numbers = {name: v for name, v in found.items() if v is not None and math.isfinite(v)}
        if len(numbers) < len(found):
            name = next(name for name in found if name not in numbers)
            raise self.refusal("does not come down to a number", name)
        for name in ("time_step", "saveper"):
            if numbers[name] <= 0:
                raise self.refusal("is not above zero", name)
        start, final, step = (numbers[name] for name in ("initial_time", "final_time", "time_step"))
        if not (final - start) / step <= MOST_STEPS:
            raise self.refusal(
                f"from {start:g} to {final:g} by {step:g} are more than {MOST_STEPS} steps",
                "final_time",
                "take a longer TIME STEP or an earlier FINAL TIME",
            )
        return Grid(
            numbers["initial_time"],
            numbers["final_time"],
            numbers["time_step"],
            numbers["saveper"],
        )

    def refusal(self, reason: str, name: str = "", hint: str = "") -> ModelError:
        variable = self.equations.variables.get(name)
        line = variable.line if variable else 0
        shown = variable.name if variable else name
        return ModelError(Problem(reason, str(self.path), line, shown, hint=hint))

    @cached_property
    def nominal_grid(self) -> Grid:
        return self.grid()

    @property
    def initial_time(self) -> float:
        return self.nominal_grid.initial

    @property
    def final_time(self) -> float:
        return self.nominal_grid.final

    @property
    def time_step(self) -> float:
        return self.nominal_grid.step

    @property
    def saveper(self) -> float:
        return self.nominal_grid.saveper

    def program(self, columns: tuple[int, ...], all_states: bool, mode: Mode) -> Program:
        """The compiled program for some slots; made once."""
        found = self._programs.get((columns, all_states, mode))
        if found is None:
            found = build(self.network, columns, all_states, mode)
            self._programs[columns, all_states, mode] = found
        return found

    def kernel(self, columns: tuple[int, ...], all_states: bool, mode: FusedMode) -> Kernel:
        """The machine code for some slots; made once.

        Raises:
            Unsupported: there is no compiler here, or the model needs what it does not know.
        """
        found = self._kernels.get((columns, all_states, mode))
        if found is None:
            from .fused.kernel import kernel

            found = kernel(self, columns, all_states, mode)
            self._kernels[columns, all_states, mode] = found
        return found


def _frozen(values: tuple[float, ...]) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def load(path: str | Path | None = None, *, data: Sequence[str | Path] = ()) -> Model:
    """Load a Vensim or XMILE model, by default the county model.

    A file that was loaded before comes from the user's cache (see :mod:`models.cache`),
    in milliseconds, unless a table that it is read from has changed; a new one is read by
    PySD's translator, in seconds.

    Args:
        path: the model file.
        data: tables (.csv, .tab) in which the model's data variables without an equation
            find their series; each variable takes the first one that has it.

    Raises:
        ModelError: a file is missing, or is no text of a model, or uses what is not
            supported; every such place is named with its line.
    """
    file = Path(path) if path is not None else COUNTY
    tables = tuple(Path(name) for name in data)
    named = identity(
        _sha256(file, "check the path of the model file"),
        {table: _sha256(table, "check the path of the data file") for table in tables},
    )
    lowered = cache.fetch(named)
    if lowered is not None and unchanged(lowered.files, file.parent):
        return Model(file, identity(named, lowered.files), lowered, tables)
    try:
        with room_for_brackets():
            lowered = _lower(file, tables)
            model = Model(file, identity(named, lowered.files), lowered, tables)
            _check_order(model)
    except RecursionError:
        reason = "brackets or functions are nested too deeply"
        hint = "give inner parts names of their own"
        raise ModelError(Problem(reason, str(file), hint=hint)) from None
    except MemoryError:
        reason, hint = "the model does not fit into the memory", "shorten ranges and tables"
        raise ModelError(Problem(reason, str(file), hint=hint)) from None
    cache.keep(named, lowered)
    return model


def _sha256(file: Path, hint: str) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        reason = f"cannot be read ({error.strerror or error})"
        raise ModelError(Problem(reason, str(file), hint=hint)) from error


def _lower(file: Path, tables: Sequence[Path]) -> Equations:
    from .lowering import lower  # PySD's import takes a second: only for files not in the cache
    from .run_data import read_run_data

    source, parsed = read_model(file)
    lowered = lower(parsed, source, file, [read_run_data(table) for table in tables])
    if tables and not any(item.fed for item in parsed.definitions):
        raise ModelError(
            Problem(
                "has no data variable without an equation, so nothing to take from "
                + ", ".join(map(str, tables)),
                str(file),
                hint="leave the data files out",
            )
        )
    return lowered


def _check_order(model: Model) -> None:
    """Refuse circles of equations now, with the file's name, and not in the first run."""
    try:
        everything = range(len(model.equations.slots))
        model.network.order(everything, starting=False)
        model.network.order(model.network.states(), starting=True)
        model.grid()
    except ModelError as error:
        raise ModelError(
            [
                Problem(p.reason, str(model.path), p.line, p.variable, p.function, p.hint)
                for p in error.problems
            ]
        ) from None

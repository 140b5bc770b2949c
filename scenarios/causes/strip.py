"""What acts directly on a variable, and how both move over time, as data.

Links and their signs are read off the model's equations (``models.links``, ``models.polarity``);
nothing about a model is written here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from models import Model, Runs, run
from models.links import Kind, Link, column_links
from models.polarity import Sign, polarity
from optimize.problem import Matrix, Vector

Role = Literal["variable", "constant", "table"]
OVER_TIME = ("lever", "exogenous")  # kinds of the catalogue: tables whose x is the time


@dataclass(frozen=True)
class Line:
    """A column of a model: ``values`` (runs, times), or None where it is no series of time."""

    column: str
    unit: str
    role: Role
    values: Matrix | None

    @property
    def share(self) -> bool:
        """Whether it is a part of a whole, to be written in per cent."""
        values = self.values
        if values is None or self.unit.strip().lower() not in ("dmnl", ""):
            return False
        low, high = float(values.min()), float(values.max())
        return low >= 0.0 and (0.0 < high < 1.0 or (high == 1.0 and self.role != "constant"))

    @property
    def scale(self) -> float:
        """What its values are multiplied by before they are shown."""
        return 100.0 if self.share else 1.0


@dataclass(frozen=True)
class Cause:
    """A line that acts on another one.

    ``kind``: whether at once, by accumulation or at the start; ``sign``: the direction in which
    the effect follows while all else stays, found along these runs.
    """

    line: Line
    kind: Kind
    sign: Sign


@dataclass(frozen=True)
class Strip:
    """A variable and its direct causes along some runs; ``times`` (T,) are the saved ones."""

    effect: Line
    causes: tuple[Cause, ...]
    runs: tuple[str, ...]
    times: Vector
    file: str  # where the equation stands
    number: int  # its line

    @property
    def moving(self) -> tuple[Cause, ...]:
        """The causes with a course over time, the variable itself left out."""
        return tuple(
            cause
            for cause in self.causes
            if cause.line.values is not None
            and cause.line.role != "constant"
            and cause.line.column != self.effect.column
        )


def strip(
    model: Model,
    columns: Sequence[str],
    runs: Mapping[str, Runs],
    kinds: Mapping[str, str] | None = None,
    until: float | None = None,
) -> tuple[Strip, ...]:
    """A strip for each of the columns; ``runs`` are single runs by name.

    ``kinds`` are the catalogue's kinds by variable, which say what tables are series of time;
    what comes after the time ``until`` is left out.

    Raises:
        ModelError: as :func:`models.run`.
    """
    links = {column: _into(model, column) for column in columns}
    together = _together(model, list(runs.values()))
    wanted = {link.cause for found in links.values() for link in found} | set(columns)
    whole = run(model, together, columns=[c for c in model.columns if c in wanted])
    kept = whole.times <= (math.inf if until is None else until)
    out = replace(whole, times=whole.times[kept], data=whole.data[:, kept])
    signs = polarity(model, together)
    known = kinds or {}

    def line(column: str) -> Line:
        unit = model.units.get(column, "")
        if column in out.columns:
            data = np.broadcast_to(np.real(out[column]), (len(runs), len(out.times)))
            fixed = column in model.constants
            return Line(column, unit, "constant" if fixed else "variable", np.array(data))
        if known.get(column.partition("[")[0]) not in OVER_TIME:
            return Line(column, unit, "table", None)
        table = model.lookups[column]
        y = np.broadcast_to(together.lookups.get(column, table.y), (len(runs), len(table.x)))
        values = np.array([np.interp(out.times, table.x, row) for row in np.asarray(y, float)])
        return Line(column, unit, "table", values)

    made = []
    for column, found in links.items():
        variable = next(v for v in model.variables.values() if column in v.columns)
        causes = tuple(
            Cause(line(link.cause), link.kind, signs.get((link.cause, column), "none"))
            for link in found
        )
        made.append(
            Strip(
                line(column),
                causes,
                tuple(runs),
                np.asarray(out.times),
                model.path.name,
                variable.line,
            )
        )
    return tuple(made)


def _into(model: Model, column: str) -> list[Link]:
    return [link for link in column_links(model) if link.effect == column]


def _together(model: Model, runs: Sequence[Runs]) -> Runs:
    """Single runs as a batch of one run each."""
    names = [
        dict.fromkeys(name for one in runs for name in getattr(one, part))
        for part in ("values", "lookups")
    ]
    own = {name: table.y for name, table in model.lookups.items()}
    return Runs(
        values={
            name: np.array([one.values.get(name, model.constants.get(name)) for one in runs])
            for name in names[0]
        },
        lookups={
            name: np.stack([np.asarray(one.lookups.get(name, own.get(name))) for one in runs])
            for name in names[1]
        },
    )

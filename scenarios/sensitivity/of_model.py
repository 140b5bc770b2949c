"""Any model under study: its constants are varied, its own variables are the outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models import Model, Runs, best_kernel, run
from models.links import column_links
from optimize.calibration.parameters import Parameter
from optimize.problem import Matrix
from optimize.uncertainty import Futures, draw
from optimize.uncertainty.factors import Factor
from scenarios.language import Language
from scenarios.report.tables import CONTROL
from scenarios.sensitivity.factors import OTHERS, By
from scenarios.sensitivity.subject import Kind, Sample
from scenarios.studied import Basis, Cube, Look
from scenarios.words import Words

TIMES = 11  # that are looked at, at most, unless some are asked for
OUTCOMES = 4  # likewise
YEARS = ("year", "years", "年")
CALENDAR = 1000.0  # a model in years that is beyond this counts them as the calendar does
CLOCK = frozenset(name.casefold() for name in CONTROL)


@dataclass(frozen=True)
class OfModel:
    """A model whose constants are uncertain within ranges."""

    model: Model
    parameters: tuple[Parameter, ...]
    times: tuple[float, ...]
    kind: Kind = "model"
    bases: tuple[Basis, ...] = ("level",)
    samples: tuple[Sample, ...] = ("ranges",)

    @property
    def name(self) -> str:
        """The file's."""
        return self.model.path.stem

    @property
    def years(self) -> tuple[float, ...]:
        """The times that are looked at; whole ones are integers."""
        return tuple(int(time) if float(time).is_integer() else time for time in self.times)

    def title(self, language: Language) -> str:
        """The file's name."""
        return self.model.path.name

    def when(self, time: float, words: Words) -> str:
        """At a time, with its unit."""
        variables = self.model.variables.values()
        unit = next((v.unit for v in variables if v.name.casefold() == "time step"), "")
        if unit.casefold() in YEARS and time >= CALENDAR:
            return words.say("sensitivity.when.year", year=f"{time:g}")
        shown = f"{time:g} {words.unit(unit)}".rstrip()
        return words.say("sensitivity.when.time", time=shown)

    def factors(self, by: By) -> tuple[Factor, ...]:
        """Each constant, or all elements of a variable together."""
        groups: dict[str, list[Parameter]] = {}
        for parameter in self.parameters:
            column = parameter.column
            owner = column if by is By.element else column.partition("[")[0]
            groups.setdefault(owner, []).append(parameter)
        return tuple(Factor(name, tuple(group)) for name, group in groups.items())

    def looks(self, columns: Sequence[str]) -> tuple[Look, ...]:
        """The columns, in their own units."""
        units = self.model.units
        return tuple(Look(column, "level", units[column], known=False) for column in columns)

    def simulated(self, futures: Futures, columns: Sequence[str], years: Sequence[float]) -> Cube:
        """Outcomes (S, C, T)."""
        found = run(
            self.model,
            Runs(dict(futures.values)),
            columns=columns,
            times=[float(year) for year in years],
            kernel=best_kernel(self.model),  # one for all runs: the same seed, the same bytes
        )
        return np.stack([np.asarray(found[column]) for column in columns], axis=1)

    def drawn(self, number: int, seed: int, sample: Sample) -> Futures:
        """From the ranges."""
        return draw(number, seed, self.parameters)

    def inputs(self, drawn: Futures) -> tuple[list[str], Matrix]:
        """Every constant that is varied."""
        return list(drawn.values), np.stack(list(drawn.values.values()), axis=1)

    def factor_label(self, name: str, by: By, words: Words, *, inside: bool = False) -> str:
        """As the model writes it."""
        return words.say("sensitivity.factor.others") if name == OTHERS else name

    def source(self, column: str) -> str | None:
        """The range, which the file states: its ends, and how it is distributed."""
        one = next(p for p in self.parameters if p.column == column)
        return f"{one.low:g} … {one.high:g} ({one.form})"


def usual_times(model: Model) -> tuple[float, ...]:
    """A few saved times, evenly spread, up to the last; not the first, where nothing has moved.

    Of a model with a single time, that one.
    """
    grid = model.nominal_grid
    saved = [grid.time(k) for k in grid.saved]
    later = saved[1:] or saved
    places = np.linspace(0, len(later) - 1, min(TIMES, len(later))).round().astype(int)
    return tuple(dict.fromkeys(float(later[place]) for place in places))


def usual_outcomes(model: Model) -> list[str]:
    """The first stocks; of a model without any, the first variables that act on no other."""
    stocks = [c for v in model.variables.values() if v.kind == "stock" for c in v.columns]
    if stocks:
        return stocks[:OUTCOMES]
    acting = {link.cause for link in column_links(model)}
    ends = [column for column in outcomes(model) if column not in acting]
    return ends[:OUTCOMES]


def outcomes(model: Model) -> list[str]:
    """Every column that is computed."""
    return [
        column
        for variable in model.variables.values()
        if variable.kind in ("stock", "auxiliary") and variable.name.casefold() not in CLOCK
        for column in variable.columns
        if column not in model.constants
    ]


def constants(model: Model) -> list[str]:
    """Every constant that can be varied: not those of the clock or of the order of a delay."""
    fixed = {model.equations.slots[slot].column for slot in model.equations.structural}
    return [c for c in model.constants if c.casefold() not in CLOCK and c not in fixed]

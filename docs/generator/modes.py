"""The reference modes: what the model does when one thing is done to the county.

Every comparison is run for the model as it is and for a sample of parameter sets, so that a
figure stands beside its range and the share of sets in which it has the same sign.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models import Runs, Trajectories, run
from models.polarity import spread

from .structure import Structure

Array = NDArray[np.float64]
Change = Callable[[Array, Array], Array]

MONEY = "yearly money for "
PROJECTS = tuple(
    f"{MONEY}productive projects[{s}]" for s in ("agriculture", "industry", "services")
)
MECHANISM = f"{MONEY}mechanism and platform"
TEACHING = f"{MONEY}market building[agriculture]"
INSURANCE = f"{MONEY}insurance subsidy"
PLAN, LAST = 2027, 2035
SETS, SEED, WIDTH = 200, 1, 0.5
SHARES = np.concatenate((np.linspace(0.0, 0.2, 21), np.linspace(0.25, 1.0, 11)))
POT = 4200.0  # 10,000 yuan a year, divided between projects and mechanism in mode 4
HEADLINES = (
    "structure gap",
    "farmers income per head",
    "market capability",
    "assessment score",
    "GDP of the year",
    "planted area",
    "unsold produce",
    "farm gate price in yuan per kg",
    "motivation of W",
    "match quality",
)


@dataclass(frozen=True)
class Figure:
    """A number of the model as it is, and over the sample of parameter sets."""

    nominal: float
    low: float  # tenth percentile
    high: float  # ninetieth percentile
    agreeing: float  # share of the sets in which it has the sign of the nominal value

    @classmethod
    def of(cls, values: Array) -> Figure:
        """``values`` (N,): the first is that of the model as it is."""
        low, high = np.quantile(values[1:], (0.1, 0.9))
        same = np.mean(np.sign(values[1:]) == np.sign(values[0]))
        return cls(float(values[0]), float(low), float(high), float(same))


@dataclass(frozen=True)
class Modes:
    """The reference modes of one model."""

    known: Structure

    @cached_property
    def sample(self) -> Mapping[str, Array]:
        """Constants of the sample; number 0 is the model as it is."""
        drawn = spread(self.known.model, self.known.catalogue, SETS + 1, SEED, WIDTH).values
        return {name: np.asarray(values, dtype=np.float64) for name, values in drawn.items()}

    def runs(
        self, tables: Mapping[str, Change] | None = None, columns: Sequence[str] | None = None
    ) -> Trajectories:
        """The sample with some tables changed by ``f(years, table)``, at whole years."""
        model = self.known.model
        lookups = {
            name: change(model.lookups[name].x, model.lookups[name].y)
            for name, change in (tables or {}).items()
        }
        years = np.arange(model.initial_time, model.final_time + 1)
        batch = Runs(values=self.sample, lookups=lookups)
        return run(model, batch, columns=columns, times=years)

    @cached_property
    def past(self) -> Trajectories:
        """Past practice, shelter and all."""
        return self.runs()

    @cached_property
    def nothing(self) -> Trajectories:
        """No money from the first plan year on."""
        levers = [name for name in self.known.model.lookups if name.startswith(MONEY)]
        return self.runs({name: from_plan(0.0) for name in levers})

    @cached_property
    def overnight(self) -> Trajectories:
        """The shelter ends at the start of 2028, nothing prepared."""
        return self.runs({"shelter level": lambda x, y: np.where(x >= 2028, 0.0, y)})

    @cached_property
    def eased(self) -> Trajectories:
        """The shelter ends over four years, with market building and insurance."""
        return self.runs(
            {
                "shelter level": lambda x, y: np.where(
                    x < 2028, y, np.clip(1 - (x - 2027) / 4, 0, 1)
                ),
                TEACHING: from_plan(500.0),
                INSURANCE: from_plan(400.0),
            }
        )

    @cached_property
    def balanced(self) -> Trajectories:
        """Past practice's project money, a third to each sector from the first plan year on."""
        lookups = self.known.model.lookups
        third = np.sum([lookups[name].y for name in PROJECTS], axis=0) / 3
        return self.runs({name: lambda x, y: np.where(x >= PLAN, third, y) for name in PROJECTS})

    @cached_property
    def mixes(self) -> Array:
        """Useful works finished from 2027 to 2035 by share for the mechanism: (sets, shares)."""
        column = "works finished to date"
        found = []
        for share in SHARES:
            tables = {MECHANISM: from_plan(POT * share), PROJECTS[0]: from_plan(0.0)}
            tables |= {name: from_plan(POT * (1 - share) / 2) for name in PROJECTS[1:]}
            out = self.runs(tables, [column])
            found.append(at(out, column, LAST) - at(out, column, PLAN - 1))
        return np.stack(found, axis=1)

    # -- figures -----------------------------------------------------------------------

    @cached_property
    def figures_once(self) -> dict[str, Figure]:
        """:meth:`figures`, worked out once."""
        return self.figures()

    def figures(self) -> dict[str, Figure]:
        """Every figure of the pages by name; changes in per cent unless the name says else."""
        found = {
            "none.gdp": ratio(self.nothing, self.past, "GDP of the year"),
            "none.income": ratio(self.nothing, self.past, "farmers income per head"),
            "none.capital": ratio(self.nothing, self.past, "productive capital[industry]"),
            "over.worst": worst(self.overnight, self.past),
            "eased.worst": worst(self.eased, self.past),
            "over.unsold": largest(self.overnight, self.past, "unsold produce"),
            "eased.unsold": largest(self.eased, self.past, "unsold produce"),
            "over.price": lowest(self.overnight, "farm gate price in yuan per kg"),
            "over.area": lowest(self.overnight, "planted area"),
            "eased.capability": gain(self.eased, self.past, "market capability"),
            "over.capability": gain(self.overnight, self.past, "market capability"),
        }
        for name, column, scale in (
            ("bal.industry", "share of value added[industry]", 100.0),
            ("bal.agriculture", "share of value added[agriculture]", 100.0),
            ("bal.help", "farm share of help", 100.0),
            ("bal.motivation", "motivation of W", 1.0),
            ("bal.gap", "structure gap", 1.0),
        ):
            found[name] = gain(self.balanced, self.past, column, scale)
        found["bal.capital"] = ratio(self.balanced, self.past, "productive capital[industry]")
        found["bal.income"] = ratio(self.balanced, self.past, "farmers income per head")
        best = self.mixes.argmax(axis=1)
        found["mix.best"] = Figure.of(100 * SHARES[best])
        top = self.mixes.max(axis=1)
        found["mix.all"] = Figure.of(100 * (self.mixes[:, -1] / top - 1))
        found["mix.none"] = Figure.of(100 * (top / self.mixes[:, 0] - 1))
        found["easing"] = Figure.of(
            _worst(self.eased, self.past) - _worst(self.overnight, self.past)
        )
        return found

    def inner_best(self) -> float:
        """Share of the sets in which the best share for the mechanism is at neither end."""
        best = self.mixes.argmax(axis=1)[1:]
        return float(np.mean((best > 0) & (best < len(SHARES) - 1)))

    def account_errors(self) -> float:
        """The largest of all account errors, in any of these runs, as a share of the account."""
        names = [name for name in self.known.model.variables if name.endswith("account error")]
        outs = (self.past, self.nothing, self.overnight, self.eased, self.balanced)
        return max(float(np.abs(out[name]).max()) for out in outs for name in names)

    def negative_stocks(self) -> int:
        """How many stocks that cannot be negative are so, in any set without money."""
        out = self.nothing
        return sum(
            float(out[column].min()) < -1e-6
            for variable in self.known.model.variables.values()
            if variable.kind == "stock" and "income" not in variable.name
            for column in variable.columns
            if "farm income" not in column
        )

    def broken(self) -> int:
        """How many sets drawn from the full ranges give no finite answer."""
        drawn = spread(self.known.model, self.known.catalogue, SETS + 1, SEED, 1.0).values
        out = run(self.known.model, Runs(values=drawn), columns=HEADLINES)
        return int(np.sum(~np.isfinite(out.data[1:]).all(axis=(1, 2))))

    def step_error(self) -> tuple[float, str]:
        """Largest change of a headline outcome when the step is halved, in per cent; which."""
        model = self.known.model
        times = [2027.0, 2031.0, 2035.0]
        whole = run(model, Runs(), columns=HEADLINES, times=times)
        halved = Runs(values={"TIME STEP": model.time_step / 2})
        half = run(model, halved, columns=HEADLINES, times=times)
        change = 100 * np.abs(half.data / whole.data - 1).max(axis=(0, 1))
        place = int(change.argmax())
        return float(change[place]), HEADLINES[place]


def from_plan(amount: float) -> Change:
    """A table that holds ``amount`` from the first plan year on."""
    return lambda x, y: np.where(x >= PLAN, amount, y)


def at(out: Trajectories, column: str, year: int) -> Array:
    """Values (N,) at the end of a year."""
    place = int(np.flatnonzero(out.times == year)[0])
    return np.asarray(out[column][:, place], dtype=np.float64)


def plan_years(out: Trajectories) -> NDArray[np.bool_]:
    return np.asarray((out.times >= 2028) & (out.times <= LAST))


def ratio(out: Trajectories, base: Trajectories, column: str) -> Figure:
    return Figure.of(100 * (at(out, column, LAST) / at(base, column, LAST) - 1))


def gain(out: Trajectories, base: Trajectories, column: str, scale: float = 1.0) -> Figure:
    return Figure.of(scale * (at(out, column, LAST) - at(base, column, LAST)))


def _worst(out: Trajectories, base: Trajectories) -> Array:
    years, column = plan_years(out), "farmers income per head"
    return np.asarray(100 * (out[column][:, years] / base[column][:, years] - 1).min(axis=1))


def worst(out: Trajectories, base: Trajectories) -> Figure:
    """Farmers' income of the worst year against that year of past practice."""
    return Figure.of(_worst(out, base))


def largest(out: Trajectories, base: Trajectories, column: str) -> Figure:
    years = plan_years(out)
    return Figure.of(100 * (out[column][:, years] / base[column][:, years] - 1).max(axis=1))


def lowest(out: Trajectories, column: str) -> Figure:
    """The lowest value from 2028 on against that of 2027."""
    years = plan_years(out)
    return Figure.of(100 * (out[column][:, years].min(axis=1) / at(out, column, 2027) - 1))

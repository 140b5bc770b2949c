"""From a scenario and its model to the problem that the optimiser solves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from optimize.problem import Decision, Problem, Vector
from optimize.rules import RuleContext, RuleError, build
from scenarios.aims import outcomes_needed, terms
from scenarios.findings import Finding, FindingsError, Message, did_you_mean, refuse, say
from scenarios.levers import Place, levers
from scenarios.load import Scenario
from scenarios.plan_csv import PlanTable
from scenarios.schema import CarryOver, TotalBudget

if TYPE_CHECKING:
    from models import Model, Trajectories

Tables = Mapping[str, Vector]  # lookup column -> its values, shape (P,)


def open_model(path: Path) -> Model:
    """The model of a file.

    Raises:
        FindingsError: the file is missing, or has what the engine does not support.
    """
    from models import ModelError, load

    if not path.is_file():
        raise refuse("--model", say("finding.no_file"), say("hint.csv_path"), path)
    try:
        return load(path)
    except ModelError as error:
        raise FindingsError(
            Finding(
                path,
                problem.variable,
                say("finding.model", reason=problem.reason),
                Message("hint.given", {"hint": problem.hint}) if problem.hint else None,
                problem.line or None,
            )
            for problem in error.problems
        ) from error


@dataclass(frozen=True)
class County:
    """A scenario's model with its parameters, series and past practice.

    ``values`` are constants by column, ``series`` the exogenous tables that differ from the
    model's own, ``past`` the lever tables under past practice.
    """

    scenario: Scenario
    model: Model
    values: Mapping[str, float]
    series: Tables
    past: Tables

    @cached_property
    def levers(self) -> Mapping[Place, str]:
        """Lever columns by sector and instrument."""
        return levers(self.model.lookups)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """One for each plan year, sector and instrument; never more than there is to spend."""
        return tuple(
            Decision(year, sector, instrument, lever, 0.0, self.most(year))
            for year in self.scenario.plan.years
            for (sector, instrument), lever in self.levers.items()
        )

    def most(self, year: int) -> float:
        """The largest amount that the money rules leave for one year."""
        rules, years = self.scenario.rules, self.scenario.plan.years
        budgets = self.scenario.money.budgets(years)
        limits: list[float] = []
        if isinstance(carry := rules.get("carry_over"), CarryOver) and carry.on:
            limits.append(sum(budgets[y] for y in years if year - carry.years <= y <= year))
        elif "yearly_budget" in rules and rules["yearly_budget"].on:
            limits.append(budgets[year])
        if isinstance(total := rules.get("total_budget"), TotalBudget) and total.on:
            limits.append(total.amount)
        return min(limits)

    def past_money(self) -> dict[tuple[int, str, str], float]:
        """Past practice by year, sector and instrument, up to the last plan year."""
        last = self.scenario.plan.last_year
        return {
            (round(x), *place): float(y)
            for place, lever in self.levers.items()
            for x, y in zip(self.model.lookups[lever].x, self.past[lever], strict=True)
            if x <= last
        }

    def tables(self, plan: PlanTable) -> Tables:
        """Lever tables with the plan years replaced by ``plan`` (what it lacks is zero)."""
        years = self.scenario.plan.years
        laid = {}
        for (sector, instrument), lever in self.levers.items():
            values = np.array(self.past[lever], dtype=float)
            for i, x in enumerate(self.model.lookups[lever].x):
                if round(x) in years:
                    values[i] = plan.get((round(x), sector, instrument), 0.0)
            laid[lever] = values
        return laid

    def simulate(self, *plans: Tables) -> Trajectories:
        """Run the model under each of the plans (lever tables); one run a plan."""
        from models import Runs, run

        together = {
            lever: np.stack([plan[lever] for plan in plans]) for lever in self.levers.values()
        }
        return run(self.model, Runs(values=self.values, lookups={**self.series, **together}))


def county(scenario: Scenario) -> County:
    """Open the scenario's model and fit the scenario to it.

    Raises:
        FindingsError: the model is not right, or the scenario names what it does not have.
    """
    model = open_model(scenario.model)
    findings: list[Finding] = []
    values = dict(parameter_columns(scenario, model, findings))
    series: dict[str, Vector] = {}
    for name, points in scenario.exogenous.items():
        if name not in model.lookups:
            findings.append(not_in_model(scenario, ("exogenous", name), model))
            continue
        series[name] = laid_over(scenario, ("exogenous", name), model, points, findings)
    found = levers(model.lookups)
    points_of: dict[str, dict[int, float]] = {lever: {} for lever in found.values()}
    for (year, sector, instrument), amount in scenario.past_practice.items():
        if (sector, instrument) in found:
            points_of[found[sector, instrument]][year] = amount
        else:
            reason = say("finding.no_lever", sector=sector, instrument=instrument)
            hint = did_you_mean(f"{sector} {instrument}", [" ".join(place) for place in found])
            findings.append(Finding(scenario.past_practice_file, str(year), reason, hint))
    past = {
        lever: laid_over(scenario, ("plan", "past_practice"), model, points, findings, lever)
        for lever, points in points_of.items()
    }
    findings += outside_model(scenario, model)
    if findings:
        raise FindingsError(list(dict.fromkeys(findings)))
    return County(scenario, model, values, series, past)


def parameter_columns(
    scenario: Scenario, model: Model, findings: list[Finding]
) -> Iterator[tuple[str, float]]:
    """Constants of the model, by column, that the scenario sets."""
    for name, value in scenario.parameters.items():
        keys = ("parameters", name)
        columns = [c for c in model.constants if c == name or c.startswith(f"{name}[")]
        if not columns:
            findings.append(not_in_model(scenario, keys, model))
        elif not isinstance(value, Mapping):
            yield from ((column, value) for column in columns)
        else:
            elements = [column.removeprefix(f"{name}[").rstrip("]") for column in columns]
            for item, number in value.items():
                if item in elements:
                    yield f"{name}[{item}]", number
                else:
                    reason = say("finding.no_such_element", name=name, element=item)
                    findings.append(
                        at(scenario, (*keys, item), reason, did_you_mean(item, elements))
                    )


def laid_over(
    scenario: Scenario,
    keys: tuple[str, ...],
    model: Model,
    points: Mapping[int, float],
    findings: list[Finding],
    column: str | None = None,
) -> Vector:
    """The model's table of a column with some years replaced."""
    table = model.lookups[column or keys[-1]]
    years = [round(x) for x in table.x]
    values = np.array(table.y, dtype=float)
    for year, value in points.items():
        if year in years:
            values[years.index(year)] = value
        else:
            reason = say("finding.year_outside", year=year, first=years[0], last=years[-1])
            findings.append(at(scenario, keys, reason, say("hint.year_outside")))
    return values


def outside_model(scenario: Scenario, model: Model) -> Iterator[Finding]:
    """The plan's years must lie within the run and within the lever tables."""
    first, last = scenario.plan.first_year, scenario.plan.last_year
    low, high = int(model.initial_time) + 1, int(model.final_time)
    if first < low or last > high:
        reason = say("finding.outside_model", first=first, last=last, low=low, high=high)
        yield at(scenario, ("plan", "last_year"), reason, say("hint.outside_model"))


def not_in_model(scenario: Scenario, keys: tuple[str, ...], model: Model) -> Finding:
    known = list(model.constants if keys[0] == "parameters" else model.lookups)
    reason = say("finding.not_in_model", model=model.path.name)
    return at(scenario, keys, reason, did_you_mean(keys[-1], known))


def at(scenario: Scenario, keys: tuple[str, ...], reason: Message, hint: Message | None) -> Finding:
    """A finding at the place where a value was written."""
    file, line = scenario.merged.place(keys)
    return Finding(file or scenario.file, ".".join(keys), reason, hint, line)


def problem(county: County) -> Problem:
    """Decisions, outcomes, aims and rules; past practice is simulated for them.

    Raises:
        FindingsError: a rule or an aim cannot be stated with this model and scenario.
    """
    scenario, model = county.scenario, county.model
    years = scenario.plan.years
    limiting = ("yearly_budget", "carry_over", "total_budget")
    if not any(name in scenario.rules and scenario.rules[name].on for name in limiting):
        raise FindingsError(
            [at(scenario, ("rules",), say("finding.no_limit"), say("hint.no_budget"))]
        )
    outcomes = outcomes_needed(scenario.objective, scenario.rules, years)
    missing = sorted({o.column for o in outcomes} - set(model.columns))
    if missing:
        raise FindingsError(
            Finding(model.path, name, say("finding.no_path", name=name)) for name in missing
        )
    past = county.simulate(county.past)
    times = [round(float(time), 9) for time in past.times]
    past_outcomes = np.array([past[o.column][0, times.index(float(o.year))] for o in outcomes])
    last_year = {
        place: float(
            county.past[lever][list(map(round, model.lookups[lever].x)).index(years[0] - 1)]
        )
        for place, lever in county.levers.items()
    }
    rules = {name: rule.fields() for name, rule in scenario.rules.items()}
    budgets = scenario.money.budgets(years)
    if "yearly_budget" in rules:
        rules["yearly_budget"]["amount"] = budgets
    context = RuleContext(county.decisions, outcomes, past_outcomes, last_year, budgets)
    try:
        rows = build(rules, context)
        aims = terms(scenario.objective, outcomes, past_outcomes)
    except RuleError as error:
        keys = ("rules", error.rule, error.field)
        hint = Message("hint.given", {"hint": error.hint}) if error.hint else None
        raise FindingsError(
            [at(scenario, keys, say("finding.rule", reason=error.reason), hint)]
        ) from error
    except ZeroDivisionError as error:
        keys = ("objective", str(error))
        raise FindingsError(
            [at(scenario, keys, say("finding.no_base"), say("hint.no_base"))]
        ) from error
    continuation = {key: amount for key, amount in county.past_money().items() if key[0] in years}
    return Problem(
        decisions=county.decisions,
        outcomes=outcomes,
        objective=aims,
        rows=rows,
        past_practice=np.array(
            [continuation.get((d.year, d.sector, d.instrument), 0.0) for d in county.decisions]
        ),
    )

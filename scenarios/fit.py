"""The numbers of a scenario laid on its model: parameters, series, past practice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from models import Model, ModelError, load
from models.catalogue import Catalogue
from models.errors import Problem
from models.source import key
from optimize.problem import Vector
from optimize.rules.outcomes import ACHIEVEMENT, indicator
from scenarios.aliases import with_names
from scenarios.catalogue import instruments, spellings
from scenarios.checks import Checks
from scenarios.findings import Finding, FindingsError, Message, Unit, did_you_mean, refuse, say
from scenarios.levers import levers
from scenarios.model_words import Said
from scenarios.plan_csv import PlanTable, read_past
from scenarios.schema import PARAMETER, SERIES, AssessmentIndicators, PlanYears, Rule
from scenarios.toml_text import Keys


def open_model(path: Path, data: Sequence[Path] = ()) -> Model:
    """The model of a file, with the tables that its data variables are read from.

    Raises:
        FindingsError: the file is missing, or has what the engine does not support.
    """
    if not path.is_file():
        raise refuse("", say("finding.no_file"), say("hint.csv_path"), path)
    try:
        return load(path, data=data)
    except ModelError as error:
        raise refused(error) from error


def refused(error: ModelError) -> FindingsError:
    """What the engine refused, as findings."""
    return FindingsError(
        Finding(
            Path(problem.file),
            problem.variable,
            say("finding.model", reason=said(problem)),
            Said(problem.hint) if problem.hint else None,
            problem.line or None,
        )
        for problem in error.problems
    )


def said(problem: Problem) -> Message:
    """What is wrong, behind the function that it is about."""
    if not problem.function:
        return Said(problem.reason)
    return say("finding.of_function", function=problem.function, reason=Said(problem.reason))


def out_of_range(
    names: Catalogue, column: str, values: Iterable[float], low: float, high: float
) -> Message:
    """What is said of numbers that the range of a column does not hold."""
    row = names.row(column)
    return say(
        "finding.out_of_range",
        value=", ".join(f"{value:g}" for value in values),
        low=f"{low:g}",
        high=f"{high:g}",
        unit=Unit(row.unit if row else ""),
    )


class Fit:
    """Checks a scenario against its model and lays its numbers on it."""

    def __init__(self, checks: Checks, model: Model, names: Catalogue) -> None:
        self.checks, self.model, self.names = checks, model, names
        self.levers = levers(model.lookups)

    def parameters(self) -> Iterator[tuple[str, float]]:
        """Constants by column."""
        for name in self.checks.table(("parameters",)):
            keys = ("parameters", name)
            columns = [c for c in self.model.constants if key(c.partition("[")[0]) == key(name)]
            if not self.is_kind(keys, "parameter", bool(columns)):
                continue
            value = self.checks.adapted(keys, PARAMETER)
            if not isinstance(value, dict):
                found = {} if value is None else dict.fromkeys(columns, value)
            else:
                elements = {column.partition("[")[2].rstrip("]"): column for column in columns}
                found = {elements[item]: v for item, v in value.items() if item in elements}
                for item in value.keys() - elements.keys():
                    reason = say("finding.no_such_element", name=name, element=item)
                    self.checks.add((*keys, item), reason, did_you_mean(item, with_names(elements)))
            for column, number in found.items():
                if self.in_range(keys, column, number):
                    yield column, number

    def exogenous(self) -> Iterator[tuple[str, Vector]]:
        """Tables by column: the model's own with the scenario's years laid over it."""
        lever_columns = set(self.levers.values())
        columns = {key(c): c for c in self.model.lookups if c not in lever_columns}
        for name in self.checks.table(("exogenous",)):
            keys = ("exogenous", name)
            if not self.is_kind(keys, "exogenous", key(name) in columns):
                continue
            series = self.checks.adapted(keys, SERIES)
            column = columns[key(name)]
            if series is None or not all(
                [self.in_range((*keys, str(year)), column, v) for year, v in series.items()]
            ):
                continue
            years = self.years(column)
            for year in series.keys() - set(years):
                reason = say("finding.year_outside", year=year, first=years[0], last=years[-1])
                self.checks.add((*keys, str(year)), reason, say("hint.drop_option"))
            yield column, self.laid_over(column, series)

    def past(self, file: Path | None, plan: PlanYears) -> dict[str, Vector]:
        """The levers' tables under past practice; both must cover the plan's years."""
        first, last = plan.first_year, plan.last_judged
        low, high = int(self.model.initial_time) + 1, int(self.model.final_time)
        if first <= low or last > high:
            reason = say("finding.outside_model", first=first, last=last, low=low + 1, high=high)
            self.checks.add(("plan",), reason, say("hint.outside_model"))
        points: dict[str, dict[int, float]] = {lever: {} for lever in self.levers.values()}
        before = len(self.checks.findings)
        table = self.past_amounts(file)
        missing = [str(y) for y in plan.years if y not in {year for year, _, _ in table}]
        if file is not None and missing and len(self.checks.findings) == before:
            reason = say("finding.years_missing", years=", ".join(missing))
            self.checks.findings.append(Finding(file, "year", reason, say("hint.years")))
        for (year, *place), amount in table.items():
            sector, instrument = place
            points[self.levers[sector, instrument]][year] = amount
        for lever, amounts in points.items():
            lacking = {*plan.years, *amounts} & {*range(low, high + 1)} - {*self.years(lever)}
            if lacking:
                reason = say("finding.lever_years", years=", ".join(map(str, sorted(lacking))))
                file, line = self.model.path, self.model.variables[lever.partition("[")[0]].line
                finding = Finding(file, lever, reason, say("hint.lever_years"), line)
                self.checks.findings.append(finding)
        return {lever: self.laid_over(lever, amounts) for lever, amounts in points.items()}

    def past_amounts(self, file: Path | None) -> PlanTable:
        """The amounts of past practice, in the years that the model simulates."""
        if file is None:
            return {}
        years = range(int(self.model.initial_time) + 1, int(self.model.final_time) + 1)
        table, findings = read_past(file, self.names, years, self.levers)
        self.checks.findings += findings
        return table

    def instruments(self, rules: Mapping[str, Rule]) -> None:
        """Rules by instrument name only instruments, and for the sectors, that the model has."""
        known = {instrument: instrument for _, instrument in self.levers}
        spelled = {**instruments(self.names), **known}
        for id, rule in rules.items():
            for keys in getattr(rule, "named", ()):
                *sector, name = keys
                where = ("rules", id, *keys)
                if name not in known:
                    hint = did_you_mean(name, spelled)
                    self.checks.add(where, say("finding.unknown_instrument"), hint)
                elif sector and (sector[0], name) not in self.levers:
                    reason = say("finding.no_lever", sector=sector[0], instrument=name)
                    served = ", ".join(of for of, tool in self.levers if tool == name)
                    self.checks.add(where, reason, say("hint.known", names=served))

    def indicators(self, rules: Mapping[str, Rule]) -> None:
        """Rules by indicator name only indicators that the model has."""
        columns = [c for c in self.model.columns if c.startswith(ACHIEVEMENT)]
        known = {indicator(column): indicator(column) for column in columns}
        rule = rules.get("assessment_indicators")
        for name in rule.targets if isinstance(rule, AssessmentIndicators) else ():
            if name not in known and name != "at_least":
                spelled = spellings(self.names, "element")
                hint = did_you_mean(
                    name, {**{s: id for s, id in spelled.items() if id in known}, **known}
                )
                where = ("rules", "assessment_indicators", name)
                self.checks.add(where, say("finding.unknown_indicator"), hint)

    def is_kind(self, keys: Keys, kind: str, in_model: bool) -> bool:
        """Whether the last of ``keys`` names a variable of that kind; a finding if not."""
        row = self.names.row(keys[-1])
        if row is not None and row.kind != kind:
            reason = say(f"finding.not_{kind}", kind=say(f"kind.{row.kind}"))
            self.checks.add(keys, reason, say(f"hint.not_{kind}"))
            return False
        if not in_model:
            own = self.model.constants if kind == "parameter" else self.model.lookups
            known = spellings(self.names, kind) or {c.partition("[")[0]: c for c in own}
            reason = say("finding.not_in_model", model=self.model.path.name)
            self.checks.add(keys, reason, did_you_mean(keys[-1], known))
        return in_model

    def in_range(self, keys: Keys, column: str, value: float) -> bool:
        """Whether the catalogue's range for the column holds the value; a finding if not."""
        low, high = self.names.range_of(column, self.model) or (value, value)
        if low <= value <= high:
            return True
        reason = out_of_range(self.names, column, (value,), low, high)
        self.checks.add(keys, reason, say("hint.out_of_range", file=self.names.path.name))
        return False

    def years(self, column: str) -> list[int]:
        """The years at which a table of the model has a value."""
        return [round(x) for x in self.model.lookups[column].x]

    def laid_over(self, column: str, points: Mapping[int, float]) -> Vector:
        """The model's table of a column with some years replaced."""
        own = self.model.lookups[column].y
        return np.array(
            [points.get(year, y) for year, y in zip(self.years(column), own, strict=True)],
            dtype=float,
        )

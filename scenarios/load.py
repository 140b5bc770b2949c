"""From a scenario file to a checked `Scenario`; every problem of the chain at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from optimize.rules import SECTORS
from scenarios.catalogue import COUNTY, Catalogue, catalogue, element
from scenarios.chain import COMMAND_LINE, Merged, Origin, find, merge, read_chain
from scenarios.complaints import complaints, number
from scenarios.findings import Finding, FindingsError, did_you_mean, say
from scenarios.plan_csv import PlanTable, read_plan
from scenarios.schema import (
    OPEN_SECTIONS,
    PARAMETER,
    REQUIRED,
    RULES,
    SECTIONS,
    SERIES,
    ByInstrument,
    Identity,
    Objective,
    PlanYears,
    Purse,
    Rule,
    Search,
    Section,
)
from scenarios.toml_text import Keys, dotted

DEFAULT = "w-county"

Parameters = Mapping[str, float | Mapping[str, float]]
T = TypeVar("T")
SectionType = TypeVar("SectionType", bound=Section)


@dataclass(frozen=True)
class Scenario:
    """A scenario as it is to be run. Money in 10,000 yuan.

    ``origins`` gives where each value that some file (or the command line) states was written;
    a value without an origin is the default of the form or of ``variables.csv``.
    """

    file: Path
    identity: Identity
    plan: PlanYears
    money: Purse
    objective: Objective
    search: Search
    rules: Mapping[str, Rule]
    parameters: Parameters
    exogenous: Mapping[str, Mapping[int, float]]
    past_practice: PlanTable
    past_practice_file: Path
    model: Path
    catalogue: Catalogue
    merged: Merged

    @property
    def name(self) -> str:
        """The scenario's identifier."""
        return self.identity.name


def load(name: str | Path | None = None, settings: Mapping[str, object] | None = None) -> Scenario:
    """Load a scenario by path or name (default: W County).

    ``settings`` are entries of ``[search]`` that the command line overrides; None is not set.

    Raises:
        FindingsError: everything that is wrong with the file, those it extends, its plan.
    """
    path = find(str(name or DEFAULT))
    if isinstance(path, Finding):
        raise FindingsError([path])
    merged = read_chain(path)
    given = {key: value for key, value in (settings or {}).items() if value is not None}
    if given:
        merge(merged.values, {"search": given}, COMMAND_LINE, (), merged.origins)
    broken = bool(merged.findings)  # then what is missing may stand in what could not be read
    checks = Checks(merged, path)
    scenario = checks.scenario()
    findings = merged.findings + [
        finding
        for finding in checks.findings
        if not (broken and finding.reason.key in ("finding.missing", "finding.no_section"))
    ]
    if findings or scenario is None:
        raise FindingsError(unique(findings))
    return scenario


def unique(findings: Sequence[Finding]) -> list[Finding]:
    """In order of file and line, each once."""
    kept: list[Finding] = []
    for finding in findings:
        if finding not in kept:
            kept.append(finding)
    return sorted(kept, key=lambda finding: (str(finding.file or ""), finding.line or 0))


class Checks:
    """One pass over the merged document that gathers findings instead of stopping at the first."""

    def __init__(self, merged: Merged, path: Path) -> None:
        self.merged, self.path = merged, path
        self.findings: list[Finding] = []

    def scenario(self) -> Scenario | None:
        """The scenario, or None where a section that it needs is wrong."""
        for name in self.merged.values:
            if name not in SECTIONS and name not in OPEN_SECTIONS:
                known = [*SECTIONS, *OPEN_SECTIONS, "extends"]
                self.add((name,), say("finding.unknown_key"), did_you_mean(name, known))
        identity = self.section("scenario", Identity)
        plan = self.section("plan", PlanYears)
        money = self.section("money", Purse)
        objective = self.section("objective", Objective)
        search = self.section("search", Search)
        model = self.model(identity)
        names = catalogue(model)
        rules = dict(self.rules(names))
        parameters = dict(self.parameters(names))
        exogenous = dict(self.exogenous(names))
        if objective and not any(objective.model_dump().values()):
            self.add(("objective",), say("finding.no_aim"), say("hint.no_aim"))
        if plan and plan.last_year < plan.first_year:
            reason = say("finding.ends_early", first=plan.first_year, last=plan.last_year)
            self.add(("plan", "last_year"), reason, say("hint.ends_early"))
            return None
        if plan and money:
            self.budget_years(plan, money)
        if "yearly_budget" not in rules and "carry_over" in rules:
            self.add(("rules", "carry_over"), say("finding.no_budget"), say("hint.no_budget"))
        past, past_file = self.past_practice(plan, names) if plan else ({}, self.path)
        if not (identity and plan and money and objective and search):
            return None
        return Scenario(
            file=self.path,
            identity=identity,
            plan=plan,
            money=money,
            objective=objective,
            search=search,
            rules=rules,
            parameters=parameters,
            exogenous=exogenous,
            past_practice=past,
            past_practice_file=past_file,
            model=model,
            catalogue=names,
            merged=self.merged,
        )

    def add(self, keys: Keys, reason: Any, hint: Any = None) -> None:
        """A finding at ``keys``, placed where the value was written."""
        file, line = self.merged.place(keys)
        self.findings.append(Finding(file or self.path, dotted(keys), reason, hint, line))

    def table(self, keys: Keys) -> Mapping[str, Any]:
        """The table at ``keys``; empty, and a finding, if something else stands there."""
        found: Any = self.merged.values
        for name in keys:
            found = found.get(name, {})
        if isinstance(found, dict):
            return found
        self.add(keys, say("finding.not_table", value=repr(found)), say("hint.table"))
        return {}

    def section(self, name: str, form: type[SectionType]) -> SectionType | None:
        """A section of fixed form, or None if anything in it is wrong."""
        if name in REQUIRED and name not in self.merged.values:
            self.findings.append(
                Finding(self.path, name, say("finding.no_section"), say("hint.missing"))
            )
            return None
        return self.validated((name,), form, self.table((name,)))

    def validated(
        self, keys: Keys, form: type[SectionType], values: Mapping[str, Any]
    ) -> SectionType | None:
        try:
            return form.model_validate(values)
        except ValidationError as error:
            known = list(form.model_fields)
            self.findings += complaints(error, keys, known, self.merged)
            return None

    def adapted(self, keys: Keys, form: TypeAdapter[T], value: Any) -> T | None:
        try:
            return form.validate_python(value)
        except ValidationError as error:
            self.findings += complaints(error, keys, (), self.merged)
            return None

    def rules(self, names: Catalogue) -> Iterator[tuple[str, Rule]]:
        for id in self.table(("rules",)):
            keys = ("rules", id)
            if id not in RULES:
                self.add(keys, say("finding.unknown_rule"), did_you_mean(id, list(RULES)))
                continue
            rule = self.validated(keys, RULES[id], self.table(keys))
            if isinstance(rule, ByInstrument):
                instruments = names.instruments()
                for instrument in rule.shares:
                    if instruments and instrument not in instruments.values():
                        hint = did_you_mean(instrument, instruments)
                        self.add((*keys, instrument), say("finding.unknown_instrument"), hint)
            if rule is not None:
                yield id, rule

    def parameters(self, names: Catalogue) -> Iterator[tuple[str, float | Mapping[str, float]]]:
        known = names.of_kind("parameter")
        for name in self.table(("parameters",)):
            keys = ("parameters", name)
            if known and name not in known:
                self.unknown(keys, names, "parameter")
                continue
            value = self.adapted(keys, PARAMETER, self.merged.values["parameters"][name])
            if value is None:
                continue
            for item, number_ in value.items() if isinstance(value, dict) else (("", value),):
                self.in_range((*keys, item) if item else keys, names, name, item, number_)
            yield name, value

    def exogenous(self, names: Catalogue) -> Iterator[tuple[str, Mapping[int, float]]]:
        known = names.of_kind("exogenous")
        for name in self.table(("exogenous",)):
            keys = ("exogenous", name)
            if known and name not in known:
                self.unknown(keys, names, "exogenous")
                continue
            series = self.adapted(keys, SERIES, self.merged.values["exogenous"][name])
            if series is None:
                continue
            for year, value in series.items():
                self.in_range((*keys, str(year)), names, name, "", value)
            yield name, series

    def unknown(self, keys: Keys, names: Catalogue, kind: str) -> None:
        """A name that is not of its kind: another kind of variable, or none at all."""
        name = keys[-1]
        if name in names.entries:
            reason = say(f"finding.not_{kind}", kind=names.entries[name].kind)
            self.add(keys, reason, say(f"hint.not_{kind}"))
        else:
            hint = did_you_mean(name, names.spellings(kind))
            self.add(keys, say("finding.unknown_variable", file=names.path.name), hint)

    def in_range(self, keys: Keys, names: Catalogue, name: str, item: str, value: float) -> None:
        entry = names.entries.get(name)
        if entry is None:
            return
        position = SECTORS.index(item) if item in SECTORS else 0
        low, high = element(entry.low, position, value), element(entry.high, position, value)
        if not low <= value <= high:
            reason = say(
                "finding.out_of_range",
                value=number(value),
                low=number(low),
                high=number(high),
                unit=entry.unit,
            )
            self.add(keys, reason, say("hint.out_of_range", file=names.path.name))

    def budget_years(self, plan: PlanYears, money: Purse) -> None:
        """A table of budgets gives every plan year and no other."""
        if not isinstance(money.budget, dict):
            return
        missing = [str(year) for year in plan.years if year not in money.budget]
        if missing:
            reason = say("finding.budget_missing", years=", ".join(missing))
            self.add(("money", "budget"), reason, say("hint.budget_missing"))
        for year in money.budget:
            if year not in plan.years:
                reason = say(
                    "finding.year_outside",
                    year=year,
                    first=plan.first_year,
                    last=plan.last_year,
                )
                self.add(("money", "budget", str(year)), reason, say("hint.year_outside"))

    def model(self, identity: Identity | None) -> Path:
        """The model file, relative to the file that names it; the county's if none does."""
        if identity is None or identity.model is None:
            return COUNTY
        path = self.beside(("scenario", "model"), identity.model)
        if not path.is_file():
            self.add(
                ("scenario", "model"), say("finding.no_such_file", path=path), say("hint.path")
            )
            return COUNTY
        return path

    def past_practice(self, plan: PlanYears, names: Catalogue) -> tuple[PlanTable, Path]:
        keys = ("plan", "past_practice")
        path = self.beside(keys, plan.past_practice)
        if not path.is_file():
            self.add(keys, say("finding.no_such_file", path=plan.past_practice), say("hint.path"))
            return {}, path
        table, findings = read_plan(path, names)
        self.findings += findings
        missing = sorted(set(plan.years) - {year for year, _, _ in table})
        if missing and not findings:
            years = ", ".join(map(str, missing))
            self.findings.append(
                Finding(path, "year", say("finding.years_missing", years=years), say("hint.years"))
            )
        return table, path

    def beside(self, keys: Keys, name: str) -> Path:
        """A path written in a file is relative to that file."""
        origin: Origin | None = self.merged.origin(keys)
        folder = origin.parent if isinstance(origin, Path) else Path.cwd()
        return (folder / name).resolve()

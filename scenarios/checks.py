"""Gathers everything that is wrong with a merged scenario instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from optimize.rules import SECTORS
from scenarios.aliases import rule_names, with_names
from scenarios.chain import Merged
from scenarios.complaints import complaints
from scenarios.findings import Finding, Message, did_you_mean, say
from scenarios.schema import (
    OPEN_SECTIONS,
    REQUIRED,
    RULES,
    SECTIONS,
    ByYear,
    PlanYears,
    Purse,
    Rule,
)
from scenarios.toml_text import Keys, dotted

T = TypeVar("T")
Form = TypeVar("Form", PlanYears, Purse, Rule, Any)


ROUNDING = 1e-9  # shares are written as decimals


def _shares(rule: Rule) -> Mapping[str, float]:
    """The shares that a rule names, by sector or instrument."""
    fields = rule.fields()
    return {name: held for name, held in fields.items() if name not in Rule.model_fields}


class Checks:
    """One pass over the document of a chain of files; ``findings`` grows with every check."""

    def __init__(self, merged: Merged, path: Path) -> None:
        self.merged, self.path = merged, path
        self.findings: list[Finding] = list(merged.findings)

    def add(self, keys: Keys, reason: Message, hint: Message | None = None) -> None:
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

    def sections(self) -> None:
        """No section that there is not."""
        for name in self.merged.values:
            if name not in SECTIONS and name not in OPEN_SECTIONS:
                known = [*SECTIONS, *OPEN_SECTIONS, "extends"]
                self.add((name,), say("finding.unknown_key"), did_you_mean(name, with_names(known)))

    def section(self, name: str, form: type[Form]) -> Form | None:
        """A section of fixed form, or None if anything in it is wrong."""
        if name in REQUIRED and name not in self.merged.values:
            self.add((name,), say("finding.no_section"), say("hint.missing"))
            return None
        return self.validated((name,), form, self.table((name,)))

    def validated(self, keys: Keys, form: type[Form], values: Mapping[str, Any]) -> Form | None:
        """A form filled with ``values``, or None and the findings."""
        try:
            filled: Form = form.model_validate(values)
            return filled
        except ValidationError as error:
            known = list(form.model_fields)
            self.findings += complaints(error, keys, known, self.merged)
            return None

    def adapted(self, keys: Keys, form: TypeAdapter[T]) -> T | None:
        """The value at ``keys`` in a form that is no section, or None and the findings."""
        value = self.table(keys[:-1])[keys[-1]]
        try:
            return form.validate_python(value)
        except ValidationError as error:
            self.findings += complaints(error, keys, (), self.merged)
            return None

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """The rules of known names and right form."""
        for id in self.table(("rules",)):
            keys = ("rules", id)
            if id not in RULES:
                self.add(keys, say("finding.unknown_rule"), did_you_mean(id, rule_names(RULES)))
            elif (rule := self.validated(keys, RULES[id], self.table(keys))) is not None:
                yield id, rule

    def plan_years(self, plan: PlanYears, money: Purse | None) -> bool:
        """The plan begins before it ends; its years have a budget, earlier ones what they left.

        A parent's money of other years is no mistake: a table cannot be shortened by merging.
        """
        first, last = plan.first_year, plan.last_year
        if last < first:
            reason = say("finding.ends_early", first=first, last=last)
            self.add(("plan", "last_year"), reason, say("hint.ends_early"))
            return False
        if plan.last_judged < last:
            reason = say("finding.judged_early", last=last, judged=plan.last_judged)
            self.add(("plan", "judged_until"), reason, say("hint.judged_until"))
        for year in money.left_over if money else ():
            keys = ("money", "left_over", str(year))
            if year >= first and self.merged.origin(keys) == self.path:
                reason = say("finding.left_over_year", year=year, first=first)
                self.add(keys, reason, say("hint.left_over_year"))
        if money is None or not isinstance(money.budget, dict):
            return True
        missing = [str(year) for year in plan.years if year not in money.budget]
        if missing:
            reason = say("finding.budget_missing", years=", ".join(missing))
            self.add(("money", "budget"), reason, say("hint.budget_missing"))
        for year in money.budget:
            keys = ("money", "budget", str(year))
            if year not in plan.years and self.merged.origin(keys) == self.path:
                reason = say("finding.year_outside", year=year, first=first, last=last)
                self.add(keys, reason, say("hint.year_outside"))
        return True

    def targets(self, rules: Mapping[str, Rule], plan: PlanYears) -> None:
        """A table of targets by year has all plan years, and no other of its own."""
        for id, rule in rules.items():
            for name, target in rule.targets.items() if isinstance(rule, ByYear) else ():
                if not isinstance(target, dict):
                    continue
                keys = ("rules", id, name)
                missing = [str(year) for year in plan.years if year not in target]
                if missing:
                    reason = say("finding.target_missing", years=", ".join(missing))
                    self.add(keys, reason, say("hint.target_missing"))
                for year in target:
                    place = (*keys, str(year))
                    if year not in plan.years and self.merged.origin(place) == self.path:
                        first, last = plan.first_year, plan.last_year
                        reason = say("finding.year_outside", year=year, first=first, last=last)
                        self.add(place, reason, say("hint.year_outside"))

    def limits(self, rules: Mapping[str, Rule]) -> None:
        """Some rule must limit the money; not asked while there are rules that are not right."""
        limiting = ("yearly_budget", "carry_over", "total_budget")
        whole = len(rules) == len(self.table(("rules",)))
        if whole and not any(name in rules and rules[name].on for name in limiting):
            self.add(("rules",), say("finding.no_limit"), say("hint.no_budget"))

    def shares(self, rules: Mapping[str, Rule]) -> None:
        """Least shares leave room for each other, and largest shares for all of the money."""
        held = {id: _shares(rule) for id, rule in rules.items() if rule.on}
        for id in ("sector_floor", "instrument_floor"):
            total = sum(held.get(id, {}).values())
            if total > 1.0 + ROUNDING:
                reason = say("finding.floors", sum=f"{total:g}")
                self.add(self.own(("rules", id), held[id]), reason, say("hint.floors"))
        ceilings = held.get("sector_ceiling", {})
        if len(ceilings) == len(SECTORS) and sum(ceilings.values()) < 1.0 - ROUNDING:
            reason = say("finding.ceilings", sum=f"{sum(ceilings.values()):g}")
            keys = self.own(("rules", "sector_ceiling"), ceilings)
            self.add(keys, reason, say("hint.ceilings"))
        for what in ("sector", "instrument"):
            ceilings = held.get(f"{what}_ceiling", {})
            for name, low in held.get(f"{what}_floor", {}).items():
                if low > ceilings.get(name, 1.0) + ROUNDING:
                    reason = say("finding.floor_above", low=low, high=ceilings[name])
                    self.add(("rules", f"{what}_floor", name), reason, say("hint.floor_above"))

    def own(self, keys: Keys, names: Iterable[str]) -> Keys:
        """The first of the entries ``names`` that the file itself writes, else all of them."""
        for name in names:
            if self.merged.origin((*keys, name)) == self.path:
                return (*keys, name)
        return keys

    def beside(self, keys: Keys, name: str) -> Path | None:
        """The file that ``keys`` names, relative to the file it was written in; None if missing."""
        origin = self.merged.origin(keys)
        folder = origin.parent if isinstance(origin, Path) else Path.cwd()
        path = (folder / name).resolve()
        if path.is_file():
            return path
        self.add(keys, say("finding.no_such_file", path=name), say("hint.path"))
        return None

"""When a plan has failed: against past practice, a rule, or a bound of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.source import key
from optimize.rules.outcomes import ASSESSMENT_SCORE
from scenarios.aims import STRUCTURE_GAP
from scenarios.county import County
from scenarios.findings import Finding, FindingsError, did_you_mean, say
from scenarios.schema import ByYear
from scenarios.stress.measures import GAIN_M, GAIN_W, INCOME
from scenarios.words import Words

Array = NDArray[np.float64]
BOUND = re.compile(r"^\s*(?P<name>.+?)\s*(?P<sign>[<>])\s*(?P<value>[-+0-9.eE]+)\s*$")


@dataclass(frozen=True)
class Criterion:
    """``margin`` of paths (S, T) under the plan and under past practice: below 0 is failure.

    ``bound`` is the sign and the number of a bound on the column, empty for those by name.
    """

    name: str
    column: str
    unit: str
    margin: Callable[[Array, Array], Array]
    bound: tuple[str, ...] = ()

    def label(self, words: Words) -> str:
        """What failing means."""
        if self.bound:
            text = " ".join([words.name(self.column), *self.bound])
            return words.say("discover.fails.bound", text=text)
        return words.say(f"discover.fails.{self.name}")


def criteria(county: County, asked: Sequence[str] = ()) -> tuple[Criterion, ...]:
    """The criteria that are asked for, by name or as ``COLUMN<NUMBER``; by default all by name.

    Raises:
        FindingsError: what is no criterion.
    """
    known = {item.name: item for item in _named(county) if item.column in county.model.columns}
    findings: list[Finding] = []
    found: list[Criterion] = []
    for text in asked:
        bound = BOUND.match(text)
        if text in known:
            found.append(known[text])
        elif bound is None:
            reason = say("finding.no_criterion", name=text)
            findings.append(Finding(None, "--fails", reason, did_you_mean(text, list(known))))
        else:
            found += _bounds(county, text, bound, findings)
    if findings:
        raise FindingsError(findings)
    return tuple(found) if asked else tuple(known.values())


def _named(county: County) -> list[Criterion]:
    years = county.scenario.plan.judged_years
    found = [
        Criterion("farmers", INCOME, "percent", lambda a, b: 100 * (a.mean(1) / b.mean(1) - 1)),
        Criterion("gap", STRUCTURE_GAP, "percentage point", lambda a, b: b.mean(1) - a.mean(1)),
        Criterion("w", GAIN_W, "percent", lambda a, b: 100 * (a.sum(1) / b.sum(1) - 1)),
        Criterion("m", GAIN_M, "percent", lambda a, b: 100 * (a.sum(1) / b.sum(1) - 1)),
    ]
    rule = county.scenario.rules.get("assessment_score")
    if isinstance(rule, ByYear) and rule.on:
        target = rule.at_least
        plan = county.scenario.plan.years
        least = np.array([target[y] if isinstance(target, dict) else target for y in plan])
        here = [years.index(year) for year in plan]
        found.append(
            Criterion("score", ASSESSMENT_SCORE, "points", lambda a, b: (a[:, here] - least).min(1))
        )
    return found


def _bounds(
    county: County, text: str, bound: re.Match[str], findings: list[Finding]
) -> list[Criterion]:
    """A bound on a column of the model, broken in any year."""
    columns = {key(column): column for column in county.model.columns}
    rows = county.scenario.catalogue.rows.values()
    labels = {key(t): r.id for r in rows for t in (r.zh, r.en) if r.id in county.model.columns}
    name = key(bound["name"])
    column = columns.get(name) or labels.get(name)
    try:
        value = float(bound["value"])
    except ValueError:
        reason = say("finding.not_number", value=bound["value"])
        findings.append(Finding(None, "--fails", reason, say("hint.plain_number")))
        return []
    if column is None:
        reason = say("finding.unknown_name", name=bound["name"])
        known = [c for c in county.model.columns if c not in county.model.constants]
        findings.append(Finding(None, "--fails", reason, did_you_mean(bound["name"], known)))
        return []
    unit = county.model.variables[column.partition("[")[0]].unit
    if bound["sign"] == "<":
        return [Criterion(text, column, unit, lambda a, b: a.min(1) - value, ("<", bound["value"]))]
    return [Criterion(text, column, unit, lambda a, b: value - a.max(1), (">", bound["value"]))]

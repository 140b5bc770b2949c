"""From a scenario on its model to the problem that the optimiser solves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimize.problem import Outcome, Problem, Vector
from optimize.projects import with_projects
from optimize.response import CountyResponse
from optimize.rules import RuleContext, RuleError, build, with_choices
from scenarios.aims import NoBase, outcomes_needed, terms
from scenarios.county import County
from scenarios.findings import Finding, FindingsError, Message, say
from scenarios.model_words import Said
from scenarios.toml_text import Keys, dotted

if TYPE_CHECKING:
    from optimize.uncertainty import Futures


def problem(
    county: County,
    past_practice: Callable[[County, tuple[Outcome, ...]], Vector] | None = None,
    also: Iterable[str] = (),
) -> Problem:
    """Decisions, outcomes, aims and rules; past practice is simulated for them.

    ``past_practice`` gives its outcomes (m,) where they are not those of the scenario as it is;
    ``also`` are model columns to be among the outcomes, beside those that aims and rules need.

    Raises:
        FindingsError: a rule or an aim cannot be stated with this model and scenario.
    """
    scenario = county.scenario
    years = scenario.plan.years
    outcomes = outcomes_needed(
        scenario.objective, scenario.rules, scenario.plan.judged_years, county.model.columns
    )
    known = {outcome.column for outcome in outcomes}
    outcomes += tuple(
        Outcome(column, year)
        for column in also
        if column not in known
        for year in scenario.plan.judged_years
    )
    past_outcomes = (past_practice or under_past_practice)(county, outcomes)
    money = county.past_money()
    budgets = scenario.money.budgets(years)
    rules = {name: rule.fields() for name, rule in scenario.rules.items()}
    last_year = {place: money.get((years[0] - 1, *place), 0.0) for place in county.levers}
    left = scenario.money.left_over
    context = RuleContext(
        county.decisions, outcomes, past_outcomes, last_year, budgets, money, left
    )
    try:
        stated = Problem(
            decisions=county.decisions,
            outcomes=outcomes,
            objective=terms(scenario.objective, outcomes, past_outcomes),
            rows=build(rules, context),
            past_practice=np.array(
                [money[d.year, d.sector, d.instrument] for d in county.decisions], dtype=float
            ),
        )
        if scenario.projects is not None and scenario.library:
            library = [project.plan for project in scenario.library]
            small, begun = scenario.projects.small_budgets, scenario.projects.begun
            stated = with_projects(stated, library, small, budgets, begun)
        return with_choices(stated, rules, context)
    except RuleError as error:
        hint = Said(error.hint) if error.hint else None
        reason = say("finding.rule", reason=Said(error.reason))
        raise refused(county, ("rules", error.rule, error.field), reason, hint) from error
    except NoBase as error:
        raise no_base(county, error) from error


def response_of(county: County, stated: Problem, future: Futures | None = None) -> CountyResponse:
    """What plans do in the scenario, with its numbers as they are or as in one ``future``."""
    numbers = county.scenario.numbers
    values, tables = dict(numbers.values), {**numbers.series, **numbers.past}
    if future is not None:
        values |= {name: float(value[0]) for name, value in future.values.items()}
        tables |= {name: table[0] for name, table in future.series.items()}
    return CountyResponse(county.model, stated.decisions, stated.outcomes, values, tables)


def in_future(county: County, stated: Problem, past: Vector) -> Problem:
    """The problem in a future where past practice brings the outcomes ``past`` (m,).

    Aims and rules that count against past practice count against it there; those about money are
    those of ``stated``, the problem of the scenario as it is.

    Raises:
        NoBase: an aim in per cent of past practice, which brings none of it.
    """
    scenario = county.scenario
    asked = {row.rule for row in stated.rows if row.on == "outcome"}
    rules = {name: rule.fields() for name, rule in scenario.rules.items() if name in asked}
    context = RuleContext(stated.decisions, stated.outcomes, past)
    aims = terms(scenario.objective, stated.outcomes, past)
    money = tuple(row for row in stated.rows if row.on == "money")
    return replace(stated, objective=aims, rows=(*money, *build(rules, context)))


def under_past_practice(county: County, outcomes: tuple[Outcome, ...]) -> Vector:
    """The outcomes (m,) under past practice.

    Raises:
        FindingsError: the model lacks some of them.
    """
    model = county.model
    missing = sorted({outcome.column for outcome in outcomes} - set(model.columns))
    if missing:
        raise FindingsError(
            Finding(model.path, name, say("finding.no_path", name=name)) for name in missing
        )
    past = county.simulate(county.past)
    times = [round(float(time), 9) for time in past.times]
    return np.array([past[o.column][0, times.index(float(o.year))] for o in outcomes])


def no_base(county: County, error: NoBase) -> FindingsError:
    """The error of an aim in per cent of past practice, which brings none of it."""
    return refused(county, ("objective", error.aim), say("finding.no_base"), say("hint.no_base"))


def refused(county: County, keys: Keys, reason: Message, hint: Message | None) -> FindingsError:
    """The error of one problem, at the place where the value was written."""
    scenario = county.scenario
    file, line = scenario.merged.place(keys)
    return FindingsError([Finding(file or scenario.file, dotted(keys), reason, hint, line)])

"""A hand-made problem on the county model, without a scenario."""

from __future__ import annotations

from functools import cache

import numpy as np

from models import Model, load
from optimize import CountyResponse, Decision, Outcome, Problem, Term, rules
from optimize.rules.outcomes import (
    ASSESSMENT_SCORE,
    FARMERS_INCOME,
    FARMERS_INCOME_IF_DRY,
    GAIN_OF_M,
    GAIN_OF_W,
)

YEARS = tuple(range(2027, 2036))
GAP = "structure gap"
COLUMNS = (GAP, ASSESSMENT_SCORE, FARMERS_INCOME, FARMERS_INCOME_IF_DRY, GAIN_OF_W, GAIN_OF_M)
LEVER = "yearly money for "


def places(model: Model) -> dict[tuple[str, str], str]:
    """Levers by (sector, instrument)."""
    found = {}
    for column in model.lookups:
        if column.startswith(LEVER):
            instrument, _, sector = column.removeprefix(LEVER).rstrip("]").partition("[")
            alone = "agriculture" if instrument == "insurance subsidy" else "all"
            found[sector or alone, instrument] = column
    return found


@cache
def county_problem() -> tuple[Problem, CountyResponse]:
    """Balance first, farmers and both partners not worse off; the money of past practice."""
    model = load()
    levers = places(model)
    decisions = tuple(
        Decision(year, sector, instrument, lever)
        for year in YEARS
        for (sector, instrument), lever in levers.items()
    )
    outcomes = tuple(Outcome(column, year) for column in COLUMNS for year in YEARS)
    response = CountyResponse(model, decisions, outcomes, {}, {})

    def past_money(lever: str, year: int) -> float:
        table = model.lookups[lever]
        return float(table.y[[round(x) for x in table.x].index(year)])

    past = np.array([past_money(decision.lever, decision.year) for decision in decisions])
    budgets = {y: float(np.ceil(past[[d.year == y for d in decisions]].sum())) for y in YEARS}
    context = rules.RuleContext(
        decisions,
        outcomes,
        response.values(past[None])[0],
        {place: past_money(lever, YEARS[0] - 1) for place, lever in levers.items()},
        budgets,
    )
    shares = {"talent": 0.15, "market building": 0.15, "insurance subsidy": 0.1}
    rows = rules.build(
        {
            "yearly_budget": {},
            "productive_share": {"at_least": 0.6},
            "sector_floor": {"agriculture": 0.2, "industry": 0.1, "services": 0.1},
            "instrument_ceiling": {**shares, "labour cooperation": 0.1},
            "yearly_change": {"at_most": 0.2},
            "farmers_worst_year": {},
            "farmers_not_worse": {},
            "w_not_worse": {},
            "m_not_worse": {},
        },
        context,
    )
    aims = (
        Term("balance", 1.0, {i: 1.0 / 9.0 for i, o in enumerate(outcomes) if o.column == GAP}),
        Term(
            "farmers_worst_year",
            -1e-4,
            {i: 1.0 for i, o in enumerate(outcomes) if o.column == FARMERS_INCOME_IF_DRY},
            "worst",
        ),
    )
    return Problem(decisions, outcomes, aims, rows, past), response

"""The yearly agreement between the two governments, indicator by indicator, as it was signed.

``[agreement]`` holds amounts in the indicator's own unit: one for all plan years, or a table by
year. The model counts what is done against the agreed amount of the county times the index of the
year, so an amount becomes that index. Farm income is agreed as a yearly growth: one number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from optimize.problem import Vector
from scenarios.catalogue import spellings
from scenarios.findings import did_you_mean, say
from scenarios.fit import Fit, out_of_range
from scenarios.schema import AGREED, AGREED_MONEY, GROWTH, PlanYears

INDEX = "agreement index["  # the model's tables, by indicator
AGREED_AMOUNT = {  # indicator -> the parameter that holds the agreed amount of the county
    "money paid": "agreed money",
    "staff exchanged": "agreed staff",
    "firm investment": "agreed firm investment",
    "jobs": "agreed jobs",
    "sales": "agreed sales",
    "workshops": "agreed workshops",
    "schools and hospitals": "agreed public services",
    "farm income": "agreed income growth",
}
AS_GROWTH = "farm income"
MONEY = "wanyuan"

Agreement = Mapping[str, float | Mapping[int, float]]


def read_agreement(fit: Fit) -> Agreement:
    """The entries of ``[agreement]`` that are right."""
    found: dict[str, float | Mapping[int, float]] = {}
    for name in fit.checks.table(("agreement",)):
        keys = ("agreement", name)
        if name not in AGREED_AMOUNT or f"{INDEX}{name}]" not in fit.model.lookups:
            known = {**{id: id for id in AGREED_AMOUNT}, **_chinese(fit)}
            fit.checks.add(keys, say("finding.unknown_indicator"), did_you_mean(name, known))
            continue
        row = fit.names.row(AGREED_AMOUNT[name])
        money = row is not None and row.unit == MONEY
        form = GROWTH if name == AS_GROWTH else AGREED_MONEY if money else AGREED
        value = fit.checks.adapted(keys, form)
        if value is not None:
            found[name] = value
    return found


def _chinese(fit: Fit) -> Mapping[str, str]:
    elements = spellings(fit.names, "element")
    return {name: id for name, id in elements.items() if id in AGREED_AMOUNT}


def growth(fit: Fit, agreement: Agreement) -> Iterator[tuple[str, float]]:
    """The agreed growth of farm income, as a parameter."""
    value = agreement.get(AS_GROWTH)
    column = AGREED_AMOUNT[AS_GROWTH]
    if isinstance(value, float | int) and fit.in_range(("agreement", AS_GROWTH), column, value):
        yield column, float(value)


def indices(
    fit: Fit, agreement: Agreement, plan: PlanYears, levels: Mapping[str, float]
) -> Iterator[tuple[str, Mapping[int, float]]]:
    """The index of each indicator's agreement by year; ``levels`` are the parameters' values."""
    for name, agreed in agreement.items():
        if name == AS_GROWTH:
            continue
        column, parameter = f"{INDEX}{name}]", AGREED_AMOUNT[name]
        years = fit.years(column)
        by_year = agreed if isinstance(agreed, Mapping) else dict.fromkeys(plan.years, agreed)
        level = levels.get(parameter, fit.model.constants[parameter])
        low, high = fit.names.range_of(column, fit.model) or (0.0, float("inf"))
        index: dict[int, float] = {}
        for year, amount in by_year.items():
            keys = ("agreement", name, str(year)) if by_year is agreed else ("agreement", name)
            if year not in years:
                reason = say("finding.year_outside", year=year, first=years[0], last=years[-1])
                fit.checks.add(keys, reason, say("hint.drop_option"))
            elif low <= amount / level <= high:
                index[year] = amount / level
            else:
                ends = low * level, high * level
                reason = out_of_range(fit.names, parameter, (amount,), *ends)
                fit.checks.add(keys, reason, say("hint.agreement"))
                break
        yield column, index


def laid(
    fit: Fit, series: Mapping[str, Vector], indices: Mapping[str, Mapping[int, float]]
) -> dict[str, Vector]:
    """Exogenous tables with the agreement's indices in them."""
    found = dict(series)
    for column, index in indices.items():
        own = found.get(column, fit.laid_over(column, {}))
        points = dict(zip(fit.years(column), map(float, own), strict=True))
        found[column] = fit.laid_over(column, {**points, **index})
    return found

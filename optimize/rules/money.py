"""Rules about how much money there is and when.

Notation: ``x[y, s, i]`` is the money of year ``y`` for sector ``s`` through instrument ``i``
(10,000 yuan), ``X[y]`` its sum over sectors and instruments, ``B[y]`` the year's budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from optimize.problem import Row
from optimize.rules.context import SECTORS, RuleContext, RuleError

UNIT = "wanyuan"
Amounts = float | Mapping[int, float] | Mapping[str, float]


def by_year(rule: str, field: str, amount: Amounts, years: tuple[int, ...]) -> dict[int, float]:
    """One number for every year, from a number or a table ``{year: number}``."""
    if not isinstance(amount, Mapping):
        return {year: float(amount) for year in years}
    table = {int(year): float(value) for year, value in amount.items()}
    missing = [str(year) for year in years if year not in table]
    if missing:
        raise RuleError(rule, field, f"nothing is stated for {', '.join(missing)}")
    return {year: table[year] for year in years}


def yearly_budget(context: RuleContext) -> Iterator[Row]:
    """The money of a year does not exceed its budget: ``X[y] <= B[y]``.

    Source: the yearly fund agreement of the two partners.
    """
    for year in context.years:
        row = dict.fromkeys(context.money(year), 1.0)
        budget = context.budget("yearly_budget", year)
        yield Row("yearly_budget", "money", row, "<=", budget, UNIT, year)


def total_budget(context: RuleContext, *, amount: float) -> Iterator[Row]:
    """The money of all plan years does not exceed a total: ``sum(X[y] for y) <= amount``."""
    row = dict.fromkeys(range(len(context.decisions)), 1.0)
    yield Row("total_budget", "money", row, "<=", float(amount), UNIT)


def carry_over(context: RuleContext, *, years: int = 2) -> Iterator[Row]:
    """Money left over may be used within ``years`` later years, then it lapses.

    Replaces ``yearly_budget``. Money can be matched with budgets exactly when for every run
    of years ``a..b`` ``sum(X[y], y = a..b) <= sum(B[y], y = a - years..b)`` (Hall's theorem
    for intervals), where ``B`` of a year before the plan is what it left over; runs that
    cannot bind are left out. Source: rules on carried-over fiscal funds (结转结余资金), which
    are taken back after two years.
    """
    plan = context.years
    span = int(years)
    if span < 0:
        raise RuleError("carry_over", "years", f"{years} is negative")
    supply = {year: left for year, left in context.left_over.items() if year < plan[0] and left}
    supply |= {year: context.budget("carry_over", year) for year in plan}
    for first in plan:
        earlier = range(plan[0] - span, first - span)
        if first != plan[0] and not any(year in supply for year in earlier):
            continue  # implied by the run that begins with the first plan year
        for last in plan[plan.index(first) :]:
            money = [i for year in plan if first <= year <= last for i in context.money(year)]
            available = sum(supply.get(year, 0.0) for year in range(first - span, last + 1))
            subject = "" if first == last else f"{first}-"
            row = dict.fromkeys(money, 1.0)
            yield Row("carry_over", "money", row, "<=", available, UNIT, last, subject)


def left_by(
    budgets: Mapping[int, float], spent: Mapping[int, float], span: int
) -> dict[int, float]:
    """What each year's budget leaves when the oldest money that has not lapsed is spent first.

    No other order leaves more that may still be used. ``spent`` is by year; what goes beyond the
    money there is, is ignored. ``span`` as ``years`` of :func:`carry_over`, 0 without that rule.
    """
    left = {year: float(amount) for year, amount in sorted(budgets.items())}
    for year, amount in sorted(spent.items()):
        for source in left:
            if year - span <= source <= year:
                used = min(left[source], amount)
                left[source] -= used
                amount -= used
    return left


def not_below_last_year(context: RuleContext, *, first: float | None = None) -> Iterator[Row]:
    """Cooperation money does not fall: ``X[y] >= X[y - 1]``, the first year ``>= first``.

    ``first`` defaults to the total of the last historic year. Source: the yearly
    cooperation agreements ask that the fund is not below the year before.
    """
    start = context.last_year_money() if first is None else float(first)
    years = context.years
    yield Row(
        "not_below_last_year",
        "money",
        dict.fromkeys(context.money(years[0]), 1.0),
        ">=",
        start,
        UNIT,
        years[0],
    )
    for before, year in pairwise(years):
        row = dict.fromkeys(context.money(year), 1.0) | dict.fromkeys(context.money(before), -1.0)
        yield Row("not_below_last_year", "money", row, ">=", 0.0, UNIT, year)


def yearly_change(
    context: RuleContext, *, at_most: float = 0.3, of: str = "budget"
) -> Iterator[Row]:
    """A sector's money moves by a limited amount from year to year.

    ``|T[y, s] - T[y - 1, s]| <= at_most * B[y]`` with ``T[y, s] = sum(x[y, s, i] for i)``, or
    ``* T[y - 1, s]`` when ``of = "last year"``; the first plan year is compared with the
    last historic year. Two rows a sector and year: ``up`` and ``down``.
    """
    if of not in ("budget", "last year"):
        raise RuleError("yearly_change", "of", f"`{of}` is not known", "`budget` or `last year`")
    for sector in SECTORS:
        before: tuple[int, ...] = ()
        history = context.last_year_money(sector=sector)
        for year in context.years:
            now = context.money(year, sector=sector)
            share_of_last = at_most if of == "last year" else 0.0
            room = at_most * context.budget("yearly_change", year) if of == "budget" else 0.0
            rise = dict.fromkeys(now, 1.0) | dict.fromkeys(before, -1.0 - share_of_last)
            fall = dict.fromkeys(now, -1.0) | dict.fromkeys(before, 1.0 - share_of_last)
            known = 0.0 if before else history
            limits = (
                ("up", rise, room + known * (1.0 + share_of_last)),
                ("down", fall, room - known * (1.0 - share_of_last)),
            )
            for way, row, bound in limits:
                subject = f"{sector} {way}"
                yield Row("yearly_change", "money", row, "<=", bound, UNIT, year, subject)
            before = now

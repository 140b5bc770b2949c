"""Rules about how a year's money is divided (notation as in :mod:`optimize.rules.money`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from optimize.problem import Row, Sense
from optimize.rules.context import PRODUCTIVE, SECTORS, RuleContext
from optimize.rules.money import UNIT


def _share(
    rule: str,
    part: tuple[int, ...],
    whole: tuple[int, ...],
    sense: Sense,
    share: float,
    year: int,
    subject: str = "",
) -> Row:
    """``sum(part) - share * sum(whole) sense 0``; ``part`` is a subset of ``whole``."""
    row = {index: (index in part) - float(share) for index in whole}
    return Row(rule, "money", row, sense, 0.0, UNIT, year, subject)


def productive_share(context: RuleContext, *, at_least: float = 0.60) -> Iterator[Row]:
    """Productive projects, in any sector, get at least a share of the year's money.

    ``sum(x[y, s, productive] for s) >= at_least * X[y]``. Source: the rule of the
    cooperation fund that at least 60 % goes to productive projects.
    """
    for year in context.years:
        part = context.money(year, instrument=PRODUCTIVE)
        yield _share("productive_share", part, context.money(year), ">=", at_least, year)


def productive_share_not_below_last_year(context: RuleContext) -> Iterator[Row]:
    """The productive share does not fall: ``P[y] / B[y] >= P[y - 1] / B[y - 1]``.

    ``P[y]`` is the productive money. The year's *budget* is the denominator, not the money
    spent, so that the rule stays linear. The first year is compared with the last historic; a
    year without a budget has no share and is passed over.
    """
    rule = "productive_share_not_below_last_year"
    before: dict[int, float] = {}
    spent = context.last_year_money()
    floor = context.last_year_money(instrument=PRODUCTIVE) / spent if spent else 0.0
    for year in context.years:
        budget = context.budget(rule, year)
        if not budget:
            continue
        now = dict.fromkeys(context.money(year, instrument=PRODUCTIVE), 1.0)
        scaled = {index: -weight * budget for index, weight in before.items()}
        yield Row(rule, "money", now | scaled, ">=", floor * budget, UNIT, year)
        before = {index: 1.0 / budget for index in now}
        floor = 0.0


def _named(
    rule: str,
    sense: Sense,
    context: RuleContext,
    shares: dict[str, float],
    known: tuple[str, ...],
    part: Callable[[int, str], tuple[int, ...]],
    whole: Callable[[int], tuple[int, ...]],
) -> Iterator[Row]:
    """``part(year, name)`` against its share of ``whole(year)``, for every name and plan year."""
    for name in shares:
        context.check_name(rule, name, known)
    for name, share in shares.items():
        for year in context.years:
            yield _share(rule, part(year, name), whole(year), sense, share, year, name)


def _sector(
    rule: str, sense: Sense, context: RuleContext, shares: dict[str, float]
) -> Iterator[Row]:
    return _named(
        rule,
        sense,
        context,
        shares,
        SECTORS,
        lambda year, sector: context.money(year, sector=sector),
        lambda year: context.money(year, tied=True),
    )


def sector_floor(context: RuleContext, **shares: float) -> Iterator[Row]:
    """A sector gets at least a share of the year's money that is tied to a sector.

    ``T[y, s] >= share[s] * sum(T[y, r] for r)``. Only the sectors named bind.
    """
    yield from _sector("sector_floor", ">=", context, shares)


def sector_ceiling(context: RuleContext, **shares: float) -> Iterator[Row]:
    """A sector gets at most a share of the year's money that is tied to a sector.

    ``T[y, s] <= share[s] * sum(T[y, r] for r)``. Only the sectors named bind.
    """
    yield from _sector("sector_ceiling", "<=", context, shares)


def _instrument(
    rule: str, sense: Sense, context: RuleContext, shares: dict[str, float]
) -> Iterator[Row]:
    return _named(
        rule,
        sense,
        context,
        shares,
        tuple({decision.instrument for decision in context.decisions}),
        lambda year, instrument: context.money(year, instrument=instrument),
        context.money,
    )


def instrument_floor(context: RuleContext, **shares: float) -> Iterator[Row]:
    """An instrument gets at least a share of the year's money.

    ``sum(x[y, s, i] for s) >= share[i] * X[y]``. Only the instruments named bind.
    """
    yield from _instrument("instrument_floor", ">=", context, shares)


def instrument_ceiling(context: RuleContext, **shares: float) -> Iterator[Row]:
    """An instrument gets at most a share of the year's money.

    ``sum(x[y, s, i] for s) <= share[i] * X[y]``. Only the instruments named bind.
    """
    yield from _instrument("instrument_ceiling", "<=", context, shares)


def _sector_instrument(
    rule: str, sense: Sense, context: RuleContext, shares: Mapping[str, Mapping[str, float]]
) -> Iterator[Row]:
    instruments = tuple({decision.instrument for decision in context.decisions})
    for sector, of_sector in shares.items():
        context.check_name(rule, sector, SECTORS)
        for instrument, share in of_sector.items():
            context.check_name(rule, instrument, instruments)
            for year in context.years:
                part = context.money(year, sector=sector, instrument=instrument)
                subject = f"{sector}: {instrument}"
                yield _share(rule, part, context.money(year), sense, share, year, subject)


def sector_instrument_floor(context: RuleContext, **shares: Mapping[str, float]) -> Iterator[Row]:
    """An instrument gets, in one sector, at least a share of the year's money.

    ``x[y, s, i] >= share[s][i] * X[y]``. Only the pairs named bind.
    """
    yield from _sector_instrument("sector_instrument_floor", ">=", context, shares)


def sector_instrument_ceiling(context: RuleContext, **shares: Mapping[str, float]) -> Iterator[Row]:
    """An instrument gets, in one sector, at most a share of the year's money.

    ``x[y, s, i] <= share[s][i] * X[y]``. Only the pairs named bind.
    """
    yield from _sector_instrument("sector_instrument_ceiling", "<=", context, shares)


def absorptive_capacity(context: RuleContext, **amounts: float) -> Iterator[Row]:
    """Productive money of a sector and year stays within what the sector can absorb.

    ``x[y, s, productive] <= amount[s]`` (10,000 yuan). Only the sectors named bind.
    """
    for sector, amount in amounts.items():
        context.check_name("absorptive_capacity", sector, SECTORS)
        for year in context.years:
            part = context.money(year, sector=sector, instrument=PRODUCTIVE)
            row = dict.fromkeys(part, 1.0)
            yield Row("absorptive_capacity", "money", row, "<=", float(amount), UNIT, year, sector)

"""The rows of a rule hold for a plan exactly when the rule's sentence is true of it.

The sentences are checked here in plain words, with fractions, on plans that hypothesis makes up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from optimize import rules
from tests.optimize.small import (
    BUDGETS,
    CONTEXT,
    DECISIONS,
    HISTORY,
    LAST_YEAR,
    OUTCOMES,
    PAST,
    YEARS,
)

SECTORS = ("agriculture", "industry", "services")
INSTRUMENTS = tuple(dict.fromkeys(d.instrument for d in DECISIONS))
PRODUCTIVE = "productive projects"
Fields = Mapping[str, Any]


class Told:
    """A plan and what it brings, in whole numbers, to be asked about."""

    def __init__(self, amounts: Sequence[int], outcomes: Sequence[Fraction]) -> None:
        keys = [(d.year, d.sector, d.instrument) for d in DECISIONS]
        self.money = dict(zip(keys, map(Fraction, amounts), strict=True))
        names = [(o.column, o.year) for o in OUTCOMES]
        self.outcome = dict(zip(names, outcomes, strict=True))
        self.past = {name: exact(value) for name, value in zip(names, PAST, strict=True)}

    def spent(self, year: int, sector: str = "", instrument: str = "") -> Fraction:
        """Money of a year; of 2026, what past practice spent."""
        if year < YEARS[0]:
            money = {(year, *place): exact(x) for place, x in LAST_YEAR.items()}
        else:
            money = self.money
        return sum(
            (
                amount
                for (of, where, tool), amount in money.items()
                if of == year and sector in ("", where) and instrument in ("", tool)
            ),
            Fraction(0),
        )

    def tied(self, year: int) -> Fraction:
        """Money of a year that is tied to a sector."""
        return sum((self.spent(year, sector) for sector in SECTORS), Fraction(0))


def exact(number: float) -> Fraction:
    """The decimal fraction that a person means by a number."""
    return Fraction(str(float(number)))


def yearly_budget(told: Told, of: Fields) -> bool:
    return all(told.spent(y) <= exact(BUDGETS[y]) for y in YEARS)


def total_budget(told: Told, of: Fields) -> bool:
    return bool(told.spent(2027) + told.spent(2028) <= of["amount"])


def carry_over(told: Told, of: Fields) -> bool:
    left = exact(BUDGETS[2027]) - told.spent(2027)
    more = left if of["years"] >= 1 else Fraction(0)
    return left >= 0 and told.spent(2028) <= exact(BUDGETS[2028]) + more


def not_below_last_year(told: Told, of: Fields) -> bool:
    return told.spent(2026) <= told.spent(2027) <= told.spent(2028)


def yearly_change(told: Told, of: Fields) -> bool:
    def moves_little(year: int, sector: str) -> bool:
        now, before = told.spent(year, sector), told.spent(year - 1, sector)
        whole = exact(BUDGETS[year]) if of["of"] == "budget" else before
        return abs(now - before) <= exact(of["at_most"]) * whole

    return all(moves_little(y, s) for y in YEARS for s in SECTORS)


def payment_profile(told: Told, of: Fields) -> bool:
    """Commitments are found that explain every payment, and none of them is negative."""
    shares = [exact(share) for share in of["shares"]]
    for sector in SECTORS:
        committed = {
            year: exact(HISTORY.get((year, sector, PRODUCTIVE), 0.0)) for year in range(2020, 2027)
        }
        for year in YEARS:
            old = sum(
                (share * committed[year - ago] for ago, share in enumerate(shares) if ago),
                Fraction(0),
            )
            new = (told.spent(year, sector, PRODUCTIVE) - old) / shares[0]
            if new < 0:
                return False
            committed[year] = new
    return True


def productive_share(told: Told, of: Fields) -> bool:
    least = exact(of["at_least"])
    return all(told.spent(y, "", PRODUCTIVE) >= least * told.spent(y) for y in YEARS)


def productive_share_not_below_last_year(told: Told, of: Fields) -> bool:
    before = told.spent(2026, "", PRODUCTIVE) / told.spent(2026)
    for year in YEARS:
        share = told.spent(year, "", PRODUCTIVE) / exact(BUDGETS[year])
        if share < before:
            return False
        before = share
    return True


def sector_floor(told: Told, of: Fields) -> bool:
    return all(told.spent(y, s) >= exact(x) * told.tied(y) for y in YEARS for s, x in of.items())


def sector_ceiling(told: Told, of: Fields) -> bool:
    return all(told.spent(y, s) <= exact(x) * told.tied(y) for y in YEARS for s, x in of.items())


def instrument_floor(told: Told, of: Fields) -> bool:
    return all(
        told.spent(y, "", i) >= exact(x) * told.spent(y) for y in YEARS for i, x in of.items()
    )


def instrument_ceiling(told: Told, of: Fields) -> bool:
    return all(
        told.spent(y, "", i) <= exact(x) * told.spent(y) for y in YEARS for i, x in of.items()
    )


def sector_instrument_floor(told: Told, of: Fields) -> bool:
    return all(
        told.spent(y, s, i) >= exact(x) * told.spent(y)
        for y in YEARS
        for s, table in of.items()
        for i, x in table.items()
    )


def sector_instrument_ceiling(told: Told, of: Fields) -> bool:
    return all(
        told.spent(y, s, i) <= exact(x) * told.spent(y)
        for y in YEARS
        for s, table in of.items()
        for i, x in table.items()
    )


def absorptive_capacity(told: Told, of: Fields) -> bool:
    return all(told.spent(y, s, PRODUCTIVE) <= x for y in YEARS for s, x in of.items())


def assessment_score(told: Told, of: Fields) -> bool:
    return all(told.outcome["assessment score", y] >= x for y, x in of["at_least"].items())


def assessment_indicators(told: Told, of: Fields) -> bool:
    return all(
        told.outcome["achievement[jobs]", y] >= exact(of["jobs"])
        and told.outcome["achievement[sales]", y] >= exact(of["at_least"])
        for y in YEARS
    )


def farmers_worst_year(told: Told, of: Fields) -> bool:
    share = exact(of["at_least_share_of_past_practice"])
    name = "farmers income per head if dry"
    return all(told.outcome[name, y] >= share * told.past[name, y] for y in YEARS)


def farmers_not_worse(told: Told, of: Fields) -> bool:
    name = "farmers income per head"
    return all(told.outcome[name, y] >= told.past[name, y] for y in YEARS)


def w_not_worse(told: Told, of: Fields) -> bool:
    name = "gain of W of the year"
    return sum(told.outcome[name, y] - told.past[name, y] for y in YEARS) >= 0


def m_not_worse(told: Told, of: Fields) -> bool:
    name = "gain of M of the year"
    return sum(told.outcome[name, y] - told.past[name, y] for y in YEARS) >= 0


SHARE = st.integers(0, 20).map(lambda twentieths: twentieths / 20)
NEAR_ALL = st.integers(16, 23).map(lambda twentieths: twentieths / 20)
WHOLE = st.integers(0, 400)
PROFILES = st.sampled_from([[1.0], [0.5, 0.5], [0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [0.2, 0.5, 0.3]])


def shares_of(names: tuple[str, ...]) -> SearchStrategy[dict[str, float]]:
    return st.dictionaries(st.sampled_from(names), SHARE, min_size=1)


FIELDS: dict[Callable[[Told, Fields], bool], SearchStrategy[Any]] = {
    yearly_budget: st.just({}),
    total_budget: st.fixed_dictionaries({"amount": WHOLE}),
    carry_over: st.fixed_dictionaries({"years": st.integers(0, 3)}),
    not_below_last_year: st.just({}),
    yearly_change: st.fixed_dictionaries(
        {"at_most": SHARE, "of": st.sampled_from(["budget", "last year"])}
    ),
    payment_profile: st.fixed_dictionaries({"shares": PROFILES}),
    productive_share: st.fixed_dictionaries({"at_least": SHARE}),
    productive_share_not_below_last_year: st.just({}),
    sector_floor: shares_of(SECTORS),
    sector_ceiling: shares_of(SECTORS),
    instrument_floor: shares_of(INSTRUMENTS),
    instrument_ceiling: shares_of(INSTRUMENTS),
    sector_instrument_floor: st.dictionaries(
        st.sampled_from(SECTORS), shares_of(INSTRUMENTS), min_size=1
    ),
    sector_instrument_ceiling: st.dictionaries(
        st.sampled_from(SECTORS), shares_of(INSTRUMENTS), min_size=1
    ),
    absorptive_capacity: st.dictionaries(st.sampled_from(SECTORS), WHOLE, min_size=1),
    assessment_score: st.fixed_dictionaries(
        {"at_least": st.fixed_dictionaries(dict.fromkeys(YEARS, st.integers(80, 110)))}
    ),
    assessment_indicators: st.fixed_dictionaries({"at_least": NEAR_ALL, "jobs": NEAR_ALL}),
    farmers_worst_year: st.fixed_dictionaries({"at_least_share_of_past_practice": NEAR_ALL}),
    farmers_not_worse: st.just({}),
    w_not_worse: st.just({}),
    m_not_worse: st.just({}),
}


def test_every_rule_has_its_sentence() -> None:
    assert {sentence.__name__ for sentence in FIELDS} == set(rules.RULES)


# Whatever there may be, or something near a plan that is much like past practice.
USUAL = [60, 15, 8, 4, 3, 10, 66, 17, 9, 4, 4, 10]
PLANS = st.one_of(
    st.tuples(*(st.one_of(st.integers(0, 4), st.integers(0, 60)) for _ in DECISIONS)),
    st.tuples(*(st.integers(max(0, usual - 2), usual + 2) for usual in USUAL)),
)
EFFECTS = st.one_of(
    st.tuples(*(st.integers(-3, 3) for _ in OUTCOMES)),
    st.tuples(*(st.integers(0, 3) for _ in OUTCOMES)),
)


@pytest.mark.parametrize("sentence", FIELDS, ids=lambda sentence: str(sentence.__name__))
def test_rows_say_what_the_sentence_says(sentence: Callable[[Told, Fields], bool]) -> None:
    seen = set()

    @settings(max_examples=80, deadline=None, database=None, derandomize=True)
    @given(fields=FIELDS[sentence], amounts=PLANS, twentieths=EFFECTS)
    def agree(fields: Fields, amounts: tuple[int, ...], twentieths: tuple[int, ...]) -> None:
        changes = [1 + Fraction(steps, 20) for steps in twentieths]
        outcomes = [exact(p) * change for p, change in zip(PAST, changes, strict=True)]
        true = sentence(Told(amounts, outcomes), fields)
        seen.add(true)
        try:
            rows = rules.build({sentence.__name__: fields}, CONTEXT)
        except rules.RuleError:
            assert not true  # it asks for money that no lever carries
            return
        plan, brought = np.array(amounts, dtype=float), np.array(outcomes, dtype=float)
        held = [row.slack(plan if row.on == "money" else brought) >= -1e-9 for row in rows]
        assert all(held) == true

    agree()
    assert seen == {True, False}  # else nothing has been shown

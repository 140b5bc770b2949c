"""What a rule may look at when it is written down as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from optimize.problem import Decision, Outcome, Vector

SECTORS = ("agriculture", "industry", "services")
PRODUCTIVE = "productive projects"


class RuleError(ValueError):
    """A rule that cannot be written down: which rule, which field, why, and a hint."""

    def __init__(self, rule: str, field: str, reason: str, hint: str = "") -> None:
        super().__init__(f"{rule}.{field}: {reason}" + (f" (hint: {hint})" if hint else ""))
        self.rule, self.field, self.reason, self.hint = rule, field, reason, hint


@dataclass(frozen=True)
class RuleContext:
    """Decisions and outcomes by index, and what past practice did.

    ``past_outcomes`` (m,) are simulated under past practice, in the order of ``outcomes``.
    ``last_year`` is the money of the last historic year by (sector, instrument), ``budgets``
    the money available in each plan year, ``left_over`` what earlier budgets left by their year,
    and ``history`` the money of historic years by (year, sector, instrument), all in 10,000 yuan.
    """

    decisions: tuple[Decision, ...]
    outcomes: tuple[Outcome, ...]
    past_outcomes: Vector
    last_year: Mapping[tuple[str, str], float] = field(default_factory=dict)
    budgets: Mapping[int, float] = field(default_factory=dict)
    history: Mapping[tuple[int, str, str], float] = field(default_factory=dict)
    left_over: Mapping[int, float] = field(default_factory=dict)

    @property
    def years(self) -> tuple[int, ...]:
        """Plan years in order."""
        return tuple(sorted({decision.year for decision in self.decisions}))

    def money(
        self,
        year: int,
        *,
        sector: str | None = None,
        instrument: str | None = None,
        tied: bool = False,
    ) -> tuple[int, ...]:
        """Indices of a year's decisions; ``tied`` leaves out those of no one sector."""
        return tuple(
            index
            for index, decision in enumerate(self.decisions)
            if decision.year == year
            and (sector is None or decision.sector == sector)
            and (instrument is None or decision.instrument == instrument)
            and not (tied and decision.sector not in SECTORS)
        )

    def last_year_money(self, *, sector: str | None = None, instrument: str | None = None) -> float:
        """Money of the last historic year (10,000 yuan)."""
        return sum(
            amount
            for (of_sector, of_instrument), amount in self.last_year.items()
            if (sector is None or of_sector == sector)
            and (instrument is None or of_instrument == instrument)
        )

    def budget(self, rule: str, year: int) -> float:
        """Money available in ``year``; RuleError when the scenario does not say."""
        if year not in self.budgets:
            raise RuleError(
                rule,
                "on",
                f"the budget of {year} is not given",
                "give a budget for every plan year",
            )
        return self.budgets[year]

    def outcome(self, rule: str, column: str) -> Iterator[tuple[int, int]]:
        """(year, index) of an outcome in every plan year; RuleError when one is missing."""
        known = {(outcome.column, outcome.year): i for i, outcome in enumerate(self.outcomes)}
        for year in self.years:
            if (column, year) not in known:
                raise RuleError(
                    rule, "on", f"outcome `{column}` of {year} is not among the outcomes"
                )
            yield year, known[column, year]

    def check_name(self, rule: str, name: str, known: tuple[str, ...]) -> None:
        """RuleError when ``name`` is not one of ``known``."""
        if name not in known:
            raise RuleError(rule, name, "unknown name", "one of " + ", ".join(sorted(known)))

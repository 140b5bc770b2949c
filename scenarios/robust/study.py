"""What ``robust`` found: two plans, and how they do on futures that neither was made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from optimize.problem import Matrix
from optimize.uncertainty import Risk, RobustAnswer, Told
from optimize.uncertainty.judge import Against, Judged, untold
from optimize.uncertainty.risk import Estimate
from scenarios.report.result import Result

Plan = Literal["nominal", "robust", "past_practice"]
PLANS: tuple[Plan, ...] = ("nominal", "robust", "past_practice")  # in the order of ``told``
Verdict = Literal["pays", "open", "costs"]


@dataclass(frozen=True)
class Regrets:
    """How far plans stay behind the best plan of each of R fresh futures (points of the aim)."""

    plans: tuple[Plan, ...]
    values: Matrix  # (plans, R)
    means: tuple[Estimate, ...]  # of a plan: the value of perfect information to whoever has it
    failed: int  # futures left out, in which no plan was found that keeps the rules

    def largest(self, plan: Plan) -> float:
        """The largest regret of a plan in the sample."""
        return float(self.values[self.plans.index(plan)].max())


@dataclass(frozen=True)
class Study:
    """Everything that page, tables and charts show. The aim is in points of structure gap."""

    nominal: Result
    robust: Result
    answer: RobustAnswer
    risk: Risk
    tried: int  # futures whose largest regret was minimised; 0: it was not
    number: int  # futures the plan was made for
    second: int  # futures that decided how much is asked of the rules
    seed: int
    told: Told  # nominal, robust plan and past practice in the fresh futures
    judged: tuple[Judged, ...]  # of the same three
    against: Against  # robust less nominal
    over_past: tuple[Against, ...]  # nominal and robust less past practice
    regrets: Regrets | None = None

    @property
    def fresh(self) -> int:
        """How many futures the plans are judged on."""
        return int(self.told.losses.shape[1])

    @property
    def verdict(self) -> Verdict:
        """Whether planning over futures betters the aim on fresh ones."""
        if untold(self.against.aim):
            return "open"
        return "pays" if self.against.aim.value < 0.0 else "costs"

    @property
    def gained(self) -> tuple[str, ...]:
        """Rules that the robust plan keeps as often as asked, and the nominal plan does not."""
        nominal, robust = self.judged[0].rules, self.judged[1].rules
        asked: Sequence[float] = self.answer.asked.tolist()
        return tuple(
            rule
            for rule, share, one, other in zip(self.told.rules, asked, nominal, robust, strict=True)
            if other.high >= share > one.high
        )

    @property
    def missed(self) -> tuple[str, ...]:
        """Rules that the robust plan keeps less often than asked, beyond doubt."""
        asked: Sequence[float] = self.answer.asked.tolist()
        return tuple(
            rule
            for rule, share, found in zip(self.told.rules, asked, self.judged[1].rules, strict=True)
            if found.high < share
        )

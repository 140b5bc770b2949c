"""``judgement.csv`` and ``futures.csv``: the plans on fresh futures, tidy."""

from __future__ import annotations

from collections.abc import Iterator

from optimize.uncertainty.risk import Estimate
from scenarios.robust.study import PLANS, Study

JUDGEMENT_COLUMNS = ("plan", "measure", "value", "low", "high", "unit", "futures")
FUTURE_COLUMNS = ("future", "plan", "aim")
POINT, SHARE = "percentage point", "share"


def judgement_rows(study: Study) -> Iterator[tuple[object, ...]]:
    """Every estimate with the ends of its interval (95 %) and its sample size."""

    def row(plan: str, measure: str, found: Estimate, unit: str) -> tuple[object, ...]:
        ends = (repr(found.value), repr(found.low), repr(found.high))
        return plan, measure, *ends, unit, study.fresh

    for plan, judged in zip(PLANS, study.judged, strict=True):
        yield row(plan, "mean", judged.mean, POINT)
        yield row(plan, "cvar", judged.tail, POINT)
        yield row(plan, "aim", judged.aim, POINT)
        for rule, found in zip(study.told.rules, judged.rules, strict=True):
            yield row(plan, f"holds: {rule}", found, SHARE)
        yield row(plan, "holds: all", judged.all_rules, SHARE)
    pairs = [
        ("robust - nominal", study.against),
        ("nominal - past_practice", study.over_past[0]),
        ("robust - past_practice", study.over_past[1]),
    ]
    for name, pair in pairs:
        yield row(name, "mean", pair.mean, POINT)
        yield row(name, "cvar", pair.tail, POINT)
        yield row(name, "aim", pair.aim, POINT)
        yield row(name, "better in", pair.better, SHARE)
    if study.regrets is not None:
        regrets = study.regrets
        size = regrets.values.shape[1]
        for plan, mean in zip(regrets.plans, regrets.means, strict=True):
            ends = (repr(mean.value), repr(mean.low), repr(mean.high))
            yield plan, "mean regret", *ends, POINT, size
            yield plan, "largest regret", repr(regrets.largest(plan)), "", "", POINT, size


def future_columns(study: Study) -> tuple[str, ...]:
    """The columns of ``futures.csv``: the aim, and whether each rule holds."""
    return (*FUTURE_COLUMNS, *study.told.rules)


def future_rows(study: Study) -> Iterator[tuple[object, ...]]:
    """Every plan in every fresh future: its aim, and 1 for a rule that holds there."""
    holds = study.told.holds().astype(int)
    for future in range(study.fresh):
        for number, plan in enumerate(PLANS):
            aim = repr(float(study.told.losses[number, future]))
            yield future + 1, plan, aim, *holds[number, future].tolist()

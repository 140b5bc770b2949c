"""The figures of a study as rows: one for each shock, plan and quantity, with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from optimize.uncertainty.risk import Estimate
from scenarios.stress.measures import AIM, FLOORS, MEASURES, SLACK
from scenarios.stress.study import Stress

COLUMNS = ("shock", "plan", "quantity", "unit", "stated", "estimate", "low", "high", "futures")


@dataclass(frozen=True)
class Figure:
    """A quantity of a plan under a shock: in the stated future, and over the sample.

    ``regret`` of a measure is in its unit; ``loses_twice``, ``land`` and ``below`` are
    probabilities; ``short`` is the mean distance below the floor, in per cent of it.
    """

    shock: str
    plan: str
    quantity: str
    unit: str
    stated: float
    sample: Estimate


def figures(study: Stress) -> Iterator[Figure]:
    """Every quantity of every plan under every shock."""
    one, many = study.stated, study.sample
    measures = [(AIM, "percentage point"), *((measure.key, measure.unit) for measure in MEASURES)]
    for (k, shock), (p, plan) in product(enumerate(study.names), enumerate(study.plans)):
        at = (shock, plan.name)
        for m, (key, unit) in enumerate(measures):
            yield _figure(at, key, unit, one.values[k, p, m, 0], many.mean(many.values[k, p, m]))
            missed = many.mean(many.regrets[k, p, m])
            yield _figure(at, f"regret of {key}", unit, one.regrets[k, p, m, 0], missed)
        yield _figure(at, "loses twice", "share", one.twice[k, p, 0], many.share(many.twice[k, p]))
        yield _figure(at, "gives up land", "share", one.land[k, p, 0], many.share(many.land[k, p]))
        for f, floor in enumerate(FLOORS):
            stated, sampled = one.short[k, p, f, 0], many.short[k, p, f]
            below = many.share(sampled > SLACK)
            yield _figure(at, f"{floor} below floor", "share", stated > SLACK, below)
            depth = many.mean(100 * sampled)
            yield _figure(at, f"{floor} short of floor", "percent", 100 * stated, depth)


def _figure(
    at: tuple[str, str], quantity: str, unit: str, stated: float, sample: Estimate
) -> Figure:
    """The figure of a shock and a plan."""
    return Figure(*at, quantity, unit, float(stated), sample)


def rows(study: Stress) -> Iterator[tuple[str, ...]]:
    """The figures as rows of ``stress.csv``."""
    for item in figures(study):
        numbers = (item.stated, item.sample.value, item.sample.low, item.sample.high)
        named = (item.shock, item.plan, item.quantity, item.unit)
        yield (*named, *map(repr, numbers), str(item.sample.size))

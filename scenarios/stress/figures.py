"""The figures of a study as rows: one for each shock, plan and quantity, with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimize.uncertainty.risk import Estimate, mean, share
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
    measures = [(AIM, "point"), *((measure.key, measure.unit) for measure in MEASURES)]
    for k, shock in enumerate(study.names):
        for p, plan in enumerate(study.plans):
            for m, (key, unit) in enumerate(measures):
                for name, a, b in (
                    (key, one.values, many.values),
                    (f"regret of {key}", one.regrets, many.regrets),
                ):
                    sampled = mean(b[k, p, m])
                    yield Figure(shock, plan.name, name, unit, float(a[k, p, m, 0]), sampled)
            for name, c, d in (
                ("loses twice", one.twice, many.twice),
                ("gives up land", one.land, many.land),
            ):
                yield Figure(shock, plan.name, name, "share", float(c[k, p, 0]), share(d[k, p]))
            for f, floor in enumerate(FLOORS):
                lone, all_ = one.short[k, p, f], many.short[k, p, f]
                below = share(all_ > SLACK)
                stated = float(lone[0] > SLACK)
                yield Figure(shock, plan.name, f"{floor} below floor", "share", stated, below)
                percent = mean(100 * all_)
                size = 100 * float(lone[0])
                yield Figure(shock, plan.name, f"{floor} short of floor", "percent", size, percent)


def rows(study: Stress) -> Iterator[tuple[str, ...]]:
    """The figures as rows of ``stress.csv``."""
    for item in figures(study):
        numbers = (item.stated, item.sample.value, item.sample.low, item.sample.high)
        named = (item.shock, item.plan, item.quantity, item.unit)
        yield (*named, *map(repr, numbers), str(item.sample.size))

"""A front in words and tables, for the terminal and for the page."""

from __future__ import annotations

import numpy as np

from optimize.problem import Term
from scenarios.pareto.study import Study
from scenarios.report.blocks import Blocks
from scenarios.words import Words, number, significant


def aim(words: Words, term: Term) -> str:
    """What an aim is called."""
    return words.say(f"term.{term.name}")


def labelled(words: Words, term: Term) -> str:
    """An aim with what it is counted in."""
    unit = words.say(f"pareto.unit.{term.unit}")
    return words.say("pareto.aim", aim=capital(aim(words, term)), unit=unit)


def capital(text: str) -> str:
    """Text to stand at the head of something."""
    return text[:1].upper() + text[1:]


def rate(value: float) -> str:
    """A rate to two figures."""
    return number(value, significant(value, 2))


def sentences(study: Study, words: Words) -> list[str]:
    """What one aim costs the other, where the recommended plan lies, and what was dropped."""
    front = study.front
    first, *others = front.aims
    said = []
    for term, (low, high) in zip(others, study.exchange, strict=True):
        if not np.isfinite(low):
            said.append(words.say("pareto.free", one=aim(words, term), other=aim(words, first)))
            continue
        more = "pareto.less" if term.weight > 0.0 else "pareto.more"
        said.append(
            words.say(
                f"pareto.exchange.{first.unit}",
                asked=words.say(
                    more, aim=aim(words, term), unit=words.say(f"pareto.one.{term.unit}")
                ),
                low=rate(low),
                high=rate(high),
                first=aim(words, first),
            )
        )
    said.append(_recommended(study, words))
    if front.stop != "done":
        said.append(words.say(f"stop.{front.stop}"))
    said.append(
        words.say(
            "pareto.count",
            points=len(front.points),
            asked=front.asked + len(front.aims),
            dominated=front.dominated,
            unreached=front.unreached,
        )
    )
    return [sentence for sentence in said if sentence]


def _recommended(study: Study, words: Words) -> str:
    """The recommended plan against the front: how much the first aim could still gain."""
    sign = np.where([term.weight > 0.0 for term in study.front.aims], 1.0, -1.0)
    exact = np.array([point.values for point in study.front.points])
    if not len(exact):
        return ""
    span = np.maximum(np.ptp(exact, axis=0), 1e-12)
    better = np.all((exact - study.recommended) * sign <= 1e-9, axis=1)
    away = np.abs(exact - study.recommended) / span
    nearest = int(away.max(axis=1).argmin()) + 1
    key = "pareto.beaten" if better.any() else "pareto.unbeaten"
    return words.say(key, nearest=nearest)


def exchange(study: Study, words: Words) -> Blocks:
    """The same as a section."""
    return Blocks.listing(words.say("pareto.section.exchange"), sentences(study, words))


def table(study: Study, words: Words) -> Blocks:
    """Every plan of the front, then the recommended plan and past practice."""
    section = Blocks(words.say("pareto.section.table"))
    aims = study.front.aims
    span = np.ptp(study.front.payoff, axis=0)
    digits = [max(significant(float(s), 3), 1) if np.isfinite(s) and s else 2 for s in span]

    def values(found: np.ndarray) -> list[str]:
        return [number(float(v), d) for v, d in zip(found, digits, strict=True)]

    rows = [
        [str(i), *values(point.values), *(rate(float(r)) for r in point.rates)]
        for i, point in enumerate(study.front.points, start=1)
    ]
    blank = [""] * (len(aims) - 1)
    rows.append([words.say("pareto.recommended"), *values(study.recommended), *blank])
    rows.append([words.say("plan.past_practice"), *values(study.past), *blank])
    numbered = [f"({number})" for number in range(1, len(aims) + 1)]
    legend = zip(numbered, (labelled(words, term) for term in aims), strict=True)
    section.paragraph(words.listing(f"{mark} {name}" for mark, name in legend))
    names = [words.say("pareto.column.point"), *numbered]
    names += [words.say("pareto.column.rate", aim=mark) for mark in numbered[1:]]
    section.table(names, rows, foot=2)
    within, told = study.confirmed
    if told:
        section.paragraph(words.say("pareto.confirmed", within=within, told=told))
    section.paragraph(words.say("pareto.local"))
    return section

"""The study in words and tables, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from scenarios.narrowing import careful
from scenarios.report.blocks import Blocks
from scenarios.report.estimates import chance
from scenarios.stress.measures import FLOORS, MEASURES, SLACK
from scenarios.stress.study import Stress
from scenarios.words import Words, number

AREA, INCOME = (
    1 + next(i for i, m in enumerate(MEASURES) if m.key == key)
    for key in ("area_fall", "income_worst")
)
SHOWN = ("gap", "income_worst", "unsold_most", "market", "gain_m")


def letters(study: Stress) -> tuple[str, ...]:
    """A letter for each plan, for narrow tables."""
    return tuple("ABCDEFGHI"[: len(study.plans)])


def title(study: Stress, words: Words, shock: int) -> str:
    """What a shock is called; 0 is none."""
    if shock == 0:
        return words.say("stress.none")
    return study.shocks[shock - 1].title[words.language]


def sentences(study: Stress, words: Words) -> list[str]:
    """What the study says of the first plan."""
    many, one = study.sample, study.stated
    plan = study.plans[0].title[words.language]
    regrets = many.regrets[:, :, 0].mean(axis=2)
    worst = int(np.argmax(regrets[:, 0]))
    others = max(range(1, len(study.plans)), key=lambda p: -float(regrets[:, p].max()))
    income = one.values[:, 0, INCOME, 0]
    hard = int(np.argmin(income))
    twice = many.twice[:, 0].mean(axis=1)
    cycle = int(np.argmax(twice))
    below = [many.share(many.short[k, 0, 0] > SLACK) for k in range(len(study.names))]
    deep = int(np.argmax([item.value for item in below]))
    return [
        words.say(
            "stress.lead.regret",
            plan=plan,
            number=len(study.shocks),
            worst=number(float(regrets[worst, 0]), 3),
            shock=title(study, words, worst),
            other=study.plans[others].title[words.language],
            others=number(float(regrets[:, others].max()), 3),
            futures=many.futures,
        ),
        words.say(
            "stress.lead.income",
            shock=title(study, words, hard),
            income=number(float(income[hard])),
            change=number(float(income[hard] - income[0]), signed=True),
            area=words.percent(float(one.values[hard, 0, AREA, 0]) / 100),
        ),
        words.say(
            "stress.lead.cycle",
            shock=title(study, words, cycle),
            chance=chance(words, many.share(many.twice[cycle, 0])),
            calm=chance(words, many.share(many.twice[0, 0])),
            land=chance(words, many.share(many.land[cycle, 0])),
        ),
        words.say(
            "stress.lead.below",
            plan=plan,
            calm=chance(words, below[0]),
            depth=words.percent(float(many.short[0, 0, 0].mean()), 2),
            chance=chance(words, below[deep]),
            shock=title(study, words, deep),
            deep=words.percent(float(many.short[deep, 0, 0].mean()), 2),
        ),
        *_careful(study, words),
    ]


def _careful(study: Stress, words: Words) -> Iterator[str]:
    """A warning where the first plan is nearer to the target because farming shrinks."""
    cases = {k: case for k, case in enumerate(study.narrowings) if case is not None}
    if not cases:
        return
    most = max(cases, key=lambda k: cases[k].gap)
    said = careful(cases[most], title(study, words, most), words)
    others = [title(study, words, k) for k in cases if k != most]
    also = words.say("narrowing.also", names=words.listing(others)) if others else ""
    yield words.join(said, also, words.say("narrowing.read"))


def legend(study: Stress, words: Words) -> Blocks:
    """Which letter is which plan."""
    section = Blocks(words.say("stress.section.plans"))
    for letter, plan in zip(letters(study), study.plans, strict=True):
        section.item(words.say("stress.legend", letter=letter, name=plan.title[words.language]))
    section.paragraph(
        words.say(
            "stress.sample",
            futures=study.sample.futures,
            seed=study.seed,
            failed=study.failed,
            first=study.years[1],
            last=study.years[-1],
        )
    )
    return section


def regrets(study: Stress, words: Words) -> Blocks:
    """Mean regret of the aim, by shock and plan, with its interval."""
    section = Blocks(words.say("stress.section.regret"))
    section.paragraph(words.say("stress.regret.how"))
    rows = []
    for k in range(len(study.names)):
        cells = [title(study, words, k)]
        for p in range(len(study.plans)):
            found = study.sample.mean(study.sample.regrets[k, p, 0])
            half = number((found.high - found.low) / 2, 3)
            cells.append(f"{number(found.value, 3)} ± {half}")
        rows.append(cells)
    section.table((words.say("stress.column.shock"), *letters(study)), rows)
    return section


def outcomes(study: Stress, words: Words) -> Blocks:
    """What the first plan brings under each shock, in the stated future."""
    section = Blocks(
        words.say("stress.section.outcomes", plan=study.plans[0].title[words.language])
    )
    section.paragraph(words.say("stress.outcomes.how"))
    known = [(1 + i, m) for i, m in enumerate(MEASURES) if m.key in SHOWN]
    heads = [
        words.say(
            "summary.effect",
            effect=words.say(f"stress.measure.{m.key}"),
            unit=words.unit(m.unit),
        )
        for _, m in known
    ]
    rows = []
    for k in range(len(study.names)):
        values = study.stated.values[k, 0, :, 0]
        cells = [number(float(values[i]), m.digits) for i, m in known]
        rows.append([title(study, words, k), *cells])
    section.table((words.say("stress.column.shock"), *heads), rows)
    return section


def floors(study: Stress, words: Words) -> Blocks:
    """How often farmers, W and M fall below past practice under the same shock: first plan."""
    section = Blocks(words.say("stress.section.floors", plan=study.plans[0].title[words.language]))
    section.paragraph(words.say("stress.floors.how", slack=words.percent(SLACK)))
    rows = []
    for k in range(len(study.names)):
        cells = [title(study, words, k)]
        for f in range(len(FLOORS)):
            short = study.sample.short[k, 0, f]
            depth = words.percent(float(short.mean()), 2)
            cells.append(f"{chance(words, study.sample.share(short > SLACK))}; {depth}")
        rows.append(cells)
    heads = (words.say(f"stress.floor.{floor}") for floor in FLOORS)
    section.table((words.say("stress.column.shock"), *heads), rows)
    return section


def cycle(study: Stress, words: Words) -> Blocks:
    """Plant, loss, plant: two losing years in a row, and land given up, by plan."""
    section = Blocks(words.say("stress.section.cycle"))
    section.paragraph(words.say("stress.cycle.how"))
    many = study.sample
    for key, flags in (("twice", many.twice), ("land", many.land)):
        section.table(
            (words.say(f"stress.cycle.{key}"), *letters(study)),
            [
                [
                    title(study, words, k),
                    *(chance(words, many.share(flags[k, p])) for p in range(len(study.plans))),
                ]
                for k in range(len(study.names))
            ],
        )
    return section


def causes(study: Stress, words: Words) -> Blocks:
    """What each shock is, and where it comes from."""
    section = Blocks(words.say("stress.section.shocks"))
    families = {item.family: item for item in reversed(study.shocks)}
    rows = []
    for name in dict.fromkeys(item.family for item in study.shocks):
        item = families[name]
        years = words.years(s.shock.years[0] for s in study.shocks if s.family == name)
        source = item.source.replace("assumption", words.say("stress.assumption"))
        rows.append([item.title[words.language], years, item.note[words.language], source])
    heads = ("shock", "years", "what", "source")
    section.table([words.say(f"stress.column.{head}") for head in heads], rows, texts=(0, 1, 2, 3))
    return section


def ahead(study: Stress, words: Words, known: Mapping[str, float | None]) -> Blocks:
    """Regret against the plan of somebody who knows of the shock, in the stated future."""
    section = Blocks(words.say("stress.section.ahead"))
    section.paragraph(words.say("stress.ahead.how"))
    rows = []
    for k, name in enumerate(study.names):
        if name not in known:
            continue
        best = known[name]
        if best is None:
            cells = [words.say("stress.ahead.none"), *("" for _ in study.plans)]
        else:
            own = study.stated.values[k, :, 0, 0]
            cells = [number(best, 3), *(number(float(x) - best, 3, signed=True) for x in own)]
        rows.append([title(study, words, k), *cells])
    heads = (words.say("stress.column.shock"), words.say("stress.column.ahead"), *letters(study))
    section.table(heads, rows)
    return section

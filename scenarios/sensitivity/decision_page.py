"""What would change the best plan, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.levers import WHERE
from scenarios.report.blocks import Blocks
from scenarios.sensitivity.decisions import Decisions
from scenarios.sensitivity.labels import Labels
from scenarios.words import DASH, number, significant

ROWS = 10


def sentences(labels: Labels, decided: Decisions) -> list[str]:
    """What knowing the future would change, and how often the plan breaks rules."""
    words = labels.words
    done = len(decided.sample.found) - decided.sample.failed
    said = []
    if len(decided.regret):
        said.append(
            words.say(
                "sensitivity.lead.regret",
                futures=len(decided.regret),
                mean=interval(decided.mean_regret),
                moved=words.percent(float(decided.moved.mean()), 0),
            )
        )
    if done:
        said.append(words.say("sensitivity.lead.broken", broken=decided.breaking, futures=done))
    return said


def interval(found: Sequence[float] | np.ndarray) -> str:
    """A value with its interval, to two figures of the value: 0.084 (0.063–0.105)."""
    value, low, high = (float(v) for v in found)
    places = min(significant(max(abs(value), 1e-4), 2), 4)
    return f"{number(value, places)} ({number(low, places)}{DASH}{number(high, places)})"


def sections(labels: Labels, decided: Decisions) -> list[Blocks]:
    """How the best plan moves, which rules the plan breaks, what knowing is worth."""
    found, words = labels.found, labels.words
    by_name = {factor.name: factor for factor in found.factors}
    moves = Blocks(words.say("sensitivity.section.moves"))
    rows = [
        [words.say("sensitivity.as_is"), *(number(v) for v in decided.base), DASH],
    ]
    for d, name in enumerate(decided.factors):
        for high, money, moved in (
            (False, decided.low[d], decided.low_moved[d]),
            (True, decided.high[d], decided.high_moved[d]),
        ):
            end = labels.end(by_name[name], high)
            what = words.say("sensitivity.at", factor=labels.factor(name), end=end)
            change = [number(v, signed=True) for v in money - decided.base]
            part = words.percent(float(moved), 0) if np.isfinite(moved) else DASH
            rows.append([what, *change, part])
    moves.table(
        (
            words.say("sensitivity.column.factor"),
            *(words.title(where) for where in WHERE),
            words.say("sensitivity.column.moved"),
        ),
        rows,
        strong=(5,),
    )
    return [moves, _broken(labels, decided), _worth(labels, decided)]


def _broken(labels: Labels, decided: Decisions) -> Blocks:
    words = labels.words
    done = len(decided.sample.found) - decided.sample.failed
    section = Blocks(words.say("sensitivity.section.broken", futures=done))
    section.table(
        (words.say("sensitivity.column.rule"), words.say("sensitivity.column.futures")),
        [[words.say(f"rule.{rule}.name"), f"{times} / {done}"] for rule, times in decided.broken],
    )
    return section


def _worth(labels: Labels, decided: Decisions) -> Blocks:
    words, judged = labels.words, decided.judged
    section = Blocks(words.say("sensitivity.section.knowing"))
    if judged is None:
        section.paragraph(words.say("sensitivity.not_finished"))
        return section
    worth = judged.worth
    value, low, high = (words.percent(float(v), 0) for v in judged.keeps)
    section.paragraph(
        words.say(
            "sensitivity.knowing",
            gain=interval(judged.gain),
            every=interval((worth.every, worth.every_low, worth.every_high)),
            futures=f"{worth.futures:,}",
            plans=judged.plans,
            keeps=f"{value} ({low}{DASH}{high})",
        )
    )
    section.table(
        tuple(words.say(f"sensitivity.column.{key}") for key in ("input", "worth", "noise")),
        [
            [
                labels.number(judged.inputs[i]),
                interval((worth.value[i], worth.low[i], worth.high[i])),
                number(worth.noise[i], 4),
            ]
            for i in judged.telling[:ROWS]
        ],
        strong=(1,),
    )
    return section

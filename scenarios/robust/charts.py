"""The charts of a robust plan: what it gains in the futures, and how often rules hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenarios.report import fonts, style
from scenarios.robust.page import rule
from scenarios.robust.study import Study
from scenarios.words import Words, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOMINAL = style.Stroke("#34495e", (0, (5, 2)), "s", 1.6, filled=False)
ROBUST = style.Stroke(style.ACCENT, "-", "o", 2.0)


def keys(words: Words) -> list[tuple[str, style.Stroke]]:
    """Names and strokes of the two plans."""
    names = (words.say("robust.plan.nominal"), words.say("robust.plan.robust"))
    return list(zip(names, (NOMINAL, ROBUST), strict=True))


def source(study: Study, words: Words) -> str:
    """The line at the foot."""
    return words.say(
        "robust.figure.source",
        scenario=study.nominal.title[words.language],
        futures=number(study.number),
        fresh=number(study.fresh),
        seed=study.seed,
    )


def gains(study: Study) -> np.ndarray:
    """The aim's improvement over past practice in each fresh future, (2, futures)."""
    losses = study.told.losses
    return np.asarray(losses[2] - losses[:2])


def gain_reading(study: Study, words: Words) -> str:
    """The chart of gains in a sentence."""
    worst = np.quantile(gains(study), 0.1, axis=1)
    return words.say(
        "robust.figure.gains",
        nominal=number(float(worst[0]), 2, signed=True),
        robust=number(float(worst[1]), 2, signed=True),
    )


def gain_chart(study: Study, words: Words) -> Figure:
    """Share of the futures in which the gain over past practice is at most so large."""
    sheet = style.Sheet(
        gain_reading(study, words),
        words.say("robust.figure.gains_subtitle", fresh=number(study.fresh)),
        source(study, words),
    )
    sheet.key(keys(words))
    axes = sheet.axes(sheet.left + 0.5, sheet.bottom + 0.45, sheet.right - 0.1, sheet.top - 0.1)
    found = gains(study)
    size = found.shape[1]
    heights = 100.0 * (np.arange(size) + 0.5) / size
    for values, (_, stroke) in zip(found, keys(words), strict=True):
        options = {**stroke.options(), "marker": ""}
        axes.plot(np.sort(values), heights, **options)
        middle = float(np.mean(values))
        at = float(np.searchsorted(np.sort(values), middle)) / size * 100.0
        axes.plot([middle], [at], **{**stroke.options(), "linestyle": "", "markersize": 7})
    axes.axvline(0.0, color=style.QUIET, linewidth=0.8)
    low, high = np.quantile(found, [0.002, 0.998])
    room = 0.05 * (high - low)
    axes.set_xlim(min(low - room, -room), high + room)
    axes.set_ylim(0.0, 100.0)
    axes.grid(axis="x")
    axes.set_xlabel(words.say("robust.figure.gain_axis"))
    axes.set_ylabel(words.say("robust.figure.share_axis"))
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=True))
    style.plain_numbers(axes)
    return sheet.figure


def rule_reading(study: Study, words: Words) -> str:
    """The chart of rules in a sentence."""
    nominal, robust = study.judged[0].all_rules.value, study.judged[1].all_rules.value
    return words.say(
        "robust.figure.rules",
        nominal=words.percent(nominal, 0),
        robust=words.percent(robust, 0),
    )


def rule_chart(study: Study, words: Words) -> Figure:
    """Share of the futures in which each rule holds, with its interval and what was asked."""
    names = [rule(words, name) for name in study.told.rules]
    names.append(words.say("robust.all"))
    sheet = style.Sheet(
        rule_reading(study, words),
        words.say("robust.figure.rules_subtitle", fresh=number(study.fresh)),
        source(study, words),
        size=(7.2, 2.2 + 0.42 * len(names)),
    )
    asked_stroke = style.Stroke("#111111", "-", "|", 0.0)
    sheet.key([*keys(words), (words.say("robust.column.asked"), asked_stroke)])
    side = min(2.6, max(fonts.width(name, style.BODY) for name in names) + 0.15)
    axes = sheet.axes(sheet.left + side, sheet.bottom + 0.45, sheet.right - 0.15, sheet.top - 0.05)
    at = np.arange(len(names), dtype=float)
    for number_of, (judged, (_, stroke)) in enumerate(
        zip(study.judged[:2], keys(words), strict=True)
    ):
        every = [*judged.rules, judged.all_rules]
        value, low, high = (
            100.0 * np.array([getattr(e, part) for e in every]) for part in ("value", "low", "high")
        )
        y = at + (0.13 if number_of else -0.13)
        axes.hlines(y, low, high, color=stroke.colour, linewidth=1.4)
        axes.plot(value, y, **{**stroke.options(), "linestyle": "", "markersize": 5})
    asked = 100.0 * study.answer.asked
    axes.plot(asked, at[:-1], linestyle="", marker="|", markersize=17, color="#111111", mew=1.4)
    axes.set_yticks(at, [fonts.wrap(name, style.BODY, side - 0.1) for name in names])
    axes.tick_params(axis="y", labelcolor=style.INK)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(-2.0, 102.0)
    axes.grid(axis="x")
    axes.grid(False, axis="y")
    axes.set_xlabel(words.say("robust.figure.share_axis"))
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))
    return sheet.figure

"""The charts of a study: regret by shock, the plant-loss-plant cycle, and its probability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimize.uncertainty.risk import Estimate
from scenarios.comparison.charts import stroke
from scenarios.report import fonts, style
from scenarios.stress.page import title
from scenarios.stress.study import LINES, Stress
from scenarios.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCALES = (1e-4, 1.0, 1.0)  # of LINES: 10,000 mu, 10,000 yuan, yuan


def regret(study: Stress, words: Words) -> Figure:
    """Mean regret of every plan under every shock."""
    return _by_shock(
        study,
        words,
        "regret",
        lambda k, p: study.sample.mean(study.sample.regrets[k, p, 0]),
        1.0,
    )


def twice(study: Stress, words: Words) -> Figure:
    """Probability of two losing years in a row."""
    return _by_shock(
        study, words, "twice", lambda k, p: study.sample.share(study.sample.twice[k, p]), 100.0
    )


def _by_shock(
    study: Stress, words: Words, key: str, of: Callable[[int, int], Estimate], scale: float
) -> Figure:
    """A row for each shock, a mark with its interval for each plan."""
    names = [title(study, words, k) for k in range(len(study.names))]
    sheet = _sheet(study, words, key, 2.0 + 0.36 * len(names))
    side = min(2.6, max(fonts.width(name, style.BODY) for name in names) + 0.15)
    axes = sheet.axes(sheet.left + side, sheet.bottom + 0.25, sheet.right - 0.1, sheet.top - 0.05)
    plans = len(study.plans)
    for p in range(plans):
        options = {**stroke(p).options(), "linestyle": "", "markersize": 4.5}
        for k in range(len(names)):
            found = of(k, p)
            y = k + 0.5 * (p - (plans - 1) / 2) / plans
            ends = scale * np.array([found.low, found.high])
            axes.plot(ends, [y, y], color=stroke(p).colour, linewidth=1.4)
            axes.plot([scale * found.value], [y], **options)
    style.named_rows(axes, names, side - 0.1)
    axes.margins(x=0.03)
    axes.xaxis.set_major_formatter(style.PlainNumbers(signed=False))
    return sheet.figure


def cycle(study: Stress, words: Words) -> Figure:
    """Area, margin and income in the stated future under the shock that makes most lose twice."""
    k = int(np.argmax(study.sample.twice[:, 0].mean(axis=1)))
    sheet = _sheet(study, words, "cycle", 4.4, shock=title(study, words, k))
    wide = (sheet.right - sheet.left) / len(LINES)
    for place in range(len(LINES)):
        left = sheet.left + place * wide + 0.58
        right = sheet.left + (place + 1) * wide - 0.12
        axes = sheet.axes(left, sheet.bottom + 0.3, right, sheet.top - 0.5)
        for p in range(len(study.plans)):
            options = {**stroke(p).options(), "markersize": 3.0}
            values = SCALES[place] * study.lines[k, p, place]
            axes.plot(study.years, values, markevery=3, **options)
        calm = SCALES[place] * study.lines[0, 0, place]
        axes.plot(study.years, calm, color=style.QUIET, linewidth=0.9, linestyle=(0, (1, 2)))
        heading = words.say(f"stress.panel.{place}")
        axes.set_title(fonts.wrap(heading, style.BODY, right - left + 0.4), linespacing=1.15)
        style.year_axis(axes, study.years[0], study.years[-1], study.years[1], step=4)
        style.plain_numbers(axes, steps=4)
        axes.margins(y=0.12)
        if place == 1:
            axes.axhline(0.0, color=style.QUIET, linewidth=0.8)
    return sheet.figure


def _sheet(study: Stress, words: Words, key: str, height: float, **values: object) -> style.Sheet:
    """A page with the key of the plans."""
    sheet = style.Sheet(
        words.say(f"stress.figure.{key}", **values),
        words.say(
            f"stress.figure.{key}_subtitle",
            futures=study.sample.futures,
            first=study.years[1],
            last=study.years[-1],
        ),
        words.say("stress.figure.source", seed=study.seed),
        size=(7.2, height),
    )
    entries: Sequence[tuple[str, style.Stroke]] = [
        (plan.title[words.language], stroke(p)) for p, plan in enumerate(study.plans)
    ]
    sheet.key(entries)
    return sheet

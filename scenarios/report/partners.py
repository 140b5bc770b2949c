"""Chart: what both partners gain, against past practice."""

from __future__ import annotations

from matplotlib.figure import Figure

from scenarios.report import panels, style
from scenarios.report.effects import effect
from scenarios.report.result import PLANS, Result
from scenarios.words import Words, number

PARTNERS = (("w", "gain of W of the year"), ("m", "gain of M of the year"))


def draw(result: Result, words: Words) -> Figure:
    """For the county and for its partner: yearly gain, and the difference to past practice."""
    sheet = style.Sheet(
        reading(result, words),
        style.subtitle(words, "partners", result),
        style.source(words, result),
        size=(7.2, 5.0),
    )
    sheet.key(style.plan_key(words, PLANS))
    wide = (sheet.right - sheet.left) / 2
    bottom, top = sheet.bottom + 0.22, sheet.top - 0.28
    middle = bottom + 0.33 * (top - bottom)
    lowers = []
    for index, (key, column) in enumerate(PARTNERS):
        left, right = sheet.left + index * wide + 0.52, sheet.left + (index + 1) * wide - 0.5
        upper = sheet.axes(left, middle + 0.52, right, top)
        lower = sheet.axes(left, bottom, right, middle)
        panels.levels(upper, result, column)
        upper.set_title(words.say(f"figure.partners.{key}"))
        panels.room_above(upper)
        ends = [
            (float(panels.series(result, plan, column)[-1]), stroke.colour)
            for plan, stroke in style.PLAN_STROKE.items()
        ]
        panels.end_labels(upper, result.model_years[-1], ends, 0, top - middle - 0.52)
        panels.differences(lower, result, column)
        lower.set_title(words.say("figure.partners.difference"), fontsize=style.SMALL + 0.3)
        lowers.append((lower, column))
        if index == 0:
            panels.history_same(lower, result, words)
    for lower, column in lowers:
        panels.same_limits([lower], pad=0.3)
        years = result.plan_years
        values = result.paths["optimal"].at(column, years) - result.paths["past_practice"].at(
            column, years
        )
        panels.label_bars(lower, years, values, 0)
    return sheet.figure


def reading(result: Result, words: Words) -> str:
    """The chart in one sentence."""
    w, m = effect(result, "gain_w"), effect(result, "gain_m")
    if w is None or m is None:
        return words.say("figure.partners.title_plain")
    worse = any(e.change < -0.0005 * abs(e.values["past_practice"]) for e in (w, m))
    return words.say(
        "figure.partners.title" if not worse else "figure.partners.title_mixed",
        years=words.years(result.plan_years),
        w=words.money(w.change, signed=True),
        m=words.money(m.change, signed=True),
        w_share=number(100 * w.change / abs(w.values["past_practice"] or 1.0), 1, signed=True),
        m_share=number(100 * m.change / abs(m.values["past_practice"] or 1.0), 1, signed=True),
    )

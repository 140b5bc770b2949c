"""Chart: what both partners gain from the cooperation, under the plan and past practice."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from optimize.problem import Vector
from scenarios.report import band_style, panels, style
from scenarios.report.bands import Basis
from scenarios.report.result import PlanName, Result
from scenarios.words import Words

PARTNERS = (("w", "gain of W of the year"), ("m", "gain of M of the year"))
COLUMNS = tuple(column for _, column in PARTNERS)
GAIN: Basis = "gain"
BANDED = tuple((column, GAIN) for column in COLUMNS)
SHOWN: tuple[PlanName, ...] = ("past_practice", "optimal")


def gain(result: Result, plan: PlanName, column: str) -> Vector:
    """What a partner has more than without cooperation, shape (len(plan_years),)."""
    years = result.plan_years
    return result.paths[plan].at(column, years) - result.paths["no_cooperation"].at(column, years)


def draw(result: Result, words: Words) -> Figure:
    """For the county and for its partner: yearly gain against no cooperation."""
    sheet = style.Sheet(
        reading(result, words),
        style.banded(words, "partners", result),
        style.source(words, result),
        size=(7.2, 4.2 + band_style.room(result)),
    )
    sheet.key(style.plan_key(words, SHOWN[::-1]))
    band_style.key_of(sheet, result, words)
    wide = (sheet.right - sheet.left) / 2
    bottom, top = sheet.bottom + 0.22, sheet.top - 0.28
    for index, (key, column) in enumerate(PARTNERS):
        left, right = sheet.left + index * wide + 0.52, sheet.left + (index + 1) * wide - 0.5
        axes = sheet.axes(left, bottom, right, top)
        axes.set_title(words.say(f"figure.partners.{key}"))
        panel(axes, result, column, top - bottom)
    return sheet.figure


def panel(axes: Axes, result: Result, column: str, height: float) -> None:
    """The gain of one partner in the plan's years, from zero the year before."""
    years = result.plan_years
    ends = []
    panels.bands(axes, result, column, GAIN)
    for plan in SHOWN:
        stroke, values = style.PLAN_STROKE[plan], gain(result, plan, column)
        axes.plot(years, values, **stroke.options())
        ends.append((float(values[-1]), stroke.colour))
    axes.axhline(0.0, color=style.QUIET, linewidth=0.8, zorder=1)
    style.year_axis(axes, years[0], years[-1], years[0], step=2)
    panels.same_limits([axes], pad=0.08)
    style.plain_numbers(axes)
    panels.end_labels(axes, years[-1], ends, 0, height)


def reading(result: Result, words: Words) -> str:
    """The chart in one sentence."""
    sums = {
        (key, plan): words.money(float(gain(result, plan, column).sum()))
        for key, column in PARTNERS
        for plan in SHOWN
    }
    return words.say(
        "figure.partners.title",
        years=words.years(result.plan_years),
        w=sums["w", "optimal"],
        w_past=sums["w", "past_practice"],
        m=sums["m", "optimal"],
        m_past=sums["m", "past_practice"],
    )

"""Chart: the three sectors' shares of value added on their way to the target."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from optimize.rules import SECTORS
from scenarios.report import band_style, panels, style
from scenarios.report.bands import Basis
from scenarios.report.effects import effect
from scenarios.report.result import PLANS, PlanName, Result
from scenarios.words import Words, number, points_digits

COLUMNS = tuple(
    f"{variable}[{sector}]"
    for variable in ("share of value added", "target share")
    for sector in SECTORS
)

BASES: tuple[Basis, ...] = ("level", "change")
BANDED = tuple((column, basis) for column in COLUMNS[: len(SECTORS)] for basis in BASES)


def draw(result: Result, words: Words) -> Figure:
    """Above, shares and target at one scale; below, the plan against past practice, magnified."""
    sheet = style.Sheet(
        reading(result, words),
        style.banded(words, "structure", result),
        style.source(words, result),
        size=(7.2, 5.2 + band_style.room(result)),
    )
    sheet.key([*style.plan_key(words, PLANS), (words.say("plan.target"), style.TARGET)])
    band_style.key_of(sheet, result, words)
    wide = (sheet.right - sheet.left) / 3
    bottom, top = sheet.bottom + 0.22, sheet.top - 0.28
    middle = bottom + 0.36 * (top - bottom)
    upper, lower = [], []
    for index, sector in enumerate(SECTORS):
        left, right = sheet.left + index * wide + 0.42, sheet.left + (index + 1) * wide - 0.36
        share, change = (
            sheet.axes(left, middle + 0.52, right, top),
            sheet.axes(left, bottom, right, middle),
        )
        panels.levels(share, result, f"share of value added[{sector}]", scale=100)
        share.plot(
            result.model_years,
            panels.series(result, "optimal", f"target share[{sector}]", 100),
            **style.TARGET.options(),
        )
        share.set_title(
            words.say("figure.panel", name=words.title(sector), unit=words.unit("percent"))
        )
        panels.differences(change, result, f"share of value added[{sector}]", scale=100)
        change.set_title(words.say("figure.structure.difference"), fontsize=style.SMALL + 0.3)
        upper.append(share)
        lower.append(change)
    panels.same_span(upper)
    panels.same_limits(lower, pad=0.3)
    for sector, share, change in zip(SECTORS, upper, lower, strict=True):
        finish(result, sector, share, change, top - middle - 0.52)
    panels.history_same(lower[0], result, words)
    return sheet.figure


def finish(result: Result, sector: str, share: Axes, change: Axes, height: float) -> None:
    """Write the last values, once the ranges of the panels are known."""
    last = result.model_years[-1]
    column = f"share of value added[{sector}]"

    def end(plan: PlanName, name: str, colour: str) -> tuple[float, str]:
        return 100 * float(result.paths[plan].at(name, [last])[0]), colour

    ends = [
        end("optimal", column, style.PLAN_STROKE["optimal"].colour),
        end("optimal", f"target share[{sector}]", style.TARGET.colour),
    ]
    past = end("past_practice", column, style.PLAN_STROKE["past_practice"].colour)
    if panels.labels_fit(share, [*ends, past], height):
        ends.append(past)
    panels.end_labels(share, last, ends, 1, height)
    years = result.plan_years
    values = 100 * (
        result.paths["optimal"].at(column, years) - result.paths["past_practice"].at(column, years)
    )
    digits = points_digits(float(np.max(np.abs(values))))
    panels.label_bars(change, years, values, digits, halo=result.bands is not None)


def reading(result: Result, words: Words) -> str:
    """The chart in one sentence."""
    gap = effect(result, "gap_last")
    if gap is None:
        return words.say("figure.structure.title_plain")
    digits = 2 if abs(gap.change) >= 0.015 or gap.direction == "same" else 4
    return words.say(
        f"figure.structure.title_{gap.direction}",
        year=result.plan_years[-1],
        plan=number(gap.values["optimal"], digits),
        past=number(gap.values["past_practice"], digits),
        none=number(gap.values["no_cooperation"], digits),
        change=words.points(abs(gap.change)),
    )

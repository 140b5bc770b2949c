"""Chart: what farmers earn and whether they can stand in the market."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

from scenarios.report import band_style, headline, panels, style
from scenarios.report.bands import Basis
from scenarios.report.result import PLANS, Result
from scenarios.words import Words


@dataclass(frozen=True)
class Panel:
    """A model column and how it is written."""

    key: str
    column: str
    scale: float
    digits: int


PANELS = (
    Panel("income", "farmers income per head", 1.0, 0),
    Panel("if_dry", "farmers income per head if dry", 1.0, 0),
    Panel("market", "market capability", 100.0, 1),
)

COLUMNS = (PANELS[0].column,)  # the others are left out where a model lacks them
BASES: tuple[Basis, ...] = ("level", "change")
BANDED = tuple((panel.column, basis) for panel in PANELS for basis in BASES)


def draw(result: Result, words: Words) -> Figure:
    """Small multiples: levels under the three plans, and the difference to past practice."""
    sheet = style.Sheet(
        reading(result, words),
        style.banded(words, "farmers", result),
        style.source(words, result),
        size=(7.2, 5.0 + band_style.room(result)),
    )
    sheet.key(style.plan_key(words, PLANS))
    band_style.key_of(sheet, result, words)
    shown = [p for p in PANELS if all(p.column in path for path in result.paths.values())]
    wide = (sheet.right - sheet.left) / len(shown)
    bottom, top = sheet.bottom + 0.22, sheet.top - 0.28
    middle = bottom + 0.33 * (top - bottom)
    for index, panel in enumerate(shown):
        left, right = sheet.left + index * wide + 0.5, sheet.left + (index + 1) * wide - 0.42
        upper = sheet.axes(left, middle + 0.52, right, top)
        lower = sheet.axes(left, bottom, right, middle)
        column = panel.column
        panels.levels(upper, result, column, scale=panel.scale)
        upper.set_title(words.say(f"figure.farmers.{panel.key}"))
        ends = [
            (float(panels.series(result, plan, column, panel.scale)[-1]), stroke.colour)
            for plan, stroke in style.PLAN_STROKE.items()
        ]
        panels.room_above(upper)
        panels.end_labels(upper, result.model_years[-1], ends, panel.digits, top - middle - 0.52)
        values = panels.differences(lower, result, column, scale=panel.scale)
        panels.same_limits([lower], pad=0.3)
        halo = result.bands is not None
        panels.label_bars(lower, result.plan_years, values, panel.digits, halo=halo)
        lower.set_title(words.say("figure.farmers.difference"), fontsize=style.SMALL + 0.3)
        if index == 0:
            panels.history_same(lower, result, words)
    return sheet.figure


def reading(result: Result, words: Words) -> str:
    """The chart in one sentence."""
    return headline.farmers(result, words) or words.say("figure.farmers.title_plain")

"""Chart: the yearly assessment score and the score that the rules ask for."""

from __future__ import annotations

from matplotlib.figure import Figure

from scenarios.report import band_style, panels, style
from scenarios.report.bands import Basis
from scenarios.report.result import PlanName, Result
from scenarios.words import Words, number

COLUMN = "assessment score"
LEVEL: Basis = "level"
BANDED = ((COLUMN, LEVEL),)
SHOWN: tuple[PlanName, ...] = ("past_practice", "optimal")  # without cooperation, no score


def draw(result: Result, words: Words) -> Figure:
    """Scores of both plans; the target as a step in the plan's years."""
    asked = targets(result)
    sheet = style.Sheet(
        reading(result, words),
        style.banded(words, "assessment", result),
        style.source(words, result),
        size=(7.2, 4.2 + band_style.room(result)),
    )
    entries = style.plan_key(words, SHOWN[::-1])
    if asked:
        entries.append((words.say("plan.score_asked"), style.TARGET))
    sheet.key(entries)
    band_style.key_of(sheet, result, words)
    bottom, top = sheet.bottom + 0.25, sheet.top - 0.15
    axes = sheet.axes(sheet.left + 0.4, bottom, sheet.right - 0.5, top)
    panels.levels(axes, result, COLUMN, plans=SHOWN)
    if asked:
        years = sorted(asked)
        axes.plot(
            [years[0] - 0.5, *years, years[-1] + 0.4],
            [asked[years[0]], *(asked[y] for y in years), asked[years[-1]]],
            drawstyle="steps-mid",
            **style.TARGET.options(),
        )
    first, last = result.model_years[0], result.model_years[-1]
    style.year_axis(axes, first, last, result.plan_years[0], step=2)
    panels.room_above(axes)
    ends = [
        (float(panels.series(result, plan, COLUMN)[-1]), style.PLAN_STROKE[plan].colour)
        for plan in SHOWN
    ]
    panels.end_labels(axes, last, ends, 1, top - bottom)
    if first < result.plan_years[0]:
        style.mark_plan(axes, words, result.plan_years[0])
    return sheet.figure


def targets(result: Result) -> dict[int, float]:
    """The score asked for by year; empty if no rule asks for one."""
    return {
        row.year: row.bound
        for row in result.problem.rows
        if row.rule == "assessment_score" and row.year is not None
    }


def reading(result: Result, words: Words) -> str:
    """The chart in one sentence."""
    scores = result.paths["optimal"].at(COLUMN, result.plan_years)
    lowest = int(scores.argmin())
    values = {
        "year": result.plan_years[lowest],
        "lowest": number(float(scores[lowest]), 1),
        "mean": number(float(scores.mean()), 1),
        "past": number(
            float(result.paths["past_practice"].at(COLUMN, result.plan_years).mean()), 1
        ),
    }
    asked = targets(result)
    if not asked:
        return words.say("figure.assessment.title_plain", **values)
    margins = {
        year: float(score) - asked[year]
        for year, score in zip(result.plan_years, scores, strict=True)
        if year in asked
    }
    tightest = min(margins, key=lambda year: margins[year])
    return words.say(
        "figure.assessment.title",
        **values,
        target=number(asked[tightest], 1),
        margin=number(margins[tightest], 1),
        tightest=tightest,
    )

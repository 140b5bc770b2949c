"""Chart: where the money goes, year by year, and the plan against past practice."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scenarios.levers import WHERE
from scenarios.report import fonts, style
from scenarios.report.effects import shift
from scenarios.report.headline import moves
from scenarios.report.result import Money, Result, total
from scenarios.words import Words, number


def draw(result: Result, words: Words) -> Figure:
    """Stacked bars: history and plan over the years; past practice and plan, a year on average."""
    sheet = style.Sheet(
        reading(result, words),
        style.subtitle(words, "allocation", result),
        style.source(words, result),
    )
    side = max(fonts.width(words.place(where), style.BODY) for where in WHERE) + 0.16
    split = sheet.right - side - 2.05
    bottom, top = sheet.bottom + 0.25, sheet.top - 0.3
    over_time = sheet.axes(sheet.left + 0.45, bottom, split - 0.25, top)
    averages = sheet.axes(split + 0.1, bottom, sheet.right - side, top, sharey=over_time)

    first = result.plan_years[0]
    money: Money = {
        **{key: a for key, a in result.past_money.items() if key[0] < first},
        **result.plan_money,
    }
    years = [*result.history_years, *result.plan_years]
    stack(over_time, np.array(years, dtype=float), [by_place(money, [y]) for y in years], 0.74)
    style.year_axis(over_time, years[0], years[-1], first)
    over_time.set_xlim(years[0] - 0.7, years[-1] + 0.7)
    if result.history_years:
        style.mark_plan(over_time, words, first)
    style.plain_numbers(over_time)

    compare(averages, result, words)
    return sheet.figure


def reading(result: Result, words: Words) -> str:
    """The chart in one sentence."""
    moved = shift(result)
    if moved.extra:
        return moves(result, words)
    if not moved.gains or not moved.losses:
        return words.say("figure.allocation.title_level")
    return words.say(
        "figure.allocation.title",
        amount=words.money(moved.moved),
        gains=words.listing(words.place(place) for place, _ in moved.main_gains),
        losses=words.listing(words.place(place) for place, _ in moved.main_losses),
    )


def by_place(money: Money, years: list[int] | tuple[int, ...]) -> list[float]:
    """Money a year on average, by what it is tied to."""
    return [total(money, years=years, sector=where) / len(years) for where in WHERE]


def stack(axes: Axes, at: np.ndarray, amounts: list[list[float]], width: float) -> None:
    """Stacked bars, one for each row of ``amounts`` (10,000 yuan by place)."""
    floor = np.zeros(len(at))
    for index, where in enumerate(WHERE):
        part = np.array([row[index] for row in amounts])
        axes.bar(
            at,
            part,
            width,
            bottom=floor,
            color=style.SECTOR_COLOUR[where],
            hatch=style.SECTOR_HATCH[where],
            edgecolor="white",
            linewidth=0.6,
        )
        floor += part


def compare(axes: Axes, result: Result, words: Words) -> None:
    """Past practice and the plan side by side, amounts inside, names at the right."""
    years = result.plan_years
    columns = [by_place(result.past_money, years), by_place(result.plan_money, years)]
    stack(axes, np.array([0.0, 1.0]), columns, 0.86)
    axes.set_xlim(-0.5, 1.45)
    axes.set_xticks([0, 1], [words.say("plan.past_practice"), words.say("plan.optimal")])
    axes.tick_params(axis="x", length=0, labelcolor=style.INK)
    axes.tick_params(axis="y", labelleft=False)
    axes.spines["left"].set_visible(False)
    axes.grid(False)
    axes.set_title(
        words.say("figure.allocation.mean", years=words.years(years)),
        fontsize=style.SMALL,
        color=style.QUIET,
        pad=3,
    )
    ceiling = max(sum(column) for column in columns)
    for at, column in enumerate(columns):
        floor = 0.0
        for amount in column:
            if amount > 0.045 * ceiling:
                axes.text(
                    at,
                    floor + amount / 2,
                    f"{number(amount)}  ({words.percent(amount / sum(column), 0)})",
                    ha="center",
                    va="center_baseline",
                    fontsize=style.SMALL,
                    color=style.INK,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.88},
                )
            floor += amount
    middles = np.cumsum(columns[1]) - np.array(columns[1]) / 2
    for where, place in zip(WHERE, style.apart(list(middles), 0.06 * ceiling), strict=True):
        axes.annotate(
            words.place(where),
            (1.43, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center_baseline",
            color=style.INK,
            annotation_clip=False,
        )

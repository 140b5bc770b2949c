"""Plots of the reference modes in the style of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

import numpy as np

from models import Trajectories
from scenarios.report import style
from scenarios.report.style import Sheet, Stroke

from .modes import LAST, SHARES, Array, Modes
from .structure import Lang

FIRST, END = 2026, 2038
SHELTERED = Stroke("#34495e", (0, (5, 2)), "s", 1.4, filled=False)
OVERNIGHT = Stroke(style.ACCENT, "-", "o", 1.8)
EASED = Stroke("#0072b2", "-", "^", 1.8)
PAST = SHELTERED
BALANCED = OVERNIGHT
TEXT: dict[Lang, dict[str, str]] = {
    "en": {
        "shelter": "Ended overnight, the shelter costs farmers {over:.0f}% of income in the worst "
        "year; eased out, {eased:.0f}%",
        "shelter.sub": "Shelter ends in 2028: at once, or over four years with market building and "
        "insurance. Income against the same year under shelter; money at 2020 prices",
        "shelter.panels": "Farmers' income, % | Farm-gate price, yuan/kg | "
        "Potato area, 10,000 mu | Market capability, 0 to 1",
        "shelter.key": "shelter stays | ended overnight | eased out",
        "balance": "Balanced, the same project money gives industry {capital:.1f}% more capital "
        "and closes {gap:.2f} points of the gap by 2035",
        "balance.sub": "Project money of past practice against a third to each sector from 2027",
        "balance.panels": "Farming's share of help, % | Industrial capital, % more | "
        "Motivation of W, 0 to 1 | Structure gap, points",
        "balance.key": "past practice | balanced",
        "mix": "Some {best:.0f}% of the money for the mechanism finishes the most useful works",
        "mix.sub": "Useful works finished 2027\N{EN DASH}2035: change in per cent against no money "
        "for the mechanism; 42 million yuan a year at 2020 prices, the rest in projects",
        "mix.axis": "Share of the money for mechanism and platform, %",
        "source": "Computed with models/county.mdl. Bands: tenth to ninetieth percentile of {sets} "
        "parameter sets within half of their ranges; most parameters are assumptions.",
    },
    "zh": {
        "shelter": "一夜撤掉保护，最差年份农民收入低{over:.0f}%；逐步退出，低{eased:.0f}%",
        "shelter.sub": "2028年起撤掉定点采购：一次撤完，或分四年退出并配以市场开拓和保险。"
        "收入与保护不变时同年相比；按2020年价格",
        "shelter.panels": "农民收入，% | 地头价格，元/公斤 | 马铃薯面积，万亩 | 市场能力，0至1",
        "shelter.key": "保护不变 | 一夜撤掉 | 逐步退出",
        "balance": "同样的产业资金均衡投放，到2035年工业资本多{capital:.1f}%，"
        "结构差距缩小{gap:.2f}个百分点",
        "balance.sub": "过去做法的产业资金，与2027年起三次产业各占三分之一相比",
        "balance.panels": "扶持中农业占比，% | 工业资本，多% | W县积极性，0至1 | 结构差距，百分点",
        "balance.key": "过去做法 | 均衡投放",
        "mix": "约{best:.0f}%的资金用于机制与平台，建成的有效工程最多",
        "mix.sub": "2027\N{EN DASH}2035年建成的有效工程，与机制不投钱相比，%；"
        "每年4200万元（2020年价格），其余投项目",
        "mix.axis": "机制与平台占资金的比例，%",
        "source": "由models/county.mdl算出。色带：{sets}组参数（在各自范围的一半以内取值）的"
        "第10至第90百分位；多数参数为假设。",
    },
}  # fmt: skip


def shelter(modes: Modes, lang: Lang) -> str:
    """Reference mode 2: three futures of the shelter."""
    figures = modes.figures_once
    text = TEXT[lang]
    title = text["shelter"].format(
        over=-figures["over.worst"].nominal, eased=-figures["eased.worst"].nominal
    )
    runs = (modes.past, modes.overnight, modes.eased)

    def income(out: Trajectories) -> Array:
        column = "farmers income per head"
        return np.asarray(100 * (out[column] / modes.past[column] - 1))

    panels = [
        [income(out) for out in runs],
        [out["farm gate price in yuan per kg"] for out in runs],
        [out["planted area"] / 1e4 for out in runs],
        [out["market capability"] for out in runs],
    ]
    strokes = (SHELTERED, OVERNIGHT, EASED)
    return _grid("shelter", lang, title, modes, panels, strokes)


def balance(modes: Modes, lang: Lang) -> str:
    """Reference mode 3: the same project money, balanced."""
    figures = modes.figures_once
    title = TEXT[lang]["balance"].format(
        capital=figures["bal.capital"].nominal, gap=-figures["bal.gap"].nominal
    )
    runs = (modes.past, modes.balanced)
    capital = "productive capital[industry]"
    panels = [
        [100 * out["farm share of help"] for out in runs],
        [100 * (out[capital] / modes.past[capital] - 1) for out in runs],
        [out["motivation of W"] for out in runs],
        [out["structure gap"] for out in runs],
    ]
    return _grid("balance", lang, title, modes, panels, (PAST, BALANCED))


def mix(modes: Modes, lang: Lang) -> str:
    """Reference mode 4: from no money for the mechanism to all of it."""
    text = TEXT[lang]
    best = modes.figures_once["mix.best"].nominal
    with style.drawing():
        sheet = Sheet(text["mix"].format(best=best), text["mix.sub"], _source(modes, lang))
        axes = sheet.axes(sheet.left + 0.5, sheet.bottom + 0.5, sheet.right - 0.1, sheet.top - 0.1)
        change = 100 * (modes.mixes / modes.mixes[:, :1] - 1)
        low, high = np.quantile(change[1:], (0.1, 0.9), axis=0)
        axes.fill_between(100 * SHARES, low, high, color=OVERNIGHT.colour, alpha=0.15, linewidth=0)
        axes.plot(100 * SHARES, change[0], color=OVERNIGHT.colour, linewidth=2.0)
        axes.axvline(best, color=style.QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
        axes.axhline(0.0, color=style.QUIET, linewidth=0.8)
        axes.set_xlim(0, 100)
        axes.set_xlabel(text["mix.axis"])
        style.plain_numbers(axes, signed=True)
        return _text(sheet)


def _source(modes: Modes, lang: Lang) -> str:
    return TEXT[lang]["source"].format(sets=len(modes.mixes) - 1)


def _grid(
    key: str,
    lang: Lang,
    title: str,
    modes: Modes,
    panels: Sequence[Sequence[Array]],
    strokes: Sequence[Stroke],
) -> str:
    """Four panels, one line (and band) a run; each array is (sets, years)."""
    text = TEXT[lang]
    names = text[f"{key}.panels"].split(" | ")
    years = modes.past.times
    shown = (years >= FIRST) & (years <= (END if key == "shelter" else LAST))
    with style.drawing():
        sheet = Sheet(title, text[f"{key}.sub"], _source(modes, lang), (7.2, 5.6))
        sheet.key(list(zip(text[f"{key}.key"].split(" | "), strokes, strict=True)))
        wide = (sheet.right - sheet.left - 0.1) / 2
        high = (sheet.top - sheet.bottom) / 2
        for place, (name, lines) in enumerate(zip(names, panels, strict=True)):
            left = sheet.left + 0.45 + (place % 2) * (wide + 0.1)
            top = sheet.top - 0.24 - (place // 2) * high
            axes = sheet.axes(left, top - high + 0.62, left + wide - 0.5, top)
            axes.set_title(name)
            for values, stroke in zip(lines, strokes, strict=True):
                if place == 0 or (place == 1 and key == "balance"):
                    low, high_ = np.quantile(values[1:, shown], (0.1, 0.9), axis=0)
                    axes.fill_between(
                        years[shown], low, high_, color=stroke.colour, alpha=0.13, linewidth=0
                    )
                axes.plot(years[shown], values[0, shown], **stroke.options())
            last = int(years[shown][-1])
            axes.set_xlim(FIRST - 0.4, last + 0.4)
            axes.set_xticks([year for year in range(FIRST, last + 1) if (last - year) % 3 == 0])
            style.plain_numbers(axes)
        return _text(sheet)


def _text(sheet: Sheet) -> str:
    out = StringIO()
    sheet.figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()

"""The pages: a text in each language with places for what the model and its runs give.

``{{equations}}``-like places are filled here: ``title:`` and ``block:`` from the model file,
``v:`` single facts, ``n:`` figures of the reference modes (``a:`` without their sign),
``mode:`` the table of a mode, ``table:`` the named loops, ``index`` all labels.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache

from models.links import links
from models.loops import components, variable_graph
from models.stated import stated_links

from .equations import Blocks, anchor
from .modes import LAST, SEED, SETS, Modes
from .structure import HERE, SAMPLE, Lang, Structure, rows

MINUS = "\N{MINUS SIGN}"
_PLACE = re.compile(r"\{\{([a-z]+)(?::([^}]*))?\}\}")
NATURE = {
    "en": {},
    "zh": {
        "reinforcing": "增强",
        "balancing": "平衡",
        "positive": "正向",
        "negative": "负向",
        "varies": "不定",
    },
}


def _index(blocks: Blocks, lang: Lang) -> str:
    """Labels as reports and charts write them, by block, each leading to its row."""
    lines = []
    for block, entries in blocks.entries.items():
        names = dict.fromkeys(blocks.keys[entry.key] for entry in entries)
        found = [
            f"[{blocks.known.catalogue.label(name, lang)}](#{anchor(name)})"
            for name in names
            if blocks.known.model.variables[name].kind not in ("constant", "control")
        ]
        if found:
            lines.append(f"* **{blocks.title(block, lang)}**: {' · '.join(found)}")
    return "\n".join(lines)


_HELD = {"en": ("as claimed", "**not** as claimed"), "zh": ("相符", "**不**相符")}
_OPEN = {
    "en": (
        " Where the paper speaks of a vicious circle between disappointment and poor cooperation "
        "(4.1), the model has a chain (C1), not a circle.",
        "* **A circle that the paper suggests and the model does not close.** W's motivation acts "
        "on what W takes on, but not on how the two sides work together, and M's tilt does not "
        "react to M's motivation: see [feedback](#feedback).",
    ),
    "zh": (
        "论文说“心理落差—协作不畅”会恶性循环（4.1），模型里这是一条链（C1），不是环。",
        "* **论文提示而模型没有闭合的环。** W县的积极性影响自己承接多少，不影响双方如何协同；"
        "M区的倾斜也不随其积极性变化，见[反馈](#反馈)。",
    ),
}


def page(known: Structure, modes: Modes, lang: Lang) -> str:
    """The page in one language.

    Raises:
        KeyError: the text has a place that nothing fills.
    """
    blocks = Blocks(known)
    facts = _facts(known, modes, lang)
    figures = modes.figures_once

    def fill(match: re.Match[str]) -> str:
        kind, name = match.group(1), match.group(2) or ""
        if kind == "title":
            return blocks.title(name, lang)
        if kind == "block":
            return _block(blocks, name, lang)
        if kind == "otherblocks":
            return "\n\n".join(
                f"### {name}\n\n{_block(blocks, name, lang)}" for name in blocks.without_words()
            )
        if kind == "v":
            return facts[name]
        if kind == "n":
            return number(figures[name].nominal)
        if kind == "a":
            return number(abs(figures[name].nominal))
        if kind == "mode":
            return _mode(modes, name, lang)
        if kind == "index":
            return _index(blocks, lang)
        if kind == "table":
            return _named(known, lang)
        raise KeyError(match.group())

    text = _PLACE.sub(fill, _template(lang))
    return re.sub(r"\n{3,}", "\n\n", text)


@cache
def _template(lang: Lang) -> str:
    return (HERE / f"model.{lang}.md").read_text(encoding="utf-8")


def _block(blocks: Blocks, name: str, lang: Lang) -> str:
    parts = (blocks.equations(name, lang), blocks.parameters(name, lang))
    return "\n\n".join(part for part in parts if part)


def number(value: float) -> str:
    """Two digits that count, or whole numbers from a hundred on; with a true minus."""
    size = abs(value)
    digits = 0 if size >= 20 else 1 if size >= 2 else 2 if size >= 0.1 else 3
    shown = f"{value:.{digits}f}"
    return (MINUS + shown[1:]) if shown.startswith("-") else shown


def _mode(modes: Modes, mode: str, lang: Lang) -> str:
    """The table of a reference mode: change, range, agreement, and what the paper says."""
    heads = {
        "en": ("Outcome", "Model", "10 % … 90 % of sets", "Sets of the same sign", "Paper"),
        "zh": ("结果", "模型", "参数组的10%…90%", "同号的参数组", "论文"),
    }[lang]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row in rows("modes.csv"):
        if row["mode"] != mode:
            continue
        figure = modes.figures_once[row["figure"]]
        unit = row["unit"] if lang == "en" else row["unit_zh"]
        claim = row["paper"]
        held = claim in ("+", "-") and (figure.nominal > 0) == (claim == "+")
        cells = (
            row[lang],
            f"{number(figure.nominal)} {unit}".strip(),
            f"{number(figure.low)} … {number(figure.high)}",
            f"{100 * figure.agreeing:.0f} %",
            "" if not claim else _HELD[lang][0 if held else 1],
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def outside_loops(known: Structure) -> list[str]:
    """Stocks and smoothed variables that only their own decay acts back on; no accounts."""
    graph = variable_graph(known.model)
    inside = {name for part in components(graph) if len(part) > 1 for name in part}
    accounts = re.compile(r"of the year$|to date$|^achievement$")
    remembering = {
        link.effect for link in links(known.model) if link.kind == "rate"
    }  # stocks and SMOOTHs
    return [
        name
        for name in known.model.variables
        if name in remembering and name not in inside and not accounts.search(name)
    ]


def _facts(known: Structure, modes: Modes, lang: Lang) -> Mapping[str, str]:
    model = known.model
    kinds = [variable.kind for variable in model.variables.values()]
    loops = known.independent[0]
    natures = [loop.nature for loop in loops]
    parameters = [row for row in known.catalogue.rows.values() if row.kind == "parameter"]
    assumed = sum(row.source == "assumption" for row in parameters)
    cited = sum(row.source not in ("assumption", "calibrated", "definition") for row in parameters)
    outside = [known.catalogue.label(name, lang) for name in outside_loops(known)]
    open_ = _OPEN[lang] if "motivation of W" in outside_loops(known) else ("", "")
    error, where = modes.step_error()
    account = max(-12, math.ceil(math.log10(max(modes.account_errors(), 1e-300))))
    listed = "、".join(outside) if lang == "zh" else ", ".join(outside[:-1]) + f" and {outside[-1]}"
    return {
        "sha": model.sha256[:8],
        "initial": f"{model.initial_time:.0f}",
        "final": f"{model.final_time:.0f}",
        "step": f"{model.time_step:g}",
        "lastplan": str(LAST),
        "variables": str(len(kinds)),
        "stocks": str(kinds.count("stock")),
        "links": str(len(links(model))),
        "stated": str(len(stated_links())),
        "signsets": str(SAMPLE),
        "loops": str(len(loops)),
        "reinforcing": str(natures.count("reinforcing")),
        "balancing": str(natures.count("balancing")),
        "undecided": str(natures.count("varies")),
        "outside": listed,
        "opencircle": open_[0],
        "openlimit": f"{open_[1]}\n" if open_[1] else "",
        "broken": str(modes.broken()),
        "sets": str(SETS),
        "seed": str(SEED),
        "negative": str(modes.negative_stocks()),
        "account": f"10<sup>{account}</sup>".replace("-", MINUS),
        "inner": f"{100 * modes.inner_best():.0f} %",
        "steperror": number(error),
        "stepwhere": known.catalogue.label(where, lang),
        "parameters": str(len(parameters)),
        "assumed": str(assumed),
        "fromevidence": str(cited),
    }


def _named(known: Structure, lang: Lang) -> str:
    heads = {
        "en": ("", "Loop or chain", "Nature", "Paper", "Takes time in", "What happens"),
        "zh": ("", "环或链", "性质", "论文", "耗时之处", "内容"),
    }[lang]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for named, loop in known.named:
        memories = [known.catalogue.label(name, lang) for name in loop.memories]
        cells = (
            named.id,
            named.en if lang == "en" else named.zh,
            NATURE[lang].get(loop.nature, loop.nature),
            named.section,
            ("; " if lang == "en" else "；").join(memories),
            named.story if lang == "en" else named.story_zh,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)

"""The equations of the model file, block by block, as tables in Markdown."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape

from models import blocks, source
from models.source import Entry, key

from .structure import Lang, Structure

_EQUATIONS: dict[Lang, tuple[str, ...]] = {
    "en": ("Variable", "Equation", "Unit", "Meaning"),
    "zh": ("变量", "方程", "单位", "类别"),
}
_PARAMETERS: dict[Lang, tuple[str, ...]] = {
    "en": ("Parameter", "Default", "Range", "Unit", "Source"),
    "zh": ("参数", "缺省值", "范围", "单位", "来源"),
}
_WORD: dict[Lang, dict[str, str]] = {
    "en": {
        "table": "table by year: {first} … {last}",
        "points": "table: {points}",
        "cited": "{title} ({year}; confidence {grade})",
        "assumption": "**assumption**",
        "calibrated": "calibrated",
        "definition": "definition",
        "model": "model",
    },
    "zh": {
        "table": "逐年数表：{first} … {last}",
        "points": "数表：{points}",
        "cited": "{title}（{year}；可信度{grade}）",
        "assumption": "**假设**",
        "calibrated": "校准",
        "definition": "定义",
        "model": "模型",
        "high": "高",
        "medium": "中",
        "low": "低",
    },
}
KIND_ZH = {
    "stock": "存量",
    "auxiliary": "辅助变量",
    "lookup": "数表",
    "constant": "常数",
    "control": "设置",
}
UNIT_ZH = {
    "wanyuan": "万元",
    "person": "人",
    "year": "年",
    "mu": "亩",
    "tonne": "吨",
    "yuan": "元",
    "kg": "公斤",
    "dollar": "美元",
    "Dmnl": "无量纲",
    "point": "分",
    "percentage point": "百分点",
}


@dataclass(frozen=True)
class Blocks:
    """The entries of the model file by block, and how to write them down."""

    known: Structure

    @cached_property
    def text(self) -> source.Source:
        return source.read(self.known.model.path)

    @cached_property
    def table(self) -> tuple[blocks.Block, ...]:
        return blocks.read(self.known.model.path.with_name(blocks.TABLE.name))

    @cached_property
    def entries(self) -> dict[str, list[Entry]]:
        """Block id -> its definitions; a group without a block stands under its own name."""
        return blocks.entries(self.known.model, self.table)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Key -> name of a variable."""
        return {key(name): name for name in self.known.model.variables}

    @cached_property
    def evidence(self) -> dict[str, dict[str, str]]:
        path = self.known.catalogue.path.parent / "evidence.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return {row["id"]: row for row in csv.DictReader(file)}

    def title(self, block: str, lang: Lang) -> str:
        return next((row.label(lang) for row in self.table if row.id == block), block)

    def without_words(self) -> list[str]:
        """Groups of the file that no block takes up."""
        named = {row.id for row in self.table}
        return [block for block in self.entries if block not in named]

    # -- tables ------------------------------------------------------------------------

    def equations(self, block: str, lang: Lang) -> str:
        """The table of a block's equations, tables included, constants not."""
        heads = _EQUATIONS[lang]
        lines = [_row(*heads), _row(*["---"] * len(heads))]
        for entry in self.entries.get(block, []):
            variable = self.known.model.variables[self.keys[entry.key]]
            if variable.kind in ("constant", "control"):
                continue
            last = _cell(entry.comment)
            if lang == "zh":
                last = KIND_ZH[variable.kind]
            elif self._seen(entry) and entry.comment == variable.comment:
                last = "\N{DITTO MARK}"
            elif variable.kind == "stock":
                last = f"*Stock.* {last}"
            lines.append(
                _row(
                    self._name(entry, lang),
                    self._equation(entry, lang),
                    unit(entry.unit, lang),
                    last,
                )
            )
        return "\n".join(lines) if len(lines) > 2 else ""

    def parameters(self, block: str, lang: Lang) -> str:
        """The table of a block's constants with ranges and sources."""
        heads = _PARAMETERS[lang]
        lines = [_row(*heads), _row(*["---"] * len(heads))]
        for entry in self.entries.get(block, []):
            variable = self.known.model.variables[self.keys[entry.key]]
            if variable.kind not in ("constant", "control"):
                continue
            row = self.known.catalogue.row(variable.name)
            low, high = (row.low, row.high) if row else ((), ())
            span = f"{_numbers(low)} … {_numbers(high)}" if low and low != high else ""
            lines.append(
                _row(
                    self._name(entry, lang),
                    _cell(" ".join(self.text.right(entry).split())),
                    span,
                    unit(entry.unit, lang),
                    self._source(variable.name, lang),
                )
            )
        return "\n".join(lines) if len(lines) > 2 else ""

    def _name(self, entry: Entry, lang: Lang) -> str:
        label = self.known.catalogue.label(self.keys[entry.key], lang)
        inside = f"[{entry.subscripts}]" if entry.subscripts else ""
        mark = "" if self._seen(entry) else f'<a id="{anchor(entry.name)}"></a>'
        where = f"../models/{self.known.model.path.name}#L{entry.line}"
        shown = f"{mark}[`{entry.name}{inside}`]({where})"
        return shown if label == entry.name and lang == "en" else f"{shown}<br>{_cell(label)}"

    def _seen(self, entry: Entry) -> bool:
        """Whether an earlier definition of the same variable has the anchor."""
        first = next(e for group in self.entries.values() for e in group if e.key == entry.key)
        return first.begin != entry.begin

    def _equation(self, entry: Entry, lang: Lang) -> str:
        right = " ".join(self.text.right(entry).split())
        if entry.operator == "(":
            points = re.findall(r"\(([-\d.]+),\s*([-\d.]+)\)", right)
            shown = [f"{x}: {y}" for x, y in points]
            word = "table" if len(points) > 4 else "points"
            return _WORD[lang][word].format(first=shown[0], last=shown[-1], points=", ".join(shown))
        return f"<code>{self._linked(right)}</code>"

    def _linked(self, text: str) -> str:
        """An equation with every variable linked to its own row."""
        return "".join(self._pieces(text)).replace("|", "&#124;")

    @cached_property
    def _names(self) -> re.Pattern[str]:
        names = sorted(self.known.model.variables, key=len, reverse=True)
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")

    def _pieces(self, text: str) -> Iterator[str]:
        place = 0
        depth = _bracket_depths(text)
        for match in self._names.finditer(text):
            if depth[match.start()]:
                continue  # an element such as `education`, not a variable
            yield _plain(text[place : match.start()])
            yield f'<a href="#{anchor(match.group())}">{escape(match.group())}</a>'
            place = match.end()
        yield _plain(text[place:])

    def _source(self, name: str, lang: Lang) -> str:
        row = self.known.catalogue.row(name)
        if row is None:
            return ""
        words = _WORD[lang]
        text = words[row.source] if row.source in words else self._cited(row.source, lang)
        note = row.note_in(lang)
        return _cell((". " if lang == "en" else "；").join(part for part in (text, note) if part))

    def _cited(self, found: str, lang: Lang) -> str:
        """A row of the evidence: its title, year and confidence."""
        row = self.evidence.get(found)
        if row is None:
            return found
        grade = _WORD[lang].get(row["confidence"], row["confidence"])
        title = f"[{row['title']}]({row['address']})" if row["address"] else row["title"]
        shown = _WORD[lang]["cited"].format(title=title, year=row["year"], grade=grade)
        return f"{found} {shown}"


def anchor(name: str) -> str:
    """The anchor of a variable's row."""
    return "v-" + key(name).replace("_", "-").replace("'", "")


def unit(text: str, lang: Lang) -> str:
    """A unit as shown: money in 10,000 yuan."""
    if lang == "en":
        return text.replace("wanyuan", "10,000 yuan").replace("Dmnl", "\N{EN DASH}")
    return "/".join(UNIT_ZH.get(part, part) for part in text.split("/"))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _plain(text: str) -> str:
    return escape(text).replace("*", "&#42;").replace("_", "&#95;").replace("[", "&#91;")


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.10g}" for value in values)


def _bracket_depths(text: str) -> list[int]:
    depth, found = 0, []
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        found.append(depth)
    return found

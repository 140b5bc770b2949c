"""Chinese names for what a scenario spells in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SECTIONS = {
    "继承": "extends",
    "情景": "scenario",
    "计划": "plan",
    "规划": "plan",
    "资金": "money",
    "经费": "money",
    "目标": "objective",
    "搜索": "search",
    "不确定性": "uncertainty",
    "规则": "rules",
    "项目": "projects",
    "项目库": "projects",
    "参数": "parameters",
    "外生": "exogenous",
    "外生序列": "exogenous",
    "协议": "agreement",
    "考核协议": "agreement",
}
KEYS = {
    "名称": "name",
    "模型": "model",
    "预算": "budget",
    "金额": "amount",
    "来源": "source",
    "起点": "starts",
    "种子": "seed",
    "时限": "time_limit",
}


# What stands for a source where there is none to name.
SOURCES = {"假设": "assumption", "假定": "assumption", "校准": "calibrated"}


def source(text: str) -> str:
    """A source, or several between semicolons, with the program's words for what has none."""
    parts = [part.strip() for part in text.replace("；", ";").split(";")]
    return "; ".join(SOURCES.get(part, part) for part in parts)


def with_names(known: Iterable[str]) -> Mapping[str, str]:
    """The words of ``known`` by every way to write them: themselves, and their Chinese names."""
    from models.model import COUNTY
    from scenarios.catalogue import catalogue, spellings

    words = list(known)
    names = {**SECTIONS, **KEYS, **spellings(catalogue(COUNTY), "element")}
    return {
        **{word: word for word in words},
        **{name: word for name, word in names.items() if word in words},
    }


def rule_names(rules: Iterable[str]) -> Mapping[str, str]:
    """The rules by their identifiers and by their Chinese names."""
    from scenarios.words import Words

    ids = list(rules)
    return {**{id: id for id in ids}, **{Words("zh").say(f"rule.{id}.name"): id for id in ids}}

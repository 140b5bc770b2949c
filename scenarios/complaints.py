"""Pydantic's errors in the planner's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from scenarios.aliases import with_names
from scenarios.chain import Merged
from scenarios.findings import Finding, Message, did_you_mean, say
from scenarios.schema import ONE, TABLE
from scenarios.toml_text import Keys, dotted

TYPES = {
    "float_type": ("not_number", "plain_number"),
    "int_type": ("not_whole", "whole_number"),
    "int_from_float": ("not_whole", "whole_number"),
    "bool_type": ("not_bool", "bool"),
    "string_type": ("not_text", "text"),
    "dict_type": ("not_table", "table"),
    "model_type": ("not_table", "table"),
    "finite_number": ("not_finite", "plain_number"),
    "too_short": ("empty_table", "empty_table"),
    "money_text": ("not_money", "money"),
    "payment_shares": ("not_profile", "profile"),
    "list_type": ("not_list", "profile"),
    "string_pattern_mismatch": ("bad_name", "bad_name"),
}
BOUNDS = {
    "greater_than_equal": ("too_small", "ge"),
    "greater_than": ("not_above", "gt"),
    "less_than_equal": ("too_large", "le"),
    "less_than": ("not_below", "lt"),
}
PERCENT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*[%％]\s*")
# Keys that people look for in a place where they are not.
ELSEWHERE = {
    ("rules", "yearly_budget", "amount"): "hint.budget_place",
    ("plan", "budget"): "hint.budget_place",
    ("scenario", "extends"): "hint.extends_place",
}


def complaints(
    error: ValidationError, section: Keys, known: Sequence[str], merged: Merged
) -> Iterator[Finding]:
    """One finding for each of pydantic's errors; ``known`` are the keys of the section."""
    for detail in error.errors(include_url=False):
        location = tuple(str(part) for part in detail["loc"] if part not in (ONE, TABLE, "[key]"))
        keys = (*section, *location)
        file, line = merged.place(keys if detail["type"] != "missing" else section)
        reason, hint = words(detail["type"], detail, keys, known)
        yield Finding(file, dotted(keys), reason, hint, line)


def words(
    kind: str, detail: Mapping[str, Any], keys: Keys, known: Sequence[str]
) -> tuple[Message, Message | None]:
    """Reason and hint of one error."""
    value = short(detail["input"])
    if kind == "missing":
        return say("finding.missing"), say("hint.missing")
    if kind == "extra_forbidden":
        if hint := ELSEWHERE.get(keys):
            return say("finding.unknown_key"), say(hint)
        return say("finding.unknown_key"), did_you_mean(keys[-1], with_names(known))
    if kind in BOUNDS:
        reason, bound = BOUNDS[kind]
        limit = detail["ctx"][bound]
        hint = "limit" if limit else "positive" if kind == "greater_than" else "not_negative"
        return say(f"finding.{reason}", value=value, limit=number(limit)), say(f"hint.{hint}")
    if kind == "literal_error":
        return say("finding.not_one_of", value=value, known=detail["ctx"]["expected"]), None
    if kind in TYPES:
        reason, hint = TYPES[kind]
        if detail["loc"] and detail["loc"][-1] == "[key]":
            return say("finding.not_year", value=value), say("hint.year_table")
        if kind == "float_type" and (share := PERCENT.fullmatch(str(detail["input"]))):
            of_one = number(float(share[1]) / 100.0)
            return say(f"finding.{reason}", value=value), say("hint.share", share=of_one)
        return say(f"finding.{reason}", value=value), say(f"hint.{hint}")
    return say("finding.other", error=detail["msg"]), None


def short(value: object) -> str:
    """The value as text, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def number(value: float) -> str:
    """A limit without a needless ``.0``."""
    return f"{value:g}"

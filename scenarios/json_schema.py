"""The form of a scenario file as JSON schema, for editors that complete and check while typing.

Built from the same classes that read the file, and from the names and ranges of the catalogue.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from models.catalogue import Catalogue, Row
from models.source import key
from scenarios.agreement import AGREED_AMOUNT, AS_GROWTH
from scenarios.catalogue import of_kind
from scenarios.schema import AGREED_MONEY, GROWTH, PARAMETER, REQUIRED, RULES, SECTIONS, SERIES
from scenarios.words import Words

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "Xieheng scenario"


def json_schema(names: Catalogue) -> dict[str, Any]:
    """The schema; a file that extends another need not state every section."""
    definitions: dict[str, Any] = {}
    sections = {name: _form(form, definitions) for name, form in SECTIONS.items()}
    rules = {}
    for name, rule in RULES.items():
        rules[name] = {**_form(rule, definitions), **_said(f"rule.{name}.name")}
    return {
        "$schema": DIALECT,
        "title": TITLE,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "extends": {"type": "string"},
            **sections,
            "rules": {"type": "object", "additionalProperties": False, "properties": rules},
            "parameters": _named(names, "parameter", PARAMETER.json_schema(), definitions),
            "exogenous": _named(names, "exogenous", SERIES.json_schema(), definitions),
            "agreement": _agreement(names, definitions),
        },
        "anyOf": [{"required": ["extends"]}, {"required": list(REQUIRED)}],
        "$defs": definitions,
    }


def _form(form: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """A section's schema. What is required may stand in the file that is extended."""
    made = form.model_json_schema(ref_template="#/$defs/{model}")
    definitions.update(made.pop("$defs", {}))
    made.pop("required", None)
    made.pop("title", None)
    return made


def _named(
    names: Catalogue, kind: str, value: Mapping[str, Any], definitions: dict[str, Any]
) -> dict[str, Any]:
    """A table whose keys are names of the model, each with its unit, range and labels."""
    inner = dict(value)
    definitions.update(inner.pop("$defs", {}))
    definitions[kind] = inner
    rows = {row.id: _about(row, kind) for row in of_kind(names, kind)}
    elements = {f"^{re.escape(name)}\\[.+\\]$": about for name, about in rows.items()}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": rows,
        "patternProperties": elements if kind == "exogenous" else {},
    }


def _agreement(names: Catalogue, definitions: dict[str, Any]) -> dict[str, Any]:
    """The amounts of the agreement by indicator, each with its unit."""
    definitions["agreed"] = AGREED_MONEY.json_schema()
    definitions["growth"] = GROWTH.json_schema()
    properties = {}
    for name, parameter in AGREED_AMOUNT.items():
        row, of = names.rows[key(name)], names.rows[key(parameter)]
        text = f"{row.zh} / {row.en}; {of.zh} / {of.en}; {of.unit}"
        form = "growth" if name == AS_GROWTH else "agreed"
        properties[name] = {"$ref": f"#/$defs/{form}", "description": text}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _about(row: Row, kind: str) -> dict[str, Any]:
    span = ""
    if row.low and row.high:
        span = f" {min(row.low):g} – {max(row.high):g}"
    unit = "" if row.unit == "Dmnl" else f" {row.unit}"
    text = f"{row.zh} / {row.en};{span}{unit}".rstrip("; ")
    return {"$ref": f"#/$defs/{kind}", "description": text}


def _said(key: str) -> dict[str, str]:
    zh, en = Words("zh"), Words("en")
    return {"description": f"{zh.say(key)} / {en.say(key)}"} if zh.has(key) else {}


def schema_text(names: Catalogue) -> str:
    """The schema as the file ``scenarios/scenario.schema.json`` holds it."""
    return json.dumps(json_schema(names), ensure_ascii=False, indent=2) + "\n"

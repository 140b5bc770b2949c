"""The JSON schema is current, and says of scenario files what the reader says."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.catalogue import county
from scenarios.chain import SCENARIOS
from scenarios.json_schema import json_schema, schema_text

SHIPPED = sorted(SCENARIOS.glob("*.toml"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json_schema(county())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_file_is_current() -> None:
    """Renew it with ``python cli.py schema > scenarios/scenario.schema.json``."""
    text = (SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8")
    assert text == schema_text(county())


@pytest.mark.parametrize("file", SHIPPED, ids=[file.stem for file in SHIPPED])
def test_shipped_scenarios_fit(validator: Draft202012Validator, file: Any) -> None:
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    errors = [error.message for error in validator.iter_errors(json.loads(json.dumps(document)))]
    assert errors == []


@pytest.mark.parametrize(
    "text",
    [
        'extends = "w-county"\n[seach]\nstarts = 3',
        'extends = "w-county"\n[search]\nstarts = "3"',
        'extends = "w-county"\n[search]\nstarts = 0',
        'extends = "w-county"\n[rules.yearly_bugdet]',
        'extends = "w-county"\n[rules.productive_share]\nat_least = 1.5',
        'extends = "w-county"\n[parameters]\n"base tilts" = 0.1',
        "[scenario]\n",
    ],
)
def test_mistakes_do_not(validator: Draft202012Validator, text: str) -> None:
    assert not validator.is_valid(json.loads(json.dumps(tomllib.loads(text))))

"""``schema``: print the form of scenario files as JSON schema."""

from __future__ import annotations

from scenarios.commands import DONE, print_text
from scenarios.words import Words


def schema(words: Words) -> int:
    """Print it; it serves both languages."""
    from models.catalogue import county
    from scenarios.json_schema import schema_text

    print_text(schema_text(county()))
    return DONE

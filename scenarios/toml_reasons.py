"""What the TOML parser says, in the planner's words."""

from __future__ import annotations

from scenarios.findings import Message, say

# The parser's messages by how they begin, and the row of the message table that says the same.
REASONS = {
    "Invalid statement": "key",
    "Invalid initial character": "key",
    "Expected '='": "equals",
    "Invalid value": "value",
    "Expected newline": "rest",
    "Cannot": "twice",
    "Duplicate": "twice",
    "Expected ']": "bracket",
    "Unclosed": "bracket",
    "Unterminated": "quotation",
    "Illegal character": "quotation",
    "Unescaped": "backslash",
    "Invalid hex": "backslash",
}


def toml_reason(error: str) -> Message:
    """Why a file is no TOML; the parser's own words where it says something else."""
    for beginning, key in REASONS.items():
        if error.startswith(beginning):
            return say(f"toml.{key}")
    return say("toml.other", error=error)

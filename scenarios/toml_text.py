"""TOML as text: on which line a key stands, and how a value is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

Keys = tuple[str, ...]
Place = TypeVar("Place")

KEY = r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'"""
DOTTED = rf"(?:{KEY})(?:\s*\.\s*(?:{KEY}))*"
TABLE = re.compile(rf"\s*\[\s*({DOTTED})\s*\]\s*(?:#.*)?$")
ENTRY = re.compile(rf"\s*({DOTTED})\s*=")
PIECE = re.compile(KEY)
BARE = re.compile(r"[A-Za-z0-9_-]+")


def key_lines(text: str) -> Mapping[Keys, int]:
    """Line number (from 1) of every table header and key that begins a line."""
    lines: dict[Keys, int] = {}
    table: Keys = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := TABLE.match(line):
            table = pieces(header[1])
            lines.setdefault(table, number)
        elif entry := ENTRY.match(line):
            lines.setdefault((*table, *pieces(entry[1])), number)
    return lines


def pieces(dotted: str) -> Keys:
    """The keys of a dotted key, without quotation marks."""
    return tuple(piece.strip("\"'") for piece in PIECE.findall(dotted))


def line_of(lines: Mapping[Keys, Place], path: Keys) -> Place | None:
    """The place of a key, else of the nearest table around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def dotted(path: Keys) -> str:
    """A key as it would be written in a file."""
    return ".".join(key(piece) for piece in path)


def key(piece: str) -> str:
    """One key, in quotation marks where TOML wants them."""
    return piece if BARE.fullmatch(piece) else string(piece)


def value(thing: object) -> str:
    """A number, truth value, text, list or table on one line. Reads back as equal."""
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, int | float):
        return repr(thing)
    if isinstance(thing, Mapping):
        inside = ", ".join(f"{key(str(name))} = {value(item)}" for name, item in thing.items())
        return f"{{ {inside} }}"
    if isinstance(thing, list | tuple):
        return f"[{', '.join(value(item) for item in thing)}]"
    return string(str(thing))


def string(text: str) -> str:
    """A basic string; control characters escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'

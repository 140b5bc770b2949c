"""The one font of the charts, and the check that it has every character drawn."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, LoadFlags

FAMILY = "Xieheng Sans SC"
FILE = Path(__file__).resolve().parent.parent / "fonts" / "XiehengSansSC.otf"

_NEVER_FIRST = "，。、；：！？）》」”’…%‰°·,.;:!?)/"
_NEVER_LAST = "（《「“‘("
_LATIN = r"[!-~\u00a1-\u024f\u2010-\u2027\u2212]+"
_UNITS = "个百分点|百分点|[万亿]元|元|分|年|吨"
_PIECES = re.compile(rf"[\d.,+\u2212\u2013]+ ?(?:{_UNITS})|\s+|{_LATIN}|.")


class MissingGlyph(ValueError):
    """A text holds characters that the charts' font does not have."""


@cache
def register() -> None:
    """Make the font known to matplotlib under :data:`FAMILY`."""
    font_manager.fontManager.addfont(str(FILE))


@cache
def _face() -> FT2Font:
    return FT2Font(str(FILE))


@cache
def _characters() -> frozenset[int]:
    return frozenset(_face().get_charmap())


def check(text: str) -> str:
    """``text`` itself.

    Raises:
        MissingGlyph: the font lacks one of its characters.
    """
    lacking = sorted({c for c in text if c != "\n" and ord(c) not in _characters()})
    if lacking:
        named = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in lacking)
        raise MissingGlyph(f"the charts' font has no {named}: {text!r}")
    return text


@cache
def _advance(character: str) -> float:
    """Width of a character in em."""
    face = _face()
    face.set_size(100.0, 72.0)
    return face.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536e2


def width(text: str, size: float) -> float:
    """Width in inches of one line of ``text`` set at ``size`` points, kerning left out."""
    return sum(_advance(character) for character in check(text)) * size / 72.0


def wrap(text: str, size: float, limit: float) -> str:
    """Break ``text`` into few lines of about one width, none wider than ``limit`` inches.

    Latin words and numbers with their units stay whole; Chinese breaks between any two
    characters, but never before a closing sign or after an opening one.
    """
    lines = _fill(text, size, limit)
    narrow, wide = 0.4 * limit, limit
    while len(lines) > 1 and wide - narrow > 0.02 * limit:
        middle = (narrow + wide) / 2
        tried = _fill(text, size, middle)
        if len(tried) > len(lines) or any(width(line, size) > middle for line in tried):
            narrow = middle
        else:
            wide, lines = middle, tried
    return "\n".join(lines)


def _fill(text: str, size: float, limit: float) -> list[str]:
    """Lines filled one after the other up to ``limit`` inches."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        glued = pieces and (piece[0] in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST)
        if glued and not piece.isspace():
            pieces[-1] += piece
        else:
            pieces.append(piece)
    lines = [""]
    for piece in pieces:
        if lines[-1] and width((lines[-1] + piece).rstrip(), size) > limit:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        if lines[-1] or not piece.isspace():
            lines[-1] += piece
    return [line.rstrip() for line in lines]

"""The one font of the charts, and the check that it has every character drawn."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, LoadFlags

from scenarios.report.line_breaks import balanced

FAMILY = "Xieheng Sans SC"
FILE = Path(__file__).resolve().parent.parent / "fonts" / "XiehengSansSC.otf"


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
    """Break ``text`` into few lines of about one width, none wider than ``limit`` inches."""
    return "\n".join(balanced(text, limit, lambda line: width(line, size)))

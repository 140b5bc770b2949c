"""Where lines may break, in Chinese and in English, for charts and consoles alike."""

from __future__ import annotations

import re
from collections.abc import Callable

_NEVER_FIRST = "，。、；：！？）》」”’…%‰°·,.;:!?)/"
_NEVER_LAST = "（《「“‘("
_LATIN = r"[!-~\u00a1-\u024f\u2010-\u2027\u2212]+"
_UNITS = "个百分点|百分点|[万亿]元|元|分|年|吨"
_PIECES = re.compile(rf"[\d.,+\u2212\u2013-]+ ?(?:{_UNITS})|\s+|{_LATIN}|.")


def lines(text: str, limit: float, measure: Callable[[str], float]) -> list[str]:
    """``text`` in lines that ``measure`` at most ``limit``, filled one after the other.

    Latin words, and numbers with their units, stay whole; Chinese breaks between any two
    characters, but never before a closing sign or after an opening one.
    """
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        glued = pieces and (piece[0] in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST)
        if glued and not piece.isspace():
            pieces[-1] += piece
        else:
            pieces.append(piece)
    found = [""]
    for piece in pieces:
        if found[-1] and measure((found[-1] + piece).rstrip()) > limit:
            found.append("")
        if found[-1] or not piece.isspace():
            found[-1] += piece
    return [line.rstrip() for line in found]


def balanced(text: str, limit: float, measure: Callable[[str], float]) -> list[str]:
    """As few lines as :func:`lines` gives, of about one width."""
    best = lines(text, limit, measure)
    narrow, wide = 0.4 * limit, limit
    while len(best) > 1 and wide - narrow > 0.02 * limit:
        middle = (narrow + wide) / 2
        tried = lines(text, middle, measure)
        if len(tried) > len(best) or any(measure(line) > middle for line in tried):
            narrow = middle
        else:
            wide, best = middle, tried
    return best

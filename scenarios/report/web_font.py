"""The charts' font, cut to the characters of one page, as text that a page can hold."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable

from scenarios.report import fonts


def embedded(texts: Iterable[str]) -> str:
    """A ``data:`` address of the font with every character of ``texts`` that it has."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    wanted = {ord(character) for text in texts for character in text}
    stored = io.BytesIO()
    with TTFont(fonts.FILE, lazy=True, recalcTimestamp=False) as font:
        options = Options(layout_features=["kern"], hinting=False, notdef_outline=True)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        font.save(stored)
    return "data:font/otf;base64," + base64.b64encode(stored.getvalue()).decode("ascii")

"""A chart's SVG made fit to stand inside a page."""

from __future__ import annotations

import re
from html import escape

_REFERENCE = re.compile(r'(\bid="|url\(#|href="#)')


def inline_svg(name: str, svg: str, label: str) -> str:
    """``svg`` as an element: ids of its own, as wide as its place, and said in words.

    ``name`` is put before every id, for ids of several charts must differ; ``label`` is what a
    reader who cannot see the chart is told.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = _REFERENCE.sub(rf"\g<1>{name}-", body)
    head, rest = body.split(">", 1)
    head = re.sub(r' (width|height|xmlns:xlink)="[^"]*"', "", head)
    if "xlink:" in rest:
        head += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head} role="img" aria-label="{escape(label, quote=True)}">{rest.strip()}'

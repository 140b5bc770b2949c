"""How large a model may be: far beyond any that people write, and short of what fills a computer.

A model file is data from anywhere. A line such as ``r: (a1-a999999999)`` or a hundred thousand
brackets must end in words, not in a full memory or a stack that overflows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .refusal import Refusal

MOST_BYTES = 64 << 20  # of a model file
MOST_DEFINITIONS = 100_000
MOST_LETTERS = 500_000  # of one equation, tables included
MOST_NESTING = 150  # brackets within brackets
MOST_ELEMENTS = 100_000  # of a subscript range
MOST_CALLS = 20_000  # of macros: macros that call macros twice grow without end
MOST_NUMBERS = 1_000_000  # numbers of a model: elements, and the stages of its delays
MOST_TERMS = 5_000_000  # in all SUM, PROD, VMIN and VMAX, written out
MOST_STAGES = 1_000  # of a delay or a smooth
MOST_STEPS = 10_000_000  # of a run
MOST_UNDER_WAY = 1_000_000  # values in a DELAY FIXED
MOST_SAVED = 1 << 28  # numbers that one run of a model keeps: 2 GB

_FRAMES = 10_000  # Python calls for MOST_NESTING brackets, where the grammar takes 30 for one
_BRACKET = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|[()]")
_SPAN = re.compile(r"\(\s*[^()\-,]*?(\d+)\s*-\s*[^()\-,]*?(\d+)\s*\)")


def too_large(size: int) -> str:
    """Why a file of this many bytes is no model, or ""."""
    return f"the file is larger than {MOST_BYTES >> 20} MB" if size > MOST_BYTES else ""


def check_equation(text: str) -> None:
    """Refuse an equation that would take the parser minutes, or its stack.

    Raises:
        Refusal: it is too long, or its brackets stand too deep.
    """
    if len(text) > MOST_LETTERS:
        raise Refusal(
            f"the equation has {len(text)} letters, more than {MOST_LETTERS}",
            "",
            "read a large table from a file",
        )
    depth = 0
    for found in _BRACKET.finditer(text):
        bracket = found.group()
        depth += (bracket == "(") - (bracket == ")")
        if depth > MOST_NESTING:
            raise Refusal(
                f"brackets are nested too deeply: more than {MOST_NESTING}",
                "",
                "give a part of it a name",
            )


def check_range(text: str) -> None:
    """Refuse a subscript range of more elements than :data:`MOST_ELEMENTS`.

    Raises:
        Refusal: ``(a1-a99999999)`` counts its elements to too many.
    """
    total = 0
    for first, last in _SPAN.findall(text):
        if max(len(first), len(last)) > 12:
            total = MOST_ELEMENTS + 1
            break
        total += max(0, int(last) - int(first) + 1)
    if total > MOST_ELEMENTS:
        raise Refusal(
            f"the subscript range has more than {MOST_ELEMENTS} elements", "", "make it shorter"
        )


def too_many_numbers() -> Refusal:
    """What is said of a model whose elements and stages are more than :data:`MOST_NUMBERS`."""
    reason = f"written out, the model has more than {MOST_NUMBERS} numbers"
    return Refusal(reason, "", "shorten its subscript ranges")


@contextmanager
def room_for_brackets() -> Iterator[None]:
    """Let Python call deep enough for :data:`MOST_NESTING` brackets, wherever it stands."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)

"""The text of a .mdl file, cut into entries whose places are known.

PySD's translator gives equations without places. This reader knows no equation, only
places: on which line a variable is defined and which characters hold its right-hand
side. Error messages need the first, rewriting a file with other values the second.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .errors import ModelError, Problem
from .limits import too_large

NOTE = re.compile(r"{[^{}|~]*}")  # a remark inside an equation, or the encoding
# Python codecs for other things than files of text; some of them take hours on a hostile file.
_NO_ENCODINGS = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7")
_SKETCH = "\\\\\\---///"
_NAME = re.compile(r'\s*("(?:\\"|[^"])*"|[^\[\]=(:<>~|"]+)')
_MARK = re.compile(r"[\s\\]*(==|=|:=|<->|\(|:[A-Za-z_ ]+:(?:\s*:=)?|:|$)")


@lru_cache(maxsize=1 << 14)  # names are few and asked for often
def key(name: str) -> str:
    """The name as Vensim compares names: case, quotes, blanks and ``_`` do not count."""
    bare = name.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    return re.sub(r"[\s_]+", "_", bare.strip()).lower()


def left_name(equation: str) -> str | None:
    """The name that an equation starts with, or None."""
    found = _NAME.match(equation)
    return " ".join(found.group(1).split()) if found else None


@dataclass(frozen=True)
class Entry:
    """One definition: ``left = right ~ unit ~ comment |``.

    ``begin`` is where the name starts; ``start`` and ``end`` delimit the right-hand side (for
    a lookup, from its opening bracket); ``line`` counts from 1; ``macro`` is the macro it
    stands in, or "".
    """

    name: str
    subscripts: str
    operator: str  # "=", "==", ":=", "(", ":" (a range), "<->", a keyword, or "" (data)
    line: int
    begin: int
    start: int
    end: int
    unit: str
    comment: str
    macro: str = ""

    @property
    def key(self) -> str:
        return key(self.name)


@dataclass(frozen=True)
class Source:
    """The whole file: its text as stored, how it was encoded, its entries in order."""

    text: str
    encoding: str
    entries: tuple[Entry, ...]

    def right(self, entry: Entry) -> str:
        return self.text[entry.start : entry.end]


def read(path: Path) -> Source:
    """Read a .mdl file, keeping its line ends as they are.

    Raises:
        OSError: the file cannot be read.
        ModelError: it is too large for a model.
    """
    raw = path.read_bytes()
    if too_large(len(raw)):
        hint = "save the model without data, or in parts"
        raise ModelError(Problem(too_large(len(raw)), str(path), hint=hint))
    first = raw.split(b"\n", 1)[0].decode("latin-1")
    named = re.search(r"{([^}]*)}", first)
    encoding = named.group(1).strip() if named else "UTF-8"
    try:
        if codecs.lookup(encoding).name in _NO_ENCODINGS:
            raise LookupError(encoding)
        text = raw.decode(encoding, errors="ignore")  # as PySD does
    except (LookupError, ValueError):
        encoding = "UTF-8"
        text = raw.decode(encoding, errors="ignore")
    return Source(text, encoding, tuple(_entries(text)))


def _entries(text: str) -> Iterator[Entry]:
    end = text.find(_SKETCH)
    body = text if end < 0 else text[:end]
    macro = ""
    counted, line = 0, 1
    for fields in _records(body):
        start, stop = fields[0]
        begin, macro_now = _skip_marks(body, start, stop, macro)
        macro = macro_now
        unit = body[slice(*fields[1])].strip() if len(fields) > 1 else ""
        comment = body[slice(*fields[2])].strip() if len(fields) > 2 else ""
        line += body.count("\n", counted, begin)
        counted = begin
        entry = _entry(body, begin, stop, unit, comment, macro, line)
        if entry is not None:
            yield entry


def _records(body: str) -> Iterator[list[tuple[int, int]]]:
    """Spans of the fields (separated by ``~``) of each record (ended by ``|``)."""
    fields: list[tuple[int, int]] = []
    start = position = 0
    while position < len(body):
        letter = body[position]
        if letter == "{" and (note := NOTE.match(body, position)):
            position = note.end()
            continue
        if letter == '"' and len(fields) < 2:  # a comment may hold a lone quote
            position = _after_quote(body, position)
            continue
        if letter in "~|":
            fields.append((start, position))
            start = position + 1
            if letter == "|":
                yield fields
                fields = []
        position += 1


def _after_quote(body: str, position: int) -> int:
    close = position + 1
    while close < len(body) and body[close] != '"':
        close += 2 if body[close] == "\\" else 1
    return close + 1


def _skip_marks(body: str, start: int, stop: int, macro: str) -> tuple[int, str]:
    """Pass blanks, ``{notes}`` and macro marks before an equation."""
    marks = re.compile(
        r"(?:[\s\\\ufeff]+|{[^}]*}|:MACRO:([^(]+)\([^)]*\)|(:END OF MACRO:))", re.IGNORECASE
    )
    while match := marks.match(body, start, stop):
        if match.group(1):
            macro = match.group(1).strip()
        elif match.group(2):
            macro = ""
        start = match.end()
    return start, macro


def _entry(
    body: str, begin: int, stop: int, unit: str, comment: str, macro: str, line: int
) -> Entry | None:
    if body.startswith("***", begin):
        return None  # the head of a group
    name = _NAME.match(body, begin, stop)
    if name is None:
        return None
    position = name.end()
    subscripts = ""
    if position < stop and body[position] == "[":
        close = body.find("]", position, stop)
        subscripts = body[position + 1 : close]
        position = close + 1
        excepted = re.compile(r"\s*:EXCEPT:\s*(\[[^\]]*\]\s*,?\s*)+", re.I).match(
            body, position, stop
        )
        if excepted:
            subscripts += " " + excepted.group().strip()
            position = excepted.end()
    mark = _MARK.match(body, position, stop)
    if mark is None:
        return None
    operator = mark.group(1)
    right = mark.end() - 1 if operator == "(" else mark.end()
    while right < stop and body[right].isspace():
        right += 1
    finish = stop
    while finish > right and body[finish - 1].isspace():
        finish -= 1
    return Entry(
        name=" ".join(name.group(1).split()),
        subscripts=" ".join(subscripts.split()),
        operator=operator,
        line=line,
        begin=begin,
        start=right,
        end=finish,
        unit=" ".join(unit.split()),
        comment=" ".join(comment.replace("\\\n", " ").split()),
        macro=macro,
    )

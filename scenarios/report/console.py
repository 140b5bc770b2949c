"""Texts and tables for any console: UTF-8, Chinese Windows (GBK) or plain ASCII."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console as RichConsole
from rich.table import Table
from rich.text import Text

from scenarios.report.line_breaks import lines
from scenarios.words import Words

# Only a rule below the header and above the last row: ASCII, because line-drawing characters
# are two cells wide on Chinese consoles and would break the columns.
PLAIN = Box("    \n    \n -- \n    \n    \n -- \n    \n    \n", ascii=True)

PLAINER = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{MIDDLE DOT}": ".",
    }
)


class Console(RichConsole):
    """Rich's, but a reader who leaves is for the command to hear of, not the end of it."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def encoding_of(stream: TextIO) -> str:
    """The encoding that a stream writes in."""
    return getattr(stream, "encoding", None) or "utf-8"


def can_show(text: str, encoding: str) -> bool:
    """Whether ``text`` can be written in ``encoding``."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def fit(text: str, encoding: str) -> str:
    """``text`` with every character that ``encoding`` lacks, or shows too wide, replaced."""
    if encoding.lower().replace("-", "").startswith("utf"):
        return text
    plain = text.translate(PLAINER)
    if can_show(plain, encoding):
        return plain
    return plain.encode(encoding, "replace").decode(encoding)


class Page:
    """A console page of headings, paragraphs and tables that never fails to print."""

    def __init__(self, stream: TextIO | None = None, width: int | None = None) -> None:
        self.stream = stream if stream is not None else sys.stdout
        self.encoding = encoding_of(self.stream)
        self.console = Console(file=self.stream, width=width, highlight=False, soft_wrap=False)
        if width is None and self.console.width > 100:
            self.console = Console(file=self.stream, width=100, highlight=False)

    def title(self, text: str, *, beside: str = "") -> None:
        """The head of the page."""
        self.console.print()
        self.console.print(Text(fit(text, self.encoding), style="bold"))
        if beside:
            self.console.print(Text(fit(beside, self.encoding), style="dim"))

    def heading(self, text: str) -> None:
        """The head of a section."""
        self.console.print()
        self.console.print(Text(fit(text, self.encoding), style="bold cyan"))

    def files(self, words: Words, folder: Path, names: Iterable[str]) -> None:
        """Where the result is: a folder and its files."""
        self.heading(words.say("summary.section.files"))
        self.paragraph(str(folder))
        self.paragraph("  ".join(names), indent=4)

    def paragraph(self, text: str, *, indent: int = 2, first: str = "") -> None:
        """Running text; ``first`` (such as ``- ``) stands in front of the first line."""
        room = max(20, self.console.width - indent - len(first))
        for index, line in enumerate(lines(fit(text, self.encoding), room, cell_len)):
            lead = first if index == 0 else " " * len(first)
            self.console.print(Text(" " * indent + lead + line))

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        texts: Iterable[int] = (0,),
        strong: Iterable[int] = (),
        whole: Iterable[int] = (),
        foot: int = 0,
        header: bool = True,
    ) -> None:
        """A table; ``texts`` are the columns set left, ``strong`` those set bold,
        ``whole`` those whose texts must not be broken.

        The last ``foot`` rows stand below a rule.
        """
        left, bold, whole, body = set(texts), set(strong), set(whole), list(rows)
        table = Table(
            box=PLAIN, show_edge=False, padding=(0, 1), show_header=header, header_style="dim"
        )
        for index, column in enumerate(columns):
            table.add_column(
                Text(fit(column, self.encoding)),
                justify="left" if index in left else "right",
                style="bold" if index in bold else "",
                no_wrap=index not in left or index in whole,
                overflow="fold",
                vertical="bottom" if header else "top",
            )
        for index, row in enumerate(body):
            table.add_row(
                *(Text(fit(cell, self.encoding)) for cell in row),
                end_section=foot > 0 and index == len(body) - foot - 1,
            )
        self.console.print(table)
